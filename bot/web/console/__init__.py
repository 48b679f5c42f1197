"""The staff console at /desk: server-rendered pages, one module per noun, put together in `nouns.py`."""
