"""A cry for help, written: the citizen's open request becomes urgent, or an urgent one is opened."""

from datetime import datetime

from bot.engine.effects import RaiseAlarm
from bot.engine.taken import Taken, Write
from storage.database import Transaction
from storage.records import CaseRow

TOPIC = "crisis"


async def _raise(tx: Transaction, taken: Taken, effect: RaiseAlarm, now: datetime) -> None:
    known = (await tx.cases.load([taken.citizen_id])).get(taken.citizen_id)
    if known is None:
        known = CaseRow(
            id=effect.id,
            citizen_id=taken.citizen_id,
            channel=taken.claimed.channel,
            topic=TOPIC,
            state="new",
            without_consent=taken.talk.turn.citizen.consent_at is None,
            created_at=now,
        )
        await tx.cases.open(known)
    await tx.alarms.raise_(known.id, taken.citizen_id, effect.kind, taken.claimed.channel, now=now)


WRITES: dict[type, Write] = {RaiseAlarm: _raise}
