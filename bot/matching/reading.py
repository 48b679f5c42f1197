"""
A text as the index sees it: words with their scripts and spelling mended, lemmas, and what is added by synonyms.

Order matters: scripts before punctuation goes (a comma is a letter in the wrong layout), spelling after that, and only
of words that neither the dictionary nor the base knows: «роботу» stays.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bot.matching import letters
from bot.matching.morphology import is_word, lemma

CHARS = 300  # a question is short; 4 096 characters would cost 40 ms
REPAIRED = 0.3  # of the letters must stand in known words, else a Latin text is left alone
LATIN_WORD = 4  # letters of a Latin word in a Russian text that may be in the wrong layout
SPELT = 4
LONG = 7
ADDED = 0.8  # weight of what a synonym adds
NO = "нет_"
NEGATIONS = frozenset(("не", "нет", "без"))
_FUNCTION_WORDS = """
а и или но да же ли бы б в во на с со к ко у о об обо от ото до из за по под над при про для через между это
этот эта эти тот та те то я мы ты вы он она оно они мой моя мое мои свой меня мне мной нас нам вас вам тебя
тебе его ее их ему ей им себя себе там тут здесь вот ну уж так такой такая еще уже очень просто вообще типа
короче блин пожалуйста здравствуйте привет добрый день подскажите скажите если чтобы чтоб что как
"""
STOP = frozenset(_FUNCTION_WORDS.split())


@dataclass(slots=True)
class Read:
    """words: mended, in order. lemmas: without function words. added: words a synonym stands for."""

    words: list[str]
    lemmas: list[str]
    added: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Nothing to go by: no word but numbers and function words."""
        return not any(form != NO and form.isalpha() and len(form) > 1 for form in self.lemmas)


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Of the base: its words, to mend spelling towards, and synonyms: lemmas of one or two words → words."""

    vocabulary: Sequence[str] = ()
    synonyms: Mapping[tuple[str, ...], Sequence[str]] = field(default_factory=dict)
    known: Collection[str] = frozenset()


def read(text: str, base: Dictionary | None = None) -> Read:
    """base: None for the base's own phrases, which are not mended."""
    words = letters.words(repaired(letters.folded(text[:CHARS])))
    if base is not None:
        words = [spelt(word, base) for word in words]
    found = Read(words, lemmas_of(words))
    if base is not None and base.synonyms:
        found.added = _added(words, base.synonyms)
    return found


def lemmas_of(words: Sequence[str]) -> list[str]:
    """Without function words; «не», «нет» and «без» as one."""
    return [NO if word in NEGATIONS else lemma(word) for word in words if word not in STOP]


def repaired(text: str) -> str:
    """A folded text with wrong layout, Latin spelling and look-alikes mended."""
    if not letters.has_latin(text):
        return text
    if not letters.has_russian(text):
        tried = [(_known(mended), -number, mended) for number, mended in enumerate(letters.typings(text)[1:])]
        share, _, best = max(tried)
        return best if share >= REPAIRED else text
    return " ".join(_token(token) for token in text.split())


def _token(token: str) -> str:
    if letters.has_russian(token):
        return letters.unmixed(token) if letters.has_latin(token) else token
    if not letters.has_latin(token):
        return token
    mended = letters.relaid(token)
    inside = letters.words(mended)
    is_meant = len(inside) == 1 and len(inside[0]) >= LATIN_WORD and is_word(inside[0])
    return mended if is_meant or token == "yt" else token  # noqa: S105


def _known(text: str) -> float:
    """The share of letters that stand in words of the dictionary."""
    words = letters.words(text)
    known = sum(len(word) for word in words if len(word) > 1 and _is_close(word))
    return known / max(1, sum(map(len, words)))


def _is_close(word: str) -> bool:
    """A word, were it only for the soft sign that Latin spelling drops."""
    return letters.has_russian(word) and (is_word(word) or is_word(word + "ь"))


def spelt(word: str, base: Dictionary) -> str:
    """The word of the base that was most likely meant; the word itself where it is one."""
    if len(word) < SPELT or word in base.known or not letters.has_russian(word) or is_word(word):
        return word
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    limit = 1 if len(word) < LONG else 2
    found = process.extractOne(word, base.vocabulary, scorer=OSA.distance, score_cutoff=limit)
    return str(found[0]) if found else word


def _added(words: Sequence[str], synonyms: Mapping[tuple[str, ...], Sequence[str]]) -> list[str]:
    forms = [lemma(word) for word in words]
    keys = [(form,) for form in forms] + list(pairwise(forms))
    return [word for key in keys for word in synonyms.get(key, ())]
