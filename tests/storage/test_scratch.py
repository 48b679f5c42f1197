"""A database in memory: the same schema, the same repositories, nothing left behind."""

import asyncio
from datetime import timedelta

import pytest

from storage.scratch import ScratchDatabase, template
from tests.storage.rows import NOW, table

SCHEMA = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%' ORDER BY type, name"


async def test_an_open_database_lends_its_schema(sqlite_url: str) -> None:
    """A migration that puts rows in would be seen here: then `template` must lend them too."""
    lent = ScratchDatabase(await asyncio.to_thread(template, sqlite_url))
    migrated = ScratchDatabase(await asyncio.to_thread(template))

    assert await table(lent, SCHEMA) == await table(migrated, SCHEMA)
    tables = {name for kind, name, _ in await table(migrated, SCHEMA) if kind == "table"}
    for name in tables - {"alembic_version"}:
        assert await table(migrated, f'SELECT count(*) FROM "{name}"') == [(0,)], name
    await lent.close()
    await migrated.close()


async def fail(database: ScratchDatabase) -> None:
    async with database.write() as tx:
        await tx.editions.accept(fingerprint="b", files=b"b", now=NOW + timedelta(days=1))
        raise ZeroDivisionError


async def test_what_one_writes_no_other_sees_and_what_fails_is_undone(sqlite_url: str) -> None:
    empty = await asyncio.to_thread(template, sqlite_url)
    first, second = ScratchDatabase(empty), ScratchDatabase(empty)
    async with first.write() as tx:
        await tx.editions.accept(fingerprint="a", files=b"a", now=NOW)
    with pytest.raises(ZeroDivisionError):
        await fail(first)

    assert await table(first, "SELECT fingerprint FROM editions") == [("a",)]
    assert await table(second, "SELECT fingerprint FROM editions") == []
    first.empty()
    async with first.write() as tx:
        assert await tx.editions.accept(fingerprint="c", files=b"c", now=NOW) == 1, "numbers begin anew"
    await first.close()
    await second.close()


async def test_what_is_written_aside_is_as_if_it_had_never_been(sqlite_url: str) -> None:
    database = ScratchDatabase(await asyncio.to_thread(template, sqlite_url))

    async def accept(mark: str) -> int:
        async with database.write() as tx:
            return await tx.editions.accept(fingerprint=mark, files=b"", now=NOW)

    await accept("a")
    for _ in range(2):
        with database.aside():
            assert await accept("b") == 2, "numbers count on from where they were"
            with database.aside():
                assert await accept("c") == 3
                with pytest.raises(ZeroDivisionError):
                    await fail(database)
            assert await table(database, "SELECT fingerprint FROM editions ORDER BY number") == [("a",), ("b",)]

    assert await table(database, "SELECT fingerprint FROM editions") == [("a",)]
    await database.close()
