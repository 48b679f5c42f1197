"""
Numbers that nobody should send to a bot, taken out of a text before anything is stored.

A number counts by its form and its check digits, or by the word before it. Dates, times, sums and our own codes (which
mix letters and digits) stay as they are: they are answers.

Sources: СНИЛС check number, приказ ПФР № 192п; ИНН check digits, приказ ФНС № ЕД-7-14/559@; cards ISO/IEC 7812-1.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

MASK = "***"
KINDS = ("password", "sms", "card", "snils", "inn", "phone", "passport")

_DIGIT = re.compile(r"\d")
_SEP = r"[  \-–—]"
_CARD = re.compile(rf"(?<![\w.,-])(?:\d{{16,20}}|\d{{4}}(?:{_SEP}\d{{4}}){{3}}(?:{_SEP}\d{{1,3}})?)(?![\w-])")
_SNILS = re.compile(rf"(?<![\w-])\d{{3}}({_SEP}?)\d{{3}}{_SEP}?\d{{3}}{_SEP}?\d{{2}}(?![\w-])")
_SNILS_WORD = re.compile(r"(снилс\D{0,20})(\d[\d \-–—]{6,14}\d)", re.IGNORECASE)
_INN = re.compile(r"(?<![\w-])\d{12}(?![\w-])")
_INN_WORD = re.compile(r"(\bинн\D{0,20})(\d{8,14})(?!\d)", re.IGNORECASE)
_PHONE = re.compile(
    rf"(?<![\w-])(?:\+\d{{1,3}}|8|7)?{_SEP}{{0,2}}\(?\d{{2,5}}\)?{_SEP}{{0,2}}\d{{1,3}}{_SEP}?\d{{2}}{_SEP}?\d{{2}}(?![\w-])"
)
_PHONE_WORD = re.compile(
    r"(\b(?:тел|телефон|мобильн|сотов|вайбер|ватсап|whatsapp|номер телефона)[а-я.]*[^\d+]{0,15})"
    r"(\+?\d[\d \-–—()]{3,14}\d)",
    re.IGNORECASE,
)
_PASSPORT = re.compile(rf"(?<![\w-])\d{{2}}{_SEP}?\d{{2}}(?:{_SEP}|\s?№\s?|\s?[nN]\s?)?\d{{6}}(?![\w-])")
_PASSPORT_WORD = re.compile(
    r"(\b(?:паспорт|серия|серии)[а-я]*\D{0,25})(\d[\d -]{2,11}\d)(\D{1,15}\d{6})?(?!\d)", re.IGNORECASE
)
_CODE_WORD = re.compile(
    r"((?:\bприш[её]л[а-я]*\s+|\bприсл[а-я]*\s+)?\b(?:код|кода|коды|коде|пин|пинкод|смс|смска|смске|sms|cvv|cvc|cvv2|code|pin)\b[^\d\n]{0,30}?)"
    r"(?<![\w.,:-])(\d{3,8}|\d{3}[ -]\d{3})(?![\w.,:-]*\d)",
    re.IGNORECASE,
)
_OUR_CODE = re.compile(
    r"запис|обращен|брон|приём|прием|талон|визит|переход|город|регион|индекс|подразделен|профес|окпд|оквэд|домоф|"
    r"статьи|вакан|услуг[иу]?\b",
    re.IGNORECASE,
)
_SECRET_CODE = re.compile(r"смс|sms|госуслуг|банк|сбер|подтвержд|приш[её]л|присл|пин|pin|cv[vc]", re.IGNORECASE)
OUR_DIGITS = 4  # of a booking code, said at the desk
_PASSWORD = re.compile(
    r"(\b(?:парол[а-яё]*|password|пасс?ворд)\b(?:\s+(?:от|для|на|к|с|в|у|мой|такой|вот|это|такая|был|будет|from|is))*"
    r"(?:\s+(?:госуслуг[а-я]*|гос\s?услуг[а-я]*|есиа|епгу|портал[а-я]*|почт[а-я]*|вк|банк[а-я]*|сайт[а-я]*|учетк[а-я]*))*)"
    r"(\s*[:=]\s*|\s+[–—-]\s*|\s+)(\S{4,40})",
    re.IGNORECASE,
)
_LATIN_OR_DIGIT = re.compile(r"[A-Za-z0-9]")
_LETTER_OR_DIGIT = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Guarded:
    """
    text: with MASK for each number. kinds: of KINDS, what was taken out, in that order. phone: as it was written, where
    one phone is all that was taken out.
    """

    text: str
    kinds: tuple[str, ...] = ()
    phone: str = ""

    @property
    def is_bare(self) -> bool:
        """Nothing else was said."""
        return bool(self.kinds) and _LETTER_OR_DIGIT.search(self.text.replace(MASK, "")) is None


def guarded(text: str) -> Guarded:
    """The text without personal numbers. A text without digits and «пароль» costs one look."""
    if not _DIGIT.search(text) and not _PASSWORD.search(text):
        return Guarded(text)
    found: set[str] = set()
    phones: list[str] = []

    def hides(kind: str, judge: Callable[[re.Match[str]], bool] = lambda _: True) -> Callable[[re.Match[str]], str]:
        def hide(match: re.Match[str]) -> str:
            if not judge(match):
                return match[0]
            found.add(kind)
            if kind == "phone":
                phones.append(match[0])
            return MASK

        return hide

    def hides_after(
        kind: str, judge: Callable[[re.Match[str]], bool] = lambda _: True
    ) -> Callable[[re.Match[str]], str]:
        def hide(match: re.Match[str]) -> str:
            if not judge(match):
                return match[0]
            found.add(kind)
            if kind == "phone":
                phones.append(match[2])
            return f"{match[1]} {MASK}" if match[1][-1].isalnum() else f"{match[1]}{MASK}"

        return hide

    text = _PASSWORD.sub(hides_after("password", _is_password), text)
    text = _CODE_WORD.sub(hides_after("sms", _is_sms), text)
    text = _SNILS_WORD.sub(hides_after("snils"), text)
    text = _INN_WORD.sub(hides_after("inn"), text)
    text = _PASSPORT_WORD.sub(hides_after("passport", _is_passport), text)
    text = _PHONE_WORD.sub(hides_after("phone"), text)
    text = _CARD.sub(hides("card", _is_card), text)
    text = _PHONE.sub(hides("phone", _is_phone), text)
    text = _SNILS.sub(hides("snils", _is_snils), text)
    text = _INN.sub(hides("inn", _is_inn), text)
    text = _PASSPORT.sub(hides("passport"), text)
    phone = phones[0] if found == {"phone"} and len(phones) == 1 else ""
    return Guarded(text, tuple(kind for kind in KINDS if kind in found), phone)


def _digits(text: str) -> list[int]:
    return [int(digit) for digit in text if digit.isdecimal()]


def _is_password(match: re.Match[str]) -> bool:
    """After a colon or dash whatever stands there; else what is no plain Russian word."""
    return match[2].strip() != "" or _LATIN_OR_DIGIT.search(match[3]) is not None


def _is_sms(match: re.Match[str]) -> bool:
    """Not a code of ours, which is told apart by the words around it or has four digits and nothing else is said."""
    if _OUR_CODE.search(match[1]):
        return False
    return len(_digits(match[2])) != OUR_DIGITS or _SECRET_CODE.search(match[1]) is not None


def _is_passport(match: re.Match[str]) -> bool:
    """A series and a number, or one of them; not the year or the day it was issued."""
    digits = _digits(match[2])
    return len(digits) in (6, 10) or (len(digits) == 4 and match[3] is not None)


def _is_card(match: re.Match[str]) -> bool:
    digits = _digits(match[0])
    return len(digits) == 20 or _is_luhn(digits)  # 20: an account


def _is_luhn(digits: list[int]) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0 and any(digits)


def _is_snils(match: re.Match[str]) -> bool:
    """Written as on the card, or with right check digits."""
    digits = _digits(match[0])
    if match[1]:
        return True
    total = sum(weight * digit for weight, digit in zip(range(9, 0, -1), digits, strict=False)) % 101
    return total % 100 == digits[9] * 10 + digits[10] and any(digits[:9])


def _is_inn(match: re.Match[str]) -> bool:
    digits = _digits(match[0])
    for length, weights in ((10, (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)), (11, (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8))):
        total = sum(weight * digit for weight, digit in zip(weights, digits, strict=False))
        if total % 11 % 10 != digits[length]:
            return False
    return any(digits)


def _is_phone(match: re.Match[str]) -> bool:
    digits = _digits(match[0])
    if match[0].startswith("+"):
        return 10 <= len(digits) <= 15
    return (len(digits) == 11 and digits[0] in (7, 8)) or (len(digits) == 10 and digits[0] == 9)
