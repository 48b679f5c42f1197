"""Rows of surveys. Questions are named `survey.question`. Times are aware UTC."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class PlannedSurvey:
    """
    An invitation to come. asking: which occasion of the survey. subject: visit, case and so on; "" for none.

    No later than keep_until.
    """

    citizen_id: str
    survey: str
    asking: str
    subject: str
    office: str
    due_at: datetime
    keep_until: datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    An invitation whose time has come, and what is known of its citizen.

    channel: where they wrote last, "" without a session. trouble_at: newest complaint or cry for help. last_at: newest
    invitation to anything, same_at: to this survey.
    """

    id: str
    citizen_id: str
    survey: str
    asking: str
    subject: str
    office: str
    due_at: datetime
    keep_until: datetime
    has_consent: bool
    is_stopped: bool
    is_off: bool
    channel: str
    is_reachable: bool
    has_case: bool
    trouble_at: datetime | None
    last_at: datetime | None
    same_at: datetime | None


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """
    state: planned, given (to the citizen's lane), asked, begun, over, dropped.

    answered: what is tied to it, `survey.question` → answer (None: skipped); empty when nothing is, or no more.
    """

    id: str
    citizen_id: str
    survey: str
    asking: str
    subject: str
    office: str
    questions: tuple[str, ...]
    state: str
    due_at: datetime
    keep_until: datetime
    begun_at: datetime | None
    answered: dict[str, str | None]


@dataclass(frozen=True, slots=True)
class SheetAnswer:
    """One answer. value: None = skipped. words: None = none said; "" takes back what was said before."""

    survey: str
    question: str
    version: str
    value: str | None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """Answers that nobody gave: keyed in from paper or phone, or said in a talk of their own."""

    day: date
    office: str
    channel: str
    asking: str
    answers: tuple[SheetAnswer, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """So many gave this answer."""

    survey: str
    version: str
    question: str
    value: str
    count: int
