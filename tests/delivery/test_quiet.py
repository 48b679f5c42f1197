"""Quiet hours by the wall clock, also when the clocks change."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.quiet import Quiet

NIGHT = Quiet(time(21), time(9), "Asia/Barnaul")  # UTC+7, never changes
BERLIN = Quiet(time(21), time(9), "Europe/Berlin")


def utc(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        (utc(23, 13, 59), None),
        (utc(23, 14), utc(24, 2)),
        (utc(23, 20), utc(24, 2)),
        (utc(24, 1, 59), utc(24, 2)),
        (utc(24, 2), None),
    ],
)
def test_the_night_spans_midnight(moment: datetime, until: datetime | None) -> None:
    assert NIGHT.until(moment) == until


def test_quiet_hours_may_lie_within_one_day() -> None:
    noon = Quiet(time(12), time(13), "Asia/Barnaul")

    assert noon.until(utc(23, 4, 59)) is None
    assert noon.until(utc(23, 5)) == utc(23, 6)
    assert noon.until(utc(23, 6)) is None


def test_equal_times_mean_none() -> None:
    never = Quiet(time(0), time(0), "Asia/Barnaul")

    assert never.until(utc(23, 17)) is None
    assert never.awake(utc(23, 0), utc(25, 0)) == timedelta(days=2)


@pytest.mark.parametrize(
    ("evening", "morning"),
    [
        pytest.param(utc(28, 20, month=3), utc(29, 7, month=3), id="an hour less, 28 March"),
        pytest.param(utc(24, 19, month=10), utc(25, 8, month=10), id="an hour more, 24 October"),
    ],
)
def test_the_morning_is_the_wall_clocks(evening: datetime, morning: datetime) -> None:
    assert BERLIN.until(evening) == morning


def test_an_end_that_the_clocks_jump_over_is_the_jump() -> None:
    odd = Quiet(time(23), time(2, 30), "Europe/Berlin")

    assert odd.until(utc(29, 0, month=3)) == utc(29, 1, month=3)


def test_an_end_that_comes_twice_ends_both_times() -> None:
    odd = Quiet(time(23), time(2, 30), "Europe/Berlin")

    assert odd.until(utc(25, 0, 10, month=10)) == utc(25, 0, 30, month=10)
    assert odd.until(utc(25, 1, 10, month=10)) == utc(25, 1, 30, month=10)


@given(
    moment=st.integers(0, 365 * 24 * 60).map(
        lambda minute: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    ),
    starts=st.times(),
    ends=st.times(),
    zone=st.sampled_from(
        ["Asia/Barnaul", "Europe/Berlin", "Australia/Lord_Howe", "America/New_York", "Europe/Kaliningrad"]
    ),
)
def test_the_end_is_later_and_no_quiet_hour(moment: datetime, starts: time, ends: time, zone: str) -> None:
    quiet = Quiet(starts.replace(second=0, microsecond=0), ends.replace(second=0, microsecond=0), zone)

    until = quiet.until(moment)

    if until is not None:
        assert moment < until <= moment + timedelta(hours=26)
        assert quiet.until(until) is None


def test_time_in_quiet_hours_does_not_count_as_age() -> None:
    assert NIGHT.awake(utc(23, 13), utc(24, 3)) == timedelta(hours=2)
    assert NIGHT.awake(utc(23, 15), utc(23, 20)) == timedelta(0)
