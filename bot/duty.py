"""
The duty of one channel: of all processes one opens it, sends, and receives or keeps the webhook.

    candidate -- elected --> opening --> sending and receiving -- election lost, stop --> candidate
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from random import Random

from bot.channels.port import Broken, Channel, SendError
from bot.clock import Clock
from bot.delivery.standing import Standing
from bot.delivery.subscription import Subscription
from bot.inbox import Inbox
from bot.outbox import Sender
from bot.polling import Poller
from bot.telemetry import alarm
from bot.texts.schema import Content
from bot.timer import LoopTimer, Timer
from storage.database import Database
from storage.errors import Unavailable
from storage.locks import Election

ELECT_S = 2.0
OPEN_S, OPEN_MAX_S = 1.0, 30.0
BROKEN_S = 60.0
AGAIN_S = 5.0
SIDE = "open"


class Duty:
    """
    webhook: (url, secret); None polls. account: see Poller. only_informs: see Sender.

    `standing` says how the channel does here, `sender` takes along what turns of this process plan. The channel is
    closed by whoever made it.
    """

    def __init__(
        self,
        channel: Channel,
        inbox: Inbox,
        database: Database,
        clock: Clock,
        content: Callable[[], Content],
        *,
        webhook: tuple[str, str] | None = None,
        account: str = "",
        only_informs: bool = False,
        timer: Timer | None = None,
        random: Random | None = None,
    ) -> None:
        self.standing = Standing(channel.name)
        self._channel = channel
        self._database = database
        self._timer = timer or LoopTimer()
        self.sender = Sender(
            channel,
            database,
            clock,
            content,
            standing=self.standing,
            timer=self._timer,
            random=random,
            only_informs=only_informs,
        )
        self._receiver: Poller | Subscription
        if webhook is None:
            self._receiver = Poller(
                channel,
                inbox,
                database,
                clock,
                account=account,
                standing=self.standing,
                timer=self._timer,
                random=random,
            )
        else:
            self._receiver = Subscription(channel, *webhook, standing=self.standing, timer=self._timer)

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`. Sends under way are waited for. Nothing it does raises."""
        election = self._database.elect(f"sender:{self._channel.name}")
        while not stop.is_set():
            is_held = False
            with suppress(Unavailable):
                is_held = await election.acquire()
            if not is_held:
                await self._timer.wait(stop, ELECT_S)
                continue
            try:
                await self._serve(stop, election)
            except Exception as error:
                alarm("duty_failed", channel=self._channel.name, error=type(error).__name__)
                await self._timer.wait(stop, AGAIN_S)
            finally:
                self.standing.idle()
                await election.release()

    async def _serve(self, stop: asyncio.Event, election: Election) -> None:
        over = asyncio.Event()
        watchers = [asyncio.create_task(_either(event, over)) for event in (stop, election.lost)]
        try:
            await self._open(over)
            if over.is_set():
                return
            async with asyncio.TaskGroup() as group:
                group.create_task(self.sender.run(over, election.lost))
                group.create_task(self._receiver.run(over))
        finally:
            for watcher in watchers:
                watcher.cancel()
            await asyncio.gather(*watchers, return_exceptions=True)

    async def _open(self, over: asyncio.Event) -> None:
        pause_s = OPEN_S
        while not over.is_set():
            try:
                await _unless(over, self._channel.open())
            except Broken as error:
                self.standing.down(SIDE, str(error))
                await self._timer.wait(over, BROKEN_S)
            except SendError:
                self.standing.down(SIDE, "no answer")
                await self._timer.wait(over, pause_s)
                pause_s = min(pause_s * 2, OPEN_MAX_S)
            else:
                self.standing.up(SIDE)
                return


async def _unless(over: asyncio.Event, work: Coroutine[None, None, None]) -> None:
    """Do the work, or break it off when it is over."""
    tasks = [asyncio.ensure_future(work), asyncio.create_task(_wait(over))]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if tasks[0].done():
            tasks[0].result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _wait(event: asyncio.Event) -> None:
    await event.wait()


async def _either(event: asyncio.Event, over: asyncio.Event) -> None:
    await event.wait()
    over.set()
