"""Alarms of all processes, by what happened, until somebody has seen them in the console."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from storage.handle import Handle
from storage.moments import from_ms, to_ms


@dataclass(frozen=True, slots=True)
class Trouble:
    """count: since it was last seen."""

    what: str
    count: int
    last_at: datetime


class Troubles:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def add(self, counts: Mapping[str, int], *, now: datetime) -> None:
        rows = [{"what": what, "count": count, "now": to_ms(now)} for what, count in sorted(counts.items())]
        if rows:
            await self._on.queries.troubles_add(self._on.connection, rows)

    async def unseen(self, *, since: datetime) -> list[Trouble]:
        """Newest first."""
        rows = self._on.queries.troubles_unseen(self._on.connection, since=to_ms(since))
        return [Trouble(row[0], row[1], from_ms(row[2])) async for row in rows]

    async def seen(self, *, now: datetime) -> None:
        await self._on.queries.troubles_seen(self._on.connection, now=to_ms(now))
