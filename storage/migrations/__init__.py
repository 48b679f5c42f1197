"""Schema changes, one file each, in order: versions/NNNN_what_changes.py with revision "NNNN"."""
