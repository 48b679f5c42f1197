"""
Content as the program sees it: checked, immutable, made by `load.load` from the files of `bot/content/`.

All strings are plain text for people, in Russian, without markup. Strings of plan steps, pages, answers, obstacles,
rules and the consent may hold `{fact.KEY}`, `{office.FIELD}`, `{contact.KEY}`: pass them through `render.fill` before
showing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from bot.matching.matcher import Matcher
from bot.texts.booking import BookingRules, Point, Role
from bot.texts.questionnaire import Survey, SurveyTerms
from bot.texts.routes import CannedAnswer, Routing
from bot.texts.visiting import Service, VisitWords

K = TypeVar("K")
T = TypeVar("T")

LABEL_CHARS = 38  # narrowest platform: five such labels, one a row (the design, section 4)
SHORT_LABEL_CHARS = 18  # two a row
TEXT_CHARS = 3900  # Telegram 4096, MAX 4000, with room for a line of ours
QUESTION_KINDS = ("one", "many", "date")
LEADS = ("booking", "handover", "questions", "jobs")  # flows that an obstacle's help may lead to
CONFIDENCES = ("high", "medium", "low", "verify")
UNSURE = ("low", "verify")  # shown with the mark
OFFICE_FIELDS = ("name", "short_name", "address", "landmark", "phone", "hours")
CRISIS = "crisis"  # escalation of questions of a bad hour: nobody is asked for a mark after them
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
class ProfileQuestion:
    """
    A question about the citizen. label: its name in «Мои ответы». why: why we ask. kind: one of QUESTION_KINDS.

    choices: answer id → label; empty for a date.
    """

    id: str
    label: str
    ask: str
    why: str
    kind: str
    choices: Mapping[str, str]


class Condition(NamedTuple):
    """The citizen answered so: `question=answer`. A tuple, as many are looked up in every turn."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Extra:
    """A further line of «how», for whom one of the conditions holds."""

    id: str
    only_if: tuple[Condition, ...]
    say: str


@dataclass(frozen=True, slots=True)
class PlanStep:
    """
    One item of a situation's plan. title is a button label. stage: id of the journey's stage. who: who helps.

    only_if: shown only when one holds (empty: always). skip_if: left out when one holds. first_if: moved to the front
    when one holds.
    """

    id: str
    title: str
    stage: str
    why: str
    how: tuple[str, ...]
    take: tuple[str, ...]
    where: str
    who: str
    only_if: tuple[Condition, ...] = ()
    skip_if: tuple[Condition, ...] = ()
    first_if: tuple[Condition, ...] = ()
    extra: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """The five obligatory blocks of a situation's page."""

    name: str
    audience: str
    about: str
    services: str
    where_to_go: str


@dataclass(frozen=True, slots=True)
class Days:
    """A part of «Первые 10 дней». from_day, to_day: counted from the day of release, which is day 1. do: what to do."""

    id: str
    from_day: int
    to_day: int
    title: str
    do: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Situation:
    """
    A life situation that a citizen names himself.

    citizen_says, also: how he would say it, for typed answers. is_ready: the journey is complete, `plan` is not empty.
    elsewhere: what to say, and where to send him, while it is not; empty when it is ready. days: «Первые 10 дней», in
    order, empty where there is nothing to count from. asks: ids of profile questions, in the order asked.
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
    days: tuple[Days, ...] = ()
    asks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FurtherPage:
    """Further reading under a situation's page: one screen. situations: empty = everybody's."""

    id: str
    label: str
    order: int
    text: str
    situations: tuple[str, ...]
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Obstacle:
    """
    What may be in the way of a plan item. help: a screen.

    leads: where its buttons lead: one of LEADS, `item:ID`, `question:ID` or `page:ID`.
    """

    id: str
    label: str
    help: str
    leads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """
    A question and its answer (a screen). also: other ways to ask. situations: empty = everybody's.

    escalation: role that takes over when the answer does not help, empty = whoever is on duty. keywords: words of this
    question only. excluded: with all words of one of these lines in it, a text asks something else. leads: flows that
    the answer sends to.
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
    keywords: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """Questions that belong together, in the order shown."""

    id: str
    label: str
    order: int
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """
    A change in a citizen's life. says: typed words that lead here, as `terms.heard` gives them, the label among them.

    situations: in whose list it stands, empty = everybody's; its words are heard from everybody.
    adds, removes: situations. opens: plan items that are opened again where they were done. leads: where to go on, as
    `events.LEADS` says. asked_on: the question whose answer is the day on which the bot asks `ask`, empty for none.
    """

    id: str
    label: str
    says: tuple[str, ...]
    text: str
    situations: tuple[str, ...] = ()
    adds: tuple[str, ...] = ()
    removes: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    asked_on: str = ""
    ask: str = ""


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
        return self.confidence in UNSURE or (today is not None and today > self.check_by)


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


