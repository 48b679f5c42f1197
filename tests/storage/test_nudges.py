"""Who is asked after a long silence, on both databases: looked at when the time has come, asked once, left in peace."""

import asyncio
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from storage.database import Database, attach, open_database
from storage.migrate import VERSIONS, migrate
from storage.records import CaseRow, Lane, Look, Part, SessionRow, Silence
from tests.databases import SECRETS
from tests.storage.rows import NOW, address, execute, meet, table

LATER = NOW + timedelta(days=30)
TOMORROW = NOW + timedelta(days=1)


async def agreed(database: Database, chat: str = "ivan", *, channel: str = "telegram") -> str:
    """A citizen with consent and a situation, who has just written."""
    id_ = await meet(database, chat, channel=channel)
    async with database.write() as tx:
        await tx.citizens.agree(id_, version="1", now=NOW)
        await tx.citizens.choose(id_, ["released"], now=NOW)
        place = address(database, chat, channel=channel)
        await tx.sessions.save([SessionRow(id_, channel, place, "menu.main", b"{}", 1, NOW)])
    return id_


async def due(database: Database, *, limit: int = 10) -> list[Silence]:
    async with database.read() as tx:
        return await tx.nudges.due(now=LATER, limit=limit)


def asked(silence: Silence) -> Look:
    """The look at which a question was decided."""
    return Look(silence.citizen_id, silence.looked_at, LATER, silence.asked + 1, TOMORROW, remind_at=TOMORROW)


async def reminders(database: Database) -> list[tuple[str, str, str]]:
    return [tuple(map(str, row)) for row in await table(database, "SELECT kind, subject, state FROM reminders")]  # type: ignore[misc]


async def test_consent_begins_the_looks(database: Database) -> None:
    await meet(database)
    ivan = await agreed(database)

    async with database.read() as tx:
        assert await tx.nudges.next_look() == NOW
    assert await due(database) == [
        Silence(
            citizen_id=ivan,
            looked_at=NOW,
            asked=0,
            asked_at=None,
            is_off=False,
            has_consent=True,
            is_stopped=False,
            heard_at=NOW,
            channel="telegram",
            is_reachable=True,
            has_situation=True,
            has_case=False,
        )
    ]


async def test_who_agreed_before_there_was_such_a_table_is_looked_at_too(empty_url: str, tmp_path: Path) -> None:
    earlier = tmp_path / "versions"
    earlier.mkdir()
    for file in VERSIONS.glob("[0-9]*.py"):
        if file.name < "0005":
            shutil.copy(file, earlier)
    await migrate(empty_url, earlier)
    database = await attach(empty_url, SECRETS)
    await execute(
        database, "INSERT INTO citizens (id, created_at, consent_at) VALUES ('ivan', 1, 2), ('olga', 1, NULL)"
    )
    await database.close()

    database = await open_database(empty_url, SECRETS)
    try:
        assert await table(database, "SELECT citizen_id, look_at, asked FROM nudges") == [("ivan", 2, 0)]
    finally:
        await database.close()


@pytest.mark.parametrize(
    ("what", "name"),
    [("stopped", "is_stopped"), ("blocked", "is_reachable"), ("case", "has_case"), ("nothing chosen", "has_situation")],
)
async def test_a_look_sees_what_forbids_to_ask(database: Database, what: str, name: str) -> None:
    ivan = await agreed(database)
    (before,) = await due(database)
    async with database.write() as tx:
        if what == "stopped":
            await tx.citizens.stop([(ivan, NOW)])
        elif what == "blocked":
            place = address(database, channel="telegram")
            await tx.citizens.mark_reachable([("telegram", place, False)], now=NOW)
        elif what == "case":
            await tx.cases.open(CaseRow("c", ivan, "telegram", "question", "new", False, NOW))
        else:
            await tx.citizens.choose(ivan, [], now=NOW)

    (after,) = await due(database)

    assert after == replace(before, **{name: not getattr(before, name)})


async def test_a_question_is_planned_and_the_next_look_put_off(database: Database) -> None:
    ivan = await agreed(database)
    (silence,) = await due(database)

    async with database.write() as tx:
        await tx.nudges.move([asked(silence)])

    async with database.read() as tx:
        assert await tx.nudges.next_look() == LATER
        assert await tx.reminders.next_due() == TOMORROW
        row = (await tx.nudges.load([ivan]))[ivan]
    assert (row.asked, row.asked_at, row.off_at, row.heard_at) == (1, TOMORROW, None, NOW)
    assert await reminders(database) == [("nudge", "", "0")]


async def test_two_schedulers_at_once_plan_one_question(database: Database) -> None:
    """Both looked before either wrote, as when the one has just lost its election."""
    ivan = await agreed(database)
    (silence,) = await due(database)

    async def move() -> None:
        async with database.write() as tx:
            await tx.nudges.move([asked(silence)])

    await asyncio.gather(move(), move())

    assert await reminders(database) == [("nudge", "", "0")]
    async with database.read() as tx:
        assert (await tx.nudges.load([ivan]))[ivan].asked == 1


async def test_a_look_that_came_too_late_moves_nothing(database: Database) -> None:
    ivan = await agreed(database)
    (silence,) = await due(database)
    async with database.write() as tx:
        await tx.nudges.switch([(ivan, False)], now=TOMORROW)

    async with database.write() as tx:
        await tx.nudges.move([replace(asked(silence), remind_at=None)])

    async with database.read() as tx:
        assert await tx.nudges.next_look() is None
        assert (await tx.nudges.load([ivan]))[ivan].off_at == TOMORROW


