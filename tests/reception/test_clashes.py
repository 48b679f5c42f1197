"""Bookings that a changed file has no time for are named with the day, file and line before anybody publishes it."""

from dataclasses import replace
from datetime import date

import pytest

from bot.booking.book import is_misplaced
from bot.booking.slots import day_slots
from bot.desk.clashes import clashes
from bot.texts.load import load, look
from storage.booking_records import BookingRow, State
from tests.booking.desk import NOW
from tests.texts.conftest import NEEDS
from tests.texts.test_points import CALENDAR, FILES, POINT, written

TUESDAY = date(2026, 12, 1)
HOURS = "9:00-12:00, 13:00-16:00"


def bookings(*days: date, state: State = "booked") -> list[BookingRow]:
    slots = [day_slots(load(written(), NEEDS), "desk", "advisor", day)[0] for day in days]
    return [
        BookingRow(
            f"b{number}", "1000", "ivan", slot.point, slot.role, slot.id, 1, slot.starts_at, slot.ends_at, slot.wall,
            state, 1, 0, True, "citizen", NOW,
        )
        for number, slot in enumerate(slots)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (
            POINT,
            "2027-01-12: ремонт",
            "2026-12-01: ремонт",
            f"{POINT}:20: закрыт день 01.12.2026, а записи на",
        ),
        (POINT, "2027-01-12: ремонт", "2026-11-30..2026-12-04: отпуск", f"{POINT}:20: закрыт день 01.12.2026"),
        (CALENDAR, "2026-12-30: выходной", "2026-12-01: выходной", f"{CALENDAR}:1: день 01.12.2026 изменён"),
        (POINT, HOURS, "13:00-16:00", f"{POINT}:14: на 01.12.2026 есть записи на время, когда приёма нет: 2"),
        (POINT, "  2027-01-14:\n", "  2026-12-01:\n", f"{POINT}:23: на 01.12.2026 есть записи на время"),
    ],
    ids=["closed", "span", "calendar", "hours", "exception"],
)
def test_a_day_that_is_taken_away_is_named_where_the_file_says_so(file: str, old: str, new: str, expected: str) -> None:
    assert old in FILES[file]
    seen = look(written(**{file: FILES[file].replace(old, new, 1)}), NEEDS)
    assert seen.content is not None
    assert not seen.mistakes
    rows = bookings(TUESDAY, TUESDAY, date(2026, 12, 8))
    if file == POINT and old == "  2027-01-14:\n":
        rows = [replace(row, slot=row.slot[:-4] + "2300") for row in rows[:2]]  # no such hour on that day
    broken = [row for row in rows if is_misplaced(seen.content, row) and row.wall[:10] == "2026-12-01"]

    (remark,) = clashes(seen, broken)

    assert str(remark).startswith(f"bot/content/{expected}"), remark
    assert "перенесите людей" in str(remark)


def test_a_point_that_is_gone_and_a_seat_that_is_only_kept() -> None:
    files = written()
    del files[POINT]
    seen = look(files, NEEDS)

    (remark,) = clashes(seen, bookings(TUESDAY))
    assert str(remark).startswith(f"bot/content/{POINT}:1: пункта больше нет, а записи на 01.12.2026 есть: 1")
    assert clashes(seen, bookings(TUESDAY, state="held")) == []
