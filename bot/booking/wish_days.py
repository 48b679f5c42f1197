"""
The day in typed words: «в четверг», «24 ноября», «24.11», «через неделю», «на следующей неделе», «по вторникам».

Each finder takes its words out of the text, so that what is left may be a time.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.booking.wish_words import MONTH, WEEKDAY, WEEKDAYS, number_of

WEEK = timedelta(days=7)
JUST_PAST = timedelta(days=60)  # a day without its year is the one to come, unless it has just been
_NEXT = r"(?:следующ|будущ)\w+"
_THIS = r"(?:эт|ближайш)\w+"

_SOON = re.compile(r"\b(послепослезавтра|послезавтра|завтра|сегодня|позавчера|вчера)\b")
_SOON_DAYS = {"послепослезавтра": 3, "послезавтра": 2, "завтра": 1, "сегодня": 0, "вчера": -1, "позавчера": -2}
_ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_FULL = re.compile(r"\b(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})\b(?: ?г(?:ода|од|\b))?")
_NAMED = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:-?(?:го|е|ое))?[ -]?(?:{MONTH})\b(?: (?P<year>\d{{4}})(?: ?г(?:ода|од|\b))?)?"
)
_SHORT = re.compile(r"(?:\b(?P<to>в|к|до|после|с|от) )?\b(?P<day>\d{1,2})[./-](?P<month>\d{1,2})\b(?![.:]\d)")
_NUMBERED = re.compile(r"\b(\d{1,2})(?: числ\w+|-?го(?: числ\w+)?\b)")
_AFTER = re.compile(r"\b(?:через|спустя) (?:(\d{1,2}|пару) )?(день|дня|дней|недел\w+|месяц\w*)\b")
_WEEK = re.compile(
    r"\b(?:(?P<part>начал\w+|середин\w+|конц\w+) )?"
    rf"(?:(?:на |в )?(?P<which>{_THIS}|{_NEXT}|той|другой) недел\w+|недели)"
)
_WEEKEND = re.compile(r"\bвыходн\w+")
_WORKDAYS = re.compile(r"\b(?:будн\w+|рабочи\w+ дн\w+)")
_MONTH_PART = re.compile(
    r"(?:\b(?P<part>начал\w+|середин\w+|конц\w+) |\bв |^)"
    rf"(?:(?P<next>{_NEXT}) месяц\w*|(?:этом )?месяц[ае]|(?:{MONTH}))\b"
)
_EVERY = re.compile(rf"\b(?:по|кажд\w+|люб\w+) (?:{WEEKDAY})\b")
_WEEKDAY = re.compile(rf"\b(?:({_NEXT}|{_THIS}) )?(?:{WEEKDAY})\b")
_DAYISH = rf"\d{{1,2}}(?:-?го)?[ -]?(?:{MONTH})\b|\d{{1,2}}[./]\d{{1,2}}\b|\d{{1,2}}(?:-?го\b| числ)"
_EDGE = re.compile(
    r"\b(?:(?P<last>до|не позже|не позднее)|(?P<after>после)|(?P<first>с|со|начиная со?|не раньше|не ранее)) "
    rf"(?={_DAYISH}|(?:после)?завтра|(?:{WEEKDAY})\b)"
)
_RANGE = re.compile(
    rf"\bсо? (?P<from>\d{{1,2}})(?:-?го)? (?:по|до) (?P<day>\d{{1,2}})(?:-?(?:го|е|ое))? ?(?:{MONTH})\b"
)
_WEEKDAY_RANGE = re.compile(rf"\bсо? (?P<from>{'|'.join(WEEKDAYS)}) (?:по|до) (?:{WEEKDAY})\b")
_PARTS = {"н": (1, 10), "с": (11, 20), "к": (21, 31)}
_WEEK_PARTS = {"н": (0, 1), "с": (1, 3), "к": (3, 6)}


@dataclass(frozen=True, slots=True)
class Days:
    """first to last, both included; None: any. weekdays: those of them, empty for all."""

    first: date | None = None
    last: date | None = None
    weekdays: frozenset[int] = frozenset()


@dataclass(slots=True)
class DaysFound:
    """options: one is sure, several must be asked about. why: what is wrong with the words, "" for nothing."""

    options: list[Days] = field(default_factory=list)
    why: str = ""


class DayReader:
    """Reads one text. rest: what no finder took."""

    def __init__(self, text: str, today: date) -> None:
        self.rest = text
        self._today = today

    def read(self) -> DaysFound:
        """No options and no reason: the text names no day."""
        if spanned := self._spanned():
            return spanned
        edge = _EDGE.search(self.rest)
        if edge is None:
            return self._read()
        self._take(_EDGE)
        found = self._read()
        found.options = [self._beyond(one, edge) for one in found.options]
        return found

    def _spanned(self) -> DaysFound | None:
        """«с 25 по 27 ноября», «со вторника по четверг»."""
        if match := self._take(_RANGE):
            last = self._meant(int(match["day"]), number_of(match, "m"), 0)
            first = _day(int(match["from"]), last[0].month, last[0].year) if last else []
            is_right = bool(first) and first[0] <= last[0]
            return DaysFound([Days(first[0], last[0])]) if is_right else DaysFound(why="no_such_day")
        if match := self._take(_WEEKDAY_RANGE):
            begins = next(day for day, one in enumerate(WEEKDAYS) if re.fullmatch(one, match["from"]))
            first_day = self._today + timedelta(days=(begins - self._today.weekday()) % 7)
            length = timedelta(days=(number_of(match, "w") - begins) % 7)
            return DaysFound([Days(first_day, first_day + length)])
        return None

    def _beyond(self, days: Days, edge: re.Match[str]) -> Days:
        """«до 3 декабря», «после вторника», «с понедельника»."""
        if days.first is None or days.last is None:
            return days
        if edge["last"]:
            return Days(min(self._today, days.last), days.last)
        return Days(days.last + timedelta(days=1) if edge["after"] else days.first)

    def _read(self) -> DaysFound:
        dated = self._dated()
        if dated is not None:
            return self._with_weekday(dated)
        if match := self._take(_EVERY):
            return DaysFound([Days(weekdays=frozenset({number_of(match, "w")}))])
        week = self._week()
        if week is not None:
            return self._in_week(week)
        if self._take(_WEEKEND):
            saturday = self._today + timedelta(days=(5 - self._today.weekday()) % 7)
            return DaysFound([Days(saturday, saturday + timedelta(days=1))])
        if match := self._take(_WEEKDAY):
            return DaysFound(self._weekday(match))
        if match := self._take(_MONTH_PART):
            return DaysFound([self._month(match)])
        if self._take(_WORKDAYS):
            return DaysFound([Days(weekdays=frozenset(range(5)))])
        return DaysFound()

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.search(self.rest)
        if match is not None:
            self.rest = f"{self.rest[: match.start()]} {self.rest[match.end() :]}"
            self.rest = " ".join(self.rest.split())
        return match

    def _dated(self) -> Sequence[date] | None:
        """The day that the words name by itself; empty: there is no such day; None: they name none so."""
        if match := self._take(_SOON):
            return [self._today + timedelta(days=_SOON_DAYS[match[1]])]
        if match := self._take(_ISO):
            return _day(int(match[3]), int(match[2]), int(match[1]))
        if match := self._take(_FULL):
            return _day(int(match[1]), int(match[2]), int(match[3]) % 100 + 2000)
        if match := self._take(_NAMED):
            return self._meant(int(match["day"]), number_of(match, "m"), int(match["year"] or 0))
        if (match := _SHORT.search(self.rest)) and self._is_date(match):
            self._take(_SHORT)
            return self._meant(int(match["day"]), int(match["month"]), 0)
        if match := self._take(_NUMBERED):
            return self._numbered(int(match[1]))
        return self._after()

    def _is_date(self, match: re.Match[str]) -> bool:
        """«24.11» and «10.12», but «10.30» and «в 10.10» are times."""
        found = self._meant(int(match["day"]), int(match["month"]), 0)
        if "-" in match[0] and 7 <= int(match["day"]) < int(match["month"]) <= 20:
            return False  # «10-12»: from ten to twelve
        if int(match["day"]) > 23 or len(match["month"]) < 2 or int(match["month"]) % 5:
            return True
        return bool(found) and not match["to"] and self._today <= found[0] <= self._today + JUST_PAST

    def _after(self) -> Sequence[date] | None:
        match = _AFTER.search(self.rest)
        if match is None or (match[2].startswith("недел") and _WEEKDAY.search(self.rest)):
            return None
        self._take(_AFTER)
        count = (
            2 if match[1] == "пару" else int(match[1] or (2 if match[2] == "день" else 1))
        )  # «через день»: each other
        if match[2].startswith("месяц"):
            months = self._today.month - 1 + count
            year, month = self._today.year + months // 12, months % 12 + 1
            return _day(self._today.day, month, year) or _day(28, month, year)
        return [self._today + timedelta(days=count * (7 if match[2].startswith("недел") else 1))]

    def _numbered(self, day: int) -> Sequence[date]:
        for ahead in range(3):
            months = self._today.month - 1 + ahead
            found = _day(day, months % 12 + 1, self._today.year + months // 12)
            if found and found[0] >= self._today:
                return found
        return []

    def _meant(self, day: int, month: int, year: int) -> Sequence[date]:
        if year:
            return _day(day, month, year)
        for one in (self._today.year, self._today.year + 1):
            found = _day(day, month, one)
            if found and found[0] >= self._today - JUST_PAST:
                return found
        return []

    def _with_weekday(self, dated: Sequence[date]) -> DaysFound:
        """«во вторник, 24 ноября»: when the two do not agree, it is asked which is meant."""
        match = self._take(_WEEKDAY)
        if not dated:
            return DaysFound(why="no_such_day")
        (day,) = dated
        options = [Days(day, day)]
        if match is not None and number_of(match, "w") != day.weekday():
            options += [one for one in self._weekday(match) if one not in options][:1]
        return DaysFound(options)

    def _week(self) -> tuple[date, date] | None:
        """The days of the week meant."""
        monday = self._today - timedelta(days=self._today.weekday())
        if match := self._take(_WEEK):
            ahead = 0 if match["which"] is None or re.match(_THIS, match["which"]) else 1
            first, last = _WEEK_PARTS[match["part"][0]] if match["part"] else (0, 6)
            start = monday + ahead * WEEK
            return start + timedelta(days=first), start + timedelta(days=last)
        match = _AFTER.search(self.rest)
        if match and match[2].startswith("недел"):
            self._take(_AFTER)
            start = monday + (2 if match[1] == "пару" else int(match[1] or 1)) * WEEK
            return start, start + timedelta(days=6)
        return None

    def _in_week(self, week: tuple[date, date]) -> DaysFound:
        match = self._take(_WEEKDAY)
        if match is None:
            return DaysFound([Days(max(week[0], self._today), week[1])])
        monday = week[0] - timedelta(days=week[0].weekday())
        day = monday + timedelta(days=number_of(match, "w"))
        return DaysFound([Days(day, day)])

    def _weekday(self, match: re.Match[str]) -> list[Days]:
        """«в четверг» is the one to come; on a Thursday, and for «в следующий», it is asked which."""
        ahead = (number_of(match, "w") - self._today.weekday()) % 7
        nearest = self._today + timedelta(days=ahead)
        word = match[1] or ""
        days = [nearest]
        if ahead == 0 and not re.match(_THIS, word):
            days = [nearest + WEEK] if re.match(_NEXT, word) else [nearest, nearest + WEEK]
        elif re.match(_NEXT, word) and nearest.weekday() > self._today.weekday():
            days = [nearest, nearest + WEEK]
        return [Days(day, day) for day in days]

    def _month(self, match: re.Match[str]) -> Days:
        this = self._today.month
        named = next((int(name[1:]) for name, found in match.groupdict().items() if found and name[1:].isdecimal()), 0)
        number = named or (this % 12 + 1 if match["next"] else this)
        year = self._today.year + (number < this)
        first, last = _PARTS[match["part"][0]] if match["part"] else (1, 31)
        end = next(found[0] for day in range(last, 0, -1) if (found := _day(day, number, year)))
        return Days(max(date(year, number, first), self._today), end)


def _day(day: int, month: int, year: int) -> Sequence[date]:
    try:
        return [date(year, month, day)]
    except ValueError:
        return []
