"""The contract of transactions, on both databases."""

import pytest

from storage.database import Database


async def put(tx, name):
    on = tx.handle
    await on.queries.keys_add(on.connection, name=name, wrapped=b"value")


async def names(tx):
    on = tx.handle
    return {row[0] async for row in on.queries.keys_load(on.connection)} - {"index", "press"}


async def test_what_was_written_is_there(database: Database):
    async with database.write() as tx:
        await put(tx, "ivan")

    async with database.read() as tx:
        assert await names(tx) == {"ivan"}


async def test_an_exception_undoes_all(database: Database):
    async def fail():
        async with database.write() as tx:
            await put(tx, "ivan")
            raise LookupError

    with pytest.raises(LookupError):
        await fail()

    async with database.read() as tx:
        assert await names(tx) == set()
