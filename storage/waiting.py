"""
Who waits for a time of a specialist.

    waiting --> offered (a place is kept for a while) --> taken
       |  \\--<--/   the place is gone               \\--> missed
       +--> left | over (the days are past)

One live row per citizen and specialist.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.booking_records import Slot, WaitingRow, WaitState
from storage.bookings import past_day
from storage.handle import Handle
from storage.inbox import ids_of
from storage.moments import from_ms, to_ms


@dataclass(frozen=True, slots=True)
class Missed:
    """An offer that ran out."""

    id: str
    citizen_id: str
    point: str
    role: str
    booking_id: str
    version: int


class Waiting:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def add(self, row: WaitingRow, *, now: datetime) -> WaitingRow:
        """
        Wait from now on. Who waits for this specialist already keeps their place in the line, only the days change;
        an offer stays as it is. Gives the live row.
        """
        found = await self._on.queries.waiting_add(
            self._on.connection,
            id=row.id,
            citizen_id=row.citizen_id,
            point=row.point,
            role=row.role,
            from_day=row.from_day,
            to_day=row.to_day,
            cause=row.cause,
            lost_at=to_ms(row.lost_at),
            since=to_ms(row.since),
            at=to_ms(now),
        )
        live = await self.get(found[0])
        assert live is not None
        return live

    async def get(self, id_: str) -> WaitingRow | None:
        row = await self._on.queries.waiting_get(self._on.connection, id=id_)
        return _row(row) if row is not None else None

    async def of_citizen(self, ids: Sequence[str]) -> dict[str, list[WaitingRow]]:
        """What each waits for now, offers too."""
        found: dict[str, list[WaitingRow]] = {}
        async for row in self._on.queries.waiting_load(self._on.connection, ids=ids_of(self._on, ids)):
            found.setdefault(row[1], []).append(_row(row))
        return found

    async def all_of(self, citizen_id: str) -> list[WaitingRow]:
        """Everything the citizen ever waited for, oldest first."""
        rows = self._on.queries.waiting_all_of(self._on.connection, citizen_id=citizen_id)
        return [_row(row) async for row in rows]

    async def line(self, point: str, role: str, *, limit: int = 50) -> list[WaitingRow]:
        """Who waits for this specialist, in turn: lost bookings first, then the longest."""
        rows = self._on.queries.waiting_line(self._on.connection, point=point, role=role, limit=limit)
        return [_row(row) async for row in rows]

    async def lines(self) -> list[tuple[str, str]]:
        """(point, specialist) somebody waits for."""
        return [(row[0], row[1]) async for row in self._on.queries.waiting_lines(self._on.connection)]

    async def lock_line(self, point: str, role: str) -> None:
        """Nobody else gives out places of this line until the transaction ends."""
        line = f"waiting {point} {role}"
        async for _ in self._on.queries.bookings_line_lock(self._on.connection, line=line):
            pass

    async def offer(self, id_: str, slot: Slot, booking_id: str, *, until: datetime, now: datetime) -> bool:
        """The place kept in that booking is offered. False: the row does not wait any more."""
        row = await self._on.queries.waiting_offer(
            self._on.connection,
            id=id_,
            slot=slot.id,
            starts_at=to_ms(slot.starts_at),
            ends_at=to_ms(slot.ends_at),
            wall=slot.wall,
            booking_id=booking_id,
            until=to_ms(until),
            at=to_ms(now),
        )
        return row is not None

    async def back(self, id_: str, *, now: datetime) -> None:
        """What was offered is gone: the row waits again."""
        await self._on.queries.waiting_back(self._on.connection, id=id_, at=to_ms(now))

    async def end(self, id_: str, citizen_id: str, state: WaitState, *, now: datetime) -> tuple[bool, str | None]:
        """(whether it was live, the booking that kept a place for it). state: taken or left."""
        row = await self._on.queries.waiting_end(
            self._on.connection, id=id_, citizen_id=citizen_id, state=state, at=to_ms(now)
        )
        return (row is not None, row[0] if row is not None else None)

    async def missed(self, *, now: datetime) -> list[Missed]:
        """Offers that ran out, each given once; `Bookings.expire` then gives back what they kept."""
        rows = self._on.queries.waiting_missed(self._on.connection, now=to_ms(now))
        return sorted([Missed(*row) async for row in rows], key=lambda one: one.id)

    async def over(self, *, now: datetime) -> None:
        """Who waited for days that are past waits no more."""
        await self._on.queries.waiting_over(self._on.connection, day=past_day(now), now=to_ms(now))

    async def of_booking(self, booking_id: str) -> str | None:
        """The live offer for which this booking keeps a place."""
        row = await self._on.queries.waiting_of_booking(self._on.connection, booking_id=booking_id)
        return str(row[0]) if row is not None else None


def _row(row: Sequence[Any]) -> WaitingRow:
    id_, citizen_id, point, role, from_day, to_day, state, cause, since, version, slot, *rest = row
    starts_at, ends_at, wall, booking_id, offer_until, lost_at = rest
    is_offered = state == "offered"
    return WaitingRow(
        id=id_,
        citizen_id=citizen_id,
        point=point,
        role=role,
        from_day=from_day,
        to_day=to_day,
        state=state,
        cause=cause,
        since=from_ms(since),
        version=version,
        offered=Slot(slot, point, role, from_ms(starts_at), from_ms(ends_at), wall) if is_offered else None,
        booking_id=booking_id if is_offered else None,
        offer_until=from_ms(offer_until) if is_offered else None,
        lost_at=from_ms(lost_at),
    )
