"""
A database in memory that nobody keeps: for rehearsals of talks, thousands of turns without a disk.

It has the schema of this code and lives in the thread that made it; its calls block, being over in microseconds.
"""

import asyncio
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any

from storage import statements
from storage.cipher import KEY_BYTES, Cipher
from storage.handle import Dialect, Handle
from storage.locks import Election, Hold
from storage.migrate import migrate
from storage.sqlite import Adapter
from storage.sqlitefile import is_sqlite, path_of, url_of
from storage.transaction import Transaction
from storage.wakes import Bell, Ear

_CIPHER = Cipher(["nothing in here is anybody's"], index_key=bytes(KEY_BYTES), press_key=bytes(KEY_BYTES))
_TABLES_FIRST = """
    SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
    ORDER BY CASE type WHEN 'table' THEN 0 ELSE 1 END, rowid
"""
_FILLED = "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'alembic_version'"


def template(url: str = "") -> bytes:
    """
    An empty database for `ScratchDatabase`. Blocks.

    url: of the open database: on SQLite its schema is taken over in milliseconds. Else all migrations are run, which
    loads their library (0.5 s, 40 MB).
    """
    if is_sqlite(url) and (path := path_of(url)).exists():
        with closing(sqlite3.connect(path, timeout=5)) as live:
            made = [sql for (sql,) in live.execute(_TABLES_FIRST)]
        with closing(sqlite3.connect(":memory:")) as empty:
            for sql in made:
                empty.execute(sql)
            empty.commit()
            return empty.serialize()
    with tempfile.TemporaryDirectory(prefix="czn-bot-") as folder:
        path = Path(folder) / "empty.db"
        asyncio.run(migrate(url_of(path)))
        with closing(sqlite3.connect(path)) as migrated:
            migrated.execute("PRAGMA journal_mode=DELETE")
            return migrated.serialize()


class _Connection:
    """The calls of aiosqlite that the queries use, without its thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._on = connection

    async def execute(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
        return self._on.execute(sql, parameters)

    async def execute_fetchall(self, sql: str, parameters: Any = ()) -> Iterable[Any]:
        return self._on.execute(sql, parameters).fetchall()

    async def executemany(self, sql: str, parameters: Any) -> sqlite3.Cursor:
        return self._on.executemany(sql, parameters)


class ScratchDatabase:
    """storage.database.Database over nothing but memory: one connection, one transaction at a time."""

    dialect: Dialect = "sqlite"
    cipher = _CIPHER

    def __init__(self, template: bytes) -> None:
        self._connection = sqlite3.connect(":memory:", isolation_level=None, cached_statements=512)
        self._connection.deserialize(template)
        self._queries = statements.load("sqlite", Adapter)
        self._busy = asyncio.Lock()
        self._bell = Bell()
        self._tables = [name for (name,) in self._connection.execute(_FILLED)]

    def write(self) -> AbstractAsyncContextManager[Transaction]:
        return self._transaction()

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        return self._transaction()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Transaction]:
        async with self._busy:
            with self._savepoint(keeps=True):
                tx = Transaction(Handle(_Connection(self._connection), self._queries, self.cipher, "sqlite"))
                yield tx
        self._bell.ring(tx.topics)

    def aside(self) -> AbstractContextManager[None]:
        """What is written inside is as if it had never been, afterwards. Nests."""
        return self._savepoint(keeps=False)

    @contextmanager
    def _savepoint(self, *, keeps: bool) -> Iterator[None]:
        execute = self._connection.execute
        execute("SAVEPOINT point")
        try:
            yield
        except BaseException:
            execute("ROLLBACK TO point")
            execute("RELEASE point")
            raise
        if not keeps:
            execute("ROLLBACK TO point")
        execute("RELEASE point")

    def empty(self) -> None:
        """As new; statements stay compiled, which is half the work of a short talk."""
        for name in self._tables:
            self._connection.execute(f'DELETE FROM "{name}"')  # noqa: S608

    async def notify(self, topic: str) -> None:
        self._bell.ring((topic,))

    def listen(self, topic: str) -> Ear:
        return self._bell.listen(topic)

    def hold(self, name: str, *, shared: bool) -> AbstractAsyncContextManager[Hold]:
        raise RuntimeError("nobody else can reach a database in memory")

    def elect(self, name: str) -> Election:
        raise RuntimeError("nobody else can reach a database in memory")

    async def close(self) -> None:
        self._connection.close()
