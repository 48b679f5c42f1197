"""
Requests for a person: one open case per citizen, one owner per case. What is said in it: case_talk.

    new --> taken --> waiting_citizen <--> waiting_staff --> closed --> reopened --> taken
     ^        |             every state may be closed, given to others (new again), taken back from a silent owner
     +--------+
Each change asks for the state it needs and returns whether it happened: of two specialists one gets the case.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from storage.case_records import Deadlines, Happened
from storage.case_talk import CaseTalk
from storage.handle import Handle
from storage.inbox import ids_of
from storage.moments import from_ms, to_ms
from storage.records import CaseRow

NEVER = Deadlines(None, None)


class Cases:
    def __init__(self, handle: Handle) -> None:
        self._on = handle
        self._talk = CaseTalk(handle)

    # what the citizen does

    async def open(self, case: CaseRow) -> bool:
        """Open the case with its words; False when the citizen has an open one already (nothing is written then)."""
        row = await self._on.queries.cases_open(
            self._on.connection,
            id=case.id,
            citizen_id=case.citizen_id,
            channel=case.channel,
            topic=case.topic,
            state=case.state,
            context=self._on.cipher.seal(case.context.encode(), "cases", "context", case.id),
            without_consent=int(case.without_consent),
            created_at=to_ms(case.created_at),
            owner=case.owner,
            role=case.role,
            office=case.office,
            excluded=case.excluded,
            urgent=int(case.is_urgent),
            due_at=to_ms(case.due_at),
        )
        if row is None:
            return False
        for words in case.words:
            await self._talk.put(case.id, words, "citizen", now=case.created_at)
        await self.note_event(case.id, "citizen", "opened", now=case.created_at)
        return True

    async def add_words(
        self,
        case_id: str,
        words: str,
        *,
        now: datetime,
        kind: str = "text",
        origin: str | None = None,
        deadlines: Deadlines = NEVER,
    ) -> None:
        """The citizen said more, or sent what is no words (kind). deadlines: of the answer, if none is due already."""
        if await self._talk.put(case_id, words, "citizen", now=now, kind=kind, origin=origin) is None:
            return
        await self._on.queries.cases_said(
            self._on.connection,
            id=case_id,
            due_at=to_ms(deadlines.due_at),
            silent_at=to_ms(deadlines.silent_at),
            now=to_ms(now),
        )

    async def route(
        self, case_id: str, *, topic: str, role: str, office: str, due_at: datetime | None, now: datetime
    ) -> bool:
        """The citizen named another topic, and nobody has taken the case yet."""
        return await self._happened(
            "cases_route", id=case_id, topic=topic, role=role, office=office, due_at=to_ms(due_at), now=to_ms(now)
        )

    async def comment(self, case_id: str, words: str, *, now: datetime) -> None:
        """What the citizen said of how the case went; no answer is due."""
        await self._talk.put(case_id, words, "citizen", now=now, kind="comment")

    async def judge(self, case_id: str, solved: str) -> None:
        """Whether the closed case was solved: "yes" or "no"."""
        await self._on.queries.cases_judge(self._on.connection, id=case_id, solved=solved)

    async def complain(self, case_id: str, *, topic: str, role: str, due_at: datetime | None, now: datetime) -> bool:
        """The case is a complaint from now on, taken from its owner, who never sees it again."""
        return await self._happened(
            "cases_complain", id=case_id, topic=topic, role=role, due_at=to_ms(due_at), now=to_ms(now)
        )

    async def urge(self, case_id: str, *, now: datetime) -> None:
        """Somebody may be in danger."""
        await self._on.queries.cases_urge(self._on.connection, id=case_id, now=to_ms(now))
        await self.note_event(case_id, "clock", "urged", now=now)

    # what staff do; each returns whether it happened

    async def take(self, case_id: str, staff_id: str, deadlines: Deadlines, *, now: datetime) -> bool:
        return await self._happened(
            "cases_take",
            id=case_id,
            staff=staff_id,
            due_at=to_ms(deadlines.due_at),
            silent_at=to_ms(deadlines.silent_at),
            now=to_ms(now),
        )

    async def answer(self, case_id: str, staff_id: str, *, version: int, now: datetime) -> bool:
        """version: of the case as the specialist saw it, 0: whatever it is."""
        return await self._happened("cases_answer", id=case_id, staff=staff_id, version=version, now=to_ms(now))

    async def later(self, case_id: str, staff_id: str, deadlines: Deadlines, *, now: datetime) -> bool:
        return await self._happened(
            "cases_later",
            id=case_id,
            staff=staff_id,
            due_at=to_ms(deadlines.due_at),
            silent_at=to_ms(deadlines.silent_at),
            now=to_ms(now),
        )

    async def transfer(
        self,
        case_id: str,
        staff_id: str,
        *,
        role: str,
        office: str,
        due_at: datetime | None,
        is_lead: bool,
        version: int,
        now: datetime,
    ) -> bool:
        return await self._happened(
            "cases_transfer",
            id=case_id,
            staff=staff_id,
            role=role,
            office=office,
            due_at=to_ms(due_at),
            is_lead=int(is_lead),
            version=version,
            now=to_ms(now),
        )

    async def close(self, case_id: str, staff_id: str, *, is_lead: bool, version: int, now: datetime) -> bool:
        return await self._happened(
            "cases_close", id=case_id, staff=staff_id, is_lead=int(is_lead), version=version, now=to_ms(now)
        )

    async def reopen(self, case_id: str, *, due_at: datetime | None, now: datetime) -> bool:
        return await self._happened("cases_reopen", id=case_id, due_at=to_ms(due_at), now=to_ms(now))

    # what the clock does

    async def next_due(self) -> datetime | None:
        """When the next case becomes overdue or its owner silent."""
        found = await self._on.queries.cases_next_due(self._on.connection)
        return from_ms(found) if found is not None else None

    async def overdue(self, *, now: datetime, limit: int) -> list[tuple[str, str]]:
        """(case, citizen): answers are due and the lead does not know yet."""
        rows = self._on.queries.cases_overdue(self._on.connection, now=to_ms(now), limit=limit)
        return [(row[0], row[1]) async for row in rows]

    async def silent(self, *, now: datetime, limit: int) -> list[tuple[str, str, str]]:
        """(case, citizen, owner): the owner has been silent for too long."""
        rows = self._on.queries.cases_silent(self._on.connection, now=to_ms(now), limit=limit)
        return [(row[0], row[1], row[2]) async for row in rows]

    async def left_behind(self, *, limit: int) -> list[tuple[str, str, str]]:
        """(case, citizen, owner): open ones whose owner works here no more."""
        rows = self._on.queries.cases_left_behind(self._on.connection, limit=limit)
        return [(row[0], row[1], row[2]) async for row in rows]

    async def escalate(self, case_id: str, *, now: datetime) -> bool:
        return await self._happened("cases_escalate", id=case_id, now=to_ms(now))

    async def release(self, case_id: str, owner: str, *, due_at: datetime | None, now: datetime) -> bool:
        """Back to the queue, if it is still this owner's."""
        return await self._happened("cases_release", id=case_id, owner=owner, due_at=to_ms(due_at), now=to_ms(now))

    async def note_event(self, case_id: str, actor: str, act: str, *, now: datetime, detail: str = "") -> None:
        """One line of the case's history: ids only."""
        queries, connection = self._on.queries, self._on.connection
        number = await queries.case_events_next(connection, case_id=case_id)
        await queries.case_events_put(
            connection, case_id=case_id, number=number, at=to_ms(now), actor=actor, act=act, detail=detail
        )

    # what is known

    async def get(self, case_id: str) -> CaseRow | None:
        """With words and context, closed ones too."""
        row = await self._on.queries.case_get(self._on.connection, id=case_id)
        return await self._whole(row) if row is not None else None

    async def load(self, ids: Sequence[str]) -> dict[str, CaseRow]:
        """The open case of each citizen, without words."""
        rows = self._on.queries.cases_load(self._on.connection, ids=ids_of(self._on, ids))
        return {row[1]: case_of(row) async for row in rows}

    async def of_citizen(self, citizen_id: str) -> CaseRow | None:
        """The citizen's open case with its words and context."""
        row = await self._on.queries.case_of_citizen(self._on.connection, citizen_id=citizen_id)
        return await self._whole(row) if row is not None else None

    async def last_closed(self, citizen_id: str) -> CaseRow | None:
        """The case that was closed last, without words."""
        row = await self._on.queries.case_last_closed(self._on.connection, citizen_id=citizen_id)
        return case_of(row) if row is not None else None

    async def all_of(self, citizen_id: str) -> list[CaseRow]:
        """Every case of the citizen, closed ones too, oldest first."""
        rows = [row async for row in self._on.queries.extract_cases(self._on.connection, id=citizen_id)]
        return [await self._whole(row) for row in rows]

    async def waiting(self, *, limit: int = 100) -> list[CaseRow]:
        """Open cases, urgent first, then oldest, with words."""
        rows = [row async for row in self._on.queries.cases_waiting(self._on.connection, limit=limit)]
        return [await self._whole(row) for row in rows]

    async def queue(
        self,
        *,
        offices: Sequence[str],
        staff_id: str,
        is_lead: bool,
        role: str = "",
        limit: int = 50,
        skip: int = 0,
    ) -> list[CaseRow]:
        """
        Open cases that this member of staff may see, without words.

        offices: none sees every office. role: only what people of this role take, "" for all.
        """
        rows = self._on.queries.cases_queue(
            self._on.connection,
            everywhere=int(not offices),
            offices=ids_of(self._on, list(offices)),
            role=role,
            staff=staff_id,
            is_lead=int(is_lead),
            limit=limit,
            skip=skip,
        )
        return [case_of(row) async for row in rows]

    async def ahead(self, case: CaseRow) -> int:
        """How many wait for the same people and come earlier."""
        return int(
            await self._on.queries.cases_ahead(
                self._on.connection,
                id=case.id,
                office=case.office,
                role=case.role,
                created_at=to_ms(case.created_at),
            )
            or 0
        )

    async def history(self, case_id: str) -> list[Happened]:
        rows = self._on.queries.case_events_of(self._on.connection, case_id=case_id)
        return [Happened(from_ms(row[0]), row[1], row[2], row[3]) async for row in rows]

    async def count_open(self) -> int:
        return int(await self._on.queries.cases_count_open(self._on.connection) or 0)

    async def join(self, kept: str, gone: str, *, now: datetime) -> None:
        """Two open cases of one citizen: what was said in the one is said in the other."""
        for said in await self._talk.of(gone):
            if said.words is not None:
                await self._talk.put(
                    kept, said.words, said.author, now=now, role=said.role, actor=said.actor, kind=said.kind
                )
        await self._on.queries.cases_touch(self._on.connection, id=kept, now=to_ms(now))
        await self.note_event(kept, "citizen", "joined", now=now, detail=gone)

    async def _happened(self, query: str, **values: Any) -> bool:
        return await getattr(self._on.queries, query)(self._on.connection, **values) is not None

    async def _whole(self, row: Sequence[Any]) -> CaseRow:
        talk = await self._talk.of(row[0])
        context = row[7]
        plain = self._on.cipher.open(bytes(context), "cases", "context", row[0]).decode() if context else ""
        words = tuple(said.words for said in talk if said.author == "citizen" and said.words)
        answers = tuple(said.words for said in talk if said.author == "staff" and said.words)
        return case_of(row, words, plain, answers)


def case_of(
    row: Sequence[Any], words: tuple[str, ...] = (), context: str = "", answers: tuple[str, ...] = ()
) -> CaseRow:
    return CaseRow(
        id=row[0],
        citizen_id=row[1],
        channel=row[2],
        topic=row[3],
        state=row[4],
        without_consent=bool(row[5]),
        created_at=from_ms(row[6]),
        words=words,
        context=context,
        owner=row[8],
        role=row[9],
        office=row[10],
        excluded=row[11],
        is_urgent=bool(row[12]),
        version=row[13],
        due_at=from_ms(row[14]),
        silent_at=from_ms(row[15]),
        overdue_at=from_ms(row[16]),
        closed_at=from_ms(row[17]),
        solved=row[18] or "",
        answers=answers,
        answered_at=from_ms(row[19]),
    )
