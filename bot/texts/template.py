"""Placeholders of a text: which there are, the text compiled for `%`, the text cut into sentences."""

import re
from dataclasses import dataclass
from functools import lru_cache

PLACE = re.compile(r"\{([^{}]*)\}")
NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)?\Z")
NAMESPACES = ("fact", "office", "contact")

# words after which a full stop ends no sentence
SHORT = (
    "ул",
    "д",
    "г",
    "ст",
    "ч",
    "п",
    "пп",
    "т",
    "е",
    "к",
    "др",
    "пр",
    "им",
    "корп",
    "кв",
    "каб",
    "тел",
    "руб",
    "тыс",
    "млн",
    "стр",
)
BOUNDARY = re.compile(r"(?P<word>\w*)(?P<end>[.!?…]+[»\")]*)(?P<gap>\s+)(?=[А-ЯЁA-Z«\"{(\d+•–—-])")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence. parts: text and placeholder names by turns, text first. gap: white space up to the next sentence."""

    parts: tuple[str, ...]
    gap: str


def places(text: str) -> list[str]:
    """Names between braces, in order, as written."""
    return PLACE.findall(text)


def has_stray_brace(text: str) -> bool:
    """There is a brace without its pair."""
    rest = PLACE.sub("", text)
    return "{" in rest or "}" in rest


def compiled(text: str) -> tuple[str, tuple[str, ...]]:
    """The text as a pattern for `%` and the names of its values, in order."""
    parts = PLACE.split(text)
    return "%s".join(part.replace("%", "%%") for part in parts[::2]), tuple(parts[1::2])


@lru_cache(maxsize=8192)
def sentences(text: str) -> tuple[Sentence, ...]:
    """
    The text sentence by sentence; joined with their gaps they give it back (white space at the ends is dropped).

    A line break ends a sentence too. A full stop after «ул.», «ст.» and other short words, or after the number that
    opens a line, does not.
    """
    found: list[Sentence] = []
    for line in re.split(r"(\s*\n\s*)", text.strip()):
        if line and not line.strip():
            if found:
                found[-1] = Sentence(found[-1].parts, line)
            continue
        start = 0
        for match in BOUNDARY.finditer(line):
            if match["end"] == "." and match["word"].lower() in SHORT:
                continue
            if match["word"].isdigit() and not line[: match.start()].strip():
                continue  # «1. Сделайте …»: the number of a list item
            found.append(Sentence(tuple(PLACE.split(line[start : match.start("gap")])), match["gap"]))
            start = match.end()
        if start < len(line):
            found.append(Sentence(tuple(PLACE.split(line[start:])), ""))
    return tuple(found)
