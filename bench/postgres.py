"""A PostgreSQL database of the benchmark's own, dropped afterwards."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import asyncpg

from storage.migrate import migrate

VARIABLE = "BOT_BENCH_POSTGRES_URL"
LOCAL = "postgresql://postgres@127.0.0.1:5432/postgres"


class NoServer(Exception):
    """No PostgreSQL answers."""


async def _execute(url: str, statement: str) -> str:
    connection = await asyncpg.connect(url, timeout=10)
    try:
        return str(await connection.fetchval(statement))
    finally:
        await connection.close()


def version() -> str:
    """«15.18», empty without a server."""
    try:
        return asyncio.run(_execute(os.environ.get(VARIABLE, LOCAL), "SHOW server_version")).split()[0]
    except (OSError, asyncpg.PostgresError):
        return ""


@contextmanager
def database(name: str) -> Iterator[str]:
    """The url of a new, migrated database. Raises NoServer."""
    server = os.environ.get(VARIABLE, LOCAL)
    full = f"bench_{os.getpid()}_{name}"
    parts = urlsplit(server)
    url = f"{parts.scheme}://{parts.netloc}/{full}"
    try:
        asyncio.run(_execute(server, f'CREATE DATABASE "{full}"'))
    except (OSError, asyncpg.PostgresError) as error:
        raise NoServer(f"{type(error).__name__}; {VARIABLE} names another server") from error
    try:
        asyncio.run(migrate(url))
        yield url
    finally:
        asyncio.run(_execute(server, f'DROP DATABASE IF EXISTS "{full}" WITH (FORCE)'))
