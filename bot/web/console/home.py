"""The first page: what waits, by page; what one's own entry still lacks."""

from collections.abc import Sequence

from litestar.handlers import HTTPRouteHandler

from bot.accounts.roles import Right
from bot.web.console.desk import Desk
from bot.web.console.leading import count_repeats
from bot.web.console.visit import Answer, Visit

RECOVERY_FEW = 3


def routes(desk: Desk) -> Sequence[HTTPRouteHandler]:
    @desk.page("", Right.OWN)
    async def home(visit: Visit) -> Answer:
        chrome = await visit.chrome()
        async with desk.database.read() as tx:
            left = await tx.staff.count_recovery(visit.staff.id)
            repeats = await count_repeats(visit, tx)
        has_few_codes = visit.staff.has_code and left < RECOVERY_FEW
        waiting = [item for item in chrome["nav"] if item["count"]]
        return await visit.html(
            "home.html", waiting=waiting, repeats=repeats, has_few_codes=has_few_codes, recovery_left=left
        )

    @desk.page("/pulse", Right.OWN)
    async def pulse(visit: Visit) -> Answer:
        """Navigation and banner of a page that is open, asked for again and again."""
        here = visit.query("here")
        chrome = await visit.chrome(here)
        return await visit.part("pulse.html", **chrome)

    return [home, pulse]