async def test_a_few_at_a_time_the_longest_awaited_first(database: Database) -> None:
    people = [await agreed(database, f"chat{number}") for number in range(3)]
    async with database.write() as tx:
        for number, one in enumerate(people):
            await tx.citizens.agree(one, version="2", now=NOW - timedelta(days=number))

    assert {one.citizen_id for one in await due(database, limit=2)} == set(people[1:])
    async with database.write() as tx:
        await tx.nudges.move([])
    assert len(await due(database)) == 3


async def test_no_more_is_kept_and_cancels_the_planned_question(database: Database) -> None:
    ivan = await agreed(database)
    (silence,) = await due(database)
    async with database.write() as tx:
        await tx.nudges.move([asked(silence)])
        await tx.nudges.switch([(ivan, False)], now=NOW)

    assert await due(database) == []
    assert await reminders(database) == [("nudge", "", "3")]
    async with database.write() as tx:
        await tx.citizens.agree(ivan, version="2", now=NOW)  # a new text of the consent: the wish stays
    (silence,) = await due(database)
    assert silence.is_off

    async with database.write() as tx:
        await tx.nudges.switch([(ivan, True)], now=NOW)
    (silence,) = await due(database)
    assert (silence.is_off, silence.asked, silence.asked_at) == (False, 0, TOMORROW)


@pytest.mark.parametrize("is_off", [True, False])
async def test_two_citizens_who_turn_out_to_be_one_are_asked_as_one(database: Database, is_off: bool) -> None:
    ivan, phone = await agreed(database), await agreed(database, "phone")
    async with database.write() as tx:
        (theirs,) = [one for one in await tx.nudges.due(now=LATER, limit=10) if one.citizen_id == phone]
        await tx.nudges.move([asked(theirs)])
        if is_off:
            await tx.nudges.switch([(phone, False)], now=NOW)

        await tx.nudges.merge(ivan, phone)

        row = (await tx.nudges.load([ivan]))[ivan]
    assert (row.asked_at, row.off_at) == (TOMORROW, NOW if is_off else None)
    assert await table(database, "SELECT citizen_id FROM nudges") == [(ivan,)]


async def test_who_has_no_row_takes_over_the_other_ones(database: Database) -> None:
    ivan, phone = await meet(database), await agreed(database, "phone")
    async with database.write() as tx:
        await tx.nudges.merge(ivan, phone)

    assert [one.citizen_id for one in await due(database)] == [ivan]


async def test_deletion_forgets_whom_to_ask(database: Database) -> None:
    ivan, olga = await agreed(database), await agreed(database, "olga")

    async with database.write() as tx:
        await tx.citizens.erase(ivan, now=NOW)

    assert [one.citizen_id for one in await due(database)] == [olga]
    assert await table(database, "SELECT citizen_id FROM nudges") == [(olga,)]


@pytest.mark.parametrize(
    ("what", "is_withdrawn"), [("silent", False), ("wrote before", False), ("wrote", True), ("case", True)]
)
async def test_a_question_on_its_way_is_withdrawn_from_who_has_written_or_got_a_person(
    database: Database, what: str, is_withdrawn: bool
) -> None:
    ivan = await agreed(database)
    place = address(database, channel="telegram")
    (silence,) = await due(database)
    async with database.write() as tx:
        await tx.nudges.move([asked(silence)])
        (reminder,) = await tx.reminders.take_due(now=TOMORROW, limit=1)
        part = Part(ivan, "telegram", place, "t", 0, Lane.REMINDER, "k", b"x", False, TOMORROW, reminder.id)
        await tx.outbox.add([part], now=TOMORROW)
        if what == "case":
            await tx.cases.open(CaseRow("c", ivan, "telegram", "question", "new", False, NOW))
        elif what != "silent":
            heard_at = TOMORROW + timedelta(seconds=1 if what == "wrote" else -1)
            await tx.sessions.save([SessionRow(ivan, "telegram", place, "menu.main", b"{}", 2, heard_at)])

    async with database.write() as tx:
        (leased,) = await tx.outbox.lease("telegram", now=LATER, limit=1)

    assert leased.is_withdrawn == is_withdrawn


async def test_reminders_of_a_channel_that_is_full_no_more_are_cancelled(database: Database) -> None:
    ivan = await agreed(database)
    place = address(database, channel="telegram")
    async with database.write() as tx:
        for number, lane in enumerate((Lane.REPLY, Lane.REMINDER, Lane.REMINDER, Lane.BROADCAST)):
            part = Part(ivan, "telegram", place, f"t{number}", 0, lane, "k", b"x", False, NOW)
            await tx.outbox.add([part], now=NOW)

        assert await tx.outbox.withdraw("vk", now=NOW, limit=10) == 0
        assert [await tx.outbox.withdraw("telegram", now=NOW, limit=1) for _ in range(3)] == [1, 1, 0]

    rows = await table(database, "SELECT lane, state, reason, body IS NULL FROM outbox ORDER BY id")
    cancelled = (1, 5, "policy", 1)
    assert [(lane, state, reason, int(gone)) for lane, state, reason, gone in rows] == [
        (0, 0, None, 0),
        cancelled,
        cancelled,
        (2, 0, None, 0),
    ]
