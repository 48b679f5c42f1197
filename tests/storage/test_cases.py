"""Requests for a person, on both databases: one open case per citizen, whoever races."""

import asyncio
from datetime import timedelta

from storage.database import Database
from storage.records import CaseRow
from tests.storage.rows import NOW, execute


def case(id_: str, citizen_id: str = "ivan", *words: str, minutes: int = 0) -> CaseRow:
    at = NOW + timedelta(minutes=minutes)
    return CaseRow(id_, citizen_id, "web", "question", "new", False, at, words, "situations: released")


async def test_a_case_is_opened_with_its_words_and_context(database: Database) -> None:
    opened = case("c1", "ivan", "паспорта нет")
    async with database.write() as tx:
        assert await tx.cases.open(opened)

        assert await tx.cases.of_citizen("ivan") == opened
        assert await tx.cases.of_citizen("olga") is None
        assert (await tx.cases.load(["ivan", "olga"])).keys() == {"ivan"}


async def test_a_second_case_is_refused_without_a_trace(database: Database) -> None:
    async with database.write() as tx:
        assert await tx.cases.open(case("c1", "ivan", "раз"))
        assert not await tx.cases.open(case("c2", "ivan", "два"))

        (only,) = await tx.cases.waiting()
        assert (only.id, only.words) == ("c1", ("раз",))
        assert await tx.cases.count_open() == 1


async def test_of_many_at_once_one_case_is_opened(database: Database) -> None:
    async def attempt(number: int) -> bool:
        async with database.write() as tx:
            return await tx.cases.open(case(f"c{number}", "ivan", str(number)))

    opened = await asyncio.gather(*(attempt(number) for number in range(8)))

    assert opened.count(True) == 1
    async with database.read() as tx:
        (only,) = await tx.cases.waiting()
    assert only.words == (str(opened.index(True)),)


async def test_more_words_join_in_order(database: Database) -> None:
    async with database.write() as tx:
        await tx.cases.open(case("c1", "ivan", "раз"))
        for words in ("два", "три", "два"):
            await tx.cases.add_words("c1", words, now=NOW)

        (only,) = await tx.cases.waiting()

    assert only.words == ("раз", "два", "три", "два")


async def test_a_closed_case_makes_room_for_the_next(database: Database) -> None:
    async with database.write() as tx:
        await tx.cases.open(case("c1"))
    await execute(database, "UPDATE cases SET state = 'closed', closed_at = 1 WHERE id = 'c1'")

    async with database.write() as tx:
        assert await tx.cases.load(["ivan"]) == {}
        assert await tx.cases.open(case("c2"))
        assert [one.id for one in await tx.cases.waiting()] == ["c2"]


async def test_staff_see_the_oldest_first(database: Database) -> None:
    async with database.write() as tx:
        for number, citizen in enumerate(("ivan", "olga", "petr")):
            await tx.cases.open(case(citizen, citizen, minutes=-number))

        assert [one.id for one in await tx.cases.waiting(limit=2)] == ["petr", "olga"]
