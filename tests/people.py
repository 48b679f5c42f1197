"""Made-up people: numbers right by their check digits and written as people write them, names, homes, diagnoses."""

from dataclasses import dataclass
from random import Random

MARK_CHARS = 6  # shorter ones come up by chance
_SYLLABLES = ("ва", "жур", "кле", "мыш", "пло", "гур", "зе", "тру", "бро", "шим", "лу", "кет", "ря", "хма", "чо", "фед")
_LATIN = ("var", "zho", "kle", "my", "plo", "gur", "zem", "tru", "bro", "shi", "lu", "ket")


@dataclass(frozen=True, slots=True)
class Secret:
    """
    What somebody types about themselves. marks: parts of it that tell who it was, and must not come up.

    is_masked: taken out before anything is stored; the others are words a specialist may have to read.
    """

    kind: str
    text: str
    marks: tuple[str, ...]
    is_masked: bool


def secrets(dice: Random, count: int) -> list[Secret]:
    """So many in all, of every kind, none twice."""
    makers = {
        "phone": _phone, "passport": _passport, "snils": _snils, "inn": _inn, "card": _card, "sms": _sms,
        "password": _password, "name": _name, "home": _home, "article": _article, "diagnosis": _diagnosis,
        "mail": _mail,
    }  # fmt: skip
    kinds, found = list(makers), dict[str, Secret]()
    while len(found) < count:
        kind = kinds[len(found) % len(kinds)]
        text = makers[kind](dice)
        is_masked = kind in kinds[:7]
        found[text] = Secret(kind, text, _numbers_of(text) if is_masked else (_word_of(text, kind),), is_masked)
    return list(found.values())


def hits(found: list[Secret], text: str) -> list[str]:
    """Marks that stand in the text, as it is or as a URL or JSON would write it."""
    return [mark for secret in found for mark in secret.marks if mark in text]


def _numbers_of(text: str) -> tuple[str, ...]:
    number = "".join(word for word in text.split() if sum(map(str.isdigit, word)) >= 2)
    both = dict.fromkeys((number, "".join(filter(str.isdigit, number))))
    return tuple(one for one in both if len(one) >= MARK_CHARS)


def _word_of(text: str, kind: str) -> str:
    """The part of it that is unlike anything in the content."""
    if kind == "mail":
        return text.partition("@")[0]
    return text.split()[{"name": 0, "home": 1}[kind]].strip(",") if kind in ("name", "home") else text


def canaries(dice: Random, count: int) -> list[str]:
    """Phones, passports, СНИЛС, ИНН, cards, codes, passwords: so many in all, none twice."""
    makers = (_phone, _passport, _snils, _inn, _card, _sms, _password)
    found: dict[str, None] = {}
    while len(found) < count:
        found[makers[len(found) % len(makers)](dice)] = None
    return list(found)


def _digits(dice: Random, count: int) -> str:
    return "".join(str(dice.randrange(10)) for _ in range(count))


def _phone(dice: Random) -> str:
    a, b, c, d = f"9{_digits(dice, 2)}", _digits(dice, 3), _digits(dice, 2), _digits(dice, 2)
    forms = (f"+7 ({a}) {b}-{c}-{d}", f"8{a}{b}{c}{d}", f"+7{a}{b}{c}{d}", f"8 {a} {b} {c} {d}", f"8-{a}-{b}-{c}-{d}")
    return dice.choice(forms)


def _passport(dice: Random) -> str:
    a, b, number = _digits(dice, 2), _digits(dice, 2), _digits(dice, 6)
    return dice.choice((f"{a} {b} {number}", f"{a}{b} {number}", f"{a}{b}{number}", f"{a} {b} № {number}"))


def _snils(dice: Random) -> str:
    digits = "1" + _digits(dice, 8)
    total = sum(weight * int(digit) for weight, digit in zip(range(9, 0, -1), digits, strict=True))
    check = f"{total % 101 % 100:02}"
    grouped = f"{digits[:3]}-{digits[3:6]}-{digits[6:]} {check}"
    return dice.choice((grouped, digits + check, grouped.replace("-", " ")))


def _inn(dice: Random) -> str:
    digits = [int(digit) for digit in "2" + _digits(dice, 9)]
    for weights in ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)):
        digits.append(sum(weight * digit for weight, digit in zip(weights, digits, strict=True)) % 11 % 10)
    return "".join(map(str, digits))


def _card(dice: Random) -> str:
    body = [int(digit) for digit in dice.choice(("2200", "4276", "5469")) + _digits(dice, 11)]
    doubled = [digit * 2 - 9 if digit > 4 else digit * 2 for digit in body[::2]]
    number = "".join(map(str, [*body, -(sum(doubled) + sum(body[1::2])) % 10]))
    grouped = " ".join(number[start : start + 4] for start in range(0, 16, 4))
    return dice.choice((number, grouped, grouped.replace(" ", "-")))


def _sms(dice: Random) -> str:
    return dice.choice(("код из смс ", "пришёл код ", "смс код ")) + _digits(dice, dice.choice((4, 5, 6)))


def _password(dice: Random) -> str:
    return dice.choice(("пароль ", "пароль: ", "пароль от госуслуг ")) + f"Qw{_digits(dice, 5)}z!"


def _made(dice: Random, parts: tuple[str, ...], count: int) -> str:
    return "".join(dice.choice(parts) for _ in range(count))


def _name(dice: Random) -> str:
    first = dice.choice(("Пётр Сергеевич", "Игорь Олегович", "Ольга Петровна", "Анна Ильинична"))
    return f"{_made(dice, _SYLLABLES, 3).capitalize()}{'ов' if first.endswith('ч') else 'ова'} {first}"


def _home(dice: Random) -> str:
    return (
        f"ул. {_made(dice, _SYLLABLES, 3).capitalize()}ская, д. {dice.randrange(1, 99)}, кв. {dice.randrange(1, 300)}"
    )


def _article(dice: Random) -> str:
    part = f"ч. {dice.randrange(1, 6)} п. «{dice.choice('абвгдежз')}»"
    return f"{dice.randrange(105, 360)} {part} УК РФ от {dice.randrange(2001, 2025)}"


def _diagnosis(dice: Random) -> str:
    return f"{dice.choice('ABFGZ')}{dice.randrange(10, 99)}.{dice.randrange(10)} {_made(dice, _SYLLABLES, 2)}ит"


def _mail(dice: Random) -> str:
    return f"{_made(dice, _LATIN, 3)}{dice.randrange(10, 99)}@example.org"
