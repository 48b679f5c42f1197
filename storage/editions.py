"""
Accepted content editions, stored whole; one row names the one in force, a log tells how it came to be so.

What is known of the files in the folder stands beside: they are in force, refused, or passed over by a rollback.
"""

import json
from collections.abc import Sequence
from datetime import datetime

from storage.handle import Handle
from storage.moments import from_ms, to_ms
from storage.records import Edition, EditionAct, FilesJudgement, FilesState

PUBLISHER = "scheduler"
TOPIC = "edition"  # rings when another one is in force


class Editions:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def accept(self, *, fingerprint: str, files: bytes, now: datetime) -> int:
        """Store the edition (once) and put it in force; returns its number."""
        await self._on.queries.editions_add(self._on.connection, fingerprint=fingerprint, files=files, at=to_ms(now))
        number = int(await self._on.queries.editions_number(self._on.connection, fingerprint=fingerprint))
        await self._enforce(number, PUBLISHER, "published", now)
        return number

    async def roll_back(self, number: int, *, actor: str, now: datetime) -> None:
        """Put a stored edition in force again. actor: who wants it."""
        await self._enforce(number, actor, "rolled_back", now)

    async def _enforce(self, number: int, actor: str, act: str, now: datetime) -> None:
        on, at = self._on, to_ms(now)
        await on.queries.edition_log_add(on.connection, number=number, at=at, actor=actor, act=act)
        await on.queries.editions_enforce(on.connection, number=number, at=at)
        await on.queries.audit_add(on.connection, at=at, actor=actor, act=act, subject=f"edition {number}")

    async def number_in_force(self) -> int | None:
        """A cheap look: which edition everybody should be running."""
        number = await self._on.queries.editions_in_force_number(self._on.connection)
        return int(number) if number is not None else None

    async def in_force(self) -> Edition | None:
        row = await self._on.queries.editions_in_force(self._on.connection)
        return Edition(row[0], row[1], bytes(row[2]), from_ms(row[3])) if row is not None else None

    async def stored(self, number: int) -> Edition | None:
        """The edition of this number, in force or not."""
        row = await self._on.queries.editions_one(self._on.connection, number=number)
        return Edition(row[0], row[1], bytes(row[2]), from_ms(row[3])) if row is not None else None

    async def log(self, *, limit: int) -> list[EditionAct]:
        """Who put which edition in force, newest first."""
        rows = self._on.queries.edition_log_newest(self._on.connection, limit=limit)
        return [
            EditionAct(number, instead_of, from_ms(at), actor, act) async for number, instead_of, at, actor, act in rows
        ]

    async def judge_files(
        self,
        fingerprint: str,
        state: FilesJudgement,
        *,
        mistakes: Sequence[tuple[str, int, str, str]] = (),
        now: datetime,
    ) -> None:
        """What became of the files in the folder. mistakes: file, line, what, remedy; of refused ones."""
        await self._on.queries.content_files_judge(
            self._on.connection,
            fingerprint=fingerprint,
            state=state,
            mistakes=json.dumps(list(mistakes), ensure_ascii=False),
            at=to_ms(now),
        )

    async def files(self) -> FilesState | None:
        """What is known of the files, None before the first look."""
        row = await self._on.queries.content_files_get(self._on.connection)
        if row is None:
            return None
        mistakes = tuple((file, line, what, remedy) for file, line, what, remedy in json.loads(row[2]))
        return FilesState(row[0], row[1], mistakes, from_ms(row[3]), row[4])

    async def has_news(self) -> bool:
        """A cheap look: whether staff have not heard yet that the files were refused, or mended after that."""
        return await self._on.queries.content_files_has_news(self._on.connection) is not None

    async def tell(self, refused: str) -> None:
        """Staff heard of this refusal; "" when they heard that it is mended."""
        await self._on.queries.content_files_tell(self._on.connection, told=refused)
