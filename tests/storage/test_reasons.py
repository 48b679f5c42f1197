"""Reasons are counted, on both databases: each question once, and of nobody."""

from datetime import date, timedelta

from storage.database import Database
from tests.storage.rows import table

DAY = date(2026, 11, 23)


async def test_reasons_are_counted_by_kind_and_day(database: Database) -> None:
    async with database.write() as tx:
        for about, reason, day in (
            ("b1", "forgot", DAY),
            ("b2", "forgot", DAY),
            ("b3", "ill", DAY),
            ("b4", "ill", DAY - timedelta(days=1)),
        ):
            await tx.reasons.put(kind="no_show", about=about, reason=reason, point="barnaul", day=day)
        await tx.reasons.put(kind="refused", about="b1", reason="no_trust", point="biysk", day=DAY)

        assert await tx.reasons.count(since=DAY, until=DAY) == [
            ("no_show", "forgot", 2),
            ("no_show", "ill", 1),
            ("refused", "no_trust", 1),
        ]
        assert await tx.reasons.count(since=DAY, until=DAY, point="biysk") == [("refused", "no_trust", 1)]
        assert await tx.reasons.count(since=DAY + timedelta(days=1), until=DAY + timedelta(days=9)) == []


async def test_a_second_answer_replaces_the_first(database: Database) -> None:
    async with database.write() as tx:
        for reason in ("forgot", "ill", "ill"):
            await tx.reasons.put(kind="no_show", about="b1", reason=reason, point="barnaul", day=DAY)

        assert await tx.reasons.count(since=DAY, until=DAY) == [("no_show", "ill", 1)]


async def test_whose_reason_it_was_is_not_kept(database: Database) -> None:
    async with database.write() as tx:
        await tx.reasons.put(kind="no_show", about="booking-of-ivan", reason="ill", point="barnaul", day=DAY)

    assert "ivan" not in str(await table(database, "SELECT * FROM reasons"))
