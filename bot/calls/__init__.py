"""Calls of staff before they are made: whom, why, when."""
