"""
Where staff work in their messengers: group chats of offices, accounts of members. A code links each of them.

    /desk/staff/chats                 chats that are linked, a code for the next one
    /desk/staff/{id}/link, unlink     an account of one member (console/staff.py)
    /desk/me/link                     one's own
The code is said in the chat: `/staff CODE` (bot/desk/linking.py).
"""

from collections.abc import Sequence

from litestar.handlers import HTTPRouteHandler

from bot.accounts.roles import Right, Role, actor
from bot.desk.linking import CODE_LIFE, invite
from bot.web.console.desk import Desk
from bot.web.console.visit import Answer, Missing, Visit
from storage.staff_chats import Invitation, StaffChat

CHAT_ROLES = ("", Role.LEAD)
SAID = "/staff"  # the command that bot/desk/linking.py hears


def routes(desk: Desk) -> Sequence[HTTPRouteHandler]:
    @desk.page("/staff/chats", Right.STAFF)
    async def chats(visit: Visit) -> Answer:
        async with desk.database.read() as tx:
            found = [chat for chat in await tx.staff_chats.all() if _reaches(visit, chat.office)]
        within = [office for office in desk.content().offices.values() if visit.staff.sees(office.id)]
        return await visit.html("chats.html", chats=found, choices=within, roles=CHAT_ROLES)

    @desk.act("/staff/chats/code", Right.STAFF)
    async def code(visit: Visit) -> Answer:
        form = await visit.form()
        office, role = form["office"], form["role"]
        if not _reaches(visit, office) or (office and office not in desk.content().offices) or role not in CHAT_ROLES:
            raise Missing
        return await linked(visit, Invitation("", office, role), "")

    @desk.page("/staff/chats/{id:str}/drop", Right.STAFF)
    async def asked(visit: Visit) -> Answer:
        return await visit.html("chats_drop.html", chat=await _chat(visit))

    @desk.act("/staff/chats/{id:str}/drop", Right.STAFF)
    async def dropped(visit: Visit) -> Answer:
        chat = await _chat(visit)
        async with desk.database.write() as tx:
            await tx.staff_chats.forget(chat.id)
            await visit.note(tx, "chat_unlinked", f"chat:{chat.id}")
        return visit.to("/staff/chats", said="chat_unlinked")

    @desk.act("/me/link", Right.OWN)
    async def own(visit: Visit) -> Answer:
        return await linked(visit, Invitation(visit.staff.id, "", ""), visit.staff.id)

    return [chats, code, asked, dropped, own]


async def linked(visit: Visit, invitation: Invitation, staff_id: str) -> Answer:
    """The page with a fresh code, shown this once."""
    made = await invite(visit.desk.database, visit.desk.clock, invitation)
    async with visit.desk.database.write() as tx:
        await visit.note(tx, "link_code_made", actor(staff_id) if staff_id else f"office:{invitation.office}")
        person = await tx.staff.get(staff_id) if staff_id else None
    minutes = int(CODE_LIFE.total_seconds() // 60)
    return await visit.html(
        "chats_code.html", said_in_chat=f"{SAID} {made}", minutes=minutes, person=person, invitation=invitation
    )


async def unlinked(visit: Visit, staff_id: str) -> None:
    """No account of a messenger is theirs any more."""
    async with visit.desk.database.write() as tx:
        await tx.staff_chats.unlink(staff_id)
        await visit.note(tx, "staff_unlinked", actor(staff_id))


def _reaches(visit: Visit, office: str) -> bool:
    """A chat of all offices ("") is for who sees them all."""
    return visit.staff.every_office or (office != "" and visit.staff.sees(office))


async def _chat(visit: Visit) -> StaffChat:
    async with visit.desk.database.read() as tx:
        chat = await tx.staff_chats.get(visit.path("id"))
    if chat is None or not _reaches(visit, chat.office):
        raise Missing
    return chat
