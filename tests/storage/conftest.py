"""Rows to write and look at, other databases to compare with, processes to kill."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from storage.database import Database, Transaction, open_database
from tests.databases import SECRETS

ROOT = Path(__file__).parents[2]
PATIENCE_S = 30
Start = Callable[..., "subprocess.Popen[str]"]


async def put(tx: Transaction, name: str, value: bytes = b"value") -> None:
    """A row that no part of the program minds."""
    on = tx.handle
    await on.queries.keys_add(on.connection, name=name, wrapped=value)


async def names(database: Database) -> set[str]:
    """The rows of `put`."""
    async with database.read() as tx:
        on = tx.handle
        return {row[0] async for row in on.queries.keys_load(on.connection)} - {"index", "press"}


async def ask(database: Database, sql: str, *values: Any) -> Any:
    """One value from PostgreSQL, outside any transaction of a test."""
    async with database.write() as tx:
        return await tx.handle.connection.fetchval(sql, *values)


@pytest.fixture
async def second(database: Database, database_url: str) -> AsyncIterator[Database]:
    """The same database, opened as another process would."""
    opened = await open_database(database_url, SECRETS)
    try:
        yield opened
    finally:
        await opened.close()


@pytest.fixture
async def on_sqlite(sqlite_url: str) -> AsyncIterator[Database]:
    opened = await open_database(sqlite_url, SECRETS)
    try:
        yield opened
    finally:
        await opened.close()


@pytest.fixture
async def on_postgres(postgres_url: str) -> AsyncIterator[Database]:
    opened = await open_database(postgres_url, SECRETS)
    try:
        yield opened
    finally:
        await opened.close()


@pytest.fixture
def start() -> Iterator[Start]:
    """Run a script in a process of its own; whatever still runs at the end is killed."""
    running: list[subprocess.Popen[str]] = []

    def run(script: str, *arguments: object) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-c", script, *map(str, arguments)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield run
    for process in running:
        process.kill()
        process.communicate()


async def line(process: "subprocess.Popen[str]") -> str:
    """The next line the process prints, empty at its end."""
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_S):
        return (await asyncio.to_thread(process.stdout.readline)).strip()


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Ask until it is so; fails after PATIENCE_S."""
    async with asyncio.timeout(PATIENCE_S):
        while not await is_so():
            pass
