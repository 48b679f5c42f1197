"""
What turns may ask the database: turns of one batch that ask at once share one query per kind.

A question is gathered until every deciding turn is waiting for something, then answered for all who asked.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Generic, TypeVar

from storage.booking_records import BookingRow, WaitingRow
from storage.case_records import Said as CaseSaid
from storage.database import Transaction
from storage.extract import Extract
from storage.records import AnswerRow, CaseRow, Holdings, NudgeRow, PlanItemRow
from storage.referrals import ReferralRow
from storage.survey_records import InvitationRow
from storage.visits import VisitRow

Answer = TypeVar("Answer")
T = TypeVar("T")
Query = Callable[[Sequence[str]], Awaitable[dict[str, Answer]]]
Mark = tuple[dict[str, BookingRow | None], dict[str, WaitingRow | None]]


class Gathered(Generic[Answer]):
    """One kind of question, asked per citizen, answered for many."""

    def __init__(self, query: Query[Answer]) -> None:
        self._query = query
        self._asked: dict[str, asyncio.Future[Answer | None]] = {}
        self._flushes: set[asyncio.Task[None]] = set()

    async def ask(self, citizen_id: str) -> Answer | None:
        future = self._asked.get(citizen_id)
        if future is None:
            loop = asyncio.get_running_loop()
            future = loop.create_future()
            if not self._asked:
                loop.call_soon(self._start)
            self._asked[citizen_id] = future
        return await asyncio.shield(future)

    def _start(self) -> None:
        task = asyncio.ensure_future(self._flush())
        self._flushes.add(task)
        task.add_done_callback(self._flushes.discard)

    async def _flush(self) -> None:
        asked, self._asked = self._asked, {}
        try:
            answers = await self._query(sorted(asked))
        except Exception as error:
            for future in asked.values():
                future.set_exception(error)
                future.exception()  # a turn that gave up waiting must not leave a warning behind
            return
        for citizen_id, future in asked.items():
            future.set_result(answers.get(citizen_id))


class BatchReads:
    """The questions of one batch, inside its transaction. One connection: queries go one after the other."""

    def __init__(self, tx: Transaction, now: datetime) -> None:
        self._tx = tx
        self._now = now
        self._line = asyncio.Lock()
        self.plans: Gathered[list[PlanItemRow]] = Gathered(self._plans)
        self.profiles: Gathered[list[AnswerRow]] = Gathered(self._profiles)
        self.cases: Gathered[CaseRow] = Gathered(self._cases)
        self.holdings: Gathered[Holdings] = Gathered(self._holdings)
        self.nudges: Gathered[NudgeRow] = Gathered(self._nudges)
        self.extracts: Gathered[Extract] = Gathered(self._extracts)
        self.own_words: Gathered[str] = Gathered(self._own_words)
        self.bookings: Gathered[list[BookingRow]] = Gathered(self._bookings)
        self.waiting: Gathered[list[WaitingRow]] = Gathered(self._waiting)

    @property
    def now(self) -> datetime:
        return self._now

    async def rare(self, query: Callable[[Transaction], Awaitable[T]]) -> T:
        """What so few turns ask that gathering would not pay."""
        async with self._line:
            return await query(self._tx)

    async def _plans(self, ids: Sequence[str]) -> dict[str, list[PlanItemRow]]:
        async with self._line:
            return await self._tx.plan.load(ids)

    async def _profiles(self, ids: Sequence[str]) -> dict[str, list[AnswerRow]]:
        async with self._line:
            return await self._tx.profile.load(ids)

    async def _cases(self, ids: Sequence[str]) -> dict[str, CaseRow]:
        async with self._line:
            return await self._tx.cases.load(ids)

    async def _holdings(self, ids: Sequence[str]) -> dict[str, Holdings]:
        async with self._line:
            return {id_: await self._tx.citizens.holdings(id_) for id_ in ids}  # rare: /data only

    async def _nudges(self, ids: Sequence[str]) -> dict[str, NudgeRow]:
        async with self._line:
            return await self._tx.nudges.load(ids)

    async def _extracts(self, ids: Sequence[str]) -> dict[str, Extract]:
        async with self._line:
            return {id_: await self._tx.extracts.of(id_) for id_ in ids}  # rare: the download only

    async def _own_words(self, ids: Sequence[str]) -> dict[str, str]:
        async with self._line:
            words = {id_: await self._tx.citizens.word(id_) for id_ in ids}  # rare: a hidden menu only
        return {id_: word for id_, word in words.items() if word is not None}

    async def _bookings(self, ids: Sequence[str]) -> dict[str, list[BookingRow]]:
        async with self._line:
            return await self._tx.bookings.of_citizen(ids, now=self._now)

    async def _waiting(self, ids: Sequence[str]) -> dict[str, list[WaitingRow]]:
        async with self._line:
            return await self._tx.waiting.of_citizen(ids)


class Reads:
    """The same, for one citizen."""

    def __init__(self, batch: BatchReads, citizen_id: str) -> None:
        self._batch = batch
        self._citizen_id = citizen_id
        self._marked: dict[str, PlanItemRow] = {}
        self._answered: dict[str, AnswerRow] = {}
        self._forgotten: set[str] = set()
        self._booked: dict[str, BookingRow | None] = {}
        self._waits: dict[str, WaitingRow | None] = {}

    async def plan(self) -> dict[str, PlanItemRow]:
        """What the citizen said of plan items, by item id; this turn's own marks included."""
        rows = await self._batch.plans.ask(self._citizen_id)
        return {row.item: row for row in rows or () if row.item not in self._forgotten} | self._marked

    def overlay(self, row: PlanItemRow) -> None:
        """This turn marked the item: later reads of the same turn see it."""
        self._marked[row.item] = row

    async def answers(self) -> dict[str, str]:
        """What the citizen answered about themselves, question → value as stored; this turn's own answers included."""
        rows = await self._batch.profiles.ask(self._citizen_id)
        newest = {row.question: row for row in rows or ()} | self._answered
        return {row.question: row.value for row in newest.values() if row.value is not None}

    def overlay_answer(self, row: AnswerRow) -> None:
        """This turn answered the question: later reads of the same turn see it."""
        self._answered[row.question] = row

    def forget(self, items: Sequence[str]) -> None:
        """This turn takes the marks of these items away."""
        self._forgotten |= set(items)
        for item in items:
            self._marked.pop(item, None)

    async def open_case(self) -> CaseRow | None:
        """The citizen's open request for a person, without its words."""
        return await self._batch.cases.ask(self._citizen_id)

    async def last_case(self) -> CaseRow | None:
        """The case that was closed last, without its words."""
        return await self._batch.rare(lambda tx: tx.cases.last_closed(self._citizen_id))

    async def cases_ahead(self, case: CaseRow) -> int:
        """How many requests come before this one."""
        return await self._batch.rare(lambda tx: tx.cases.ahead(case))

    async def case_talk(self, case_id: str) -> list[CaseSaid]:
        """All that was said in the case."""
        return await self._batch.rare(lambda tx: tx.case_talk.of(case_id))

    async def nudge(self) -> NudgeRow:
        """Whether the citizen may be asked after a long silence, and since when it lasts."""
        found = await self._batch.nudges.ask(self._citizen_id)
        return found or NudgeRow(self._citizen_id, 0, None, None, None)

    async def holdings(self) -> Holdings:
        """What is kept about the citizen."""
        found = await self._batch.holdings.ask(self._citizen_id)
        assert found is not None
        return found

    async def extract(self) -> Extract:
        """Everything that is kept about the citizen, opened."""
        found = await self._batch.extracts.ask(self._citizen_id)
        assert found is not None
        return found

    async def alarmed_at(self) -> datetime | None:
        """When the citizen last cried for help, as far as it is known: such people get no survey."""
        return (await self._batch.rare(lambda tx: tx.alarms.latest([self._citizen_id]))).get(self._citizen_id)

    async def own_word(self) -> str | None:
        """The hash of the word that uncovers the menu, None when the citizen chose none."""
        return await self._batch.own_words.ask(self._citizen_id)

    async def bookings(self) -> list[BookingRow]:
        """The citizen's active bookings, kept seats too, the soonest first; what this turn asked for included."""
        rows = {row.id: row for row in await self._batch.bookings.ask(self._citizen_id) or ()}
        newest = [row for row in (rows | self._booked).values() if row is not None]
        return sorted(newest, key=lambda row: (row.starts_at, row.id))

    def overlay_booking(self, booking_id: str, row: BookingRow | None) -> None:
        """This turn changed the booking, or gave it back (None): later reads of the same turn see it."""
        self._booked[booking_id] = row

    async def waiting(self) -> list[WaitingRow]:
        """What the citizen waits for, offers too; what this turn asked for included."""
        rows = {row.id: row for row in await self._batch.waiting.ask(self._citizen_id) or ()}
        return [row for row in (rows | self._waits).values() if row is not None]

    def overlay_waiting(self, waiting_id: str, row: WaitingRow | None) -> None:
        """This turn changed what is waited for, or ended it (None)."""
        self._waits[waiting_id] = row

    def mark(self) -> Mark:
        """What this turn has laid over bookings so far, for `go_back`."""
        return dict(self._booked), dict(self._waits)

    def go_back(self, mark: Mark) -> None:
        """What was laid over since then did not come to pass."""
        self._booked, self._waits = dict(mark[0]), dict(mark[1])

    async def booking(self, booking_id: str) -> BookingRow | None:
        """One booking of the citizen's, whatever became of it; None for nobody's or somebody else's."""
        row = await self._batch.rare(lambda tx: tx.bookings.get(booking_id))
        return row if row is not None and row.citizen_id == self._citizen_id else None

    async def wish(self, waiting_id: str) -> WaitingRow | None:
        """One row of the waiting list that is the citizen's, whatever became of it."""
        row = await self._batch.rare(lambda tx: tx.waiting.get(waiting_id))
        return row if row is not None and row.citizen_id == self._citizen_id else None

    async def taken(self, point: str, role: str, *, after: datetime, before: datetime, places: int) -> dict[str, int]:
        """Slot id → seats taken or kept, of the first `places`; for slots that begin in [after, before)."""
        now = self._batch.now
        return await self._batch.rare(
            lambda tx: tx.bookings.taken(point, role, after=after, before=before, places=places, now=now)
        )

    async def closed_days(self, point: str, role: str, *, since: str) -> set[str]:
        """Local days (2026-11-24) from `since` on, on which staff closed the specialist's shift."""
        rows = await self._batch.rare(lambda tx: tx.bookings.closures(since=since))
        return {row.day for row in rows if (row.point, row.role) == (point, role)}

    async def visits(self) -> list[VisitRow]:
        """What came of the citizen's visits, oldest first."""
        return await self._batch.rare(lambda tx: tx.visits.of_citizen(self._citizen_id))

    async def referrals(self) -> list[ReferralRow]:
        """Where else the citizen was sent, oldest first."""
        return await self._batch.rare(lambda tx: tx.referrals.of_citizen(self._citizen_id))

    async def invitation(self, id_: str) -> InvitationRow | None:
        """The citizen's invitation to a survey, with the answers of earlier turns while they can be changed."""
        return await self._batch.rare(lambda tx: tx.surveys.get(id_, self._citizen_id))
