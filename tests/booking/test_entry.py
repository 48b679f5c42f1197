"""The calendar file, read back by a calendar library: it opens, is replaced in place, and is taken away again."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar, Event

from bot.booking.entry import Entry, calendar_file
from bot.booking.link import booking_of, pass_for

TUESDAY = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # 10:00 in Barnaul
ENTRY = Entry(
    "3f2a9c0d1e4b5a67",
    0,
    TUESDAY,
    TUESDAY + timedelta(minutes=30),
    "Asia/Barnaul",
    "Встреча; в 10:00, не опаздывать",
    "ул. Профинтерна, 50",
    "Код записи: 4821\nВозьмите паспорт",
    datetime(2026, 11, 21, 8, 0, tzinfo=UTC),
)


def sign(*parts: str) -> bytes:
    return hashlib.sha256("|".join(("key", *parts)).encode()).digest()


def read(file: bytes) -> tuple[Calendar, Event]:
    calendar = Calendar.from_ical(file.decode())
    (event,) = calendar.events
    assert not event.errors
    return calendar, event


class Phone:
    """A calendar as RFC 5546 wants it: by id, the higher sequence wins, a cancel takes away."""

    def __init__(self) -> None:
        self.entries: dict[str, Event] = {}

    def opens(self, file: bytes) -> None:
        calendar, event = read(file)
        kept = self.entries.get(event["uid"])
        if kept is not None and kept["sequence"] > event["sequence"]:
            return
        if calendar["method"] == "CANCEL":
            self.entries.pop(event["uid"], None)
        else:
            self.entries[event["uid"]] = event


def test_the_file_opens_in_a_calendar_library_with_its_time_zone() -> None:
    calendar, event = read(calendar_file(ENTRY))

    assert (calendar["version"], calendar["method"], event["status"]) == ("2.0", "PUBLISH", "CONFIRMED")
    assert event.start == TUESDAY
    assert event.end - event.start == timedelta(minutes=30)
    assert event["dtstart"].params["TZID"] == "Asia/Barnaul"
    assert f"{event.start:%H:%M %z}" == "10:00 +0700"
    assert [str(zone["tzid"]) for zone in calendar.timezones] == ["Asia/Barnaul"]
    assert calendar.get_missing_tzids() == set()
    assert (event["summary"], event["location"]) == (ENTRY.title, ENTRY.place)
    assert event["description"] == ENTRY.note
    assert "attendee" not in event


def test_lines_end_and_fold_as_the_standard_wants() -> None:
    file = calendar_file(replace(ENTRY, note="Возьмите паспорт. " * 20))

    assert file.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in file.split(b"\r\n"))
    assert b"\n" not in file.replace(b"\r\n", b"")


def test_a_moved_visit_replaces_the_entry_and_an_old_file_does_not_bring_it_back() -> None:
    phone, later = Phone(), TUESDAY + timedelta(days=7)
    first = calendar_file(ENTRY)
    moved = calendar_file(replace(ENTRY, sequence=1, starts_at=later, ends_at=later + timedelta(minutes=30)))

    for file in (first, moved, first, moved):
        phone.opens(file)

    (entry,) = phone.entries.values()
    assert entry.start == later


def test_a_cancelled_visit_is_taken_away() -> None:
    phone = Phone()
    phone.opens(calendar_file(ENTRY))

    cancelled = calendar_file(replace(ENTRY, sequence=2, is_cancelled=True))
    phone.opens(cancelled)

    calendar, event = read(cancelled)
    assert phone.entries == {}
    assert (calendar["method"], event["status"], event["sequence"]) == ("CANCEL", "CANCELLED", 2)
    assert event["organizer"].endswith(".invalid")


@pytest.mark.parametrize(
    ("zone", "starts_at", "shown"),
    [
        ("Asia/Barnaul", datetime(2026, 12, 31, 17, 30, tzinfo=UTC), "2027-01-01 00:30 +0700"),
        ("Europe/Kaliningrad", TUESDAY, "2026-11-24 05:00 +0200"),
        ("Europe/Berlin", datetime(2026, 10, 25, 9, 0, tzinfo=UTC), "2026-10-25 10:00 +0100"),
        ("Europe/Berlin", datetime(2026, 10, 24, 8, 0, tzinfo=UTC), "2026-10-24 10:00 +0200"),
    ],
)
def test_the_time_is_that_of_the_point_also_at_years_end_and_where_clocks_change(
    zone: str, starts_at: datetime, shown: str
) -> None:
    ends_at = starts_at + timedelta(minutes=30)

    _, event = read(calendar_file(replace(ENTRY, zone=zone, starts_at=starts_at, ends_at=ends_at)))

    assert (event.start, event.end) == (starts_at, ends_at)
    assert f"{event.start:%Y-%m-%d %H:%M %z}" == shown


def test_a_pass_fetches_one_entry_only_and_cannot_be_made_up() -> None:
    given = pass_for(sign, ENTRY.id)

    assert booking_of(sign, given) == ENTRY.id
    other = f"another.{given.partition('.')[2]}"
    for wrong in (other, given[:-1], given + "A", ENTRY.id, "", "a.b", given.replace(".", "/")):
        assert booking_of(sign, wrong) is None, wrong
