"""
The one-time code that moves a history: ten letters and digits, 41 bits, shown as 4K7-0MT-9A52.

Letters look the same in Latin and Cyrillic, so either keyboard will do; letters that look like digits are taken for
them. No three letters in a row: no code is a word. At least one letter and one digit: no phone number is a code.
"""

import re
from collections.abc import Callable

SYMBOLS = "0123456789ACEHKMPTX"
CHARS = 10
PREFIX = "move-"  # of a deep link's tag: /start move-CODE
_CYRILLIC = str.maketrans("АСЕНКМРТХОВЗБЧІ", "ACEHKMPTX083641")
_LATIN = str.maketrans("OBIL", "0811")
_BETWEEN = re.compile(r"[\s.·—–-]+")
_CODE = re.compile(rf"(?=.*[0-9])(?=.*[A-Z])(?!.*[A-Z]{{3}})[{SYMBOLS}]{{{CHARS}}}\Z")


def made(sign: Callable[..., bytes]) -> str:
    """A code that nobody can guess. sign: a keyed hash of what it is given and of this turn; a turn gives one code."""
    number = 0
    while True:
        code = _spelled(int.from_bytes(sign("move", str(number))[:16], "big"))
        if _CODE.match(code):
            return code
        number += 1


def read(text: str) -> str | None:
    """The code that was typed, however it was spaced and on whatever keyboard; None for anything else."""
    if len(text) > 4 * CHARS:
        return None
    plain = _BETWEEN.sub("", text).upper().translate(_CYRILLIC).translate(_LATIN)
    return plain if _CODE.match(plain) else None


def linked(source: str) -> str | None:
    """The code in the tag of a deep link, "" for one that is no code; None: the tag is not about a move."""
    if not source.lower().startswith(PREFIX):
        return None
    return read(source[len(PREFIX) :]) or ""


def grouped(code: str) -> str:
    """4K7-0MT-9A52"""
    return f"{code[:3]}-{code[3:6]}-{code[6:]}"


def _spelled(number: int) -> str:
    symbols = []
    for _ in range(CHARS):
        number, place = divmod(number, len(SYMBOLS))
        symbols.append(SYMBOLS[place])
    return "".join(symbols)
