"""
Who did what. Rows are plain inserts; the scheduler seals them in order into a hash chain.

seal(n) = HMAC(seal(n-1), id, at, actor, act, subject): a row changed or removed later breaks every seal after it.
"""

import hmac
from datetime import datetime

from storage.handle import Handle
from storage.moments import to_ms


class Audit:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def add(self, *, actor: str, act: str, subject: str, now: datetime) -> None:
        await self._on.queries.audit_add(self._on.connection, at=to_ms(now), actor=actor, act=act, subject=subject)

    async def seal(self, *, limit: int = 500) -> int:
        """Seal the oldest unsealed rows; only the active scheduler calls it. Returns how many."""
        last = await self._on.queries.audit_last_seal(self._on.connection) or ""
        rows = [row async for row in self._on.queries.audit_unsealed(self._on.connection, limit=limit)]
        seals = []
        for id_, at, actor, act, subject in rows:
            last = self._link(last, id_, at, actor, act, subject)
            seals.append({"id": id_, "seal": last})
        if seals:
            await self._on.queries.audit_seal(self._on.connection, seals)
        return len(seals)

    async def broken_at(self) -> int | None:
        """The id of the first row whose seal does not fit, None when the chain holds."""
        last = ""
        async for id_, at, actor, act, subject, seal in self._on.queries.audit_all(self._on.connection):
            if seal is None:
                return None
            last = self._link(last, id_, at, actor, act, subject)
            if not hmac.compare_digest(last, seal):
                return int(id_)
        return None

    def _link(self, last: str, id_: int, at: int, actor: str, act: str, subject: str) -> str:
        return self._on.cipher.mac("audit", last, str(id_), str(at), actor, act, subject).hex()
