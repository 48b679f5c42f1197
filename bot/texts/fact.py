"""Figures, terms and phones, and how sure the centre is of them."""

from dataclasses import dataclass
from datetime import date

CONFIDENCES = ("high", "medium", "low", "verify")
UNSURE = ("low", "verify")  # shown with the mark


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
