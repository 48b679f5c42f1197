"""A process under test: started on its core, its costs read from /proc, its log kept for the case that it dies."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from bench.machine import pin

ROOT = Path(__file__).parents[1]
STOP_S = 15.0
TAIL = 25


class Died(Exception):
    """A child ended, or did not do in time what it should."""


class Child:
    """One process. core: where it may run, None for anywhere. settings: added to a clean environment."""

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        folder: Path,
        *,
        settings: Mapping[str, str] | None = None,
        core: int | None = None,
        talks: bool = False,
    ) -> None:
        """talks: it is told and answers by `tell` and `line`; else its output is logged."""
        self.name = name
        self.log = folder / f"{name}.log"
        self.begun = time.monotonic()
        kept = {key: value for key, value in os.environ.items() if not key.startswith("BOT_")}
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env={**kept, "PYTHONUNBUFFERED": "1", **(settings or {})},
                stdin=subprocess.PIPE if talks else subprocess.DEVNULL,
                stdout=subprocess.PIPE if talks else log,
                stderr=log,
                preexec_fn=lambda: pin(core),
            )
        self._watched = psutil.Process(self._process.pid)

    @property
    def pid(self) -> int:
        return self._process.pid

    def tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())
        self._process.stdin.flush()

    def line(self) -> str:
        """The next line of its output. Raises Died when there is none."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline().decode().strip()
        if not line:
            self._process.wait()
            self.check()
        return line

    def cpu_s(self) -> float:
        times = self._watched.cpu_times()
        return float(times.user + times.system)

    def rss_mb(self) -> float:
        """Resident memory, 10^6 bytes."""
        return float(self._watched.memory_info().rss) / 1e6

    def check(self) -> None:
        """Raises Died with the end of its log."""
        if self._process.poll() is not None:
            raise Died(f"{self.name} ended with {self._process.returncode}\n{self.tail()}")

    def until(self, what: str, is_true: Callable[[], bool], *, within_s: float, every_s: float = 0.02) -> None:
        """Wait for something the child should bring about. Raises Died."""
        end = time.monotonic() + within_s
        while not is_true():
            self.check()
            if time.monotonic() > end:
                raise Died(f"{self.name}: {what} took over {within_s:.0f} s\n{self.tail()}")
            time.sleep(every_s)

    def tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-TAIL:])

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_S)
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
