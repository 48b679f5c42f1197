"""
Invitations to surveys, and answers apart from them.

    planned --> given (a reminder of kind `survey`) --> asked --> begun --> over
        \\---------\\--> dropped                           \\---------------^
Answers lie on a sheet of their own. Only while they can be changed the invitation names its sheet; `untie` ends that.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from storage.errors import Unreadable
from storage.handle import Handle
from storage.moments import from_ms, to_ms
from storage.survey_records import Candidate, Counted, InvitationRow, PlannedSurvey, Sheet, SheetAnswer

BOT = "bot"  # channel of answers said in the chat, whichever


class Surveys:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    # planning

    async def plan(self, planned: PlannedSurvey) -> None:
        """Plan it, unless it is planned already or its subject was asked about."""
        await self._on.queries.surveys_plan(
            self._on.connection,
            id=uuid4().hex[:16],
            citizen_id=planned.citizen_id,
            survey=planned.survey,
            asking=planned.asking,
            subject=planned.subject,
            office=planned.office,
            due_at=to_ms(planned.due_at),
            keep_until=to_ms(planned.keep_until),
        )

    async def put_off(self, planned: PlannedSurvey) -> None:
        """As `plan`; one that is planned without a subject comes at this time instead."""
        await self._on.queries.surveys_put_off(
            self._on.connection,
            citizen_id=planned.citizen_id,
            survey=planned.survey,
            asking=planned.asking,
            due_at=to_ms(planned.due_at),
            keep_until=to_ms(planned.keep_until),
        )
        await self.plan(planned)

    async def end(self, citizen_id: str, survey: str, asking: str) -> None:
        """What is planned of this is not asked any more."""
        await self._on.queries.surveys_end_planned(
            self._on.connection, citizen_id=citizen_id, survey=survey, asking=asking
        )

    async def next_due(self) -> datetime | None:
        moment = await self._on.queries.surveys_next_due(self._on.connection)
        return from_ms(moment) if moment is not None else None

    async def due(self, *, now: datetime, limit: int) -> list[Candidate]:
        """Invitations to be judged, those of one citizen together."""
        rows = self._on.queries.surveys_due(self._on.connection, now=to_ms(now), limit=limit)
        return [_candidate(row) async for row in rows]

    async def asked_before(self, citizen_id: str) -> list[str]:
        """Questions the citizen was asked, the earliest first, each as often as it was asked."""
        rows = self._on.queries.surveys_asked_before(self._on.connection, citizen_id=citizen_id)
        return [question async for (questions,) in rows for question in questions.split(",")]

    async def give(self, id_: str, questions: Sequence[str], *, at: datetime, keep_until: datetime) -> bool:
        """Plan its reminder at that time; False when another scheduler was quicker. keep_until: to be answered."""
        row = await self._on.queries.surveys_give(
            self._on.connection, id=id_, questions=",".join(questions), at=to_ms(at), keep_until=to_ms(keep_until)
        )
        if row is None:
            return False
        await self._on.queries.surveys_remind(
            self._on.connection, id=f"survey:{id_}", citizen_id=row[0], subject=id_, due_at=to_ms(at)
        )
        return True

    async def wait(self, id_: str, until: datetime) -> None:
        await self._on.queries.surveys_wait(self._on.connection, id=id_, due_at=to_ms(until))

    async def drop(self, id_: str, citizen_id: str) -> None:
        """It is never asked, and does not count as an invitation."""
        await self._on.queries.surveys_drop(self._on.connection, id=id_, citizen_id=citizen_id)

    # asking and answering

    async def show(self, id_: str, citizen_id: str) -> None:
        await self._on.queries.surveys_show(self._on.connection, id=id_, citizen_id=citizen_id)

    async def get(self, id_: str, citizen_id: str) -> InvitationRow | None:
        row = await self._on.queries.surveys_get(self._on.connection, id=id_, citizen_id=citizen_id)
        return await self._whole(row) if row is not None else None

    async def widen(self, id_: str, citizen_id: str, questions: Sequence[str]) -> None:
        """All these are asked now."""
        await self._on.queries.surveys_widen(
            self._on.connection, id=id_, citizen_id=citizen_id, questions=",".join(questions)
        )

    async def answer(
        self, id_: str, citizen_id: str, answer: SheetAnswer, *, day: date, since: datetime, now: datetime
    ) -> bool:
        """
        Keep the answer in place of an earlier one; False: the invitation is over, or its answers are nobody's by now.

        since: answers begun before can't be changed. day: local.
        """
        queries, connection = self._on.queries, self._on.connection
        row = await queries.surveys_begin(
            connection, id=id_, citizen_id=citizen_id, now=to_ms(now), since=to_ms(since), sheet=uuid4().hex
        )
        if row is None:
            return False
        sheet, office, asking = row
        await queries.surveys_sheet(
            connection, id=sheet, day=day.isoformat(), office=office, channel=BOT, asking=asking
        )
        await self._put(sheet, answer)
        return True

    async def record(self, sheet: Sheet) -> None:
        """Answers that are nobody's from the start."""
        id_ = uuid4().hex
        await self._on.queries.surveys_sheet(
            self._on.connection,
            id=id_,
            day=sheet.day.isoformat(),
            office=sheet.office,
            channel=sheet.channel,
            asking=sheet.asking,
        )
        for answer in sheet.answers:
            await self._put(id_, answer)

    async def _put(self, sheet: str, answer: SheetAnswer) -> None:
        """Words to an answer that is there are kept with it: value None and words said change the words alone."""
        queries, connection, about = self._on.queries, self._on.connection, f"{answer.survey}.{answer.question}"
        sealed = None
        if answer.words:
            sealed = self._on.cipher.seal(answer.words.encode(), "survey_answers", "words", f"{sheet}:{about}")
        await queries.surveys_answer(
            connection,
            sheet=sheet,
            survey=answer.survey,
            question=answer.question,
            version=answer.version,
            value=answer.value,
            words=sealed,
        )

    async def comment(self, id_: str, citizen_id: str, survey: str, question: str, words: str) -> None:
        """Words beside an answer that is still tied to its citizen."""
        row = await self._on.queries.surveys_get(self._on.connection, id=id_, citizen_id=citizen_id)
        if row is None or row[-1] is None:
            return
        place = f"{row[-1]}:{survey}.{question}"
        sealed = self._on.cipher.seal(words.encode(), "survey_answers", "words", place)
        await self._on.queries.surveys_comment(
            self._on.connection, sheet=row[-1], survey=survey, question=question, words=sealed
        )

    # a citizen's wishes and troubles

    async def pause(self, citizen_id: str, *, now: datetime) -> None:
        """A complaint or a cry for help: what waits is dropped, what is under way never leaves."""
        queries, connection = self._on.queries, self._on.connection
        await queries.surveys_pause(connection, citizen_id=citizen_id, at=to_ms(now))
        await self._withdraw(citizen_id, now)

    async def switch(self, citizen_id: str, *, is_wanted: bool, now: datetime) -> None:
        """Never ask again, or ask again."""
        at = None if is_wanted else to_ms(now)
        await self._on.queries.surveys_switch(self._on.connection, citizen_id=citizen_id, at=at)
        if not is_wanted:
            await self._withdraw(citizen_id, now)

    async def _withdraw(self, citizen_id: str, now: datetime) -> None:
        queries, connection = self._on.queries, self._on.connection
        rows = queries.surveys_reminders_of(connection, citizen_id=citizen_id)
        unsent = [{"subject": row[0], "at": to_ms(now)} async for row in rows]
        if unsent:
            await queries.outbox_drop_subject(connection, unsent)
        await queries.surveys_cancel_reminders(connection, citizen_id=citizen_id)
        await queries.surveys_drop_all(connection, citizen_id=citizen_id)

    async def of_citizen(self, citizen_id: str) -> list[InvitationRow]:
        """Everything kept about the citizen, for their own eyes; answers only while they are tied to them."""
        rows = [row async for row in self._on.queries.surveys_of_citizen(self._on.connection, citizen_id=citizen_id)]
        return [await self._whole(row) for row in rows]

    async def forget(self, citizen_id: str) -> None:
        """Invitations and marks, with the answers that can still be told to be the citizen's."""
        queries, connection = self._on.queries, self._on.connection
        await queries.surveys_forget_answers(connection, citizen_id=citizen_id)
        await queries.surveys_forget_sheets(connection, citizen_id=citizen_id)
        await queries.surveys_forget(connection, citizen_id=citizen_id)
        await queries.surveys_forget_marks(connection, citizen_id=citizen_id)

    async def merge(self, kept: str, gone: str) -> None:
        """Two citizens become one: no survey is planned twice, what either was asked counts for both."""
        queries, connection, both = self._on.queries, self._on.connection, {"to_id": kept, "from_id": gone}
        await queries.surveys_merge_same(connection, **both)
        await queries.surveys_merge_subject(connection, **both)
        await queries.surveys_merge(connection, **both)
        await queries.surveys_merge_marks(connection, **both)
        await queries.surveys_forget_marks(connection, citizen_id=gone)

    # keeping the house

    async def untie(self, *, before: datetime, limit: int) -> int:
        """Answers begun until then are nobody's from here on."""
        rows = self._on.queries.surveys_untie(self._on.connection, before=to_ms(before), limit=limit)
        return len([row async for row in rows])

    async def close(self, *, now: datetime, limit: int) -> int:
        """Invitations that nobody followed are over."""
        rows = self._on.queries.surveys_close(self._on.connection, before=to_ms(now), limit=limit)
        return len([row async for row in rows])

    async def has_begun(self, asking: str, name: str) -> bool:
        """Somebody began this round of a sample."""
        return await self._on.queries.surveys_begun(self._on.connection, asking=asking, round=name) is not None

    async def begin_round(self, asking: str, name: str) -> bool:
        """True for whoever begins this round of a sample first."""
        row = await self._on.queries.surveys_round(self._on.connection, asking=asking, round=name)
        return row is not None

    async def active(
        self, *, after: str, known_since: datetime, heard_since: datetime, limit: int
    ) -> list[tuple[str, str]]:
        """(citizen, office) by id: those with consent since long enough, heard lately, who did not stop the bot."""
        rows = self._on.queries.surveys_active(
            self._on.connection,
            after=after,
            known_since=to_ms(known_since),
            heard_since=to_ms(heard_since),
            limit=limit,
        )
        return [(row[0], row[1] or "") async for row in rows]

    # reports

    async def counts(self, *, since: date, until: date, office: str = "") -> list[Counted]:
        """Answers by value, whole days, both ends included; office "" = all."""
        rows = self._on.queries.surveys_counts(self._on.connection, **_span(since, until, office))
        return [Counted(row[0], row[1], row[2], row[3], int(row[4])) async for row in rows]

    async def people(self, *, since: date, until: date, office: str = "") -> dict[tuple[str, str], int]:
        """(survey, version) → sheets with an answer."""
        rows = self._on.queries.surveys_people(self._on.connection, **_span(since, until, office))
        return {(row[0], row[1]): int(row[2]) async for row in rows}

    async def words(self, *, since: date, until: date, office: str = "") -> list[tuple[str, str, str]]:
        """(survey, question, words), in no order of time."""
        rows = self._on.queries.surveys_words(self._on.connection, **_span(since, until, office))
        return [(row[1], row[2], self._opened(row[0], row[1], row[2], row[3])) async for row in rows]

    def _opened(self, sheet: str, survey: str, question: str, sealed: Any) -> str:
        return self._on.cipher.open(bytes(sealed), "survey_answers", "words", f"{sheet}:{survey}.{question}").decode()

    def _read(self, sheet: str, survey: str, question: str, sealed: Any) -> str | None:
        """None for what no secret opens."""
        try:
            return self._opened(sheet, survey, question, sealed)
        except Unreadable:
            return None

    async def _whole(self, row: Sequence[Any]) -> InvitationRow:
        id_, citizen_id, survey, asking, subject, office, questions, state, due_at, keep_until, begun_at, sheet = row
        answered: dict[str, str | None] = {}
        if sheet is not None:
            rows = self._on.queries.surveys_answers_of(self._on.connection, sheet=sheet)
            async for part, question, value, words in rows:
                said = self._read(sheet, part, question, words) if value is None and words is not None else value
                answered[f"{part}.{question}"] = said
        return InvitationRow(
            id=id_,
            citizen_id=citizen_id,
            survey=survey,
            asking=asking,
            subject=subject,
            office=office,
            questions=tuple(questions.split(",")) if questions else (),
            state=state,
            due_at=from_ms(due_at),
            keep_until=from_ms(keep_until),
            begun_at=from_ms(begun_at),
            answered=answered,
        )


def _candidate(row: Sequence[Any]) -> Candidate:
    id_, citizen, survey, asking, subject, office, due_at, keep_until, consent, stopped, own_office, *more = row
    channel, reachable, case, complaint, paused, off, last, same = more
    troubles = [moment for moment in (complaint, paused) if moment is not None]
    return Candidate(
        id=id_,
        citizen_id=citizen,
        survey=survey,
        asking=asking,
        subject=subject,
        office=office or own_office or "",
        due_at=from_ms(due_at),
        keep_until=from_ms(keep_until),
        has_consent=consent is not None,
        is_stopped=stopped is not None,
        is_off=off is not None,
        channel=channel or "",
        is_reachable=bool(reachable),
        has_case=bool(case),
        trouble_at=from_ms(max(troubles)) if troubles else None,
        last_at=from_ms(last),
        same_at=from_ms(same),
    )


def _span(since: date, until: date, office: str) -> dict[str, str]:
    return {"since": since.isoformat(), "until": until.isoformat(), "office": office}
