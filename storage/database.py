"""
The one door to the data: transactions, wake-up hints between processes, locks.

    async with database.write() as tx:      commits at the end, rolls back on any exception
        await tx.inbox.take(...)
        tx.notify("outbox")                 rings after the commit
    async with database.read() as tx:       a snapshot, refuses to write

SQLite: one writer connection behind an asyncio lock, readers beside it (storage/sqlite.py).
PostgreSQL: a pool (storage/postgres.py). Neither is imported before it is needed.
"""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

from storage.cipher import Cipher
from storage.handle import Dialect
from storage.keys import fresh_cipher, load_cipher
from storage.locks import Election, Hold
from storage.migrate import VERSIONS, ensure
from storage.sqlitefile import is_sqlite
from storage.transaction import Transaction

__all__ = ["Database", "Listener", "Transaction", "attach", "open_database"]


class Listener(Protocol):
    async def wait(self, timeout_s: float) -> bool:
        """
        Sleep until the topic rings or the time is over; true when it rang.

        A ring between two waits is not lost: the next wait returns at once. A hint only: keep a poll beside it.
        """


class Database(Protocol):
    dialect: Dialect
    cipher: Cipher

    def write(self) -> AbstractAsyncContextManager[Transaction]:
        """
        One transaction. Commits at the end, rolls back on any exception or cancellation.

        Raises Unavailable for a database that is gone, full or locked: nothing of it is then committed, except when
        the connection broke during the commit itself, where nobody knows.
        """

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        """A snapshot: what others commit meanwhile is not seen. Writing in it fails. Raises Unavailable."""

    async def notify(self, topic: str) -> None:
        """Wake who listens to the topic, in every process, now."""

    def listen(self, topic: str) -> Listener:
        """An ear for one topic, for one waiting task. Needs no closing. On SQLite it hears its own process only."""

    def hold(self, name: str, *, shared: bool) -> AbstractAsyncContextManager[Hold]:
        """
        Hold the name: any number shared, or one exclusively. Raises Held at once, Unavailable.

        Every process holds "installation" shared while it runs; `restore` takes it exclusively.
        """

    def elect(self, name: str) -> Election:
        """A candidate for a duty only one process may have: the active scheduler, the sender of a channel."""

    async def close(self) -> None:
        """Let go of connections and locks. Transactions still open are rolled back."""


async def open_database(
    url: str, secrets: Sequence[str], *, migrate: bool = True, versions: Path = VERSIONS
) -> Database:
    """
    The database at the url, its schema of this code's version, its stored keys opened.

    url: `sqlite:///relative/file`, `sqlite:////absolute/file`, `postgresql://...`.
    secrets: see storage/cipher.py. migrate: bring an older schema forward, or refuse it.
    Raises ValueError for another url, Incompatible (newer schema; older one without `migrate`; half-done restore),
    Unavailable, Unreadable (no secret opens the stored keys).
    """
    await ensure(url, forward=migrate, versions=versions)
    return await attach(url, secrets)


async def attach(url: str, secrets: Sequence[str]) -> Database:
    """As open_database, with the schema taken on trust."""
    cipher = fresh_cipher(secrets)
    database: Database
    if is_sqlite(url):
        from storage.sqlite import SqliteDatabase

        database = await SqliteDatabase.open(url, cipher)
    else:
        from storage.postgres import PostgresDatabase

        database = await PostgresDatabase.open(url, cipher)
    try:
        database.cipher = await load_cipher(database, secrets)
    except BaseException:
        await database.close()
        raise
    return database
