"""Runs the benchmarks and prints their table."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from bench import machine, postgres, report, road
from bench.machine import REST, Noise, pin

ROWS = ("road",)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="three short rounds instead of five")
    parser.add_argument("--only", nargs="+", choices=ROWS, default=ROWS, metavar="ROW", help=", ".join(ROWS))
    asked = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    begun = time.monotonic()
    line = machine.described() + (f", PostgreSQL {version}" if (version := postgres.version()) else ", no PostgreSQL")
    print(line)
    pin(REST)
    noise = Noise()
    rows: list[report.Row] = []
    with tempfile.TemporaryDirectory(prefix="czn-bot-bench-") as name:
        folder = Path(name)
        if "road" in asked.only:
            runs, each, light_s = (3, 1, 3.0) if asked.quick else (5, 2, 6.0)
            rows += road.measure(folder, noise, runs=runs, chats=1000, each=each, light_s=light_s)
    took = time.monotonic() - begun
    print(f"\n{report.table(rows)}\n\n{line}; {noise.told()}; took {took:.0f} s{', quick run' if asked.quick else ''}")
    return 1 if any(row.verdict == "missed" for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
