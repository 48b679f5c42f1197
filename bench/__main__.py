"""
Benchmarks: `python -m bench [--quick] [--only ROW ...]`. Prints a table; exit 1 if a must is missed.

The broadcast lasts 333 s whatever the machine does, so it runs beside the other rows.
"""

import argparse
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench import base, cases, footprint, growth, machine, postgres, question, report, road, visits
from bench.broadcast import Broadcast
from bench.machine import REST, Noise, pin

ROWS = ("road", "growth", "visits", "broadcast", "footprint", "question", "base", "cases")


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything. each: messages of each citizen in a burst; light_s: seconds of light load in a round."""

    runs: int
    each: int
    light_s: float
    recipients: int
    citizens: int
    turns: int
    callers: int
    starts: int
    rounds: int
    reminders: int


FULL = Size(
    runs=5,
    each=2,
    light_s=6.0,
    recipients=10_000,
    citizens=1_000_000,
    turns=2_000,
    callers=100_000,
    starts=5,
    rounds=100,
    reminders=1_000,
)
QUICK = Size(
    runs=3,
    each=1,
    light_s=2.0,
    recipients=1_000,
    citizens=50_000,
    turns=1_000,
    callers=10_000,
    starts=3,
    rounds=10,
    reminders=1_000,
)
STEPS = 5_000
PACE = 29.0  # what the content says about Telegram in this run; the emulator refuses above 30


def measured(asked: list[str], size: Size, noise: Noise, folder: Path) -> list[report.Row]:
    rows: list[report.Row] = []
    with ExitStack() as stack:
        beside: Broadcast | None = None
        if "broadcast" in asked:
            beside = Broadcast(stack, folder, size.recipients, per_second=PACE)
            beside.start()
        if "road" in asked:
            print("the road")
            rows += road.measure(folder, noise, runs=size.runs, chats=1000, each=size.each, light_s=size.light_s)
        if "growth" in asked:
            print("growth")
            rows += growth.measure(folder, noise, runs=size.runs, steps=STEPS, citizens=size.citizens, turns=size.turns)
        if "visits" in asked:
            print("appointments")
            rows += visits.measure(folder, stack, rounds=size.rounds, reminders=size.reminders)
        if "footprint" in asked:
            print("memory and start")
            rows += footprint.measure(folder, noise, runs=size.starts, citizens=size.callers)
        if "question" in asked:
            print("questions")
            rows += question.measure(noise, runs=size.runs)
        if "base" in asked:
            print("the console")
            rows += base.measure(folder)
        if "cases" in asked:
            print("requests in the console")
            rows += cases.measure(folder)
        if beside is not None:
            print("waiting for the broadcast")
            rows += beside.finish()
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="smaller and three rounds: about two minutes")
    parser.add_argument("--only", nargs="+", choices=ROWS, default=list(ROWS), metavar="ROW", help=", ".join(ROWS))
    asked = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    begun = time.monotonic()
    version = postgres.version()
    line = f"{machine.described()}, {f'PostgreSQL {version}' if version else 'no PostgreSQL'}"
    print(line)
    pin(REST)
    noise = Noise()
    with tempfile.TemporaryDirectory(prefix="czn-bot-bench-") as folder:
        rows = measured(asked.only, QUICK if asked.quick else FULL, noise, Path(folder))
    took = f"took {time.monotonic() - begun:.0f} s{', quick run' if asked.quick else ''}"
    print(f"\n{report.table(rows)}\n\n{line}; {noise.told()}; {took}.")
    return 1 if any(row.verdict == "missed" for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
