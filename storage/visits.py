"""
What came of a visit: result codes, next step, résumé and application as the specialist saw them.

One visit for one booking; recorded again it is corrected and its version grows. Who came stands in the booking.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from storage.handle import Handle
from storage.moments import from_ms, to_ms


class Result(StrEnum):
    """What was done at a visit (domain, section 6, rule 9)."""

    CONSULTED = "consulted"
    RESUME_PORTAL = "resume_portal"
    RESUME_PAPER = "resume_paper"
    RESUME_PROMISED = "resume_promised"
    BOOKED_MATCHER = "booked_matcher"
    JOBS_OFFERED = "jobs_offered"
    DIRECTION_GIVEN = "direction_given"
    REPEAT_IN_WEEK = "repeat_in_week"
    APPLICATION_HELPED = "application_helped"
    HANDED_OVER = "handed_over"
    REFERRED_PSYCHOLOGIST = "referred_psychologist"
    REFERRED_MEDIATOR = "referred_mediator"
    REFERRED_SOCIAL_CONTRACT = "referred_social_contract"
    INFORMAL_DETAILS = "informal_details"
    INFORMAL_NO_DETAILS = "informal_no_details"
    REFUSED_HELP = "refused_help"
    ALREADY_EMPLOYED = "already_employed"
    NO_SHOW = "no_show"


class Resume(StrEnum):
    NONE = "none"
    PROMISED = "promised"
    PORTAL = "portal"
    PAPER = "paper"


class Application(StrEnum):
    NONE = "none"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    NEEDS_DOCUMENTS = "needs_documents"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Next(StrEnum):
    """Where the person goes on. REPEAT: to the matcher in a week. CENTRE: the central office takes over."""

    NONE = "none"
    ADVISOR = "advisor"
    MATCHER = "matcher"
    REPEAT = "repeat"
    CENTRE = "centre"


class Paper(StrEnum):
    """What was copied for the central office."""

    PASSPORT = "passport"
    SNILS = "snils"
    INN = "inn"
    WORK_BOOK = "work_book"
    EDUCATION = "education"
    DISABILITY = "disability"
    RELEASE = "release"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class VisitRow:
    """
    citizen_id: None for who has no messenger. phone_find: keyed hash of such a person's phone, None without one.

    held_at: when the booking began. repeats: invitations to come again, this one included. referred_by: who sent the
    person here, "" for nobody. told_lead_at: when the lead has seen it.
    """

    booking_id: str
    citizen_id: str | None
    point: str
    role: str
    held_at: datetime
    recorded_by: str
    recorded_at: datetime
    results: tuple[Result, ...] = ()
    next_step: Next = Next.NONE
    resume: Resume = Resume.NONE
    application: Application = Application.NONE
    needs_job: bool = True
    repeats: int = 0
    papers: tuple[Paper, ...] = ()
    referred_by: str = ""
    phone_find: str | None = None
    version: int = 1
    told_lead_at: datetime | None = None


class Visits:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def record(self, visit: VisitRow) -> VisitRow:
        """The visit as it is kept from now on: one of the same booking is corrected."""
        queries, connection = self._on.queries, self._on.connection
        id_ = await queries.visits_record(
            connection,
            booking_id=visit.booking_id,
            citizen_id=visit.citizen_id,
            phone_find=visit.phone_find,
            point=visit.point,
            role=visit.role,
            held_at=to_ms(visit.held_at),
            next_step=visit.next_step,
            resume=visit.resume,
            application=visit.application,
            needs_job=int(visit.needs_job),
            repeats=visit.repeats,
            papers=",".join(visit.papers),
            referred_by=visit.referred_by,
            recorded_by=visit.recorded_by,
            recorded_at=to_ms(visit.recorded_at),
        )
        await queries.visit_results_clear(connection, booking_id=id_)
        if visit.results:
            rows = [{"booking_id": id_, "code": code} for code in dict.fromkeys(visit.results)]
            await queries.visit_results_add(connection, rows)
        kept = await self.get(id_)
        assert kept is not None
        return kept

    async def get(self, booking_id: str) -> VisitRow | None:
        row = await self._on.queries.visits_get(self._on.connection, booking_id=booking_id)
        return await self._whole(row) if row is not None else None

    async def of_citizen(self, citizen_id: str) -> list[VisitRow]:
        """Oldest first."""
        return await self._many(self._on.queries.visits_of_citizen(self._on.connection, citizen_id=citizen_id))

    async def of_phone(self, phone: str) -> list[VisitRow]:
        """Of a person without a messenger, oldest first. phone: digits only."""
        return await self._many(self._on.queries.visits_of_phone(self._on.connection, find=self.find(phone)))

    def find(self, phone: str) -> str:
        """The keyed hash by which visits of one phone are known as one person's."""
        return self._on.cipher.find("phone", phone)

    async def at_point(self, point: str, *, since: datetime, until: datetime) -> list[VisitRow]:
        """Of this time at the point, in order."""
        span = {"since": to_ms(since), "until": to_ms(until)}
        return await self._many(self._on.queries.visits_at_point(self._on.connection, point=point, **span))

    async def for_lead(self, *, repeats: int) -> list[VisitRow]:
        """People invited that often already, whom no lead has seen yet."""
        return await self._many(self._on.queries.visits_for_lead(self._on.connection, repeats=repeats))

    async def told_lead(self, ids: Sequence[str], *, now: datetime) -> None:
        for id_ in ids:
            await self._on.queries.visits_told_lead(self._on.connection, booking_id=id_, at=to_ms(now))

    async def count(self, *, since: datetime) -> list[tuple[Result, int]]:
        """How often each result was recorded, the most frequent first."""
        rows = self._on.queries.visits_count(self._on.connection, since=to_ms(since))
        return [(Result(row[0]), int(row[1])) async for row in rows]

    async def _many(self, rows: Any) -> list[VisitRow]:
        return [await self._whole(row) for row in [row async for row in rows]]

    async def _whole(self, row: Sequence[Any]) -> VisitRow:
        (booking_id, citizen_id, phone_find, point, role, held_at, next_step, resume, application) = row[:9]
        (needs_job, repeats, papers, referred_by, recorded_by, recorded_at, version, told) = row[9:17]
        rows = self._on.queries.visit_results_of(self._on.connection, booking_id=booking_id)
        codes = {code async for (code,) in rows}
        return VisitRow(
            booking_id=booking_id,
            citizen_id=citizen_id,
            point=point,
            role=role,
            held_at=from_ms(held_at),
            recorded_by=recorded_by,
            recorded_at=from_ms(recorded_at),
            results=tuple(code for code in Result if code in codes),
            next_step=Next(next_step),
            resume=Resume(resume),
            application=Application(application),
            needs_job=bool(needs_job),
            repeats=repeats,
            papers=tuple(Paper(one) for one in papers.split(",") if one),
            referred_by=referred_by,
            phone_find=phone_find,
            version=version,
            told_lead_at=from_ms(told),
        )
