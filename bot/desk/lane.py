"""
An act of staff on its way to the citizen: stored in their lane, in the transaction that writes what was done.

    lane taken, rows written, act told --commit--> a turn of the citizen says what follows (`Flow.staff`)

Staff see the outcome from the rows at once; words for the citizen keep the order of everything else said to them.
"""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from bot.messages import Address, Incoming, Kind
from storage.database import Transaction
from storage.records import Due


@dataclass(frozen=True, slots=True)
class Act:
    """
    kind: which `Flow.staff` speaks of it. about: id of the row that was changed, without "|". role: of who did it, no
    name. words: for the citizen. edits: the platform's id of the own message that they replace.
    """

    kind: str
    about: str = ""
    role: str = ""
    words: str = ""
    edits: str = ""


async def take(tx: Transaction, *citizen_ids: str) -> None:
    """Take the lanes of these citizens until the transaction ends: turns of theirs wait. First of all in it."""
    await tx.moves.lock([id_ for id_ in citizen_ids if id_])


async def tell(tx: Transaction, citizen_id: str, act: Act, *, once: str, now: datetime) -> None:
    """Put the act into the citizen's lane. once: id of the act; told twice it is one."""
    event = f"staff:{once}"
    data = f"{act.kind}|{act.about}|{act.role}"
    incoming = Incoming(event, Address("own", ""), Kind.STAFF, data=data, text=act.words, message=act.edits)
    await tx.inbox.store_due([Due(citizen_id, event, str(Kind.STAFF), msgspec.json.encode(incoming))], now=now)
    tx.notify("inbox")
