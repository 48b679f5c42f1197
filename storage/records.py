"""Rows as the rest of the program sees them. Times are aware UTC; ids are text unless the database counts them."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Literal


class Lane(IntEnum):
    """Which messages leave first."""

    REPLY = 0
    REMINDER = 1
    BROADCAST = 2


@dataclass(frozen=True, slots=True)
class Arrival:
    """
    One update as a channel gave it.

    event: dedupe id within the channel. chat: the platform's id of the dialog, empty for an update that nobody could
    read (it is parked: broken says why). payload: the message as JSON bytes, sealed by the repository.
    """

    channel: str
    event: str
    chat: str
    kind: str
    ordinal: int
    payload: bytes
    broken: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """An incoming made by ourselves for a known citizen: the clock or a staff member."""

    citizen_id: str
    event: str
    kind: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Claimed:
    """
    One incoming taken by a turn.

    address: lookup hash of the citizen's address, empty for our own incoming. has_next: more of the citizen waits.
    """

    id: int
    citizen_id: str
    channel: str
    address: str
    event: str
    attempts: int
    payload: bytes
    arrived_at: datetime
    has_next: bool = False


@dataclass(frozen=True, slots=True)
class CitizenRow:
    """
    consent_version: of the consent text agreed to, None without consent. situations: chosen ones, oldest first.

    office: the citizen's, empty while not chosen.
    """

    id: str
    stopped_at: datetime | None
    consent_version: str | None
    consent_at: datetime | None
    situations: tuple[str, ...] = ()
    office: str = ""


@dataclass(frozen=True, slots=True)
class SessionRow:
    """place: "flow.step". data: the session as JSON bytes. channel, address: where the citizen was last heard."""

    citizen_id: str
    channel: str
    address: str
    place: str
    data: bytes
    version: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class PlanItemRow:
    """
    What a citizen said of one plan item. earlier: the state before, for undo.

    added: why a specialist added it against the answers, a code; "" for an item that the answers brought.
    """

    citizen_id: str
    item: str
    state: str
    earlier: str
    later_at: datetime | None
    version: int
    changed_at: datetime
    added: str = ""

    @property
    def stays(self) -> bool:
        """In the plan whatever the answers say."""
        return self.state == "done" or bool(self.added)


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """
    What a citizen answered about themselves. value: None = forgotten; ids of choices, comma-separated (empty: none of
    them), or a day as 2027-03-15.
    """

    citizen_id: str
    question: str
    value: str | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class ReminderRow:
    id: str
    citizen_id: str
    kind: str
    subject: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Silence:
    """
    What is known of a citizen who may be asked how it goes. looked_at: for when the look was planned.

    asked: questions since the citizen was last heard; asked_at: when the newest was due, of whatever silence.
    heard_at, channel: where and when the citizen wrote last, None and "" without a session.
    """

    citizen_id: str
    looked_at: datetime
    asked: int
    asked_at: datetime | None
    is_off: bool
    has_consent: bool
    is_stopped: bool
    heard_at: datetime | None
    channel: str
    is_reachable: bool
    has_situation: bool
    has_case: bool


@dataclass(frozen=True, slots=True)
class Look:
    """What follows from a look at a silence. at: of the next one, None for none. remind_at: when to ask, None: not."""

    citizen_id: str
    looked_at: datetime
    at: datetime | None
    asked: int
    asked_at: datetime | None
    remind_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NudgeRow:
    """off_at: since when the citizen wants no such question. heard_at: when the citizen wrote last."""

    citizen_id: str
    asked: int
    asked_at: datetime | None
    off_at: datetime | None
    heard_at: datetime | None


@dataclass(frozen=True, slots=True)
class CaseRow:
    """
    A request for a person. words: what the citizen said, answers: what specialists told them; oldest first.

    state: new, taken, waiting_citizen, waiting_staff, closed, reopened. owner: staff id, "" in the queue. role, office:
    who should take it, "" for whoever is there. excluded: staff id that must never see it (a complaint about them).
    due_at: until when an answer is promised. silent_at: when its owner counts as silent. overdue_at: since when the
    lead knows. answered_at: when a specialist wrote last. solved: the citizen's "yes" or "no" after closing.
    """

    id: str
    citizen_id: str
    channel: str
    topic: str
    state: str
    without_consent: bool
    created_at: datetime
    words: tuple[str, ...] = ()
    context: str = ""
    owner: str = ""
    role: str = ""
    office: str = ""
    excluded: str = ""
    is_urgent: bool = False
    version: int = 1
    due_at: datetime | None = None
    silent_at: datetime | None = None
    overdue_at: datetime | None = None
    closed_at: datetime | None = None
    solved: str = ""
    answers: tuple[str, ...] = ()
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """
    One platform message to send.

    turn, part: together unique, so the same turn never plans a message twice. subject: id of the reminder it speaks of.
    keep: the text stays after sending (the citizen agreed). body: the message as JSON bytes. since: when the message it
    answers arrived, None for what answers nothing; how late a reply is counts from there.
    """

    citizen_id: str
    channel: str
    address: str
    turn: str
    part: int
    lane: Lane
    key: str
    body: bytes
    keep: bool
    not_before: datetime
    subject: str | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Leased:
    """A part taken for sending. number: stable across retries. is_repeat: it may have arrived already once."""

    number: int
    citizen_id: str
    channel: str
    chat: str
    lane: Lane
    key: str
    body: bytes
    attempts: int
    is_repeat: bool
    created_at: datetime
    subject: str | None
    is_stopped: bool
    is_unreachable: bool
    is_withdrawn: bool
    newest: bool
    office: str = ""


@dataclass(frozen=True, slots=True)
class Fed:
    """One message of the web page's feed."""

    number: int
    key: str
    body: bytes
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Edition:
    number: int
    fingerprint: str
    files: bytes
    accepted_at: datetime


@dataclass(frozen=True, slots=True)
class EditionAct:
    """An edition was put in force. instead_of: the one before. actor: `scheduler` or a person. act: see editions.py."""

    number: int
    instead_of: int | None
    at: datetime
    actor: str
    act: str


FilesJudgement = Literal["published", "refused", "passed_over"]


@dataclass(frozen=True, slots=True)
class FilesState:
    """
    The content files as last judged. passed_over: a rollback put another edition in force, these wait for a change.

    mistakes: (file, line, what, remedy) of refused ones. told: fingerprint of the refusal that staff heard of in their
    chats and nobody mended yet.
    """

    fingerprint: str
    state: FilesJudgement
    mistakes: tuple[tuple[str, int, str, str], ...]
    judged_at: datetime
    told: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that could not be delivered, for staff."""

    number: int
    citizen_id: str
    channel: str
    key: str
    reason: str
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Judged:
    """How often one question's answer was shown, and what people said of it."""

    question: str
    shown: int
    helped: int
    not_helped: int


@dataclass(frozen=True, slots=True)
class Holdings:
    """How much is kept about one citizen, for an honest answer to «что вы обо мне храните»."""

    situations: tuple[str, ...]
    consent_at: datetime | None
    plan_items: int
    reminders: int
    cases: int
    kept_messages: int
    answers: int
    bookings: int = 0
