"""What the database says happened, asked from outside the product: SQLite file or PostgreSQL alike."""

import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from storage.database import Database, attach
from storage.sqlitefile import is_sqlite, path_of

SECRETS = ("secret-of-the-fault-tests-long-enough",)  # without the comma that parts several
WAITING, DONE, PARKED = 0, 1, 2
UNSENT, LEASED, SENT, DEAD = 0, 1, 2, 4


@asynccontextmanager
async def books(url: str) -> AsyncIterator["Books"]:
    """Open the books of the installation; its secrets are those of the tests."""
    database = await attach(url, SECRETS)
    try:
        yield Books(database)
    finally:
        await database.close()


async def select(url: str, sql: str) -> list[tuple[Any, ...]]:
    """Rows of a statement, without the product's own code: fit for looking at a database right after a kill."""
    if is_sqlite(url):
        with closing(sqlite3.connect(path_of(url), timeout=10)) as connection:
            return [tuple(row) for row in connection.execute(sql).fetchall()]
    connection = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await connection.fetch(sql)]
    finally:
        await connection.close()


async def execute(url: str, sql: str) -> int:
    """Run a statement as an operator would; rows changed."""
    if is_sqlite(url):
        with closing(sqlite3.connect(path_of(url), timeout=10)) as connection, connection:
            return connection.execute(sql).rowcount
    connection = await asyncpg.connect(url)
    try:
        return int((await connection.execute(sql)).split()[-1])
    finally:
        await connection.close()


async def count(url: str, sql: str) -> int:
    """The one number that the statement gives."""
    return int((await select(url, sql))[0][0] or 0)


async def leased(url: str, channel: str) -> int:
    """Parts that are on their way, or were when the process died."""
    return await count(url, f"SELECT count(*) FROM outbox WHERE state = {LEASED} AND channel = '{channel}'")


@dataclass(frozen=True)
class Effects:
    """What is kept about one citizen, without times and ids: equal for the same talk, however often it was cut off."""

    place: str
    screens: int
    consent: str | None
    is_stopped: bool
    situations: tuple[str, ...]
    plan: tuple[tuple[str, str, str, int], ...]
    reminders: tuple[tuple[str, int], ...]
    cases: tuple[tuple[str, str, int], ...]


class Books:
    def __init__(self, database: Database) -> None:
        self.database = database

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        async with self.database.read() as tx:
            connection = tx.handle.connection
            if self.database.dialect == "sqlite":
                return [tuple(row) for row in await connection.execute_fetchall(sql)]
            return [tuple(row) for row in await connection.fetch(sql)]

    async def citizen(self, channel: str, chat: str) -> str:
        """The id behind an address; "" for a stranger."""
        find = self.database.cipher.find("address", channel, chat)
        rows = await self.rows(f"SELECT citizen_id FROM addresses WHERE channel = '{channel}' AND find = '{find}'")
        return str(rows[0][0]) if rows else ""

    async def effects(self, channel: str, chats: Sequence[str]) -> dict[str, Effects]:
        """Effects by chat."""
        ids = {await self.citizen(channel, chat): chat for chat in chats}
        plan = await self._by_citizen("plan_items", "item, state, earlier, version", "item")
        reminders = await self._by_citizen("reminders", "subject, state", "id")
        situations = await self._by_citizen("situations", "situation", "situation")
        cases = await self._by_citizen(
            "cases", "topic, state, (SELECT count(*) FROM case_words w WHERE w.case_id = cases.id)", "id"
        )
        sessions = await self._by_citizen("sessions", "place, version", "citizen_id")
        citizens = await self.rows("SELECT id, consent_version, stopped_at FROM citizens")
        known = {id_: (version, stopped_at is not None) for id_, version, stopped_at in citizens}
        found = {}
        for id_, chat in ids.items():
            consent, is_stopped = known.get(id_, (None, False))
            place, screens = sessions.get(id_, [("", 0)])[0]
            found[chat] = Effects(
                place,
                screens,
                consent,
                is_stopped,
                tuple(row[0] for row in situations.get(id_, ())),
                tuple(plan.get(id_, ())),
                tuple(reminders.get(id_, ())),
                tuple(cases.get(id_, ())),
            )
        return found

    async def _by_citizen(self, table: str, columns: str, order: str) -> dict[str, list[tuple[Any, ...]]]:
        found: dict[str, list[tuple[Any, ...]]] = {}
        for citizen_id, *row in await self.rows(f"SELECT citizen_id, {columns} FROM {table} ORDER BY {order}"):
            found.setdefault(citizen_id, []).append(tuple(row))
        return found

    async def starts(self) -> Counter[tuple[str, str]]:
        """Starts by (channel, tag)."""
        rows = await self.rows("SELECT channel, tag, count FROM starts")
        total: Counter[tuple[str, str]] = Counter()
        for channel, tag, number in rows:
            total[channel, tag] += number
        return total


def wal_of(url: str) -> Path:
    path = path_of(url)
    return path.with_name(path.name + "-wal")
