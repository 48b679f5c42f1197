"""Time that passes, as opposed to the time of day (bot/clock.py): tests let it pass without waiting."""

import asyncio
from contextlib import suppress
from typing import Protocol


class Timer(Protocol):
    def time(self) -> float:
        """Seconds since some moment; never jumps, whatever is done to the wall clock."""

    async def sleep(self, seconds: float) -> None: ...

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        """Until the event is set or so many seconds are over."""


class LoopTimer:
    """The event loop's own time."""

    def time(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await event.wait()
