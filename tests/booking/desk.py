"""A point with its schedule, people who have written, and a clock: what tests of booking work with."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from bot.booking.book import Book
from bot.booking.slots import day_slots, slots
from bot.clock import FixedClock
from bot.flows import FLOWS
from bot.texts.schema import Content
from storage.booking_records import BookingRow, Slot, WaitingRow
from storage.database import Database
from storage.records import SessionRow
from tests.storage.rows import address, meet, table
from tests.talk import real_content

POINT, ADVISOR, MATCHER = "barnaul_alimony", "career_advisor", "job_matcher"
ZONE = "Asia/Barnaul"
NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # Monday noon in Barnaul
TUESDAY, THURSDAY = date(2026, 11, 24), date(2026, 11, 26)


def content(point: Mapping[str, Any] | None = None, booking: Mapping[str, Any] | None = None, **other: Any) -> Content:
    """The shipped content, with these things about the point, the terms of booking and the rest changed."""
    shipped = real_content(FLOWS)
    points = {POINT: replace(shipped.points[POINT], **(point or {}))}
    rules = replace(shipped.rules, booking=replace(shipped.rules.booking, **(booking or {})))
    return replace(shipped, points=points, rules=rules, **other)


def at(day: date, clock: str, role: str = ADVISOR, of: Content | None = None) -> Slot:
    """The slot that begins at this local time."""
    found = day_slots(of or real_content(FLOWS), POINT, role, day)
    return next(slot for slot in found if slot.wall.endswith(f"T{clock}"))


class Desk:
    """now: of every act until `passes`. content: in force."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = FixedClock(NOW)
        self.content = content()
        self._number = count(1)

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def passes(self, **time: float) -> None:
        self.clock.set(self.now + timedelta(**time))

    @asynccontextmanager
    async def book(self) -> AsyncIterator[Book]:
        """One transaction's book."""
        async with self.database.write() as tx:
            yield Book(tx, self.content, self.now)

    async def person(self, name: str) -> str:
        """The id of a citizen who can be reached in Telegram."""
        id_ = await meet(self.database, name, channel="telegram")
        async with self.database.write() as tx:
            place = address(self.database, name, channel="telegram")
            await tx.sessions.save([SessionRow(id_, "telegram", place, "menu.main", b"{}", 1, self.now)])
        return id_

    async def booked(self, citizen_id: str, slot: Slot, id_: str = "") -> BookingRow:
        id_ = id_ or f"{citizen_id[:16]}{slot.id[-10:]}"
        async with self.book() as book:
            held = await book.hold(id_, slot, citizen_id)
            assert held is not None
            row = await book.confirm(held.id, citizen_id)
        assert row is not None
        return row

    async def waits(self, citizen_id: str, days: tuple[date, date] = (TUESDAY, THURSDAY)) -> WaitingRow:
        async with self.book() as book:
            return await book.wait(
                f"wish {next(self._number)} of {citizen_id}",
                citizen_id,
                POINT,
                ADVISOR,
                from_day=days[0],
                to_day=days[1],
            )

    async def full(self, day: date, *, but: Sequence[Slot] = ()) -> list[BookingRow]:
        """Every seat of the advisor's day, booked by somebody each."""
        times = [slot for slot in day_slots(self.content, POINT, ADVISOR, day) if slot not in but]
        people = [await self.person(f"p{number}") for number in range(len(times))]
        return [await self.booked(person, slot) for person, slot in zip(people, times, strict=True)]

    async def wish(self, id_: str) -> WaitingRow:
        async with self.database.read() as tx:
            row = await tx.waiting.get(id_)
        assert row is not None
        return row

    async def reminders(self) -> list[tuple[str, datetime, int]]:
        """(kind, due, state) of every reminder, by time."""
        rows = await table(self.database, "SELECT kind, due_at, state FROM reminders ORDER BY due_at, kind")
        return [(kind, datetime.fromtimestamp(due / 1000, UTC), state) for kind, due, state in rows]


async def every_visit(book: Book, citizen_id: str) -> None:
    """A visit in every state, one to come, a wish given up and one that is offered a time."""
    first, second, third = slots(book.content, POINT, ADVISOR, now=book.now)[:3]
    for slot, state in ((first, "cancelled"), (second, "no_show"), (third, "served")):
        row = await book.book_for(f"{slot.id} {citizen_id}", slot, actor="staff", citizen_id=citizen_id)
        assert row is not None
        if state == "cancelled":
            await book.cancel(row.id, citizen_id=None, actor="staff")
        else:
            await book.mark(row.id, "served" if state == "served" else "no_show", actor="staff")
    to_come = slots(book.content, POINT, MATCHER, now=book.now)[0]
    assert await book.book_for(f"{to_come.id} {citizen_id}", to_come, actor="staff", citizen_id=citizen_id)
    week = (TUESDAY + timedelta(days=7), TUESDAY + timedelta(days=14))
    wish = await book.wait(f"1 {citizen_id}", citizen_id, POINT, ADVISOR, from_day=week[0], to_day=week[1])
    assert await book.leave(wish.id, citizen_id)
    first_day, last_day = (day + timedelta(days=1) for day in week)
    await book.wait(f"2 {citizen_id}", citizen_id, POINT, ADVISOR, from_day=first_day, to_day=last_day)
