"""Talks played on the real engine with a database in memory: for the content's check, for `talk --save`, for tests."""
