"""Alarms of this process, written where the console of another process sees them."""

from bot.clock import Clock
from bot.telemetry import take_alarms
from storage.database import Database
from storage.errors import Unavailable


class Troubles:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._kept: dict[str, int] = {}

    async def write(self) -> None:
        """What was raised since the last call. Raises Unavailable; it is then written another time."""
        for what, count in take_alarms().items():
            self._kept[what] = self._kept.get(what, 0) + count
        if not self._kept:
            return
        counts, self._kept = self._kept, {}
        try:
            async with self._database.write() as tx:
                await tx.troubles.add(counts, now=self._clock.now())
        except Unavailable:
            self._kept = counts
            raise
