"""
Граждане: the base with how things stand with each, and one card with all that is kept.

    base --> card --> plan item out, back, done, added against the answers
               +----> delete (leads): what will go, then gone
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from litestar.handlers import HTTPRouteHandler

from bot.accounts.roles import Right, actor, may
from bot.desk import lane, plans
from bot.desk.actor import Actor
from bot.texts.schema import Content
from bot.web.console.desk import Desk
from bot.web.console.visit import Answer, Missing, Visit
from storage.citizen_lists import BONDS, Wanted
from storage.database import Transaction
from storage.records import AnswerRow, CitizenRow
from storage.visits import Next

ON_PAGE = 25
HEARD: Mapping[str, tuple[int | None, int | None]] = {  # days ago: at most, at least
    "ten": (10, None),
    "month": (30, 10),
    "long": (None, 30),
}
CARD = "/citizens/{citizen_id:str}"


def routes(desk: Desk) -> Sequence[HTTPRouteHandler]:
    @desk.page("/citizens", Right.CITIZENS)
    async def base(visit: Visit) -> Answer:
        return await _base(visit)

    @desk.page(CARD, Right.CITIZENS)
    async def card(visit: Visit) -> Answer:
        return await _card(visit)

    @desk.act(f"{CARD}/plan", Right.CITIZENS)
    async def plan(visit: Visit) -> Answer:
        form, who, now = await visit.form(), actor(visit.staff.id), desk.clock.now()
        async with desk.database.write() as tx:
            citizen = await _mine(visit, tx)
            is_done = await plans.mark(tx, desk.content(), citizen.id, form["item"], form["state"], actor=who, now=now)
        if is_done:
            return visit.to(f"/citizens/{citizen.id}", said="plan_changed")
        return await _card(visit, status=409, wrong="plan_changed")

    @desk.act(f"{CARD}/plan/add", Right.CITIZENS)
    async def add(visit: Visit) -> Answer:
        form, who, now = await visit.form(), actor(visit.staff.id), desk.clock.now()
        async with desk.database.write() as tx:
            citizen = await _mine(visit, tx)
            is_done = await plans.add(tx, desk.content(), citizen.id, form["item"], form["why"], actor=who, now=now)
        if is_done:
            return visit.to(f"/citizens/{citizen.id}", said="plan_added")
        return await _card(visit, status=409, wrong="plan_added")

    @desk.page(f"{CARD}/delete", Right.ERASE)
    async def deleting(visit: Visit) -> Answer:
        async with desk.database.read() as tx:
            citizen = await _mine(visit, tx)
            held = await tx.citizens.holdings(citizen.id)
            ahead = (await tx.bookings.of_citizen([citizen.id], now=desk.clock.now())).get(citizen.id, [])
            cases = [one for one in await tx.case_lists.of_citizen(citizen.id) if one.state != "closed"]
        return await visit.html("citizen_delete.html", citizen=citizen, held=held, ahead=ahead, cases=cases)

    @desk.act(f"{CARD}/delete", Right.ERASE)
    async def delete(visit: Visit) -> Answer:
        async with desk.database.write() as tx:
            citizen = await _mine(visit, tx)
            await lane.take(tx, citizen.id)
            await visit.note(tx, "citizen_deleted", f"citizen:{citizen.id}")
            await tx.citizens.erase(citizen.id, now=desk.clock.now())
        return visit.to("/citizens", said="citizen_deleted")

    return [base, card, plan, add, deleting, delete]


async def _mine(visit: Visit, tx: Transaction) -> CitizenRow:
    """The citizen of the address, of their office, who has agreed: of others nothing is kept. Raises Missing."""
    ident = visit.path("citizen_id")
    found = (await tx.citizens.load([ident])).get(ident)
    if found is None or found.consent_at is None:
        raise Missing
    visit.within(found.office)
    return found


async def _base(visit: Visit) -> Answer:
    content, now = visit.desk.content(), visit.desk.clock.now()
    heard = visit.query("heard") if visit.query("heard") in HEARD else ""
    steps = {step.id: step.title for one in content.situations.values() for step in one.plan}
    item = visit.query("item") if visit.query("item") in steps else ""
    homes = [one.id for one in content.situations.values() if any(step.id == item for step in one.plan)]
    wanted = Wanted(
        situation=visit.query("situation") if visit.query("situation") in content.situations else "",
        item=item,
        homes=tuple(homes),
        mark=visit.query("mark") if item and visit.query("mark") in plans.STATES else "",
        bond=visit.query("bond") if visit.query("bond") in BONDS else "",
        next_step=next((one.value for one in Next if one == visit.query("next")), ""),
        heard_since=_ago(now, HEARD[heard][0]) if heard else None,
        heard_before=_ago(now, HEARD[heard][1]) if heard else None,
    )
    offices = None if visit.staff.every_office else visit.staff.offices
    asked = visit.query("page")
    page = max(1, int(asked)) if asked.isdecimal() and len(asked) < 7 else 1
    async with visit.desk.database.read() as tx:
        lines = await tx.citizen_lists.page(offices, wanted, now=now, limit=ON_PAGE, skip=(page - 1) * ON_PAGE)
        total = await tx.citizen_lists.count(offices, wanted, now=now)
        people = await tx.citizens.load([one.id for one in lines])
        standing = await plans.plans_of(tx, content, people)
    if lines:
        await visit.saw("base_read", "base")
    return await visit.html(
        "citizens.html",
        lines=lines,
        total=total,
        people=people,
        standing=standing,
        items=steps,
        marks=plans.STATES,
        situations=content.situations,
        wanted=wanted,
        heard=heard,
        heards=tuple(HEARD),
        bonds=BONDS,
        steps=tuple(Next),
        names=content.visits,
        page=page,
        pages=max(1, -(-total // ON_PAGE)),
    )


def _ago(now: datetime, days: int | None) -> datetime | None:
    return now - timedelta(days=days) if days is not None else None


async def _card(visit: Visit, *, status: int = 200, wrong: str = "") -> Answer:
    content, who = visit.desk.content(), Actor.of(visit.staff)
    async with visit.desk.database.read() as tx:
        citizen = await _mine(visit, tx)
        bookings = await tx.bookings.all_of(citizen.id)
        values: dict[str, Any] = {
            "bookings": [row for row in reversed(bookings) if not row.is_held],
            "visits": {one.booking_id: one for one in await tx.visits.of_citizen(citizen.id)},
            "referrals": await tx.referrals.of_citizen(citizen.id),
            "cases": [one for one in await tx.case_lists.of_citizen(citizen.id) if who.may_see(one)],
            "plan": await plans.plan_of(tx, content, citizen.id),
            "answers": _answers(content, (await tx.profile.load([citizen.id])).get(citizen.id, [])),
            "place": (await tx.citizens.reachable_at([citizen.id])).get(citizen.id),
            "erasers": [] if visit.may(Right.ERASE) else await _erasers(tx, citizen.office),
        }
    await visit.saw("read", f"citizen:{citizen.id}")
    return await visit.html(
        "citizen.html",
        status=status,
        wrong=wrong,
        citizen=citizen,
        name=next((row.name for row in reversed(bookings) if row.name), ""),
        situations=[content.situations[one] for one in citizen.situations if one in content.situations],
        names=content.visits,
        reasons=plans.REASONS,
        may_erase=visit.may(Right.ERASE),
        routing=content.routing,
        roles=content.roles,
        points=[point for point in content.points.values() if visit.staff.sees(point.office)],
        **values,
    )


async def _erasers(tx: Transaction, office: str) -> list[str]:
    """Names of those who may delete: whom to ask."""
    people = await tx.staff.all()
    return [one.name for one in people if one.is_active and may(one.role, Right.ERASE) and one.sees(office)]


def _answers(content: Content, rows: Sequence[AnswerRow]) -> list[tuple[str, str]]:
    """(question, what the citizen answered), in words."""
    found = []
    for row in rows:
        question = content.profile.get(row.question)
        if question is None or not row.value:
            continue
        chosen = [question.choices[one] for one in row.value.split(",") if one in question.choices]
        words = ", ".join(chosen) if question.choices else row.value
        if words:
            found.append((question.label, words))
    return found
