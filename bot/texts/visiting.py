"""Content about visits as the program sees it: services, names of results and of what follows, referrals."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MARKS = ("must", "often", "rare")


@dataclass(frozen=True, slots=True)
class Service:
    """
    Help that a citizen may ask for. mark: one of MARKS, how many it suits. situations: empty = everybody's.

    results: results of a visit which mean that it was given.
    """

    id: str
    label: str
    about: str
    mark: str
    situations: tuple[str, ...]
    results: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReferralWords:
    """label: for staff. title, about: for the citizen who looks at the offer."""

    label: str
    title: str
    about: str


@dataclass(frozen=True, slots=True)
class DayListWords:
    """Heads of the department's day list; what stands there for no name, and for results that are not told."""

    number: str = ""
    name: str = ""
    time: str = ""
    sender: str = ""
    results: str = ""
    next_step: str = ""
    unnamed: str = ""
    received: str = ""


@dataclass(frozen=True, slots=True)
class VisitWords:
    """
    Names of what is recorded, code → words for staff; a code without words stands for itself.

    told: result → words for the citizen, without those that are not told. senders: who sends people to the point.
    ask_after_days: so long after a referral was passed on the bot asks what came of it.
    """

    results: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)
    next: Mapping[str, str] = field(default_factory=dict)
    resume: Mapping[str, str] = field(default_factory=dict)
    application: Mapping[str, str] = field(default_factory=dict)
    papers: Mapping[str, str] = field(default_factory=dict)
    senders: Mapping[str, str] = field(default_factory=dict)
    referrals: Mapping[str, ReferralWords] = field(default_factory=dict)
    day_list: DayListWords = DayListWords()
    ask_after_days: int = 14
