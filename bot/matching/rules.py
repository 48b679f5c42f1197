"""
Phrase rules: what is heard in a text whatever else stands in it.

    не хоч* жить          words in this order, at most GAP others between them
    хоч*                  the beginning of a word
    убь*|зареж*           one or the other
    =хочу умереть         the whole text and nothing else

A rule of a list that spares takes its own words away first, so «жить негде» is not the end of «не хочу жить» while what
else was said still counts. Spelling is not mended before rules: a mended word may turn into a cry for help.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from bot.matching import letters

GAP = 2
CHARS = 4000
BARRIER = "|"
CACHED = 4096  # rules: each is checked, then compiled with its list, and most stay from edition to edition
_PART = re.compile(r"[а-яёa-z0-9]+\*?\Z")


class BadRule(ValueError):
    """The line is no rule."""


class Rules:
    """Compiled once. says: rules that count. spares: look-alikes that do not. Raises BadRule, naming the line."""

    def __init__(self, says: Sequence[str], spares: Sequence[str] = ()) -> None:
        self._says = _compiled(says)
        self._spares = _compiled(spares)

    def hears(self, text: str) -> bool:
        """Some rule holds, in the text as written or as it would be in the other layout or by its sounds."""
        return self.hears_in(lines(text))

    def hears_in(self, said: Sequence[str]) -> bool:
        """The same, for who asks many rules about one text. said: as `lines` gives it."""
        return any(self._heard(one) for one in said)

    def is_spared(self, text: str) -> bool:
        """A look-alike stands in the text."""
        return self._spares is not None and any(self._spares.search(one) is not None for one in lines(text))

    def _heard(self, said: str) -> bool:
        if self._says is None or self._says.search(said) is None:
            return False
        if self._spares is None:
            return True
        return self._says.search(self._spares.sub(f" {BARRIER} ", said)) is not None


def lines(text: str) -> list[str]:
    """A text as rules see it, in each way it may have been meant: words, one space around each."""
    return [f" {' '.join(letters.words(typed))} " for typed in letters.typings(text[:CHARS])]


def check(rule: str) -> None:
    """Raises BadRule."""
    _pattern(rule)


def _compiled(rules: Sequence[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(_pattern(rule) for rule in rules)) if rules else None


@lru_cache(CACHED)
def _pattern(rule: str) -> str:
    is_whole = rule.startswith("=")
    words = letters.folded(rule.removeprefix("=")).split()
    if not words:
        raise BadRule(rule)
    between = " " if is_whole else rf" (?:[^\W_]+ ){{0,{GAP}}}"
    pattern = between.join(_word(word, rule) for word in words)
    return rf"\A {pattern} \Z" if is_whole else f" {pattern} "


def _word(word: str, rule: str) -> str:
    ways = word.split("|")
    if not all(_PART.match(way) for way in ways):
        raise BadRule(rule)
    return "(?:" + "|".join(way.replace("ь", "ь?").replace("*", r"[^\W_]*") for way in ways) + ")"
