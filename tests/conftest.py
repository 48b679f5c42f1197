"""Plugins of the whole suite; fixtures of one area stand in its own conftest."""

pytest_plugins = ["tests.databases"]
