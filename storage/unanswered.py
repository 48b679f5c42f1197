"""Questions nobody had an answer to: words without names and numbers, how often, and of no citizen."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.errors import Unreadable
from storage.handle import Handle
from storage.moments import from_ms, to_ms


@dataclass(frozen=True, slots=True)
class UnansweredRow:
    """find: by which it is dropped. words: as `matching.discretion` left them."""

    find: str
    words: str
    times: int
    first_at: datetime
    last_at: datetime


class Unanswered:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def add(self, words: Sequence[str], *, now: datetime) -> None:
        """Each was asked once more."""
        cipher = self._on.cipher
        counted = Counter(words)
        rows = []
        for said, times in counted.items():
            find = cipher.find("unanswered", said)
            sealed = cipher.seal(said.encode(), "unanswered", "words", find)
            rows.append({"find": find, "words": sealed, "times": times, "at": to_ms(now)})
        if rows:  # sorted: two workers that count the same words must not wait for each other in a circle
            await self._on.queries.unanswered_add(self._on.connection, sorted(rows, key=lambda row: str(row["find"])))

    async def since(self, moment: datetime, *, limit: int = 200) -> list[UnansweredRow]:
        """Asked since then, most often first. Rows that no secret opens are left out."""
        found = []
        query = self._on.queries.unanswered_since(self._on.connection, since=to_ms(moment), limit=limit)
        for find, sealed, times, first_at, last_at in [row async for row in query]:
            try:
                words = self._on.cipher.open(bytes(sealed), "unanswered", "words", find).decode()
            except Unreadable:
                continue
            found.append(UnansweredRow(find, words, times, from_ms(first_at), from_ms(last_at)))
        return found

    async def drop(self, find: str) -> None:
        """It was dealt with."""
        await self._on.queries.unanswered_drop(self._on.connection, find=find)
