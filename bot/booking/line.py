"""
The line of a specialist: who waits for a time, and what is offered to whom when a seat is free.

Everything happens in the caller's transaction, so the seat that is given back and its offer are committed together. A
seat that is offered is kept in a booking of nobody until it is taken or its time is over.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from bot.booking.reminding import awake
from bot.booking.slots import Opening, open_slots, slots
from bot.texts.schema import Content
from storage.booking_records import BookingRow, Slot, State, WaitingRow
from storage.database import Transaction
from storage.records import ReminderRow

ID_CHARS = 16
OFFER, OFFER_OVER, LOST = "booking_offer", "booking_offer_over", "booking_closed"


class Line:
    """now: of the act."""

    def __init__(self, tx: Transaction, content: Content, now: datetime) -> None:
        self._tx = tx
        self._content = content
        self._now = now

    async def promote(self, point: str, role: str) -> int:
        """Offer what is free to who waits for it, in turn; how many offers were made."""
        if point not in self._content.points or not await self._tx.waiting.line(point, role, limit=1):
            return 0
        openings = await self.openings(point, role)
        line = await self._tx.waiting.line(point, role)
        people = await self._tx.bookings.of_citizen([row.citizen_id for row in line], now=self._now)
        count = 0
        for row in line:
            own = next((one for one in people.get(row.citizen_id, ()) if one.role == role and not one.is_held), None)
            before = own.starts_at if own is not None else None  # who has a booking waits for an earlier one
            minutes = self._content.rules.booking.offer_minutes
            if await self.offer(row, openings, minutes=minutes, before=before) is not None:
                await self.tell(row.citizen_id, row.id, str(row.version + 1), OFFER)
                count += 1
        return count

    async def openings(self, point: str, role: str) -> list[Opening]:
        """
        What can be offered: slots one can still come to when the message arrives. Until the transaction ends nobody
        else gives out seats of this line.
        """
        await self._tx.waiting.lock_line(point, role)
        found = self._content.points.get(point)
        offered = slots(self._content, point, role, now=awake(self._content, found, self._now)) if found else []
        if not offered or found is None:
            return []
        taken = await self._tx.bookings.taken(
            point,
            role,
            after=offered[0].starts_at,
            before=offered[-1].ends_at,
            places=found.places,
            now=self._now,
        )
        closures = await self._tx.bookings.closures(since=offered[0].day)
        closed = {one.day for one in closures if (one.point, one.role) == (point, role)}
        return open_slots(self._content, [slot for slot in offered if slot.day not in closed], taken)

    async def offer(
        self, row: WaitingRow, openings: list[Opening], *, minutes: int, before: datetime | None = None
    ) -> Slot | None:
        """
        Keep the first of the openings that the row can use, and take the seat off the list: after a lost booking the
        first that is not earlier than it was, if there is one.

        minutes: how long, counted in hours that are not quiet. before: only what begins earlier.
        """
        if (point := self._content.points.get(row.point)) is None:
            return None
        arrives = awake(self._content, point, self._now)
        for slot in in_turn(openings, row.lost_at):
            if not row.from_day <= slot.day <= row.to_day or (before is not None and slot.starts_at >= before):
                continue
            until = min(arrives + timedelta(minutes=minutes), slot.starts_at)
            await self._tx.bookings.expire(now=self._now, slot=slot.id)
            seat = await self.keep(derived(row.id, row.version + 1, "offer"), slot, until=until, created_by="waiting")
            use(openings, slot, is_full=seat is None)
            if seat is None:
                continue
            if await self._tx.waiting.offer(row.id, slot, seat.id, until=until, now=self._now):
                return slot
            await self._tx.bookings.release(seat.id)
            return None
        return None

    async def keep(self, id_: str, slot: Slot, *, until: datetime, created_by: str) -> BookingRow | None:
        """A bookable seat, for nobody in particular yet."""
        return await self._tx.bookings.take(
            id_,
            slot,
            seats(self._content, slot),
            code=code_of(id_),
            state="held",
            created_by=created_by,
            now=self._now,
            held_until=until,
        )

    async def give_back(self, row: BookingRow, state: State, actor: str, reason: str) -> bool:
        """The booking is over before its time, and no reminder of it leaves. False: it was over already."""
        if not await self._tx.bookings.cancel(row.id, state, now=self._now):
            return False
        await self._tx.bookings.note(row.id, state, actor=actor, now=self._now, reason=reason)
        if row.citizen_id is not None:
            await self._tx.bookings.silence(row.citizen_id, row.id, now=self._now)
        return True

    async def tell(self, citizen_id: str, subject: str, occasion: str, kind: str) -> None:
        """One incoming in the citizen's lane, as soon as the clock looks; never twice for one occasion."""
        reminder = ReminderRow(f"waiting:{subject}:{occasion}:{kind}", citizen_id, kind, subject, self._now)
        await self._tx.bookings.remind([reminder])


def seats(content: Content, slot: Slot, *, is_reserve: bool = False) -> Sequence[int]:
    """Numbers of the slot's bookable seats, or of those kept for who comes without a booking."""
    point = content.points.get(slot.point)
    if point is None:
        return ()
    first = point.places + 1
    return range(first, first + point.walk_in_places) if is_reserve else range(1, first)


def in_turn(openings: Sequence[Opening], lost_at: datetime | None) -> list[Slot]:
    """What to offer first: the soonest, or what comes next after a booking that was lost."""
    found = [opening.slot for opening in openings]
    return sorted(found, key=lambda slot: (lost_at is not None and slot.starts_at < lost_at, slot.starts_at))


def use(openings: list[Opening], slot: Slot, *, is_full: bool = False) -> None:
    """One seat of the slot less, or no more at all."""
    for index, opening in enumerate(openings):
        if opening.slot.id != slot.id:
            continue
        if opening.left > 1 and not is_full:
            openings[index] = Opening(opening.slot, opening.left - 1)
        else:
            del openings[index]
        return


def code_of(ident: str) -> str:
    """Four digits to say at the desk."""
    return f"{1000 + int(sha256(ident.encode()).hexdigest()[:8], 16) % 9000}"


def ident_of(given: str) -> str:
    """The id that rows have: it stands in buttons, so a longer one is shortened, always to the same."""
    return given if len(given) <= ID_CHARS else sha256(given.encode()).hexdigest()[:ID_CHARS]


def derived(ident: str, version: int, what: str) -> str:
    """An id that is the same however often the act is retaken."""
    return ident_of(f"{ident}:{version}:{what}:{'-' * ID_CHARS}")
