"""
The book of a point: what may be done with its seats, each act whole in the caller's transaction: the seat, its history,
its reminders, and who waits for what is given back.

Ids stand in buttons: a longer one than 16 characters is shortened, so take the row's own from what is given back.

    a seat is free again --> the first in the line who can use it: kept for them for a while, one incoming in their lane
    a shift is closed, the schedule has changed --> the booking is over, the next seat is kept, one incoming

Kinds of incomings (`flow.reminds`), with what `turn.about` is:
    booking_day, booking_soon            a booking's id
    booking_offer, booking_offer_over    a waiting row's id: a seat is kept; it is kept no longer
    booking_closed                       a waiting row's id: the booking of `lost_at` is over, maybe a seat is kept
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.booking import reminding
from bot.booking.line import OFFER_OVER, Line, code_of, derived, ident_of, seats
from bot.booking.loss import Displaced, Loss
from bot.booking.slots import slot_of, slots, stands, zone_of
from bot.texts import render
from bot.texts.schema import Content
from storage.booking_records import BookingRow, Cause, Closure, Slot, State, WaitingRow
from storage.database import Transaction

CITIZEN, CLOCK = "citizen", "clock"

__all__ = ["CITIZEN", "CLOCK", "Book", "Displaced", "has_seat", "is_misplaced"]


def is_misplaced(content: Content, row: BookingRow) -> bool:
    """The schedule has no such slot any more, or shows it at another local time, or has no such seat."""
    return not has_seat(content, row) or not stands(content, row.as_slot)


def has_seat(content: Content, row: BookingRow) -> bool:
    """The point is there and has so many seats; whether it receives at that time is asked elsewhere."""
    point = content.points.get(row.point)
    return point is not None and row.place <= point.places + point.walk_in_places


class Book:
    """One transaction's book. now: of the act."""

    def __init__(self, tx: Transaction, content: Content, now: datetime) -> None:
        self.content = self._content = content
        self.now = self._now = now
        self._tx = tx
        self._line = Line(tx, content, now)

    # a citizen's acts

    async def hold(self, id_: str, slot: Slot, citizen_id: str) -> BookingRow | None:
        """
        Keep a seat for the citizen while they decide; what they kept of this specialist before is given back. None: no
        seat, or no such slot (any more), or they have a booking of this specialist.
        """
        id_, bookings, now = ident_of(id_), self._tx.bookings, self._now
        until = now + timedelta(minutes=self._content.rules.booking.hold_minutes)
        places = seats(self._content, slot)
        if await bookings.is_full(slot, places, now=now, but_for=citizen_id) or not await self._is_open(slot):
            return None
        await bookings.lapse(now=now, citizen_id=citizen_id, role=slot.role)
        if kept := await bookings.keep(citizen_id, slot, until=until, now=now):
            return kept
        if await bookings.let_go(citizen_id, slot):
            await self._line.promote(slot.point, slot.role)
        await self._sweep(slot)
        return await bookings.take(
            id_,
            slot,
            places,
            code=code_of(id_),
            state="held",
            created_by=CITIZEN,
            now=now,
            citizen_id=citizen_id,
            held_until=until,
        )

    async def release(self, id_: str, citizen_id: str) -> None:
        """The citizen does not want the kept seat."""
        row = await self._own(id_, citizen_id)
        if row is not None and row.is_held:
            await self._tx.bookings.release(id_)
            await self._line.promote(row.point, row.role)

    async def confirm(self, id_: str, citizen_id: str) -> BookingRow | None:
        """The kept seat is booked; again gives the same booking. None: it is kept no longer, or its time is gone."""
        row = await self._own(id_, citizen_id)
        if row is None or not row.is_active:
            return None
        if not row.is_held:
            return row
        if await self.is_broken(row) or not await self._tx.bookings.confirm(id_, citizen_id, now=self._now):
            return None
        return await self._booked(id_, "booked", CITIZEN)

    async def move(self, id_: str, slot: Slot, *, citizen_id: str | None, actor: str = CITIZEN) -> BookingRow | None:
        """
        The booking goes on at another slot of the same specialist, under the same id. None: no seat there, or nothing
        to move. citizen_id: whose it must be, None for staff.
        """
        row = await self._own(id_, citizen_id) if citizen_id is not None else await self._tx.bookings.get(id_)
        if row is None or not row.is_active or row.is_held or row.role != slot.role:
            return None
        if row.slot == slot.id:
            return row
        is_open = await self._is_open(slot) if citizen_id is not None else await self._is_held_by_schedule(slot)
        if not is_open or not await self._tx.bookings.lock(id_, now=self._now):
            return None
        await self._sweep(slot)
        seat = await self._line.keep(derived(id_, row.version, "move"), slot, until=self._now, created_by=actor)
        return await self._reseat(row, seat, actor) if seat is not None else None

    async def cancel(
        self, id_: str, *, citizen_id: str | None, actor: str = CITIZEN, reason: str = ""
    ) -> BookingRow | None:
        """Give the seat back. None: there was no active booking. citizen_id: whose it must be, None for staff."""
        row = await self._own(id_, citizen_id) if citizen_id is not None else await self._tx.bookings.get(id_)
        state: State = "cancelled_citizen" if actor == CITIZEN else "cancelled_staff"
        if row is None or not await self._line.give_back(row, state, actor, reason):
            return None
        await self._line.promote(row.point, row.role)
        return await self._tx.bookings.get(id_)

    async def mark(self, id_: str, state: State, *, actor: str) -> BookingRow | None:
        """reminded, confirmed, served, no_show. None: it is marked so, or can't be."""
        if not await self._tx.bookings.mark(id_, state, now=self._now):
            return None
        await self._tx.bookings.note(id_, state, actor=actor, now=self._now)
        row = await self._tx.bookings.get(id_)
        if row is not None and not row.is_active:
            await self._silence(row.citizen_id, row.id)
        return row

    async def late(self, id_: str, citizen_id: str) -> BookingRow | None:
        """The citizen said so; staff see it."""
        row = await self._own(id_, citizen_id)
        if row is None or not await self._tx.bookings.late(id_, now=self._now):
            return None
        if not row.is_late:
            await self._tx.bookings.note(id_, row.state, actor=CITIZEN, now=self._now, reason="late")
        return await self._tx.bookings.get(id_)

    async def remind(self, row: BookingRow) -> None:
        """Plan what is still to come, unless the citizen wants no reminders."""
        if row.citizen_id is None:
            return
        citizen = (await self._tx.citizens.load([row.citizen_id])).get(row.citizen_id)
        if citizen is None or citizen.stopped_at is None:
            await self._tx.bookings.remind(reminding.plan(self._content, row, self._now))

    # staff's acts

    async def book_for(
        self,
        id_: str,
        slot: Slot,
        *,
        actor: str,
        citizen_id: str | None = None,
        name: str = "",
        phone: str = "",
        referred_by: str = "",
    ) -> BookingRow | None:
        """Book a seat for somebody, whatever the lead time. None: no seat, or they have one of this specialist."""
        return await self._book(id_, slot, seats(self._content, slot), actor, citizen_id, name, phone, referred_by)

    async def walk_in(
        self,
        id_: str,
        slot: Slot,
        *,
        actor: str,
        citizen_id: str | None = None,
        name: str = "",
        phone: str = "",
        referred_by: str = "",
    ) -> BookingRow | None:
        """Somebody came without a booking: a seat of the reserve, else one that nobody booked."""
        places = [*seats(self._content, slot, is_reserve=True), *seats(self._content, slot)]
        return await self._book(id_, slot, places, actor, citizen_id, name, phone, referred_by)

    async def close(self, point: str, role: str, day: date, *, actor: str, reason: str) -> list[Displaced] | None:
        """The shift does not take place; whoever was booked is told, with another seat. None: it was closed already."""
        if not await self._tx.bookings.close(Closure(point, role, day.isoformat(), reason, actor, self._now)):
            return None
        after = render.at_hour(day, 0, self._zone(point))
        rows = await self._tx.bookings.day(point, role, after=after, before=after + timedelta(hours=26))
        rows = [row for row in rows if row.wall[:10] == day.isoformat()]
        return await self.displace(rows, "closed", actor=actor)

    async def reopen(self, point: str, role: str, day: date) -> bool:
        """
        The closed shift takes place after all. Whoever got another seat meanwhile stays there and is told nothing; who
        still waits for one is offered these. False: it was not closed.
        """
        if not await self._tx.bookings.reopen(point, role, day.isoformat()):
            return False
        await self._line.promote(point, role)
        return True

    async def displace(self, rows: Sequence[BookingRow], cause: Cause, *, actor: str) -> list[Displaced]:
        """These bookings are over through no fault of the citizens; see bot/booking/loss.py."""
        return await Loss(self._tx, self._content, self._now).displace(rows, cause, actor=actor)

    # the waiting list

    async def wait(
        self, id_: str, citizen_id: str, point: str, role: str, *, from_day: date, to_day: date
    ) -> WaitingRow:
        """The citizen waits for a time in these days; a free one is offered at once."""
        row = WaitingRow(
            ident_of(id_),
            citizen_id,
            point,
            role,
            from_day.isoformat(),
            to_day.isoformat(),
            "waiting",
            "wish",
            self._now,
        )
        live = await self._tx.waiting.add(row, now=self._now)
        await self._line.promote(point, role)
        return await self._tx.waiting.get(live.id) or live

    async def leave(self, id_: str, citizen_id: str) -> bool:
        """The citizen waits no more, an offer is given back. False: they did not wait."""
        row = await self._tx.waiting.get(id_)
        was_live, booking_id = await self._tx.waiting.end(id_, citizen_id, "left", now=self._now)
        if row is None or not was_live:
            return False
        await self._silence(citizen_id, id_)
        if booking_id is not None:
            await self._tx.bookings.release(booking_id)
            await self._line.promote(row.point, row.role)
        return True

    async def take_offer(self, id_: str, citizen_id: str) -> BookingRow | None:
        """
        The kept seat is the citizen's; a booking of this specialist they have already moves there. Again gives the same
        booking. None: it is kept no longer.
        """
        row = await self._tx.waiting.get(id_)
        if row is None or row.citizen_id != citizen_id:
            return None
        await self._tx.bookings.lapse(now=self._now, citizen_id=citizen_id, role=row.role)
        own = await self._active(citizen_id, row.role)
        if row.state == "taken":
            return own
        seat = await self._tx.bookings.get(row.booking_id) if row.booking_id else None
        if row.state != "offered" or seat is None or seat.starts_at <= self._now or await self.is_broken(seat):
            return None
        was_live, _ = await self._tx.waiting.end(id_, citizen_id, "taken", now=self._now)
        if not was_live:
            return None
        await self._silence(citizen_id, id_)
        if own is not None and own.is_held:
            await self._tx.bookings.release(own.id)
        elif own is not None and await self._tx.bookings.lock(own.id, now=self._now):
            return await self._reseat(own, seat, CITIZEN)
        if not await self._tx.bookings.hand_over(seat.id, citizen_id, now=self._now):
            return None
        return await self._booked(seat.id, "booked", CITIZEN)

    async def expire(self) -> set[tuple[str, str]]:
        """Give back what is kept no longer; the lines (point, specialist) in which something became free."""
        bookings, waiting, now = self._tx.bookings, self._tx.waiting, self._now
        lines = set()
        for missed in await waiting.missed(now=now):
            await self._silence(missed.citizen_id, missed.id)
            await self._line.tell(missed.citizen_id, missed.id, str(missed.version), OFFER_OVER)
            lines.add((missed.point, missed.role))
        await bookings.expire(now=now)  # what those offers kept, too
        await bookings.lapse(now=now)
        await waiting.over(now=now)
        return lines

    async def is_broken(self, row: BookingRow) -> bool:
        """The schedule in force, or staff who closed the shift, leave the booking no place."""
        return is_misplaced(self._content, row) or await self._tx.bookings.is_closed(row.as_slot)

    # how

    async def _own(self, id_: str, citizen_id: str) -> BookingRow | None:
        row = await self._tx.bookings.get(id_)
        return row if row is not None and row.citizen_id == citizen_id else None

    async def _active(self, citizen_id: str, role: str) -> BookingRow | None:
        rows = (await self._tx.bookings.of_citizen([citizen_id], now=self._now)).get(citizen_id, [])
        return next((row for row in rows if row.role == role), None)

    async def _is_open(self, slot: Slot) -> bool:
        """A citizen may take it now, if there is a seat."""
        offered = slots(self._content, slot.point, slot.role, now=self._now, after=slot.starts_at, before=slot.ends_at)
        return slot in offered and not await self._tx.bookings.is_closed(slot)

    async def _is_held_by_schedule(self, slot: Slot) -> bool:
        """Staff may take it."""
        is_ahead = slot.ends_at > self._now
        return is_ahead and slot_of(self._content, slot.id) == slot and not await self._tx.bookings.is_closed(slot)

    def _zone(self, point: str) -> str:
        found = self._content.points.get(point)
        return zone_of(self._content, found) if found else self._content.default_office.timezone

    async def _sweep(self, slot: Slot) -> None:
        """Seats of the slot that are kept no longer: first for who waits, then for who asks."""
        if await self._tx.bookings.expire(now=self._now, slot=slot.id):
            await self._line.promote(slot.point, slot.role)

    async def _book(
        self,
        id_: str,
        slot: Slot,
        places: Sequence[int],
        actor: str,
        citizen_id: str | None,
        name: str,
        phone: str,
        referred_by: str,
    ) -> BookingRow | None:
        id_ = ident_of(id_)
        if not await self._is_held_by_schedule(slot):
            return None
        if citizen_id is not None:
            await self._tx.bookings.lapse(now=self._now, citizen_id=citizen_id, role=slot.role)
        await self._sweep(slot)
        row = await self._tx.bookings.take(
            id_,
            slot,
            places,
            code=code_of(id_),
            state="booked",
            created_by=actor,
            now=self._now,
            citizen_id=citizen_id,
            referred_by=referred_by,
            name=name,
            phone=phone,
        )
        return await self._booked(id_, "booked", actor) if row is not None else None

    async def _booked(self, id_: str, event: str, actor: str, reason: str = "") -> BookingRow:
        await self._tx.bookings.note(id_, event, actor=actor, now=self._now, reason=reason)
        row = await self._tx.bookings.get(id_)
        assert row is not None
        await self.remind(row)
        return row

    async def _reseat(self, row: BookingRow, seat: BookingRow, actor: str) -> BookingRow:
        """The booking goes on in the kept seat, its old one is free."""
        await self._silence(row.citizen_id, row.id)
        await self._tx.bookings.release(seat.id)
        await self._tx.bookings.reseat(row.id, seat.as_slot, seat.place, now=self._now)
        moved = await self._booked(row.id, "moved", actor, row.slot)
        await self._line.promote(row.point, row.role)
        return moved

    async def _silence(self, citizen_id: str | None, subject: str) -> None:
        """What was to be said of it is not said, messages that wait to leave included."""
        if citizen_id is not None:
            await self._tx.bookings.silence(citizen_id, subject, now=self._now)
