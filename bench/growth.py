"""
What a turn costs when content and citizens are many, against few.

Two processes, each with its own SQLite database and content, take turns: stored, decided, written, leased and marked as
sent, without a network. So the work of the platforms, which never grows, does not hide what does.

python -m bench.growth FOLDER STEPS CITIZENS TURNS: prints "ready", then microseconds and CPU microseconds per turn for
each line it is given
"""

import asyncio
import random
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from bench import journeys, people
from bench.child import Child
from bench.machine import SUBJECT, Noise
from bench.product import CONTENT, SECRET
from bench.report import Row, most, row, spread
from bot.channels.port import Limits
from bot.clock import SystemClock
from bot.engine.runner import BATCH, Runner
from bot.engine.taken import Surface
from bot.flows import FLOWS
from bot.inbox import arrival
from bot.messages import Address, Incoming, Kind
from bot.texts.load import load
from storage.database import Database, open_database
from storage.records import Arrival

SMALL = (50, 1_000)
TEXTS = ("/menu", "/plan", "/ask", "1", "3", "слова, которых никто не ждал")
FIRST_CHAT = 10_000_000
POLLED = 100  # updates of one poll


def measure(folder: Path, noise: Noise, *, runs: int, steps: int, citizens: int, turns: int) -> list[Row]:
    """One row: the large installation against the small one."""
    with ExitStack() as stack:
        sides = []
        for name, size in (("small", SMALL), ("large", (steps, citizens))):
            own = folder / f"growth-{name}"
            own.mkdir()
            arguments = ["-m", "bench.growth", str(own), *map(str, size), str(turns)]
            sides.append(stack.enter_context(Child(f"growth-{name}", arguments, own, core=SUBJECT, talks=True)))
        for side in sides:
            side.line()  # ready
        costs: list[list[float]] = [[], []]
        spent: list[list[float]] = [[], []]
        for number in range(runs + 1):
            noise.wait()
            for index, side in enumerate(sides):
                side.tell("go")
                took, cpu = map(float, side.line().split())
                if number:  # the first round warms up
                    costs[index].append(took)
                    spent[index].append(cpu)
            if number:
                print(f"  {costs[0][-1]:.0f} µs a turn, large {costs[1][-1]:.0f} µs", flush=True)
    ratios = [large / small for small, large in zip(*costs, strict=True)]
    what = f"turn cost with {steps} content steps / {citizens} citizens against {SMALL[0]} / {SMALL[1]}"
    measured = (
        f"{spread(ratios)} × ({statistics.median(costs[1]):.0f} against {statistics.median(costs[0]):.0f} µs; "
        f"CPU {statistics.median(spent[1]):.0f} against {statistics.median(spent[0]):.0f} µs)"
    )
    return [row(what, most(1.3, "≤ 1.3 ×"), most(1.1, "≤ 1.1 ×"), statistics.median(ratios), measured)]


async def serve(folder: Path, steps: int, citizens: int, turns: int) -> None:
    """One side: fills its database, then measures as often as told."""
    clock = SystemClock()
    database = await open_database(f"sqlite:///{folder / 'bot.db'}", [SECRET])
    chats = [str(FIRST_CHAT + number) for number in range(citizens)]
    await people.settle(database, chats, clock.now(), is_active=True)
    content = load(journeys.content_files(CONTENT, steps), FLOWS.needs())
    runner = Runner(database, FLOWS, lambda: content, {"telegram": Surface(Limits(bottom_keyboard=True))}, clock)
    order, chosen = 1, random.Random(steps)
    print("ready", flush=True)
    for _ in sys.stdin:
        incoming = [_incoming(chosen.choice(chats), order + n) for n in range(turns)]
        order += turns
        begun, worked = time.perf_counter(), time.process_time()
        for start in range(0, turns, POLLED):
            async with database.write() as tx:
                await tx.inbox.store(incoming[start : start + POLLED], now=clock.now())
            while await runner.run_once():
                pass
            await _send_all(database, clock)
        took, cpu = time.perf_counter() - begun, time.process_time() - worked
        print(f"{took / turns * 1e6:.1f} {cpu / turns * 1e6:.1f}", flush=True)
    await database.close()


async def _send_all(database: Database, clock: SystemClock) -> None:
    leased: Sequence[object] = [None]
    while leased:
        async with database.write() as tx:
            parts = await tx.outbox.lease("telegram", now=clock.now(), limit=BATCH)
            await tx.outbox.sent([(part.number, "1") for part in parts], now=clock.now())
            leased = parts


def _incoming(chat: str, order: int) -> Arrival:
    text = TEXTS[order % len(TEXTS)]
    return arrival(Incoming(str(order), Address("telegram", chat), Kind.TEXT, order=order, text=text))


if __name__ == "__main__":
    where, *numbers = sys.argv[1:]
    asyncio.run(serve(Path(where), *map(int, numbers)))
