"""Points, specialists, calendar and terms of booking: read, compared, each mistake told with its place."""

from collections.abc import Mapping
from datetime import date, time

import pytest

from bot.texts.booking import BookingRules, Shift
from bot.texts.doubts import doubts
from bot.texts.load import load, look
from bot.texts.schema import Content
from tests.texts.conftest import NEEDS, lines_of
from tests.texts.sample import SAMPLE

POINT, ROLES, CALENDAR, RULES = "points/desk.yaml", "roles.yaml", "calendar.yaml", "rules.yaml"
PLAN = "situations/released/plan.yaml"

FILES: Mapping[str, str] = {
    ROLES: """advisor:
  code: a
  name: Консультант
  does: Подскажет.
matcher:
  code: m
  name: Подбор
  does: Подберёт.
""",
    CALENDAR: """2026-12-30: выходной
2027-02-20: как пн
2027-02-27: рабочий
2027-07-12..2027-07-13: выходной
""",
    POINT: """office: main
needs_verification: да
name: пункт
address: ул. Мира, 2
landmark:
is_bailiffs: Это не суд.
bring: [паспорт]
situations: [released]
slot_minutes: 30
places: 2
walk_in_places: 1
lead_hours: 2
horizon_days: 28
shifts:
  вт-ср:
    advisor: 9:00-12:00, 13:00-16:00
  чт:
    matcher: 10:00-12:00
closed:
  2027-01-12: ремонт
  2027-01-19..2027-01-21: отпуск
exceptions:
  2027-01-14:
    matcher: выходной
    advisor: 9:00-10:00
""",
    RULES: SAMPLE[RULES]
    + """booking:
  hold_minutes: 5
  remind_day_before_hour: 18
  remind_hours_before: 2
  offer_minutes: 60
  reoffer_hours: 24
  repeat_days: 7
  repeats_to_lead: 3
""",
    PLAN: SAMPLE[PLAN] + "  booking: matcher\n",
}

CASES = [
    (POINT, "9:00-12:00, 13:00-16:00", "9:00-14:00, 13:00-16:00", "16: «shifts.вт-ср.advisor» часы пересекаются: "),
    (POINT, "  чт:\n    matcher: 10:00-12:00", "  ср:\n    advisor: 17:00-18:00", "17: «shifts.ср» часы пересекаю"),
    (POINT, "    matcher: 10:00-12:00", "    matcer: 10:00-12:00", "18: «shifts.чт.matcer» нет такого специалиста"),
    (POINT, "    matcher: 10:00-12:00\n", "    {}\n", "17: «shifts.чт» смена без специалиста: впишите, кто приним"),
    (POINT, "10:00-12:00", "22:00-2:00", "18: «shifts.чт.matcher» часы вне дня: «22:00-2:00»"),
    (POINT, "10:00-12:00", "10:00-25:00", "18: «shifts.чт.matcher» не часы приёма: «10:00-25:00»"),
    (POINT, "10:00-12:00", "10:00-10:20", "18: «shifts.чт.matcher» часы короче одной записи: «10:00-10:20»"),
    (POINT, "  чт:", "  четверг:", "17: «shifts.четверг» не день недели: пишите пн, вт,"),
    (POINT, "office: main", "office: mian", "1: «office» нет офиса «mian»: возможно, main"),
    (POINT, "[released]", "[relesed]", "8: в «situations» нет жизненной ситуации «relesed»: возможно, released"),
    (POINT, "2027-01-12: ремонт", "2027-01-32: ремонт", "20: «closed.2027-01-32» не день и не промежуток: пишите год,"),
    (POINT, "2027-01-19..", "2027-01-22..", "21: «closed.2027-01-22..2027-01-21» не день и не промежуток"),
    (POINT, "2027-01-12: ремонт", "2027-01-20: ремонт", "21: «closed.2027-01-19..2027-01-21» второй раз называет "),
    (POINT, "2027-01-12: ремонт", "2027-01-14: ремонт", "22: «exceptions» называет день 2027-01-14, а он есть и в"),
    (POINT, "places: 2", "places: 0", "10: «places» не число от 1 до 50: «0»"),
    (POINT, "bring: [паспорт]\n", "", "1: нет «bring»: добавьте строку «bring: …»"),
    (POINT, "lead_hours", "leed_hours", "12: неизвестное имя «leed_hours»: возможно, lead_hours"),
    (ROLES, "code: m", "code: a", "6: «matcher.code» уже у «advisor»: дайте каждому специалисту свою букву"),
    (ROLES, "code: m", "code: АБ", "6: «matcher.code» не подходит: «АБ»: впишите одну строчную латинскую букву ил"),
    (CALENDAR, "как пн", "как понедельник", "2: «2027-02-20» непонятное слово «как понедельник»: напишите выходной,"),
    (CALENDAR, "2026-12-30", "30.12.2026", "1: «30.12.2026» не день и не промежуток: пишите год, месяц и день"),
    (CALENDAR, "2027-02-27", "2027-07-13", "4: «2027-07-12..2027-07-13» второй раз называет день 2027-07-13"),
    (PLAN, "booking: matcher", "booking: matcer", "18: в «resume» booking ведёт в никуда: нет специалиста «matcer»"),
    (RULES, "remind_day_before_hour: 18", "remind_day_before_hour: 22", "21: «booking» напоминает в тихие часы: r"),
]  # fmt: skip


