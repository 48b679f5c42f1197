"""Times of a specialist and bookings in words and choices: which are open, when, where, whose building it is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.booking.link import PATH, pass_for
from bot.booking.slots import open_slots, points_for, slots, zone_of
from bot.booking.wishes import Wish
from bot.channels import web
from bot.engine.effects import Choice
from bot.engine.turn import Turn
from bot.texts import render
from bot.texts.booking import Point
from bot.texts.office import WEEKDAYS
from bot.texts.schema import Need
from storage.booking_records import BookingRow, Slot, WaitingRow

NAMED = 12  # characters of an id in a button: a citizen has few bookings
FILE = "calendar"  # the choice that fetches the calendar file
PLACE = {
    "address": Need(("address",)),
    "landmark": Need(("landmark",)),
    "whose": Need(("whose",)),
}


@dataclass(frozen=True, slots=True)
class Times:
    """Every time of a specialist that may be booked now, oldest first. free: ids of those with room."""

    zone: str
    every: Sequence[Slot]
    free: frozenset[str]

    @property
    def open(self) -> list[Slot]:
        return [slot for slot in self.every if slot.id in self.free]

    def days(self, wish: Wish) -> dict[str, bool]:
        """Local days with times that fit → whether one of them has room."""
        found: dict[str, bool] = {}
        for slot in self.fitting(wish):
            found[slot.day] = found.get(slot.day, False) or slot.id in self.free
        return found

    def fitting(self, wish: Wish) -> list[Slot]:
        return [slot for slot in self.every if wish.fits(self.local(slot))]

    def local(self, slot: Slot) -> datetime:
        """Without its zone, as wishes are compared."""
        return render.local(slot.starts_at, self.zone).replace(tzinfo=None)

    def nearest(self, moment: datetime, count: int) -> list[Slot]:
        """Those with room that are nearest to the moment, oldest first."""
        near = sorted(self.open, key=lambda slot: (abs(slot.starts_at - moment), slot.starts_at))[:count]
        return sorted(near, key=lambda slot: slot.starts_at)


async def times_of(turn: Turn, point: Point, role: str) -> Times:
    """As the schedule, the closed shifts and other people's bookings leave them; what the citizen keeps is theirs."""
    zone = zone_of(turn.content, point)
    every = slots(turn.content, point.id, role, now=turn.now)
    if not every:
        return Times(zone, (), frozenset())
    closed = await turn.reads.closed_days(point.id, role, since=every[0].day)
    every = [slot for slot in every if slot.day not in closed]
    if not every:
        return Times(zone, (), frozenset())
    after, before = every[0].starts_at, every[-1].ends_at
    taken = await turn.reads.taken(point.id, role, after=after, before=before, places=point.places)
    kept = {row.slot for row in await turn.reads.bookings() if row.is_held}
    free = kept | {one.slot.id for one in open_slots(turn.content, every, taken)}
    return Times(zone, every, frozenset(free))


def served_at(turn: Turn, situations: Iterable[str]) -> list[Point]:
    """Points where people in these situations may book, of the citizen's office where it has one."""
    found = points_for(turn.content, list(situations), turn.office.id)
    own = [point for point in found if point.office == turn.office.id]
    return own or found


def point_of(turn: Turn, ident: str) -> Point | None:
    return turn.content.points.get(ident)


def when(turn: Turn, slot: Slot | BookingRow) -> str:
    """«завтра, 24 ноября, 10:00», in the time zone of the point."""
    return moment_words(turn, slot.starts_at, zone_at(turn, slot.point))


def moment_words(turn: Turn, moment: datetime, zone: str) -> str:
    return f"{render.day_words(moment, zone, turn.now)}, {render.time_words(moment, zone)}"


def short(turn: Turn, slot: Slot | BookingRow) -> str:
    """«вт 24.11 10:00», for a label."""
    zone = zone_at(turn, slot.point)
    return f"{render.short_day(slot.starts_at, zone)} {render.time_words(slot.starts_at, zone)}"


def zone_at(turn: Turn, point_id: str) -> str:
    """Of the point; of the citizen's office, when content has that point no more."""
    point = point_of(turn, point_id)
    return zone_of(turn.content, point) if point else turn.office.timezone


def role_name(turn: Turn, role: str) -> str:
    return turn.content.roles[role].name if role in turn.content.roles else role


def place_text(turn: Turn, point: Point) -> str:
    """Address, landmark and whose building it is; what nobody confirmed is marked."""
    parts = {"address": point.address, "landmark": point.landmark, "whose": point.is_bailiffs}
    lines = [
        render.say(turn.content, f"booking.{part}", {part: text}, today=turn.today).rstrip()
        for part, text in parts.items()
        if text
    ]
    if point.needs_verification:
        lines.append(render.say(turn.content, "common.not_sure", {}, today=turn.today))
    return "\n".join(lines)


def named(choice: str, row: BookingRow | WaitingRow, label: str = "") -> Choice:
    """A button that still knows its booking months later."""
    return Choice(f"{choice}:{row.id[:NAMED]}", label)


def bring_text(point: Point) -> str:
    return "\n".join(f"• {line}" for line in point.bring)


def file_choices(turn: Turn, booking: BookingRow) -> list[Choice]:
    """The button with the calendar file; none where the installation has no address to fetch it from."""
    site = "" if turn.channel == web.NAME else turn.site
    if not site and turn.channel != web.NAME:
        return []
    return [Choice(FILE, url=f"{site}{PATH}/{pass_for(turn.sign, booking.id)}")]


# a wish between two turns


def kept(wish: Wish) -> list[Any]:
    """As JSON, for the session."""
    days = [day.isoformat() if day else None for day in (wish.first, wish.last)]
    return [*days, wish.since.isoformat(), wish.until.isoformat(), sorted(wish.weekdays)]


def wish_in(data: Mapping[str, Any]) -> Wish:
    """What was kept, or no wish at all."""
    if not (row := data.get("wish")):
        return Wish()
    first, last = (date.fromisoformat(day) if day else None for day in row[:2])
    return Wish(first, last, time.fromisoformat(row[2]), time.fromisoformat(row[3]), frozenset(row[4]))


def aimed_at(turn: Turn, wish: Wish, zone: str) -> datetime:
    """The moment that alternatives should be near to."""
    day = wish.first or (render.local(turn.now, zone).date() + timedelta(days=1))
    at = wish.since if wish.names_time else time(9)
    return render.at_hour(day, at.hour, zone) + timedelta(minutes=at.minute)


def wish_words(turn: Turn, wish: Wish, zone: str) -> str:
    """«ср 25.11 10:00», «10:00–12:00», «пн 30.11 – вс 06.12»: the label of a way to read what was typed."""
    words = []
    if wish.first is not None:
        days = [render.short_day(render.at_hour(day, 12, zone), zone) for day in (wish.first, wish.last or wish.first)]
        words.append(days[0] if days[0] == days[1] else " – ".join(days))
    words += [WEEKDAYS[day] for day in sorted(wish.weekdays)]
    if wish.names_time:
        hours = [f"{one.hour}:{one.minute:02}" for one in (wish.since, wish.until)]
        words.append(hours[0] if hours[0] == hours[1] else "–".join(hours))
    return " ".join(words)
