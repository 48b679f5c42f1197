"""
The time in typed words: «в 10», «к десяти», «с 10 до 12», «после обеда», «в половине второго», «в 5 вечера».

Hours from one to six without a part of the day are those after noon: nobody is received before seven.
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

_PART = r"(?: (?P<p>утра|дня|вечера|ночи))?"
_HOURS = r"(?:час(?:ов|ам|а|у)?|ч)"
_HOUR = (
    rf"(?P<{{0}}h>\d{{{{1,2}}}})(?:(?: ?{_HOURS})? ?[:. -]? ?(?P<{{0}}m>[0-5]\d)(?: ?мин\w*)?)?(?: ?{_HOURS}\b)?"
    r"(?: (?P<{0}p>утра|дня|вечера|ночи))?"
)
_A, _B = _HOUR.format("a"), _HOUR.format("b")
_SPAN = re.compile(rf"\b(?:с|от|между) {_A} (?:до|по|и) {_B}(?![\d-])")
_DASHED = re.compile(
    r"\b(?P<ah>\d{1,2})(?:[:.](?P<am>[0-5]\d))? ?- ?(?P<bh>1?\d|2[0-3])(?:[:.](?P<bm>[0-5]\d))?(?: ?час\w*)?(?![\d-])"
)
_SINCE = re.compile(rf"\b(?:не раньше|не ранее|после|позже|позднее|начиная с|с|от) {_A}(?![\d-])")
_UNTIL = re.compile(rf"\b(?:не позже|не позднее|до|(?<!не )раньше|пораньше) {_A}(?![\d-])")
_ABOUT = re.compile(
    rf"\b(?:около|примерно(?: в| к)?|приблизительно в|где-?то в|где то в|часов в|часам к) {_A}(?![\d-])"
)
_HALF = re.compile(r"\b(?:в |к )?половин\w+ (?P<h>\d{1,2})" + _PART)
_LESS = re.compile(r"\bбез (?P<m>четверти|\d{1,2})(?: минут\w*)? (?P<h>\d{1,2})" + _PART)
_EXACT = re.compile(rf"\b(?:в|во|к|ко|на) {_A}(?![\d-])")
_CLOCK = re.compile(rf"(?<![\d.:/-])(?=\d{{1,2}}(?:[:.][0-5]\d| ?ч\b| ?час| утра| дня| вечера| ночи)){_A}(?![\d-])")
_ONE = re.compile(r"\b(?:в |к )?час(?:у)?(?: (?P<p>дня|ночи)|\b(?! ?(?:ов|ам)))")
_PARTS = (
    (re.compile(r"\bпосле (?:обеда|полудня)"), time(13), time(18)),
    (re.compile(r"\bдо (?:обеда|полудня)|\bпервой половин\w+(?: дня)?"), time(7), time(13)),
    (re.compile(r"\b(?:во )?второй половин\w+(?: дня)?"), time(13), time(19)),
    (re.compile(r"\bраннее утро|рано утром|\b(?:с |по|к )?утр\w+"), time(7), time(12)),
    (re.compile(r"\b(?:в |к )?полд(?:ень|ню|ня)"), time(12), time(12)),
    (re.compile(r"\bв обед\w*|\bобеденн\w+"), time(12), time(14)),
    (re.compile(r"\bдн[её]м\b"), time(12), time(17)),
    (re.compile(r"\b(?:к |под |по)?вечер\w*"), time(17), time(21)),
)
_WHENEVER = re.compile(
    r"\b(?:скорее|скорей|быстрее|быстрей|как можно раньше|сейчас|срочно|любо[ейм]\w*|когда угодно|неважно|не важно|"
    r"вс[её] равно|ближайш\w+|перв\w+ свободн\w+|поскорее|побыстрее)\b"
)
_ABOUT_MINUTES = 30
_ANY_DAY = date(2000, 1, 1)
_ALL_DAY = (time.min, time(23, 59))


@dataclass(frozen=True, slots=True)
class Times:
    """since, until: local, both included."""

    since: time = _ALL_DAY[0]
    until: time = _ALL_DAY[1]


@dataclass(slots=True)
class TimesFound:
    """options: one is sure, several must be asked about. why: what is wrong with the words, "" for nothing."""

    options: list[Times] = field(default_factory=list)
    why: str = ""


class _NoSuchTime(Exception):
    """The clock never shows it."""


class TimeReader:
    """Reads what is left of a text when its day is known. rest: what no finder took."""

    def __init__(self, text: str) -> None:
        self.rest = text

    def read(self) -> TimesFound:
        """No options and no reason: the text names no time."""
        try:
            return TimesFound(self._read())
        except _NoSuchTime:
            return TimesFound(why="no_such_time")

    def _read(self) -> list[Times]:
        part = self._part()
        found = self._hours(part)
        if found:
            return found
        if part is not None:
            return [part]
        return [Times()] if self._take(_WHENEVER) else []

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.search(self.rest)
        if match is not None:
            self.rest = " ".join(f"{self.rest[: match.start()]} {self.rest[match.end() :]}".split())
        return match

    def _part(self) -> Times | None:
        """«после обеда»; not «в 5 вечера»: that word belongs to the hour."""
        if re.search(r"\d (?:утра|дня|вечера|ночи)\b", self.rest):
            return None
        for pattern, since, until in _PARTS:
            if self._take(pattern):
                return Times(since, until)
        return None

    def _hours(self, part: Times | None) -> list[Times]:
        if (match := self._take(_SPAN)) or (match := self._take(_DASHED)):
            last = _moment(match, "b", part)
            first = _moment(match, "a", part, match.groupdict().get("bp"))
            if first[0] > last[0]:
                raise _NoSuchTime
            return [Times(first[0], last[0])]
        if match := self._take(_UNTIL):
            return [Times(_ALL_DAY[0], one) for one in _moment(match, "a", part)[:1]]
        if match := self._take(_SINCE):
            return [Times(one, _ALL_DAY[1]) for one in _moment(match, "a", part)[:1]]
        if match := self._take(_HALF):
            return [_at(one, -30) for one in _resolved(int(match["h"]), 0, match["p"], part)]
        if match := self._take(_LESS):
            less = 15 if match["m"] == "четверти" else int(match["m"])
            return [_at(one, -less) for one in _resolved(int(match["h"]), 0, match["p"], part)]
        if match := self._take(_ABOUT):
            (one, *_) = _moment(match, "a", part)
            return [Times(_at(one, -_ABOUT_MINUTES).since, _at(one, _ABOUT_MINUTES).until)]
        if (match := self._take(_EXACT)) or (match := self._take(_CLOCK)):
            return [_at(one, 0) for one in _moment(match, "a", part)]
        if match := self._take(_ONE):
            return [_at(time(1 if match["p"] == "ночи" else 13), 0)]
        return []


def _moment(match: re.Match[str], letter: str, part: Times | None, also: str | None = None) -> list[time]:
    groups = match.groupdict()
    named = groups.get(f"{letter}p") or also
    return _resolved(int(match[f"{letter}h"]), int(groups.get(f"{letter}m") or 0), named, part)


def _resolved(hour: int, minute: int, named: str | None, part: Times | None) -> list[time]:
    """The times that may be meant: two for seven o'clock without a part of the day."""
    if hour > 23 or minute > 59:
        raise _NoSuchTime
    is_late = named in ("дня", "вечера") or (part is not None and part.since >= time(12))
    if named in ("утра", "ночи") or hour == 0 or hour > 12:
        return [time(hour, minute)]
    if is_late or (hour < 7 and part is None):
        return [time(hour % 12 + 12, minute)]
    if hour == 7 and part is None:
        return [time(7, minute), time(19, minute)]
    return [time(hour, minute)]


def _at(one: time, minutes: int) -> Times:
    moment = datetime.combine(_ANY_DAY, one) + timedelta(minutes=minutes)
    return Times(moment.time(), moment.time())
