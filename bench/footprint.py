"""Memory of one process, and how long it takes from the start to the first answer in the web chat."""

import statistics
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from bench import product, webchat
from bench.child import Child
from bench.machine import SUBJECT, Noise
from bench.platform import Platform
from bench.report import Row, most, row, spread

START_S = 60.0
SETTLED_S = 12.0  # libraries loaded, start over
CHANNELS = ("telegram", "vk", "max")
FLOOD = 2000
FLOOD_S = 120.0


def measure(folder: Path, noise: Noise, *, runs: int, citizens: int) -> list[Row]:
    """citizens: how many different ones write before memory is looked at again."""
    with ExitStack() as stack:
        platforms = {name: stack.enter_context(Platform(folder, name=name, label=f"foot-{name}")) for name in CHANNELS}
        content = product.content_copy(folder)
        took: dict[str, list[float]] = {"web": [], "all": []}
        idle: dict[str, list[float]] = {"web": [], "all": []}
        for number in range(runs):
            for name, those in (("web", {}), ("all", platforms)):
                noise.wait()
                with ExitStack() as one:
                    child, port = _started(one, folder, f"foot-{name}-{number}", content, those)
                    took[name].append(webchat.first_answer(child, port, within_s=START_S))
                    if number == 0:
                        time.sleep(SETTLED_S)
                        idle[name].append(child.rss_mb())
                print(f"  {name}: first answer after {took[name][-1]:.2f} s", flush=True)
        grown = _grown(stack, folder, content, platforms["telegram"], citizens)
    rows = []
    for name, what, must, goal in (("web", "web only", 130, 110), ("all", "all channels", 360, 320)):
        value = statistics.median(idle[name])
        rows.append(
            row(f"memory idle, {what}", most(must, f"≤ {must} MB"), most(goal, f"{goal}"), value, f"{value:.0f} MB")
        )
    what = f"memory after {citizens} citizens"
    rows.append(row(what, most(40, "+ 40 MB"), most(20, "+ 20"), grown, f"{grown:+.0f} MB"))
    for name, what, must_s, goal_s in (("web", "web only", 2.0, 1.5), ("all", "all channels", 7.0, 5.0)):
        value = statistics.median(took[name])
        rows.append(
            row(
                f"start → first answer in web chat, {what}",
                most(must_s, f"≤ {must_s:g} s"),
                most(goal_s, f"{goal_s:g}"),
                value,
                f"{spread(took[name])} s",
            )
        )
    return rows


def _started(
    stack: ExitStack, folder: Path, name: str, content: Path, platforms: Mapping[str, Platform]
) -> tuple[Child, int]:
    own = folder / name
    own.mkdir()
    port = product.free_port()
    given = product.settings(own, f"sqlite:///{own / 'bot.db'}", content, platforms, mode="polling", port=port)
    return stack.enter_context(Child(name, ["-m", "bot", "run"], own, settings=given, core=SUBJECT)), port


def _grown(stack: ExitStack, folder: Path, content: Path, telegram: Platform, citizens: int) -> float:
    """Megabytes more than after the first hundreds, once so many citizens have written."""
    child, _ = _started(stack, folder, "foot-grown", content, {"telegram": telegram})
    sends = telegram.arrived()
    telegram.do("flood", chats=_chats(0, 500), count=1, text="/menu")
    sends += 500
    telegram.wait(sends, child, within_s=START_S)
    time.sleep(SETTLED_S)
    before = child.rss_mb()
    for start in range(0, citizens, FLOOD):
        telegram.do("flood", chats=_chats(500 + start, FLOOD), count=1, text="/menu")
        sends += FLOOD
        telegram.wait(sends, child, within_s=FLOOD_S)
    time.sleep(1.0)
    return child.rss_mb() - before


def _chats(start: int, count: int) -> list[str]:
    return [str(1_000_000 + start + number) for number in range(count)]
