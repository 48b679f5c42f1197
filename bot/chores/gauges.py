"""How much waits, for /metrics: counted in every process that shows it."""

from bot.telemetry import CONTENT_MISTAKES, DEAD, PARKED, UNSENT, WAITING
from storage.database import Database
from storage.records import Lane


class Gauges:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._shown: set[tuple[str, Lane]] = set()

    async def count(self) -> None:
        """Raises Unavailable; the gauges then show what was counted last."""
        async with self._database.read() as tx:
            waiting, _ = await tx.inbox.waiting()
            parked = await tx.inbox.count_parked()
            unsent = await tx.outbox.waiting()
            dead = await tx.outbox.count_dead()
            files = await tx.editions.files()
        WAITING.set(waiting)
        PARKED.set(parked)
        DEAD.set(dead)
        CONTENT_MISTAKES.set(len(files.mistakes) if files is not None else 0)
        for place in self._shown | unsent.keys():
            channel, lane = place
            UNSENT.labels(channel, lane.name.lower()).set(unsent.get(place, 0))
        self._shown |= unsent.keys()
