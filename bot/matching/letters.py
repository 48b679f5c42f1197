"""
Letters before words: case, ё, wrong keyboard layout, Latin letters for Russian words. No dictionary is needed here.

Source of the order of steps: reference text-matching, section 3.
"""

import re
import unicodedata

_LOWER = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_RUSSIAN = "йцукенгшщзхъфывапролджэячсмитьбюё"
_SHIFTED = str.maketrans('{}:"<>~', "хъжэбюё")
_LAYOUT: dict[int, int] = {**str.maketrans(_LOWER, _RUSSIAN), **_SHIFTED}
_BACK = str.maketrans(_RUSSIAN, _LOWER)

# longest first; several manners of writing at once, as nobody keeps to one
_SOUNDS = {
    "shch": "щ", "sch": "щ", "yo": "е", "jo": "е", "zh": "ж", "kh": "х", "ts": "ц", "tz": "ц", "ch": "ч", "sh": "ш",
    "tsya": "тся", "tsa": "тся", "yu": "ю", "ju": "ю", "iu": "ю", "ya": "я", "ja": "я", "ia": "я", "ye": "е", "je": "е",
    "iy": "ий", "yi": "ый",
    "a": "а", "b": "б", "v": "в", "w": "в", "g": "г", "d": "д", "e": "е", "z": "з", "i": "и", "j": "й", "k": "к",
    "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "q": "к", "r": "р", "s": "с", "t": "т", "u": "у", "f": "ф",
    "h": "х", "c": "ц", "x": "кс", "y": "ы", "'": "ь", "`": "ь",
}  # fmt: skip
_SOUND = re.compile("|".join(sorted(map(re.escape, _SOUNDS), key=len, reverse=True)))
_SHORT_I = re.compile(r"(?<=[аеиоуэюя])(?:ы|и(?![а-яё]))")
_DIGIT_LETTERS = re.compile(r"(?<![a-z0-9])4(?=[a-z])|(?<=[a-z])4(?=[a-z])")
_ALIKE = str.maketrans("aceopxykmthb", "асеорхукмтнв")
_RUN = re.compile(r"([^\W\d_])\1{2,}")
_WORD = re.compile(r"[^\W_]+")
_RUSSIAN_LETTER = re.compile("[а-яё]")
_LATIN_LETTER = re.compile("[a-z]")
_COMMAND = re.compile(r"[/.]([а-яё;'\[\],]{3,12})(\s.*)?\Z", re.DOTALL)


def folded(text: str) -> str:
    """NFKC, lower case, е for ё, «помогиииите» with one и."""
    text = unicodedata.normalize("NFKC", text).lower().replace("ё", "е")
    return _RUN.sub(r"\1", text)


def words(text: str) -> list[str]:
    """Runs of letters and digits of a folded text."""
    return _WORD.findall(text)


def has_russian(text: str) -> bool:
    return _RUSSIAN_LETTER.search(text) is not None


def has_latin(text: str) -> bool:
    return _LATIN_LETTER.search(text) is not None


def relaid(text: str) -> str:
    """A folded text as if typed on the Russian layout: «vty.» → «меню»."""
    return text.translate(_LAYOUT).replace("ё", "е")


def respelt(text: str) -> str:
    """A folded Latin text by its sounds: «moi plan» → «мой план»."""
    text = _DIGIT_LETTERS.sub("ch", text)
    return _SHORT_I.sub("й", _SOUND.sub(lambda found: _SOUNDS[found[0]], text))


def unmixed(word: str) -> str:
    """Latin look-alikes inside a Russian word as Russian letters."""
    return word.translate(_ALIKE)


def latin_command(text: str) -> str:
    """«/ыефке» and «.ыефке» → «/start»; any other text as it is."""
    found = _COMMAND.match(text.strip().lower())
    if found is None:
        return text
    return "/" + found[1].translate(_BACK) + (found[2] or "")


def typings(text: str) -> tuple[str, ...]:
    """What may have been meant: the folded text; without a Russian letter also other layout and sounds."""
    text = folded(text)
    if has_russian(text) or not has_latin(text):
        return (text,)
    return (text, relaid(text), respelt(text))
