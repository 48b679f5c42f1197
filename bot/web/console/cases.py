"""
Обращения: the queue, and one case with its talk.

    queue --> case --> take, answer, note, later, transfer, close, reopen --> the case again
                          +-- refused: the page says why, what was typed stays in its place
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import uuid4

from litestar.handlers import HTTPRouteHandler

from bot.accounts.roles import Right
from bot.desk.actor import Actor
from bot.desk.acts import UNREACHABLE, Done
from bot.desk.acts import Desk as Acts
from bot.desk.background import background
from bot.texts import render
from bot.texts.routes import CannedAnswer
from bot.texts.schema import Content
from bot.web.console.desk import Desk
from bot.web.console.visit import Answer, Missing, Visit
from storage.case_lists import VIEWS, Eyes, Filter
from storage.database import Transaction
from storage.records import CaseRow
from storage.staff import StaffRow

ON_PAGE = 25
ONCE_CHARS = 64
LATER = (2, 8, 16, 40)  # working hours


def routes(desk: Desk) -> Sequence[HTTPRouteHandler]:
    acts = Acts(desk.database, desk.clock, desk.content, desk.parts.informing)

    @desk.page("/cases", Right.CASES)
    async def queue(visit: Visit) -> Answer:
        return await _queue(visit)

    @desk.page("/cases/{case_id:str}", Right.CASES)
    async def case(visit: Visit) -> Answer:
        return await _case(visit, acts)

    @desk.act("/cases/{case_id:str}/canned", Right.CASES)
    async def canned(visit: Visit) -> Answer:
        form = await visit.form()
        found = await _mine(visit, acts)
        ready = desk.content().canned.get(form["canned"])
        added = _filled(desk.content(), ready, found) if ready else ""
        words = "\n\n".join(text for text in (form["words"], added) if text)
        return await _case(visit, acts, words_typed=words, once=form["once"])

    @desk.act("/cases/{case_id:str}/answer", Right.CASES)
    async def answer(visit: Visit) -> Answer:
        form = await visit.form()
        once, version = form["once"][:ONCE_CHARS] or uuid4().hex, _number(form["version"])
        done = await acts.answer(_actor(visit), visit.path("case_id"), form["words"], once=once, version=version)
        return await _after(visit, acts, done, "case_answered", words_typed=form["words"])

    @desk.act("/cases/{case_id:str}/note", Right.CASES)
    async def note(visit: Visit) -> Answer:
        form = await visit.form()
        done = await acts.note(_actor(visit), visit.path("case_id"), form["note"])
        return await _after(visit, acts, done, "case_noted", note=form["note"])

    @desk.act("/cases/{case_id:str}/later", Right.CASES)
    async def later(visit: Visit) -> Answer:
        hours = _number((await visit.form())["hours"])
        done = await acts.later(_actor(visit), visit.path("case_id"), hours=hours if hours in LATER else None)
        return await _after(visit, acts, done, "case_later")

    @desk.page("/cases/{case_id:str}/transfer", Right.CASES)
    async def whom(visit: Visit) -> Answer:
        return await visit.html("case_transfer.html", case=await _mine(visit, acts), routing=desk.content().routing)

    @desk.act("/cases/{case_id:str}/transfer", Right.CASES)
    async def transfer(visit: Visit) -> Answer:
        form, content = await visit.form(), desk.content()
        if form["role"] not in content.routing.roles or form["office"] not in ("", *content.offices):
            return visit.to(f"/cases/{visit.path('case_id')}/transfer")
        done = await acts.transfer(_actor(visit), visit.path("case_id"), role=form["role"], office=form["office"])
        if done.is_done and done.case is not None and not _actor(visit).may_see(done.case):
            return visit.to("/cases", said="case_transferred")
        return await _after(visit, acts, done, "case_transferred")

    @desk.page("/cases/{case_id:str}/close", Right.CASES)
    async def closing(visit: Visit) -> Answer:
        return await visit.html("case_close.html", case=await _mine(visit, acts), routing=desk.content().routing)

    handlers = [queue, case, canned, answer, note, later, whom, transfer, closing]
    for name, act in (("take", acts.take), ("close", acts.close), ("reopen", acts.reopen)):
        handlers.append(_plain(desk, acts, name, act))
    return handlers


def _plain(desk: Desk, acts: Acts, name: str, act: Callable[..., Awaitable[Done]]) -> HTTPRouteHandler:
    """An act that needs nothing but the case."""

    @desk.act(f"/cases/{{case_id:str}}/{name}", Right.CASES)
    async def act_of(visit: Visit) -> Answer:
        return await _after(visit, acts, await act(_actor(visit), visit.path("case_id")), f"case_{name}")

    return act_of


async def waiting(tx: Transaction, staff: StaffRow) -> int:
    """What the navigation counts: nobody's cases, and the person's own that wait for an answer."""
    return await tx.case_lists.waiting_for(_eyes(staff))


def _actor(visit: Visit) -> Actor:
    return Actor.of(visit.staff)


def _eyes(staff: StaffRow) -> Eyes:
    actor = Actor.of(staff)
    return Eyes(actor.id, actor.offices, actor.is_lead)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


async def _mine(visit: Visit, acts: Acts) -> CaseRow:
    """The case of the address, if the person may see it. Raises Missing."""
    async with acts.database.read() as tx:
        case = await tx.cases.get(visit.path("case_id"))
    if case is None or not _actor(visit).may_see(case):
        raise Missing
    return case


async def _queue(visit: Visit) -> Answer:
    view = next((one for one in VIEWS if one == visit.query("view")), VIEWS[0])
    wanted = Filter(view, visit.query("topic"), visit.query("office"))
    eyes, page = _eyes(visit.staff), max(1, _number(visit.query("page")))
    async with visit.desk.database.read() as tx:
        cases = await tx.case_lists.page(eyes, wanted, limit=ON_PAGE, skip=(page - 1) * ON_PAGE)
        total = await tx.case_lists.count(eyes, wanted)
        owners = await tx.staff.names({case.owner for case in cases if case.owner})
    return await visit.html(
        "cases.html",
        cases=cases,
        total=total,
        owners=owners,
        wanted=wanted,
        views=VIEWS,
        routing=visit.desk.content().routing,
        page=page,
        pages=max(1, -(-total // ON_PAGE)),
    )


async def _case(visit: Visit, acts: Acts, *, status: int = 200, once: str = "", **typed: Any) -> Answer:
    """The page of one case. typed: words_typed and note, as they were typed, `wrong`: why an act was refused."""
    content = visit.desk.content()
    case = await _mine(visit, acts)
    async with acts.database.read() as tx:
        talk = await tx.case_talk.of(case.id)
        history = await tx.cases.history(case.id)
        people = {said.actor for said in talk} | {one.actor for one in history} | {case.owner}
        names = await tx.staff.names(people - {""})
        others = await tx.case_lists.of_citizen(case.citizen_id, except_id=case.id)
        is_reachable = await acts.reaches(tx, case.citizen_id)
    await visit.saw("case_read", f"case:{case.id}")
    actor = _actor(visit)
    return await visit.html(
        "case.html",
        status=status,
        case=case,
        talk=talk,
        history=history,
        background=background(content, case.context),
        routing=content.routing,
        canned=[one for one in content.canned.values() if not one.topics or case.topic in one.topics],
        is_mine=case.owner == actor.id,
        may_answer=case.state != "closed" and case.owner in ("", actor.id),
        may_manage=case.state != "closed" and (case.owner in ("", actor.id) or actor.is_lead),
        later=LATER,
        once=once[:ONCE_CHARS] or uuid4().hex,
        names=names,
        others=[one for one in others if actor.may_see(one)],
        is_reachable=is_reachable,
        **{"words_typed": "", "note": "", **typed},
    )


async def _after(visit: Visit, acts: Acts, done: Done, said: str, **typed: str) -> Answer:
    if done.code == UNREACHABLE:
        return visit.to(f"/cases/{visit.path('case_id')}", said="case_unreachable")
    if done.is_done or done.code == "repeated":
        return visit.to(f"/cases/{visit.path('case_id')}", said=said)
    if done.case is None:
        raise Missing
    return await _case(visit, acts, status=409, wrong=f"case_{done.code}", **typed)


def _filled(content: Content, ready: CannedAnswer, case: CaseRow) -> str:
    return render.fill(content, ready.text, content.office(case.office))
