"""A day as people type it: «12.06.2027», «12.06», «12 июня», «12 июня 2027 года», «завтра», «2027-06-12»."""

import re
from datetime import date, timedelta

SOON = {"вчера": -1, "сегодня": 0, "завтра": 1, "послезавтра": 2}
MONTHS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
WEEKDAY = re.compile(r"(понедельник|вторник|сред[ау]|четверг|пятниц[ау]|суббот[ау]|воскресенье)\s*,?\s*")
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
NUMBERS = re.compile(r"(\d{1,2})[\s./,-]+(\d{1,2})(?:[\s./,-]+(\d{4}|\d{2}))?")
NAMED = re.compile(r"(\d{1,2})[\s.-]*(?:го\s+)?([а-я]{3,8})\.?(?:\s+(\d{4}|\d{2}))?")
TEXT_CHARS = 60
PAST_DAYS = 60  # a day without its year is the one to come, unless it has just been


def read_day(text: str, today: date) -> date | None:
    """The day meant, None for what is no day. A year left out is the nearest that fits; «27» is 2027."""
    said = " ".join(text.lower().replace("ё", "е").split()).strip(" .,!")
    if len(said) > TEXT_CHARS:
        return None
    said = re.sub(r"\s*(года|год|г\.?)$", "", WEEKDAY.sub("", re.sub(r"^во? ", "", said)))
    if said in SOON:
        return today + timedelta(days=SOON[said])
    if match := ISO.fullmatch(said):
        return _day(int(match[3]), int(match[2]), int(match[1]))
    if match := NUMBERS.fullmatch(said):
        return _meant(int(match[1]), int(match[2]), match[3], today)
    if match := NAMED.fullmatch(said):
        month = next((number for number, name in enumerate(MONTHS, 1) if match[2].startswith(name)), 0)
        return _meant(int(match[1]), month, match[3], today)
    return None


def _meant(day: int, month: int, year: str | None, today: date) -> date | None:
    if year:
        return _day(day, month, int(year) if len(year) == 4 else 2000 + int(year))
    for one in (today.year - 1, today.year, today.year + 1):
        found = _day(day, month, one)
        if found is not None and found >= today - timedelta(days=PAST_DAYS):
            return found
    return None


def _day(day: int, month: int, year: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
