"""Statements that share hops to the connection's thread: in order, and none of an error is lost."""

import asyncio
import sqlite3
from typing import cast

import pytest

from storage.database import Database
from storage.errors import Unavailable
from storage.sqlite import SqliteDatabase
from tests.storage.conftest import names, put


def hops(database: Database) -> int:
    """Made so far by the writer."""
    return cast(SqliteDatabase, database)._writer.hops


async def add(database: Database, name: str) -> None:
    async with database.write() as tx:
        await tx.handle.connection.executemany("INSERT INTO keys (name, wrapped) VALUES (?, ?)", [(name, b"")])


async def test_a_transaction_that_asks_nothing_costs_nothing(on_sqlite: Database) -> None:
    before = hops(on_sqlite)

    async with on_sqlite.write():
        pass

    assert hops(on_sqlite) == before


async def test_statements_asked_at_once_share_a_hop(on_sqlite: Database) -> None:
    before = hops(on_sqlite)

    async with on_sqlite.write() as tx:
        await asyncio.gather(*(put(tx, f"citizen {number}") for number in range(20)))

    assert hops(on_sqlite) == before + 2, "all of them with the BEGIN, then the COMMIT"
    assert len(await names(on_sqlite)) == 20


async def test_a_write_nobody_waits_for_goes_along_with_the_commit(on_sqlite: Database) -> None:
    before = hops(on_sqlite)

    await add(on_sqlite, "ivan")

    assert hops(on_sqlite) == before + 1
    assert await names(on_sqlite) == {"ivan"}


async def test_what_is_read_after_such_a_write_sees_it(on_sqlite: Database) -> None:
    async with on_sqlite.write() as tx:
        on = tx.handle.connection
        await on.executemany("INSERT INTO keys (name, wrapped) VALUES (?, ?)", [("ivan", b"")])
        rows = await on.execute_fetchall("SELECT name FROM keys WHERE name = 'ivan'")

    assert rows == [("ivan",)]


async def test_a_write_that_was_refused_unheard_takes_the_transaction_along(on_sqlite: Database) -> None:
    """Even where the next statement's error is passed over, nothing is committed."""
    await add(on_sqlite, "ivan")

    async def write() -> None:
        async with on_sqlite.write() as tx:
            await put(tx, "olga")
            await tx.handle.connection.executemany("INSERT INTO keys (name, wrapped) VALUES (?, ?)", [("ivan", b"")])
            with pytest.raises(sqlite3.IntegrityError):
                await put(tx, "pavel")

    with pytest.raises(sqlite3.IntegrityError):
        await write()

    assert await names(on_sqlite) == {"ivan"}
    await add(on_sqlite, "anna")
    assert await names(on_sqlite) == {"ivan", "anna"}


async def test_a_statement_that_was_refused_to_its_asker_refuses_no_other(on_sqlite: Database) -> None:
    await add(on_sqlite, "ivan")

    async with on_sqlite.write() as tx:
        on = tx.handle.connection
        with pytest.raises(sqlite3.IntegrityError):
            await on.execute("INSERT INTO keys (name, wrapped) VALUES ('ivan', x'')")
        await put(tx, "olga")

    assert await names(on_sqlite) == {"ivan", "olga"}


async def test_who_was_cancelled_leaves_nothing_open(on_sqlite: Database) -> None:
    asked = asyncio.Event()

    async def write() -> None:
        async with on_sqlite.write() as tx:
            await put(tx, "ivan")
            asked.set()
            await put(tx, "olga")

    task = asyncio.create_task(write())
    await asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    await add(on_sqlite, "pavel")
    assert await names(on_sqlite) == {"pavel"}


async def test_a_refusal_is_known_before_the_commit_even_where_nobody_waited(on_sqlite: Database) -> None:
    """Who asked in the same hop gave up waiting; the COMMIT comes right behind."""
    await add(on_sqlite, "ivan")

    async def write() -> None:
        async with on_sqlite.write() as tx:
            on = tx.handle.connection
            await on.executemany("INSERT INTO keys (name, wrapped) VALUES (?, ?)", [("olga", b"")])
            await on.executemany("INSERT INTO keys (name, wrapped) VALUES (?, ?)", [("ivan", b"")])
            asking = asyncio.create_task(on.execute_fetchall("SELECT 1"))
            before = hops(on_sqlite)
            while hops(on_sqlite) == before:  # noqa: ASYNC110  until it is under way
                await asyncio.sleep(0)
            asking.cancel()

    with pytest.raises(sqlite3.IntegrityError):
        await write()

    assert await names(on_sqlite) == {"ivan"}


async def test_who_asks_after_the_end_writes_nothing(on_sqlite: Database) -> None:
    async with on_sqlite.write() as tx:
        await put(tx, "ivan")

    with pytest.raises(RuntimeError, match="over"):
        await put(tx, "olga")
    assert await names(on_sqlite) == {"ivan"}


async def test_a_database_closed_in_the_middle_is_an_outage(on_sqlite: Database) -> None:
    async def write() -> None:
        async with on_sqlite.write() as tx:
            await put(tx, "ivan")
            await on_sqlite.close()
            await put(tx, "olga")

    with pytest.raises(Unavailable):
        await write()
