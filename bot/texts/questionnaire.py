"""Surveys as the program sees them: checked, immutable, of the files `surveys/*.yaml` (bot/texts/surveys.py)."""

from collections.abc import Mapping
from dataclasses import dataclass

# scale → answer → points, as it is said; of scales without points only the answers count
POINTS: Mapping[str, Mapping[str, int]] = {
    "ten": {str(number): number for number in range(11)},
    "five": {"yes": 5, "rather_yes": 4, "middle": 3, "rather_no": 2, "no": 1},
    "four": {"yes": 4, "rather_yes": 3, "rather_no": 2, "no": 1},
    "yes_no": {"yes": 1, "no": 0},
    "list": {},
    "words": {},
}
# what an index is made of → the thresholds it needs
MEASURES: Mapping[str, tuple[str, ...]] = {
    "nps": ("promoters_from", "detractors_to", "recommend_from"),
    "ces": ("easy_from",),
    "ces_bot": ("easy_from",),
    "csi": (),
    "nsi": ("satisfied_from",),
    "helped": (),
    "reasons": (),
}
# index → what it is measured by; targets are named so
INDICES: Mapping[str, str] = {
    "nps_classic": "nps",
    "recommend_share": "nps",
    "ces": "ces",
    "ces_bot": "ces_bot",
    "csi": "csi",
    "nsi": "nsi",
}
TRIGGERS = ("visit", "case_closed", "start", "plan_done", "refused", "stage", "quarter")
EVENT = "event:"  # before the id of a change in life, as a trigger


@dataclass(frozen=True, slots=True)
class Item:
    """
    One question. label: its name in lists and reports. ask: as said. scale: of POINTS.

    is_reverse: «да» is bad. weight: in the mean of its survey. choices: answers of a list, id → label.
    """

    id: str
    label: str
    ask: str
    scale: str
    is_reverse: bool = False
    weight: float = 1.0
    choices: Mapping[str, str] | None = None

    def points(self, answer: str) -> int | None:
        """The answer turned so that more is better; None for what has no points."""
        known = POINTS[self.scale]
        if answer not in known:
            return None
        return max(known.values()) + min(known.values()) - known[answer] if self.is_reverse else known[answer]

    def takes(self, answer: str) -> bool:
        """The answer is one of this question's."""
        return answer in (self.choices or {}) or answer in POINTS[self.scale]


@dataclass(frozen=True, slots=True)
class Asking:
    """
    When a survey is asked. trigger: of TRIGGERS, or EVENT and a change's id; of one stage of the plan `stages`.

    after_hours: so long after it. keep_days: no later than so many days after that. every_days: the same survey at
    most once in so many days. again_days: planned again so long after it was asked, 0 = no. also: surveys asked with
    it. whole: all questions, without rotation. ended_by: triggers after which it is not asked any more. people: the
    most in one quarter's sample.
    """

    id: str
    trigger: str
    after_hours: int
    keep_days: int
    every_days: int = 0
    again_days: int = 0
    also: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    ended_by: tuple[str, ...] = ()
    whole: bool = False
    people: int = 0


@dataclass(frozen=True, slots=True)
class Survey:
    """
    A questionnaire. version changes with its questions: answers of two versions are never counted together.

    rotation: so many questions at a time, 0 = all. low: an answer of so many points or fewer is followed by `comment`
    (a question in words, empty for none), and at the end a person is offered where `offers_person`.
    """

    id: str
    version: str
    label: str
    measure: str
    source: str
    items: Mapping[str, Item]
    asked: Mapping[str, Asking]
    rotation: int = 0
    low: int | None = None
    comment: str = ""
    offers_person: bool = False
    thresholds: Mapping[str, int] | None = None
    targets: Mapping[str, float] | None = None
    leads: tuple[str, ...] = ()

    def is_low(self, item: Item, answer: str) -> bool:
        points = item.points(answer)
        return self.low is not None and points is not None and points <= self.low


@dataclass(frozen=True, slots=True)
class SurveyTerms:
    """
    For all surveys. every_days: between two invitations of one citizen. open_days: an invitation can be answered so
    long. change_hours: answers can be changed so long, then nothing tells whose they are. trouble_days: no survey so
    long after a complaint or a cry for help. few: an index of fewer people says little.
    """

    every_days: int
    open_days: int
    change_hours: int
    trouble_days: int
    few: int
