"""
How long one question in somebody's own words takes to find its answer, among 200 entries.

Time of the processor: nothing is waited for, so a busy machine must not count. The shipped questions are repeated with
other words until there are 200: neighbours as close as these are rare.
"""

import time
from collections.abc import Sequence
from pathlib import Path

from bench.machine import Noise
from bench.product import CONTENT
from bench.report import Row, most, percentile, row
from bot.matching.index import Entry, Index
from bot.parts import needs
from bot.texts.files import read_folder
from bot.texts.load import load

ENTRIES = 200
WARM = 50
PHRASES = Path(__file__).parent.parent / "tests" / "matching" / "phrases.txt"


def measure(noise: Noise, *, runs: int) -> list[Row]:
    """One row: p95 in milliseconds over all labelled phrases."""
    matcher = load(read_folder(CONTENT), needs()).matcher
    index = Index(_grown(matcher.entries), matcher.synonyms)
    texts = [line.split(" ", 2)[2] for line in PHRASES.read_text(encoding="utf-8").splitlines() if line[:1].isalpha()]
    for text in texts[:WARM]:
        index.find(text)
    found = []
    for _ in range(runs):
        noise.wait()
        took = [_took(index, text) for text in texts]
        found.append(percentile(took, 0.95) * 1000)
    value = sorted(found)[len(found) // 2]
    what = f"free text question, {ENTRIES} entries, p95"
    return [row(what, most(8, "≤ 8 ms"), most(3, "≤ 3 ms"), value, f"{value:.1f} ms")]


def _took(index: Index, text: str) -> float:
    begun = time.thread_time()
    index.find(text)
    return time.thread_time() - begun


def _grown(own: Sequence[Entry]) -> list[Entry]:
    """Copies whose words end otherwise, so that they are neighbours and not the same."""
    grown = list(own)
    while len(grown) < ENTRIES:
        one = own[len(grown) % len(own)]
        number = len(grown)
        phrases = tuple(f"{phrase} {number} {own[number * 7 % len(own)].phrases[0]}" for phrase in one.phrases)
        grown.append(Entry(f"copy-{number}", phrases, one.keywords))
    return grown
