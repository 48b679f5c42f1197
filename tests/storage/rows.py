"""Rows as they lie in the tables, past the repositories, on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

from storage.booking_records import Slot
from storage.database import Database, Transaction
from storage.records import Arrival

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
TEN = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
SLOT = Slot("desk.a.2611240300", "desk", "advisor", TEN, TEN + timedelta(minutes=30), "2026-11-24T10:00")


async def fetch(tx: Transaction, sql: str) -> list[tuple[Any, ...]]:
    connection = tx.handle.connection
    if tx.handle.dialect == "postgres":
        return [tuple(row) for row in await connection.fetch(sql)]
    return [tuple(row) for row in await connection.execute_fetchall(sql)]


async def table(database: Database, sql: str) -> list[tuple[Any, ...]]:
    async with database.read() as tx:
        return await fetch(tx, sql)


async def execute(database: Database, sql: str) -> None:
    async with database.write() as tx:
        if tx.handle.dialect == "postgres":
            await tx.handle.connection.execute(sql)
        else:
            await tx.handle.connection.execute_fetchall(sql)


async def meet(database: Database, chat: str = "ivan", *, channel: str = "web", now: datetime = NOW) -> str:
    """The id of a citizen who has written once."""
    async with database.write() as tx:
        met = await tx.inbox.admit([Arrival(channel, f"hello {chat}", chat, "text", 0, b"{}")], now=now)
    return met[channel, chat]


def address(database: Database, chat: str = "ivan", *, channel: str = "web") -> str:
    """The address hash."""
    return database.cipher.find("address", channel, chat)
