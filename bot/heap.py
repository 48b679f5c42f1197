"""
The garbage collector's share of a citizen's wait.

What is loaded at the start lives for ever, yet every full collection looks through it: 0.15 s with one messenger's
library, in which nobody is answered, and a quarter of a turn's time in all (measured). So after the start it is set
aside, and the rest is looked through less often: ours has few cycles, and 100 000 objects are a few megabytes. The
youngest are looked through often and in small heaps: 10 000 of them at once are 2 ms in which somebody waits.
"""

import asyncio
import gc

from bot.timer import Timer

YOUNG, MIDDLE = 1_500, 70  # new objects before a look at the youngest, such looks before a longer one; usual: 700, 10
SETTLED_S = (3.0, 7.0, 50.0)  # libraries are loaded in the first seconds, each channel's when it is opened


def begin() -> None:
    """At the start of a process: the loading itself makes nothing but objects that stay."""
    gc.set_threshold(YOUNG, MIDDLE, gc.get_threshold()[2])


async def settle(stop: asyncio.Event, timer: Timer) -> None:
    """Set aside what stays, a few times after the start; returns when told to stop."""
    for pause_s in SETTLED_S:
        await timer.wait(stop, pause_s)
        if stop.is_set():
            return
        gc.collect()
        gc.freeze()
    await stop.wait()
