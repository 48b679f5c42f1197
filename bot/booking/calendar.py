"""
The production calendar of Russia: days off, days off moved by the government, Saturdays worked instead.

From the library `holidays` (moved days as decreed, with sources) and the content's own days, which come first: decrees
for next year appear in autumn, and a library needs its next release to know them.
"""

from datetime import date, timedelta
from functools import cache
from typing import Any

from bot.texts.schema import Content

SATURDAY = 5
HOLIDAYS = {(1, day) for day in range(1, 9)} | {
    (2, 23),
    (3, 8),
    (5, 1),
    (5, 9),
    (6, 12),
    (11, 4),
}  # Labour Code art. 112


def works_as(content: Content, day: date) -> int | None:
    """
    The weekday (0 = Monday) whose shifts hold on this local day, None for a day off.

    A Saturday worked instead of a moved day off follows that day's weekday. Saturdays and Sundays are no days off here:
    whoever has shifts on them receives.
    """
    if day in content.calendar:
        return content.calendar[day]
    return None if day in _days_off(day.year) else _worked_for(day.year).get(day, day).weekday()


def is_short(content: Content, day: date) -> bool:
    """
    Worked, and the next day is a holiday by law: an hour less is worked (Labour Code art. 95).

    A Saturday worked instead of such a day is as short as that one. Days off that were only moved make no day short.
    """
    if works_as(content, day) is None:
        return False
    eve = _worked_for(day.year).get(day, day) + timedelta(days=1)
    return (eve.month, eve.day) in HOLIDAYS


def load(year: int) -> None:
    """Blocks for 0.3 s the first time; for threads."""
    _days_off(year)


def knows_moves(year: int) -> bool:
    """The library has the government's moves of this year; without them a plain weekday counts as worked."""
    return year in _russia(year).special_public_holidays


@cache
def _days_off(year: int) -> frozenset[date]:
    return frozenset(day for day in _russia(year) if day.year == year and day not in _worked_for(year))


@cache
def _worked_for(year: int) -> dict[date, date]:
    """Saturdays that are worked → the day off they stand for."""
    known = _russia(year)
    moved: dict[date, date] = {}
    for month, day, from_month, from_day in _moves(known, year):
        worked = date(year, from_month, from_day)
        if worked.weekday() >= SATURDAY and worked in known.weekend_workdays:
            moved[worked] = date(year, month, day)
    return moved


def _moves(known: Any, year: int) -> list[tuple[int, int, int, int]]:
    """(month, day off, month, day it was moved from)."""
    rows = known.special_public_holidays.get(year, ())
    rows = (rows,) if rows and isinstance(rows[0], int) else rows
    return [tuple(int(one) for one in row) for row in rows if len(row) == 4]  # type: ignore[misc]


@cache
def _russia(year: int) -> Any:
    import holidays  # 0.3 s and 9 MB: for who books

    known = holidays.country_holidays("RU", years=year)
    assert len(known) > 0
    return known
