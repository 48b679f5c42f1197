"""How the content came to be what it is, and the way back: `content history`, `content rollback`."""

from dataclasses import dataclass
from pathlib import Path

from bot.clock import Clock
from bot.texts.files import fingerprint, read_folder
from bot.texts.load import load
from bot.texts.mistakes import BadContent
from bot.texts.packed import changes, unpack
from bot.texts.schema import Need
from storage.database import Database
from storage.editions import TOPIC
from storage.records import EditionAct, FilesJudgement


class NoEdition(Exception):
    """There is no edition of that number."""


@dataclass(frozen=True, slots=True)
class Change:
    """An edition was put in force. files: what differs from the one before, None for the first of all."""

    act: EditionAct
    files: tuple[str, ...] | None
    is_in_force: bool


async def history(database: Database, *, limit: int) -> list[Change]:
    """The newest changes first. Raises Unreadable, Unavailable."""
    async with database.read() as tx:
        acts = await tx.editions.log(limit=limit)
        wanted = {number for act in acts for number in (act.number, act.instead_of) if number is not None}
        stored = {number: await tx.editions.stored(number) for number in sorted(wanted)}
    files = {number: unpack(edition.files) for number, edition in stored.items() if edition is not None}
    found = []
    for place, act in enumerate(acts):
        before = files.get(act.instead_of) if act.instead_of is not None else None
        after = files.get(act.number, {})
        found.append(Change(act, tuple(changes(before, after)) if before is not None else None, place == 0))
    return found


async def roll_back(
    database: Database, clock: Clock, number: int, *, folder: Path, needs: dict[str, Need], actor: str
) -> None:
    """
    Put a stored edition in force again. The files in the folder are passed over until they change.

    Raises NoEdition; BadContent, Unreadable: this program cannot run it; Unavailable.
    """
    async with database.read() as tx:
        edition = await tx.editions.stored(number)
    if edition is None:
        raise NoEdition(number)
    load(unpack(edition.files), needs)
    try:
        present = fingerprint(read_folder(folder))
    except BadContent:
        present = ""  # nothing in there could be published anyway
    async with database.write() as tx:
        now = clock.now()
        await tx.editions.roll_back(number, actor=actor, now=now)
        state: FilesJudgement = "published" if present == edition.fingerprint else "passed_over"
        await tx.editions.judge_files(present, state, now=now)
        tx.notify(TOPIC)
