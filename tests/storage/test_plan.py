"""Plan items and reminders, on both databases: marked, put off, given out once."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from storage.database import Database
from storage.records import Lane, Part, PlanItemRow, ReminderRow
from tests.storage.rows import NOW, address, meet

TOMORROW = NOW + timedelta(days=1)


def item(citizen_id: str, name: str, state: str, *, version: int = 1, earlier: str = "open") -> PlanItemRow:
    later_at = TOMORROW if state == "later" else None
    return PlanItemRow(citizen_id, name, state, earlier, later_at, version, NOW)


def reminder(citizen_id: str, name: str = "papers", *, version: int = 1) -> ReminderRow:
    return ReminderRow(f"{citizen_id}:{name}:{version}", citizen_id, "plan_item", name, TOMORROW)


async def test_marks_are_kept_by_citizen_and_item_and_replaced(database: Database) -> None:
    marks = [item("ivan", "papers", "done"), item("ivan", "account", "later"), item("olga", "papers", "stuck")]
    async with database.write() as tx:
        await tx.plan.save(marks)
        newer = replace(item("ivan", "papers", "open", version=2, earlier="done"), added="met")
        await tx.plan.save([newer])

        plans = await tx.plan.load(["ivan", "olga", "petr"])

    assert sorted(plans["ivan"], key=lambda row: row.item) == [marks[1], newer]
    assert plans["olga"] == [marks[2]]
    assert [one.stays for one in (marks[0], marks[1], newer)] == [True, False, True]
    assert "petr" not in plans


async def test_saving_nothing_does_nothing(database: Database) -> None:
    async with database.write() as tx:
        await tx.plan.save([])
        await tx.reminders.add([])
        await tx.reminders.cancel([])
        await tx.reminders.cancel_all([])
        assert await tx.plan.load([]) == {}


async def test_a_due_reminder_is_given_out_once(database: Database) -> None:
    async with database.write() as tx:
        await tx.reminders.add([reminder("ivan"), reminder("olga")])
        assert await tx.reminders.next_due() == TOMORROW
        assert await tx.reminders.take_due(now=NOW, limit=10) == []

    async def take() -> list[ReminderRow]:
        async with database.write() as tx:
            return await tx.reminders.take_due(now=TOMORROW, limit=10)

    taken = [one for batch in await asyncio.gather(take(), take(), take()) for one in batch]

    assert sorted(one.citizen_id for one in taken) == ["ivan", "olga"]
    assert taken[0].due_at == TOMORROW
    async with database.read() as tx:
        assert await tx.reminders.next_due() is None


async def test_a_few_at_a_time_oldest_first(database: Database) -> None:
    rows = [ReminderRow(str(n), f"c{n}", "plan_item", "papers", NOW + timedelta(minutes=n)) for n in range(5)]
    async with database.write() as tx:
        await tx.reminders.add(list(reversed(rows)))

        first = await tx.reminders.take_due(now=TOMORROW, limit=2)
        rest = await tx.reminders.take_due(now=TOMORROW, limit=10)

    assert {one.id for one in first} == {"0", "1"}
    assert {one.id for one in rest} == {"2", "3", "4"}


async def test_a_cancelled_reminder_is_not_given_out(database: Database) -> None:
    async with database.write() as tx:
        await tx.reminders.add([reminder("ivan"), reminder("ivan", "account"), reminder("olga"), reminder("petr")])
        await tx.reminders.cancel([("ivan", "papers")])
        await tx.reminders.cancel_all(["olga"])

        taken = await tx.reminders.take_due(now=TOMORROW, limit=10)

    assert {(one.citizen_id, one.subject) for one in taken} == {("ivan", "account"), ("petr", "papers")}


async def test_an_item_put_off_anew_reminds_again(database: Database) -> None:
    async with database.write() as tx:
        await tx.reminders.add([reminder("ivan")])
        await tx.reminders.cancel([("ivan", "papers")])
        await tx.reminders.add([reminder("ivan", version=2)])

        assert [one.id for one in await tx.reminders.take_due(now=TOMORROW, limit=10)] == ["ivan:papers:2"]


async def test_a_reminder_counts_as_kept_until_it_is_sent(database: Database) -> None:
    ivan = await meet(database)

    async def held() -> int:
        async with database.read() as tx:
            return (await tx.citizens.holdings(ivan)).reminders

    async with database.write() as tx:
        await tx.reminders.add([reminder(ivan)])
    assert await held() == 1

    subject = f"{ivan}:papers:1"
    async with database.write() as tx:
        await tx.reminders.take_due(now=TOMORROW, limit=10)
        part = Part(ivan, "web", address(database), "t", 0, Lane.REMINDER, "k", b"x", False, TOMORROW, subject)
        await tx.outbox.add([part], now=TOMORROW)
    assert await held() == 1

    async with database.write() as tx:
        (leased,) = await tx.outbox.lease("web", now=TOMORROW, limit=10)
        await tx.outbox.sent([(leased.number, "1")], now=TOMORROW)
    assert await held() == 0
