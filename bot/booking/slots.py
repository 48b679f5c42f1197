"""
Times one can be received at: from shifts, production calendar, closed days and exceptions of a point. Pure.

A slot's id names point, specialist and moment, UTC: `barnaul_alimony.a.2611240200`. It means the same in every edition,
so an old button and a stored booking can be held against the schedule of today.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from bot.booking.calendar import works_as
from bot.texts import render
from bot.texts.booking import Point, Spans
from bot.texts.schema import Content
from storage.booking_records import Slot

By = Literal["citizen", "career_advisor", "job_matcher", "bailiff", "staff"]

STAMP = "%y%m%d%H%M"
ID_CHARS = 40
DAY = timedelta(days=1)
NOT_YET, FREE = "pre_release", "released"  # who is not free yet can't come, and plans for the day after


@dataclass(frozen=True, slots=True)
class Opening:
    """A slot with room. left: seats."""

    slot: Slot
    left: int


def zone_of(content: Content, point: Point) -> str:
    """IANA name of the point's zone: its office's, whatever the server's."""
    return content.office(point.office).timezone


def slot_of(content: Content, ident: str) -> Slot | None:
    """The slot of this id, as long as the point and the specialist are there; None for what is no slot of theirs."""
    parts = ident.split(".")
    if len(ident) > ID_CHARS or len(parts) != 3 or not (point := content.points.get(parts[0])):
        return None
    role = next((one.id for one in content.roles.values() if one.code == parts[1]), None)
    try:
        moment = datetime.strptime(parts[2], STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    day = render.local(moment, zone_of(content, point)).date()
    found = day_slots(content, point.id, role, day) if role else []
    return next((slot for slot in found if slot.id == ident), None)


def day_slots(content: Content, point_id: str, role: str, day: date) -> list[Slot]:
    """Every slot of the specialist on that local day, however late it is to book it."""
    point = content.points.get(point_id)
    if point is None or role not in content.roles:
        return []
    found = []
    zone = zone_of(content, point)
    length = timedelta(minutes=point.slot_minutes)
    for begins, ends in _hours(content, point, role, day):
        moment, last = _moment(day, begins, zone), _moment(day, ends, zone) - length
        while moment <= last:
            found.append(_slot(content, point, role, moment, moment + length, zone))
            moment += length
    return found


def slots(
    content: Content,
    point_id: str,
    role: str,
    *,
    now: datetime,
    after: datetime | None = None,
    before: datetime | None = None,
) -> list[Slot]:
    """
    Slots a citizen may book now, oldest first: not sooner than the lead time, not later than the horizon.

    after, before: narrow it further; [after, before).
    """
    point = content.points.get(point_id)
    if point is None:
        return []
    zone = zone_of(content, point)
    earliest = max(now + timedelta(hours=point.lead_hours), now + timedelta(microseconds=1), after or now)
    last_day = render.local(now, zone).date() + DAY * point.horizon_days
    day, found = render.local(earliest, zone).date(), []
    if before is not None:
        last_day = min(last_day, render.local(before, zone).date())
    while day <= last_day:
        found += [slot for slot in day_slots(content, point_id, role, day) if slot.starts_at >= earliest]
        day += DAY
    return [slot for slot in found if before is None or slot.starts_at < before]


def open_slots(content: Content, offered: Sequence[Slot], taken: Mapping[str, int]) -> list[Opening]:
    """Those with room left. taken: slot id → seats taken, a seat kept for somebody included."""
    found = []
    for slot in offered:
        left = content.points[slot.point].places - taken.get(slot.id, 0)
        if left > 0:
            found.append(Opening(slot, left))
    return found


def stands(content: Content, slot: Slot) -> bool:
    """The schedule in force has this slot, and shows it at the local time that was told."""
    found = slot_of(content, slot.id)
    return found is not None and (found.starts_at, found.wall) == (slot.starts_at, slot.wall)


def may_book(content: Content, point_id: str, role: str, situations: Collection[str], by: By = "citizen") -> bool:
    """
    Who may book what (domain, section 6). A citizen by situation: who is not free yet can't come, whom the point does
    not serve goes to a person instead. Staff book for anybody; a bailiff sends people, and staff write it down.
    """
    point = content.points.get(point_id)
    if point is None or role not in point.roles:
        return False
    if by != "citizen":
        return by != "bailiff"
    own = set(situations)
    if NOT_YET in own and FREE not in own:
        return False
    return bool(own & set(point.situations))


def points_for(content: Content, situations: Collection[str], office: str = "") -> list[Point]:
    """Points where the citizen may book anybody at all, those of the citizen's office first."""
    found = [
        point
        for point in content.points.values()
        if any(may_book(content, point.id, role, situations) for role in point.roles)
    ]
    return sorted(found, key=lambda point: (point.office != office, point.id))


def _hours(content: Content, point: Point, role: str, day: date) -> Spans:
    if role in (exception := point.exceptions.get(day, {})):
        return exception[role]
    if day in point.closed:
        return ()
    weekday = works_as(content, day)
    return next((one.hours for one in point.shifts if one.role == role and one.weekday == weekday), ())


def _moment(day: date, clock: time, zone: str) -> datetime:
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)


def _slot(content: Content, point: Point, role: str, starts_at: datetime, ends_at: datetime, zone: str) -> Slot:
    ident = f"{point.id}.{content.roles[role].code}.{starts_at.strftime(STAMP)}"
    wall = render.local(starts_at, zone).strftime("%Y-%m-%dT%H:%M")
    return Slot(ident, point.id, role, starts_at, ends_at, wall)
