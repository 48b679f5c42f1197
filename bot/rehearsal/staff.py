"""What staff do while a talk goes on: remarks of talks, done by the same functions that staff use."""

from collections.abc import Mapping
from datetime import datetime

from bot.booking.book import Book
from bot.booking.slots import slots
from bot.desk import plans, shifts, visits
from bot.desk.rules import MATCHER, Report
from bot.desk.shifts import Person
from bot.texts import scenes
from bot.texts.schema import Content
from storage.booking_records import BookingRow, Slot
from storage.database import Database, Transaction
from storage.referrals import State, To
from storage.visits import Application, Next, Paper, Result, Resume

ACTOR = "staff:talk"
PAPERS = (Paper.PASSPORT, Paper.SNILS)
REPORTS: Mapping[str, Report] = {
    scenes.RECEIVED: Report((Result.CONSULTED,), next_step=Next.NONE),
    scenes.TO_ADVISOR: Report((Result.INFORMAL_NO_DETAILS,), next_step=Next.ADVISOR),
    scenes.TO_MATCHER: Report((Result.CONSULTED,), next_step=Next.MATCHER),
    scenes.SEATED_AGAIN: Report((Result.CONSULTED,), next_step=Next.MATCHER),
    scenes.REPEAT: Report((Result.RESUME_PAPER,), Resume.PAPER),
    scenes.NO_HELP: Report((Result.REFUSED_HELP,)),
    scenes.HANDED_OVER: Report((Result.APPLICATION_HELPED,), application=Application.SUBMITTED),
    scenes.COPIED: Report((Result.APPLICATION_HELPED,), application=Application.SUBMITTED, papers=PAPERS),
}
MARKS = {scenes.PASSED_ON: State.PASSED, scenes.DONE: State.DONE}


async def happens(what: str, database: Database, content: Content, now: datetime, citizen_id: str) -> datetime:
    """Do it; gives what time it is afterwards: a visit is recorded when it begins. Without a point nothing happens."""
    if what == scenes.ADDED:
        await _add(database, content, now, citizen_id)
        return now
    async with database.write() as tx:
        slot = next((one for point in content.points for one in slots(content, point, MATCHER, now=now)), None)
        if slot is None or not citizen_id:
            return now
        if what == scenes.SEATED:
            await shifts.book(
                tx, content, slot, Person(citizen_id), actor=ACTOR, once=f"{citizen_id}{slot.id}", now=now
            )
            return now
        if what in MARKS:
            for one in await tx.referrals.of_citizen(citizen_id):
                await visits.answer(tx, content, one.id, MARKS[what], actor=ACTOR, now=now)
            return now
        booking = await _booking(tx, content, slot, citizen_id, now)
        now = max(now, booking.starts_at)
        if what == scenes.MISSED:
            await visits.no_show(tx, content, booking.id, actor=ACTOR, now=now)
        elif what == scenes.OFFERED:
            await visits.refer(tx, content, booking.id, To.PSYCHOLOGIST, actor=ACTOR, now=now)
        else:
            books = what == scenes.SEATED_AGAIN
            await visits.record(tx, content, booking.id, REPORTS[what], actor=ACTOR, now=now, books_next=books)
        return now


async def _add(database: Database, content: Content, now: datetime, citizen_id: str) -> None:
    """The first item that the citizen's answers exclude."""
    async with database.write() as tx:
        left_out = (await plans.plan_of(tx, content, citizen_id)).left_out
        if left_out:
            await plans.add(tx, content, citizen_id, left_out[0].id, plans.REASONS[0], actor=ACTOR, now=now)


async def _booking(tx: Transaction, content: Content, slot: Slot, citizen_id: str, now: datetime) -> BookingRow:
    """The citizen's; without one, a booking that nobody was told of."""
    rows = (await tx.bookings.of_citizen([citizen_id], now=now)).get(citizen_id, [])
    if rows:
        return rows[0]
    row = await Book(tx, content, now).book_for(f"{citizen_id}{slot.id}", slot, actor=ACTOR, citizen_id=citizen_id)
    assert row is not None, "an empty database has a seat"
    return row
