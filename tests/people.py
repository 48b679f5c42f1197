"""Made-up people's numbers, right by their check digits and written as people write them."""

from random import Random


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
