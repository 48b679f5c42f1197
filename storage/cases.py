"""Requests for a person: one open case per citizen, their words sealed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from storage.handle import Handle
from storage.inbox import ids_of
from storage.moments import from_ms, to_ms
from storage.records import CaseRow


class Cases:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def open(self, case: CaseRow) -> bool:
        """Open the case with its words; False when the citizen has an open one already (nothing is written then)."""
        row = await self._on.queries.cases_open(
            self._on.connection,
            id=case.id,
            citizen_id=case.citizen_id,
            channel=case.channel,
            topic=case.topic,
            context=self._on.cipher.seal(case.context.encode(), "cases", "context", case.id),
            without_consent=int(case.without_consent),
            created_at=to_ms(case.created_at),
        )
        if row is None:
            return False
        for words in case.words:
            await self.add_words(case.id, words, now=case.created_at)
        return True

    async def add_words(self, case_id: str, words: str, *, now: datetime) -> None:
        """The citizen said more while waiting."""
        number = await self._on.queries.case_words_next(self._on.connection, case_id=case_id)
        sealed = self._on.cipher.seal(words.encode(), "case_words", "words", f"{case_id}:{number}")
        await self._on.queries.case_words_put(
            self._on.connection, case_id=case_id, number=number, words=sealed, said_at=to_ms(now)
        )

    async def load(self, ids: Sequence[str]) -> dict[str, CaseRow]:
        """The open case of each citizen, without words."""
        cases = {}
        async for row in self._on.queries.cases_load(self._on.connection, ids=ids_of(self._on, ids)):
            cases[row[1]] = CaseRow(row[0], row[1], row[2], row[3], row[4], bool(row[5]), from_ms(row[6]))
        return cases

    async def of_citizen(self, citizen_id: str) -> CaseRow | None:
        """The citizen's open case with its words and context."""
        row = await self._on.queries.case_of_citizen(self._on.connection, citizen_id=citizen_id)
        return await self._whole(row) if row is not None else None

    async def all_of(self, citizen_id: str) -> list[CaseRow]:
        """Every case of the citizen, closed ones too, oldest first."""
        rows = [row async for row in self._on.queries.extract_cases(self._on.connection, id=citizen_id)]
        return [await self._whole(row) for row in rows]

    async def waiting(self, *, limit: int = 100) -> list[CaseRow]:
        """Open cases, oldest first."""
        rows = [row async for row in self._on.queries.cases_waiting(self._on.connection, limit=limit)]
        return [await self._whole(row) for row in rows]

    async def count_open(self) -> int:
        return int(await self._on.queries.cases_count_open(self._on.connection) or 0)

    async def _whole(self, row: Sequence[Any]) -> CaseRow:
        id_, citizen_id, channel, topic, state, without_consent, created_at, context = row
        words = []
        async for number, sealed in self._on.queries.case_words_of(self._on.connection, case_id=id_):
            if sealed is not None:
                words.append(self._on.cipher.open(bytes(sealed), "case_words", "words", f"{id_}:{number}").decode())
        plain = self._on.cipher.open(bytes(context), "cases", "context", id_).decode() if context else ""
        moment = from_ms(created_at)
        return CaseRow(id_, citizen_id, channel, topic, state, bool(without_consent), moment, tuple(words), plain)
