"""
Whom staff are to call, and what came of each attempt.

    open --> done: reached, booked, passed on, a wrong number, not to call, given up after so many tries
     |  ^------- put off: no answer, busy, "call me later"; the newest attempt can be undone
     +--> off: nobody needs to call any more

One row for each reason; attempts and their results are of the citizen, whatever the reasons were.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import msgspec

from storage.call_records import (
    SPOKEN,
    Attempt,
    Called,
    Callee,
    CallFigures,
    CallResult,
    CallRow,
    PlannedCall,
    Reason,
)
from storage.errors import Unreadable
from storage.handle import Handle
from storage.inbox import ids_of
from storage.moments import from_ms, to_ms

EVER = 2**53


@dataclass(frozen=True, slots=True)
class CallEyes:
    """Who looks. offices: theirs, none for all; what has no office is everybody's."""

    staff: str
    offices: tuple[str, ...] = ()
    is_lead: bool = False


EVERYBODY = CallEyes("", (), is_lead=True)


class Calls:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    # planning

    async def plan(self, call: PlannedCall, *, now: datetime) -> bool:
        """False: it is planned already, or was."""
        row = await self._on.queries.calls_plan(
            self._on.connection,
            id=uuid4().hex[:16],
            citizen_id=call.citizen_id,
            office=call.office,
            reason=call.reason,
            subject=call.subject,
            role=call.role,
            excluded=call.excluded,
            due_at=to_ms(call.due_at),
            at=to_ms(now),
        )
        return row is not None

    async def is_made(self, office: str, day: str) -> bool:
        """The office's list of this local day (2026-11-24) is whole."""
        return await self._on.queries.calls_round(self._on.connection, office=office, day=day) is not None

    async def made(self, office: str, day: str) -> None:
        await self._on.queries.calls_put_round(self._on.connection, office=office, day=day)
        await self._on.queries.calls_end_rounds(self._on.connection, office=office, day=day)

    async def ids(self, office: str, *, after: str, limit: int) -> list[str]:
        """Citizens of the office with consent, by id after this one."""
        rows = self._on.queries.calls_ids(self._on.connection, office=office, after=after, limit=limit)
        return [row[0] async for row in rows]

    async def fresh(self, *, now: datetime, since: datetime, repeats: int, limit: int) -> list[str]:
        """Citizens to whom something has happened that no call is planned for. since: of visits."""
        at = {"now": to_ms(now), "since": to_ms(since)}
        rows = self._on.queries.calls_fresh(self._on.connection, repeats=repeats, limit=limit, **at)
        return [row[0] async for row in rows]

    async def settle(self, *, now: datetime) -> int:
        """Close what nobody needs to call for any more; returns how many."""
        return len([row async for row in self._on.queries.calls_settle(self._on.connection, now=to_ms(now))])

    async def people(self, ids: Sequence[str], *, now: datetime) -> dict[str, Callee]:
        queries, connection, wanted = self._on.queries, self._on.connection, ids_of(self._on, ids)
        situations: dict[str, list[str]] = {}
        async for citizen_id, situation in queries.situations_load(connection, ids=wanted):
            situations.setdefault(citizen_id, []).append(situation)
        waiting: dict[str, list[Reason]] = {}
        for row in await self.open_of(EVERYBODY, ids):
            waiting.setdefault(row.citizen_id, []).append(row.reason)
        rows = queries.calls_people(connection, ids=wanted, now=to_ms(now))
        return {row[0]: _callee(row, situations.get(row[0], []), waiting.get(row[0], [])) async for row in rows}

    # looking

    async def due(
        self,
        eyes: CallEyes,
        *,
        until: datetime,
        now: datetime,
        today: datetime,
        reason: str = "",
        office: str = "",
        limit: int = EVER,
        skip: int = 0,
    ) -> list[Called]:
        """
        Who is to be called before `until`: overdue since before `today`, then due by now, then the rest; of each who
        asked for it first. reason, office: only with it, "" for any.
        """
        span = {"until": to_ms(until), "now": to_ms(now), "today": to_ms(today)}
        asked = self._asked(eyes, office)
        rows = self._on.queries.calls_list(self._on.connection, reason=reason, limit=limit, skip=skip, **span, **asked)
        return [Called(row[0], from_ms(row[1]), int(row[2])) async for row in rows]

    async def count(self, eyes: CallEyes, *, until: datetime, reason: str = "", office: str = "") -> int:
        asked = self._asked(eyes, office)
        found = await self._on.queries.calls_count(self._on.connection, until=to_ms(until), reason=reason, **asked)
        return int(found or 0)

    async def open_of(self, eyes: CallEyes, ids: Sequence[str]) -> list[CallRow]:
        """Open calls of these citizens, the earliest due first."""
        rows = self._on.queries.calls_open_of_many(
            self._on.connection, ids=ids_of(self._on, ids), **self._asked(eyes, "")
        )
        return [_call(row) async for row in rows]

    def _asked(self, eyes: CallEyes, office: str) -> dict[str, object]:
        offices = (office,) if office else eyes.offices
        return {
            "everywhere": int(not offices),
            "offices": ids_of(self._on, list(offices)),
            "is_lead": int(eyes.is_lead),
            "staff": eyes.staff,
        }

    async def attempts(self, citizen_id: str) -> list[Attempt]:
        """Oldest first, undone ones too."""
        rows = self._on.queries.calls_attempts_of(self._on.connection, citizen_id=citizen_id)
        return [_attempt(row) async for row in rows]

    async def last_attempts(self, ids: Sequence[str]) -> dict[str, Attempt]:
        """The newest that stands, of each citizen who has one."""
        rows = self._on.queries.calls_last_attempts(self._on.connection, ids=ids_of(self._on, ids))
        return {row[1]: _attempt(row) async for row in rows}

    async def last_of(self, actor: str, *, since: datetime) -> Attempt | None:
        """The newest attempt of one of the staff, not older than that."""
        row = await self._on.queries.calls_last_of_actor(self._on.connection, actor=actor, since=to_ms(since))
        return _attempt(row) if row is not None else None

    async def phones(self, ids: Sequence[str]) -> dict[str, list[str]]:
        """Phones that staff noted at bookings, the newest first, without those known to be wrong. Digits as given."""
        found: dict[str, list[str]] = {}
        queries, connection, wanted = self._on.queries, self._on.connection, ids_of(self._on, ids)
        wrong = {row[0]: row[1].split(",") async for row in queries.calls_wrong_of(connection, ids=wanted)}
        async for id_, citizen_id, person in queries.calls_phones(connection, ids=wanted):
            try:
                plain = self._on.cipher.open(bytes(person), "bookings", "person", id_)
            except Unreadable:
                continue
            phone = str(msgspec.json.decode(plain).get("phone", ""))
            known = found.setdefault(citizen_id, [])
            if phone and phone not in known and self.find(phone) not in wrong.get(citizen_id, ()):
                known.append(phone)
        return {citizen_id: phones for citizen_id, phones in found.items() if phones}

    def find(self, phone: str) -> str:
        """The keyed hash by which a wrong phone is known again."""
        return self._on.cipher.find("phone", "".join(sign for sign in phone if sign.isdigit())[-10:])

    # calling; whoever writes has the citizen's lane

    async def attempt(self, attempt: Attempt) -> bool:
        """Note the attempt; False: this very one is noted already."""
        row = await self._on.queries.calls_attempt(
            self._on.connection,
            id=attempt.id,
            citizen_id=attempt.citizen_id,
            office=attempt.office,
            actor=attempt.actor,
            at=to_ms(attempt.at),
            result=attempt.result,
        )
        return row is not None

    async def close(self, citizen_id: str, attempt_id: str, result: str, *, now: datetime) -> int:
        """Every open call of the citizen is over."""
        rows = self._on.queries.calls_close(
            self._on.connection, citizen_id=citizen_id, attempt=attempt_id, result=result, at=to_ms(now)
        )
        return len([row async for row in rows])

    async def put_off(self, citizen_id: str, attempt_id: str, due_at: datetime, *, tries: int) -> int:
        """Every open call of the citizen is due then."""
        rows = self._on.queries.calls_put_off(
            self._on.connection, citizen_id=citizen_id, attempt=attempt_id, due_at=to_ms(due_at), tries=tries
        )
        return len([row async for row in rows])

    async def undo(self, attempt: Attempt, *, now: datetime) -> bool:
        """Calls are as they were before the attempt; False: it was undone already."""
        queries, connection = self._on.queries, self._on.connection
        if await queries.calls_undo_attempt(connection, id=attempt.id, at=to_ms(now)) is None:
            return False
        rows = queries.calls_undo(connection, attempt=attempt.id, citizen_id=attempt.citizen_id)
        return bool([row async for row in rows])

    # who wants no calls, and where they are not

    async def mark(self, citizen_id: str) -> tuple[datetime | None, tuple[str, ...]]:
        """(since when the citizen wants no calls, hashes of phones that are not theirs)."""
        row = await self._on.queries.calls_mark(self._on.connection, citizen_id=citizen_id)
        if row is None:
            return None, ()
        return from_ms(row[0]), tuple(one for one in row[1].split(",") if one)

    async def switch(self, citizen_id: str, *, is_wanted: bool, now: datetime) -> None:
        """Call never again, or again."""
        off_at = None if is_wanted else to_ms(now)
        await self._on.queries.calls_switch(self._on.connection, citizen_id=citizen_id, off_at=off_at)

    async def keep_wrong(self, citizen_id: str, finds: Sequence[str]) -> None:
        """Hashes of phones that are not theirs, all of them."""
        wrong = ",".join(dict.fromkeys(finds))
        await self._on.queries.calls_wrong(self._on.connection, citizen_id=citizen_id, wrong=wrong)

    # figures

    async def figures(self, *, since: datetime, until: datetime, office: str = "") -> CallFigures:
        """Of attempts made in [since, until). office: "" for all."""
        span = {"since": to_ms(since), "until": to_ms(until), "office": office}
        rows = [row async for row in self._on.queries.calls_figures(self._on.connection, **span)]
        people = await self._on.queries.calls_figures_people(self._on.connection, **span)
        results = tuple((CallResult(row[0]), int(row[1])) for row in rows)
        spoken = sum(number for result, number in results if result in SPOKEN)
        return CallFigures(sum(number for _, number in results), spoken, int(people[0]), int(people[1]), results)

    # two citizens are one; nobody any more

    async def merge(self, kept: str, gone: str) -> None:
        queries, connection, both = self._on.queries, self._on.connection, {"to_id": kept, "from_id": gone}
        await queries.moves_calls_twice(connection, **both)
        await queries.moves_calls(connection, **both)
        await queries.moves_call_attempts(connection, **both)
        await queries.moves_call_marks(connection, **both)
        await queries.moves_call_marks_gone(connection, from_id=gone)

    async def forget(self, citizen_id: str) -> None:
        """What stays: that somebody was called, without whom; the wish not to be called, as the stop mark."""
        queries, connection = self._on.queries, self._on.connection
        await queries.calls_forget(connection, citizen_id=citizen_id)
        await queries.call_attempts_forget(connection, citizen_id=citizen_id)
        await queries.call_marks_forget(connection, citizen_id=citizen_id)


