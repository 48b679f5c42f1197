"""
What happens by itself: one active process of all does it at fixed intervals.

    candidate -- elected --> ticking -- election lost --> candidate

APScheduler only ticks: what is due is judged by the work itself, from rows, at each tick. It plans its next run on the
wall clock and would fall silent for two hours when that is set back by two hours; a clock that jumps is noticed here
within a second by one that never does, and every tick runs at once.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.telemetry import alarm
from bot.timer import LoopTimer, Timer
from storage.database import Database
from storage.errors import Unavailable
from storage.locks import Election

log = structlog.get_logger()

DUTY = "scheduler"
ELECT_S = 2.0
LOOK_S = 1.0
JUMP_S = 2.0


@dataclass(frozen=True, slots=True)
class Tick:
    """work is done every so many seconds, the first time at once. name: for alarms. It may raise anything."""

    name: str
    every_s: float
    work: Callable[[], Awaitable[object]]


class Ticker:
    """Does the ticks, each beside the others and never twice at once. offset_s: wall clock minus a steady one."""

    def __init__(self, ticks: Sequence[Tick], *, offset_s: Callable[[], float] | None = None) -> None:
        self._ticks = ticks
        self._offset_s = offset_s or (lambda: time.time() - time.monotonic())
        self._told: set[str] = set()
        self._in_hand: set[asyncio.Task[object]] = set()

    async def run(self, ends: Sequence[asyncio.Event], *, look_s: float = LOOK_S) -> None:
        """Until one of the events is set; ticks in hand are finished."""
        defaults = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
        scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)
        for tick in self._ticks:
            scheduler.add_job(
                self._do, "interval", (tick,), seconds=tick.every_s, id=tick.name, next_run_time=datetime.now(UTC)
            )
        scheduler.start()
        ended = [asyncio.create_task(event.wait()) for event in ends]
        try:
            await self._watch(scheduler, ended, look_s)
            scheduler.pause()
            await asyncio.gather(*self._in_hand, return_exceptions=True)
        finally:
            scheduler.shutdown(wait=False)
            for waiting in ended:
                waiting.cancel()
            await asyncio.gather(*ended, return_exceptions=True)

    async def _watch(self, scheduler: AsyncIOScheduler, ended: Sequence[asyncio.Task[object]], look_s: float) -> None:
        offset_s = self._offset_s()
        while not any(waiting.done() for waiting in ended):
            await asyncio.wait(ended, timeout=look_s, return_when=asyncio.FIRST_COMPLETED)
            jumped_s, offset_s = self._offset_s() - offset_s, self._offset_s()
            if abs(jumped_s) > JUMP_S:
                log.warning("clock_jumped", seconds=round(jumped_s))
                for job in scheduler.get_jobs():
                    job.modify(next_run_time=datetime.now(UTC))

    async def _do(self, tick: Tick) -> None:
        """A failure is told once, until the tick succeeds again; Unavailable is told by others already."""
        task = asyncio.current_task()
        assert task is not None
        self._in_hand.add(task)
        try:
            await tick.work()
            self._told.discard(tick.name)
        except Exception as error:
            self._failed(tick, error)
        finally:
            self._in_hand.discard(task)

    def _failed(self, tick: Tick, error: Exception) -> None:
        if tick.name in self._told:
            return
        self._told.add(tick.name)
        if isinstance(error, Unavailable):
            log.warning("tick_waits", tick=tick.name)
            return
        alarm("tick_failed", tick=tick.name, error=type(error).__name__)
        log.error("tick_failed", tick=tick.name, exc_info=error)


class Scheduler:
    """Ticks while it is elected."""

    def __init__(self, database: Database, ticks: Sequence[Tick], *, timer: Timer | None = None) -> None:
        self.is_active = False
        self._database = database
        self._ticker = Ticker(ticks)
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
        work = asyncio.create_task(self._ticker.run([stop, election.lost]))
        lost = asyncio.create_task(election.lost.wait())
        try:
            await asyncio.wait((work, lost), return_when=asyncio.FIRST_COMPLETED)
            if not lost.done():
                await work  # another process is not at it yet
        finally:
            for task in (work, lost):
                task.cancel()
            await asyncio.gather(work, lost, return_exceptions=True)