def written(**changed: str) -> dict[str, bytes]:
    return {name: text.encode() for name, text in {**SAMPLE, **FILES, **changed}.items()}


@pytest.fixture(scope="module")
def content() -> Content:
    return load(written(), NEEDS)


def test_a_point_is_read_whole(content: Content) -> None:
    point = content.points["desk"]

    morning, afternoon = (time(9), time(12)), (time(13), time(16))
    assert point.shifts == (
        Shift("advisor", 1, (morning, afternoon)),
        Shift("advisor", 2, (morning, afternoon)),
        Shift("matcher", 3, ((time(10), time(12)),)),
    )
    assert point.roles == ("advisor", "matcher")
    assert (point.places, point.walk_in_places, point.lead_hours, point.horizon_days) == (2, 1, 2, 28)
    assert point.closed == {date(2027, 1, 12): "ремонт", **{date(2027, 1, day): "отпуск" for day in (19, 20, 21)}}
    assert point.exceptions == {date(2027, 1, 14): {"matcher": (), "advisor": ((time(9), time(10)),)}}
    assert (point.landmark, point.is_bailiffs, point.bring) == ("", "Это не суд.", ("паспорт",))


def test_days_of_the_local_calendar_are_read(content: Content) -> None:
    assert content.calendar == {
        date(2026, 12, 30): None,
        date(2027, 2, 20): 0,
        date(2027, 2, 27): 5,
        date(2027, 7, 12): None,
        date(2027, 7, 13): None,
    }


def test_terms_of_booking_are_optional(content: Content) -> None:
    assert content.rules.booking == BookingRules()
    assert load(written(**{RULES: SAMPLE[RULES]}), NEEDS).rules == content.rules


def test_a_centre_without_points_needs_none_of_these_files() -> None:
    files = {name: text.encode() for name, text in SAMPLE.items()}

    content = load(files, NEEDS)

    assert (dict(content.points), dict(content.roles), dict(content.calendar)) == ({}, {}, {})


def test_a_point_without_the_file_of_specialists_is_a_mistake() -> None:
    files = written()
    del files[ROLES]

    assert lines_of(files, NEEDS) == ["roles.yaml:1: нет файла: верните его из поставки"]


def test_specialists_that_nobody_can_read_are_told_of_once() -> None:
    (line,) = lines_of(written(**{ROLES: "advisor\n"}), NEEDS)

    assert line.startswith("roles.yaml:1: ")


@pytest.mark.parametrize(("file", "old", "new", "expected"), CASES, ids=[case[3][:40] for case in CASES])
def test_a_mistake_is_told_with_its_place_and_remedy(file: str, old: str, new: str, expected: str) -> None:
    assert old in FILES[file]

    lines = lines_of(written(**{file: FILES[file].replace(old, new, 1)}), NEEDS)

    assert lines
    assert any(line.startswith(f"{file}:{expected}") for line in lines), lines
    assert all(": " in line for line in lines)


def test_a_step_knows_whom_one_books_for_it(content: Content) -> None:
    assert {step.id: step.booking for step in content.situations["released"].plan} == {
        "papers": "",
        "resume": "matcher",
    }


def test_a_point_that_nobody_confirmed_is_remarked() -> None:
    remarks = [str(one) for one in doubts(look(written(), NEEDS), date(2026, 11, 23))]

    assert any(
        one.startswith("bot/content/points/desk.yaml:2: консультационный пункт не подтверждён") for one in remarks
    )
