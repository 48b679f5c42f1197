"""What citizens answered about themselves. Values are sealed, each for its citizen and question."""

from collections.abc import Sequence

from storage.handle import Handle
from storage.inbox import ids_of
from storage.moments import from_ms, to_ms
from storage.records import AnswerRow


class Profile:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def load(self, ids: Sequence[str]) -> dict[str, list[AnswerRow]]:
        found: dict[str, list[AnswerRow]] = {}
        async for row in self._on.queries.profile_load(self._on.connection, ids=ids_of(self._on, ids)):
            citizen_id, question, sealed, changed_at = row
            value = self._on.cipher.open(bytes(sealed), "answers", "value", f"{citizen_id}:{question}").decode()
            found.setdefault(citizen_id, []).append(AnswerRow(citizen_id, question, value, from_ms(changed_at)))
        return found

    async def save(self, answers: Sequence[AnswerRow]) -> None:
        """Keep these answers, forget those without a value; of one question answered twice the last counts."""
        newest = {(row.citizen_id, row.question): row for row in answers}
        kept = [
            {
                "citizen_id": row.citizen_id,
                "question": row.question,
                "value": self._on.cipher.seal(
                    row.value.encode(), "answers", "value", f"{row.citizen_id}:{row.question}"
                ),
                "changed_at": to_ms(row.changed_at),
            }
            for row in newest.values()
            if row.value is not None
        ]
        gone = [
            {"citizen_id": row.citizen_id, "question": row.question} for row in newest.values() if row.value is None
        ]
        if kept:
            await self._on.queries.profile_save(self._on.connection, kept)
        if gone:
            await self._on.queries.profile_forget(self._on.connection, gone)
