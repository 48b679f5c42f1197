"""When a visit is reminded of: the day before and some hours before, never in quiet hours, never twice over."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.booking.reminding import awake, plan
from bot.booking.slots import day_slots
from bot.quiet import Quiet
from bot.texts.booking import Shift
from storage.booking_records import BookingRow, Slot
from tests.booking.desk import ADVISOR, NOW, POINT, TUESDAY, ZONE, content

ALL_DAY = {"shifts": (Shift(ADVISOR, 1, ((time(0), time(23, 30)),)),)}


def booking(slot: Slot, **changes: object) -> BookingRow:
    row = BookingRow(
        "b", "1000", "ivan", slot.point, slot.role, slot.id, 1, slot.starts_at, slot.ends_at, slot.wall, "booked", 1, 0,
        True, "citizen", NOW,
    )  # fmt: skip
    return replace(row, **changes)  # type: ignore[arg-type]


def slot_at(clock: str) -> Slot:
    return next(slot for slot in day_slots(content(ALL_DAY), POINT, ADVISOR, TUESDAY) if slot.wall.endswith(clock))


def due(clock: str, now: datetime = NOW, **booking_rules: int) -> dict[str, str]:
    """Kind → local time, for a visit on Tuesday."""
    rows = plan(content(ALL_DAY, booking_rules), booking(slot_at(clock)), now)
    return {row.kind: row.due_at.astimezone(ZoneInfo(ZONE)).strftime("%d %H:%M") for row in rows}


@pytest.mark.parametrize(
    ("visit", "expected"),
    [
        ("14:00", {"booking_day": "23 18:00", "booking_soon": "24 12:00"}),
        ("11:00", {"booking_day": "23 18:00", "booking_soon": "24 09:00"}),  # just when quiet hours end
        ("10:30", {"booking_day": "23 18:00", "booking_soon": "24 09:00"}),  # moved to their end
        ("10:00", {"booking_day": "23 18:00", "booking_soon": "24 09:00"}),  # an hour before
        ("09:30", {"booking_day": "23 19:00"}),  # too late by then: the evening before, both in one
        ("09:00", {"booking_day": "23 19:00"}),
        ("00:30", {"booking_day": "23 19:00"}),  # due the evening before, in quiet hours
    ],
)
def test_a_reminder_never_comes_in_quiet_hours(visit: str, expected: dict[str, str]) -> None:
    assert due(visit) == expected


def test_what_is_past_when_one_books_is_not_sent() -> None:
    evening = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # 19:00 in Barnaul

    assert due("14:00", evening) == {"booking_soon": "24 12:00"}
    assert due("09:00", evening) == {}
    assert due("14:00", datetime(2026, 11, 24, 5, 0, tzinfo=UTC)) == {}  # just two hours before


def test_the_centre_says_when() -> None:
    assert due("14:00", remind_day_before_hour=10, remind_hours_before=4) == {"booking_soon": "24 10:00"}
    assert due("14:00", NOW - timedelta(hours=4), remind_day_before_hour=10) == {
        "booking_day": "23 10:00",
        "booking_soon": "24 12:00",
    }


@pytest.mark.parametrize("changes", [{"citizen_id": None}, {"is_active": False}, {"state": "held"}])
def test_nobody_is_reminded_of_a_seat_that_is_not_theirs(changes: dict[str, object]) -> None:
    assert plan(content(), booking(slot_at("14:00"), **changes), NOW) == []


def test_a_point_that_content_lost_keeps_its_reminders_until_the_clock_looks() -> None:
    gone = replace(content(ALL_DAY), points={})

    assert plan(gone, booking(slot_at("14:00")), NOW) == plan(content(ALL_DAY), booking(slot_at("14:00")), NOW)


def test_a_changed_booking_has_reminders_of_its_own() -> None:
    first = plan(content(), booking(slot_at("14:00")), NOW)
    second = plan(content(), booking(slot_at("14:00"), version=2), NOW)

    assert not {row.id for row in first} & {row.id for row in second}
    assert {row.subject for row in (*first, *second)} == {"b"}


def test_a_message_at_night_reaches_people_in_the_morning() -> None:
    point = content().points[POINT]

    assert awake(content(), point, NOW) == NOW
    assert awake(content(), point, NOW + timedelta(hours=10)) == datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@settings(deadline=None)
@given(
    now=st.timedeltas(timedelta(days=-300), timedelta(days=400)).map(NOW.__add__),
    ahead=st.timedeltas(timedelta(), timedelta(days=30)),
    zone=st.sampled_from(["Asia/Barnaul", "Europe/Kaliningrad", "Asia/Kamchatka", "America/New_York"]),
    quiet=st.tuples(st.times(), st.times()).map(lambda pair: [one.replace(second=0, microsecond=0) for one in pair]),
    hours=st.integers(1, 12),
)
def test_at_most_one_of_each_kind_before_the_visit_and_awake(
    now: datetime, ahead: timedelta, zone: str, quiet: list[time], hours: int
) -> None:
    """Whatever the quiet hours: the day before is the centre's own hour, checked with the files."""
    shipped = content(booking={"remind_hours_before": hours})
    office = replace(shipped.offices["barnaul"], timezone=zone)
    rules = replace(shipped.rules, quiet_from=quiet[0], quiet_to=quiet[1])
    one = replace(shipped, offices={"barnaul": office}, default_office=office, rules=rules)
    starts_at = now + ahead
    slot = Slot("s", POINT, ADVISOR, starts_at, starts_at + timedelta(minutes=30), "")

    rows = plan(one, booking(slot), now)

    hush = Quiet(*quiet, zone)
    assert len({row.kind for row in rows}) == len(rows)
    assert all(now < row.due_at < starts_at for row in rows)
    assert all(hush.until(row.due_at) is None for row in rows if row.kind == "booking_soon")
    assert not rows or isinstance(rows[0].due_at.astimezone(ZoneInfo(zone)).date(), date)
