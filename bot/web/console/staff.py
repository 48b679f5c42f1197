"""
Who works here.

    /desk/staff         everybody within reach    /desk/staff/new           a new one; the invitation is shown once
    /desk/staff/{id}    name, role, offices       /desk/staff/{id}/{act}    reset, disable, enable: told first
"""

from collections.abc import Sequence
from typing import Any

from litestar.handlers import HTTPRouteHandler

from bot.accounts.people import INVITED_FOR, Draft, People, Reason, Refused
from bot.accounts.roles import EVERY_OFFICE, Right, Role
from bot.web.console.chats import linked, unlinked
from bot.web.console.desk import Desk
from bot.web.console.visit import ROOT, Answer, Form, Missing, Visit
from storage.staff import StaffRow
from storage.staff_chats import Invitation

DONE = {"disable": "staff_disabled", "enable": "staff_enabled", "unlink": "staff_unlinked"}
ACTS = ("reset", "disable", "enable", "link", "unlink")


def routes(desk: Desk) -> Sequence[HTTPRouteHandler]:
    @desk.page("/staff", Right.STAFF)
    async def everybody(visit: Visit) -> Answer:
        people = _people(visit)
        async with desk.database.read() as tx:
            shown = [person for person in await tx.staff.all() if people.reaches(person)]
            invitations = await tx.staff.invitations()
        open_until = {id_: until for id_, until in invitations.items() if until > desk.clock.now()}
        order = sorted(shown, key=lambda person: (not person.is_active, person.name.casefold()))
        return await visit.html("staff.html", people=order, invited=open_until)

    @desk.page("/staff/new", Right.STAFF)
    async def new(visit: Visit) -> Answer:
        return await _form(visit, None, Draft("", "", Role.SPECIALIST, offices=visit.staff.offices))

    @desk.act("/staff/new", Right.STAFF)
    async def added(visit: Visit) -> Answer:
        draft = _draft(await visit.form())
        try:
            person, invitation = await _people(visit).add(draft)
        except Refused as refused:
            return await _form(visit, None, draft, refused.why)
        return await _invited(visit, person, invitation, is_new=True)

    @desk.page("/staff/{id:str}", Right.STAFF)
    async def one(visit: Visit) -> Answer:
        person = await _person(visit)
        return await _form(visit, person, _as_is(person))

    @desk.act("/staff/{id:str}", Right.STAFF)
    async def changed(visit: Visit) -> Answer:
        person = await _person(visit)
        draft = _draft(await visit.form())
        try:
            after = await _people(visit).change(person.id, draft)
        except Refused as refused:
            return await _form(visit, person, draft, refused.why)
        has_other_rights = (after.role, after.offices, after.every_office) != (
            person.role, person.offices, person.every_office,
        )  # fmt: skip
        return visit.to(f"/staff/{person.id}", said="rights_changed" if has_other_rights else "staff_changed")

    @desk.page("/staff/{id:str}/{act:str}", Right.STAFF)
    async def asked(visit: Visit) -> Answer:
        return await visit.html("staff_confirm.html", person=await _person(visit), act=_act(visit))

    @desk.act("/staff/{id:str}/{act:str}", Right.STAFF)
    async def done(visit: Visit) -> Answer:
        person, people, act = await _person(visit), _people(visit), _act(visit)
        try:
            if act == "reset":
                person, invitation = await people.reset(person.id)
                return await _invited(visit, person, invitation, is_new=False)
            if act == "link":
                return await linked(visit, Invitation(person.id, "", ""), person.id)
            if act == "unlink":
                await unlinked(visit, person.id)
            else:
                await people.set_active(person.id, is_active=act == "enable")
        except Refused as refused:
            return await visit.html("staff_confirm.html", status=409, person=person, act=act, wrong=str(refused.why))
        return visit.to(f"/staff/{person.id}", said=DONE[act])

    return [everybody, new, added, one, changed, asked, done]


def _people(visit: Visit) -> People:
    return People(visit.desk.database, visit.desk.clock, visit.staff, visit.desk.content().offices)


async def _person(visit: Visit) -> StaffRow:
    """Whom the address names. Raises Missing also for who is out of reach."""
    async with visit.desk.database.read() as tx:
        person = await tx.staff.get(visit.path("id"))
    if person is None or not _people(visit).reaches(person):
        raise Missing
    return person


def _act(visit: Visit) -> str:
    act = str(visit.path("act"))
    if act not in ACTS:
        raise Missing
    return act


def _draft(form: Form) -> Draft:
    offices = form.all("office")
    return Draft(
        login=form["login"],
        name=form["name"],
        role=form["role"],
        offices=tuple(office for office in offices if office != EVERY_OFFICE),
        every_office=EVERY_OFFICE in offices,
        is_on_duty=form.is_on("duty"),
    )


def _as_is(person: StaffRow) -> Draft:
    return Draft(person.login, person.name, person.role, person.offices, person.every_office, person.is_on_duty)


async def _form(visit: Visit, person: StaffRow | None, draft: Draft, why: Reason | None = None) -> Answer:
    by = visit.staff
    offices = [office for office in visit.desk.content().offices.values() if by.every_office or office.id in by.offices]
    values: dict[str, Any] = {}
    if person is not None:
        async with visit.desk.database.read() as tx:
            until = (await tx.staff.invitations()).get(person.id)
            values["linked"] = await tx.staff.linked(person.id)
        values["invited"] = until if until is not None and until > visit.desk.clock.now() else None
    return await visit.html(
        "staff_form.html",
        status=400 if why else 200,
        person=person,
        draft=draft,
        roles=list(Role),
        choices=offices,
        may_every=by.every_office,
        every=EVERY_OFFICE,
        is_self=person is not None and person.id == by.id,
        wrong=str(why or ""),
        **values,
    )


async def _invited(visit: Visit, person: StaffRow, invitation: str, *, is_new: bool) -> Answer:
    """The link, shown this once: the database keeps only its hash."""
    site = visit.desk.parts.public_url or str(visit.request.base_url).rstrip("/")
    link = f"{site}{ROOT}/invite?code={invitation}"
    hours = int(INVITED_FOR.total_seconds() // 3600)
    return await visit.html("staff_invited.html", person=person, link=link, hours=hours, is_new=is_new)
