"""Counts without persons: starts by the tag of a deep link."""

from collections.abc import Sequence
from datetime import date

from storage.handle import Handle


class Starts:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def count(self, starts: Sequence[tuple[str, str, date]]) -> None:
        """(tag, channel, day): one more start each."""
        rows = [{"tag": tag, "channel": channel, "day": day.isoformat()} for tag, channel, day in starts]
        if rows:
            await self._on.queries.starts_count(self._on.connection, rows)

    async def by_tag(self, *, since: date) -> list[tuple[str, str, int]]:
        """(tag, channel, count) since that day, most first."""
        rows = self._on.queries.starts_by_tag(self._on.connection, since=since.isoformat())
        return [(row[0], row[1], int(row[2])) async for row in rows]
