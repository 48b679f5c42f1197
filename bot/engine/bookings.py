"""
Appointments in a turn: what a step may ask for, and who writes it. What each act means stands in bot/booking/book.py.

A refusable one says in `refused` what follows when there is no seat any more. What a turn has asked for, later reads of
the same turn show (`turn.reads.bookings()`, `.waiting()`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import ClassVar

from bot.booking.book import CITIZEN, Book
from bot.booking.line import code_of, ident_of
from bot.engine.effects import Effect, Foreseen, Refusable, ResumeReminders
from bot.engine.taken import Grant, Taken, Write
from bot.engine.turn import Turn
from storage.booking_records import BookingRow, Slot, ToldResume, WaitingRow
from storage.database import Transaction


@dataclass(frozen=True, slots=True)
class Hold(Refusable, Foreseen):
    """Keep a seat while the citizen decides. id: `turn.id`; the booking's own is in `turn.reads.bookings()`."""

    id: str
    slot: Slot
    refused: Sequence[Effect]
    personal: ClassVar[bool] = True
    consented: ClassVar[bool] = True

    async def foresee(self, turn: Turn) -> None:
        until = turn.now + timedelta(minutes=turn.content.rules.booking.hold_minutes)
        slot, id_ = self.slot, ident_of(self.id)
        row = BookingRow(
            id_, code_of(id_), turn.citizen.id, slot.point, slot.role, slot.id, 1, slot.starts_at, slot.ends_at,
            slot.wall, "held", 1, 0, True, CITIZEN, turn.now, until,
        )  # fmt: skip
        for other in await turn.reads.bookings():
            if other.is_held and other.role == slot.role:
                turn.reads.overlay_booking(other.id, None)
        turn.reads.overlay_booking(id_, row)


@dataclass(frozen=True, slots=True)
class Release(Foreseen):
    """The kept seat is not wanted."""

    booking_id: str
    personal: ClassVar[bool] = True
    consented: ClassVar[bool] = True

    async def foresee(self, turn: Turn) -> None:
        turn.reads.overlay_booking(self.booking_id, None)


@dataclass(frozen=True, slots=True)
class Confirm(Refusable, Foreseen):
    """Book the kept seat; once more changes nothing. Refused: it is kept no longer."""

    booking_id: str
    refused: Sequence[Effect]
    personal: ClassVar[bool] = True
    consented: ClassVar[bool] = True

    async def foresee(self, turn: Turn) -> None:
        await _changed(turn, self.booking_id, state="booked", held_until=None)


@dataclass(frozen=True, slots=True)
class MoveBooking(Refusable, Foreseen):
    """The booking goes on at another slot of the same specialist, under the same id."""

    booking_id: str
    slot: Slot
    refused: Sequence[Effect]
    personal: ClassVar[bool] = True
    consented: ClassVar[bool] = True

    async def foresee(self, turn: Turn) -> None:
        row = next((one for one in await turn.reads.bookings() if one.id == self.booking_id), None)
        if row is None or row.slot == self.slot.id:
            return
        slot = self.slot
        moved = replace(
            row,
            point=slot.point,
            slot=slot.id,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            wall=slot.wall,
            state="booked",
            version=row.version + 1,
            sequence=row.sequence + 1,
            is_late=False,
        )
        turn.reads.overlay_booking(row.id, moved)


@dataclass(frozen=True, slots=True)
class CancelBooking(Foreseen):
    """Give the seat back. reason: a code for the history, no words."""

    booking_id: str
    reason: str = ""
    personal: ClassVar[bool] = True
    consented: ClassVar[bool] = True

    async def foresee(self, turn: Turn) -> None:
        turn.reads.overlay_booking(self.booking_id, None)


@dataclass(frozen=True, slots=True)
class ConfirmVisit(Foreseen):
    """The citizen says that they will come."""

    booking_id: str
    personal: ClassVar[bool] = True
    consented: ClassVar[bool] = True

    async def foresee(self, turn: Turn) -> None:
        await _changed(turn, self.booking_id, state="confirmed")


@dataclass(frozen=True, slots=True)
class MarkReminded(Effect):
    """The reminder is being sent."""

    booking_id: str
    personal: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class RunLate(Foreseen):
    """The citizen is late; staff see it."""

    booking_id: str
    personal: ClassVar[bool] = True
    consented: ClassVar[bool] = True

    async def foresee(self, turn: Turn) -> None:
        await _changed(turn, self.booking_id, is_late=True)


@dataclass(frozen=True, slots=True)
class TellResume(Foreseen):
    """What the citizen said of the résumé for this visit; staff see it in the day list."""

    booking_id: str
    resume: ToldResume
    personal: ClassVar[bool] = True
    consented: ClassVar[bool] = True

    async def foresee(self, turn: Turn) -> None:
        await _changed(turn, self.booking_id, resume=self.resume)


@dataclass(frozen=True, slots=True)
class WaitFor(Foreseen):
    """
    Wait for a time of the specialist in these local days, inclusive. id: `turn.id`.

    What is free already is offered at once, by an incoming.
    """

    id: str
    point: str
    role: str
    from_day: date
    to_day: date
    personal: ClassVar[bool] = True
    consented: ClassVar[bool] = True

    async def foresee(self, turn: Turn) -> None:
        live = next((one for one in await turn.reads.waiting() if one.role == self.role), None)
        first, last = self.from_day.isoformat(), self.to_day.isoformat()
        if live is None:
            row = WaitingRow(
                ident_of(self.id), turn.citizen.id, self.point, self.role, first, last, "waiting", "wish", turn.now
            )
            turn.reads.overlay_waiting(row.id, row)
        elif live.state == "waiting":
            row = replace(live, point=self.point, from_day=first, to_day=last)
            turn.reads.overlay_waiting(live.id, row)


