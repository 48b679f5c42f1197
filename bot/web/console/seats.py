"""
One booking of the reception: who comes, the visit form, no-show, late, moved, cancelled, other help and its answer.

    booking --> form --> recorded (again: corrected)
       +------> no-show, late, move, cancel, referral
"""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar

from litestar.handlers import HTTPRouteHandler

from bot.accounts.roles import Right, actor
from bot.booking.slots import day_slots, slot_of, zone_of
from bot.desk import day as days
from bot.desk import seats, visits
from bot.desk.rules import Report
from bot.desk.visits import Recorded
from bot.texts import render
from bot.web.console.desk import Desk
from bot.web.console.reception import point_of
from bot.web.console.visit import Answer, Form, Missing, Visit
from storage.booking_records import BookingRow
from storage.database import Transaction
from storage.referrals import BEFORE, ReferralRow, State
from storage.visits import Application, Next, Paper, Result, Resume

Code = TypeVar("Code", bound=StrEnum)
BOOKING = "/visits/booking/{booking_id:str}"
RESULTS = tuple(one for one in Result if one is not Result.NO_SHOW)
MOVE_DAYS = 28


def routes(desk: Desk) -> Sequence[HTTPRouteHandler]:
    @desk.page(BOOKING, Right.VISITS)
    async def booking(visit: Visit) -> Answer:
        return await _shown(visit)

    @desk.act(f"{BOOKING}/record", Right.VISITS)
    async def record(visit: Visit) -> Answer:
        form, wanted = await visit.form(), await _mine(visit)
        async with desk.database.write() as tx:
            done = await visits.record(
                tx, desk.content(), wanted.id, _report(form), actor=actor(visit.staff.id), now=desk.clock.now(),
                books_next=form.is_on("books_next"),
            )  # fmt: skip
        if done.code == seats.DONE:
            return visit.to(f"/visits/booking/{wanted.id}", said=_said(done))
        return await _shown(visit, status=409, wrong=f"visit_{done.code}")

    @desk.act(f"{BOOKING}/missed", Right.VISITS)
    async def missed(visit: Visit) -> Answer:
        wanted = await _mine(visit)
        async with desk.database.write() as tx:
            done = await visits.no_show(
                tx, desk.content(), wanted.id, actor=actor(visit.staff.id), now=desk.clock.now()
            )
        if done.code == seats.DONE:
            return visit.to(_day(wanted), said="visit_missed")
        return await _shown(visit, status=409, wrong=f"visit_{done.code}")

    @desk.act(f"{BOOKING}/late", Right.VISITS)
    async def late(visit: Visit) -> Answer:
        wanted = await _mine(visit)
        async with desk.database.write() as tx:
            done = await seats.late(tx, wanted.id, actor=actor(visit.staff.id), now=desk.clock.now())
        if done.code == seats.DONE:
            return visit.to(_day(wanted), said="seat_late")
        return await _shown(visit, status=409, wrong=f"seat_{done.code}")

    @desk.page(f"{BOOKING}/move", Right.VISITS)
    async def where(visit: Visit) -> Answer:
        return await _where(visit)

    @desk.act(f"{BOOKING}/move", Right.VISITS)
    async def move(visit: Visit) -> Answer:
        wanted, slot = await _mine(visit), slot_of(desk.content(), (await visit.form())["slot"])
        if slot is None:
            return await _where(visit, status=400, wrong="seat_no_time")
        point_of(visit, slot.point)
        async with desk.database.write() as tx:
            done = await seats.move(
                tx, desk.content(), wanted.id, slot, actor=actor(visit.staff.id), now=desk.clock.now()
            )
        if done.code == seats.DONE and done.booking is not None:
            return visit.to(_day(done.booking), said="seat_moved")
        return await _where(visit, status=409, wrong=f"seat_{done.code}")

    @desk.page(f"{BOOKING}/cancel", Right.VISITS)
    async def cancelling(visit: Visit) -> Answer:
        return await visit.html("booking_cancel.html", **await _about(visit))

    @desk.act(f"{BOOKING}/cancel", Right.VISITS)
    async def cancel(visit: Visit) -> Answer:
        wanted = await _mine(visit)
        async with desk.database.write() as tx:
            done = await seats.cancel(tx, desk.content(), wanted.id, actor=actor(visit.staff.id), now=desk.clock.now())
        if done.code == seats.DONE:
            return visit.to(_day(wanted), said="seat_cancelled")
        return await _shown(visit, status=409, wrong=f"seat_{done.code}")

    @desk.act(f"{BOOKING}/referral", Right.VISITS)
    async def referral(visit: Visit) -> Answer:
        form, wanted = await visit.form(), await _mine(visit)
        state = next((one for one in State if one == form["state"]), None)
        if state is None or not await _answered(visit, wanted, form["referral"], state):
            return await _shown(visit, status=409, wrong="referral_no_way")
        return visit.to(f"/visits/booking/{wanted.id}", said="referral_changed")

    return [booking, record, missed, late, where, move, cancelling, cancel, referral]


