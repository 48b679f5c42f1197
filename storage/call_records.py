"""Calls of staff to citizens, as the rest of the program sees them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal


class Reason(StrEnum):
    """Why somebody is to be called, the most urgent first."""

    CALL_BACK = "call_back"  # asked to be called
    SURVEY = "survey"  # asked for a person after a low answer
    UNREACHABLE = "unreachable"  # closed the chat, with an open request or a booking
    NO_SHOW = "no_show"
    REPEATS = "repeats"  # invited again and again
    RESUME = "resume"  # promised a résumé
    FIRST_DAYS = "first_days"
    INTERVAL = "interval"  # the next contact is due
    QUIET = "quiet"  # nothing was heard


class CallResult(StrEnum):
    """What came of one attempt."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    WRONG_NUMBER = "wrong_number"
    NOT_TO_CALL = "not_to_call"
    LATER = "later"
    BOOKED = "booked"
    PASSED = "passed"


SPOKEN = (CallResult.REACHED, CallResult.NOT_TO_CALL, CallResult.LATER, CallResult.BOOKED, CallResult.PASSED)
FRUITLESS = (CallResult.NO_ANSWER, CallResult.BUSY)
GIVEN_UP, NEEDLESS = "given_up", "needless"  # results of a call that no attempt closed
CallState = Literal["open", "done", "off"]


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """
    subject: id of what it is about; the same one is planned once. role: "lead" where leads alone may know of it.

    excluded: who of the staff must not see it.
    """

    citizen_id: str
    office: str
    reason: Reason
    subject: str
    due_at: datetime
    role: str = ""
    excluded: str = ""


@dataclass(frozen=True, slots=True)
class CallRow:
    """tries: attempts without an answer. result: of a call that is over, "" of an open one."""

    id: str
    citizen_id: str
    office: str
    reason: Reason
    subject: str
    due_at: datetime
    tries: int
    state: CallState
    result: str
    planned_at: datetime
    attempt: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """citizen_id: None when they were forgotten. actor: staff id."""

    id: str
    citizen_id: str | None
    office: str
    actor: str
    at: datetime
    result: CallResult
    is_undone: bool = False


@dataclass(frozen=True, slots=True)
class Called:
    """One line of today's list: a citizen with every open call that is due. tries: the most of them."""

    citizen_id: str
    due_at: datetime
    tries: int


@dataclass(frozen=True, slots=True)
class Callee:
    """
    What is known of a citizen when calls are planned, and shown beside them.

    contact_at: when a specialist last spoke with them: a visit, an answer, a call. is_lost: the chat where they were
    heard last is closed. case_*: of the open request. visit_*: of the last visit recorded; booked_at: of the next one.
    has_person: staff noted a name or a phone at a booking. open: reasons of calls that wait already.
    """

    citizen_id: str
    office: str
    consent_at: datetime | None
    is_stopped: bool
    situations: tuple[str, ...]
    heard_at: datetime | None
    channel: str
    is_reachable: bool
    is_lost: bool
    off_at: datetime | None
    contact_at: datetime | None
    case_id: str = ""
    case_topic: str = ""
    case_role: str = ""
    case_excluded: str = ""
    case_at: datetime | None = None
    booking_id: str = ""
    booked_at: datetime | None = None
    visit_id: str = ""
    visit_at: datetime | None = None
    resume: str = ""
    next_step: str = ""
    repeats: int = 0
    is_no_show: bool = False
    is_settled: bool = False
    has_person: bool = False
    open: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class CallFigures:
    """Of a span of time. attempts, spoken: calls made, and those with talk; people, reached: citizens of them."""

    attempts: int
    spoken: int
    people: int
    reached: int
    results: tuple[tuple[CallResult, int], ...] = ()
