"""
The production calendar of Russia: days off, days off moved by the government, Saturdays worked instead.

From the library `holidays` (moved days as decreed, with sources) and the content's own days, which come first: decrees
for next year appear in autumn, and a library needs its next release to know them.
"""

from datetime import date
from functools import cache
from typing import Any

from bot.texts.schema import Content

SATURDAY = 5


def works_as(content: Content, day: date) -> int | None:
    """
    The weekday (0 = Monday) whose shifts hold on this local day, None for a day off.

    A Saturday worked instead of a moved day off follows that day's weekday. Saturdays and Sundays are no days off here:
    whoever has shifts on them receives.
    """
    if day in content.calendar:
        return content.calendar[day]
    days_off, worked = _year(day.year)
    return None if day in days_off else worked.get(day, day.weekday())


def knows_moves(year: int) -> bool:
    """The library has the government's moves of this year; without them a plain weekday counts as worked."""
    return year in _russia(year).special_public_holidays


@cache
def _year(year: int) -> tuple[frozenset[date], dict[date, int]]:
    """Days off, and Saturdays that are worked → weekday of the day off they stand for."""
    known = _russia(year)
    moved: dict[date, int] = {}
    for month, day, from_month, from_day in _moves(known, year):
        worked = date(year, from_month, from_day)
        if worked.weekday() >= SATURDAY and worked in known.weekend_workdays:
            moved[worked] = date(year, month, day).weekday()
    return frozenset(day for day in known if day.year == year and day not in moved), moved


def _moves(known: Any, year: int) -> list[tuple[int, int, int, int]]:
    """(month, day off, month, day it was moved from)."""
    rows = known.special_public_holidays.get(year, ())
    rows = (rows,) if rows and isinstance(rows[0], int) else rows
    return [tuple(int(one) for one in row) for row in rows if len(row) == 4]  # type: ignore[misc]


@cache
def _russia(year: int) -> Any:
    import holidays  # 0.3 s and 9 MB: loaded when a time is first asked for

    known = holidays.country_holidays("RU", years=year)
    assert len(known) > 0
    return known
