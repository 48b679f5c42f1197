"""A citizen's profile, on both databases: consent, stop mark, situations, where they are reached, and deletion."""

from datetime import timedelta

import pytest

from storage.database import Database
from storage.errors import Unreadable
from storage.records import CaseRow, CitizenRow, Lane, Part, PlanItemRow, ReminderRow, SessionRow
from tests.storage.rows import NOW, address, execute, meet, table


async def load(database: Database, id_: str) -> CitizenRow:
    async with database.read() as tx:
        return (await tx.citizens.load([id_]))[id_]


async def test_a_citizen_begins_with_nothing(database: Database) -> None:
    ivan = await meet(database)

    assert await load(database, ivan) == CitizenRow(ivan, None, None, None)
    async with database.read() as tx:
        assert await tx.citizens.load(["nobody"]) == {}
        assert await tx.citizens.load([]) == {}


async def test_consent_stop_and_situations_are_kept_and_taken_back(database: Database) -> None:
    ivan, olga = await meet(database), await meet(database, "olga")
    async with database.write() as tx:
        await tx.citizens.agree(ivan, version="2", now=NOW)
        await tx.citizens.stop([(ivan, NOW)])
        await tx.citizens.choose(ivan, ["released", "alimony"], now=NOW)

    assert await load(database, ivan) == CitizenRow(ivan, NOW, "2", NOW, ("released", "alimony"))
    assert await load(database, olga) == CitizenRow(olga, None, None, None)

    async with database.write() as tx:
        await tx.citizens.stop([(ivan, None), (olga, NOW)])
        await tx.citizens.choose(ivan, ["other"], now=NOW)
    assert (await load(database, ivan)).situations == ("other",)
    assert (await load(database, ivan)).stopped_at is None
    assert (await load(database, olga)).stopped_at == NOW


async def test_the_office_is_kept_until_everything_is_deleted(database: Database) -> None:
    ivan = await meet(database, "ivan")
    async with database.write() as tx:
        await tx.citizens.place(ivan, "barnaul")

    assert (await load(database, ivan)).office == "barnaul"

    async with database.write() as tx:
        await tx.citizens.erase(ivan, now=NOW)

    assert (await load(database, ivan)).office == ""


async def test_where_a_citizen_was_last_heard_and_whether_they_can_be_reached(database: Database) -> None:
    ivan = await meet(database)
    place = address(database)
    async with database.write() as tx:
        assert await tx.citizens.reachable_at([ivan]) == {}  # no session, no answer
        await tx.sessions.save([SessionRow(ivan, "web", place, "menu.main", b"{}", 1, NOW)])
        assert await tx.citizens.reachable_at([ivan]) == {ivan: ("web", place, True)}
        await tx.citizens.mark_reachable([("web", place, False)], now=NOW)
        assert await tx.citizens.reachable_at([ivan]) == {ivan: ("web", place, False)}
        await tx.citizens.mark_reachable([("web", place, True)], now=NOW)
        assert await tx.citizens.reachable_at([ivan]) == {ivan: ("web", place, True)}


async def test_a_session_is_kept_whole_and_replaced(database: Database) -> None:
    ivan = await meet(database)
    first = SessionRow(ivan, "web", address(database), "menu.main", b"{}", 1, NOW)
    second = SessionRow(ivan, "vk", "elsewhere", "plan.list", b'{"a": 1}', 2, NOW + timedelta(seconds=1))
    async with database.write() as tx:
        await tx.sessions.save([first])
        assert await tx.sessions.load([ivan]) == {ivan: first}
        await tx.sessions.save([second])
        assert await tx.sessions.load([ivan]) == {ivan: second}


