"""Until when an answer is promised: working hours of an office by the production calendar, counted from now."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.booking.calendar import SATURDAY, is_short, works_as
from bot.texts import render
from bot.texts.office import Office
from bot.texts.schema import Content

DAYS_MAX = 60  # longer than any row of holidays
UNKNOWN_FACTOR = 3  # hours of the office are not known: about eight of a day's are worked
SHORTER = timedelta(hours=1)  # the day before a holiday, Labour Code art. 95
Span = tuple[datetime, datetime]


def open_spans(content: Content, office: Office, day: date) -> list[Span]:
    """When the office is open on this local day, UTC, in order; nothing on a day off."""
    weekday = works_as(content, day)
    if weekday is None:
        return []
    zone = ZoneInfo(office.timezone)
    spans = [(_at(day, opens, zone), _at(day, closes, zone)) for opens, closes in office.hours.get(weekday, ())]
    if spans and is_short(content, day):
        closes = spans[-1][1] - SHORTER
        spans = [(begins, min(ends, closes)) for begins, ends in spans if begins < closes]
    return spans


def after_working_hours(content: Content, office: Office, start: datetime, hours: float) -> datetime:
    """The moment at which the office has been open for so many hours since `start`. UTC in, UTC out."""
    left = timedelta(hours=hours) * (1 if office.hours else UNKNOWN_FACTOR)
    for day in _days(office, start):
        for opens, closes in open_spans(content, office, day) if office.hours else _whole(content, office, day):
            begins = max(start, opens)
            if begins >= closes:
                continue
            if closes - begins >= left:
                return begins + left
            left -= closes - begins
    return start + timedelta(days=DAYS_MAX)


def is_open(content: Content, office: Office, now: datetime) -> bool:
    today = render.local(now, office.timezone).date()
    return any(opens <= now < closes for opens, closes in open_spans(content, office, today))


def next_opening(content: Content, office: Office, now: datetime) -> datetime | None:
    """The next moment at which the office opens, UTC; None when its hours are not known."""
    if not office.hours:
        return None
    found = (opens for day in _days(office, now) for opens, _ in open_spans(content, office, day) if opens > now)
    return next(found, None)


def answer_due(content: Content, office_id: str, topic: str, now: datetime, *, is_urgent: bool = False) -> datetime:
    """Until when the first answer is promised. An urgent case waits for no office hours."""
    routing = content.routing
    if is_urgent:
        return now + timedelta(minutes=routing.urgent_minutes)
    hours = routing.topic(topic).answer_hours or content.rules.answer_hours
    return after_working_hours(content, content.office(office_id), now, hours)


def silent_at(content: Content, office_id: str, now: datetime) -> datetime:
    """When an owner who says nothing from now on loses the case."""
    return after_working_hours(content, content.office(office_id), now, content.routing.silent_hours)


def _days(office: Office, start: datetime) -> list[date]:
    first = render.local(start, office.timezone).date()
    return [first + timedelta(days=ahead) for ahead in range(DAYS_MAX)]


def _whole(content: Content, office: Office, day: date) -> list[Span]:
    """A working day of an office whose hours nobody knows, from midnight to midnight."""
    weekday = works_as(content, day)
    if weekday is None or weekday >= SATURDAY:
        return []
    zone = ZoneInfo(office.timezone)
    return [(_at(day, time(), zone), _at(day + timedelta(days=1), time(), zone))]


def _at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """That time of that local day, UTC."""
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
