"""
Seats given by staff: for somebody on the phone, for who stands at the desk, for the matcher's next day; shifts that do
not take place; what a changed schedule breaks.

Each function is one act in the caller's transaction: seat, audit row, and what the citizen is told of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.booking.book import Book, Displaced
from bot.booking.line import ident_of
from bot.booking.slots import day_slots
from bot.desk import day, lane
from bot.desk.lane import Act
from bot.desk.person import name_of, phone_of
from bot.desk.rules import ADVISOR, MATCHER
from bot.texts.schema import Content
from storage.booking_records import BookingRow, Slot
from storage.database import Transaction

DONE = "done"
NO_NAME, NO_PHONE, NO_SEAT, HAS_ONE, UNKNOWN, IS_CLOSED, IS_OVER, NOT_CLOSED = (
    "no_name", "no_phone", "no_seat", "has_one", "unknown", "is_closed", "is_over", "not_closed",
)  # fmt: skip
PAGE = 500


@dataclass(frozen=True, slots=True)
class Person:
    """Who comes: a citizen of the bot, or a name (an alias will do) and a phone as staff typed them."""

    citizen_id: str | None = None
    name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Seated:
    """code: DONE, or why nothing was changed. booking: as it is now; the one that is in the way for HAS_ONE."""

    code: str
    booking: BookingRow | None = None


async def book(
    tx: Transaction, content: Content, slot: Slot, person: Person, *, actor: str, once: str, now: datetime,
    referred_by: str = "",
) -> Seated:  # fmt: skip
    """Book a seat; staff need no lead time. once: id of the booking; given again it is the same one."""
    return await _seat(tx, content, slot, person, actor=actor, once=once, now=now, referred_by=referred_by)


async def walk_in(
    tx: Transaction, content: Content, slot: Slot, person: Person, *, actor: str, once: str, now: datetime,
    referred_by: str = "",
) -> Seated:  # fmt: skip
    """Somebody came without a booking: a seat of the reserve first. referred_by: who sent them."""
    return await _seat(
        tx, content, slot, person, actor=actor, once=once, now=now, referred_by=referred_by, is_walk_in=True
    )


async def to_matcher(
    tx: Transaction,
    content: Content,
    booking_id: str,
    *,
    actor: str,
    now: datetime,
    slot: Slot | None = None,
    is_told: bool = True,
) -> Seated:
    """
    The advisor books who sits there to the matcher. slot: None takes the first free one after this visit.

    is_told: the citizen gets a message of its own about it.
    """
    booking = await tx.bookings.get(booking_id)
    if booking is None:
        return Seated(UNKNOWN)
    if slot is None:
        free = await day.free(tx, content, booking.point, MATCHER, now=now, after=booking.ends_at)
        if not free:
            return Seated(NO_SEAT)
        slot = free[0]
    person = Person(booking.citizen_id, booking.name, booking.phone)
    once = f"to the matcher from {booking.id}"
    sender = "advisor" if booking.role == ADVISOR else "matcher"
    return await _seat(tx, content, slot, person, actor=actor, once=once, now=now, referred_by=sender, is_told=is_told)


async def _seat(
    tx: Transaction,
    content: Content,
    slot: Slot,
    person: Person,
    *,
    actor: str,
    once: str,
    now: datetime,
    referred_by: str,
    is_walk_in: bool = False,
    is_told: bool = True,
) -> Seated:
    name, phone = name_of(person.name) if person.name else "", phone_of(person.phone)
    if name is None or (not name and person.citizen_id is None):
        return Seated(NO_NAME)
    if phone is None:
        return Seated(NO_PHONE)
    if person.citizen_id is not None:
        await lane.take(tx, person.citizen_id)
        if person.citizen_id not in await tx.citizens.load([person.citizen_id]):
            return Seated(UNKNOWN)
    if (known := await tx.bookings.get(ident_of(once))) is not None:
        return Seated(DONE, known)
    book = Book(tx, content, now)
    give = book.walk_in if is_walk_in else book.book_for
    row = await give(
        once, slot, actor=actor, citizen_id=person.citizen_id, name=name, phone=phone, referred_by=referred_by
    )
    if row is None:
        return await _why(tx, slot, person, now)
    await tx.audit.add(actor=actor, act="walk_in" if is_walk_in else "booked", subject=f"booking {row.id}", now=now)
    if row.citizen_id is not None and is_told and not is_walk_in:
        await lane.tell(tx, row.citizen_id, Act("booked_for", row.id, slot.role), once=f"booked:{row.id}", now=now)
    return Seated(DONE, row)


async def _why(tx: Transaction, slot: Slot, person: Person, now: datetime) -> Seated:
    if slot.ends_at <= now:
        return Seated(IS_OVER)
    if await tx.bookings.is_closed(slot):
        return Seated(IS_CLOSED)
    if person.citizen_id is not None:
        own = (await tx.bookings.of_citizen([person.citizen_id], now=now)).get(person.citizen_id, [])
        if other := next((row for row in own if row.role == slot.role), None):
            return Seated(HAS_ONE, other)
    return Seated(NO_SEAT)


async def close(
    tx: Transaction, content: Content, point: str, role: str, on: date, *, actor: str, reason: str, now: datetime
) -> list[Displaced] | None:
    """
    The shift does not take place. Everybody booked is told, with a place kept for them at the next one; who has no chat
    must be called. reason: for staff. None: it was closed already.
    """
    rows = await day.bookings(tx, content, point, role, on)
    await lane.take(tx, *sorted({row.citizen_id for row in rows if row.citizen_id}))
    moved = await Book(tx, content, now).close(point, role, on, actor=actor, reason=reason)
    if moved is not None:
        subject = f"{point} {role} {on.isoformat()}"
        await tx.audit.add(actor=actor, act="shift_closed", subject=subject, now=now)
        tx.notify("inbox")
    return moved


async def reopen(
    tx: Transaction, content: Content, point: str, role: str, on: date, *, actor: str, now: datetime
) -> str:
    """
    The closed shift takes place after all: DONE, or why nothing was changed. Nobody who was moved is moved back: their
    new time was told and may be confirmed. The audit keeps both acts, however often it is closed and opened.
    """
    times = day_slots(content, point, role, on)
    if times and times[-1].ends_at <= now:
        return IS_OVER
    if not await Book(tx, content, now).reopen(point, role, on):
        return NOT_CLOSED
    await tx.audit.add(actor=actor, act="shift_reopened", subject=f"{point} {role} {on.isoformat()}", now=now)
    tx.notify("inbox")
    return DONE


async def would_close(tx: Transaction, content: Content, point: str, role: str, on: date) -> list[BookingRow]:
    """Who would be told that this shift does not take place."""
    rows = await day.bookings(tx, content, point, role, on)
    return [row for row in rows if row.is_active and not row.is_held]


async def broken(tx: Transaction, content: Content, *, now: datetime) -> Sequence[BookingRow]:
    """Bookings to come that the schedule of this content has no place for. It need not be in force."""
    book, found, after = Book(tx, content, now), list[BookingRow](), ""
    while page := await tx.bookings.ahead(now=now, after=after, limit=PAGE):
        found += [row for row in page if not row.is_held and await book.is_broken(row)]
        after = page[-1].id
    return sorted(found, key=lambda row: (row.starts_at, row.id))