async def test_a_session_cannot_be_carried_to_another_citizen(database: Database) -> None:
    ivan, olga = await meet(database), await meet(database, "olga")
    async with database.write() as tx:
        await tx.sessions.save([SessionRow(one, "web", "a", "menu.main", one.encode(), 1, NOW) for one in (ivan, olga)])
    ivans = f"(SELECT data FROM sessions WHERE citizen_id = '{ivan}')"
    await execute(database, f"UPDATE sessions SET data = {ivans} WHERE citizen_id = '{olga}'")

    async with database.read() as tx:
        with pytest.raises(Unreadable):
            await tx.sessions.load([olga])


async def test_deletion_leaves_the_hash_the_stop_mark_and_a_note_for_backups(database: Database) -> None:
    ivan, olga = await meet(database), await meet(database, "olga")
    async with database.write() as tx:
        for one, chat in ((ivan, "ivan"), (olga, "olga")):
            place = address(database, chat)
            await tx.citizens.agree(one, version="2", now=NOW)
            await tx.citizens.stop([(one, NOW)])
            await tx.citizens.choose(one, ["released"], now=NOW)
            await tx.plan.save([PlanItemRow(one, "papers", "done", "open", None, 1, NOW)])
            await tx.reminders.add([ReminderRow(f"{one}:papers:1", one, "plan_item", "papers", NOW)])
            await tx.cases.open(CaseRow(f"case {chat}", one, "web", "question", "new", False, NOW, ("слова",), "о чём"))
            await tx.sessions.save([SessionRow(one, "web", place, "menu.main", b"{}", 1, NOW)])
            await tx.outbox.add(
                [Part(one, "web", place, f"turn {chat}", 0, Lane.REPLY, "menu.main", b"{}", True, NOW)], now=NOW
            )
    async with database.write() as tx:
        claimed = await tx.inbox.claim(limit=10, now=NOW)
        await tx.inbox.finish([(one.id, True) for one in claimed], now=NOW)

    async with database.write() as tx:
        await tx.citizens.erase(ivan, now=NOW)

    assert await load(database, ivan) == CitizenRow(ivan, NOW, None, None)
    async with database.read() as tx:
        held = await tx.citizens.holdings(ivan)
        assert (held.situations, held.consent_at) == ((), None)
        assert (held.plan_items, held.reminders, held.cases, held.kept_messages) == (0, 0, 0, 0)
        assert await tx.sessions.load([ivan]) == {}
        theirs = await tx.citizens.holdings(olga)
        assert (theirs.plan_items, theirs.reminders, theirs.cases, theirs.kept_messages) == (1, 1, 1, 2)
        ((_, channel, find, _),) = await tx.erasures.since(0)
        assert (channel, find) == ("web", address(database))
        assert await tx.erasures.citizen_of(channel, find) == ivan
    assert await meet(database) == ivan  # the same citizen comes again: a stop mark outlives deletion


async def test_words_that_wait_for_their_turn_survive_the_deletion(database: Database) -> None:
    ivan = await meet(database)

    async with database.write() as tx:
        await tx.citizens.erase(ivan, now=NOW)

    async with database.write() as tx:
        (waiting,) = await tx.inbox.claim(limit=10, now=NOW)
    assert waiting.payload == b"{}"


async def test_nothing_personal_lies_open_in_the_tables(database: Database) -> None:
    ivan = await meet(database, "secret-chat")
    async with database.write() as tx:
        await tx.sessions.save([SessionRow(ivan, "web", "a", "menu.main", b'{"word": "secret"}', 1, NOW)])
        await tx.cases.open(CaseRow("c", ivan, "web", "question", "new", False, NOW, ("secret",), "secret"))
        part = Part(ivan, "web", "a", "t", 0, Lane.REPLY, "menu.main", b"secret", True, NOW)
        await tx.outbox.add([part], now=NOW)

    for column, source in (
        ("chat", "addresses"),
        ("payload", "inbox"),
        ("data", "sessions"),
        ("context", "cases"),
        ("words", "case_words"),
        ("body", "outbox"),
    ):
        for (sealed,) in await table(database, f"SELECT {column} FROM {source}"):
            assert b"secret" not in bytes(sealed), source
