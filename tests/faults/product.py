"""
The product as a child process: started, killed, stopped, asked over HTTP.

Its settings come from the environment alone, its log goes to a file, one line of JSON each.
"""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import cache
from inspect import isawaitable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp

from bot.parts import needs
from bot.texts.files import read_folder
from bot.texts.load import load
from tests.faults.books import SECRETS
from tests.faults.nursery import Child, Nursery
from tests.faults.waiting import until
from tests.talk import CONTENT

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "bot")
HOOK_SECRET = "hooks-of-the-tests_42"
START_S = 30.0
TAIL = 30
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "PLATFORM_SCHEMAS")
QUICK = "".join(f"{name}:\n  per_second: 1000\n  chat_per_second: 100\n" for name in ("telegram", "vk", "max"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@cache
def shipped() -> dict[str, bytes]:
    """
    The shipped content, read once: file -> bytes; without the platforms' speed limits, the emulators here have none.

    The quiet hour is half a day away, whatever the hour, so that reminders leave when they are due. The talks beside it
    are left out: tests change it as no centre would.
    """
    files = {name: text for name, text in read_folder(CONTENT).items() if not name.startswith("talks/")}
    zone = ZoneInfo(load(files, needs()).default_office.timezone)
    hour = (datetime.now(zone).hour + 12) % 24
    rules = re.sub(r'from: "[0-9:]+"', f'from: "{hour:02}:00"', files["rules.yaml"].decode())
    rules = re.sub(r'to: "[0-9:]+"', f'to: "{(hour + 1) % 24:02}:00"', rules)
    return {**files, "channels.yaml": QUICK.encode(), "rules.yaml": rules.encode()}


def content_folder(folder: Path) -> None:
    """Put the content there, to be changed by the test as it likes."""
    for name, text in shipped().items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text)


class Product:
    """
    One process of the installation whose files stand in `folder`.

    url: of the database. settings: BOT_ variables beside the usual ones. role: for `run --role`. nursery: forks it
    instead of starting an interpreter; needed for points (tests/faults/points.py).
    """

    def __init__(
        self,
        folder: Path,
        url: str,
        settings: Mapping[str, str] | None = None,
        *,
        role: str = "all",
        name: str = "bot",
        nursery: Nursery | None = None,
    ) -> None:
        self.folder = folder
        self.url = url
        self.port = free_port()
        self.role = role
        self.settings = dict(settings or {})
        self.content = folder / "content"
        self.log = folder / f"{name}.log"
        self.nursery = nursery
        self._process: subprocess.Popen[bytes] | Child | None = None
        self._offset = 0

    # Life and death

    def start(self, **settings: str) -> None:
        """Spawn it; returns at once. settings: for this start only."""
        assert self._process is None or self._process.poll() is not None, "it runs already"
        if not self.content.exists():
            content_folder(self.content)
        arguments = ["run", "--role", self.role] if self.role != "all" else ["run"]
        environment = {**self.environment(), **settings}
        self._offset = self.log.stat().st_size if self.log.exists() else 0
        if self.nursery is not None:
            self._process = self.nursery.start(arguments, cwd=self.folder, environment=environment, log=self.log)
            return
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*COMMAND, *arguments],
                cwd=self.folder,
                env=environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def environment(self) -> dict[str, str]:
        usual = {
            "BOT_DATABASE_URL": self.url,
            "BOT_DATA_DIR": str(self.folder / "data"),
            "BOT_CONTENT_DIR": str(self.content),
            "BOT_SECRET_KEY": ",".join(SECRETS),
            "BOT_WEB_PORT": str(self.port),
            "BOT_WEBHOOK_SECRET": HOOK_SECRET,
            "BOT_LOG_FORMAT": "json",
            "PYTHONPATH": str(ROOT),
            "PYTHONFAULTHANDLER": "1",
        }
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        return kept | usual | self.settings

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """kill -9, whatever it is doing."""
        assert self.is_alive, f"died by itself:\n{self.tail()}"
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def terminate(self) -> None:
        self.signal(signal.SIGTERM)

    async def ended(self, seconds: float) -> int:
        """Its exit code, negative for a signal; fails when it still runs after so many seconds."""
        await until(lambda: not self.is_alive, seconds, lambda: f"the process did not end:\n{self.tail()}")
        assert self._process is not None
        return self._process.returncode

    async def stop(self, seconds: float = 20.0) -> int:
        """SIGTERM; its exit code."""
        self.terminate()
        return await self.ended(seconds)

    def discard(self) -> None:
        """Whatever it does now: after the test nothing of it stays."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    # Looking at it

    async def until(self, is_true: Callable[[], bool | Awaitable[bool]], seconds: float, what: str) -> None:
        """As `until` of waiting.py; fails at once when the process is gone, with the end of its log."""

        async def check() -> bool:
            assert self.is_alive, f"it died by itself, waiting for {what}:\n{self.tail()}"
            answer = is_true()
            return await answer if isawaitable(answer) else answer

        await until(check, seconds, lambda: f"{what}\n{self.tail()}")

    @property
    def web(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def answers(self, path: str = "/healthz") -> bool:
        assert self.is_alive, f"died by itself:\n{self.tail()}"
        return await self.status(path) == 200

    async def is_whole(self) -> bool:
        """It can serve, and every channel is up."""
        return await self.answers("/readyz") and '"status":"ok"' in await self.text("/readyz")

    async def status(self, path: str) -> int:
        """HTTP status, 0 when nobody listens."""
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session,
                session.get(self.web + path) as response,
            ):
                return response.status
        except (aiohttp.ClientError, OSError):
            return 0

    async def text(self, path: str) -> str:
        async with aiohttp.ClientSession() as session, session.get(self.web + path) as response:
            assert response.status == 200, await response.text()
            return await response.text()

    async def ready(self, seconds: float = START_S) -> None:
        """Until the web answers and everything behind it stands."""
        await until(self.is_whole, seconds, lambda: f"not ready:\n{self.tail()}")

    def events(self, *, since_start: bool = True) -> list[dict[str, Any]]:
        """Lines of the log that are JSON objects."""
        raw = b"" if not self.log.exists() else self.log.read_bytes()[self._offset if since_start else 0 :]
        found = []
        for line in raw.splitlines():
            try:
                value = json.loads(line)
            except ValueError:
                continue
            if isinstance(value, dict):
                found.append(value)
        return found

    def alarms(self) -> list[str]:
        """Names of the alarms since the last start."""
        return [str(event.get("what")) for event in self.events() if event.get("event") == "alarm"]

    def tail(self) -> str:
        if not self.log.exists():
            return "(no log)"
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-TAIL:])

    def rss_mb(self) -> float:
        """Resident memory, megabytes."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024


async def run_to_end(product: Product, *arguments: str, seconds: float = 60.0) -> tuple[int, str]:
    """Another command of the product with the same settings: (exit code, output)."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        *arguments,
        cwd=product.folder,
        env=product.environment(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        stdin=asyncio.subprocess.DEVNULL,
    )
    async with asyncio.timeout(seconds):
        output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode()
