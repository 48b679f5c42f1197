"""
Indices of surveys, from counts of answers: NPS, CES, CSI, the share of the satisfied, and the target that follows.

The formulas and their sources stand in the content's surveys and in the domain's surveys.md; examples counted by hand
in tests/reports/test_indices.py. An index of nothing is None: no answer is no zero.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from bot.texts.questionnaire import Item, Survey

Tally = Mapping[int, int]  # points → how many gave them
LONG_TERM = 90  # per cent of satisfied people, mark of the NSI methodology (IV.4.1)
STEP = Fraction(1, 4)  # of the way to it: the methodology's first target


@dataclass(frozen=True, slots=True)
class Figure:
    """
    One index. people: who gave an answer at all. answers: those it is made of. target: of the same source, or None.

    is_few: so few people that it says little.
    """

    name: str
    value: float | None
    answers: int
    people: int
    is_few: bool
    target: float | None = None


def tally(item: Item, counts: Mapping[str, int]) -> dict[int, int]:
    """Answers as points, turned so that more is better; those without points are left out."""
    found: dict[int, int] = {}
    for answer, count in counts.items():
        if (points := item.points(answer)) is not None:
            found[points] = found.get(points, 0) + count
    return found


def share(tallies: Sequence[Tally], *, low: int, high: int | None = None) -> Fraction | None:
    """Per cent of the answers from `low` to `high` points, both included, among all of them."""
    total = sum(sum(one.values()) for one in tallies)
    if not total:
        return None
    wanted = sum(
        count for one in tallies for points, count in one.items() if low <= points and (high is None or points <= high)
    )
    return Fraction(100 * wanted, total)


def nps_classic(scores: Tally, *, promoters_from: int, detractors_to: int) -> Fraction | None:
    """Promoters minus detractors, −100…100. Compare with the methodology's mark of loyalty, nothing else."""
    promoters = share([scores], low=promoters_from)
    detractors = share([scores], low=0, high=detractors_to)
    return None if promoters is None or detractors is None else promoters - detractors


def recommend_share(scores: Tally, *, recommend_from: int) -> Fraction | None:
    """Per cent of those who would recommend. Compare with the Chelyabinsk project, nothing else."""
    return share([scores], low=recommend_from)


def ces(tallies: Sequence[Tally], *, easy_from: int) -> Fraction | None:
    """Per cent of easy answers among all answers given, over all questions. More is better."""
    return share(tallies, low=easy_from)


def csi(weighed: Sequence[tuple[Tally, float]]) -> Fraction | None:
    """Weighted mean of the means of the questions; one that nobody answered is left out. (tally, weight) each."""
    means = [(mean, Fraction(str(weight))) for scores, weight in weighed if (mean := mean_of(scores)) is not None]
    total = sum((weight for _, weight in means), Fraction(0))
    return sum((mean * weight for mean, weight in means), Fraction(0)) / total if total else None


def mean_of(scores: Tally) -> Fraction | None:
    total = sum(scores.values())
    return Fraction(sum(points * count for points, count in scores.items()), total) if total else None


def target(current: float) -> float:
    """What to reach next on the way to the long-term mark; who is there already stays."""
    return max(current, float(Fraction(str(current)) + STEP * (LONG_TERM - Fraction(str(current)))))


def figures(survey: Survey, counts: Mapping[str, Mapping[str, int]], people: int, *, few: int) -> list[Figure]:
    """
    The indices that the survey's measure makes of these answers.

    counts: question → answer → how many. few: below so many people an index says little.
    """
    scored = {id_: tally(item, counts.get(id_, {})) for id_, item in survey.items.items()}
    limits = survey.thresholds or {}
    every = list(scored.values())
    first = every[0]
    if survey.measure == "nps":
        found = {
            "nps_classic": (nps_classic(first, **_named(limits, "promoters_from", "detractors_to")), [first]),
            "recommend_share": (recommend_share(first, **_named(limits, "recommend_from")), [first]),
        }
    elif survey.measure in ("ces", "ces_bot"):
        found = {survey.measure: (ces(every, easy_from=limits["easy_from"]), every)}
    elif survey.measure == "csi":
        weighed = [(scored[id_], item.weight) for id_, item in survey.items.items()]
        found = {"csi": (csi(weighed), every)}
    elif survey.measure == "nsi":
        found = {"nsi": (share([first], low=limits["satisfied_from"]), [first])}
    elif survey.measure == "helped":
        found = {"helped": (share([first], low=1), [first])}
    else:
        return []
    return [
        Figure(
            name=name,
            value=None if value is None else float(value),
            answers=sum(sum(one.values()) for one in made_of),
            people=people,
            is_few=people < few,
            target=(survey.targets or {}).get(name),
        )
        for name, (value, made_of) in found.items()
    ]


def _named(limits: Mapping[str, int], *names: str) -> dict[str, int]:
    return {name: limits[name] for name in names}
