"""Forgetting, on both databases: what has outlived its term goes, a few rows at a time, and nothing else."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from storage.database import Database, open_database
from storage.records import AnswerRow, Arrival, CaseRow, Lane, Part, ReminderRow, SessionRow
from storage.retention import SEALED
from storage.staff import Secrets, StaffRow
from storage.survey_records import Sheet, SheetAnswer
from tests.databases import SECRETS
from tests.storage.rows import NOW, SLOT, address, execute, meet, table

OLD = NOW - timedelta(days=100)
TERM = NOW - timedelta(days=90)


async def lives(database: Database, chat: str, *, agreed: bool, at: datetime) -> str:
    """A citizen who wrote and was answered then: a session, a handled message, a sent one."""
    id_ = await meet(database, chat, now=at)
    place = address(database, chat)
    async with database.write() as tx:
        if agreed:
            await tx.citizens.agree(id_, version="1", now=at)
        await tx.sessions.save([SessionRow(id_, "web", place, "menu.main", b"{}", 1, at)])
        claimed = [one for one in await tx.inbox.claim(limit=100, now=at) if one.citizen_id == id_]
        await tx.inbox.finish([(one.id, agreed) for one in claimed], now=at)
        part = Part(id_, "web", place, f"turn {chat}", 0, Lane.REPLY, "k", b"x", agreed, at)
        await tx.outbox.add([part], now=at)
        leased = await tx.outbox.lease("web", now=at, limit=100)
        await tx.outbox.sent([(one.number, "1") for one in leased], now=at)
    return id_


async def forget(database: Database, what: str, *, limit: int = 100, before: datetime = TERM) -> int:
    async with database.write() as tx:
        found: int = await getattr(tx.retention, what)(before=before, limit=limit)
        return found


async def count(database: Database, what: str) -> int:
    ((number,),) = await table(database, f"SELECT count(*) FROM {what}")
    return int(number)


async def test_sessions_and_addresses_without_consent_go(database: Database) -> None:
    stranger = await lives(database, "stranger", agreed=False, at=OLD)
    agreed = await lives(database, "agreed", agreed=True, at=OLD)
    recent = await lives(database, "recent", agreed=False, at=NOW)

    assert await forget(database, "sessions") == 1

    async with database.read() as tx:
        assert (await tx.sessions.load([stranger, agreed, recent])).keys() == {agreed, recent}
    assert await count(database, "addresses WHERE chat IS NULL") == 1
    assert await meet(database, "stranger") == stranger  # the hash stayed: no second citizen is made
    assert await count(database, "addresses WHERE chat IS NULL") == 0


async def test_who_waits_for_a_person_keeps_the_address(database: Database) -> None:
    stranger = await lives(database, "stranger", agreed=False, at=OLD)
    async with database.write() as tx:
        await tx.cases.open(CaseRow("c", stranger, "web", "question", "new", True, OLD, ("слова",)))

    assert await forget(database, "sessions") == 1

    assert await count(database, "addresses WHERE chat IS NULL") == 0


async def test_words_of_those_who_agreed_live_their_term(database: Database) -> None:
    await lives(database, "old", agreed=True, at=OLD)
    await lives(database, "recent", agreed=True, at=NOW)
    assert await count(database, "inbox WHERE payload IS NOT NULL") == 2

    assert await forget(database, "words") == 2

    assert await count(database, "inbox WHERE payload IS NOT NULL") == 1
    assert await count(database, "outbox WHERE body IS NOT NULL") == 1


async def test_words_that_wait_are_never_forgotten(database: Database) -> None:
    await meet(database, now=OLD)

    assert await forget(database, "words") == 0
    assert await forget(database, "dedupe") == 0


async def test_rows_that_only_guard_against_repeats_go_after_theirs(database: Database) -> None:
    await lives(database, "stranger", agreed=False, at=OLD)
    await lives(database, "agreed", agreed=True, at=OLD)
    await lives(database, "recent", agreed=False, at=NOW)

    assert await forget(database, "dedupe") == 2  # the stranger's message and answer

    assert (await count(database, "inbox"), await count(database, "outbox")) == (2, 2)


@pytest.mark.parametrize(("closed_at", "is_forgotten"), [(OLD, True), (NOW, False), (None, False)])
async def test_words_of_a_case_go_after_it_was_closed(
    database: Database, closed_at: datetime | None, is_forgotten: bool
) -> None:
    async with database.write() as tx:
        await tx.cases.open(CaseRow("c", "ivan", "web", "question", "new", False, OLD, ("слова",), "о чём"))
    if closed_at is not None:
        at = int(closed_at.timestamp() * 1000)
        await execute(database, f"UPDATE cases SET state = 'closed', closed_at = {at}")

    await forget(database, "cases")

    assert await count(database, "case_words WHERE words IS NULL") == int(is_forgotten)
    assert await count(database, "cases WHERE context IS NULL") == int(is_forgotten)


async def test_reminders_that_were_given_out_or_cancelled_go(database: Database) -> None:
    async with database.write() as tx:
        for name, due in (("given", OLD), ("cancelled", OLD), ("recent", NOW), ("waiting", OLD)):
            await tx.reminders.add([ReminderRow(name, name, "plan_item", "papers", due)])
        await tx.reminders.cancel([("cancelled", "papers"), ("recent", "papers")])
    await execute(database, "UPDATE reminders SET state = 1 WHERE id = 'given'")

    assert await forget(database, "reminders") == 2

    assert sorted(await table(database, "SELECT id FROM reminders")) == [("recent",), ("waiting",)]


@pytest.mark.parametrize(
    "what", ["sessions", "words", "words_without_consent", "dedupe", "cases", "reminders", "bookings"]
)
async def test_an_empty_database_has_nothing_to_forget(database: Database, what: str) -> None:
    assert await forget(database, what) == 0


async def test_a_few_rows_at_a_time_until_none_is_left(database: Database) -> None:
    for number in range(5):
        await lives(database, f"citizen{number}", agreed=False, at=OLD)

    assert [await forget(database, "sessions", limit=2) for _ in range(4)] == [2, 2, 1, 0]


async def test_every_sealed_column_is_sealed_again_under_the_new_secret(database: Database, database_url: str) -> None:
    ivan = await meet(database)
    async with database.write() as tx:
        await tx.inbox.store([Arrival("web", str(n), f"c{n}", "text", 0, b"{}") for n in range(4)], now=NOW)
        await tx.sessions.save([SessionRow(ivan, "web", "a", "menu.main", b"{}", 1, NOW)])
        await tx.outbox.add([Part(ivan, "web", "a", "t", 0, Lane.REPLY, "k", b"x", True, NOW)], now=NOW)
        await tx.cases.open(CaseRow("c", ivan, "web", "question", "new", False, NOW, ("раз", "два"), "о чём"))
        await tx.profile.save([AnswerRow(ivan, name, name, NOW) for name in ("papers", "resume", "wishes")])
        await tx.bookings.take("b", SLOT, (1,), code="1", state="booked", created_by="staff", now=NOW, name="Пётр")
        await tx.staff.add(StaffRow("o1", "olga", "Ольга", "lead", (), True, False, True, False, False, NOW))
        await tx.staff.keep_secrets("o1", Secrets("hash", "code"))
        said = tuple(SheetAnswer("nsi", name, "1", None, name) for name in ("wishes", "useful"))
        await tx.unanswered.add(["где взять справку"], now=NOW)
        await tx.surveys.record(Sheet(NOW.date(), "", "paper", "", said))
    fresh = ("a newer secret of the tests, long enough too",)
    rotated = await open_database(database_url, (*fresh, *SECRETS))
    try:
        changed = {name: await _resealed(rotated, name) for name in SEALED}
    finally:
        await rotated.close()
    assert changed == {
        "inbox": 5,
        "addresses": 5,
        "sessions": 1,
        "outbox": 1,
        "cases": 1,
        "answers": 3,
        "bookings": 1,
        "case_words": 2,
        "staff": 1,
        "staff_secrets": 1,
        "survey_answers": 2,
        "unanswered": 1,
    }

    alone = await open_database(database_url, fresh)  # the old secret is gone for good
    try:
        async with alone.write() as tx:
            assert len(await tx.inbox.claim(limit=10, now=NOW)) == 5
            assert (await tx.sessions.load([ivan]))[ivan].data == b"{}"
            assert {row.value for row in (await tx.profile.load([ivan]))[ivan]} == {"papers", "resume", "wishes"}
            (case,) = await tx.cases.waiting()
            assert (case.words, case.context) == (("раз", "два"), "о чём")
            told = await tx.surveys.words(since=NOW.date(), until=NOW.date())
            assert told == [("nsi", "useful", "useful"), ("nsi", "wishes", "wishes")]
        assert {name: await _resealed(alone, name) for name in SEALED} == dict.fromkeys(SEALED, 0)
    finally:
        await alone.close()


async def _resealed(database: Database, name: str) -> int:
    """Rows sealed again, two at a time."""
    total, after = 0, None
    while True:
        async with database.write() as tx:
            step: tuple[int, Any] = await tx.retention.reseal(name, after=after, limit=2)
        total, after = total + step[0], step[1]
        if after is None:
            return total
