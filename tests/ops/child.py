"""The bot as an operator has it: a child process with a command line, an environment, two outputs and signals."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[2]
KEPT = ("PATH", "HOME", "LANG", "TMPDIR")
START_S = 60.0  # a vendor library alone takes seconds to load on a busy machine
END_S = 60.0
POLL_S = 0.02


def environment(settings: dict[str, str]) -> dict[str, str]:
    """Nothing of the tests' own surroundings but what a process needs."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), "BOT_WEB_PORT": "0", **settings}


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str


async def command(folder: Path, *arguments: str, typed: str = "", **settings: str) -> Done:
    """Run one command to its end, in the folder."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        cwd=folder,
        env=environment(settings),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(END_S):
            out, err = await process.communicate(typed.encode())
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode is not None
    return Done(process.returncode, out.decode(), err.decode())


async def until(is_so: Callable[[], Awaitable[bool] | bool], what: str, *, within_s: float = 20.0) -> None:
    """Ask again and again until it is so; fails with `what` when it never is."""
    try:
        async with asyncio.timeout(within_s):
            while True:
                answer = is_so()
                if answer if isinstance(answer, bool) else await answer:
                    return
                await asyncio.sleep(POLL_S)
    except TimeoutError:
        raise AssertionError(f"never came true: {what}") from None


class Running:
    """
    `async with Running(folder, "run") as bot`: started and ready inside, stopped after. Its files stand in the folder.

    url: of the web chat. log: what it wrote to stderr.
    """

    def __init__(self, folder: Path, *arguments: str, has_web: bool = True, name: str = "bot", **settings: str) -> None:
        self.folder = folder
        self.url = ""
        self.out = ""
        self._arguments = arguments
        self._settings = settings
        self._has_web = has_web
        self._log = folder / f"{name}.log"
        self._process: asyncio.subprocess.Process | None = None

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def __aenter__(self) -> Self:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                *self._arguments,
                cwd=self.folder,
                env=environment(self._settings),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        if self._has_web:
            await self._read_address()
        return self

    async def lines(self, *, until: str) -> list[str]:
        """What it says after the address, up to the line that has this word."""
        assert self._process is not None
        assert self._process.stdout is not None
        found: list[str] = []
        async with asyncio.timeout(START_S):
            while not found or until not in found[-1]:
                line = await self._process.stdout.readline()
                assert line, self.log
                found.append(line.decode().rstrip("\n"))
        return found

    async def _read_address(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async with asyncio.timeout(START_S):
            line = (await self._process.stdout.readline()).decode()
        assert line.startswith("Веб-чат: http://"), f"no address but {line!r}\n{self.log}"
        self.out = line
        self.url = line.split(" ")[1].strip().rstrip("/")

    async def line(self, is_it: Callable[[str], bool]) -> str:
        """All that it prints up to the line that is asked for."""
        assert self._process is not None
        assert self._process.stdout is not None
        said = ""
        async with asyncio.timeout(START_S):
            while True:
                line = (await self._process.stdout.readline()).decode()
                assert line, f"it never came, but {said!r}\n{self.log}"
                said += line
                if is_it(line):
                    return said

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send the signal, give the exit code."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(number)
        return await self.ended()

    def kill(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    async def ended(self) -> int:
        """The exit code, once it is over."""
        assert self._process is not None
        async with asyncio.timeout(END_S):
            if self._process.stdout is not None:
                self.out += (await self._process.stdout.read()).decode()
            return await self._process.wait()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
