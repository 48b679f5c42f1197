"""
PostgreSQL: a pool of connections, READ COMMITTED for writing, a REPEATABLE READ snapshot for reading.

The pool drops a connection that broke and makes another one when next asked, so an outage of the server is over for
us when it is over. Statements of one transaction asked at once wait for each other, as they do on SQLite.
Session locks and cached statements need a session: a pooler in front must pool sessions, not transactions.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any

import asyncpg
from aiosql.adapters.asyncpg import AsyncPGAdapter

from storage import statements
from storage.advisory import AdvisoryLock
from storage.cipher import Cipher
from storage.errors import Held
from storage.handle import Dialect, Handle
from storage.locks import Election, Hold, hold
from storage.postgreslink import BROKEN, COMMAND_S, CONNECT_S, SETTINGS, translated
from storage.relay import Relay
from storage.transaction import Transaction
from storage.wakes import Bell, Ear

CONNECTIONS = 8
_CLOSE_S = 5.0
_STATEMENTS_CACHED = 512
_IDENTITY = "SELECT to_regclass('keys')::oid::bigint"


class _Adapter(AsyncPGAdapter):
    """aiosql's adapter for a connection that is one already; `!` answers the number of rows."""

    def maybe_order_params(self, query_name: str, parameters: Any) -> Sequence[Any]:
        return [parameters[name] for name in self.var_sorted[query_name]]

    async def select(
        self, conn: Any, query_name: str, sql: str, parameters: Any, record_class: Any = None
    ) -> AsyncIterator[Any]:
        for row in await conn.fetch(sql, *self.maybe_order_params(query_name, parameters)):
            yield row

    async def select_one(self, conn: Any, query_name: str, sql: str, parameters: Any, record_class: Any = None) -> Any:
        return await conn.fetchrow(sql, *self.maybe_order_params(query_name, parameters))

    async def select_value(self, conn: Any, query_name: str, sql: str, parameters: Any) -> Any:
        return await conn.fetchval(sql, *self.maybe_order_params(query_name, parameters))

    async def insert_update_delete(self, conn: Any, query_name: str, sql: str, parameters: Any) -> int:
        status: str = await conn.execute(sql, *self.maybe_order_params(query_name, parameters))
        number = status.rpartition(" ")[2]
        return int(number) if number.isdigit() else -1

    async def insert_update_delete_many(self, conn: Any, query_name: str, sql: str, parameters: Any) -> None:
        await conn.executemany(sql, [self.maybe_order_params(query_name, row) for row in parameters])


class _Queued:
    """The connection of one transaction: one statement at a time, errors translated."""

    def __init__(self, connection: Any, *, is_writing: bool) -> None:
        self._connection = connection
        self._is_writing = is_writing
        self._turn = asyncio.Lock()

    async def fetch(self, sql: str, *values: Any) -> Any:
        return await self._ask(self._connection.fetch, sql, *values)

    async def fetchrow(self, sql: str, *values: Any) -> Any:
        return await self._ask(self._connection.fetchrow, sql, *values)

    async def fetchval(self, sql: str, *values: Any) -> Any:
        return await self._ask(self._connection.fetchval, sql, *values)

    async def execute(self, sql: str, *values: Any) -> Any:
        return await self._ask(self._connection.execute, sql, *values)

    async def executemany(self, sql: str, rows: Sequence[Sequence[Any]]) -> Any:
        return await self._ask(self._connection.executemany, sql, rows)

    async def _ask(self, method: Any, *values: Any) -> Any:
        async with self._turn:
            with translated(is_writing=self._is_writing):
                return await method(*values)


async def _as_it_is(_connection: Any) -> None:
    """Instead of asyncpg's reset, a round trip per transaction: no session state is ever set by ours."""


class PostgresDatabase:
    """storage.database.Database over a server."""

    dialect: Dialect = "postgres"

    def __init__(self, url: str, cipher: Cipher, queries: Any, pool: Any, identity: int) -> None:
        self.url = url
        self.cipher = cipher
        self._queries = queries
        self._pool = pool
        self._identity = identity
        self._bell = Bell()
        self._relay = Relay(url, self._bell)
        self._duties: set[Election] = set()

    @classmethod
    async def open(cls, url: str, cipher: Cipher) -> "PostgresDatabase":
        """Raises Unavailable."""
        queries = statements.load("postgres", _Adapter)
        with translated():
            pool = await asyncpg.create_pool(
                url,
                min_size=1,
                max_size=CONNECTIONS,
                timeout=CONNECT_S,
                command_timeout=COMMAND_S,
                statement_cache_size=_STATEMENTS_CACHED,
                server_settings={**SETTINGS, "application_name": "czn-bot"},
                reset=_as_it_is,
            )
            try:
                identity = await pool.fetchval(_IDENTITY)
            except BaseException:
                pool.terminate()
                raise
        return cls(url, cipher, queries, pool, identity)

    def write(self) -> AbstractAsyncContextManager[Transaction]:
        return self._write()

    @asynccontextmanager
    async def _write(self) -> AsyncIterator[Transaction]:
        async with self._transaction(is_writing=True) as tx:
            yield tx
        if tx.topics:
            self._ring(tx.topics)

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        return self._transaction(is_writing=False)

    @asynccontextmanager
    async def _transaction(self, *, is_writing: bool) -> AsyncIterator[Transaction]:
        with translated():
            connection = await self._pool.acquire(timeout=CONNECT_S)
        try:
            transaction = (
                connection.transaction()
                if is_writing
                else connection.transaction(isolation="repeatable_read", readonly=True)
            )
            with translated():
                await transaction.start()
            try:
                queued = _Queued(connection, is_writing=is_writing)
                yield Transaction(Handle(queued, self._queries, self.cipher, "postgres"))
            except BaseException:
                try:
                    await transaction.rollback()
                except BROKEN:
                    with suppress(asyncpg.InterfaceError):  # asyncpg has dropped it by itself
                        connection.terminate()
                raise
            with translated():
                await transaction.commit()
        finally:
            with suppress(*BROKEN):
                await self._pool.release(connection)

    async def notify(self, topic: str) -> None:
        self._ring((topic,))

    def _ring(self, topics: Collection[str]) -> None:
        self._bell.ring(topics)
        self._relay.send(topics)

    def listen(self, topic: str) -> Ear:
        self._relay.start()
        return self._bell.listen(topic)

    def hold(self, name: str, *, shared: bool) -> AbstractAsyncContextManager[Hold]:
        return hold(AdvisoryLock(self.url, name), shared=shared, check=self._check_tables)

    async def _check_tables(self) -> None:
        """A restore between open and hold made other tables: the keys this process read may be others, too."""
        with translated():
            if await self._pool.fetchval(_IDENTITY) != self._identity:
                raise Held("the database was restored since it was opened")

    def elect(self, name: str) -> Election:
        return Election(AdvisoryLock(self.url, f"duty {name}"), self._duties)

    async def close(self) -> None:
        for election in list(self._duties):
            await election.release()
        await self._relay.close()
        try:
            async with asyncio.timeout(_CLOSE_S):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()
