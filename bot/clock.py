"""The time, as an argument: tests fix it, nothing else reads the wall clock."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware UTC."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    """Stands still until it is moved: for rehearsals and tests."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def move(self, **by: float) -> None:
        """On by `days=1`, `hours=2` and so on."""
        self._now += timedelta(**by)

    def set(self, now: datetime) -> None:
        self._now = now
