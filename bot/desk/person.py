"""Names and phones as staff type them."""

import unicodedata

NAME_CHARS = 60
PHONE_DIGITS = (10, 15)


def name_of(typed: str) -> str | None:
    """One line without control characters; None for what is no name: empty, or too long."""
    shown = "".join(" " if unicodedata.category(sign)[0] == "C" else sign for sign in typed)
    name = " ".join(shown.split())
    return name if 0 < len(name) <= NAME_CHARS else None


def phone_of(typed: str) -> str | None:
    """Digits with the country's code, «79130000000»; "" for none, None for what is no phone."""
    if not typed.strip():
        return ""
    if any(sign.isalpha() for sign in typed):
        return None
    digits = "".join(sign for sign in typed if sign.isdecimal() and sign.isascii())
    if len(digits) == 11 and digits[0] == "8":
        digits = f"7{digits[1:]}"
    elif len(digits) == 10:
        digits = f"7{digits}"
    return digits if PHONE_DIGITS[0] <= len(digits) <= PHONE_DIGITS[1] else None
