"""
Why something did not happen, as people said: counts of nobody in particular.

Each answer is a row under the keyed hash of what was asked about: a second answer to one question replaces the first.
"""

from datetime import date

from storage.handle import Handle


class Reasons:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def put(self, *, kind: str, about: str, reason: str, point: str, day: date) -> None:
        """kind: of the question. about: id of the row asked about; it is not kept. day: when it was first answered."""
        find = self._on.cipher.find("reason", kind, about)
        await self._on.queries.reasons_put(
            self._on.connection, find=find, kind=kind, reason=reason, point=point, day=day.isoformat()
        )

    async def count(self, *, since: date, until: date, point: str = "") -> list[tuple[str, str, int]]:
        """(kind, reason, how often) between two days, both included; the most frequent of a kind first."""
        rows = self._on.queries.reasons_count(
            self._on.connection, since=since.isoformat(), until=until.isoformat(), point=point
        )
        return [(row[0], row[1], int(row[2])) async for row in rows]
