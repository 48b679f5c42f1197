"""
Bookings lost through no fault of the citizens: a shift is closed, the schedule has changed. Never silently.

    booked --> cancelled_staff, and the citizen is first in the line, with a seat kept elsewhere if there is one
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.booking.line import LOST, Line, derived, in_turn, use
from bot.booking.slots import Opening, zone_of
from bot.texts import render
from bot.texts.schema import Content
from storage.booking_records import BookingRow, Cause, Slot, WaitingRow
from storage.database import Transaction

WAIT_DAYS = 90  # how long somebody who lost a booking waits for another


@dataclass(frozen=True, slots=True)
class Displaced:
    """
    A booking that staff or the schedule took away. offered: the slot kept instead, None: there is none yet.

    is_told: the citizen gets a message; else somebody must call.
    """

    booking: BookingRow
    offered: Slot | None
    is_told: bool


class Loss:
    """now: of the act."""

    def __init__(self, tx: Transaction, content: Content, now: datetime) -> None:
        self._tx = tx
        self._content = content
        self._now = now
        self._line = Line(tx, content, now)

    async def displace(self, rows: Sequence[BookingRow], cause: Cause, *, actor: str) -> list[Displaced]:
        """
        These bookings are over through no fault of the citizens: a seat elsewhere is kept for each, the soonest visit
        first, and each is told. Seats that were only kept are given back, an offer goes back to the line.
        """
        found = []
        openings: dict[tuple[str, str], list[Opening]] = {}
        for row in sorted(rows, key=lambda one: (one.starts_at, one.id)):
            if row.is_held:
                await self._unkeep(row)
            elif (
                row.is_active
                and row.ends_at > self._now
                and await self._line.give_back(row, "cancelled_staff", actor, cause)
            ):
                line = (row.point, row.role)
                if line not in openings:
                    openings[line] = await self._line.openings(*line)
                found.append(await self._instead(row, cause, openings[line]))
        for point, role in dict.fromkeys((row.point, row.role) for row in rows):
            await self._line.promote(point, role)
        return found

    async def _unkeep(self, row: BookingRow) -> None:
        if (waiting_id := await self._tx.waiting.of_booking(row.id)) is not None:
            offer = await self._tx.waiting.get(waiting_id)
            await self._tx.waiting.back(waiting_id, now=self._now)
            if offer is not None:
                await self._tx.bookings.silence(offer.citizen_id, waiting_id, now=self._now)
        await self._tx.bookings.release(row.id)

    async def _instead(self, row: BookingRow, cause: Cause, openings: list[Opening]) -> Displaced:
        """Somebody whose booking is over: the first in the line, with a seat kept if there is one."""
        rules = self._content.rules.booking
        if row.citizen_id is None:
            seat = None
            until = self._now + timedelta(hours=rules.reoffer_hours)
            for slot in in_turn(openings, row.starts_at):
                id_ = derived(row.id, row.version, "instead")
                seat = await self._line.keep(id_, slot, until=min(until, slot.starts_at), created_by=row.id)
                use(openings, slot, is_full=seat is None)
                if seat is not None:
                    break
            return Displaced(row, seat.as_slot if seat else None, is_told=False)
        point = self._content.points.get(row.point)
        zone = zone_of(self._content, point) if point else self._content.default_office.timezone
        today = render.local(self._now, zone).date()
        last = today + timedelta(days=WAIT_DAYS)
        wish = WaitingRow(
            derived(row.id, row.version, cause),
            row.citizen_id,
            row.point,
            row.role,
            today.isoformat(),
            last.isoformat(),
            "waiting",
            cause,
            self._now,
            lost_at=row.starts_at,
        )
        waiting = await self._tx.waiting.add(wish, now=self._now)
        if waiting.state == "waiting":
            await self._line.offer(waiting, openings, minutes=rules.reoffer_hours * 60)
            waiting = await self._tx.waiting.get(waiting.id) or waiting
        # an offer that is on its way is part of this message
        await self._tx.bookings.silence(row.citizen_id, waiting.id, now=self._now)
        await self._line.tell(row.citizen_id, waiting.id, f"{waiting.version}:{row.id}", LOST)
        return Displaced(row, waiting.offered, await self._is_reached(row.citizen_id))

    async def _is_reached(self, citizen_id: str) -> bool:
        citizen = (await self._tx.citizens.load([citizen_id])).get(citizen_id)
        place = (await self._tx.citizens.reachable_at([citizen_id])).get(citizen_id)
        return citizen is not None and citizen.stopped_at is None and place is not None and place[2]
