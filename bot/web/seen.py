"""How far each page has read: gathered for a moment, then one transaction for all. A hint: a lost one is told again."""

import asyncio

from bot.clock import Clock
from bot.telemetry import alarm
from storage.database import Database

GATHER_S = 0.5
CHATS_MAX = 10_000


class Seen:
    """Marks messages as read, so that what nobody agreed to keep is erased."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._numbers: dict[str, int] = {}
        self._stir = asyncio.Event()

    def note(self, chat: str, number: int) -> None:
        """The page shows every message up to this number."""
        if number > 0 and (chat in self._numbers or len(self._numbers) < CHATS_MAX):
            self._numbers[chat] = max(number, self._numbers.get(chat, 0))
            self._stir.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._stir.wait()
            self._stir.clear()
            await asyncio.sleep(GATHER_S)
            await self.flush()

    async def flush(self) -> None:
        """Write what was gathered. A database that is gone loses hints only."""
        numbers, self._numbers = self._numbers, {}
        if not numbers:
            return
        try:
            async with self._database.write() as tx:
                for chat, number in sorted(numbers.items()):
                    await tx.outbox.fed(chat, seen=number, now=self._clock.now())
        except Exception as error:  # a hint: the page tells it again
            alarm("seen_not_stored", error=type(error).__name__)
