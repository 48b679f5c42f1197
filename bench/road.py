"""
The whole road: an update in, a reply request out; stored, decided and sent, against a bot that keeps nothing.

All bots stand ready at once, each with an emulator of its own, and take turns: a burst each, then the next round. So
neighbours of one round share whatever else the machine does. A burst is over when the last reply has arrived.
"""

import statistics
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench import postgres, product
from bench.machine import Noise
from bench.platform import FIRST_CHAT
from bench.product import Bot
from bench.report import Row, least, most, percentile, row, spread

TEXT = "/menu"
BURST_S = 60.0
LIGHT_PER_S = 50
LIGHT_CHATS = 200
CONNECTIONS = 40  # parallel webhook deliveries, Telegram's default; the product asks for what it needs itself
WORKERS = ("scheduler", "sender", "worker", "worker")


@dataclass
class Case:
    """A bot and what was measured of it, round by round."""

    bot: Bot
    per_s: list[float] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)
    p50_ms: list[float] = field(default_factory=list)
    p99_ms: list[float] = field(default_factory=list)


def measure(folder: Path, noise: Noise, *, runs: int, chats: int, each: int, light_s: float) -> list[Row]:
    """chats: citizens who write `each` times in one burst. light_s: seconds of light load in each round."""
    with ExitStack() as stack:
        cases = _cases(stack, folder)
        for case in cases.values():
            _burst(case.bot, chats, 1)  # everybody is known
        for _ in range(runs):
            for name, case in cases.items():
                noise.wait()
                per_s, cpu_us = _burst(case.bot, chats, each)
                case.per_s.append(per_s)
                case.cpu_us.append(cpu_us)
                print(f"  {name}: {per_s:.0f}/s, {cpu_us:.0f} µs of CPU", flush=True)
        for _ in range(runs):
            for name in ("bare-polling", "sqlite-polling", "bare-webhook", "sqlite-webhook"):
                noise.wait()
                case = cases[name]
                waits = _light(case.bot, light_s)
                case.p50_ms.append(percentile(waits, 0.5) * 1000)
                case.p99_ms.append(percentile(waits, 0.99) * 1000)
                print(f"  {name}: p50 {case.p50_ms[-1]:.1f} ms, p99 {case.p99_ms[-1]:.1f} ms", flush=True)
        return [*_speed_rows(cases), *_light_rows(cases)]


def _cases(stack: ExitStack, folder: Path) -> dict[str, Case]:
    bots = [product.start_echo(stack, folder, mode, connections=CONNECTIONS) for mode in ("polling", "webhook")]
    bots += [product.start(stack, folder, f"sqlite-{mode}", mode=mode) for mode in ("polling", "webhook")]
    try:
        for name, roles in (("postgres-one", ("all",)), ("postgres-two", WORKERS)):
            url = stack.enter_context(postgres.database(name.replace("-", "_")))
            bots.append(product.start(stack, folder, name, database=url, roles=roles))
    except postgres.NoServer as error:
        print(f"  no PostgreSQL: {error}", flush=True)
    return {bot.name: Case(bot) for bot in bots}


def _burst(bot: Bot, chats: int, each: int) -> tuple[float, float]:
    """Updates per second and CPU microseconds of the bot's processes per update."""
    total = chats * each
    before, spent = bot.platform.arrived(), bot.cpu_s()
    begun = time.perf_counter()
    bot.platform.flood(chats, each, TEXT)
    ended = bot.platform.wait(before + total, bot.processes[0], within_s=BURST_S)
    return total / (ended - begun), (bot.cpu_s() - spent) / total * 1e6


def _light(bot: Bot, seconds: float) -> list[float]:
    """Seconds from update to reply, a message every 20 ms, each of another citizen."""
    count = int(seconds * LIGHT_PER_S)
    before, total = bot.platform.times(), bot.platform.arrived() + count
    begun = time.perf_counter()
    for number in range(count):
        time.sleep(max(0.0, begun + number / LIGHT_PER_S - time.perf_counter()))
        bot.platform.do("type", chat=FIRST_CHAT + number % LIGHT_CHATS, text=TEXT)
    bot.platform.wait(total, bot.processes[0], within_s=BURST_S)
    return bot.platform.waits(before)


def _speed_rows(cases: dict[str, Case]) -> list[Row]:
    rows = [
        _ratio(
            cases,
            f"sqlite-{mode}",
            f"bare-{mode}",
            f"durable turn, update in → reply request out, {mode}, SQLite FULL, against bare aiogram",
            1.0,
            2.0,
        )
        for mode in ("polling", "webhook")
    ]
    for name, workers, must, goal in (
        ("postgres-one", "one worker", 0.8, 1.2),
        ("postgres-two", "two workers", 0.9, 1.5),
    ):
        what = f"the same on PostgreSQL, polling, {workers}"
        if name in cases:
            rows.append(_ratio(cases, name, "bare-polling", what, must, goal))
        else:
            rows.append(Row(what, f"≥ {must:g} ×", f"≥ {goal:g} ×", "no PostgreSQL server", "not run"))
    return rows


def _ratio(cases: dict[str, Case], name: str, bare: str, what: str, must: float, goal: float) -> Row:
    own, other = cases[name], cases[bare]
    ratios = [mine / theirs for mine, theirs in zip(own.per_s, other.per_s, strict=True)]
    measured = (
        f"{spread(ratios)} × ({statistics.median(own.per_s):.0f}/s against {statistics.median(other.per_s):.0f}/s; "
        f"CPU {statistics.median(own.cpu_us):.0f} against {statistics.median(other.cpu_us):.0f} µs)"
    )
    return row(what, least(must, f"≥ {must:g} ×"), least(goal, f"≥ {goal:g} ×"), statistics.median(ratios), measured)


def _light_rows(cases: dict[str, Case]) -> list[Row]:
    rows = []
    for mode in ("polling", "webhook"):
        own, bare = cases[f"sqlite-{mode}"], cases[f"bare-{mode}"]
        mine, theirs = statistics.median(own.p99_ms), statistics.median(bare.p99_ms)
        measured = (
            f"p99 {spread(own.p99_ms, '.1f')} ms against {spread(bare.p99_ms, '.1f')} ms; "
            f"p50 {statistics.median(own.p50_ms):.1f} against {statistics.median(bare.p50_ms):.1f} ms"
        )
        goal = most(theirs + 3, "+ 3 ms")
        must = most(theirs * 1.5, "≤ 1.5 ×")
        rows.append(row(f"p99 of the same at {LIGHT_PER_S}/s, {mode}", must, goal, mine, measured))
    return rows
