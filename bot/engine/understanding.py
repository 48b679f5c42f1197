"""One citizen's typed words, judged by the edition's matcher; the index is asked once, and only if need be."""

from collections.abc import Sequence

from bot.engine.words import plain
from bot.matching.discretion import discreet
from bot.matching.index import Hit
from bot.matching.matcher import Found, Matcher

SEVERAL = 3


class Understanding:
    """text: as typed."""

    def __init__(self, matcher: Matcher, text: str) -> None:
        self._matcher = matcher
        self._text = text
        self._hits: Sequence[Hit] | None = None

    @property
    def cried(self) -> str:
        """The kind of crisis that phrase rules hear, "" for none."""
        return self._matcher.cried(self._text)

    async def cried_in(self) -> str:
        """The kind of crisis that the words are most like, "" for none."""
        return self._matcher.cried_in(self._text, await self._found_hits())

    @property
    def wants_person(self) -> bool:
        return self._matcher.person.hears(self._text)

    @property
    def is_hard(self) -> bool:
        """A hard time is told of, though no crisis."""
        return self._matcher.soft.hears(self._text)

    @property
    def warned(self) -> str:
        """The page that the words call for, "" for none."""
        return self._matcher.warned(self._text)

    @property
    def are_several(self) -> bool:
        """Enough words for a question where an answer is waited for: «скоро» is a bad date, not a question."""
        return len(plain(self._text).split()) >= SEVERAL

    async def found(self) -> Found:
        """Which question is meant."""
        return self._matcher.judge(await self._found_hits())

    def discreet(self) -> str:
        """What may be kept of the words; empty for nothing."""
        return discreet(self._text)

    async def _found_hits(self) -> Sequence[Hit]:
        if self._hits is None:
            self._hits = await self._matcher.hits(self._text) if plain(self._text) else ()
        return self._hits
