"""
Content as the program sees it: checked, immutable, made by `load.load` from the files of `bot/content/`.

All strings are plain text for people, in Russian, without markup. Its parts: `situation`, `question`, `fact`, `office`,
`rules`; `booking`, `visiting`, `routes`, `questionnaire`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TypeVar

from bot.matching.matcher import Matcher
from bot.texts.booking import Point, Role
from bot.texts.fact import Fact
from bot.texts.office import Office, nowhere
from bot.texts.question import Question, Topic
from bot.texts.questionnaire import Survey
from bot.texts.routes import CannedAnswer, Routing
from bot.texts.rules import ChannelRules, Consent, Rules, Source, Style
from bot.texts.situation import Event, FurtherPage, Obstacle, ProfileQuestion, Situation
from bot.texts.visiting import Service, VisitWords

K = TypeVar("K")
T = TypeVar("T")

LABEL_CHARS = 38  # narrowest platform: five such labels, one a row (the design, section 4)
SHORT_LABEL_CHARS = 18  # two a row
TEXT_CHARS = 3900  # Telegram 4096, MAX 4000, with room for a line of ours


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
        return self.default_office if len(self.offices) < 2 else nowhere(self.default_office)
