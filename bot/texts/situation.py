"""
Life situations: their questions, plans and pages, what may be in the way, what may change.

Strings may hold `{fact.KEY}`, `{office.FIELD}`, `{contact.KEY}`: pass them through `render.fill` before showing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

QUESTION_KINDS = ("one", "many", "date")
LEADS = ("booking", "handover", "questions", "jobs")  # flows that an obstacle's help may lead to


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
