"""
Where else a person was sent: psychologist, mediator, social contract.

    offered --> agreed --> passed --> done
       |          |           |
       +----------+-----------+--> refused      a refusal may be taken back: refused --> agreed

The bailiff or the specialist decides who is needed; the bot offers, asks and keeps the state.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from storage.handle import Handle
from storage.moments import from_ms, to_ms


class To(StrEnum):
    PSYCHOLOGIST = "psychologist"
    MEDIATOR = "mediator"
    SOCIAL_CONTRACT = "social_contract"


class State(StrEnum):
    OFFERED = "offered"
    AGREED = "agreed"
    REFUSED = "refused"
    PASSED = "passed"
    DONE = "done"


class Outcome(StrEnum):
    """What the person said of it afterwards."""

    UNKNOWN = ""
    HELPED = "helped"
    NOT_HELPED = "not_helped"


BEFORE = {
    State.AGREED: (State.OFFERED, State.REFUSED),
    State.PASSED: (State.OFFERED, State.AGREED),
    State.DONE: (State.AGREED, State.PASSED),
    State.REFUSED: (State.OFFERED, State.AGREED, State.PASSED),
}


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """booking_id: at which visit it was offered. asked: how often the bot asked what came of it."""

    id: str
    citizen_id: str | None
    booking_id: str
    kind: To
    state: State
    outcome: Outcome
    asked: int
    version: int
    offered_by: str
    changed_by: str
    offered_at: datetime
    answered_at: datetime | None
    passed_at: datetime | None
    done_at: datetime | None


class Referrals:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def offer(
        self, id_: str, *, citizen_id: str | None, booking_id: str, kind: To, by: str, now: datetime
    ) -> ReferralRow | None:
        """None when one of the kind is alive already for this person."""
        made = await self._on.queries.referrals_offer(
            self._on.connection, id=id_, citizen_id=citizen_id, booking_id=booking_id, kind=kind, by=by, at=to_ms(now)
        )
        return await self.get(id_) if made is not None else None

    async def get(self, id_: str) -> ReferralRow | None:
        row = await self._on.queries.referrals_get(self._on.connection, id=id_)
        return _whole(row) if row is not None else None

    async def of_citizen(self, citizen_id: str) -> list[ReferralRow]:
        """Oldest first."""
        rows = self._on.queries.referrals_of_citizen(self._on.connection, citizen_id=citizen_id)
        return [_whole(row) async for row in rows]

    async def of_booking(self, booking_id: str) -> list[ReferralRow]:
        rows = self._on.queries.referrals_of_booking(self._on.connection, booking_id=booking_id)
        return [_whole(row) async for row in rows]

    async def in_state(self, state: State, *, limit: int = 200) -> list[ReferralRow]:
        """Oldest first."""
        rows = self._on.queries.referrals_in_state(self._on.connection, state=state, limit=limit)
        return [_whole(row) async for row in rows]

    async def change(
        self, id_: str, state: State, *, by: str, now: datetime, outcome: Outcome = Outcome.UNKNOWN
    ) -> ReferralRow | None:
        """
        Into the state; None when there is no such referral, or no way there from the state it is in.

        Changed to the state it has, it stays as it is.
        """
        known = await self.get(id_)
        if known is None or (known.state is not state and known.state not in BEFORE.get(state, ())):
            return None
        if known.state is state:
            return known
        if state is State.AGREED and known.state is State.REFUSED and await self._has_another(known):
            return None
        moment = to_ms(now)
        changed = await self._on.queries.referrals_change(
            self._on.connection,
            id=id_,
            version=known.version,
            state=state,
            outcome=outcome,
            by=by,
            answered_at=moment if state in (State.AGREED, State.REFUSED) else None,
            passed_at=moment if state is State.PASSED else None,
            done_at=moment if state is State.DONE else None,
        )
        return await self.get(id_) if changed is not None else None

    async def _has_another(self, known: ReferralRow) -> bool:
        """One of the kind was offered anew since this one was refused."""
        every = await (self.of_citizen(known.citizen_id) if known.citizen_id else self.of_booking(known.booking_id))
        ended = (State.REFUSED, State.DONE)
        return any(one.kind is known.kind and one.state not in ended for one in every)

    async def asked(self, id_: str) -> None:
        """The bot asked what came of it."""
        await self._on.queries.referrals_asked(self._on.connection, id=id_)

    async def count(self, *, since: datetime) -> list[tuple[To, State, int]]:
        rows = self._on.queries.referrals_count(self._on.connection, since=to_ms(since))
        return [(To(row[0]), State(row[1]), int(row[2])) async for row in rows]

    async def merge(self, kept: str, gone: str) -> None:
        """Two citizens become one: all are kept, of two live ones of a kind the newer."""
        both = {"to_id": kept, "from_id": gone}
        async for _ in self._on.queries.referrals_older(self._on.connection, **both):
            pass
        await self._on.queries.moves_referrals(self._on.connection, **both)


def _whole(row: Sequence[Any]) -> ReferralRow:
    (id_, citizen_id, booking_id, kind, state, outcome, asked, version, offered_by, changed_by) = row[:10]
    offered_at, answered_at, passed_at, done_at = row[10:14]
    return ReferralRow(
        id_,
        citizen_id,
        booking_id,
        To(kind),
        State(state),
        Outcome(outcome),
        asked,
        version,
        offered_by,
        changed_by,
        from_ms(offered_at),
        from_ms(answered_at),
        from_ms(passed_at),
        from_ms(done_at),
    )