def _nowhere(like: Office) -> Office:
    """An office without name, address and contacts, in the time zone of this one."""
    return replace(
        like, id="", name="", short_name="", address="", landmark="", phone="", hours=frozen({}), contacts=frozen({})
    )


@dataclass(frozen=True, slots=True)
class Later:
    """A choice of «напомнить позже»: so many days from today, at this local hour (0-23)."""

    id: str
    days: int
    hour: int


@dataclass(frozen=True, slots=True)
class Nudge:
    """
    The question to a citizen with an open plan who has been silent for after_days.

    At most one in every_days, `times` in one silence, at this local hour. events: changes of life offered as answers.
    """

    after_days: int
    every_days: int
    times: int
    hour: int
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Retention:
    """
    How long personal words live. closed_case_days: after a case is closed. session_hours: without consent.

    booking_days: after the visit, whose it was is forgotten.
    """

    raw_words_days: int
    dedupe_days: int
    closed_case_days: int
    session_hours: int
    booking_days: int = 365


@dataclass(frozen=True, slots=True)
class Move:
    """Going on in another chat. minutes: a code holds so long. tries: so many codes may be tried in an hour."""

    minutes: int
    tries: int


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
    apology. helpline: a line with the phone for a bad hour, to be filled. nudge, surveys: None = nobody
    is asked.
    """

    quiet_from: time
    quiet_to: time
    later: Mapping[str, Later]
    retention: Retention
    answer_hours: int
    apology_after_minutes: int
    other_channels: tuple[OtherChannel, ...]
    helpline: str
    nudge: Nudge | None = None
    move: Move = Move(minutes=15, tries=5)
    booking: BookingRules = field(default_factory=BookingRules)
    surveys: SurveyTerms | None = None


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
    """
    Where a deep link leads: a situation, a question or (both empty) the start.

    office: whose leaflet it is; who comes by it is not asked. note: for reports.
    """

    token: str
    situation: str = ""
    question: str = ""
    note: str = ""
    office: str = ""


@dataclass(frozen=True, slots=True)
class Style:
    """
    House style. forbidden: words (lower case, any ending) → what to say instead. sentence_words: the most.

    hard_below: a sentence whose readability index (Flesch's, Russian coefficients) is below it counts as hard, when it
    has hard_words words at least: in shorter ones a single long name decides.
    """

    forbidden: Mapping[str, str] = field(default_factory=dict)
    sentence_words: int = 40
    hard_below: int = 20
    hard_words: int = 8


@dataclass(frozen=True, slots=True)
class Content:
    """
    One edition of content. Mappings keep the order in which people see things.

    words: command ("back", "menu", "stop", "human", "help", "data", "answers", "visit", "start", "yes", "no") → typed
    words,
    lower case, е for ё.
    fingerprint: SHA-256 of names and bytes of all files, hexadecimal. calendar: local day → weekday whose shifts hold
    on it, None for a day off; of all other days the production calendar knows (bot/booking/calendar.py). matcher: finds
    the question that words mean.
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
    pages: Mapping[str, FurtherPage] = field(default_factory=dict)
    profile: Mapping[str, ProfileQuestion] = field(default_factory=dict)
    obstacles: Mapping[str, Obstacle] = field(default_factory=dict)
    events: Mapping[str, Event] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    points: Mapping[str, Point] = field(default_factory=dict)
    calendar: Mapping[date, int | None] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    visits: VisitWords = field(default_factory=VisitWords)
    routing: Routing = field(default_factory=Routing)
    surveys: Mapping[str, Survey] = field(default_factory=dict)
    canned: Mapping[str, CannedAnswer] = field(default_factory=dict)
    matcher: Matcher = field(default_factory=Matcher, compare=False)

    def pages_of(self, situation: str) -> list[FurtherPage]:
        """Further reading for this situation, everybody's included, in order."""
        return [page for page in self.pages.values() if not page.situations or situation in page.situations]

    def office(self, ident: str) -> Office:
        """
        The citizen's office by id. Not chosen, or no longer there: the only one, else one of which nothing is known.

        So no citizen is ever sent to somebody else's address.
        """
        found = self.offices.get(ident)
        if found is not None:
            return found
        return self.default_office if len(self.offices) < 2 else _nowhere(self.default_office)
