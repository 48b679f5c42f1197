"""
Who did what. Rows are plain inserts; the scheduler seals them in order into a hash chain.

seal(n) = HMAC(seal(n-1), id, at, actor, act, subject): a row changed or removed later breaks every seal after it.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.handle import Handle
from storage.inbox import ids_of
from storage.moments import from_ms, to_ms

AT_ONCE = 2000
NEVER = 2**62  # no id is that large


@dataclass(frozen=True, slots=True)
class AuditRow:
    """actor: `staff:ID`, `citizen`, `scheduler`, `operator`. subject: a kind and an id, or empty."""

    id: int
    at: datetime
    actor: str
    act: str
    subject: str
    is_sealed: bool


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
        last, after, found = "", 0, AT_ONCE
        while found == AT_ONCE:
            found = 0
            rows = self._on.queries.audit_from(self._on.connection, after=after, limit=AT_ONCE)
            async for id_, at, actor, act, subject, seal in rows:
                if seal is None:
                    return None
                last = self._link(last, id_, at, actor, act, subject)
                if not hmac.compare_digest(last, seal):
                    return int(id_)
                found, after = found + 1, id_
        return None

    async def unsealed(self) -> int:
        """How many rows wait for their seal."""
        return int(await self._on.queries.audit_count_unsealed(self._on.connection) or 0)

    async def page(
        self, *, actors: Sequence[str] | None, act: str = "", subject: str = "", before: int | None = None, limit: int
    ) -> list[AuditRow]:
        """
        Newest first. actors: None for everybody's rows. act, subject: "" for any. before: rows older than that id.
        """
        rows = self._on.queries.audit_page(
            self._on.connection,
            before=before if before is not None else NEVER,
            everybody=int(actors is None),
            actors=ids_of(self._on, actors or ()),
            act=act,
            subject=subject,
            limit=limit,
        )
        return [AuditRow(row[0], from_ms(row[1]), row[2], row[3], row[4], bool(row[5])) async for row in rows]

    def _link(self, last: str, id_: int, at: int, actor: str, act: str, subject: str) -> str:
        return self._on.cipher.mac("audit", last, str(id_), str(at), actor, act, subject).hex()
