"""What did not get through, on both databases: seen by office, sent again or dropped once."""

import asyncio
from dataclasses import replace

import pytest

from storage.database import Database
from storage.records import Arrival, Lane, Part
from storage.staff import StaffRow
from tests.storage.rows import NOW, address, meet, table

EVERYWHERE = StaffRow("o1", "olga", "Ольга", "lead", (), True, False, True, True, False, NOW)
BARNAUL = replace(EVERYWHERE, offices=("barnaul", "biysk"), every_office=False)


async def bury(database: Database, citizen: str, chat: str, *, reason: str = "refused: no chat") -> int:
    part = Part(citizen, "web", address(database, chat), f"turn {chat}", 0, Lane.REPLY, "menu.main", b"{}", True, NOW)
    async with database.write() as tx:
        await tx.outbox.add([part], now=NOW)
        leased = await tx.outbox.lease("web", now=NOW, limit=10)
        await tx.outbox.bury([(one.number, reason) for one in leased], now=NOW)
        return leased[0].number


@pytest.fixture
async def numbers(database: Database) -> dict[str, int]:
    """A dead letter each: of a citizen of Barnaul, of Rubtsovsk, of one who chose no office."""
    found = {}
    for chat, office in (("ivan", "barnaul"), ("petr", "rubtsovsk"), ("anna", "")):
        citizen = await meet(database, chat)
        async with database.write() as tx:
            await tx.citizens.place(citizen, office)
        found[chat] = await bury(database, citizen, chat)
    return found


async def test_are_seen_by_office_newest_first(database: Database, numbers: dict[str, int]) -> None:
    async with database.read() as tx:
        every = await tx.letters.dead(EVERYWHERE, limit=10)
        some = await tx.letters.dead(BARNAUL, limit=10)
        assert await tx.letters.count(EVERYWHERE) == 3
        assert await tx.letters.count(BARNAUL) == 2
        assert len(await tx.letters.dead(EVERYWHERE, limit=2)) == 2

    assert [one.number for one in every] == [numbers["anna"], numbers["petr"], numbers["ivan"]]
    assert [(one.office, one.reason, one.key) for one in some] == [
        ("", "refused: no chat", "menu.main"),
        ("barnaul", "refused: no chat", "menu.main"),
    ]


async def test_one_is_sent_again_once_whoever_presses(database: Database, numbers: dict[str, int]) -> None:
    async def again() -> bool:
        async with database.write() as tx:
            return await tx.letters.send_again(numbers["ivan"], now=NOW)

    assert sorted(await asyncio.gather(again(), again(), again())) == [False, False, True]
    async with database.write() as tx:
        assert await tx.letters.letter(numbers["ivan"]) is None
        assert [one.number for one in await tx.outbox.lease("web", now=NOW, limit=5)] == [numbers["ivan"]]


async def test_one_that_is_dropped_has_no_words_and_never_leaves(database: Database, numbers: dict[str, int]) -> None:
    async with database.write() as tx:
        assert await tx.letters.drop(numbers["ivan"], now=NOW)
        assert not await tx.letters.drop(numbers["ivan"], now=NOW)
        assert not await tx.letters.send_again(numbers["ivan"], now=NOW)

    where = f"WHERE id = {numbers['ivan']}"
    assert await table(database, f"SELECT state, body, reason FROM outbox {where}") == [(5, None, "dropped")]


async def test_a_parked_update_is_tried_again_or_dropped(database: Database) -> None:
    async with database.write() as tx:
        await tx.inbox.store([Arrival("web", "a", "ivan", "text", 0, b"{}")], now=NOW)
        (claimed,) = await tx.inbox.claim(limit=1, now=NOW)
        await tx.inbox.park(claimed.id, error="KeyError", now=NOW)
        await tx.inbox.store([Arrival("vk", "b", "", "broken", 0, b"{}", broken="ValueError")], now=NOW)
        broken, failed = await tx.letters.parked(EVERYWHERE, limit=10)

        assert (failed.number, failed.error, failed.can_try) == (claimed.id, "KeyError", True)
        assert (broken.channel, broken.citizen_id, broken.can_try) == ("vk", "", False)
        assert await tx.letters.update(broken.number) == broken
        assert not await tx.letters.try_again(broken.number), "nobody's update can't take a turn"
        assert await tx.letters.try_again(failed.number)
        assert not await tx.letters.try_again(failed.number)
        assert await tx.letters.drop_update(broken.number, now=NOW)
        assert not await tx.letters.drop_update(broken.number, now=NOW)
        assert await tx.letters.parked(EVERYWHERE, limit=10) == []
    assert await table(database, f"SELECT state, payload FROM inbox WHERE id = {broken.number}") == [(1, None)]


async def test_the_journal_is_read_by_page_person_act_and_subject(database: Database) -> None:
    async with database.write() as tx:
        for number, who in enumerate(("staff:o1", "staff:i1", "citizen", "staff:o1")):
            await tx.audit.add(actor=who, act=f"act{number % 2}", subject=f"citizen:{number}", now=NOW)
        await tx.audit.seal(limit=2)
        rows = await tx.audit.page(actors=None, limit=10)
        first, second, third, fourth = [row.id for row in reversed(rows)]

        async def ids(**wish: object) -> list[int]:
            return [row.id for row in await tx.audit.page(**{"actors": None, "limit": 10, **wish})]  # type: ignore[arg-type]

        assert await ids(limit=2) == [fourth, third]
        assert await ids(before=third) == [second, first]
        assert await ids(actors=["staff:o1"]) == [fourth, first]
        assert await ids(actors=[]) == []
        assert await ids(act="act1", actors=["staff:i1", "staff:o1"]) == [fourth, second]
        assert await ids(subject="citizen:2") == [third]
        assert [row.is_sealed for row in rows] == [False, False, True, True]
        assert await tx.audit.unsealed() == 2
