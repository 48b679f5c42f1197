"""
Who has a plan and has been silent for long is asked how it goes: seldom, by day, with a way to stop.

    a row of `nudges` whose look_at has come --> judged --> asked: a reminder of kind `nudge`, due in the local daytime
                                                   +-----> nothing to ask: looked at again later
The reminder is judged once more in its turn (bot/flows/life.py) and when it is leased (sql/*/outbox.sql).
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.texts import render
from bot.texts.rules import Nudge
from bot.texts.schema import Content
from storage.database import Database
from storage.records import Look, Silence

AT_ONCE = 100  # in one transaction: turns of citizens wait for it
A_DAY = timedelta(days=1)


class Nudging:
    """The scheduler's part. channels: those where a message reaches the citizen, and personal things may be said."""

    def __init__(self, database: Database, clock: Clock, content: Content, channels: Collection[str]) -> None:
        self._database = database
        self._clock = clock
        self._terms = content.rules.nudge
        self._zone = content.default_office.timezone
        self._channels = channels

    async def plan(self) -> int:
        """
        Look at everybody whose time it is, AT_ONCE at a time; returns how many are going to be asked.

        Raises Unavailable; what is committed by then stays.
        """
        asked = 0
        while self._terms is not None:
            now = self._clock.now()
            async with self._database.read() as tx:
                next_look = await tx.nudges.next_look()
            if next_look is None or next_look > now:
                break
            due_at = render.next_hour(now, self._terms.hour, self._zone)
            async with self._database.write() as tx:
                silences = await tx.nudges.due(now=now, limit=AT_ONCE)
                looks = [look_at(one, self._terms, self._channels, now=now, due_at=due_at) for one in silences]
                await tx.nudges.move(looks)
            asked += sum(look.remind_at is not None for look in looks)
            if not looks:
                break
        return asked


def look_at(silence: Silence, terms: Nudge, channels: Collection[str], *, now: datetime, due_at: datetime) -> Look:
    """What follows from the look. due_at: when a question that is decided now would come."""

    def later(at: datetime | None) -> Look:
        return Look(silence.citizen_id, silence.looked_at, at, asked, silence.asked_at)

    heard_at, asked_at = silence.heard_at, silence.asked_at
    after, every = timedelta(days=terms.after_days), timedelta(days=terms.every_days)
    is_in_this_silence = heard_at and asked_at and heard_at + after <= asked_at
    asked = silence.asked if is_in_this_silence else 0
    if silence.is_off or not silence.has_consent or heard_at is None:
        return later(None)
    earliest = max(heard_at + after, asked_at + every) if asked_at else heard_at + after
    if earliest > now:
        return later(earliest)
    if silence.has_case:
        return later(now + A_DAY)  # closed by staff: no word of the citizen tells of it
    can_be_asked = not silence.is_stopped and silence.is_reachable and silence.has_situation
    if not can_be_asked or silence.channel not in channels or asked >= terms.times:
        return later(now + after)  # changes with the citizen's next word only, and that begins a new silence
    return Look(silence.citizen_id, silence.looked_at, due_at + every, asked + 1, due_at, remind_at=due_at)
