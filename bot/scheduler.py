"""
What happens by itself: one active process of all does it at fixed intervals.

    candidate -- elected --> ticking -- election lost --> candidate

The intervals are measured by a clock that never jumps: a scheduler that plans its next run on the wall clock falls
silent for two hours when that is set back by two hours. What is due is judged by the wall clock at each tick.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog

from bot.telemetry import alarm
from bot.timer import LoopTimer, Timer
from storage.database import Database
from storage.errors import Unavailable
from storage.locks import Election

log = structlog.get_logger()

DUTY = "scheduler"
ELECT_S = 2.0


@dataclass(frozen=True, slots=True)
class Tick:
    """work is done every so many seconds, the first time at once. name: for alarms. It may raise anything."""

    name: str
    every_s: float
    work: Callable[[], Awaitable[object]]


async def ticking(tick: Tick, stop: asyncio.Event, timer: Timer) -> None:
    """Until `stop`. A failure is told once, until the tick succeeds again; Unavailable is told by others already."""
    is_told = False
    while not stop.is_set():
        try:
            await tick.work()
            is_told = False
        except Exception as error:
            if not is_told and not isinstance(error, Unavailable):
                alarm("tick_failed", tick=tick.name, error=type(error).__name__)
                log.error("tick_failed", tick=tick.name, exc_info=error)
            elif not is_told:
                log.warning("tick_waits", tick=tick.name)
            is_told = True
        await timer.wait(stop, tick.every_s)


class Scheduler:
    """Does the ticks, each beside the others, while it is elected."""

    def __init__(self, database: Database, ticks: Sequence[Tick], *, timer: Timer | None = None) -> None:
        self.is_active = False
        self._database = database
        self._ticks = ticks
        self._timer = timer or LoopTimer()

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; a tick in hand is finished. Nothing it does raises."""
        election = self._database.elect(DUTY)
        while not stop.is_set():
            is_held = False
            with suppress(Unavailable):
                is_held = await election.acquire()
            if not is_held:
                await self._timer.wait(stop, ELECT_S)
                continue
            self.is_active = True
            log.info("scheduler_active")
            try:
                await self._serve(stop, election)
            finally:
                self.is_active = False
                await election.release()

    async def _serve(self, stop: asyncio.Event, election: Election) -> None:
        over = asyncio.Event()
        work = [asyncio.create_task(ticking(tick, over, self._timer)) for tick in self._ticks]
        ends = [asyncio.create_task(_set(event)) for event in (stop, election.lost)]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            over.set()
            if election.lost.is_set():  # another process may be at it already
                for task in work:
                    task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
        finally:
            for task in (*ends, *work):
                task.cancel()
            await asyncio.gather(*ends, *work, return_exceptions=True)


async def _set(event: asyncio.Event) -> None:
    await event.wait()
