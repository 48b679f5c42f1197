"""
What is slow the first time, done before anybody waits for it: the index of questions with its dictionary of word forms
(0.5 s), the production calendar (0.3 s). In a thread, after the first words to this process: who begins presses buttons
first, and a process nobody speaks to stays small (these are 30 MB).
"""

import asyncio
from collections.abc import Callable

from bot.booking import calendar
from bot.clock import Clock
from bot.texts.schema import Content
from bot.timer import Timer

ANSWERED_S = 1.0  # the first answer goes before


async def warm(
    stop: asyncio.Event, used: asyncio.Event, timer: Timer, clock: Clock, content: Callable[[], Content]
) -> None:
    """Once, soon after `used` is set; returns when told to stop."""
    ends = [asyncio.create_task(event.wait()) for event in (stop, used)]
    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    for end in ends:
        end.cancel()
    await timer.wait(stop, ANSWERED_S)
    if not stop.is_set():
        await asyncio.to_thread(load, content(), clock.now().year)
    await stop.wait()


def load(content: Content, year: int) -> None:
    """Blocks for a second; for threads."""
    content.matcher.prepare()
    calendar.load(year)
