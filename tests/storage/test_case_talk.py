"""A case after it was opened: who has it, both sides of the talk, deadlines, joining, forgetting; on both databases."""

import asyncio
from datetime import timedelta

import pytest

from storage.case_records import Deadlines
from storage.database import Database
from storage.records import CaseRow, Lane, Part
from storage.staff_chats import Invitation, Post
from tests.storage.rows import NOW, fetch, meet, table

LATER = NOW + timedelta(hours=8)
DUE = Deadlines(LATER, LATER + timedelta(hours=8))


async def opened(database: Database, id_: str = "c", citizen_id: str = "ivan", **about: object) -> None:
    async with database.write() as tx:
        case = CaseRow(id_, citizen_id, "web", "jobs", "new", False, NOW, ("слова",), "о чём", **about)  # type: ignore[arg-type]
        assert await tx.cases.open(case)


async def state(database: Database, id_: str = "c") -> tuple[str, str, int]:
    async with database.read() as tx:
        case = await tx.cases.get(id_)
    assert case is not None
    return case.state, case.owner, case.version


async def test_of_ten_who_take_at_once_one_has_it(database: Database) -> None:
    await opened(database)

    async def take(number: int) -> bool:
        async with database.write() as tx:
            return await tx.cases.take("c", f"staff{number}", DUE, now=NOW)

    taken = await asyncio.gather(*(take(number) for number in range(10)))

    assert sum(taken) == 1
    assert await state(database) == ("taken", f"staff{taken.index(True)}", 2)


async def test_the_states_of_a_talk_and_its_deadlines(database: Database) -> None:
    await opened(database, due_at=LATER)
    async with database.write() as tx:
        cases = tx.cases
        assert await cases.next_due() == LATER
        assert await cases.take("c", "olga", DUE, now=NOW)
        assert not await cases.answer("c", "petr", version=0, now=NOW)
        assert not await cases.answer("c", "olga", version=1, now=NOW)  # it has changed since
        assert await cases.answer("c", "olga", version=2, now=NOW)
        assert await cases.next_due() is None  # nothing is due while the citizen's answer is waited for
    assert (await state(database))[0] == "waiting_citizen"
    async with database.write() as tx:
        cases = tx.cases
        await cases.add_words("c", "ещё", now=NOW, deadlines=DUE)
        assert (await cases.next_due(), await cases.overdue(now=NOW, limit=5)) == (LATER, [])
        assert await cases.overdue(now=LATER, limit=5) == [("c", "ivan")]
        assert not await cases.escalate("c", now=NOW)
        assert await cases.escalate("c", now=LATER)
        assert not await cases.escalate("c", now=LATER)
        late = LATER + timedelta(hours=8)
        assert await cases.silent(now=late, limit=5) == [("c", "ivan", "olga")]
        assert not await cases.release("c", "petr", due_at=None, now=late)
        assert await cases.release("c", "olga", due_at=None, now=late)
    assert (await state(database))[:2] == ("new", "")
    async with database.write() as tx:
        assert await tx.cases.close("c", "petr", is_lead=False, version=0, now=NOW)
        assert not await tx.cases.take("c", "olga", DUE, now=NOW)
        assert await tx.cases.reopen("c", due_at=LATER, now=NOW)
    assert (await state(database))[:2] == ("reopened", "")


async def test_a_closed_case_is_not_reopened_over_a_newer_one(database: Database) -> None:
    await opened(database)
    async with database.write() as tx:
        await tx.cases.close("c", "olga", is_lead=False, version=0, now=NOW)
    await opened(database, "d")

    async with database.write() as tx:
        assert not await tx.cases.reopen("c", due_at=None, now=NOW)


async def test_both_sides_and_notes_are_kept_apart_and_delivery_is_known(database: Database) -> None:
    ivan = await meet(database, "ivan")
    await opened(database, citizen_id=ivan)
    find = database.cipher.find("event", "own", "staff:1")
    async with database.write() as tx:
        cases, talk = tx.cases, tx.case_talk
        assert await talk.say("c", "ответ", author="staff", role="lawyer", actor="olga", now=NOW, event="staff:1") == 2
        assert await talk.say("c", "заметка", author="note", role="lawyer", actor="olga", now=NOW, origin="m1") == 3
        assert await talk.say("c", "ещё раз", author="note", role="lawyer", actor="olga", now=NOW, origin="m1") is None
        await cases.add_words("c", "", now=NOW, kind="voice")

        assert [(said.author, said.words, said.kind, said.delivery) for said in await talk.of("c")] == [
            ("citizen", "слова", "text", ""),
            ("staff", "ответ", "text", "waiting"),
            ("note", "заметка", "text", ""),
            ("citizen", "", "voice", ""),
        ]
        part = Part(ivan, "web", "a", find, 0, Lane.REPLY, "case.words", b"{}", False, NOW)
        await tx.outbox.add([part], now=NOW)
        ((number,),) = await fetch(tx, "SELECT id FROM outbox")
        await tx.outbox.sent([(number, "77")], now=NOW)
        assert (await talk.of("c"))[1].delivery == "sent"
        placed = await tx.outbox.sent_as(find)
        assert placed is not None
        assert (placed.id, placed.channel) == ("77", "web")
        case = await cases.get("c")
        assert case is not None
        assert (case.words, case.answers) == (("слова",), ("ответ",))
        await talk.edit("c", 2, "верный ответ", now=LATER)
        assert (await talk.of("c"))[1].edited_at == LATER


