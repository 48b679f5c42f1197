"""
How well the base holds together, for its editors: each phrase is taken out, and the rest has to find its question.

One phrase of every entry is out at a time, so all are tried with as many indexes as the longest entry has phrases.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.matching.index import Entry, Index

AMONG = 3


@dataclass(frozen=True, slots=True)
class Miss:
    """A phrase that led elsewhere. found: "" for nowhere. is_near: its question was among the first AMONG."""

    phrase: str
    meant: str
    found: str
    is_near: bool


@dataclass(frozen=True, slots=True)
class Review:
    """pairs: (meant, found, how often), the most confused first."""

    phrases: int
    misses: tuple[Miss, ...]
    pairs: tuple[tuple[str, str, int], ...]

    @property
    def right(self) -> float:
        return 1 - len(self.misses) / self.phrases if self.phrases else 1.0

    @property
    def right_among(self) -> float:
        far = sum(not miss.is_near for miss in self.misses)
        return 1 - far / self.phrases if self.phrases else 1.0


def review(entries: Sequence[Entry], synonyms: Mapping[str, str]) -> Review:
    """Takes seconds. An entry of one phrase cannot be tried and is left out."""
    tried = {entry.id: entry.phrases for entry in entries if len(entry.phrases) > 1}
    misses: list[Miss] = []
    for number in range(max(map(len, tried.values()), default=0)):
        index = Index([_without(entry, number) for entry in entries], synonyms)
        for meant, phrases in tried.items():
            if number < len(phrases):
                misses += _missed(index, meant, phrases[number])
    confused = Counter((miss.meant, miss.found) for miss in misses if miss.found)
    pairs = [(meant, found, count) for (meant, found), count in confused.most_common()]
    misses.sort(key=lambda miss: (miss.meant, miss.phrase))
    return Review(sum(map(len, tried.values())), tuple(misses), tuple(pairs))


def _without(entry: Entry, number: int) -> Entry:
    if len(entry.phrases) < 2 or number >= len(entry.phrases):
        return entry
    return replace(entry, phrases=entry.phrases[:number] + entry.phrases[number + 1 :])


def _missed(index: Index, meant: str, phrase: str) -> list[Miss]:
    ids = [hit.id for hit in index.find(phrase)]
    if ids[:1] == [meant]:
        return []
    return [Miss(phrase, meant, ids[0] if ids else "", meant in ids[:AMONG])]