def _call(row: Sequence[Any]) -> CallRow:
    id_, citizen_id, office, reason, subject, due_at, tries, state, result, planned_at, attempt = row
    return CallRow(
        id_,
        citizen_id,
        office,
        Reason(reason),
        subject,
        from_ms(due_at),
        tries,
        state,
        result,
        from_ms(planned_at),
        attempt,
    )


def _attempt(row: Sequence[Any]) -> Attempt:
    id_, citizen_id, office, actor, at, result, undone_at = row
    return Attempt(id_, citizen_id, office, actor, from_ms(at), CallResult(result), undone_at is not None)


def _callee(row: Sequence[Any], situations: Sequence[str], waiting: Sequence[Reason]) -> Callee:
    (id_, office, consent_at, stopped_at, heard_at, channel, reachable, lost, off_at) = row[:9]
    spoken = [moment for moment in row[9:12] if moment is not None]
    (case_id, topic, role, excluded, case_at, booking_id, booked_at, visit_id, visit_at) = row[12:21]
    (resume, next_step, repeats, no_show, settled, person) = row[21:27]
    return Callee(
        citizen_id=id_,
        office=office,
        consent_at=from_ms(consent_at),
        is_stopped=stopped_at is not None,
        situations=tuple(situations),
        heard_at=from_ms(heard_at),
        channel=channel,
        is_reachable=bool(reachable),
        is_lost=bool(lost),
        off_at=from_ms(off_at),
        contact_at=from_ms(max(spoken)) if spoken else None,
        case_id=case_id or "",
        case_topic=topic or "",
        case_role=role or "",
        case_excluded=excluded or "",
        case_at=from_ms(case_at),
        booking_id=booking_id or "",
        booked_at=from_ms(booked_at),
        visit_id=visit_id or "",
        visit_at=from_ms(visit_at),
        resume=resume or "",
        next_step=next_step or "",
        repeats=repeats or 0,
        is_no_show=bool(no_show),
        is_settled=bool(settled),
        has_person=bool(person),
        open=tuple(dict.fromkeys(waiting)),
    )
