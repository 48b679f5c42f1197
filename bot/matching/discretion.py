"""What may be kept of a question nobody could answer: plain words of the dictionary, no names, no numbers."""

from bot.matching import letters
from bot.matching.morphology import is_word, may_be_name
from bot.matching.reading import CHARS, repaired

LEFT_OUT = "…"
WORDS = 16


def discreet(text: str) -> str:
    """
    The words in lower case, each that may tell who wrote it replaced by «…»; empty when fewer than two are left.

    A word that the dictionary does not know may be a surname, so it goes as well.
    """
    words = letters.words(repaired(letters.folded(text[:CHARS])))[:WORDS]
    kept = [word if is_word(word) and not may_be_name(word) else LEFT_OUT for word in words]
    plain = [word for number, word in enumerate(kept) if word != LEFT_OUT or kept[number - 1 : number] != [LEFT_OUT]]
    return " ".join(plain) if sum(word != LEFT_OUT for word in plain) > 1 else ""
