"""A cry for help, written: the citizen's open request becomes urgent, or an urgent one is opened."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.engine.effects import Effect
from bot.engine.taken import Taken, Write
from bot.surveys import triggers
from bot.texts.promises import answer_due
from storage.database import Transaction
from storage.records import CaseRow

TOPIC = "crisis"


@dataclass(frozen=True, slots=True)
class RaiseAlarm(Effect):
    """
    Somebody may be in danger: the citizen's open request for a person becomes urgent, without one an urgent one opens.

    No words go with it. id: of the new case. kind: of crisis.yaml.
    """

    id: str
    kind: str
    personal: ClassVar[bool] = True


async def _raise(tx: Transaction, taken: Taken, effect: RaiseAlarm, now: datetime) -> None:
    known = (await tx.cases.load([taken.citizen_id])).get(taken.citizen_id)
    if known is None:
        turn = taken.talk.turn
        known = CaseRow(
            id=effect.id,
            citizen_id=taken.citizen_id,
            channel=taken.claimed.channel,
            topic=TOPIC,
            state="new",
            without_consent=turn.citizen.consent_at is None,
            created_at=now,
            office=turn.chosen_office,
            is_urgent=True,
            due_at=answer_due(turn.content, turn.chosen_office, TOPIC, now, is_urgent=True),
        )
        await tx.cases.open(known)
    await tx.alarms.raise_(known.id, taken.citizen_id, effect.kind, taken.claimed.channel, now=now)
    await tx.cases.urge(known.id, now=now)
    await triggers.pause(tx, taken.citizen_id, now=now)
    tx.notify("desk")


WRITES: dict[type, Write] = {RaiseAlarm: _raise}
