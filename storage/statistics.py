"""Counts without persons: starts by the tag of a deep link."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from storage.handle import Handle


class Starts:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def count(self, starts: Sequence[tuple[str, str, date]]) -> None:
        """(tag, channel, day): one more start each."""
        counted = Counter((day.isoformat(), tag, channel) for tag, channel, day in starts)
        # sorted: two workers that count the same tags must not wait for each other in a circle
        rows = [
            {"day": day, "tag": tag, "channel": channel, "count": count}
            for (day, tag, channel), count in sorted(counted.items())
        ]
        if rows:
            await self._on.queries.starts_count(self._on.connection, rows)

    async def by_tag(self, *, since: date) -> list[tuple[str, str, int]]:
        """(tag, channel, count) since that day, most first."""
        rows = self._on.queries.starts_by_tag(self._on.connection, since=since.isoformat())
        return [(row[0], row[1], int(row[2])) async for row in rows]
