"""Accepted content editions, stored whole; one row names the one in force."""

from datetime import datetime

from storage.handle import Handle
from storage.moments import from_ms, to_ms
from storage.records import Edition


class Editions:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def accept(self, *, fingerprint: str, files: bytes, now: datetime) -> int:
        """Store the edition (once) and put it in force; returns its number."""
        await self._on.queries.editions_add(self._on.connection, fingerprint=fingerprint, files=files, at=to_ms(now))
        number = int(await self._on.queries.editions_number(self._on.connection, fingerprint=fingerprint))
        await self._on.queries.editions_enforce(self._on.connection, number=number, at=to_ms(now))
        await self._on.queries.audit_add(
            self._on.connection, at=to_ms(now), actor="scheduler", act="published", subject=f"edition {number}"
        )
        return number

    async def number_in_force(self) -> int | None:
        """A cheap look: which edition everybody should be running."""
        number = await self._on.queries.editions_in_force_number(self._on.connection)
        return int(number) if number is not None else None

    async def in_force(self) -> Edition | None:
        row = await self._on.queries.editions_in_force(self._on.connection)
        return Edition(row[0], row[1], bytes(row[2]), from_ms(row[3])) if row is not None else None
