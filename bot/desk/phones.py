"""Phones in words that a citizen wrote for a call back: what may be dialled, and how it is shown."""

import re

WHOLE = r"(?<!\d)(?:\+?7|8)?[\s(–-]*\d{3}[\s)–-]*\d{3}[\s–-]*\d{2}[\s–-]*\d{2}(?!\d)"
OF_THE_TOWN = r"(?<!\d)\d{2,3}[\s–-]\d{2}[\s–-]\d{2}(?!\d)"
PHONE = re.compile(f"{WHOLE}|{OF_THE_TOWN}")
NATIONAL = 10  # digits of a number without the country


def phones_in(words: str) -> list[str]:
    """As they were written, each once."""
    return list(dict.fromkeys(found.strip() for found in PHONE.findall(words)))


def dialled(phone: str) -> str:
    """For `tel:`; a number of the country begins with +7."""
    digits = "".join(sign for sign in phone if sign.isdigit())
    if len(digits) == NATIONAL:
        return f"+7{digits}"
    if len(digits) == NATIONAL + 1 and digits[0] in "78":
        return f"+7{digits[1:]}"
    return digits
