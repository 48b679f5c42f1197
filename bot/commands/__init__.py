"""Commands by noun; `__main__` puts them together."""
