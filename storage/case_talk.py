"""What was said in a case: words of the citizen and of staff, notes among staff, sealed; whether they arrived."""

from datetime import datetime

from storage.case_records import Delivery, Origin, Said
from storage.handle import Handle
from storage.moments import from_ms, to_ms

SENT_STATES = {0: "waiting", 1: "waiting", 2: "sent", 4: "failed", 5: "failed"}


class CaseTalk:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def of(self, case_id: str) -> list[Said]:
        """All that was said, both sides and notes, oldest first."""
        said = []
        async for row in self._on.queries.case_words_of(self._on.connection, case_id=case_id):
            number, sealed, author, said_at, role, actor, kind, edited_at, turn, state = row
            words = None
            if sealed is not None:
                words = self._on.cipher.open(bytes(sealed), "case_words", "words", f"{case_id}:{number}").decode()
            delivery: Delivery = SENT_STATES.get(state, "waiting" if turn else "")  # type: ignore[assignment]
            edited = from_ms(edited_at) if edited_at is not None else None
            said.append(Said(number, author, words, from_ms(said_at), role, actor, kind, delivery, edited))
        return said

    async def by_origin(self, origin: str) -> Origin | None:
        """The words that came in this message of a chat."""
        row = await self._on.queries.case_words_by_origin(self._on.connection, origin=origin)
        return Origin(row[0], row[1], row[2], row[3], row[4], row[5] or "") if row is not None else None

    async def say(
        self,
        case_id: str,
        words: str,
        *,
        author: str,
        role: str,
        actor: str,
        now: datetime,
        origin: str | None = None,
        event: str = "",
    ) -> int | None:
        """
        A specialist's words for the citizen (`staff`) or among staff (`note`); their number, None: said already.

        event: of the incoming that brings them to the citizen, by which their delivery is known.
        """
        turn = self._on.cipher.find("event", "own", event) if event else None
        return await self.put(case_id, words, author, now=now, role=role, actor=actor, origin=origin, turn=turn)

    async def edit(self, case_id: str, number: int, words: str, *, now: datetime) -> None:
        """The author changed these words."""
        sealed = self._on.cipher.seal(words.encode(), "case_words", "words", f"{case_id}:{number}")
        await self._on.queries.case_words_edit(
            self._on.connection, case_id=case_id, number=number, words=sealed, at=to_ms(now)
        )
        await self._on.queries.cases_touch(self._on.connection, id=case_id, now=to_ms(now))

    async def put(
        self,
        case_id: str,
        words: str,
        author: str,
        *,
        now: datetime,
        role: str = "",
        actor: str = "",
        kind: str = "text",
        origin: str | None = None,
        turn: str | None = None,
    ) -> int | None:
        """The number of the words, None: said already. kind: what came instead of words. origin: message of a chat."""
        number = await self._on.queries.case_words_next(self._on.connection, case_id=case_id)
        sealed = self._on.cipher.seal(words.encode(), "case_words", "words", f"{case_id}:{number}")
        row = await self._on.queries.case_words_put(
            self._on.connection,
            case_id=case_id,
            number=number,
            words=sealed,
            said_at=to_ms(now),
            author=author,
            role=role,
            actor=actor,
            kind=kind,
            origin=origin,
            turn=turn,
        )
        return int(row[0]) if row is not None else None
