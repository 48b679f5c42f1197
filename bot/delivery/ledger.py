"""What the sender of a channel writes about outgoing parts: their fates, and the traces of a process that died."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.delivery.fate import Again, Cancelled, Dead, Fate, Sent, uncertain
from storage.database import Database, Transaction
from storage.installation import Epoch
from storage.records import Leased

log = structlog.get_logger()

Result = tuple[Leased, Fate]


class Ledger:
    def __init__(self, channel: str, database: Database, clock: Clock, *, is_idempotent: bool) -> None:
        self._channel = channel
        self._database = database
        self._clock = clock
        self._is_idempotent = is_idempotent

    async def recover(self) -> Epoch:
        """
        Decide about parts that a dead process had under way; gives the epoch that numbers are counted in.

        Before the first lease only: later such parts are one's own. Raises Unavailable.
        """
        now = self._clock.now()
        again: list[tuple[int, datetime, bool, str]] = []
        dead: list[tuple[int, str]] = []
        async with self._database.write() as tx:
            epoch = await tx.installation.epoch(now=now)
            for number, lane, is_repeat in await tx.outbox.in_flight(self._channel):
                match uncertain(lane, is_repeat=is_repeat, is_idempotent=self._is_idempotent):
                    case Dead(reason):
                        dead.append((number, reason))
                    case Again(wait_s, _, reason):
                        again.append((number, now + timedelta(seconds=wait_s), True, reason))
                    case None:
                        again.append((number, now, True, "uncertain"))
            await tx.outbox.again(again)
            await tx.outbox.bury(dead, now=now)
        if again or dead:
            log.warning("uncertain_sends", channel=self._channel, again=len(again), dead=len(dead))
        return epoch

    async def release(self, tx: Transaction, known: Collection[int]) -> None:
        """
        Put back what a transaction of unknown outcome leased: none of it was begun.

        known: numbers under way, or whose result is not stored yet.
        """
        rows = await tx.outbox.in_flight(self._channel)
        now = self._clock.now()
        await tx.outbox.put_back([(number, now) for number, _, _ in rows if number not in known])

    async def store(self, tx: Transaction, results: Sequence[Result]) -> None:
        """Write results; storing them twice changes nothing. A citizen who left takes along what waits for them."""
        now = self._clock.now()
        outbox = tx.outbox
        await outbox.sent([(part.number, fate.id) for part, fate in results if isinstance(fate, Sent)], now=now)
        await outbox.again(
            [
                (part.number, now + timedelta(seconds=fate.wait_s), fate.is_repeat, fate.reason)
                for part, fate in results
                if isinstance(fate, Again)
            ]
        )
        await outbox.bury([(part.number, fate.reason) for part, fate in results if isinstance(fate, Dead)], now=now)
        left = [part for part, fate in results if isinstance(fate, Cancelled)]
        if not left:
            return
        await outbox.cancel([(part.number, "blocked") for part in left], now=now)
        finds = [self._database.cipher.find("address", part.channel, part.chat) for part in left]
        await tx.citizens.mark_reachable([(self._channel, find, False) for find in finds], now=now)
        for find in finds:
            await outbox.blocked(self._channel, find, now=now)
