"""
What did not get through, for staff: messages that could not be delivered, updates that nobody could take.

No words are opened here. Who works in some offices sees what belongs to citizens of these, or of none yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.handle import Handle
from storage.inbox import ids_of
from storage.moments import from_ms, to_ms
from storage.records import Lane
from storage.staff import StaffRow


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """key: of the text it was made of. can_leave: its words are still there to be sent."""

    number: int
    citizen_id: str
    channel: str
    lane: Lane
    key: str
    reason: str
    created_at: datetime
    finished_at: datetime | None
    attempts: int
    office: str
    can_leave: bool


@dataclass(frozen=True, slots=True)
class Parked:
    """error: the class of what went wrong. can_try: it has an owner and its words."""

    number: int
    citizen_id: str
    channel: str
    kind: str
    error: str
    arrived_at: datetime
    office: str
    can_try: bool


class Letters:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def dead(self, staff: StaffRow, *, limit: int) -> list[DeadLetter]:
        """Those this person may see, newest first."""
        rows = self._on.queries.letters_dead(self._on.connection, **self._scope(staff), limit=limit)
        return [_letter(row) async for row in rows]

    async def parked(self, staff: StaffRow, *, limit: int) -> list[Parked]:
        """As `dead`."""
        rows = self._on.queries.letters_parked(self._on.connection, **self._scope(staff), limit=limit)
        return [_parked(row) async for row in rows]

    async def count(self, staff: StaffRow) -> int:
        """Both kinds together."""
        scope = self._scope(staff)
        dead = await self._on.queries.letters_dead_count(self._on.connection, **scope)
        return int(dead or 0) + int(await self._on.queries.letters_parked_count(self._on.connection, **scope) or 0)

    async def letter(self, number: int) -> DeadLetter | None:
        row = await self._on.queries.letter_one(self._on.connection, id=number)
        return _letter(row) if row is not None else None

    async def update(self, number: int) -> Parked | None:
        row = await self._on.queries.parked_one(self._on.connection, id=number)
        return _parked(row) if row is not None else None

    async def send_again(self, number: int, *, now: datetime) -> bool:
        """False when it is no dead letter any more, or has no words left."""
        return await self._on.queries.letter_again(self._on.connection, id=number, now=to_ms(now)) is not None

    async def drop(self, number: int, *, now: datetime) -> bool:
        """It will never leave, its words are erased. False when it is no dead letter any more."""
        return await self._on.queries.letter_drop(self._on.connection, id=number, at=to_ms(now)) is not None

    async def try_again(self, number: int) -> bool:
        """A parked update takes its turn once more. False when it can't, or is parked no more."""
        return await self._on.queries.parked_again(self._on.connection, id=number) is not None

    async def drop_update(self, number: int, *, now: datetime) -> bool:
        """A parked update counts as done, its words are erased."""
        return await self._on.queries.parked_drop(self._on.connection, id=number, at=to_ms(now)) is not None

    def _scope(self, staff: StaffRow) -> dict[str, Any]:
        return {"every_office": int(staff.every_office), "offices": ids_of(self._on, staff.offices)}


def _letter(row: Sequence[Any]) -> DeadLetter:
    number, citizen_id, channel, lane, key, reason, created_at, finished_at, attempts, office, can_leave = row
    finished = from_ms(finished_at) if finished_at is not None else None
    return DeadLetter(
        number, citizen_id, channel, Lane(lane), key, reason or "", from_ms(created_at), finished, attempts,
        office or "", bool(can_leave),
    )  # fmt: skip


def _parked(row: Sequence[Any]) -> Parked:
    number, citizen_id, channel, kind, error, arrived_at, office, can_try = row
    return Parked(
        number, citizen_id or "", channel, kind, error or "", from_ms(arrived_at), office or "", bool(can_try)
    )
