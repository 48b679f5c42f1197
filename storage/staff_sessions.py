"""Who is inside the console: one row per login, found by the hash of a token that only the browser has."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from storage.handle import Handle
from storage.moments import from_ms, to_ms

Stage = Literal["code", "enrol", "inside"]


@dataclass(frozen=True, slots=True)
class StaffSession:
    """stage: the second factor is asked for, must be set up first, or the person is inside."""

    staff_id: str
    stage: Stage
    created_at: datetime
    seen_at: datetime


class StaffSessions:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def open(self, token: str, staff_id: str, stage: Stage, *, now: datetime) -> None:
        await self._on.queries.staff_session_open(
            self._on.connection, find=self._find(token), staff_id=staff_id, stage=stage, now=to_ms(now)
        )

    async def get(self, token: str) -> StaffSession | None:
        row = await self._on.queries.staff_session_get(self._on.connection, find=self._find(token))
        return StaffSession(row[0], row[1], from_ms(row[2]), from_ms(row[3])) if row is not None else None

    async def seen(self, token: str, *, now: datetime) -> None:
        await self._on.queries.staff_session_seen(self._on.connection, find=self._find(token), now=to_ms(now))

    async def end(self, token: str) -> str | None:
        """Whose session it was, None when there was none: of two that end it at once, one did."""
        row = await self._on.queries.staff_session_end(self._on.connection, find=self._find(token))
        return str(row[0]) if row is not None else None

    async def end_all(self, staff_id: str, *, but: str = "") -> None:
        """Nobody is inside as this person any more. but: token of the one session that stays."""
        kept = self._find(but) if but else ""
        await self._on.queries.staff_sessions_end(self._on.connection, id=staff_id, but=kept)

    async def count(self, staff_id: str, *, since: datetime, seen: datetime) -> int:
        """Sessions begun after `since` and last seen after `seen`."""
        found = await self._on.queries.staff_sessions_count(
            self._on.connection, id=staff_id, since=to_ms(since), seen=to_ms(seen)
        )
        return int(found or 0)

    def _find(self, token: str) -> str:
        return self._on.cipher.find("staff session", token)
