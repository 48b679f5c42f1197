"""Reminders come due: each becomes one incoming in its citizen's lane, in the transaction that takes it."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from bot.clock import Clock
from bot.messages import Address, Incoming, Kind
from storage.database import Database
from storage.records import Due, ReminderRow

AT_ONCE = 100  # in one transaction: turns of citizens must not wait for a whole morning's reminders


class Reminding:
    """The clock's part in the talk."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def take(self) -> int:
        """
        Put everything due into the lanes, a hundred at a time; returns how many.

        Each is given out once, whatever the wall clock does: one taken before a jump back is not taken again.
        Raises Unavailable; what is committed by then stays.
        """
        taken = 0
        while True:
            now = self._clock.now()
            async with self._database.read() as tx:
                next_due = await tx.reminders.next_due()
            if next_due is None or next_due > now:
                return taken
            async with self._database.write() as tx:
                due = await tx.reminders.take_due(now=now, limit=AT_ONCE)
                await tx.inbox.store_due([_due(reminder) for reminder in due], now=now)
                tx.notify("inbox")
            taken += len(due)
            if not due:
                return taken


async def withdraw(database: Database, channels: Sequence[str], now: datetime) -> int:
    """
    Cancel the reminders that wait for channels which only inform by now, or are off; returns how many.

    Senders refuse them by themselves: this is for the web page, which has none, and for a channel that comes back.
    """
    count = 0
    for channel in channels:
        found = AT_ONCE
        while found == AT_ONCE:
            async with database.write() as tx:
                found = await tx.outbox.withdraw(channel, now=now, limit=AT_ONCE)
            count += found
    return count


def _due(reminder: ReminderRow) -> Due:
    event = f"reminder:{reminder.id}"
    data = f"{reminder.kind}|{reminder.subject}|{reminder.id}"
    incoming = Incoming(event, Address("own", ""), Kind.CLOCK, data=data)
    return Due(reminder.citizen_id, event, str(Kind.CLOCK), msgspec.json.encode(incoming))
