"""Cries for help and questions without an answer, on both databases."""

from datetime import timedelta

from storage.database import Database
from storage.records import CaseRow
from storage.retention import SEALED
from tests.storage.rows import NOW

A_MINUTE = timedelta(minutes=1)


def case(id_: str, citizen_id: str) -> CaseRow:
    return CaseRow(id_, citizen_id, "web", "crisis", "new", True, NOW)


async def test_an_alarm_waits_until_duty_staff_are_told(database: Database) -> None:
    async with database.write() as tx:
        await tx.alarms.raise_("c1", "ivan", "suicide", "vk", now=NOW)
        await tx.alarms.raise_("c2", "olga", "child", "max", now=NOW + A_MINUTE)

        assert [row.case_id for row in await tx.alarms.untold()] == ["c1", "c2"]
        await tx.alarms.told(["c1"], now=NOW + A_MINUTE)
        assert [row.case_id for row in await tx.alarms.untold()] == ["c2"]
        known = await tx.alarms.of_cases(["c1", "c3"])
        assert {id_: (row.kind, row.told_at) for id_, row in known.items()} == {"c1": ("suicide", NOW + A_MINUTE)}


async def test_a_new_cry_is_counted_and_told_again_only_after_a_quiet_time(database: Database) -> None:
    async with database.write() as tx:
        await tx.alarms.raise_("c1", "ivan", "suicide", "vk", now=NOW)
        await tx.alarms.told(["c1"], now=NOW)
        await tx.alarms.raise_("c1", "ivan", "violence", "vk", now=NOW + A_MINUTE)
        assert await tx.alarms.untold() == []

        await tx.alarms.raise_("c1", "ivan", "violence", "vk", now=NOW + 12 * A_MINUTE)
        (row,) = await tx.alarms.untold()
        assert (row.kind, row.times, row.raised_at) == ("violence", 3, NOW + 12 * A_MINUTE)
        assert await tx.alarms.latest(["ivan", "olga"]) == {"ivan": NOW + 12 * A_MINUTE}


async def test_of_two_open_requests_that_become_one_the_alarm_goes_on(database: Database) -> None:
    async with database.write() as tx:
        await tx.alarms.raise_("newer", "olga", "threat", "vk", now=NOW)
        await tx.alarms.pass_on(from_case="newer", to_case="older")
        await tx.alarms.bring(kept="ivan", gone="olga")

        (row,) = await tx.alarms.of_citizen("ivan")
        assert (row.case_id, row.kind) == ("older", "threat")
        await tx.alarms.raise_("third", "ivan", "child", "vk", now=NOW)
        await tx.alarms.pass_on(from_case="third", to_case="older")
        assert {row.case_id for row in await tx.alarms.of_citizen("ivan")} == {"older", "third"}


async def test_an_alarm_outlives_withdrawal_and_goes_with_the_citizen(database: Database) -> None:
    async with database.write() as tx:
        for citizen in ("ivan", "olga"):
            await tx.alarms.raise_(f"c-{citizen}", citizen, "child", "vk", now=NOW)
        await tx.citizens.withdraw("ivan", now=NOW)
        assert len(await tx.alarms.untold()) == 2

        await tx.citizens.erase("ivan", now=NOW)
        assert [row.citizen_id for row in await tx.alarms.untold()] == ["olga"]


async def test_an_alarm_is_forgotten_with_its_closed_request(database: Database) -> None:
    async with database.write() as tx:
        for id_, citizen in (("c1", "ivan"), ("c2", "olga")):
            assert await tx.cases.open(case(id_, citizen))
            await tx.alarms.raise_(id_, citizen, "child", "vk", now=NOW)
        await tx.handle.queries.moves_close_case(tx.handle.connection, id="c1", at=1000)

        await tx.retention.cases(before=NOW, limit=10)
        assert [row.case_id for row in await tx.alarms.untold()] == ["c2"]


async def test_questions_without_an_answer_are_counted_and_belong_to_nobody(database: Database) -> None:
    async with database.write() as tx:
        await tx.unanswered.add(["где купить резину", "где купить резину", "столица"], now=NOW)
        await tx.unanswered.add(["столица"], now=NOW + A_MINUTE)
        await tx.unanswered.add([], now=NOW)

        rows = await tx.unanswered.since(NOW)
        assert [(row.words, row.times) for row in rows] == [("столица", 2), ("где купить резину", 2)]
        assert [row.words for row in await tx.unanswered.since(NOW + A_MINUTE)] == ["столица"]
        await tx.unanswered.drop(rows[0].find)
        assert len(await tx.unanswered.since(NOW)) == 1


async def test_their_words_are_sealed_and_forgotten_in_time(database: Database) -> None:
    async with database.write() as tx:
        await tx.unanswered.add(["где купить резину"], now=NOW)
        changed, _ = await tx.retention.reseal("unanswered", after=None, limit=10)
        assert (changed, "unanswered" in SEALED) == (0, True)
        (row,) = await tx.unanswered.since(NOW)
        assert "резин" not in row.find

        assert await tx.retention.unanswered(before=NOW, limit=10) == 0
        assert await tx.retention.unanswered(before=NOW + A_MINUTE, limit=10) == 1
