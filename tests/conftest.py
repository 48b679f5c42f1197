"""Plugins of the whole suite; fixtures of one area stand in its own conftest."""

import gc

import pytest

pytest_plugins = ["tests.databases"]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> object:
    """Modules and test items live as long as the process: the collector of garbage need not walk them again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
