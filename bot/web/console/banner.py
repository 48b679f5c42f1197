"""What somebody in charge must look at, shown above every page: alarms, refused content."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.accounts.roles import Right
from storage.database import Transaction

if TYPE_CHECKING:
    from bot.web.console.visit import Visit

SHOWN_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Note:
    """what: of its words. path: where it is dealt with, below /desk. facts: names of alarms, for the words."""

    what: str
    path: str
    count: int
    facts: tuple[str, ...] = ()


async def banner(visit: "Visit", tx: Transaction) -> Sequence[Note]:
    """Newest trouble first; nothing for those who can't do anything about it."""
    notes = []
    if visit.may(Right.LETTERS):
        alarms = await tx.troubles.unseen(since=visit.desk.clock.now() - SHOWN_FOR)
        if alarms:
            count = sum(one.count for one in alarms)
            notes.append(Note("alarms", "/troubles", count, tuple(one.what for one in alarms)))
    if visit.may(Right.CONTENT):
        files = await tx.editions.files()
        if files is not None and files.state == "refused":
            notes.append(Note("content_refused", "/content", len(files.mistakes)))
    return notes
