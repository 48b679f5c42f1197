"""
Cries for help: one row per request for a person, which is urgent as long as the row is there. No words are kept.

    raised --> told (duty staff know) --> raised again: another cry after QUIET
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from storage.handle import Handle
from storage.inbox import ids_of
from storage.moments import from_ms, to_ms

QUIET = timedelta(minutes=10)  # cries that come faster tell staff nothing new


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """kind: of crisis.yaml. raised_at: of the last cry. times: how many. told_at: None until duty staff know."""

    case_id: str
    citizen_id: str
    kind: str
    channel: str
    raised_at: datetime
    times: int
    told_at: datetime | None


class Alarms:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def raise_(self, case_id: str, citizen_id: str, kind: str, channel: str, *, now: datetime) -> None:
        """The case is urgent from now on; a new cry is one more."""
        await self._on.queries.alarms_raise(
            self._on.connection,
            case_id=case_id,
            citizen_id=citizen_id,
            kind=kind,
            channel=channel,
            at=to_ms(now),
            quiet_since=to_ms(now - QUIET),
        )

    async def untold(self, *, limit: int = 100) -> list[AlarmRow]:
        """Those that duty staff do not know of, oldest first."""
        return [_row(row) async for row in self._on.queries.alarms_untold(self._on.connection, limit=limit)]

    async def told(self, case_ids: Sequence[str], *, now: datetime) -> None:
        """Duty staff were told."""
        rows = [{"case_id": case_id, "at": to_ms(now)} for case_id in case_ids]
        if rows:
            await self._on.queries.alarms_told(self._on.connection, rows)

    async def of_cases(self, case_ids: Sequence[str]) -> dict[str, AlarmRow]:
        """The alarm of each case that has one."""
        rows = self._on.queries.alarms_of_cases(self._on.connection, ids=ids_of(self._on, case_ids))
        return {row[0]: _row(row) async for row in rows}

    async def of_citizen(self, citizen_id: str) -> list[AlarmRow]:
        return [_row(row) async for row in self._on.queries.alarms_of(self._on.connection, citizen_id=citizen_id)]

    async def latest(self, citizen_ids: Sequence[str]) -> dict[str, datetime]:
        """When each of these citizens last cried for help; who never did is left out."""
        rows = self._on.queries.alarms_latest(self._on.connection, ids=ids_of(self._on, citizen_ids))
        return {row[0]: from_ms(row[1]) async for row in rows}

    async def pass_on(self, *, from_case: str, to_case: str) -> None:
        """Another case goes on in this one's place."""
        await self._on.queries.alarms_pass_on(self._on.connection, from_case=from_case, to_case=to_case)

    async def bring(self, *, kept: str, gone: str) -> None:
        """Two citizens became one."""
        await self._on.queries.alarms_bring(self._on.connection, to_id=kept, from_id=gone)


def _row(row: Sequence[Any]) -> AlarmRow:
    case_id, citizen_id, kind, channel, raised_at, times, told_at = row
    told = from_ms(told_at) if told_at is not None else None
    return AlarmRow(case_id, citizen_id, kind, channel, from_ms(raised_at), times, told)
