"""Until when an answer is promised: working hours of an office, counted from now."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bot.texts import render
from bot.texts.office import Office
from bot.texts.schema import Content

DAYS_MAX = 60  # longer than any row of holidays
UNKNOWN_FACTOR = 3  # hours of the office are not known: about eight of a day's are worked


def after_working_hours(office: Office, start: datetime, hours: float) -> datetime:
    """The moment at which the office has been open for so many hours since `start`. UTC in, UTC out."""
    left = timedelta(hours=hours)
    if not office.hours:
        return start + left * UNKNOWN_FACTOR
    local = render.local(start, office.timezone)
    for ahead in range(DAYS_MAX):
        day = local.date() + timedelta(days=ahead)
        for opens, closes in office.hours.get(day.weekday(), ()):
            begins = max(start, _at(day, opens, local.tzinfo))
            ends = _at(day, closes, local.tzinfo)
            if begins >= ends:
                continue
            if ends - begins >= left:
                return begins + left
            left -= ends - begins
    return start + timedelta(days=DAYS_MAX)


def is_open(office: Office, now: datetime) -> bool:
    moment = render.local(now, office.timezone)
    return any(opens <= moment.time() < closes for opens, closes in office.hours.get(moment.weekday(), ()))


def answer_due(content: Content, office_id: str, topic: str, now: datetime, *, is_urgent: bool = False) -> datetime:
    """Until when the first answer is promised. An urgent case waits for no office hours."""
    routing = content.routing
    if is_urgent:
        return now + timedelta(minutes=routing.urgent_minutes)
    hours = routing.topic(topic).answer_hours or content.rules.answer_hours
    return after_working_hours(content.office(office_id), now, hours)


def silent_at(content: Content, office_id: str, now: datetime) -> datetime:
    """When an owner who says nothing from now on loses the case."""
    return after_working_hours(content.office(office_id), now, content.routing.silent_hours)


def _at(day: date, clock: time, zone: tzinfo | None) -> datetime:
    """That time of that local day, UTC."""
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
