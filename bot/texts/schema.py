"""
Content as the program sees it: checked, immutable, made by `load.load` from the files of `bot/content/`.

All strings are plain text for people, in Russian, without markup. Strings of plan steps, pages, answers, rules and
the consent may hold `{fact.KEY}`, `{office.FIELD}`, `{contact.KEY}`: pass them through `render.fill` before showing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from types import MappingProxyType
from typing import TypeVar

K = TypeVar("K")
T = TypeVar("T")

LABEL_CHARS = 38  # narrowest platform: five such labels, one a row (the design, section 4)
SHORT_LABEL_CHARS = 18  # two a row
TEXT_CHARS = 3900  # Telegram 4096, MAX 4000, with room for a line of ours
CONFIDENCES = ("high", "medium", "low", "verify")
OFFICE_FIELDS = ("name", "short_name", "address", "landmark", "phone", "hours")
WEEKDAYS = ("пн", "вт", "ср", "чт", "пт", "сб", "вс")


def frozen(items: Mapping[K, T]) -> Mapping[K, T]:
    """A read-only copy, in the same order."""
    return MappingProxyType(dict(items))


@dataclass(frozen=True, slots=True)
class Need:
    """
    What code asks of one text key.

    values: names that the code substitutes; each must stand in the text, except those written with "?" at the end.
    buttons: ids of the choices whose labels the text must give.
    """

    values: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake of content, for an admin. line: 1-based, the line of the key."""

    file: str
    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}: {self.remedy}"


class BadContent(Exception):
    """Content can't go live. mistakes: all that were found, by file and line."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = tuple(mistakes)


@dataclass(frozen=True, slots=True)
class Text:
    """
    One text of a dialog. buttons: choice id → label.

    pattern, names: the text compiled for `%`; names may repeat. is_simple: no `{fact.…}`, `{office.…}`, `{contact.…}`.
    """

    key: str
    text: str
    buttons: Mapping[str, str]
    pattern: str
    names: tuple[str, ...]
    is_simple: bool


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One item of a citizen's plan. title is a button label. stage: id of the journey's stage. who: who helps."""

    id: str
    title: str
    stage: str
    why: str
    how: tuple[str, ...]
    take: tuple[str, ...]
    where: str
    who: str


@dataclass(frozen=True, slots=True)
class Page:
    """The five obligatory blocks of a situation's page."""

    name: str
    audience: str
    about: str
    services: str
    where_to_go: str


@dataclass(frozen=True, slots=True)
class Situation:
    """
    A life situation that a citizen names himself.

    citizen_says, also: how he would say it, for typed answers. is_ready: the journey is complete, `plan` is not empty.
    elsewhere: what to say, and where to send him, while it is not; empty when it is ready.
    """

    id: str
    label: str
    citizen_says: str
    also: tuple[str, ...]
    order: int
    is_ready: bool
    plan: tuple[PlanStep, ...]
    page: Page
    elsewhere: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """
    A question and its answer (a screen). also: other ways to ask. situations: empty = everybody's.

    escalation: role that takes over when the answer does not help, empty = whoever is on duty.
    """

    id: str
    label: str
    question: str
    also: tuple[str, ...]
    answer: str
    escalation: str = ""
    topic: str = ""
    situations: tuple[str, ...] = ()
    source: str = ""
    confidence: str = "medium"


@dataclass(frozen=True, slots=True)
class Topic:
    """Questions that belong together, in the order shown."""

    id: str
    label: str
    order: int
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure, term or phone. value: as shown. After check_by it counts as expired. confidence: one of CONFIDENCES."""

    key: str
    value: str
    as_of: date
    check_by: date
    source: str
    confidence: str

    def is_doubtful(self, today: date | None) -> bool:
        """Must be shown with the mark: nobody confirmed it, or it is out of date (None: only the first is judged)."""
        return self.confidence in ("low", "verify") or (today is not None and today > self.check_by)


@dataclass(frozen=True, slots=True)
class Office:
    """
    A building of the centre. address, landmark, phone and values of contacts may be empty: nobody knows them yet.

    hours: weekday (0 = Monday) → spans of local time, a day left out is closed. contacts: key → how to reach.
    needs_verification: nobody at the centre confirmed it: shown with the mark. timezone: IANA name.
    """

    id: str
    name: str
    short_name: str
    address: str
    landmark: str
    phone: str
    hours: Mapping[int, tuple[tuple[time, time], ...]]
    timezone: str
    needs_verification: bool
    contacts: Mapping[str, str]
    is_default: bool


@dataclass(frozen=True, slots=True)
class Later:
    """A choice of «напомнить позже»: so many days from today, at this local hour (0-23)."""

    id: str
    days: int
    hour: int


@dataclass(frozen=True, slots=True)
class Retention:
    """How long personal words live. closed_case_days: after a case is closed. session_hours: without consent."""

    raw_words_days: int
    dedupe_days: int
    closed_case_days: int
    session_hours: int


@dataclass(frozen=True, slots=True)
class OtherChannel:
    """Where to write instead of a channel that only informs. link may be empty."""

    name: str
    link: str


@dataclass(frozen=True, slots=True)
class Rules:
    """
    Terms of service. quiet_from/quiet_to: local time without reminders, may span midnight.

    answer_hours: how soon a specialist answers, in working hours. apology_after_minutes: older replies begin with an
    apology. helpline: a line with the phone for a bad hour, to be filled.
    """

    quiet_from: time
    quiet_to: time
    later: Mapping[str, Later]
    retention: Retention
    answer_hours: int
    apology_after_minutes: int
    other_channels: tuple[OtherChannel, ...]
    helpline: str


@dataclass(frozen=True, slots=True)
class ChannelRules:
    """A platform's pace: messages per second for the account, per second for one chat, per minute for one group."""

    per_second: float
    chat_per_second: float
    group_per_minute: float | None = None


@dataclass(frozen=True, slots=True)
class Operator:
    """Who answers for the personal data."""

    name: str
    needs_verification: bool


@dataclass(frozen=True, slots=True)
class Consent:
    """Consent to the processing of personal data: a document of its own. version changes with the words."""

    version: str
    short: str
    full: str
    operator: Operator


@dataclass(frozen=True, slots=True)
class Source:
    """Where a deep link leads: a situation, a question or (both empty) the start. note: for reports."""

    token: str
    situation: str = ""
    question: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Style:
    """House style. forbidden: words (lower case, any ending) → what to say instead. sentence_words: the most."""

    forbidden: Mapping[str, str] = field(default_factory=dict)
    sentence_words: int = 40


@dataclass(frozen=True, slots=True)
class Content:
    """
    One edition of content. Mappings keep the order in which people see things.

    words: command ("back", "menu", "stop", "human", "help", "data", "start", "yes", "no") → typed words, lower case, е
    for ё.
    fingerprint: SHA-256 of names and bytes of all files, hexadecimal.
    """

    texts: Mapping[str, Text]
    words: Mapping[str, tuple[str, ...]]
    situations: Mapping[str, Situation]
    topics: Mapping[str, Topic]
    questions: Mapping[str, Question]
    facts: Mapping[str, Fact]
    offices: Mapping[str, Office]
    default_office: Office
    rules: Rules
    channels: Mapping[str, ChannelRules]
    consent: Consent
    sources: Mapping[str, Source]
    style: Style
    fingerprint: str
