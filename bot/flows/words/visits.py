"""The part of the copy of one's data that tells of appointments."""

from datetime import date

from bot.booking.slots import zone_of
from bot.texts import render
from bot.texts.schema import Content, Need
from storage.booking_records import BookingRow, WaitingRow
from storage.extract import Extract

WORDS = {
    "file_bookings": Need(),
    "file_booking": Need(("role", "day", "time", "state")),
    "file_resume": Need(("answer",)),
    "file_booked": Need(),
    "file_served": Need(),
    "file_no_show": Need(),
    "file_cancelled": Need(),
    "file_wish": Need(("role", "from_day", "to_day")),
    "file_wish_over": Need(("role", "from_day", "to_day")),
}
STATES = {"served": "served", "no_show": "no_show", "cancelled_citizen": "cancelled", "cancelled_staff": "cancelled"}


def lines(content: Content, extract: Extract) -> list[str]:
    """Visits and wishes for a time, a line each; empty when there are none."""
    found = [line for row in extract.bookings for line in (_visit(content, row), *_resume(content, row))]
    found += [_wish(content, row) for row in extract.wishes]
    return [_say(content, "bookings"), *found] if found else []


def _visit(content: Content, row: BookingRow) -> str:
    point = content.points.get(row.point)
    zone = zone_of(content, point) if point else content.default_office.timezone
    moment = render.local(row.starts_at, zone)
    state = _say(content, STATES.get(row.state, "booked"))
    clock = render.time_words(row.starts_at, zone)
    return _say(content, "booking", role=_role(content, row.role), day=f"{moment:%d.%m.%Y}", time=clock, state=state)


def _resume(content: Content, row: BookingRow) -> list[str]:
    """What was answered before that visit, in the words of the button."""
    return [_say(content, "resume", answer=render.button(content, "prepared.asked", row.resume))] if row.resume else []


def _wish(content: Content, row: WaitingRow) -> str:
    days = {"from_day": f"{date.fromisoformat(row.from_day):%d.%m.%Y}"}
    days["to_day"] = f"{date.fromisoformat(row.to_day):%d.%m.%Y}"
    key = "wish" if row.state in ("waiting", "offered") else "wish_over"
    return _say(content, key, role=_role(content, row.role), **days)


def _role(content: Content, ident: str) -> str:
    return content.roles[ident].name if ident in content.roles else ident


def _say(content: Content, key: str, **values: str) -> str:
    return render.say(content, f"my_data.file_{key}", values)
