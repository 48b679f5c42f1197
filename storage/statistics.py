"""Counts without persons: starts by the tag of a deep link, answers by how they were judged."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from storage.handle import Handle
from storage.records import Judged


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


class Verdicts:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def count(self, verdicts: Sequence[tuple[str, str, date]]) -> None:
        """(question, "shown" | "helped" | "not_helped", day): one more each."""
        counted = Counter((day.isoformat(), question, verdict) for question, verdict, day in verdicts)
        # sorted: two workers that count the same questions must not wait for each other in a circle
        rows = [
            {"day": day, "question": question, "verdict": verdict, "count": count}
            for (day, question, verdict), count in sorted(counted.items())
        ]
        if rows:
            await self._on.queries.verdicts_count(self._on.connection, rows)

    async def by_question(self, *, since: date) -> list[Judged]:
        """Since that day; those that helped least come first."""
        rows = self._on.queries.verdicts_by_question(self._on.connection, since=since.isoformat())
        return [Judged(row[0], int(row[1]), int(row[2]), int(row[3])) async for row in rows]
