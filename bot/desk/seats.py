"""
A booked seat in the hands of staff: moved, given back, marked late. Whose seat it is is told, if they have a chat.

Each function is one act in the caller's transaction: seat, audit row, and what the citizen is told of it.
"""

from datetime import datetime

from bot.booking.book import Book
from bot.desk import lane
from bot.desk.lane import Act
from bot.desk.shifts import DONE, HAS_ONE, IS_CLOSED, IS_OVER, NO_SEAT, UNKNOWN, Seated
from bot.texts.schema import Content
from storage.booking_records import BookingRow, Slot
from storage.database import Transaction

CANCELLED = "cancelled"
REASON = "staff"

__all__ = ["CANCELLED", "DONE", "HAS_ONE", "IS_CLOSED", "IS_OVER", "NO_SEAT", "UNKNOWN", "cancel", "late", "move"]


async def move(tx: Transaction, content: Content, booking_id: str, slot: Slot, *, actor: str, now: datetime) -> Seated:
    """The booking goes on at another time of the same specialist, under the same code."""
    row = await _taken(tx, booking_id)
    if row is None:
        return Seated(UNKNOWN)
    if not row.is_active or row.is_held:
        return Seated(CANCELLED, row)
    if row.slot == slot.id:
        return Seated(DONE, row)
    moved = await Book(tx, content, now).move(row.id, slot, citizen_id=None, actor=actor)
    if moved is None:
        return Seated(await _why(tx, slot, now), row)
    await tx.audit.add(actor=actor, act="booking_moved", subject=f"booking {row.id}", now=now)
    await _tell(tx, moved, "booked_for", f"moved:{moved.id}:{moved.version}", now)
    return Seated(DONE, moved)


async def cancel(tx: Transaction, content: Content, booking_id: str, *, actor: str, now: datetime) -> Seated:
    """The seat is free for somebody else; done again it changes nothing."""
    row = await _taken(tx, booking_id)
    if row is None:
        return Seated(UNKNOWN)
    given_back = await Book(tx, content, now).cancel(row.id, citizen_id=None, actor=actor, reason=REASON)
    if given_back is None:
        return Seated(CANCELLED, row)
    await tx.audit.add(actor=actor, act="booking_cancelled", subject=f"booking {row.id}", now=now)
    await _tell(tx, given_back, "cancelled_for", f"cancelled:{row.id}", now)
    return Seated(DONE, given_back)


async def late(tx: Transaction, booking_id: str, *, actor: str, now: datetime) -> Seated:
    """The person told staff that they come later."""
    row = await _taken(tx, booking_id)
    if row is None:
        return Seated(UNKNOWN)
    if not await tx.bookings.late(row.id, now=now):
        return Seated(CANCELLED, row)
    if not row.is_late:
        await tx.bookings.note(row.id, row.state, actor=actor, now=now, reason="late")
        await tx.audit.add(actor=actor, act="booking_late", subject=f"booking {row.id}", now=now)
    return Seated(DONE, await tx.bookings.get(row.id))


async def _taken(tx: Transaction, booking_id: str) -> BookingRow | None:
    """The booking as it is once nobody else has its citizen's lane."""
    row = await tx.bookings.get(booking_id)
    if row is None or row.citizen_id is None:
        return row
    await lane.take(tx, row.citizen_id)
    return await tx.bookings.get(booking_id)


async def _why(tx: Transaction, slot: Slot, now: datetime) -> str:
    if slot.ends_at <= now:
        return IS_OVER
    return IS_CLOSED if await tx.bookings.is_closed(slot) else NO_SEAT


async def _tell(tx: Transaction, row: BookingRow, kind: str, once: str, now: datetime) -> None:
    if row.citizen_id is not None:
        await lane.tell(tx, row.citizen_id, Act(kind, row.id, row.role), once=once, now=now)
