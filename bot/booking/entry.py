"""
A visit as an entry in a person's calendar: a file.

An entry keeps its id however often the visit is moved; a higher sequence replaces what a calendar has, and a cancelled
one takes it away. Its words are neutral: the phone may be shared. Source: RFC 5545, RFC 5546 sections 3.2.1, 3.2.5.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

PUBLISH, CANCEL = "PUBLISH", "CANCEL"
_PRODUCT = "-//czn-bot//booking//RU"
_HOST = "czn-bot"  # not the site's: an entry outlives a change of its address
_ORGANIZER = "mailto:noreply@czn-bot.invalid"  # nobody: a reply has nowhere to go (RFC 2606)


@dataclass(frozen=True, slots=True)
class Entry:
    """id: of the booking, names nobody. zone: IANA name. made_at: when this file is."""

    id: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    zone: str
    title: str
    place: str
    note: str
    made_at: datetime
    is_cancelled: bool = False

    @property
    def method(self) -> str:
        return CANCEL if self.is_cancelled else PUBLISH


def calendar_file(entry: Entry) -> bytes:
    """The file: one event with its time zone, so that it is right on a phone set to another one."""
    zone = ZoneInfo(entry.zone)
    event = Event()
    event.add("uid", f"{entry.id}@{_HOST}")
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.made_at)
    event.add("dtstart", entry.starts_at.astimezone(zone))
    event.add("dtend", entry.ends_at.astimezone(zone))
    event.add("summary", entry.title)
    event.add("location", entry.place)
    event.add("description", entry.note)
    event.add("organizer", _ORGANIZER)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    event.add("class", "PRIVATE")
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", entry.method)
    calendar.add_component(event)
    local = entry.starts_at.astimezone(zone).date()
    calendar.add_missing_timezones(first_date=local.replace(month=1, day=1), last_date=local.replace(month=12, day=31))
    return bytes(calendar.to_ical())
