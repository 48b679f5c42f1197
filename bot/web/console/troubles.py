"""What went wrong in any process of the bot, until somebody has seen it."""

from collections.abc import Sequence

from litestar.handlers import HTTPRouteHandler

from bot.accounts.roles import Right
from bot.web.console.banner import SHOWN_FOR
from bot.web.console.desk import Desk
from bot.web.console.visit import Answer, Visit


def routes(desk: Desk) -> Sequence[HTTPRouteHandler]:
    @desk.page("/troubles", Right.LETTERS)
    async def alarms(visit: Visit) -> Answer:
        async with desk.database.read() as tx:
            found = await tx.troubles.unseen(since=desk.clock.now() - SHOWN_FOR)
        return await visit.html("troubles.html", alarms=found)

    @desk.act("/troubles/seen", Right.LETTERS)
    async def seen(visit: Visit) -> Answer:
        async with desk.database.write() as tx:
            await tx.troubles.seen(now=desk.clock.now())
            await visit.note(tx, "troubles_seen", "")
        return visit.to("/troubles", said="troubles_seen")

    return [alarms, seen]
