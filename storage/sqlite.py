"""
SQLite: one file, one writer connection, a few reader connections, each with its thread.

A hop to the connection's thread costs more than most statements, so they share hops (storage/sqliteline.py).
A writer opens with BEGIN IMMEDIATE: another process in its way is waited for there, never met half way.
Pragmas: reference measurements; WAL with synchronous=FULL loses nothing that was committed, not even to a power cut.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from aiosql.adapters.aiosqlite import AioSQLiteAdapter

from storage import statements
from storage.cipher import Cipher
from storage.errors import Held, Unavailable
from storage.handle import Dialect, Handle
from storage.locks import Election, FileLock, Hold, hold
from storage.sqlitefile import BUSY_TIMEOUT_MS, lock_file, path_of, translated
from storage.sqliteline import Connection, Line
from storage.transaction import Transaction
from storage.wakes import Bell, Ear

READERS = 2
_STATEMENTS_CACHED = 512
_ROWS_AT_ONCE = 64  # of a cursor that is walked; ours never are
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA wal_autocheckpoint=4000",
    "PRAGMA journal_size_limit=67108864",
)
_WRITER_CACHE_KIB = 8192
_READER_CACHE_KIB = 4096


class Adapter(AioSQLiteAdapter):
    """aiosql's adapter: no statement needs a cursor of its own; `!` answers the number of rows."""

    async def select(
        self, conn: Any, _query_name: str, sql: str, parameters: Any, record_class: Any = None
    ) -> AsyncIterator[Any]:
        for row in await conn.execute_fetchall(sql, parameters):
            yield row

    async def select_one(self, conn: Any, _query_name: str, sql: str, parameters: Any, record_class: Any = None) -> Any:
        rows = await conn.execute_fetchall(sql, parameters)
        return rows[0] if rows else None

    async def select_value(self, conn: Any, _query_name: str, sql: str, parameters: Any) -> Any:
        rows = await conn.execute_fetchall(sql, parameters)
        return rows[0][0] if rows else None

    async def insert_update_delete(self, conn: Any, _query_name: str, sql: str, parameters: Any) -> int:
        cursor = await conn.execute(sql, parameters)
        return int(cursor.rowcount)

    async def insert_update_delete_many(self, conn: Any, _query_name: str, sql: str, parameters: Any) -> None:
        await conn.executemany(sql, parameters)


async def _connect(path: Path, *pragmas: str) -> Connection:
    with translated():
        connect = partial(
            sqlite3.connect,
            path,
            isolation_level=None,
            timeout=BUSY_TIMEOUT_MS / 1000,
            cached_statements=_STATEMENTS_CACHED,
        )
        connection = Connection(connect, _ROWS_AT_ONCE)
        await connection
        try:
            for pragma in (*_PRAGMAS, *pragmas):
                await connection.execute_fetchall(pragma)
        except BaseException:
            await connection.close()
            raise
    return connection


class SqliteDatabase:
    """storage.database.Database over one file."""

    dialect: Dialect = "sqlite"

    def __init__(self, path: Path, cipher: Cipher, queries: Any, writer: Connection) -> None:
        self.path = path
        self.cipher = cipher
        self._queries = queries
        self._writer = writer
        self._writing = asyncio.Lock()
        self._owner: asyncio.Task[Any] | None = None
        self._readers: list[Connection] = []
        self._reading = asyncio.Semaphore(READERS)
        self._bell = Bell()
        self._is_closed = False
        self._inode = path.stat().st_ino
        self._duties: set[Election] = set()

    @classmethod
    async def open(cls, url: str, cipher: Cipher) -> "SqliteDatabase":
        """Raises Unavailable. The queries are read first: a connection left open keeps its thread, so the process."""
        path, queries = path_of(url), statements.load("sqlite", Adapter)
        return cls(path, cipher, queries, await _connect(path, f"PRAGMA cache_size=-{_WRITER_CACHE_KIB}"))

    def write(self) -> AbstractAsyncContextManager[Transaction]:
        return self._write()

    @asynccontextmanager
    async def _write(self) -> AsyncIterator[Transaction]:
        """Raises RuntimeError inside a write of the same task: the one writer would wait for itself for ever."""
        task = asyncio.current_task()
        if task is not None and self._owner is task:
            raise RuntimeError("a write inside a write of the same task")
        async with self._writing:
            self._owner = task
            try:
                with translated():
                    async with self._transaction(self._writer, "BEGIN IMMEDIATE") as tx:
                        yield tx
            finally:
                self._owner = None
        self._bell.ring(tx.topics)

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        return self._read()

    @asynccontextmanager
    async def _read(self) -> AsyncIterator[Transaction]:
        async with self._reading:
            reader = self._readers.pop() if self._readers else await self._open_reader()
            try:
                with translated(is_writing=False):
                    async with self._transaction(reader, "BEGIN") as tx:
                        yield tx
            finally:
                if self._is_closed:
                    await reader.close()
                else:
                    self._readers.append(reader)

    async def _open_reader(self) -> Connection:
        if self._is_closed:
            raise Unavailable("the database is closed")
        return await _connect(self.path, "PRAGMA query_only=ON", f"PRAGMA cache_size=-{_READER_CACHE_KIB}")

    @asynccontextmanager
    async def _transaction(self, connection: Connection, begin: str) -> AsyncIterator[Transaction]:
        if self._is_closed:
            raise Unavailable("the database is closed")
        line = Line(connection, begin)
        try:
            yield Transaction(Handle(line, self._queries, self.cipher, "sqlite"))
            await line.commit()
        except BaseException as error:
            await line.roll_back()
            if isinstance(error, ValueError) and self._is_closed:
                raise Unavailable("the database is closed") from error
            raise

    async def notify(self, topic: str) -> None:
        self._bell.ring((topic,))

    def listen(self, topic: str) -> Ear:
        return self._bell.listen(topic)

    def hold(self, name: str, *, shared: bool) -> AbstractAsyncContextManager[Hold]:
        return hold(self._lock(name), shared=shared, check=self._check_file)

    def elect(self, name: str) -> Election:
        return Election(self._lock(f"duty-{name}"), self._duties)

    def _lock(self, name: str) -> FileLock:
        return FileLock(lock_file(self.path, name))

    async def _check_file(self) -> None:
        """A restore between open and hold put another file in place: the open one is nobody's any more."""
        try:
            is_same = self.path.stat().st_ino == self._inode
        except OSError:
            is_same = False
        if not is_same:
            raise Held("the database file was replaced since it was opened")

    async def close(self) -> None:
        self._is_closed = True
        for election in list(self._duties):
            await election.release()
        while self._readers:
            await self._readers.pop().close()
        await self._writer.close()
