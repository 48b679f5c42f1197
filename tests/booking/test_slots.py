"""Times of a point: from shifts, calendar, closed days; a past one never; ids that mean the same for ever."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import zip_longest
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.booking.slots import By, Opening, day_slots, may_book, open_slots, points_for, slot_of, slots, stands
from bot.texts.booking import Shift
from bot.texts.schema import Content
from tests.booking.desk import ADVISOR, MATCHER, NOW, POINT, THURSDAY, TUESDAY, at, content

DAY = timedelta(days=1)
SHIPPED = content()


def walls(found: list) -> list[str]:
    return [slot.wall for slot in found]


def in_zone(zone: str) -> Content:
    office = replace(SHIPPED.offices["barnaul"], timezone=zone)
    return content(offices={"barnaul": office}, default_office=office)


def every(day: int, role: str = ADVISOR, begins: time = time(9), ends: time = time(12)) -> dict[str, tuple[Shift, ...]]:
    return {"shifts": (Shift(role, day, ((begins, ends),)),)}


def test_a_shift_is_cut_into_slots_with_its_break_left_out() -> None:
    found = day_slots(SHIPPED, POINT, ADVISOR, TUESDAY)

    clocks = ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]
    clocks += ["13:30", "14:00", "14:30", "15:00", "15:30", "16:00", "16:30"]
    assert walls(found) == [f"2026-11-24T{clock}" for clock in clocks]
    assert (found[0].starts_at, found[0].ends_at) == (
        datetime(2026, 11, 24, 2, 0, tzinfo=UTC),
        datetime(2026, 11, 24, 2, 30, tzinfo=UTC),
    )
    assert found[0].id == "barnaul_alimony.a.2611240200"


def test_a_specialist_receives_on_his_day_only() -> None:
    assert day_slots(SHIPPED, POINT, MATCHER, TUESDAY) == []
    assert day_slots(SHIPPED, POINT, ADVISOR, THURSDAY) == []
    assert len(day_slots(SHIPPED, POINT, MATCHER, THURSDAY)) == 13
    assert day_slots(SHIPPED, POINT, "lawyer", TUESDAY) == []
    assert day_slots(SHIPPED, "elsewhere", ADVISOR, TUESDAY) == []


def test_a_citizen_sees_times_from_lead_time_to_horizon() -> None:
    found = slots(SHIPPED, POINT, ADVISOR, now=NOW)

    assert (found[0].wall, found[-1].wall) == ("2026-11-24T09:00", "2026-12-15T16:30")
    late = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # 14:00 in Barnaul
    assert slots(SHIPPED, POINT, ADVISOR, now=late)[0].wall == "2026-11-24T16:00"


def test_asking_for_some_days_gives_these() -> None:
    found = slots(SHIPPED, POINT, ADVISOR, now=NOW, after=NOW + DAY * 7, before=NOW + DAY * 9)

    assert {slot.day for slot in found} == {"2026-12-01"}


@pytest.mark.parametrize(
    ("point", "calendar", "day", "expected"),
    [
        ({"closed": {TUESDAY: "ремонт"}}, {}, TUESDAY, 0),
        ({"exceptions": {TUESDAY: {ADVISOR: ((time(10), time(11)),)}}}, {}, TUESDAY, 2),
        ({"exceptions": {TUESDAY: {ADVISOR: ()}}}, {}, TUESDAY, 0),
        ({"exceptions": {TUESDAY: {MATCHER: ((time(10), time(11)),)}}}, {}, TUESDAY, 13),  # another specialist's
        ({"exceptions": {THURSDAY: {ADVISOR: ((time(10), time(11)),)}}}, {}, THURSDAY, 2),  # one more day
        ({}, {TUESDAY: None}, TUESDAY, 0),
        ({}, {THURSDAY: 1}, THURSDAY, 13),  # a Thursday by the schedule of Tuesday
        ({}, {}, date(2027, 1, 5), 0),  # a Tuesday in the New Year holidays
        ({"exceptions": {date(2027, 1, 5): {ADVISOR: ((time(10), time(11)),)}}}, {}, date(2027, 1, 5), 2),
        (every(0), {}, date(2027, 2, 22), 0),  # the Monday whose day off was moved from Saturday
        (every(0), {}, date(2027, 2, 20), 6),  # that Saturday, worked as the Monday
        (every(5), {}, date(2026, 11, 28), 6),  # a plain Saturday of who receives on Saturdays
    ],
)
def test_closed_days_exceptions_and_the_calendar(
    point: dict[str, object], calendar: dict[date, int | None], day: date, expected: int
) -> None:
    assert len(day_slots(content(point=point, calendar=calendar), POINT, ADVISOR, day)) == expected


def test_at_the_end_of_the_year_times_go_on_after_the_holidays() -> None:
    now = datetime(2026, 12, 28, 3, 0, tzinfo=UTC)

    found = slots(SHIPPED, POINT, ADVISOR, now=now)

    assert list(dict.fromkeys(slot.day for slot in found)) == ["2026-12-29", "2027-01-12", "2027-01-19"]
    assert slot_of(SHIPPED, found[-1].id) == found[-1]


@pytest.mark.parametrize("zone", ["Asia/Barnaul", "Europe/Kaliningrad", "Asia/Kamchatka", "UTC", "America/New_York"])
def test_local_times_stay_the_same_in_any_zone_of_the_office(zone: str) -> None:
    elsewhere = in_zone(zone)

    found = day_slots(elsewhere, POINT, ADVISOR, TUESDAY)

    assert walls(found) == walls(day_slots(SHIPPED, POINT, ADVISOR, TUESDAY))
    assert all(slot.starts_at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M") == slot.wall for slot in found)


@pytest.mark.parametrize("day", [date(2026, 3, 8), date(2026, 11, 1)])
def test_the_day_of_a_change_to_summer_time_has_no_time_twice(day: date) -> None:
    """Local times from one to four in the night: the hour that is skipped is not offered, nor the doubled one twice."""
    changing = in_zone("America/New_York")
    night = replace(changing, points={POINT: replace(changing.points[POINT], **every(6, begins=time(1), ends=time(4)))})

    found = day_slots(replace(night, calendar={day: 6}), POINT, ADVISOR, day)

    starts = [slot.starts_at for slot in found]
    assert starts == sorted(set(starts))
    assert all(slot.ends_at - slot.starts_at == timedelta(minutes=30) for slot in found)
    assert {slot.day for slot in found} == {day.isoformat()}


@settings(deadline=None)
@given(
    now=st.timedeltas(timedelta(days=-300), timedelta(days=400)).map(NOW.__add__),
    zone=st.sampled_from(["Asia/Barnaul", "Europe/Kaliningrad", "Asia/Kamchatka", "America/New_York"]),
    minutes=st.integers(5, 120),
    lead=st.integers(0, 100),
    horizon=st.integers(1, 60),
)
def test_never_a_past_time_nor_one_too_soon_too_far_or_overlapping(
    now: datetime, zone: str, minutes: int, lead: int, horizon: int
) -> None:
    shipped = in_zone(zone)
    terms = {"slot_minutes": minutes, "lead_hours": lead, "horizon_days": horizon}
    one = replace(shipped, points={POINT: replace(shipped.points[POINT], **terms)})

    found = slots(one, POINT, ADVISOR, now=now)

    today = now.astimezone(ZoneInfo(zone)).date()
    for slot, after in zip_longest(found, found[1:]):
        assert slot.starts_at > now
        assert slot.starts_at >= now + timedelta(hours=lead)
        assert slot.starts_at.astimezone(ZoneInfo(zone)).date() <= today + DAY * horizon
        assert after is None or slot.ends_at <= after.starts_at
        assert slot_of(one, slot.id) == slot
        assert len(slot.id) <= 40
        assert slot.id.isascii()


@pytest.mark.parametrize(
    "ident",
    [
        "",
        "barnaul_alimony",
        "barnaul_alimony.a",
        "barnaul_alimony.a.26112402",
        "barnaul_alimony.a.2611240203",  # between two slots
        "barnaul_alimony.a.2613240200",
        "barnaul_alimony.m.2611240200",  # the other specialist's day
        "barnaul_alimony.x.2611240200",
        "elsewhere.a.2611240200",
        "barnaul_alimony.a.2611240200.1",
        "barnaul_alimony.a.٢٦١١٢٤٠٢٠٠x",
        "a" * 50,
    ],
)
def test_what_is_no_slot_is_none(ident: str) -> None:
    assert slot_of(SHIPPED, ident) is None


def test_a_schedule_that_changed_tells_which_slots_still_stand() -> None:
    nine, ten = at(TUESDAY, "09:00"), at(TUESDAY, "10:00")
    later = content(point=every(1, begins=time(10)))

    assert stands(SHIPPED, nine)
    assert not stands(later, nine)
    assert stands(later, ten)
    assert stands(content(point={"slot_minutes": 20}), ten), "it begins when it was told to"
    assert not stands(in_zone("Asia/Omsk"), ten), "the clock on the wall would show another hour"
    assert not stands(replace(SHIPPED, points={}), ten)


def test_seats_that_are_taken_are_not_offered() -> None:
    nine, ten = at(TUESDAY, "09:00"), at(TUESDAY, "10:00")
    two = content(point={"places": 2})

    assert open_slots(two, [nine, ten], {nine.id: 2, ten.id: 1}) == [Opening(ten, 1)]
    assert open_slots(two, [nine], {}) == [Opening(nine, 2)]


@pytest.mark.parametrize(
    ("situations", "by", "may"),
    [
        (["alimony"], "citizen", True),
        (["released"], "citizen", True),
        (["released", "alimony"], "citizen", True),
        (["pre_release"], "citizen", False),
        (["pre_release", "alimony"], "citizen", False),
        (["pre_release", "released"], "citizen", True),  # out by now
        (["other"], "citizen", False),
        ([], "citizen", False),
        ([], "career_advisor", True),
        (["pre_release"], "job_matcher", True),
        ([], "staff", True),
        (["alimony"], "bailiff", False),  # sends people, books nobody
    ],
)
@pytest.mark.parametrize("role", [ADVISOR, MATCHER])
def test_who_may_book_what(situations: list[str], by: By, may: bool, role: str) -> None:
    assert may_book(SHIPPED, POINT, role, situations, by) is may


def test_whom_a_point_serves_is_the_centres_choice() -> None:
    only_payers = content(point={"situations": ("alimony",)})

    assert not may_book(only_payers, POINT, ADVISOR, ["released"])
    assert may_book(only_payers, POINT, ADVISOR, ["released", "alimony"])
    assert not may_book(only_payers, POINT, "lawyer", ["alimony"])
    assert points_for(only_payers, ["released"]) == []
    assert [point.id for point in points_for(SHIPPED, ["released"])] == [POINT]


def test_points_of_the_citizens_office_come_first() -> None:
    near = replace(SHIPPED.points[POINT], id="zzz", office="second")
    two = replace(SHIPPED, points={**SHIPPED.points, "zzz": near})

    assert [point.id for point in points_for(two, ["alimony"], "second")] == ["zzz", POINT]
    assert [point.id for point in points_for(two, ["alimony"])] == [POINT, "zzz"]
