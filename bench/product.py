"""The product as child processes: its settings lead to the emulators, its content is the shipped one without pace."""

import shutil
import socket
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.child import ROOT, Child
from bench.machine import SUBJECT
from bench.platform import TOKEN, Platform

CONTENT = ROOT / "bot" / "content"
SECRET = "secret-of-the-benchmark-long-enough"
HOOK_SECRET = "hook-secret-of-the-benchmark"
GROUP = "777"
READY_S = 60.0
UNBOUND = 100_000.0


def content_copy(folder: Path, *, per_second: float = UNBOUND, chat_per_second: float = 100.0) -> Path:
    """The shipped content with other speed limits, and without quiet hours: a benchmark runs at night as well."""
    target = folder / f"content-{per_second:g}"
    if not target.exists():
        shutil.copytree(CONTENT, target)
        pace = f"  per_second: {per_second:g}\n  chat_per_second: {chat_per_second:g}\n"
        names = ("telegram", "vk", "max")
        (target / "channels.yaml").write_text("".join(f"{name}:\n{pace}" for name in names), encoding="utf-8")
        rules = (target / "rules.yaml").read_text(encoding="utf-8")
        (target / "rules.yaml").write_text(rules.replace('to: "09:00"', 'to: "21:00"'), encoding="utf-8")
    return target


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settings(
    folder: Path, database: str, content: Path, platforms: Mapping[str, Platform], *, mode: str, port: int
) -> dict[str, str]:
    """BOT_ variables of one installation. platforms: by channel; those left out are off."""
    given = {
        "BOT_DATABASE_URL": database,
        "BOT_DATA_DIR": str(folder),
        "BOT_CONTENT_DIR": str(content),
        "BOT_SECRET_KEY": SECRET,
        "BOT_WEB_PORT": str(port),
        "BOT_LOG_LEVEL": "warning",
    }
    if mode == "webhook":
        given |= {"BOT_PUBLIC_URL": f"http://127.0.0.1:{port}", "BOT_WEBHOOK_SECRET": HOOK_SECRET}
    tokens = {"telegram": TOKEN, "vk": "vk1.a.BENCH", "max": "max-token-of-the-benchmark"}
    for name, platform in platforms.items():
        given[f"BOT_{name.upper()}_TOKEN"] = tokens[name]
        given[f"BOT_{name.upper()}_API_URL"] = platform.url
        if name == "vk":
            given["BOT_VK_GROUP_ID"] = GROUP
    return given


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot under test, of one process or several, and the platform it serves."""

    name: str
    platform: Platform
    processes: Sequence[Child]
    port: int = 0

    def cpu_s(self) -> float:
        return sum(process.cpu_s() for process in self.processes)

    def rss_mb(self) -> float:
        return sum(process.rss_mb() for process in self.processes)


def start(
    stack: ExitStack,
    folder: Path,
    name: str,
    *,
    database: str = "",
    mode: str = "polling",
    roles: Sequence[str] = ("all",),
    content: Path | None = None,
    platform: Platform | None = None,
    core: int | None = SUBJECT,
) -> Bot:
    """
    The product on Telegram, ready to answer. roles: one process each. core: for a bot of one process.

    database: url; a new SQLite file when empty.
    """
    own = folder / name
    own.mkdir()
    telegram = platform or stack.enter_context(Platform(own, label=name))
    port = free_port()
    given = settings(
        own,
        database or f"sqlite:///{own / 'bot.db'}",
        content or content_copy(folder),
        {"telegram": telegram},
        mode=mode,
        port=port,
    )
    processes = []
    for number, role in enumerate(roles):
        its = {**given, "BOT_WEB_PORT": str(port if number == 0 else free_port())}
        arguments = ["-m", "bot", "run", *([] if role == "all" else ["--role", role])]
        where = core if len(roles) == 1 else None
        processes.append(
            stack.enter_context(Child(f"{name}-{number}-{role}", arguments, own, settings=its, core=where))
        )
    bot = Bot(name, telegram, processes, port)
    answer(bot)
    return bot


def start_echo(stack: ExitStack, folder: Path, mode: str, *, connections: int) -> Bot:
    """The bare aiogram bot, ready to answer. connections: parallel webhook deliveries."""
    own = folder / f"bare-{mode}"
    own.mkdir()
    platform = stack.enter_context(Platform(own, label=own.name))
    port = free_port()
    arguments = ["-m", "bench.echo", mode, platform.url, *([str(port), str(connections)] if mode == "webhook" else [])]
    bot = Bot(own.name, platform, [stack.enter_context(Child(own.name, arguments, own, core=SUBJECT))], port)
    answer(bot)
    return bot


def answer(bot: Bot) -> None:
    """One citizen gets an answer."""
    before = bot.platform.arrived()
    bot.platform.flood(1, 1, "/menu")
    bot.platform.wait(before + 1, bot.processes[0], within_s=READY_S)
