"""Calls of staff in a turn: whether the citizen wants them."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.engine.effects import Effect
from bot.engine.taken import Taken, Write
from storage.database import Transaction


@dataclass(frozen=True, slots=True)
class SwitchCalls(Effect):
    """Staff call never again, or again."""

    is_wanted: bool
    personal: ClassVar[bool] = True


async def _switch(tx: Transaction, taken: Taken, effect: SwitchCalls, now: datetime) -> None:
    await tx.calls.switch(taken.citizen_id, is_wanted=effect.is_wanted, now=now)


WRITES: dict[type, Write] = {SwitchCalls: _switch}
