"""A request for a person, written."""

from datetime import datetime

from bot.engine.effects import AddWords, OpenCase
from bot.engine.taken import Grant, Taken, Write
from storage.database import Transaction
from storage.records import CaseRow


async def _open(tx: Transaction, taken: Taken, effect: OpenCase, now: datetime) -> bool:
    case = CaseRow(
        id=effect.id,
        citizen_id=taken.citizen_id,
        channel=taken.claimed.channel,
        topic=effect.topic,
        state="new",
        without_consent=taken.talk.turn.citizen.consent_at is None,
        created_at=now,
        words=(effect.words,) if effect.words else (),
        context=effect.context,
    )
    return await tx.cases.open(case)


async def _add_words(tx: Transaction, taken: Taken, effect: AddWords, now: datetime) -> None:
    case = (await tx.cases.load([taken.citizen_id]))[taken.citizen_id]
    await tx.cases.add_words(case.id, effect.words, now=now)


WRITES: dict[type, Write] = {AddWords: _add_words}
GRANTS: dict[type, Grant] = {OpenCase: _open}
