"""What follows from a visit, written: an answer to an offer of other help, a reason counted."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.engine.effects import Effect
from bot.engine.taken import Taken, Write
from storage.database import Transaction
from storage.referrals import Outcome, State

BY = "citizen"  # who changed a referral


@dataclass(frozen=True, slots=True)
class AnswerReferral(Effect):
    """The citizen agreed, refused, or told what came of it; a way that is closed by then changes nothing."""

    referral_id: str
    state: State
    outcome: Outcome = Outcome.UNKNOWN
    personal: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class AskedReferral(Effect):
    """The citizen was asked what came of it."""

    referral_id: str
    personal: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class CountReason(Effect):
    """
    Why something did not happen, counted at this point; of whom is not kept.

    kind: of the question. about: id of the row asked about: its second answer replaces the first.
    """

    kind: str
    about: str
    reason: str
    point: str


async def _answer(tx: Transaction, taken: Taken, effect: AnswerReferral, now: datetime) -> None:
    known = await tx.referrals.get(effect.referral_id)
    if known is not None and known.citizen_id == taken.citizen_id:
        await tx.referrals.change(known.id, effect.state, by=BY, now=now, outcome=effect.outcome)


async def _asked(tx: Transaction, taken: Taken, effect: AskedReferral, now: datetime) -> None:
    await tx.referrals.asked(effect.referral_id)


async def _count(tx: Transaction, taken: Taken, effect: CountReason, now: datetime) -> None:
    day = taken.talk.turn.today
    await tx.reasons.put(kind=effect.kind, about=effect.about, reason=effect.reason, point=effect.point, day=day)


WRITES: dict[type, Write] = {AnswerReferral: _answer, AskedReferral: _asked, CountReason: _count}
