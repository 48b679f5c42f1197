"""
The installation itself: its epoch and the offset of VK's random ids.

random_id = (offset + number of the message part) mod 2³¹, never 0. A restored backup counts numbers again from an older
one, and VK silently drops a repeated id: therefore `restore` starts a new epoch with a new offset.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from storage.handle import Handle
from storage.moments import to_ms

MODULUS = 2**31


@dataclass(frozen=True, slots=True)
class Epoch:
    number: int
    offset: int

    def random_id(self, part: int) -> int:
        """Stable for the part, 1 … 2³¹ - 1."""
        return (self.offset + part) % (MODULUS - 1) + 1


class Installation:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def epoch(self, *, now: datetime) -> Epoch:
        """The current epoch; the first call makes it."""
        row = await self._on.queries.installation_get(self._on.connection)
        if row is None:
            await self._on.queries.installation_make(
                self._on.connection, random_offset=secrets.randbelow(MODULUS), at=to_ms(now)
            )
            row = await self._on.queries.installation_get(self._on.connection)
        return Epoch(row[0], row[1])

    async def start_epoch(self, *, now: datetime) -> Epoch:
        """After a restore: ids given out from now on repeat none given out before."""
        await self.epoch(now=now)
        await self._on.queries.installation_next(
            self._on.connection, random_offset=secrets.randbelow(MODULUS), at=to_ms(now)
        )
        return await self.epoch(now=now)
