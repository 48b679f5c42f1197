"""Rows of the table: what was measured, what it must be, and whether it is."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["goal", "must", "missed", "not run"]


@dataclass(frozen=True, slots=True)
class Bound:
    """One figure asked for: at least or at most so much."""

    value: float
    is_least: bool
    text: str

    def holds(self, value: float) -> bool:
        return value >= self.value if self.is_least else value <= self.value


@dataclass(frozen=True, slots=True)
class Row:
    """One line. measured: in words, with its spread."""

    what: str
    must: str
    goal: str
    measured: str
    verdict: Verdict


def least(value: float, text: str = "") -> Bound:
    return Bound(value, True, text or f"≥ {value:g}")


def most(value: float, text: str = "") -> Bound:
    return Bound(value, False, text or f"≤ {value:g}")


def row(what: str, must: Bound, goal: Bound, value: float, measured: str) -> Row:
    """Judge one figure."""
    verdict: Verdict = "missed" if not must.holds(value) else "goal" if goal.holds(value) else "must"
    return Row(what, must.text, goal.text, measured, verdict)


def spread(values: Sequence[float], form: str = ".2f") -> str:
    """«1.42 (1.35…1.50)»: the median and the extremes."""
    middle = statistics.median(values)
    return f"{middle:{form}} ({min(values):{form}}…{max(values):{form}})"


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]


def table(rows: Sequence[Row]) -> str:
    """Markdown, to paste."""
    lines = ["| what | must | goal | measured | reached |", "| --- | --- | --- | --- | --- |"]
    lines += [f"| {one.what} | {one.must} | {one.goal} | {one.measured} | {one.verdict} |" for one in rows]
    return "\n".join(lines)
