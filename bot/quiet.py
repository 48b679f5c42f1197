"""
Quiet hours: local time in which nothing leaves that nobody asked for.

Judged by the wall clock of the zone, so a change to summer time moves them with the people.
Two equal times: there are none.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.texts.schema import Content

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


class Quiet:
    """starts_at, ends_at: local times, may span midnight. zone: IANA name."""

    def __init__(self, starts_at: time, ends_at: time, zone: str) -> None:
        self._from = starts_at
        self._to = ends_at
        self._zone = ZoneInfo(zone)

    @classmethod
    def of(cls, content: Content, office: str) -> "Quiet":
        """Where citizens of this office live; of the default one, when it is not known."""
        rules = content.rules
        return cls(rules.quiet_from, rules.quiet_to, content.office(office).timezone)

    @classmethod
    def is_everywhere(cls, content: Content, moment: datetime) -> bool:
        """Every office of the content has quiet hours."""
        return all(cls.of(content, office).until(moment) is not None for office in content.offices)

    def until(self, moment: datetime) -> datetime | None:
        """When the quiet hours end that the moment falls into; None: it is no quiet hour."""
        local = moment.astimezone(self._zone)
        if not self._is_quiet(local.time()):
            return None
        return self._next(moment, self._to)

    def awake(self, since: datetime, now: datetime) -> timedelta:
        """How much of the time between is no quiet hour: a message doesn't age while it must not leave."""
        total = timedelta()
        while since < now:
            end = self.until(since)
            if end is None:
                end = now if self._from == self._to else min(self._next(since, self._from), now)
                total += end - since
            since = end
        return total

    def _is_quiet(self, local: time) -> bool:
        if self._from <= self._to:
            return self._from <= local < self._to
        return local >= self._from or local < self._to

    def _next(self, moment: datetime, wanted: time) -> datetime:
        """The first moment after this one at which the clocks show the wanted time, or jump over it."""
        day = moment.astimezone(self._zone).date() - _DAY
        while True:
            for found in self._moments(day, wanted):
                if found > moment:
                    return found
            day += _DAY

    def _moments(self, day: date, wanted: time) -> tuple[datetime, ...]:
        wall = datetime.combine(day, wanted)
        first, last = (wall.replace(tzinfo=self._zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        if last >= first:
            return first, last  # two moments in the hour that clocks show twice
        while first - last > _SECOND:  # the clocks jump over it: seek the jump
            middle = last + (first - last) // 2
            if middle.astimezone(self._zone).replace(tzinfo=None) < wall:
                last = middle
            else:
                first = middle
        return (first,)
