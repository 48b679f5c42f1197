"""Until when an answer is promised: working hours, days off, moved days, short days."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.booking.calendar import is_short
from bot.booking.promises import after_working_hours, answer_due, is_open, next_opening
from bot.texts.office import Office
from bot.texts.schema import Content, frozen
from tests.booking import desk

ZONE = "Asia/Barnaul"
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 9:00 in Barnaul


def content() -> Content:
    return desk.content(calendar={})


def office(**about: object) -> Office:
    hours = {day: ((time(9), time(13)), (time(14), time(18))) for day in range(5)}
    fields: dict[str, object] = {"timezone": ZONE, "hours": frozen(hours)}
    return Office("o", "", "", "", "", "", needs_verification=False, contacts={}, is_default=True, **fields | about)  # type: ignore[arg-type]


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


@pytest.mark.parametrize(
    ("start_hours", "hours", "due_hours"),
    [
        (0, 2, 2),  # in the morning
        (3, 2, 6),  # over the midday break
        (8, 2, 25),  # into the next day
        (-3, 1, 1),  # before the door opens
        (9, 1, 25),  # after it closed
        (4 * 24 + 8, 4, 7 * 24 + 3),  # from Friday evening into Monday
    ],
)
def test_working_hours_pass_while_the_office_is_open(start_hours: int, hours: int, due_hours: int) -> None:
    due = after_working_hours(content(), office(), MONDAY + timedelta(hours=start_hours), hours)

    assert due == MONDAY + timedelta(hours=due_hours)
    assert is_open(content(), office(), MONDAY + timedelta(hours=1))
    assert not is_open(content(), office(), MONDAY + timedelta(hours=4, minutes=30))


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-03T16:00", 2, "2026-11-05T10:00"),  # Tuesday before Unity Day ends at 17, Wednesday is off
        ("2026-12-30T17:00", 4, "2027-01-11T12:00"),  # over the New Year holidays
        ("2027-02-19T17:00", 2, "2027-02-20T10:00"),  # into a Saturday worked instead of Monday
        ("2027-02-20T16:00", 2, "2027-02-24T10:00"),  # which is as short as the Monday before the holiday
        ("2026-03-06T17:00", 2, "2026-03-10T10:00"),  # a moved day off
    ],
)
def test_no_working_hour_passes_on_a_day_off(start: str, hours: int, due: str) -> None:
    assert after_working_hours(content(), office(), local(start), hours) == local(due)


def test_what_the_centre_writes_into_its_calendar_moves_promises() -> None:
    closed = replace(content(), calendar={date(2026, 11, 24): None})

    assert after_working_hours(closed, office(), local("2026-11-23T17:00"), 2) == local("2026-11-25T10:00")
    assert not is_open(closed, office(), local("2026-11-24T10:00"))
    assert next_opening(closed, office(), local("2026-11-23T19:00")) == local("2026-11-25T09:00")


def test_the_door_closes_an_hour_earlier_before_a_holiday() -> None:
    assert is_open(content(), office(), local("2026-11-03T16:59"))
    assert not is_open(content(), office(), local("2026-11-03T17:00"))
    assert not is_open(content(), office(), local("2026-11-04T10:00"))
    assert next_opening(content(), office(), local("2026-11-03T17:30")) == local("2026-11-05T09:00")


@pytest.mark.parametrize(
    ("day", "short"),
    [
        (date(2026, 11, 3), True),
        (date(2027, 2, 20), True),  # a Saturday worked instead of Monday 22 February
        (date(2026, 5, 8), True),
        (date(2026, 3, 6), False),  # Friday: the holiday is on Sunday
        (date(2026, 12, 30), False),  # Thursday off is only a moved day
        (date(2026, 12, 31), False),  # not worked at all
        (date(2026, 11, 24), False),
    ],
)
def test_which_days_are_short(day: date, short: bool) -> None:
    assert is_short(content(), day) is short


def test_of_unknown_hours_a_working_day_has_eight() -> None:
    unknown = office(hours=frozen({}))

    assert after_working_hours(content(), unknown, MONDAY, 8) == MONDAY + timedelta(hours=24)
    assert after_working_hours(content(), unknown, local("2026-11-03T23:00"), 1) == local("2026-11-05T02:00")
    assert next_opening(content(), unknown, MONDAY) is None


def test_an_urgent_case_waits_for_no_door() -> None:
    night, place = MONDAY - timedelta(hours=6), content().default_office.id

    assert answer_due(content(), place, "jobs", night, is_urgent=True) == night + timedelta(
        minutes=content().routing.urgent_minutes
    )
    assert answer_due(content(), place, "jobs", night) > night + timedelta(hours=1)
