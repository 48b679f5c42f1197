"""
Who asked to be forgotten, beside the database: a backup restored later must forget them again.

A line of the file: epoch, id, channel, address hash, milliseconds. No line tells who it was: the hash can be looked up
only with the key inside the database. A restored database counts ids anew, which is why the epoch stands first.
Who has moved between chats is named by the random id of the citizen too, with «citizen» for the channel: a backup made
before the move knows them at other addresses. «consent» and an id: the consent was taken back.
"""

import asyncio
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from storage.database import Database, Transaction
from storage.retention import CONSENT

NAME = "erasures.log"
AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Erasure:
    """find: address hash. at_ms: when, milliseconds since the epoch."""

    channel: str
    find: str
    at_ms: int


class ErasureLog:
    """The file. Blocks: for threads, or for commands."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / NAME

    def read(self) -> list[Erasure]:
        """All of them; a line cut off by a crash is passed over. No file: nobody was forgotten. Raises OSError."""
        return [erasure for _, _, erasure in self._lines()]

    def last(self, epoch: int) -> int:
        """The highest id noted in this epoch, 0 when none is."""
        return max((id_ for of, id_, _ in self._lines() if of == epoch), default=0)

    def epoch(self) -> int:
        """The newest epoch noted, 0 when nothing is."""
        return max((of for of, _, _ in self._lines()), default=0)

    def append(self, epoch: int, rows: Sequence[tuple[int, str, str, int]]) -> None:
        """Add (id, channel, address hash, milliseconds); on the disk when this returns. Raises OSError."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "r+b") as writing:
            size = os.fstat(descriptor).st_size
            is_cut = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
            lines = "".join(f"{epoch} {' '.join(map(str, row))}\n" for row in rows)
            writing.write((("\n" if is_cut else "") + lines).encode("ascii"))
            writing.flush()
            os.fsync(descriptor)

    def _lines(self) -> Iterable[tuple[int, int, Erasure]]:
        if not self.file.exists():
            return
        for line in self.file.read_text(encoding="ascii", errors="replace").splitlines():
            parts = line.split(" ")
            if len(parts) == 5 and parts[0].isdigit() and parts[1].isdigit() and parts[4].isdigit():
                yield int(parts[0]), int(parts[1]), Erasure(parts[2], parts[3], int(parts[4]))


class Notes:
    """Carries new erasures from the database into the file; the active scheduler's work."""

    def __init__(self, database: Database, log: ErasureLog) -> None:
        self._database = database
        self._log = log
        self._at: tuple[int, int] | None = None  # epoch, id noted last

    async def write(self, now: datetime) -> int:
        """Note what is new; returns how many. Raises Unavailable, OSError."""
        if self._at is None:  # the epoch changes by a restore only, and nobody runs meanwhile
            async with self._database.write() as tx:
                epoch = (await tx.installation.epoch(now=now)).number
            self._at = (epoch, await asyncio.to_thread(self._log.last, epoch))
        noted = 0
        while True:
            epoch, after = self._at
            async with self._database.read() as tx:
                rows = await tx.erasures.since(after, limit=AT_ONCE)
            if not rows:
                return noted
            await asyncio.to_thread(self._log.append, epoch, rows)
            self._at = (epoch, rows[-1][0])
            noted += len(rows)


async def known(tx: Transaction) -> list[Erasure]:
    """Every erasure the database remembers."""
    found: list[Erasure] = []
    after = 0
    while rows := await tx.erasures.since(after, limit=AT_ONCE):
        found += [Erasure(channel, find, at_ms) for _, channel, find, at_ms in rows]
        after = rows[-1][0]
    return found


async def again(database: Database, erasures: Iterable[Erasure], now: datetime) -> int:
    """
    Forget in a restored database whoever asked for it after the backup was made; returns how many citizens.

    An erasure the backup knows, or a later one of the same address, is part of it: who came back since then stays.
    """
    async with database.read() as tx:
        done: dict[tuple[str, str], int] = {}
        for erasure in await known(tx):
            place = (erasure.channel, erasure.find)
            done[place] = max(done.get(place, 0), erasure.at_ms)
        citizens: dict[str, None] = {}
        withdrawn: dict[str, None] = {}
        for erasure in erasures:
            if done.get((erasure.channel, erasure.find), -1) >= erasure.at_ms:
                continue
            citizen_id = await tx.erasures.citizen_of(erasure.channel, erasure.find)
            if citizen_id is not None:
                (withdrawn if erasure.channel == CONSENT else citizens)[citizen_id] = None
    for citizen_id in citizens:
        async with database.write() as tx:
            await tx.citizens.erase(citizen_id, now=now)
    for citizen_id in withdrawn:
        async with database.write() as tx:
            await tx.citizens.withdraw(citizen_id, now=now)
    return len(citizens)
