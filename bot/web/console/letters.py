"""
What did not get through: messages to citizens that nobody could deliver, updates from citizens that nobody could take.

Nobody's words are shown: which message it was is told by the text it was made of, before anything is put in.
"""

from collections.abc import Sequence
from datetime import datetime

from litestar.handlers import HTTPRouteHandler

from bot.accounts.roles import Right
from bot.texts.schema import Content
from bot.web.console.desk import Desk
from bot.web.console.visit import Answer, Missing, Visit
from storage.database import Transaction
from storage.letters import DeadLetter, Parked
from storage.staff import StaffRow

SHOWN = 100
WORDS_CHARS = 90


async def waiting(tx: Transaction, staff: StaffRow, _: datetime) -> int:
    return await tx.letters.count(staff)


def routes(desk: Desk) -> Sequence[HTTPRouteHandler]:
    @desk.page("/letters", Right.LETTERS)
    async def letters(visit: Visit) -> Answer:
        async with desk.database.read() as tx:
            dead = await tx.letters.dead(visit.staff, limit=SHOWN + 1)
            parked = await tx.letters.parked(visit.staff, limit=SHOWN + 1)
        content = desk.content()
        return await visit.html(
            "letters.html",
            dead=dead[:SHOWN],
            parked=parked[:SHOWN],
            has_more=len(dead) > SHOWN or len(parked) > SHOWN,
            said_as={one.key: words_of(content, one.key) for one in dead},
            sendable=sum(one.can_leave for one in dead[:SHOWN]),
        )

    @desk.page("/letters/send", Right.LETTERS)
    async def ask_send_all(visit: Visit) -> Answer:
        async with desk.database.read() as tx:
            dead = await tx.letters.dead(visit.staff, limit=SHOWN)
        return await visit.html("letters_send.html", count=sum(one.can_leave for one in dead))

    @desk.act("/letters/send", Right.LETTERS)
    async def send_all(visit: Visit) -> Answer:
        async with desk.database.write() as tx:
            for one in await tx.letters.dead(visit.staff, limit=SHOWN):
                if one.can_leave and await tx.letters.send_again(one.number, now=desk.clock.now()):
                    await visit.note(tx, "letter_sent", f"letter:{one.number}")
            tx.notify("outbox")
        return visit.to("/letters", said="letter_sent")

    @desk.act("/letters/{number:int}/send", Right.LETTERS)
    async def send(visit: Visit) -> Answer:
        one = await _letter(visit)
        async with desk.database.write() as tx:
            is_sent = await tx.letters.send_again(one.number, now=desk.clock.now())
            if is_sent:
                await visit.note(tx, "letter_sent", f"letter:{one.number}")
                tx.notify("outbox")
        return visit.to("/letters", said="letter_sent" if is_sent else "letter_gone")

    @desk.page("/letters/{number:int}/drop", Right.LETTERS)
    async def ask_drop(visit: Visit) -> Answer:
        one = await _letter(visit)
        return await visit.html("letters_drop.html", letter=one, said_as=words_of(desk.content(), one.key))

    @desk.act("/letters/{number:int}/drop", Right.LETTERS)
    async def drop(visit: Visit) -> Answer:
        one = await _letter(visit)
        async with desk.database.write() as tx:
            is_dropped = await tx.letters.drop(one.number, now=desk.clock.now())
            if is_dropped:
                await visit.note(tx, "letter_dropped", f"letter:{one.number}")
        return visit.to("/letters", said="letter_dropped" if is_dropped else "letter_gone")

    @desk.act("/letters/updates/{number:int}/send", Right.LETTERS)
    async def again(visit: Visit) -> Answer:
        one = await _update(visit)
        async with desk.database.write() as tx:
            is_tried = await tx.letters.try_again(one.number)
            if is_tried:
                await visit.note(tx, "parked_again", f"update:{one.number}")
                tx.notify("inbox")
        return visit.to("/letters", said="parked_again" if is_tried else "letter_gone")

    @desk.page("/letters/updates/{number:int}/drop", Right.LETTERS)
    async def ask_drop_update(visit: Visit) -> Answer:
        return await visit.html("letters_drop.html", update=await _update(visit))

    @desk.act("/letters/updates/{number:int}/drop", Right.LETTERS)
    async def drop_update(visit: Visit) -> Answer:
        one = await _update(visit)
        async with desk.database.write() as tx:
            is_dropped = await tx.letters.drop_update(one.number, now=desk.clock.now())
            if is_dropped:
                await visit.note(tx, "parked_dropped", f"update:{one.number}")
        return visit.to("/letters", said="parked_dropped" if is_dropped else "letter_gone")

    return [letters, ask_send_all, send_all, send, ask_drop, drop, again, ask_drop_update, drop_update]


def words_of(content: Content, key: str) -> str:
    """How the message begins, as admins wrote it; "" for one that no text is behind."""
    text = content.texts.get(key)
    if text is None:
        return ""
    first = text.text.strip().partition("\n")[0]
    return first if len(first) <= WORDS_CHARS else f"{first[:WORDS_CHARS]}…"


async def _letter(visit: Visit) -> DeadLetter:
    async with visit.desk.database.read() as tx:
        one = await tx.letters.letter(visit.path("number"))
    if one is None:
        raise Missing
    visit.within(one.office)
    return one


async def _update(visit: Visit) -> Parked:
    async with visit.desk.database.read() as tx:
        one = await tx.letters.update(visit.path("number"))
    if one is None:
        raise Missing
    visit.within(one.office)
    return one
