"""
Long polling: one round after the other, each confirmed only when it is stored.

    cursor --> poll --> updates --> stored together with the new cursor, one commit --> presses acknowledged --+
       ^                                                                                                       |
       +-------------------------------------------------------------------------------------------------------+
The platform forgets a round when the next one is asked for; so nothing is asked for while one can't be stored.
"""

import asyncio
from random import Random

import structlog

from bot.channels.port import Broken, Channel, Polled, ReceiveError, TwoPollers, Unreachable
from bot.clock import Clock
from bot.delivery.acknowledger import Acknowledger
from bot.delivery.standing import Standing
from bot.inbox import Inbox
from bot.telemetry import alarm
from bot.timer import LoopTimer, Timer
from storage.database import Database
from storage.errors import Unavailable

log = structlog.get_logger()

UNANSWERED_MOST = 400  # citizens whose replies are not sent
WAITING_MOST = 2000  # incomings without a turn
CHECK_S = 0.25  # how often both are counted
CROWDED_S = 0.25
PAUSE_S, PAUSE_MAX_S = 1.0, 30.0
BROKEN_S = 60.0
TWO_POLLERS_S = 15.0
STORE_S, STORE_MAX_S = 0.25, 5.0
FAILURES_TOLD = 3
QUICK_S = 0.05  # a round that gave nothing sooner than this is followed by a pause
SIDE = "receive"


class Poller:
    """
    Fetches what citizens write. Runs where the channel's sender runs.

    account: tells cursors apart when another bot's token is put in place of the first one's.
    """

    def __init__(
        self,
        channel: Channel,
        inbox: Inbox,
        database: Database,
        clock: Clock,
        *,
        account: str = "",
        standing: Standing | None = None,
        timer: Timer | None = None,
        random: Random | None = None,
    ) -> None:
        self.standing = standing or Standing(channel.name)
        self._channel = channel
        self._inbox = inbox
        self._database = database
        self._clock = clock
        self._account = account
        self._timer = timer or LoopTimer()
        self._random = random or Random()  # noqa: S311  jitter, no secret
        self._acknowledger = Acknowledger(channel)
        self._failures = 0
        self._checked_at = float("-inf")

    async def run(self, stop: asyncio.Event) -> None:
        """
        Until `stop`: a running poll is broken off; what it may have brought was not confirmed and comes again.

        Failures of the platform, the adapter and the database are waited for; raises only for a mistake of ours.
        """
        work = asyncio.create_task(self._run())
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait((work, stopped), return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                work.result()
        finally:
            for task in (work, stopped):
                task.cancel()
            await asyncio.gather(work, stopped, return_exceptions=True)
            await self._acknowledger.close()

    async def _run(self) -> None:
        cursor = await self._cursor()
        is_prepared = False
        while True:
            await self._make_room()
            try:
                if not is_prepared:
                    await self._channel.prepare_polling()
                    is_prepared = True
                begun = self._timer.time()
                polled = await self._channel.poll(cursor)
            except Exception as error:
                is_prepared = is_prepared and not isinstance(error, Broken | TwoPollers)
                await self._timer.sleep(self._refused(error))
                continue
            self._failures = 0
            self.standing.up(SIDE)
            is_idle = not polled.updates and polled.cursor == cursor
            if not is_idle:
                await self._store(polled)
                cursor = polled.cursor
            elif self._timer.time() - begun < QUICK_S:
                await self._timer.sleep(PAUSE_S)

    async def _store(self, polled: Polled) -> None:
        """Returns once it is stored, however long that takes."""
        if polled.lost:
            alarm("updates_lost", channel=self._channel.name)
        pause_s, is_told = STORE_S, False
        while True:
            try:
                heard = await self._inbox.take(self._channel, polled.updates, cursor=(self._account, polled.cursor))
            except Exception as error:
                if not is_told or not isinstance(error, Unavailable):
                    alarm("updates_not_stored", channel=self._channel.name, error=type(error).__name__)
                is_told = True
                await self._timer.sleep(pause_s)
                pause_s = min(pause_s * 2, STORE_MAX_S)
            else:
                self._acknowledger.soon(heard)
                return

    def _refused(self, error: Exception) -> float:
        """Seconds until the next try."""
        self._failures += 1
        if isinstance(error, Broken):
            self.standing.down(SIDE, str(error))
            return BROKEN_S
        if isinstance(error, TwoPollers):
            self.standing.down(SIDE, "somebody else polls with this token", what="two_pollers")
            return TWO_POLLERS_S
        if not isinstance(error, ReceiveError | Unreachable):
            alarm("channel_bug", channel=self._channel.name, error=type(error).__name__)
        log.info("poll_failed", channel=self._channel.name, error=type(error).__name__, failures=self._failures)
        if self._failures >= FAILURES_TOLD:
            self.standing.down(SIDE, "no answer")
        return self._random.uniform(PAUSE_S / 2, min(PAUSE_MAX_S, PAUSE_S * 2.0 ** min(self._failures - 1, 10)))

    async def _cursor(self) -> str:
        pause_s = STORE_S
        while True:
            try:
                async with self._database.read() as tx:
                    return await tx.inbox.cursor(self._channel.name, self._account)
            except Unavailable:
                await self._timer.sleep(pause_s)
                pause_s = min(pause_s * 2, STORE_MAX_S)

    async def _make_room(self) -> None:
        """Wait while too much waits for us: the platform keeps it better than we do."""
        if self._timer.time() - self._checked_at < CHECK_S:
            return
        is_told = False
        while await self._is_crowded():
            if not is_told:
                log.warning("polling_waits", channel=self._channel.name)
                is_told = True
            await self._timer.sleep(CROWDED_S)
        self._checked_at = self._timer.time()

    async def _is_crowded(self) -> bool:
        try:
            async with self._database.read() as tx:
                if await tx.outbox.unanswered(self._channel.name) > UNANSWERED_MOST:
                    return True
                waiting, _ = await tx.inbox.waiting()
                return waiting > WAITING_MOST
        except Unavailable:
            return True
