"""
Приём: the weeks of the points one may see, a specialist's day, a new seat, a shift that does not take place, the
department's list.

    week --> day --> booking (bot/web/console/seats.py)
              +----> new: booked, or came without a booking
              +----> close: who is told what, then closed; opened again
              +----> list: looked at, confirmed, a file
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from bot.accounts.roles import Right, actor
from bot.booking.slots import day_slots, slot_of, zone_of
from bot.desk import day as days
from bot.desk import daylist, shifts
from bot.desk.day import SEATED, Seat
from bot.desk.rules import MATCHER
from bot.desk.shifts import Person
from bot.texts import render
from bot.texts.booking import Point
from bot.texts.schema import Content
from bot.web.console.desk import Desk
from bot.web.console.view import HEADERS
from bot.web.console.visit import Answer, Missing, Visit
from storage.booking_records import BookingRow, Closure, Slot
from storage.database import Transaction
from storage.records import CitizenRow

WEEK = timedelta(days=7)
REASON_CHARS = 200
FILES = {
    "xlsx": (daylist.to_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": (daylist.to_csv, "text/csv; charset=utf-8"),
}
DAY = "/visits/day/{point:str}/{role:str}/{day:str}"


@dataclass(frozen=True, slots=True)
class Shift:
    """A specialist's day at a point, as the address names it. times: its slots, none where there is no reception."""

    point: Point
    role: str
    on: date
    times: Sequence[Slot]

    @property
    def path(self) -> str:
        return f"/visits/day/{self.point.id}/{self.role}/{self.on.isoformat()}"

    @property
    def subject(self) -> str:
        """For the audit."""
        return f"{self.point.id} {self.role} {self.on.isoformat()}"


@dataclass(frozen=True, slots=True)
class Tally:
    """A shift in the week. unrecorded: visits that are over and nobody has written down."""

    shift: Shift
    booked: int
    seats: int
    unrecorded: int
    closure: Closure | None


@dataclass(frozen=True, slots=True)
class Line:
    """A time of the day with who comes then. left: seats a citizen could take. is_over: nobody can be seated."""

    wall: str
    slot: str
    seats: Sequence[Seat]
    left: int
    is_over: bool


def routes(desk: Desk) -> Sequence[HTTPRouteHandler]:
    @desk.page("/visits", Right.VISITS)
    async def week(visit: Visit) -> Answer:
        return await _week(visit)

    @desk.page("/visits/next/{point:str}", Right.VISITS)
    async def to_next(visit: Visit) -> Answer:
        """The matcher's next day; with a citizen, the first free time of the specialist to book them."""
        if citizen := visit.query("citizen"):
            return await _first_free(visit, citizen)
        point, now = point_of(visit), desk.clock.now()
        today = render.local(now, zone_of(desk.content(), point)).date()
        for number in range(point.horizon_days + 1):
            on = today + timedelta(days=number)
            times = day_slots(desk.content(), point.id, MATCHER, on)
            if times and times[-1].ends_at > now:
                return visit.to(Shift(point, MATCHER, on, times).path)
        return visit.to("/visits", said="no_next_day")

    @desk.page(DAY, Right.VISITS)
    async def day(visit: Visit) -> Answer:
        return await _day(visit)

    @desk.page(f"{DAY}/new", Right.VISITS)
    async def new(visit: Visit) -> Answer:
        slot, citizen = visit.query("slot"), visit.query("citizen")
        return await _new(visit, slot=slot, citizen=citizen, once=uuid4().hex[:16])

    @desk.act(f"{DAY}/new", Right.VISITS)
    async def seat(visit: Visit) -> Answer:
        return await _seat(visit)

    @desk.page(f"{DAY}/close", Right.VISITS)
    async def closing(visit: Visit) -> Answer:
        shift = shift_of(visit)
        async with desk.database.read() as tx:
            touched = await shifts.would_close(tx, desk.content(), shift.point.id, shift.role, shift.on)
        if touched:
            await visit.saw("day_read", shift.subject)
        return await visit.html("visits_close.html", shift=shift, touched=touched, role=_role(visit, shift))

    @desk.act(f"{DAY}/close", Right.VISITS)
    async def close(visit: Visit) -> Answer:
        return await _close(visit)

    @desk.act(f"{DAY}/reopen", Right.VISITS)
    async def reopen(visit: Visit) -> Answer:
        shift, now, who = shift_of(visit), desk.clock.now(), actor(visit.staff.id)
        async with desk.database.write() as tx:
            code = await shifts.reopen(tx, desk.content(), shift.point.id, shift.role, shift.on, actor=who, now=now)
        return visit.to(shift.path, said="shift_reopened" if code == shifts.DONE else f"shift_{code}")

    @desk.page(f"{DAY}/list", Right.VISITS)
    async def day_list(visit: Visit) -> Answer:
        return await _list(visit)

    @desk.act(f"{DAY}/list", Right.VISITS)
    async def export(visit: Visit) -> Answer:
        return await _export(visit)

    return [week, to_next, day, new, seat, closing, close, reopen, day_list, export]


