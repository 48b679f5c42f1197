"""Typed words made ready for reading: small letters, е for ё, numbers as digits, slips of the finger mended."""

import re
from difflib import get_close_matches

WEEKDAYS = (
    r"понедельник\w*|пнд?", r"вторник\w*|вт", r"сред[аыуеой]+|средам|ср", r"четверг\w*|чт",
    r"пятниц\w*|пт", r"суббот\w*|сб", r"воскресень\w*|вс",
)  # fmt: skip
MONTHS = (
    r"январ\w+|янв", r"феврал\w+|фев", r"март\w*|мар", r"апрел\w+|апр", r"ма[йяею]", r"июн[ьяею]",
    r"июл[ьяею]", r"август\w*|авг", r"сентябр\w+|сент?", r"октябр\w+|окт", r"ноябр\w+|нояб?", r"декабр\w+|дек",
)  # fmt: skip
WEEKDAY = "|".join(f"(?P<w{number}>{one})" for number, one in enumerate(WEEKDAYS))
MONTH = "|".join(f"(?P<m{number}>{one})" for number, one in enumerate(MONTHS, 1))

_CARDINALS = {
    1: "один одного одному одну одной", 2: "два двух двум две", 3: "три трех трем", 4: "четыре четырех четырем",
    5: "пять пяти", 6: "шесть шести", 7: "семь семи", 8: "восемь восьми", 9: "девять девяти", 10: "десять десяти",
    11: "одиннадцать одиннадцати", 12: "двенадцать двенадцати", 13: "тринадцать тринадцати",
    14: "четырнадцать четырнадцати", 15: "пятнадцать пятнадцати", 16: "шестнадцать шестнадцати",
    17: "семнадцать семнадцати", 18: "восемнадцать восемнадцати", 19: "девятнадцать девятнадцати",
    20: "двадцать двадцати", 30: "тридцать тридцати",
}  # fmt: skip
_ORDINALS = (
    "перв", "втор", "треть", "четверт", "пят", "шест", "седьм", "восьм", "девят", "десят", "одиннадцат", "двенадцат",
    "тринадцат", "четырнадцат", "пятнадцат", "шестнадцат", "семнадцат", "восемнадцат", "девятнадцат", "двадцат",
)  # fmt: skip
_COUNTED = {word: number for number, words in _CARDINALS.items() for word in words.split()}
_COUNTED |= {f"{stem}{end}": n for n, stem in enumerate(_ORDINALS, 1) for end in ("ого", "его", "ое", "ье", "ому")}
_COUNTED |= {"тридцатого": 30, "тридцатое": 30}
_TENS = re.compile(r"\b(20|30) ([1-9])(?![\d:.])")
_HALF = re.compile(rf"\bпол[ -]?({'|'.join(stem for stem in _ORDINALS[:12])})(?:ого|его)\b")

_TYPED_WRONG = (
    "понедельник", "вторник", "среда", "среду", "четверг", "пятница", "пятницу", "суббота", "субботу", "воскресенье",
    "сегодня", "завтра", "послезавтра", "вчера", "утром", "вечером", "обеда", "неделе", "неделю", "следующей",
    "января", "февраля", "марта", "апреля", "августа", "сентября", "октября", "ноября", "декабря", "через", "после",
)  # fmt: skip
_LETTERS_MIN = 5  # a shorter word is like too many others
_ALIKE = 0.8
_WORD = re.compile(r"[а-я]+")
_KNOWN = re.compile("|".join((*WEEKDAYS, *MONTHS, r"(?:утр|вечер|обед|недел|следующ|завтра|сегодня|час|четверт)\w*")))
_NOISE = re.compile(r"[^\w\s.:/–—-]")


def made_plain(text: str) -> str:
    """«В Четверк, к десяти!» -> «в четверг к 10»."""
    said = text.lower().replace("ё", "е").replace("–", "-").replace("—", "-")
    said = re.sub(r"(?<!\d)[.:/]+|[.:/]+(?!\d)", " ", _NOISE.sub(" ", said))
    said = re.sub(r"(?<![\dа-я])-+|-+(?![\dа-я])", " ", said)
    said = _HALF.sub(lambda match: f"половина {match[1]}ого", said)
    said = _WORD.sub(lambda match: _mended(match[0]), " ".join(said.split()))
    return _TENS.sub(lambda match: str(int(match[1]) + int(match[2])), said)


def _mended(word: str) -> str:
    if word in _COUNTED:
        return str(_COUNTED[word])
    if len(word) < _LETTERS_MIN or _KNOWN.fullmatch(word) or word in _TYPED_WRONG:
        return word
    alike = get_close_matches(word, _TYPED_WRONG, 1, _ALIKE)
    return alike[0] if alike and abs(len(alike[0]) - len(word)) <= 1 else word


def number_of(match: re.Match[str], letter: str) -> int:
    """Which of the weekdays (`w`) or months (`m`) a match of WEEKDAY or MONTH found."""
    return next(int(name[1:]) for name, found in match.groupdict().items() if found and name.startswith(letter))
