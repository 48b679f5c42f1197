"""
Звонки: who is to be called today and why, how they are called, what came of it.

    list --> one citizen: reasons, phone, context --> a result --> the list, the next one at hand; undo for some minutes
                  +--> write in the chat (their request), book a visit, pass on
The phone is read, and the reading noted, when somebody opens the citizen; the list shows none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from litestar.handlers import HTTPRouteHandler

from bot.accounts.roles import Right
from bot.desk import calls
from bot.desk.actor import Actor
from bot.desk.phones import dialled
from bot.texts import render
from bot.texts.schema import Content
from bot.web.console.desk import Desk
from bot.web.console.visit import Answer, Form, Missing, Visit
from storage.call_records import Attempt, Called, Callee, CallResult, CallRow, Reason
from storage.database import Transaction
from storage.staff import StaffRow

ON_PAGE = 25
ONCE_CHARS = 64
AHEAD = timedelta(days=14)
A_DAY = timedelta(days=1)
A_MOMENT = timedelta(milliseconds=1)
VIEWS = ("today", "ahead")
HOUR = 10  # local, of a day to call again on
AGAIN = {"hour": timedelta(hours=1), "three_hours": timedelta(hours=3)}
AGAIN_DAYS = {"tomorrow": 1, "three_days": 3, "week": 7}
BUTTONS = (CallResult.REACHED, CallResult.NO_ANSWER, CallResult.BUSY, CallResult.NOT_TO_CALL)
CARD = "/calls/{citizen_id:str}"


@dataclass(frozen=True, slots=True)
class Line:
    """One citizen of the list. is_overdue: since a day before today."""

    called: Called
    callee: Callee
    reasons: tuple[str, ...]
    is_overdue: bool
    last: Attempt | None
    situations: tuple[str, ...] = ()


async def waiting(tx: Transaction, staff: StaffRow, now: datetime) -> int:
    """What the navigation counts: citizens whose time to be called has come."""
    return await tx.calls.count(calls.eyes_of(Actor.of(staff)), until=now + A_MOMENT)


def routes(desk: Desk) -> Sequence[HTTPRouteHandler]:
    @desk.page("/calls", Right.CALLS)
    async def today(visit: Visit) -> Answer:
        return await _list(visit)

    @desk.act("/calls/undo", Right.CALLS)
    async def undo(visit: Visit) -> Answer:
        async with desk.database.write() as tx:
            done = await calls.undo(tx, desk.content(), Actor.of(visit.staff), now=desk.clock.now())
        if done.code == calls.DONE:
            return visit.to("/calls", said="call_undone")
        return await _list(visit, status=409, wrong=f"call_{done.code}")

    @desk.page(CARD, Right.CALLS)
    async def one(visit: Visit) -> Answer:
        return await _one(visit)

    @desk.act(CARD, Right.CALLS)
    async def record(visit: Visit) -> Answer:
        return await _record(visit)

    @desk.act(f"{CARD}/chat", Right.CALLS)
    async def chat(visit: Visit) -> Answer:
        async with desk.database.write() as tx:
            callee, _ = await _mine(visit, tx)
            case = await calls.talk(tx, desk.content(), Actor.of(visit.staff), callee.citizen_id, now=desk.clock.now())
        if case is None:
            return await _one(visit, status=409, wrong="case_not_yours")
        return visit.to(f"/cases/{case.id}")

    return [today, undo, one, record, chat]


async def _mine(visit: Visit, tx: Transaction) -> tuple[Callee, list[CallRow]]:
    """Who is called, with the calls the person may see. Raises Missing for who is not, or is of another office."""
    ident = visit.path("citizen_id")
    callee = (await tx.calls.people([ident], now=visit.desk.clock.now())).get(ident)
    if callee is None:
        raise Missing
    rows = await tx.calls.open_of(calls.eyes_of(Actor.of(visit.staff)), [ident])
    if not rows and not await tx.calls.last_attempts([ident]):
        raise Missing
    for office in {callee.office, *(row.office for row in rows)}:
        visit.within(office)
    return callee, rows


# the list


async def _list(visit: Visit, *, status: int = 200, wrong: str = "") -> Answer:
    content, now = visit.desk.content(), visit.desk.clock.now()
    view = next((one for one in VIEWS if one == visit.query("view")), VIEWS[0])
    reason = next((one.value for one in Reason if one == visit.query("reason")), "")
    office = visit.query("office") if visit.staff.sees(visit.query("office")) else ""
    until = _midnight(visit, now) + (AHEAD if view == "ahead" else timedelta())
    asked = visit.query("page")
    page = max(1, int(asked)) if asked.isdecimal() and len(asked) < 7 else 1
    eyes = calls.eyes_of(Actor.of(visit.staff))
    morning = _midnight(visit, now) - A_DAY
    async with visit.desk.database.read() as tx:
        due = await tx.calls.due(
            eyes, until=until, now=now, today=morning, reason=reason, office=office, limit=ON_PAGE,
            skip=(page - 1) * ON_PAGE,
        )  # fmt: skip
        total = await tx.calls.count(eyes, until=until, reason=reason, office=office)
        lines = await _lines(visit, tx, due, now)
        mine = await tx.calls.last_of(visit.staff.id, since=now - _undo_time(content))
    if lines:
        await visit.saw("calls_read", "calls")
    return await visit.html(
        "calls.html",
        status=status,
        wrong=wrong,
        lines=lines,
        total=total,
        mine=mine,
        following=next((line for line in lines if line.called.due_at <= now), None),
        view=view,
        views=VIEWS,
        reason=reason,
        reasons=tuple(Reason),
        office=office,
        say=_words(content),
        page=page,
        pages=max(1, -(-total // ON_PAGE)),
    )


def _undo_time(content: Content) -> timedelta:
    return timedelta(minutes=content.rules.calls.undo_minutes)


def _words(content: Content) -> dict[str, str]:
    """Words for staff of reasons and results, by their code."""
    keys = [f"why_{one}" for one in Reason] + list(CallResult)
    return {str(key): render.say(content, f"desk.call_{key}", {}) for key in keys}


def _midnight(visit: Visit, now: datetime) -> datetime:
    """The end of today where the person works."""
    zone = visit.office.timezone
    return render.at_hour(render.local(now, zone).date() + timedelta(days=1), 0, zone)


async def _lines(visit: Visit, tx: Transaction, due: Sequence[Called], now: datetime) -> list[Line]:
    content, ids = visit.desk.content(), [one.citizen_id for one in due]
    if not ids:
        return []
    people = await tx.calls.people(ids, now=now)
    last = await tx.calls.last_attempts(ids)
    why: dict[str, list[str]] = {}
    for row in await tx.calls.open_of(calls.eyes_of(Actor.of(visit.staff)), ids):
        why.setdefault(row.citizen_id, []).append(row.reason)
    return [
        Line(
            one,
            people[one.citizen_id],
            tuple(str(code) for code in Reason if code in why.get(one.citizen_id, ())),
            _is_overdue(content, people[one.citizen_id], one.due_at, now),
            last.get(one.citizen_id),
            _situations(visit, people[one.citizen_id]),
        )
        for one in due
        if one.citizen_id in people
    ]


def _is_overdue(content: Content, callee: Callee, due_at: datetime, now: datetime) -> bool:
    zone = content.office(callee.office).timezone
    return render.local(due_at, zone).date() < render.local(now, zone).date()


def _situations(visit: Visit, callee: Callee) -> tuple[str, ...]:
    """By name, for who may read about citizens."""
    known = visit.desk.content().situations
    if not visit.may(Right.CITIZENS):
        return ()
    return tuple(known[one].label for one in callee.situations if one in known)


# one citizen


async def _one(visit: Visit, *, status: int = 200, wrong: str = "") -> Answer:
    desk, content, now = visit.desk, visit.desk.content(), visit.desk.clock.now()
    actor = Actor.of(visit.staff)
    async with desk.database.read() as tx:
        callee, rows = await _mine(visit, tx)
        contact = await calls.contact(tx, actor, callee.citizen_id)
        phones = [(phone, dialled(phone), tx.calls.find(phone)) for phone in contact.phones]
        attempts = [one for one in await tx.calls.attempts(callee.citizen_id) if not one.is_undone]
        names = await tx.staff.names({one.actor for one in attempts})
        bookings = await tx.bookings.all_of(callee.citizen_id)
        case = await tx.cases.of_citizen(callee.citizen_id)
    await visit.saw("call_read", f"citizen:{callee.citizen_id}")
    is_written = callee.is_reachable and callee.channel not in desk.parts.informing
    return await visit.html(
        "call.html",
        status=status,
        wrong=wrong,
        callee=callee,
        rows=rows,
        name=next((row.name for row in reversed(bookings) if row.name), ""),
        words_left=contact.words,
        phones=phones,
        attempts=attempts[::-1],
        seen=attempts[-1].id if attempts else "",
        names=names,
        overdue={row.id for row in rows if _is_overdue(content, callee, row.due_at, now)},
        case=case if case is not None and actor.may_see(case) else None,
        is_written=is_written,
        may_card=visit.may(Right.CITIZENS) and callee.consent_at is not None,
        situations=_situations(visit, callee),
        points=[one for one in content.points.values() if visit.staff.sees(one.office)],
        roles=content.roles,
        routing=content.routing,
        buttons=BUTTONS,
        again=(*AGAIN, *AGAIN_DAYS),
        once=uuid4().hex,
        say=_words(content),
        tries=content.rules.calls.tries,
    )


async def _record(visit: Visit) -> Answer:
    desk, form, now = visit.desk, await visit.form(), visit.desk.clock.now()
    code, _, place = form["result"].partition(":")
    once, seen = form["once"][:ONCE_CHARS] or uuid4().hex, form["seen"][:ONCE_CHARS]
    result = next((one for one in CallResult if one == code), None)
    async with desk.database.write() as tx:
        callee, _ = await _mine(visit, tx)
        if result is None:
            raise Missing
        actor = Actor.of(visit.staff)
        done = await calls.record(
            tx, desk.content(), actor, callee.citizen_id, result, once=once, seen=seen, now=now,
            again_at=_again(visit, form, now), wrong=form["wrong"][:ONCE_CHARS],
        )  # fmt: skip
        case = None
        if done.code == calls.DONE and result is CallResult.PASSED:
            case = await calls.talk(tx, desk.content(), actor, callee.citizen_id, now=now)
    if done.code not in (calls.DONE, calls.REPEATED):
        return await _one(visit, status=409, wrong=f"call_{done.code}")
    if case is not None:
        return visit.to(f"/cases/{case.id}/transfer")
    if result is CallResult.BOOKED and callee.consent_at is not None:
        point, _, role = place.partition(":")
        if point in desk.content().points:
            return visit.to(f"/visits/next/{point}?role={role}&citizen={callee.citizen_id}")
    return visit.to("/calls")


def _again(visit: Visit, form: Form, now: datetime) -> datetime | None:
    """When to call again: as typed, else as chosen."""
    zone = visit.office.timezone
    if typed := form["again_at"]:
        try:
            return datetime.fromisoformat(typed).replace(tzinfo=ZoneInfo(zone)).astimezone(now.tzinfo)
        except ValueError:
            return None
    if form["again"] in AGAIN:
        return now + AGAIN[form["again"]]
    if (days := AGAIN_DAYS.get(form["again"])) is None:
        return None
    return render.at_hour(render.local(now, zone).date() + timedelta(days=days), HOUR, zone)
