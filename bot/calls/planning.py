"""
The list of calls is made: once a day for every office, and within seconds of what happens between.

    a morning of an office   --> everybody who has agreed, page by page --> judged --> planned
    something has happened   --> those it happened to ------------------^
    nobody needs to call any more --> the call is closed

Events are found by what they left in the database, not told by whoever wrote it: nothing that happened while this was
not running is missed, and no turn of a citizen waits for it. Planned twice, a call is one.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from bot.calls.reasons import Terms, asks_again, reasons_of
from bot.texts import render
from bot.texts.schema import Content
from storage.call_records import Callee, PlannedCall, Reason
from storage.database import Database, Transaction

PAGE, AT_ONCE = 500, 100  # judged in one read; written in one transaction: turns of citizens wait for it
FRESH = timedelta(days=3)  # of visits; older ones are the morning's
BY_CALENDAR = (Reason.FIRST_DAYS, Reason.INTERVAL, Reason.QUIET)


class Planning:
    """channels: those where staff may write to citizens."""

    def __init__(self, database: Database, content: Content, channels: Collection[str]) -> None:
        self._database = database
        self._content = content
        self._channels = channels

    async def happened(self, now: datetime) -> int:
        """What has happened since the last look; returns how many calls were planned. Raises Unavailable."""
        async with self._database.write() as tx:
            await tx.calls.settle(now=now)
        repeats = self._content.rules.booking.repeats_to_lead
        async with self._database.read() as tx:
            ids = await tx.calls.fresh(now=now, since=now - FRESH, repeats=repeats, limit=PAGE)
            wanted = await self._judged(tx, ids, now)
        return await self._write(wanted, now)

    async def mornings(self, now: datetime) -> int:
        """The day's list of every office where its hour has come, once a day; returns how many calls were planned."""
        planned = 0
        for office in ("", *self._content.offices):
            local = render.local(now, self._content.office(office).timezone)
            if local.hour < self._content.rules.calls.hour:
                continue
            day = local.date().isoformat()
            async with self._database.read() as tx:
                if await tx.calls.is_made(office, day):
                    continue
            planned += await self._office(office, now)
            async with self._database.write() as tx:  # last: a list broken off in the middle is made again
                await tx.calls.made(office, day)
        return planned

    async def _office(self, office: str, now: datetime) -> int:
        planned, after = 0, ""
        while True:
            async with self._database.read() as tx:
                ids = await tx.calls.ids(office, after=after, limit=PAGE)
                wanted = await self._judged(tx, ids, now)
            planned += await self._write(wanted, now)
            if len(ids) < PAGE:
                return planned
            after = ids[-1]

    async def _judged(self, tx: Transaction, ids: Sequence[str], now: datetime) -> list[tuple[Callee, PlannedCall]]:
        people = await tx.calls.people(ids, now=now) if ids else {}
        found = [(one, call) for one in people.values() for call in reasons_of(one, self._terms(one.office, now))]
        unwritten = {one.citizen_id for one, call in found if call.reason in BY_CALENDAR and not self._is_written(one)}
        phones = await tx.calls.phones(sorted(unwritten)) if unwritten else {}
        return [(one, call) for one, call in found if one.citizen_id not in unwritten or one.citizen_id in phones]

    def _terms(self, office: str, now: datetime) -> Terms:
        rules = self._content.rules
        return Terms(rules.calls, rules.booking.repeats_to_lead, self._content.office(office).timezone, now)

    def _is_written(self, callee: Callee) -> bool:
        return callee.is_reachable and callee.channel in self._channels

    async def _write(self, wanted: Sequence[tuple[Callee, PlannedCall]], now: datetime) -> int:
        planned = 0
        for start in range(0, len(wanted), AT_ONCE):
            async with self._database.write() as tx:
                for callee, call in wanted[start : start + AT_ONCE]:
                    if asks_again(callee):
                        await tx.calls.switch(callee.citizen_id, is_wanted=True, now=now)
                    planned += await tx.calls.plan(call, now=now)
                tx.notify("desk")
        return planned
