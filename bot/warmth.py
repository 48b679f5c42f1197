"""
What is slow the first time, done before anybody waits for it: the index of questions with its dictionary of word forms
(0.5 s), the production calendar (0.3 s). In a thread, once the process answers: the start is no slower for it.
"""

import asyncio
from collections.abc import Callable

from bot.booking import calendar
from bot.clock import Clock
from bot.texts.schema import Content
from bot.timer import Timer

STARTED_S = 2.0  # first answers of a process that has just begun come before


async def warm(stop: asyncio.Event, timer: Timer, clock: Clock, content: Callable[[], Content]) -> None:
    """Once, soon after the start; returns when told to stop."""
    await timer.wait(stop, STARTED_S)
    if not stop.is_set():
        await asyncio.to_thread(load, content(), clock.now().year)
    await stop.wait()


def load(content: Content, year: int) -> None:
    """Blocks for a second; for threads."""
    content.matcher.prepare()
    calendar.load(year)
