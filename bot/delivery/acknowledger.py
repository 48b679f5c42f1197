"""Press spinners stopped and "typing" shown, in the background: best effort, a flood drops the newest."""

import asyncio
from collections.abc import Sequence

import structlog

from bot.channels.port import Channel
from bot.messages import Incoming

log = structlog.get_logger()

AT_ONCE = 10
WAITING = 200
EACH_S = 10.0


class Acknowledger:
    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    def soon(self, heard: Sequence[Incoming]) -> None:
        """Acknowledge what is stored; returns at once."""
        for incoming in heard[: WAITING - len(self._tasks)]:
            task = asyncio.create_task(self._one(incoming))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _one(self, incoming: Incoming) -> None:
        try:
            async with self._gate, asyncio.timeout(EACH_S):
                await self._channel.acknowledge(incoming)
        except Exception as error:
            log.warning("not_acknowledged", channel=self._channel.name, error=type(error).__name__)

    async def close(self) -> None:
        """Drop what is not done yet."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
