"""Where the benchmark runs, and how much of the machine somebody else takes meanwhile."""

import os
import platform
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

import psutil

QUIET = 0.1  # share of the machine that others may take when a round begins
WAIT_S = 5.0
LOOK_S = 0.25
SYNCS = 200

CORES = sorted(os.sched_getaffinity(0))
SUBJECT = CORES[-1]
REST = CORES[0]


def pin(core: int | None) -> None:
    """Keep this process on the core; None: wherever there is room."""
    os.sched_setaffinity(0, CORES if core is None else {core})


class Noise:
    """CPU time of the whole machine that neither this process nor its children took."""

    def __init__(self) -> None:
        self.shares: list[float] = []
        self.waited_s = 0.0
        self._me = psutil.Process()

    def wait(self) -> None:
        """Until others are quiet, 5 s at the most: what is left over is told, not hidden."""
        begun = time.monotonic()
        while True:
            share = self._share(self._look(), LOOK_S)
            if share <= QUIET or time.monotonic() - begun > WAIT_S:
                break
        self.shares.append(share)
        self.waited_s += time.monotonic() - begun

    def told(self) -> str:
        if not self.shares:
            return "not watched"
        typical, worst = statistics.median(self.shares), max(self.shares)
        return f"other processes took {typical:.0%} of the machine before a typical round, {worst:.0%} at worst"

    def _look(self) -> tuple[float, float]:
        before = self._busy(), self._own()
        time.sleep(LOOK_S)
        return self._busy() - before[0], self._own() - before[1]

    @staticmethod
    def _share(spent: tuple[float, float], seconds: float) -> float:
        return max(0.0, spent[0] - spent[1]) / (seconds * len(CORES))

    @staticmethod
    def _busy() -> float:
        times = psutil.cpu_times()
        return float(times.user + times.system + times.nice + getattr(times, "softirq", 0.0))

    def _own(self) -> float:
        spent = 0.0
        for process in [self._me, *self._me.children(recursive=True)]:
            try:
                times = process.cpu_times()
            except psutil.Error:
                continue
            spent += times.user + times.system
        return spent


def described() -> str:
    """One line: processor, cores, memory, kernel, disk, versions."""
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{_processor()}, {len(CORES)} cores, {memory:.0f} GiB, Linux {platform.release().split('-')[0]}, "
        f"fdatasync {_sync_ms():.2f} ms, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _sync_ms() -> float:
    """Median time of fdatasync after a small append: what a commit costs at least."""
    took = []
    with tempfile.TemporaryFile() as file:
        for _ in range(SYNCS):
            os.write(file.fileno(), b"x" * 4096)
            begun = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - begun)
    return statistics.median(took) * 1000
