"""
What turns may ask the database: turns of one batch that ask at once share one query per kind.

A question is gathered until every deciding turn is waiting for something, then answered for all who asked.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from storage.database import Transaction
from storage.records import CaseRow, Holdings, PlanItemRow

Answer = TypeVar("Answer")
Query = Callable[[Sequence[str]], Awaitable[dict[str, Answer]]]


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

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._line = asyncio.Lock()
        self.plans: Gathered[list[PlanItemRow]] = Gathered(self._plans)
        self.cases: Gathered[CaseRow] = Gathered(self._cases)
        self.holdings: Gathered[Holdings] = Gathered(self._holdings)

    async def _plans(self, ids: Sequence[str]) -> dict[str, list[PlanItemRow]]:
        async with self._line:
            return await self._tx.plan.load(ids)

    async def _cases(self, ids: Sequence[str]) -> dict[str, CaseRow]:
        async with self._line:
            return await self._tx.cases.load(ids)

    async def _holdings(self, ids: Sequence[str]) -> dict[str, Holdings]:
        async with self._line:
            return {id_: await self._tx.citizens.holdings(id_) for id_ in ids}  # rare: /data only


class Reads:
    """The same, for one citizen."""

    def __init__(self, batch: BatchReads, citizen_id: str) -> None:
        self._batch = batch
        self._citizen_id = citizen_id
        self._marked: dict[str, PlanItemRow] = {}

    async def plan(self) -> dict[str, PlanItemRow]:
        """What the citizen said of plan items, by item id; this turn's own marks included."""
        rows = await self._batch.plans.ask(self._citizen_id)
        return {row.item: row for row in rows or ()} | self._marked

    def overlay(self, row: PlanItemRow) -> None:
        """This turn marked the item: later reads of the same turn see it."""
        self._marked[row.item] = row

    async def open_case(self) -> CaseRow | None:
        """The citizen's open request for a person, without its words."""
        return await self._batch.cases.ask(self._citizen_id)

    async def holdings(self) -> Holdings:
        """What is kept about the citizen."""
        found = await self._batch.holdings.ask(self._citizen_id)
        assert found is not None
        return found
