"""
A citizen's wish for a visit, as typed: «в четверг утром», «24 ноября в 10», «завтра», «через неделю после обеда».

    read_wish("24 ноября в 10", now) -> Wish(24 November .. 24 November, 10:00 .. 10:00)
    read_wish("в следующий четверг", now) -> Doubt("which", (Wish(26 November), Wish(3 December)))
    read_wish("хочу пиццу", now) -> None

Own code, as a wish is a span that slots fit or not, and whatever can be read in two ways is asked back: libraries for
dates give one moment, always, and guess.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from bot.booking.wish_days import DayReader, Days
from bot.booking.wish_times import TimeReader, Times
from bot.booking.wish_words import made_plain

TEXT_CHARS = 200
OPTIONS_MAX = 4
_OR = re.compile(r" (?:или|либо) ")
_NOT = re.compile(r"\b(?:не|кроме|только не|ни)\b(?! (?:раньше|ранее|позже|позднее|важно|знаю))")
_BARE = re.compile(r"\d{1,2}")

Why = Literal["past", "no_such_day", "no_such_time", "which", "unclear"]


@dataclass(frozen=True, slots=True)
class Wish:
    """first to last: local days, both included, None for any; weekdays: those of them. since to until: local times."""

    first: date | None = None
    last: date | None = None
    since: time = time.min
    until: time = time(23, 59)
    weekdays: frozenset[int] = frozenset()

    @property
    def names_day(self) -> bool:
        return self.first is not None or bool(self.weekdays)

    @property
    def names_time(self) -> bool:
        return (self.since, self.until) != (time.min, time(23, 59))

    def fits_day(self, day: date) -> bool:
        if self.weekdays and day.weekday() not in self.weekdays:
            return False
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def fits(self, local: datetime) -> bool:
        """local: in the time zone of the point."""
        return self.fits_day(local.date()) and self.since <= local.time() <= self.until


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is not clear. options: the ways to read it, empty when it must be said anew."""

    why: Why
    options: tuple[Wish, ...] = ()


def read_wish(text: str, now: datetime, *, asked: Literal["day", "time"] = "day") -> Wish | Doubt | None:
    """now: local. asked: what a bare number stands for. None: the words name neither day nor time."""
    said = made_plain(text[:TEXT_CHARS])
    pieces = _OR.split(said)
    if len(pieces) == 1:
        return _one(said, now, asked)
    read = [_one(f"в {piece}" if _BARE.fullmatch(piece) else piece, now, asked) for piece in pieces]
    wishes = [one for one in read if isinstance(one, Wish)]
    if len(wishes) < len(pieces):
        return None if not wishes and None in read else Doubt("unclear")
    return _asked(_shared(wishes))


def _one(said: str, now: datetime, asked: str) -> Wish | Doubt | None:
    if _BARE.fullmatch(said):
        return _bare(int(said), now, asked)
    if _NOT.search(said):
        return Doubt("unclear") if isinstance(_one(_NOT.sub(" ", said), now, asked), Wish | Doubt) else None
    days = DayReader(said, now.date())
    day = days.read()
    times = TimeReader(days.rest)
    hour = times.read()
    if day.why or hour.why:
        return Doubt("no_such_day" if day.why else "no_such_time")
    if not day.options and not hour.options:
        return None
    further = DayReader(times.rest, now.date()).read().options  # «вторник, четверг»
    wishes = [
        Wish(one.first, one.last, at.since, at.until, one.weekdays)
        for one in [*(day.options or [Days()]), *further]
        for at in hour.options or [Times()]
    ]
    return _still_to_come(wishes, now)


def _bare(number: int, now: datetime, asked: str) -> Wish | Doubt:
    words = ("в {}", "{} числа") if asked == "time" else ("{} числа", "в {}")
    return next(
        (found for one in words if isinstance(found := _one(one.format(number), now, asked), Wish)), Doubt("unclear")
    )


def _still_to_come(wishes: list[Wish], now: datetime) -> Wish | Doubt:
    coming = [one for one in wishes if not _is_over(one, now)]
    return _asked(coming) if coming else Doubt("past")


def _is_over(wish: Wish, now: datetime) -> bool:
    if wish.last is None:
        return False
    return wish.last < now.date() or (wish.last == now.date() and wish.until < now.time())


def _asked(wishes: list[Wish]) -> Wish | Doubt:
    options = tuple(dict.fromkeys(wishes))
    return options[0] if len(options) == 1 else Doubt("which", options[:OPTIONS_MAX])


def _shared(wishes: list[Wish]) -> list[Wish]:
    """«завтра или в четверг утром»: the time said last is meant for both; «завтра в 10 или в 11»: so is the day."""
    dated = next((one for one in wishes if one.names_day), Wish())
    timed = next((one for one in reversed(wishes) if one.names_time), Wish())
    shared = []
    for one in wishes:
        day = one if one.names_day else dated
        at = one if one.names_time else timed
        shared.append(Wish(day.first, day.last, at.since, at.until, day.weekdays))
    return shared
