"""
How hard our texts are to read: Flesch's reading ease with Russian coefficients, higher is easier, by textstat.

Only `check` imports this: the library takes most of a second to import. It counts syllables by hyphenation, a few too
few, so its figures lie some points above those of schools; thresholds are set on our own texts (style.yaml).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import textstat

from bot.texts.load import Look
from bot.texts.mistakes import Mistake, Mistakes
from bot.texts.reader import Passage
from bot.texts.rules import Style
from bot.texts.template import sentences

WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Measure:
    """
    Texts of one file, or of all. index: readability of the whole, 0 when there are no words.

    sentence_words: words in a sentence, on average. hard: share of hard sentences, 0-1.
    """

    file: str
    texts: int
    words: int
    sentence_words: float
    hard: float
    index: float


def hard_sentences(seen: Look) -> list[Mistake]:
    """Every sentence below the threshold of style.yaml, by file and line."""
    style = seen.content.style if seen.content else Style()
    found = Mistakes(seen.root)
    for passage in _said(seen.passages):
        for words in _sentences(passage.text):
            if _is_hard(words, style):
                start = " ".join(words[:4])[:60]
                what = f"в «{passage.place}» трудное предложение «{start}…»: индекс {_index([words]):.0f}"
                remedy = f"возьмите слова короче или разделите, чтобы было от {style.hard_below}"
                found.add(passage.file, passage.line, what, remedy)
    return found.sorted()


def measures(seen: Look) -> list[Measure]:
    """A line per file that has texts, by name; the last one, with an empty name, is the whole."""
    style = seen.content.style if seen.content else Style()
    files: dict[str, list[Passage]] = {}
    for passage in _said(seen.passages):
        files.setdefault(passage.file, []).append(passage)
    found = [_measured(file, passages, style) for file, passages in sorted(files.items())]
    return [*found, _measured("", [one for passages in files.values() for one in passages], style)]


def _measured(file: str, passages: Sequence[Passage], style: Style) -> Measure:
    every = [words for passage in passages for words in _sentences(passage.text)]
    count = sum(map(len, every))
    hard = sum(_is_hard(words, style) for words in every)
    return Measure(
        file, len(passages), count, count / len(every) if every else 0, hard / len(every) if every else 0, _index(every)
    )


def _said(passages: Iterable[Passage]) -> Iterable[Passage]:
    """Texts that people read as sentences: no labels, no figures, nothing that they type themselves."""
    return (passage for passage in passages if passage.is_filled)


def _sentences(text: str) -> list[list[str]]:
    """Words of every sentence; placeholders and numbers do not count."""
    every = (WORD.findall(" ".join(sentence.parts[::2])) for sentence in sentences(text))
    return [words for words in every if words]


def _is_hard(words: Sequence[str], style: Style) -> bool:
    return len(words) >= style.hard_words and _index([words]) < style.hard_below


def _index(every: Iterable[Sequence[str]]) -> float:
    """The library's patterns know no ё; a full stop ends our sentences and nothing else does."""
    text = " ".join(" ".join(words) + "." for words in every)
    textstat.set_lang("ru")
    return float(textstat.flesch_reading_ease(text.replace("ё", "е").replace("Ё", "Е"))) if text else 0.0