@dataclass(frozen=True, slots=True)
class LeaveWaiting(Foreseen):
    """Wait no more; an offer is given back."""

    waiting_id: str
    personal: ClassVar[bool] = True
    consented: ClassVar[bool] = True

    async def foresee(self, turn: Turn) -> None:
        turn.reads.overlay_waiting(self.waiting_id, None)


@dataclass(frozen=True, slots=True)
class TakeOffer(Refusable, Foreseen):
    """
    Take the seat that is kept; a booking of this specialist moves there. Refused: it is kept no longer.

    The booking that comes of it: `booking_id` of the waiting row, or the one the citizen had.
    """

    waiting_id: str
    refused: Sequence[Effect]
    personal: ClassVar[bool] = True
    consented: ClassVar[bool] = True

    async def foresee(self, turn: Turn) -> None:
        live = next((one for one in await turn.reads.waiting() if one.id == self.waiting_id), None)
        turn.reads.overlay_waiting(self.waiting_id, None)
        if live is None or live.offered is None or live.booking_id is None:
            return
        slot = live.offered
        own = next((one for one in await turn.reads.bookings() if one.role == live.role and not one.is_held), None)
        if own is not None:
            await MoveBooking(own.id, slot, ()).foresee(turn)
            return
        row = BookingRow(
            live.booking_id, code_of(live.booking_id), turn.citizen.id, slot.point, slot.role, slot.id, 1,
            slot.starts_at, slot.ends_at, slot.wall, "booked", 1, 0, True, "waiting", turn.now,
        )  # fmt: skip
        turn.reads.overlay_booking(row.id, row)


async def _changed(turn: Turn, booking_id: str, **changes: object) -> None:
    for row in await turn.reads.bookings():
        if row.id == booking_id:
            turn.reads.overlay_booking(booking_id, replace(row, **changes))  # type: ignore[arg-type]


# writing


def _book(tx: Transaction, taken: Taken, now: datetime) -> Book:
    return Book(tx, taken.talk.turn.content, now)


async def _hold(tx: Transaction, taken: Taken, effect: Hold, now: datetime) -> bool:
    return await _book(tx, taken, now).hold(effect.id, effect.slot, taken.citizen_id) is not None


async def _confirm(tx: Transaction, taken: Taken, effect: Confirm, now: datetime) -> bool:
    return await _book(tx, taken, now).confirm(effect.booking_id, taken.citizen_id) is not None


async def _move(tx: Transaction, taken: Taken, effect: MoveBooking, now: datetime) -> bool:
    moved = await _book(tx, taken, now).move(effect.booking_id, effect.slot, citizen_id=taken.citizen_id)
    return moved is not None


async def _take_offer(tx: Transaction, taken: Taken, effect: TakeOffer, now: datetime) -> bool:
    return await _book(tx, taken, now).take_offer(effect.waiting_id, taken.citizen_id) is not None


async def _release(tx: Transaction, taken: Taken, effect: Release, now: datetime) -> None:
    await _book(tx, taken, now).release(effect.booking_id, taken.citizen_id)


async def _cancel(tx: Transaction, taken: Taken, effect: CancelBooking, now: datetime) -> None:
    await _book(tx, taken, now).cancel(effect.booking_id, citizen_id=taken.citizen_id, reason=effect.reason)


async def _confirmed(tx: Transaction, taken: Taken, effect: ConfirmVisit, now: datetime) -> None:
    row = await tx.bookings.get(effect.booking_id)
    if row is not None and row.citizen_id == taken.citizen_id:
        await _book(tx, taken, now).mark(effect.booking_id, "confirmed", actor=CITIZEN)


async def reminded(tx: Transaction, batch: Sequence[Taken], now: datetime) -> None:
    """Of the whole batch at once: many are due in the same minute."""
    marks = [
        (effect.booking_id, taken.citizen_id)
        for taken in batch
        for effect in taken.talk.writes
        if isinstance(effect, MarkReminded)
    ]
    await tx.bookings.reminded(marks, now=now)


async def _late(tx: Transaction, taken: Taken, effect: RunLate, now: datetime) -> None:
    await _book(tx, taken, now).late(effect.booking_id, taken.citizen_id)


async def _resume(tx: Transaction, taken: Taken, effect: TellResume, now: datetime) -> None:
    await tx.bookings.tell_resume(effect.booking_id, taken.citizen_id, effect.resume, now=now)


async def _wait(tx: Transaction, taken: Taken, effect: WaitFor, now: datetime) -> None:
    await _book(tx, taken, now).wait(
        effect.id, taken.citizen_id, effect.point, effect.role, from_day=effect.from_day, to_day=effect.to_day
    )


async def _leave(tx: Transaction, taken: Taken, effect: LeaveWaiting, now: datetime) -> None:
    await _book(tx, taken, now).leave(effect.waiting_id, taken.citizen_id)


async def _remind_again(tx: Transaction, taken: Taken, _: ResumeReminders, now: datetime) -> None:
    """Reminders are wanted again: those of booked visits, too."""
    await tx.citizens.stop([(taken.citizen_id, None)])
    rows = (await tx.bookings.of_citizen([taken.citizen_id], now=now)).get(taken.citizen_id, [])
    for row in rows:
        await _book(tx, taken, now).remind(row)


WRITES: dict[type, Write] = {
    Release: _release,
    CancelBooking: _cancel,
    ConfirmVisit: _confirmed,
    RunLate: _late,
    TellResume: _resume,
    WaitFor: _wait,
    LeaveWaiting: _leave,
    ResumeReminders: _remind_again,
}
GRANTS: dict[type, Grant] = {Hold: _hold, Confirm: _confirm, MoveBooking: _move, TakeOffer: _take_offer}
