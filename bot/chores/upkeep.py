"""Keeping the house: what has outlived its term is forgotten, rows are resealed, backups come back."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.clock import Clock
from bot.erasures import Erasure, ErasureLog, again, known
from bot.texts.rules import Retention
from storage.backup import restore as bring_back
from storage.database import Database, Transaction
from storage.numbering import leap
from storage.retention import SEALED

HOLD_S = 0.2  # the longest a transaction may hold the writer: turns of citizens wait for it
ROWS, ROWS_MIN, ROWS_MAX = 100, 1, 1000
DAY = timedelta(days=1)  # a session of the console is long over by then
INVITED = timedelta(days=400)  # as long as any limit between two surveys, and the rotation of their questions
HOUR = timedelta(hours=1)  # as long as a try to claim a code counts

Step = Callable[[Transaction, int], Awaitable[int]]


@dataclass
class Purged:
    """
    What a purge did. forgotten: rows by kind. resealed: rows by table. longest_s: of one transaction.
    """

    forgotten: dict[str, int] = field(default_factory=dict)
    resealed: dict[str, int] = field(default_factory=dict)
    longest_s: float = 0.0


class Purge:
    """Retention in small transactions. terms: of the content in force."""

    def __init__(self, database: Database, clock: Clock, terms: Retention) -> None:
        self._database = database
        self._clock = clock
        self._terms = terms
        self._rows = ROWS
        self._result = Purged()

    async def run(self, *, reseals: bool = False) -> Purged:
        """
        Forget what is due. reseals: also seal every row under the first secret. Raises Unavailable; what is done stays.
        """
        for name, step in self._steps(self._clock.now()):
            count = 0
            while found := await self._transaction(step):
                count += found
            if count:
                self._result.forgotten[name] = count
        if reseals:
            for table in SEALED:
                await self._reseal(table)
        return self._result

    def _steps(self, now: datetime) -> list[tuple[str, Step]]:
        terms = self._terms
        hours, raw = now - timedelta(hours=terms.session_hours), now - timedelta(days=terms.raw_words_days)
        dedupe, cases = now - timedelta(days=terms.dedupe_days), now - timedelta(days=terms.closed_case_days)
        visits = now - timedelta(days=terms.booking_days)
        return [
            ("sessions", lambda tx, limit: tx.retention.sessions(before=hours, limit=limit)),
            ("words_without_consent", lambda tx, limit: tx.retention.words_without_consent(before=hours, limit=limit)),
            ("words", lambda tx, limit: tx.retention.words(before=raw, limit=limit)),
            ("dedupe", lambda tx, limit: tx.retention.dedupe(before=dedupe, limit=limit)),
            ("cases", lambda tx, limit: tx.retention.cases(before=cases, limit=limit)),
            ("bookings", lambda tx, limit: tx.retention.bookings(before=visits, limit=limit)),
            ("visits", lambda tx, limit: tx.retention.visits(before=visits, limit=limit)),
            ("unanswered", lambda tx, limit: tx.retention.unanswered(before=raw, limit=limit)),
            ("moves", lambda tx, limit: tx.retention.moves(before=now - HOUR, limit=limit)),
            ("survey_words", lambda tx, limit: tx.retention.survey_words(before=raw, limit=limit)),
            ("surveys", lambda tx, limit: tx.retention.survey_invitations(before=now - INVITED, limit=limit)),
            ("reminders", lambda tx, limit: tx.retention.reminders(before=dedupe, limit=limit)),
            ("desk", lambda tx, limit: tx.retention.desk(before=now - DAY, limit=limit)),
        ]

    async def _transaction(self, step: Step) -> int:
        async with self._database.write() as tx:
            begun = time.monotonic()
            found = await step(tx, self._rows)
        held_s = time.monotonic() - begun  # the commit included
        self._result.longest_s = max(self._result.longest_s, held_s)
        if held_s > HOLD_S / 2:
            self._rows = max(self._rows // 2, ROWS_MIN)
        elif held_s < HOLD_S / 8:
            self._rows = min(self._rows * 2, ROWS_MAX)
        return found

    async def _reseal(self, table: str) -> None:
        at: tuple[Any, ...] | None = None
        is_over = False

        async def step(tx: Transaction, limit: int) -> int:
            nonlocal at, is_over
            changed, at = await tx.retention.reseal(table, after=at, limit=limit)
            is_over = at is None
            return changed

        count = 0
        while not is_over:
            count += await self._transaction(step)
        if count:
            self._result.resealed[table] = count


@dataclass(frozen=True, slots=True)
class Restored:
    """erased: citizens forgotten again. epoch: the new one. has_looked: the old database was asked for erasures."""

    erased: int
    epoch: int
    has_looked: bool


async def restore(url: str, file: Path, secrets: tuple[str, ...], data_dir: Path, clock: Clock) -> Restored:
    """
    Put a backup in place, forget again who asked for it since, and begin a new epoch of message numbers.

    Raises what storage.backup.restore raises; the old data is then still in place. OSError: the list of erasures can't
    be read, and without it nobody may be brought back.
    """
    log = ErasureLog(data_dir)
    erasures: list[Erasure] = log.read()
    erased, epoch, newest = 0, -1, log.epoch()

    async def before(old: Database) -> None:
        async with old.read() as tx:
            erasures.extend(await known(tx))

    async def after(restored: Database) -> None:
        nonlocal erased, epoch
        now = clock.now()
        erased = await again(restored, erasures, now)
        async with restored.write() as tx:
            while epoch <= newest:  # a backup restored twice must not count in the same epoch twice
                epoch = (await tx.installation.start_epoch(now=now)).number
            await leap(tx.handle)
            await tx.audit.add(actor="operator", act="restored", subject=f"epoch {epoch}", now=now)

    has_looked = await bring_back(url, file, secrets, after=after, before=before)
    return Restored(erased, epoch, has_looked)