async def _mine(visit: Visit) -> BookingRow:
    """The booking of the address, of a point of theirs. Raises Missing; a seat that is only kept is none."""
    async with visit.desk.database.read() as tx:
        row = await tx.bookings.get(visit.path("booking_id"))
    if row is None or row.is_held:
        raise Missing
    point_of(visit, row.point)
    return row


def _day(row: BookingRow) -> str:
    return f"/visits/day/{row.point}/{row.role}/{row.wall[:10]}"


async def _about(visit: Visit) -> dict[str, Any]:
    row, content = await _mine(visit), visit.desk.content()
    point = content.points[row.point]
    zone = zone_of(content, point)
    await visit.saw("booking_read", f"booking {row.id}")
    return {"booking": row, "point": point, "role": content.roles[row.role].name, "zone": zone, "day_path": _day(row)}


async def _referrals(tx: Transaction, row: BookingRow) -> list[ReferralRow]:
    return await (tx.referrals.of_citizen(row.citizen_id) if row.citizen_id else tx.referrals.of_booking(row.id))


async def _answered(visit: Visit, row: BookingRow, referral_id: str, state: State) -> bool:
    """Whether the referral is one of this person's and may become so."""
    desk = visit.desk
    async with desk.database.write() as tx:
        if referral_id not in {one.id for one in await _referrals(tx, row)}:
            return False
        done = await visits.answer(
            tx, desk.content(), referral_id, state, actor=actor(visit.staff.id), now=desk.clock.now()
        )
    return done.code == seats.DONE


async def _shown(visit: Visit, *, status: int = 200, wrong: str = "") -> Answer:
    about, content, now = await _about(visit), visit.desk.content(), visit.desk.clock.now()
    row: BookingRow = about["booking"]
    async with visit.desk.database.read() as tx:
        seat = await days.seat(tx, row)
        earlier = await days.before(tx, row)
        history = await tx.bookings.history(row.id)
        referrals = await _referrals(tx, row)
        names = await tx.staff.names({one.actor.removeprefix("staff:") for one in history} - {""})
    today = render.local(now, zone_of(content, content.points[row.point])).date().isoformat()
    return await visit.html(
        "booking.html",
        status=status,
        wrong=wrong,
        seat=seat,
        earlier=earlier,
        history=history,
        names=names,
        referrals=[(one, [state for state, before in BEFORE.items() if one.state in before]) for one in referrals],
        codes=content.visits,
        results=RESULTS,
        steps=tuple(Next),
        resumes=tuple(Resume),
        applications=tuple(Application),
        papers=tuple(Paper),
        may_record=row.state in visits.HELD and row.wall[:10] <= today,
        may_miss=row.state in visits.HELD and row.starts_at <= now,
        may_change=row.is_active and row.ends_at > now,
        **about,
    )


async def _where(visit: Visit, *, status: int = 200, wrong: str = "") -> Answer:
    """Free times of the same specialist, today's too: staff need no lead time."""
    about, content, now = await _about(visit), visit.desk.content(), visit.desk.clock.now()
    row: BookingRow = about["booking"]
    point = content.points[row.point]
    today = render.local(now, zone_of(content, point)).date()
    ahead = [today + timedelta(days=number) for number in range(MOVE_DAYS)]
    every = [slot for on in ahead for slot in day_slots(content, row.point, row.role, on) if slot.ends_at > now]
    async with visit.desk.database.read() as tx:
        closed = {
            one.day
            for one in await tx.bookings.closures(since=today.isoformat())
            if (one.point, one.role) == (row.point, row.role)
        }
        span = {"after": every[0].starts_at, "before": every[-1].ends_at} if every else {"after": now, "before": now}
        taken = await tx.bookings.taken(row.point, row.role, **span, places=point.places, now=now)
    free = [slot for slot in every if slot.day not in closed and taken.get(slot.id, 0) < point.places]
    return await visit.html("booking_move.html", status=status, wrong=wrong, free=free, **about)


def _report(form: Form) -> Report:
    return Report(
        results=_every(Result, form.all("result")),
        resume=_one(Resume, form["resume"]),
        application=_one(Application, form["application"]),
        needs_job=not form.is_on("no_job"),
        next_step=_one(Next, form["next"]),
        papers=_every(Paper, form.all("paper")),
    )


def _one(kind: type[Code], typed: str) -> Code | None:
    return next((one for one in kind if one == typed), None)


def _every(kind: type[Code], typed: Sequence[str]) -> tuple[Code, ...]:
    return tuple(one for one in kind if one in typed)


def _said(done: Recorded) -> str:
    """Which words tell what was done."""
    if done.tells_lead:
        return "visit_recorded_lead"
    if done.booked is None:
        return "visit_recorded"
    return "visit_recorded_booked" if done.booked.booking is not None else "visit_recorded_no_seat"
