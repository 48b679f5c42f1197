"""
Typed words as what they stand for: a command, a word heard everywhere, a number or the label of a button.

Looked up in this order: commands, words heard everywhere, buttons of the present screen (number, label), main menu,
words that the step asks for, a greeting, changes in life.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.matching import letters
from bot.texts.situation import Event

COMMANDS = {
    "start": "start",
    "menu": "menu",
    "plan": "plan",
    "book": "booking",
    "jobs": "jobs",
    "ask": "questions",
    "human": "handover",
    "data": "my_data",
    "stop": "stop",
    "help": "help",
}
EVERYWHERE = {
    "menu": "menu",
    "stop": "stop",
    "human": "handover",
    "help": "help",
    "data": "my_data",
    "answers": "answers",
    "visit": "booked",
}
GREETING = "start"
_COMMAND = re.compile(r"/([a-z]+)(?:@\w+)?(?:\s+([A-Za-z0-9_-]{1,60}))?\s*\Z", re.IGNORECASE)
_NOT_WORDS = re.compile(r"[^\w\s/:–—-]|_", re.UNICODE)
_SIGNS = str.maketrans({"ь": "", "ъ": "", "э": "е"})
_DASHES = re.compile(r"(?<!\w)[-–—:/]+|[-–—:/]+(?!\w)")


def plain(text: str) -> str:
    """Lower case, е for ё, without punctuation, emoji and doubled spaces: «Мой план ✅!» -> «мой план»."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    text = _NOT_WORDS.sub(" ", text)
    return " ".join(_DASHES.sub(" ", text).split())


@dataclass(frozen=True, slots=True)
class Typed:
    """
    What was typed as it may have been meant: as it is, in the other layout («vty.»), by its sounds («moi plan»).

    plains: as `plain` gives them. sounds: without signs, which Latin spelling drops; empty for Russian letters.
    """

    plains: tuple[str, ...]
    sounds: str = ""

    def means(self, label: str) -> bool:
        said, sounds = _label(label)
        return bool(said) and (said in self.plains or (bool(self.sounds) and self.sounds == sounds))

    def is_one_of(self, labels: Sequence[str]) -> bool:
        return any(self.means(label) for label in labels)


def typed(text: str) -> Typed:
    ways = [plain(text), *(plain(way) for way in letters.typings(text)[1:])]
    return Typed(tuple(ways), _sounded(ways[2]) if len(ways) > 2 else "")


@lru_cache(maxsize=4096)
def _label(label: str) -> tuple[str, str]:
    said = plain(label)
    return said, _sounded(said)


def _sounded(said: str) -> str:
    return said.translate(_SIGNS)


@dataclass(frozen=True, slots=True)
class Command:
    """flow: where a command leads, "back" for the step before. source: token of `/start TOKEN`."""

    flow: str
    source: str = ""


def command(text: str) -> Command | None:
    """`/plan`, `/start leaflet`; None for what is no command of ours."""
    match = _COMMAND.match(letters.latin_command(text.strip()))
    if match is None or match[1].lower() not in COMMANDS:
        return None
    return Command(COMMANDS[match[1].lower()], match[2] or "")


def everywhere(text: str, words: Mapping[str, Sequence[str]]) -> Command | None:
    """«назад», «меню», «стоп», «человек», «помощь», heard at any step."""
    said = typed(text)
    if said.is_one_of(words.get("back", ())):
        return Command("back")
    for word, flow in EVERYWHERE.items():
        if said.is_one_of(words.get(word, ())):
            return Command(flow)
    return None


def is_greeting(text: str, words: Mapping[str, Sequence[str]]) -> bool:
    """«привет», «начать»: a start where nothing else was asked for."""
    return typed(text).is_one_of(words.get(GREETING, ()))


def told(text: str, events: Mapping[str, Event]) -> str:
    """The change in life that the words tell of, "" for none."""
    said = typed(text)
    return next((event.id for event in events.values() if said.is_one_of(event.says)), "")


def chosen(text: str, shown: Sequence[tuple[str, str]], words: Mapping[str, Sequence[str]]) -> str | None:
    """The id of the choice whose number, label or plain yes/no was typed."""
    said = typed(text)
    number = said.plains[0].removesuffix(".")
    if number.isdecimal() and len(number) <= 2 and 1 <= int(number) <= len(shown):
        return shown[int(number) - 1][0]
    for choice, label in shown:
        if said.means(label):
            return choice
    ids = {choice for choice, _ in shown}
    for answer in ("yes", "no"):
        if answer in ids and said.is_one_of(words.get(answer, ())):
            return answer
    return None
