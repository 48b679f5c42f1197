"""What waits for the lead of the reception: people invited again and again without result, until a lead has looked."""

from collections.abc import Collection, Sequence

from litestar.handlers import HTTPRouteHandler

from bot.accounts.roles import Right, actor
from bot.desk import repeats
from bot.web.console.desk import Desk
from bot.web.console.visit import Answer, Visit
from storage.database import Transaction


def routes(desk: Desk) -> Sequence[HTTPRouteHandler]:
    @desk.page("/visits/lead", Right.REPORTS)
    async def lead(visit: Visit) -> Answer:
        async with desk.database.read() as tx:
            found = await repeats.unseen(tx, desk.content(), _points(visit))
        if found:
            await visit.saw("repeats_read", f"visits {len(found)}")
        return await visit.html("visits_lead.html", found=found, roles=desk.content().roles)

    @desk.act("/visits/lead", Right.REPORTS)
    async def seen(visit: Visit) -> Answer:
        """Only those that stood on the page: a newer one stays."""
        ids = (await visit.form()).all("booking")
        who, now = actor(visit.staff.id), desk.clock.now()
        async with desk.database.write() as tx:
            count = await repeats.seen(tx, desk.content(), _points(visit), ids, actor=who, now=now)
        return visit.to("/visits/lead", said="repeats_seen" if count else "")

    return [lead, seen]


async def count_repeats(visit: Visit, tx: Transaction) -> int:
    """For the first page of who leads; 0 for everybody else."""
    if not visit.may(Right.REPORTS):
        return 0
    return len(await repeats.unseen(tx, visit.desk.content(), _points(visit)))


def _points(visit: Visit) -> Collection[str]:
    return {point.id for point in visit.desk.content().points.values() if visit.staff.sees(point.office)}
