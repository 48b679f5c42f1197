"""
What a citizen's words mean, in three zones, and whether they are a cry for help.

    answer     one question is meant, clearly: it is answered at once
    guess      it may be one of these
    unknown    nobody can say

An edition of content carries one matcher. The index inside takes a third of a second and, once per process, a
dictionary of 30 MB: it is built in a thread when the first question is asked.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock

from bot.matching import morphology
from bot.matching.index import Entry, Hit, Index
from bot.matching.rules import Rules, lines

SHOWN = 3
CRY_CHARS = 4
CRY_COVERS = 0.3  # of what was written; less than of an answer: who cries for help says more


class Zone(StrEnum):
    ANSWER = "answer"
    GUESS = "guess"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Terms:
    """
    answer, guess: the least score of these zones. clear: the most of the first one's score that the second may have.
    covers: the least share of what was written that an answer must have. touches: the same of a guess that is not very
    like. crisis: the least score of a cry for help.
    """

    answer: float = 0.29
    clear: float = 0.85
    covers: float = 0.45
    guess: float = 0.18
    touches: float = 0.3
    crisis: float = 0.18


@dataclass(frozen=True, slots=True)
class Cry:
    """A kind of crisis. entry: of the index, that tells of it too where one of the marks stands in the text."""

    kind: str
    entry: str
    rules: Rules
    marks: Rules


@dataclass(frozen=True, slots=True)
class Found:
    """ids: of the questions, likeliest first: one to answer, up to SHOWN to guess, none when unknown."""

    zone: Zone
    ids: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class Matcher:
    """
    Judges texts. entries: the questions. cries: kinds of crisis, the most urgent first. soft: a hard time, but no
    crisis. person: a wish for a person. warnings: page → rules.
    """

    entries: Sequence[Entry] = ()
    synonyms: Mapping[str, str] = field(default_factory=dict)
    terms: Terms = field(default_factory=Terms)
    cries: Sequence[Cry] = ()
    soft: Rules = field(default_factory=lambda: Rules(()))
    person: Rules = field(default_factory=lambda: Rules(()))
    warnings: Mapping[str, Rules] = field(default_factory=dict)
    _index: Index | None = None
    _lock: Lock = field(default_factory=Lock)

    @property
    def is_ready(self) -> bool:
        return self._index is not None

    def prepare(self) -> Index:
        """The index, built if need be. Blocks; for threads."""
        with self._lock:
            morphology.load()
            if self._index is None:
                self._index = Index(self.entries, self.synonyms)
            return self._index

    async def hits(self, text: str) -> list[Hit]:
        """The likeliest questions. Only the first call of an edition waits for the index."""
        index = self._index
        if index is None or not morphology.is_loaded():
            index = await asyncio.to_thread(self.prepare)
        return index.find(text)

    def cried(self, text: str) -> str:
        """The kind of crisis that the phrase rules hear, "" for none."""
        if len(text) < CRY_CHARS or (text.startswith("/") and text.isascii()):
            return ""  # a number, «да», a command: nearly every message, so it must cost nothing
        said = lines(text)
        return next((cry.kind for cry in self.cries if cry.rules.hears_in(said)), "")

    def cried_in(self, text: str, hits: Sequence[Hit]) -> str:
        """The kind whose entry is the likeliest, "" for none. Look-alikes are left to the rules."""
        if not hits or hits[0].score < self.terms.crisis or hits[0].covered < CRY_COVERS:
            return ""
        cry = next((cry for cry in self.cries if cry.entry == hits[0].id), None)
        if cry is None or cry.rules.is_spared(text) or not cry.marks.hears(text):
            return ""
        return cry.kind

    def judge(self, hits: Sequence[Hit]) -> Found:
        if not hits or hits[0].score < self.terms.guess:
            return Found(Zone.UNKNOWN)
        first, second = hits[0], hits[1].score if len(hits) > 1 else 0.0
        if first.score < self.terms.answer and first.covered < self.terms.touches:
            return Found(Zone.UNKNOWN)
        is_clear = second <= self.terms.clear * first.score and first.covered >= self.terms.covers
        is_bad_hour = any(cry.entry == first.id for cry in self.cries)  # nobody is told of death who did not ask
        if first.score >= self.terms.answer and is_clear and not is_bad_hour:
            return Found(Zone.ANSWER, (first.id,))
        return Found(Zone.GUESS, tuple(hit.id for hit in hits[:SHOWN]))

    def warned(self, text: str) -> str:
        """The page that these words call for, "" for none."""
        return next((page for page, rules in self.warnings.items() if rules.hears(text)), "")
