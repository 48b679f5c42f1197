"""
The clock's part in booking: what is kept no longer is given back, the line moves on, and bookings that the schedule in
force has no place for are found: those citizens are told, with another seat.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from bot.booking.book import CLOCK, Book, has_seat
from bot.booking.calendar import works_as
from bot.booking.line import Line
from bot.booking.slots import stands
from bot.clock import Clock
from bot.texts.schema import Content
from storage.booking_records import BookingRow
from storage.bookings import past_day
from storage.database import Database

log = structlog.get_logger()

AT_ONCE = 20  # bookings changed in one transaction: turns of citizens wait for it
PAGE = 500


class Rounds:
    """content: gives the edition in force."""

    def __init__(self, database: Database, clock: Clock, content: Callable[[], Content]) -> None:
        self._database = database
        self._clock = clock
        self._content = content

    async def go(self) -> None:
        """One round. Raises Unavailable; what is committed by then stays."""
        if self._content().points:  # the calendar takes a while to load, and the loop answers citizens
            await asyncio.to_thread(works_as, self._content(), self._clock.now().date())
        await self._give_back()
        await self._displace()
        await self._move_on()

    async def _give_back(self) -> None:
        now = self._clock.now()
        async with self._database.read() as tx:
            if not await tx.bookings.has_ended(now=now):
                return
        async with self._database.write() as tx:
            for point, role in sorted(await Book(tx, self._content(), now).expire()):
                await Line(tx, self._content(), now).promote(point, role)

    async def _move_on(self) -> None:
        """Seats that nobody gave back in a turn: an erasure, a longer shift, a raised capacity."""
        now = self._clock.now()
        async with self._database.read() as tx:
            lines = await tx.waiting.lines()
        for point, role in lines:
            async with self._database.write() as tx:
                await Line(tx, self._content(), now).promote(point, role)

    async def _displace(self) -> None:
        now, content = self._clock.now(), self._content()
        lost = await broken(self._database, content, now)
        for start in range(0, len(lost), AT_ONCE):
            async with self._database.write() as tx:
                book = Book(tx, content, now)
                rows = [await tx.bookings.get(row.id) for row in lost[start : start + AT_ONCE]]
                still = [row for row in rows if row is not None and row.is_active and await book.is_broken(row)]
                displaced = await book.displace(still, "schedule", actor=CLOCK)
                for one in displaced:
                    await tx.audit.add(actor=CLOCK, act="booking_displaced", subject=one.booking.id, now=now)
            if displaced:
                log.warning("bookings_displaced", count=len(displaced), told=sum(one.is_told for one in displaced))


async def broken(database: Database, content: Content, now: datetime) -> list[BookingRow]:
    """Taken seats to come for which the schedule in force has no place, the soonest first."""
    found: list[BookingRow] = []
    known: dict[tuple[str, str], bool] = {}
    after = ""
    async with database.read() as tx:
        closures = await tx.bookings.closures(since=past_day(now))
        closed = {(one.point, one.role, one.day) for one in closures}
        while page := await tx.bookings.ahead(now=now, after=after, limit=PAGE):
            for row in page:
                shown = (row.slot, row.wall)
                if shown not in known:  # a thousand bookings, a few dozen times
                    known[shown] = stands(content, row.as_slot)
                    await asyncio.sleep(0)  # the schedule of a day is counted anew: turns of citizens go between
                is_seat = (row.point, row.role, row.as_slot.day) not in closed and has_seat(content, row)
                if not known[shown] or not is_seat:
                    found.append(row)
            after = page[-1].id
    return sorted(found, key=lambda row: (row.starts_at, row.id))
