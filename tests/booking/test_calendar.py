"""Days off, moved days off and Saturdays worked instead of them; what the centre writes comes first."""

from dataclasses import replace
from datetime import date

import pytest

from bot.booking.calendar import knows_moves, works_as
from tests.booking.desk import content

MONDAY, TUESDAY, FRIDAY, SATURDAY, SUNDAY = 0, 1, 4, 5, 6


@pytest.mark.parametrize(
    ("day", "weekday"),
    [
        (date(2026, 11, 24), TUESDAY),
        (date(2026, 11, 4), None),  # a Wednesday, Unity Day
        (date(2026, 1, 9), None),  # moved from Saturday 3 January
        (date(2026, 3, 9), None),  # for Sunday 8 March
        (date(2026, 12, 31), None),  # moved from Sunday 4 January
        (date(2027, 1, 1), None),
        (date(2027, 1, 8), None),
        (date(2027, 1, 11), MONDAY),
        (date(2027, 2, 22), None),  # moved from Saturday 20 February
        (date(2027, 2, 20), MONDAY),  # which is worked as that Monday
        (date(2027, 2, 27), SATURDAY),
        (date(2025, 11, 1), MONDAY),  # worked instead of Monday 3 November
        (date(2024, 12, 28), MONDAY),
        (date(2024, 4, 27), MONDAY),
    ],
)
def test_the_production_calendar_of_russia(day: date, weekday: int | None) -> None:
    assert works_as(replace(content(), calendar={}), day) == weekday


@pytest.mark.parametrize(
    ("day", "says", "weekday"),
    [
        (date(2026, 11, 24), None, None),
        (date(2027, 1, 5), TUESDAY, TUESDAY),  # a holiday on which the centre works
        (date(2027, 2, 20), None, None),  # the library has it worked
        (date(2027, 2, 27), FRIDAY, FRIDAY),
        (date(2027, 2, 28), SUNDAY, SUNDAY),
    ],
)
def test_what_the_centre_writes_comes_first(day: date, says: int | None, weekday: int | None) -> None:
    assert works_as(replace(content(), calendar={day: says}), day) == weekday


def test_years_whose_moves_nobody_decreed_yet_are_known_as_such() -> None:
    assert knows_moves(2026)
    assert knows_moves(2027)
    assert not knows_moves(2031)
    assert works_as(replace(content(), calendar={}), date(2031, 1, 1)) is None
    assert works_as(replace(content(), calendar={}), date(2031, 3, 4)) == TUESDAY
