"""Counts without persons, the same on both databases."""

import asyncio
from datetime import date

from storage.database import Database
from storage.records import Judged

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


async def test_answers_are_counted_by_question_and_verdict(database: Database) -> None:
    async with database.write() as tx:
        await tx.verdicts.count([("faq-001", "shown", MONDAY)] * 3 + [("faq-001", "helped", MONDAY)])
    async with database.write() as tx:
        await tx.verdicts.count([("faq-002", "shown", TUESDAY), ("faq-002", "not_helped", TUESDAY)])
        await tx.verdicts.count([("faq-001", "shown", TUESDAY)])
        await tx.verdicts.count([])

    async with database.read() as tx:
        assert await tx.verdicts.by_question(since=MONDAY) == [Judged("faq-002", 1, 0, 1), Judged("faq-001", 4, 1, 0)]
        assert await tx.verdicts.by_question(since=TUESDAY) == [Judged("faq-002", 1, 0, 1), Judged("faq-001", 1, 0, 0)]
        assert await tx.verdicts.by_question(since=date(2026, 12, 1)) == []


async def test_several_at_once_count_everything(database: Database) -> None:
    async def count(order: int) -> None:
        questions = ["faq-001", "faq-002", "faq-003"][::order]
        async with database.write() as tx:
            await tx.verdicts.count([(question, "shown", MONDAY) for question in questions])

    await asyncio.gather(*(count(1 if number % 2 else -1) for number in range(12)))

    async with database.read() as tx:
        assert {one.shown for one in await tx.verdicts.by_question(since=MONDAY)} == {12}


async def test_a_count_of_a_transaction_that_failed_is_not_kept(database: Database) -> None:
    try:
        async with database.write() as tx:
            await tx.verdicts.count([("faq-001", "shown", MONDAY)])
            raise LookupError
    except LookupError:
        pass

    async with database.read() as tx:
        assert await tx.verdicts.by_question(since=MONDAY) == []
