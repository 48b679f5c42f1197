"""What a turn changes about its citizen, written: consent, situations, office, erasure."""

from datetime import datetime

from bot.engine.effects import (
    Agree,
    ChooseOffice,
    ChooseSituations,
    EraseAll,
    ForgetItems,
    IssueCode,
    KeepWord,
    MarkReachable,
    Withdraw,
)
from bot.engine.taken import Taken, Write
from storage.database import Transaction


async def _erase(tx: Transaction, taken: Taken, _: EraseAll, now: datetime) -> None:
    await tx.citizens.erase(taken.citizen_id, now=now)


async def _withdraw(tx: Transaction, taken: Taken, _: Withdraw, now: datetime) -> None:
    await tx.citizens.withdraw(taken.citizen_id, now=now)


async def _forget_items(tx: Transaction, taken: Taken, effect: ForgetItems, now: datetime) -> None:
    await tx.plan.forget(taken.citizen_id, effect.items, now=now)


async def _issue_code(tx: Transaction, taken: Taken, effect: IssueCode, now: datetime) -> None:
    await tx.moves.issue(taken.citizen_id, effect.code, expires_at=effect.until)


async def _keep_word(tx: Transaction, taken: Taken, effect: KeepWord, now: datetime) -> None:
    await tx.citizens.keep_word(taken.citizen_id, effect.find)


async def _agree(tx: Transaction, taken: Taken, effect: Agree, now: datetime) -> None:
    await tx.citizens.agree(taken.citizen_id, version=effect.version, now=now)
    await tx.citizens.place(taken.citizen_id, taken.talk.turn.chosen_office)


async def _choose_office(tx: Transaction, taken: Taken, effect: ChooseOffice, now: datetime) -> None:
    if taken.talk.turn.has_consent:
        await tx.citizens.place(taken.citizen_id, effect.office)


async def _choose_situations(tx: Transaction, taken: Taken, effect: ChooseSituations, now: datetime) -> None:
    await tx.citizens.choose(taken.citizen_id, effect.situations, now=now)


async def _mark_reachable(tx: Transaction, taken: Taken, effect: MarkReachable, now: datetime) -> None:
    if effect.is_reachable:
        return
    claimed = taken.claimed
    await tx.citizens.mark_reachable([(claimed.channel, claimed.address, False)], now=now)
    await tx.outbox.blocked(claimed.channel, claimed.address, now=now)


WRITES: dict[type, Write] = {
    EraseAll: _erase,
    Withdraw: _withdraw,
    ForgetItems: _forget_items,
    IssueCode: _issue_code,
    KeepWord: _keep_word,
    Agree: _agree,
    ChooseOffice: _choose_office,
    ChooseSituations: _choose_situations,
    MarkReachable: _mark_reachable,
}