async def test_two_open_cases_of_one_citizen_become_one_talk(database: Database) -> None:
    await opened(database, "old", "ivan")
    await opened(database, "new", "olga")
    async with database.write() as tx:
        await tx.case_talk.say("new", "ответ", author="staff", role="lawyer", actor="petr", now=NOW)
        await tx.cases.join("old", "new", now=NOW)

        assert [(said.author, said.words) for said in await tx.case_talk.of("old")] == [
            ("citizen", "слова"), ("citizen", "слова"), ("staff", "ответ"),
        ]  # fmt: skip
        assert [one.act for one in await tx.cases.history("old")] == ["opened", "joined"]


async def test_the_queue_shows_own_offices_urgent_first_and_no_complaint_to_who_is_no_lead(database: Database) -> None:
    for number, about in enumerate(
        ({"office": "a"}, {"office": "b"}, {"office": "a", "role": "lead", "excluded": "olga"}, {"office": "a"})
    ):
        await opened(database, f"c{number}", f"citizen{number}", **about)
    async with database.write() as tx:
        await tx.cases.urge("c3", now=NOW)
        queue = tx.cases.queue
        assert [one.id for one in await queue(offices=("a",), staff_id="olga", is_lead=False)] == ["c3", "c0"]
        assert [one.id for one in await queue(offices=("a",), staff_id="olga", is_lead=True)] == ["c3", "c0"]
        assert [one.id for one in await queue(offices=("a",), staff_id="vera", is_lead=True)] == ["c3", "c0", "c2"]
        assert [one.id for one in await queue(offices=(), staff_id="x", is_lead=False, limit=1, skip=1)] == ["c0"]


async def test_erasing_takes_talk_history_and_marks_what_stands_in_chats(database: Database) -> None:
    ivan = await meet(database, "ivan")
    await opened(database, citizen_id=ivan)
    async with database.write() as tx:
        await tx.posts.put(Post("chat", "c", "card", 0, "turn", 1), now=NOW)
        await tx.citizens.erase(ivan, now=NOW)

    for name in ("cases", "case_words", "case_events"):
        assert await count(database, name) == 0
    assert await count(database, "case_posts WHERE version < 0") == 1
    async with database.read() as tx:
        assert await tx.posts.to_show(limit=5) == ["c"]


async def test_the_chat_kept_for_an_answer_goes_with_the_words_of_the_case(database: Database) -> None:
    ivan = await meet(database, "ivan")
    await opened(database, citizen_id=ivan)
    async with database.write() as tx:
        assert (await tx.citizens.reachable_at([ivan])).keys() == {ivan}
        await tx.cases.close("c", "olga", is_lead=False, version=0, now=NOW)
        await tx.retention.cases(before=NOW - timedelta(days=1), limit=10)
        assert (await tx.citizens.reachable_at([ivan])).keys() == {ivan}
        await tx.retention.cases(before=NOW + timedelta(days=1), limit=10)
        assert await tx.citizens.reachable_at([ivan]) == {}


@pytest.mark.parametrize("limit", [1, 10])
async def test_words_of_all_closed_cases_go_a_few_at_a_time(database: Database, limit: int) -> None:
    for number in range(3):
        await opened(database, f"c{number}", f"citizen{number}")
    async with database.write() as tx:
        for number in range(3):
            await tx.cases.close(f"c{number}", "olga", is_lead=False, version=0, now=NOW)
    for _ in range(10):
        async with database.write() as tx:
            if not await tx.retention.cases(before=LATER, limit=limit):
                break

    assert await count(database, "case_words WHERE words IS NOT NULL") == 0


async def test_a_code_is_spent_by_one_and_dies_with_its_time(database: Database) -> None:
    async def spend() -> Invitation | None:
        async with database.write() as tx:
            return await tx.staff_chats.spend("CODE", now=NOW)

    async with database.write() as tx:
        await tx.staff_chats.invite("CODE", Invitation("olga", "", ""), expires_at=LATER, now=NOW)
    assert [one for one in await asyncio.gather(*(spend() for _ in range(5))) if one] == [Invitation("olga", "", "")]
    async with database.write() as tx:
        await tx.staff_chats.invite("CODE", Invitation("", "a", ""), expires_at=NOW, now=NOW)
    assert await spend() is None


async def test_a_chat_that_moves_keeps_its_lane_and_what_waits_for_it(database: Database) -> None:
    lane, find = "", ""
    async with database.write() as tx:
        lane, find = await tx.inbox.lane("telegram", "-1", now=NOW)
        await tx.staff_chats.open(lane, "telegram", find, "a", "", now=NOW)
        part = Part(lane, "telegram", find, "t", 0, Lane.REPLY, "desk.card", b"{}", False, NOW)
        await tx.outbox.add([part], now=NOW)
        (chat,) = await tx.staff_chats.all()
        await tx.staff_chats.move(chat, "-100", now=NOW)
    async with database.write() as tx:
        (leased,) = await tx.outbox.lease("telegram", now=NOW, limit=5)
        assert (leased.chat, leased.citizen_id) == ("-100", lane)
        assert await tx.inbox.lane("telegram", "-100", now=NOW) == (
            lane,
            database.cipher.find("address", "telegram", "-100"),
        )
        assert await tx.posts.reachable() == {lane}


async def count(database: Database, rows: str) -> int:
    return int((await table(database, f"SELECT COUNT(*) FROM {rows}"))[0][0])
