"""Russian word forms. The dictionary takes 30 MB and 0.2 s: it is loaded when the first word is read."""

from functools import lru_cache
from typing import Any

NAMES = ("Name", "Surn", "Patr")
KEPT = 20_000  # words whose form is remembered: a few megabytes


@lru_cache(maxsize=1)
def _dictionary() -> Any:
    from pymorphy3 import MorphAnalyzer

    return MorphAnalyzer(lang="ru")


def load() -> None:
    """Blocks for 0.2 s the first time; for threads."""
    _dictionary()


def is_loaded() -> bool:
    return _dictionary.cache_info().currsize > 0


@lru_cache(maxsize=KEPT)
def lemma(word: str) -> str:
    """The first form that the dictionary gives, е for ё; digits and Latin letters as they are."""
    if not ("а" <= word[0] <= "я"):
        return word
    forms = _dictionary().parse(word)
    return str(forms[0].normal_form).replace("ё", "е") if forms else word


@lru_cache(maxsize=KEPT)
def is_word(word: str) -> bool:
    """The dictionary has it; е may stand for ё."""
    return bool(_dictionary().word_is_known(word))


@lru_cache(maxsize=KEPT)
def may_be_name(word: str) -> bool:
    """In some reading it is a first name, a surname or a patronymic."""
    return any(name in parse.tag for parse in _dictionary().parse(word) for name in NAMES)
