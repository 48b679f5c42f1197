"""
The words of the bot: which edition is in force, what keeps the files out, what must be confirmed, the way back.

Nothing is edited here: admins edit files, and whoever writes them sees them with `preview`.
"""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta

from litestar.handlers import HTTPRouteHandler

from bot.accounts.roles import Right, actor
from bot.history import NoEdition, history, roll_back
from bot.texts import render
from bot.texts.doubts import doubts
from bot.texts.load import look
from bot.texts.mistakes import BadContent, Mistake
from bot.texts.packed import Unreadable, unpack
from bot.web.console.desk import Desk
from bot.web.console.visit import Answer, Missing, Visit
from storage.records import Edition

ACTS_SHOWN = 12
FILES_SHOWN = 4
ASKED_WITHIN, ASKED_SHOWN = timedelta(days=30), 100


class Doubts:
    """What an edition leaves to be confirmed, found once per edition and day: it means reading every file."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._found: tuple[tuple[int, date], Sequence[Mistake]] | None = None
        self._busy = asyncio.Lock()

    async def of(self, edition: Edition, today: date) -> Sequence[Mistake]:
        """In a thread, so that citizens wait for none of it. Raises Unreadable."""
        async with self._busy:
            wanted = (edition.number, today)
            if self._found is None or self._found[0] != wanted:
                self._found = (wanted, await asyncio.to_thread(self._look, edition.files, today))
            return self._found[1]

    def _look(self, files: bytes, today: date) -> Sequence[Mistake]:
        return doubts(look(unpack(files), {}, self._root), today)


def routes(desk: Desk) -> Sequence[HTTPRouteHandler]:
    found = Doubts(str(desk.parts.content_dir))

    @desk.page("/content", Right.CONTENT)
    async def content(visit: Visit) -> Answer:
        async with desk.database.read() as tx:
            files = await tx.editions.files()
            acts = await tx.editions.log(limit=1)
            names = {actor(person.id): person.name for person in await tx.staff.all()}
        return await visit.html(
            "content.html",
            act=acts[0] if acts else None,
            files=files,
            names=names,
            folder=str(desk.parts.content_dir),
            has_chat=desk.parts.has_chat,
        )

    @desk.page("/content/doubts", Right.CONTENT)
    async def doubtful(visit: Visit) -> Answer:
        async with desk.database.read() as tx:
            edition = await tx.editions.in_force()
        today = render.local(desk.clock.now(), visit.office.timezone).date()
        try:
            listed = await found.of(edition, today) if edition is not None else ()
        except Unreadable:
            listed = ()
        if "hx-request" in visit.request.headers:
            return await visit.part("content_doubts_list.html", doubts=listed)
        return await visit.html("content_doubts.html", doubts=listed)

    @desk.page("/content/unanswered", Right.CONTENT)
    async def unanswered(visit: Visit) -> Answer:
        async with desk.database.read() as tx:
            rows = await tx.unanswered.since(desk.clock.now() - ASKED_WITHIN, limit=ASKED_SHOWN)
        return await visit.html("content_unanswered.html", rows=rows, days=ASKED_WITHIN.days)

    @desk.act("/content/unanswered/{find:str}/drop", Right.CONTENT)
    async def dealt_with(visit: Visit) -> Answer:
        async with desk.database.write() as tx:
            await tx.unanswered.drop(visit.path("find"))
            await visit.note(tx, "question_dropped", "")
        return visit.to("/content/unanswered", said="question_dropped")

    @desk.page("/content/history", Right.CONTENT)
    async def editions(visit: Visit) -> Answer:
        changes = await history(desk.database, limit=ACTS_SHOWN)
        async with desk.database.read() as tx:
            names = {actor(person.id): person.name for person in await tx.staff.all()}
        return await visit.html(
            "content_history.html",
            changes=changes,
            names=names,
            files_shown=FILES_SHOWN,
            may_roll_back=_may_roll_back(visit),
            in_force=changes[0].act.number if changes else None,
        )

    @desk.page("/content/rollback/{number:int}", Right.ROLL_BACK)
    async def asked(visit: Visit) -> Answer:
        return await _confirm(visit, visit.path("number"))

    @desk.act("/content/rollback/{number:int}", Right.ROLL_BACK)
    async def rolled_back(visit: Visit) -> Answer:
        if not _may_roll_back(visit):
            raise Missing
        number = visit.path("number")
        try:
            await roll_back(
                desk.database,
                desk.clock,
                number,
                folder=desk.parts.content_dir,
                needs=dict(desk.parts.needs),
                actor=actor(visit.staff.id),
            )
        except NoEdition:
            raise Missing from None
        except (BadContent, Unreadable):
            return await _confirm(visit, number, wrong="edition_unfit")
        return visit.to("/content", said="rolled_back")

    return [content, doubtful, unanswered, dealt_with, editions, asked, rolled_back]


def _may_roll_back(visit: Visit) -> bool:
    """The words are the same in every office, so it takes somebody of every office."""
    return visit.may(Right.ROLL_BACK) and visit.staff.every_office


async def _confirm(visit: Visit, number: int, *, wrong: str = "") -> Answer:
    if not _may_roll_back(visit):
        raise Missing
    async with visit.desk.database.read() as tx:
        edition = await tx.editions.stored(number)
        now = await tx.editions.number_in_force()
    if edition is None or edition.number == now:
        raise Missing
    return await visit.html(
        "content_confirm.html", status=409 if wrong else 200, edition=edition, in_force=now, wrong=wrong
    )
