"""When a booked visit is reminded of. Pure."""

from datetime import datetime, timedelta

from bot.booking.slots import zone_of
from bot.quiet import Quiet
from bot.texts import render
from bot.texts.booking import Point
from bot.texts.schema import Content
from storage.booking_records import BookingRow
from storage.records import ReminderRow

DAY, SOON = "booking_day", "booking_soon"
EVENING = 19  # local hour
AN_HOUR = timedelta(hours=1)


def reminder_id(booking: BookingRow, kind: str) -> str:
    """A change of the booking makes other ids: what was planned before is never taken for what is planned now."""
    return f"booking:{booking.id}:{booking.version}:{kind}"


def plan(content: Content, booking: BookingRow, now: datetime) -> list[ReminderRow]:
    """
    The reminders still to come: the day before, and some hours before the visit.

    One due in quiet hours comes at their end, if that is an hour before the visit; else both become one, in the evening
    before. Nothing for who has no chat. A point that content has no more loses its bookings at the clock's next round;
    until then they are reminded of: it may come back before.
    """
    if booking.citizen_id is None or not booking.is_active or booking.is_held:
        return []
    point = content.points.get(booking.point)
    zone = zone_of(content, point) if point is not None else content.default_office.timezone
    moments = _moments(content, zone, booking.starts_at)
    return [
        ReminderRow(reminder_id(booking, kind), booking.citizen_id, kind, booking.id, at)
        for kind, at in moments.items()
        if now < at < booking.starts_at
    ]


def awake(content: Content, point: Point, now: datetime) -> datetime:
    """From when on a message that nobody asked for reaches people there: now, or the end of the quiet hours."""
    return _quiet(content, zone_of(content, point)).until(now) or now


def _moments(content: Content, zone: str, starts_at: datetime) -> dict[str, datetime]:
    rules = content.rules.booking
    eve = render.local(starts_at, zone).date() - timedelta(days=1)
    day = render.at_hour(eve, rules.remind_day_before_hour, zone)
    soon = starts_at - timedelta(hours=rules.remind_hours_before)
    quiet = _quiet(content, zone)
    if (ends_at := quiet.until(soon)) is None:
        return {DAY: day, SOON: soon}
    if starts_at - ends_at >= AN_HOUR:
        return {DAY: day, SOON: ends_at}
    evening = render.at_hour(eve, EVENING, zone)
    return {DAY: evening if quiet.until(evening) is None else day}


def _quiet(content: Content, zone: str) -> Quiet:
    return Quiet(content.rules.quiet_from, content.rules.quiet_to, zone)
