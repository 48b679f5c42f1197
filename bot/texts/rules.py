"""
Terms of service: hours, terms, paces, the consent, links that lead here, the house style.

Strings may hold `{fact.KEY}`, `{office.FIELD}`, `{contact.KEY}`: pass them through `render.fill` before showing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time

from bot.texts.booking import BookingRules
from bot.texts.questionnaire import SurveyTerms


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
