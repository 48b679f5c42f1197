"""Databases of one kind only, for tests whose subject is not the database."""

from collections.abc import AsyncIterator

import pytest

from storage.database import Database, open_database
from tests.databases import SECRETS


@pytest.fixture
async def sqlite_database(sqlite_url: str) -> AsyncIterator[Database]:
    opened = await open_database(sqlite_url, SECRETS)
    try:
        yield opened
    finally:
        await opened.close()