async def _first_free(visit: Visit, citizen: str) -> Answer:
    point, role, content, now = point_of(visit), visit.query("role"), visit.desk.content(), visit.desk.clock.now()
    if role not in content.roles:
        raise Missing
    async with visit.desk.database.read() as tx:
        found = await days.free(tx, content, point.id, role, now=now, after=now)
    if not found:
        return visit.to("/visits", said="no_free_time")
    query = urlencode({"slot": found[0].id, "citizen": citizen})
    return visit.to(f"/visits/day/{point.id}/{role}/{found[0].day}/new?{query}")


def point_of(visit: Visit, ident: str = "") -> Point:
    """The point of the address, if it is of an office of theirs. Raises Missing."""
    point = visit.desk.content().points.get(ident or visit.path("point"))
    if point is None:
        raise Missing
    visit.within(point.office)
    return point


def shift_of(visit: Visit) -> Shift:
    """The shift of the address; a day without reception is one too. Raises Missing."""
    point, role, content = point_of(visit), visit.path("role"), visit.desk.content()
    on = day_of(visit.path("day"))
    if role not in content.roles or on is None:
        raise Missing
    return Shift(point, role, on, day_slots(content, point.id, role, on))


def day_of(text: str) -> date | None:
    """2026-11-24; None for what is no day a calendar can count around."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year < 2200 else None


async def citizen_of(visit: Visit, tx: Transaction, ident: str) -> CitizenRow | None:
    """The citizen of this id. Raises Missing for one of another office."""
    found = (await tx.citizens.load([ident])).get(ident) if ident else None
    if found is not None:
        visit.within(found.office)
    return found


def _role(visit: Visit, shift: Shift) -> str:
    return visit.desk.content().roles[shift.role].name


# the week


async def _week(visit: Visit) -> Answer:
    content, now = visit.desk.content(), visit.desk.clock.now()
    today = render.local(now, visit.office.timezone).date()
    asked = day_of(visit.query("day")) or today
    monday = asked - timedelta(days=asked.weekday())
    points = [point for point in content.points.values() if visit.staff.sees(point.office)]
    async with visit.desk.database.read() as tx:
        closures = {(one.point, one.role, one.day): one for one in await tx.bookings.closures(since=monday.isoformat())}
        found = [(point, await _tallies(tx, content, point, monday, now, closures)) for point in points]
    return await visit.html(
        "visits.html",
        found=found,
        roles=content.roles,
        monday=monday,
        sunday=monday + WEEK - timedelta(days=1),
        earlier=monday - WEEK,
        later=monday + WEEK,
        today=today,
    )


async def _tallies(
    tx: Transaction,
    content: Content,
    point: Point,
    monday: date,
    now: datetime,
    closures: dict[tuple[str, str, str], Closure],
) -> list[Tally]:
    """Every shift of the week at the point, and days on which somebody is booked although there is none."""
    begins, ends = days.midnight(content, point.id, monday), days.midnight(content, point.id, monday + WEEK)
    found = []
    for role in content.roles:
        rows = await tx.bookings.day(point.id, role, after=begins, before=ends)
        for on in (monday + timedelta(days=number) for number in range(7)):
            times = day_slots(content, point.id, role, on)
            own = [row for row in rows if row.wall[:10] == on.isoformat() and row.state in SEATED]
            if times or own:
                unrecorded = sum(row.ends_at <= now and row.state not in ("served", "no_show") for row in own)
                closure = closures.get((point.id, role, on.isoformat()))
                shift = Shift(point, role, on, times)
                found.append(Tally(shift, len(own), len(times) * point.places, unrecorded, closure))
    return sorted(found, key=lambda one: (one.shift.on, one.shift.role))


# the day


async def _day(visit: Visit) -> Answer:
    shift, content, now = shift_of(visit), visit.desk.content(), visit.desk.clock.now()
    async with visit.desk.database.read() as tx:
        rows = await days.bookings(tx, content, shift.point.id, shift.role, shift.on)
        seats = [await days.seat(tx, row) for row in rows if row.state in SEATED]
        closed = await _closure(tx, shift)
    if seats:
        await visit.saw("day_read", shift.subject)
    ready = sum(seat.resume in ("portal", "paper") for seat in seats)
    return await visit.html(
        "visits_day.html",
        shift=shift,
        role=_role(visit, shift),
        lines=_lines(shift, rows, seats, now),
        seats=seats,
        ready=ready,
        promised=sum(seat.resume == "promised" for seat in seats),
        closed=closed,
        is_matcher=shift.role == MATCHER,
        is_ahead=bool(shift.times) and shift.times[-1].ends_at > now,
        names=content.visits,
    )


async def _closure(tx: Transaction, shift: Shift) -> Closure | None:
    every = await tx.bookings.closures(since=shift.on.isoformat())
    wanted = (shift.point.id, shift.role, shift.on.isoformat())
    return next((one for one in every if (one.point, one.role, one.day) == wanted), None)


def _lines(shift: Shift, rows: Sequence[BookingRow], seats: Sequence[Seat], now: datetime) -> list[Line]:
    """The times of the schedule, and those it has no more but where somebody is booked."""
    walls = {slot.wall: slot for slot in shift.times} | {seat.booking.wall: seat.booking.as_slot for seat in seats}
    found = []
    for wall, slot in sorted(walls.items()):
        taken = sum(row.is_active and row.slot == slot.id and row.place <= shift.point.places for row in rows)
        here = [seat for seat in seats if seat.booking.wall == wall]
        left = shift.point.places - taken if slot in shift.times else 0
        found.append(Line(wall[11:], slot.id, here, max(0, left), slot.ends_at <= now))
    return found


# a new seat


async def _new(visit: Visit, *, status: int = 200, wrong: str = "", **typed: str) -> Answer:
    shift, content, now = shift_of(visit), visit.desk.content(), visit.desk.clock.now()
    async with visit.desk.database.read() as tx:
        rows = await days.bookings(tx, content, shift.point.id, shift.role, shift.on)
        citizen = await citizen_of(visit, tx, typed.get("citizen", ""))
    return await visit.html(
        "visits_new.html",
        status=status,
        wrong=wrong,
        shift=shift,
        role=_role(visit, shift),
        lines=[one for one in _lines(shift, rows, (), now) if not one.is_over],
        senders=content.visits.senders,
        is_today=render.local(now, zone_of(content, shift.point)).date() == shift.on,
        citizen=citizen,
        typed={"slot": "", "name": "", "phone": "", "sender": "", "walk_in": "", **typed},
    )


async def _seat(visit: Visit) -> Answer:
    form, shift, content = await visit.form(), shift_of(visit), visit.desk.content()
    slot = slot_of(content, form["slot"])
    sender = form["sender"] if form["sender"] in content.visits.senders else ""
    typed: dict[str, Any] = {name: form[name] for name in ("slot", "name", "phone", "walk_in", "citizen")}
    typed["sender"] = sender
    once = form["once"][:16] or uuid4().hex[:16]
    if slot is None or slot not in shift.times:
        return await _new(visit, status=400, wrong="seat_no_time", once=once, **typed)
    give = shifts.walk_in if form.is_on("walk_in") else shifts.book
    async with visit.desk.database.write() as tx:
        citizen = await citizen_of(visit, tx, form["citizen"])
        person = Person(citizen.id if citizen else None, form["name"], form["phone"])
        now, who = visit.desk.clock.now(), actor(visit.staff.id)
        seated = await give(tx, content, slot, person, actor=who, once=once, now=now, referred_by=sender)
    if seated.code == shifts.DONE:
        return visit.to(shift.path, said="seat_walk_in" if form.is_on("walk_in") else "seat_booked")
    return await _new(visit, status=409, wrong=f"seat_{seated.code}", once=once, **typed)


# a shift that does not take place


async def _close(visit: Visit) -> Answer:
    shift, content = shift_of(visit), visit.desk.content()
    reason = (await visit.form())["reason"][:REASON_CHARS]
    now, who = visit.desk.clock.now(), actor(visit.staff.id)
    async with visit.desk.database.write() as tx:
        moved = await shifts.close(tx, content, shift.point.id, shift.role, shift.on, actor=who, reason=reason, now=now)
    if moved is None:
        return visit.to(shift.path, said="shift_was_closed")
    if moved:
        return await visit.html(
            "visits_closed.html", shift=shift, role=_role(visit, shift), moved=moved, zone=zone_of(content, shift.point)
        )
    return visit.to(shift.path, said="shift_closed")


# the department's list


async def _list(visit: Visit, *, status: int = 200, wrong: str = "") -> Answer:
    shift, content = shift_of(visit), visit.desk.content()
    async with visit.desk.database.read() as tx:
        found = await daylist.look(tx, content, shift.point.id, shift.role, shift.on)
    if found.lines:
        await visit.saw("day_list_read", shift.subject)
    return await visit.html(
        "visits_list.html",
        status=status,
        wrong=wrong,
        shift=shift,
        role=_role(visit, shift),
        found=found,
        heads=content.visits.day_list,
    )


async def _export(visit: Visit) -> Answer:
    """The file of exactly the list that was seen."""
    form, shift, content = await visit.form(), shift_of(visit), visit.desk.content()
    kind = form["file"] if form["file"] in FILES else "xlsx"
    now, who = visit.desk.clock.now(), actor(visit.staff.id)
    async with visit.desk.database.write() as tx:
        given = await daylist.confirm(
            tx, content, shift.point.id, shift.role, shift.on, seal=form["seal"], actor=who, now=now
        )
    if given is None:
        return await _list(visit, status=409, wrong="list_changed")
    write, media_type = FILES[kind]
    name = f"day-{shift.on.isoformat()}.{kind}"
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(write(content, given), media_type=media_type, headers=headers)
