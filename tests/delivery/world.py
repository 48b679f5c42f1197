"""
Time for delivery tests: a clock and a timer that pass only when the test says so, and as far as everybody sleeps.

`World.play` drives a sender or poller through simulated minutes: while anything can run it runs, for real, database
included; when all wait for the timer, time leaps to the next moment somebody waits for.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Any

Rest = Callable[[], Awaitable[bool]]  # true when there was something to wait for
START = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # Monday, 12:00 in Barnaul
SETTLED = 12  # rounds of the loop in which nothing may change before time leaps


async def nothing_else() -> bool:
    """The rest of who works in this loop alone."""
    return False


class World:
    """Clock and Timer in one. Wall clock and timer run together."""

    def __init__(self, start: datetime = START) -> None:
        self._start = start
        self._now = 0.0
        self._number = count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._changes = 0
        self._is_playing = False

    # Clock and Timer

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._now)

    def time(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Outside a play nobody lets time pass, so it passes by itself."""
        self._changes += 1
        if not self._is_playing:
            self._now += max(seconds, 0.0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(self._sleepers, (self._now + max(seconds, 0.0), next(self._number), future))
        try:
            await future
        finally:
            self._changes += 1

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        waiters = [asyncio.ensure_future(self.sleep(seconds)), asyncio.ensure_future(event.wait())]
        try:
            await asyncio.wait(waiters, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._changes += 1
            for waiter in waiters:
                waiter.cancel()
            await asyncio.gather(*waiters, return_exceptions=True)

    # The test's hand

    def move(self, **by: float) -> None:
        """Let time pass at once, whoever sleeps: for tests that run one cycle at a time."""
        self._now += timedelta(**by).total_seconds()

    async def settle(self, rest: Rest) -> None:
        """Let everything run that can run now. rest: waits for work outside this loop (a database's thread)."""
        quiet_rounds, seen = 0, self._changes
        while quiet_rounds < SETTLED:
            await asyncio.sleep(0)
            quiet_rounds = 0 if await rest() or seen != self._changes else quiet_rounds + 1
            seen = self._changes

    async def play(
        self,
        run: Coroutine[Any, Any, None],
        stop: asyncio.Event,
        *,
        seconds: float,
        rest: Rest,
        events: list[tuple[float, Callable[[], Awaitable[None]]]] | None = None,
        until: Callable[[], bool] | None = None,
    ) -> None:
        """
        Run `run` through so many seconds, then set stop and wait for its end.

        events: (second from now, what happens then), in order. until: ends the play early, asked whenever time leaps.
        """
        begin, waiting = self._now, list(events or ())
        self._is_playing = True
        task = asyncio.create_task(run)
        try:
            while not task.done():
                await self.settle(rest)
                while self._sleepers and self._sleepers[0][2].done():
                    heappop(self._sleepers)
                moments = [begin + seconds]
                if self._sleepers:
                    moments.append(self._sleepers[0][0])
                if waiting:
                    moments.append(begin + waiting[0][0])
                self._now = max(self._now, min(moments))
                if self._now >= begin + seconds or (until is not None and not waiting and until()):
                    break
                while waiting and begin + waiting[0][0] <= self._now:
                    await waiting.pop(0)[1]()
                self._wake()
            stop.set()
            while not task.done():
                await self.settle(rest)
                if self._sleepers:
                    self._now = max(self._now, self._sleepers[0][0])
                    self._wake()
            await task
        finally:
            self._is_playing = False
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def _wake(self) -> None:
        while self._sleepers and self._sleepers[0][0] <= self._now:
            _, _, future = heappop(self._sleepers)
            if not future.done():
                future.set_result(None)
