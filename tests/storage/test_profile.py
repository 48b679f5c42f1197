"""Answers of citizens about themselves, on both databases: kept sealed, changed, forgotten."""

from datetime import timedelta
from pathlib import Path

import pytest

from storage.backup import backup, restore
from storage.database import Database, open_database
from storage.errors import Unreadable
from storage.records import AnswerRow
from tests.databases import SECRETS
from tests.storage.rows import NOW, execute, meet, table


def answer(citizen_id: str, question: str, value: str | None, *, minutes: int = 0) -> AnswerRow:
    return AnswerRow(citizen_id, question, value, NOW + timedelta(minutes=minutes))


async def test_answers_are_kept_by_citizen_and_question(database: Database) -> None:
    rows = [answer("ivan", "papers", "all"), answer("ivan", "wishes", "job,training"), answer("olga", "papers", "")]
    async with database.write() as tx:
        await tx.profile.save(rows)

        found = await tx.profile.load(["ivan", "olga", "petr"])

    assert sorted(found["ivan"], key=lambda row: row.question) == rows[:2]
    assert found["olga"] == [rows[2]]
    assert "petr" not in found


async def test_an_answer_is_changed_and_forgotten(database: Database) -> None:
    async with database.write() as tx:
        await tx.profile.save([answer("ivan", "papers", "all"), answer("ivan", "resume", "none")])
    newer = answer("ivan", "papers", "no_passport", minutes=1)
    async with database.write() as tx:
        await tx.profile.save([newer, answer("ivan", "resume", None, minutes=1)])

        assert await tx.profile.load(["ivan"]) == {"ivan": [newer]}


async def test_of_one_question_answered_twice_at_once_the_last_counts(database: Database) -> None:
    async with database.write() as tx:
        await tx.profile.save(
            [
                answer("ivan", "papers", None),
                answer("ivan", "papers", "all"),
                answer("ivan", "resume", "old"),
                answer("ivan", "resume", None),
            ]
        )

        assert await tx.profile.load(["ivan"]) == {"ivan": [answer("ivan", "papers", "all")]}


async def test_saving_nothing_does_nothing(database: Database) -> None:
    async with database.write() as tx:
        await tx.profile.save([])
        await tx.profile.save([answer("ivan", "papers", None)])
        assert await tx.profile.load(["ivan"]) == {}
        assert await tx.profile.load([]) == {}


async def test_what_was_answered_does_not_lie_open(database: Database) -> None:
    async with database.write() as tx:
        await tx.profile.save([answer("ivan", "papers", "no_passport")])

    ((sealed,),) = await table(database, "SELECT value FROM answers")
    assert b"no_passport" not in bytes(sealed)


async def test_an_answer_cannot_be_carried_to_another_citizen_or_question(database: Database) -> None:
    async with database.write() as tx:
        await tx.profile.save([answer("ivan", "papers", "all"), answer("olga", "papers", "no_passport")])
    await execute(database, "UPDATE answers SET value = (SELECT value FROM answers WHERE citizen_id = 'ivan')")

    async with database.read() as tx:
        assert [row.value for row in (await tx.profile.load(["ivan"]))["ivan"]] == ["all"]
        with pytest.raises(Unreadable):
            await tx.profile.load(["olga"])


async def test_answers_are_counted_and_erased_with_everything_else(database: Database) -> None:
    ivan, olga = await meet(database), await meet(database, "olga")
    async with database.write() as tx:
        await tx.profile.save([answer(one, question, "x") for one in (ivan, olga) for question in ("papers", "resume")])
        assert (await tx.citizens.holdings(ivan)).answers == 2

    async with database.write() as tx:
        await tx.citizens.erase(ivan, now=NOW)

    async with database.read() as tx:
        assert await tx.profile.load([ivan]) == {}
        assert (await tx.citizens.holdings(ivan)).answers == 0
        assert (await tx.citizens.holdings(olga)).answers == 2


async def test_answers_come_back_with_a_backup(database_url: str, tmp_path: Path) -> None:
    database = await open_database(database_url, SECRETS)
    async with database.write() as tx:
        await tx.profile.save([answer("ivan", "papers", "all")])
    await database.close()
    await backup(database_url, tmp_path / "saved")

    async def after(restored: Database) -> None:
        async with restored.read() as tx:
            assert await tx.profile.load(["ivan"]) == {"ivan": [answer("ivan", "papers", "all")]}

    await restore(database_url, tmp_path / "saved", SECRETS, after=after)
