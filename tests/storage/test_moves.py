"""A history moves to another chat, on both databases: whole, once, to one chat, and nothing is lost on the way."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.erasures import ErasureLog, Notes, again
from storage.belongings import Belonging, bring
from storage.database import Database, Transaction
from storage.moves import TABLES, Moved
from storage.records import (
    Arrival,
    CaseRow,
    CitizenRow,
    Claimed,
    Due,
    Lane,
    Part,
    PlanItemRow,
    ReminderRow,
    SessionRow,
)
from storage.retention import BY_ID
from tests.storage.conftest import until
from tests.storage.rows import NOW, address, execute, meet, table

CODE = "4K70MT9A52"
LATER = NOW + timedelta(minutes=5)
STAYS = ("stopped", "returned")


def arrived(event: str, chat: str, channel: str, *, ordinal: int = 0, kind: str = "text") -> Arrival:
    return Arrival(channel, event, chat, kind, ordinal, event.encode())


def part(citizen: str, channel: str, find: str, turn: str, *, lane: Lane = Lane.REPLY, subject: str = "") -> Part:
    return Part(citizen, channel, find, turn, 0, lane, "menu.main", turn.encode(), True, NOW, subject or None)


async def settle(database: Database) -> None:
    """Everything that waits is taken and done; its words are kept."""
    async with database.write() as tx:
        while claimed := await tx.inbox.claim(limit=50, now=LATER):
            await tx.inbox.finish([(one.id, True) for one in claimed], now=LATER)


async def both(database: Database) -> tuple[str, str]:
    """Citizens of an old chat (Telegram) and of a new one (web)."""
    old, new = await meet(database, "old", channel="telegram"), await meet(database, "new")
    await settle(database)
    return old, new


async def issue(database: Database, citizen_id: str, code: str = CODE, *, until_: datetime | None = None) -> None:
    async with database.write() as tx:
        await tx.moves.issue(citizen_id, code, expires_at=until_ or NOW + timedelta(minutes=15))


async def claimed(
    tx: Transaction, by: str, *, code: str = CODE, chat: str = "new", channel: str = "web", now: datetime = LATER
) -> Moved | None:
    find = tx.handle.cipher.find("address", channel, chat)
    return await tx.moves.claim(code, by=by, channel=channel, address=find, tries=5, stays=STAYS, now=now)


async def claim(database: Database, by: str, **fields: Any) -> Moved | None:
    async with database.write() as tx:
        return await claimed(tx, by, **fields)


async def owner(database: Database, chat: str, channel: str) -> str | None:
    async with database.read() as tx:
        return await tx.erasures.citizen_of(channel, address(database, chat, channel=channel))


async def take(database: Database, *, now: datetime = LATER) -> list[Claimed]:
    async with database.write() as tx:
        claimed_ = await tx.inbox.claim(limit=10, now=now)
        await tx.inbox.finish([(one.id, False) for one in claimed_], now=now)
    return claimed_


# the code


async def test_a_code_stands_in_no_table(database: Database) -> None:
    old, _ = await both(database)
    await issue(database, old)

    ((find,),) = await table(database, "SELECT find FROM move_codes")
    assert CODE not in find
    assert find == database.cipher.find("move", CODE)


@pytest.mark.parametrize("code", ["4K70MT9A53", ""])
async def test_a_wrong_code_moves_nothing(database: Database, code: str) -> None:
    old, new = await both(database)
    await issue(database, old)

    assert await claim(database, new, code=code) is None
    assert await claim(database, new) is not None


async def test_a_code_holds_its_time_and_a_newer_one_makes_it_void(database: Database) -> None:
    old, new = await both(database)
    await issue(database, old)
    assert await claim(database, new, now=NOW + timedelta(minutes=15)) is None

    await issue(database, old)
    await issue(database, old, "2222AA2222")
    assert await claim(database, new) is None
    assert await claim(database, new, code="2222AA2222") is not None


async def test_a_code_works_once_and_never_in_its_own_chat(database: Database) -> None:
    old, new = await both(database)
    third = await meet(database, "third", channel="vk")
    await issue(database, old)

    assert await claim(database, old, chat="old", channel="telegram") is None
    assert await claim(database, new) is not None
    assert await claim(database, third, chat="third", channel="vk") is None


async def test_five_tries_an_hour_and_then_the_right_code_fits_no_more(database: Database) -> None:
    old, new = await both(database)
    third = await meet(database, "third", channel="vk")
    await issue(database, old, until_=NOW + timedelta(hours=3))
    for number in range(5):
        assert await claim(database, new, code=f"222{number}AA2222") is None

    assert await claim(database, new) is None
    assert await claim(database, third, chat="third", channel="vk", code="2222AA2222") is None  # counted by itself
    assert await claim(database, new, now=LATER + timedelta(minutes=61)) is not None


async def test_deletion_gives_no_new_tries(database: Database) -> None:
    old, new = await both(database)
    await issue(database, old)
    for number in range(5):
        await claim(database, new, code=f"222{number}AA2222")
    async with database.write() as tx:
        await tx.citizens.erase(new, now=LATER)

    assert await claim(database, new) is None


async def test_codes_and_tries_go_when_their_time_is_over(database: Database) -> None:
    old, new = await both(database)
    await issue(database, old)
    await claim(database, new, code="2222AA2222")

    async with database.write() as tx:
        assert await tx.retention.moves(before=NOW, limit=10) == 0
        assert await tx.retention.moves(before=NOW + timedelta(hours=1), limit=10) == 2
        assert await tx.retention.moves(before=NOW + timedelta(hours=1), limit=10) == 0


# what comes along


async def test_a_history_goes_on_in_the_new_chat_and_the_old_one_forgets(database: Database) -> None:
    old, new = await both(database)
    at = address(database, "old", channel="telegram")
    async with database.write() as tx:
        await tx.citizens.agree(old, version="1", now=NOW)
        await tx.citizens.choose(old, ["released"], now=NOW)
        await tx.plan.save([PlanItemRow(old, "papers", "later", "open", NOW, 3, NOW)])
        await tx.reminders.add([ReminderRow(f"{old}:papers:3", old, "plan_item", "papers", NOW + timedelta(days=1))])
        await tx.cases.open(CaseRow("case", old, "telegram", "question", "new", False, NOW, ("слова",), "о чём"))
        await tx.sessions.save([SessionRow(old, "telegram", at, "plan.list", b"{}", 1, NOW)])
    await issue(database, old)

    moved = await claim(database, new)

    assert moved is not None
    assert moved.citizen == CitizenRow(old, None, "1", NOW, ("released",))
    assert await owner(database, "new", "web") == old
    (left,) = moved.left
    assert (left.channel, left.address) == ("telegram", at)
    stranger = await owner(database, "old", "telegram")
    assert stranger == left.citizen_id
    assert stranger not in (old, new)
    async with database.read() as tx:
        for empty in (new, left.citizen_id):
            assert (await tx.citizens.load([empty]))[empty] == CitizenRow(empty, None, None, None)
            held = await tx.citizens.holdings(empty)
            assert (held.plan_items, held.reminders, held.cases, held.kept_messages) == (0, 0, 0, 0)
        held = await tx.citizens.holdings(old)
        assert (held.plan_items, held.reminders, held.cases, held.kept_messages) == (1, 1, 1, 2)
    assert await meet(database, "old", channel="telegram", now=LATER) == stranger


async def test_of_two_marks_the_newest_wins_with_its_reminder(database: Database) -> None:
    old, new = await both(database)
    day = timedelta(days=1)
    async with database.write() as tx:
        await tx.plan.save(
            [
                PlanItemRow(old, "papers", "later", "open", NOW + day, 2, NOW, "met"),
                PlanItemRow(new, "papers", "done", "open", None, 5, NOW + timedelta(minutes=1)),
                PlanItemRow(old, "resume", "done", "open", None, 7, NOW + timedelta(minutes=1)),
                PlanItemRow(new, "resume", "later", "open", NOW + day, 1, NOW),
                PlanItemRow(new, "housing", "later", "open", NOW + day, 1, NOW),
            ]
        )
        await tx.reminders.add(
            [
                ReminderRow(f"{one}:{item}", one, "plan_item", item, NOW + day)
                for one, item in ((old, "papers"), (new, "resume"), (new, "housing"))
            ]
        )
        await tx.outbox.add(
            [part(new, "web", address(database, "new"), "late", lane=Lane.REMINDER, subject=f"{new}:resume")], now=NOW
        )
    await issue(database, old)

    assert await claim(database, new) is not None

    async with database.read() as tx:
        plan = {row.item: (row.state, row.version, row.added) for row in (await tx.plan.load([old]))[old]}
        assert plan == {"papers": ("done", 5, "met"), "resume": ("done", 7, ""), "housing": ("later", 1, "")}
        assert not await tx.plan.load([new])
    async with database.write() as tx:
        due = await tx.reminders.take_due(now=NOW + 2 * day, limit=10)
        assert [(one.citizen_id, one.subject) for one in due] == [(old, "housing")]
    assert await table(database, "SELECT state, reason FROM outbox") == [(5, "cancelled")]


@pytest.mark.parametrize("first", ["old", "new"])
async def test_the_older_consent_stays_and_a_stop_of_either(database: Database, first: str) -> None:
    old, new = await both(database)
    earlier, later = (old, new) if first == "old" else (new, old)
    async with database.write() as tx:
        await tx.citizens.agree(earlier, version="1", now=NOW)
        await tx.citizens.agree(later, version="2", now=LATER)
        await tx.citizens.stop([(new, NOW)])
        await tx.citizens.choose(old, ["released"], now=NOW)
        await tx.citizens.choose(new, ["alimony", "released"], now=NOW)
    await issue(database, old)

    moved = await claim(database, new)

    assert moved is not None
    assert moved.citizen == CitizenRow(old, NOW, "1", NOW, moved.citizen.situations)
    assert sorted(moved.citizen.situations) == ["alimony", "released"]


@pytest.mark.parametrize("first", ["old", "new"])
async def test_of_two_open_requests_the_older_hears_the_words_of_both(database: Database, first: str) -> None:
    old, new = await both(database)
    times = {"old": NOW, "new": LATER} if first == "old" else {"old": LATER, "new": NOW}
    async with database.write() as tx:
        for citizen, chat in ((old, "old"), (new, "new")):
            words = (f"слова {chat}",)
            await tx.cases.open(CaseRow(f"case {chat}", citizen, "web", "question", "new", True, times[chat], words))
    await issue(database, old)

    assert await claim(database, new) is not None

    async with database.read() as tx:
        case = await tx.cases.of_citizen(old)
        assert case is not None
        second = "new" if first == "old" else "old"
        assert (case.id, case.words) == (f"case {first}", (f"слова {first}", f"слова {second}"))
        assert len(await tx.cases.all_of(old)) == 2
        assert await tx.cases.all_of(new) == []


async def test_rows_go_with_their_citizen_sealed_anew_and_of_two_the_newer(database: Database) -> None:
    """As a table to come will have it: a row for each question, the value sealed for its citizen."""
    blob = "BLOB" if database.dialect == "sqlite" else "BYTEA"
    columns = f"citizen_id TEXT, question TEXT, value {blob}, changed_at INTEGER, PRIMARY KEY (citizen_id, question)"
    await execute(database, f"CREATE TABLE told ({columns})")
    told = {("old", "a"): 5, ("old", "b"): 1, ("new", "b"): 2, ("old", "c"): 3, ("new", "c"): 2, ("new", "d"): 1}
    belonging = Belonging("told", ("question",), "changed_at", "value")

    async with database.write() as tx:
        for (citizen, question), at in told.items():
            sealed = tx.handle.cipher.seal(f"{citizen} {question}".encode(), "told", "value", f"{citizen}:{question}")
            values = (citizen, question, sealed, at)
            if database.dialect == "postgres":
                await tx.handle.connection.execute("INSERT INTO told VALUES ($1, $2, $3, $4)", *values)
            else:
                await tx.handle.connection.execute_fetchall("INSERT INTO told VALUES (?, ?, ?, ?)", values)
        await bring(tx.handle, belonging, kept="old", gone="new")

    rows = await table(database, "SELECT citizen_id, question, value FROM told ORDER BY question")
    opened = [database.cipher.open(bytes(value), "told", "value", f"{one}:{q}").decode() for one, q, value in rows]
    assert opened == ["old a", "new b", "old c", "new d"]


async def test_no_table_that_says_whose_a_row_is_is_forgotten(database: Database) -> None:
    if database.dialect == "sqlite":
        names = [row[0] for row in await table(database, "SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = {name: {row[1] for row in await table(database, f"PRAGMA table_info({name})")} for name in names}
        found = {name for name, known in columns.items() if "citizen_id" in known}
    else:
        sql = (
            "SELECT table_name FROM information_schema.columns"
            " WHERE column_name = 'citizen_id' AND table_schema = 'public'"
        )
        found = {row[0] for row in await table(database, sql)}

    assert found == set(TABLES)


# what is under way


async def test_what_waits_in_the_old_chat_is_answered_in_the_new_one_first_and_in_its_order(database: Database) -> None:
    old, new = await both(database)
    async with database.write() as tx:
        await tx.inbox.store(
            [
                arrived("second", "old", "telegram", ordinal=902),
                arrived("first", "old", "telegram", ordinal=901),
                arrived("blocked", "old", "telegram", ordinal=903, kind="stopped"),
                arrived("here", "new", "web"),
            ],
            now=NOW,
        )
        await tx.inbox.store_due([Due(old, "staff", "staff", b"staff")], now=NOW)
    await issue(database, old)

    moved = await claim(database, new)
    assert moved is not None

    taken = [one for _ in range(6) for one in await take(database)]
    by_lane = {id_: [one.payload for one in taken if one.citizen_id == id_] for id_ in (old, moved.left[0].citizen_id)}
    assert by_lane == {old: [b"first", b"second", b"here", b"staff"], moved.left[0].citizen_id: [b"blocked"]}
    home = ("web", address(database, "new"))
    assert {(one.channel, one.address) for one in taken if one.citizen_id == old} == {home, ("own", "")}
    async with database.write() as tx:  # the platform delivers it once more
        await tx.inbox.store([arrived("first", "old", "telegram", ordinal=901)], now=LATER)
    assert await take(database) == []


async def test_what_had_not_left_the_old_chat_is_given_back_and_the_rest_leaves_its_page(database: Database) -> None:
    old, new = await meet(database, "old"), await meet(database, "new", channel="vk")
    await settle(database)
    at = address(database, "old")
    async with database.write() as tx:
        await tx.outbox.add([part(old, "web", at, "seen")], now=NOW)
        ((_, number),) = [("", fed.number) for fed in await tx.outbox.feed("old", after=0, now=NOW)]
        await tx.outbox.fed("old", seen=number, now=NOW)
        await tx.reminders.add([ReminderRow("r", old, "plan_item", "papers", NOW)])
        await tx.reminders.take_due(now=NOW, limit=1)
        await tx.outbox.add(
            [part(old, "web", at, "remind", lane=Lane.REMINDER, subject="r"), part(old, "web", at, "reply")], now=NOW
        )
    await issue(database, old)

    moved = await claim(database, new, chat="new", channel="vk")

    assert moved is not None
    assert [(one.lane, one.body, one.subject) for one in moved.unsent] == [
        (Lane.REPLY, b"reply", None),
        (Lane.REMINDER, b"remind", "r"),
    ]
    async with database.read() as tx:
        assert await tx.outbox.feed("old", after=0, now=LATER) == []
        assert (await tx.citizens.holdings(old)).kept_messages == 3  # one said, two heard


async def test_a_part_that_failed_under_way_is_not_tried_in_a_chat_that_was_left(database: Database) -> None:
    old, new = await both(database)
    async with database.write() as tx:
        await tx.outbox.add([part(old, "telegram", address(database, "old", channel="telegram"), "t")], now=NOW)
        (leased,) = await tx.outbox.lease("telegram", now=NOW, limit=10)
        assert leased.chat == "old"
    await issue(database, old)
    moved = await claim(database, new)
    assert moved is not None
    assert moved.unsent == ()

    async with database.write() as tx:
        await tx.outbox.again([(leased.number, NOW, False, "unreachable")])
        (leased,) = await tx.outbox.lease("telegram", now=LATER, limit=10)

    assert leased.chat == ""


# at once


async def test_of_two_chats_that_claim_at_once_one_wins(database: Database, second: Database) -> None:
    old, new = await both(database)
    third = await meet(database, "third", channel="vk")
    await settle(database)
    for round_ in range(5):
        code = f"222{round_}AA2222"
        await issue(database, old, code)

        async def one(door: Database, by: str, chat: str, channel: str, code: str = code) -> Moved | None:
            async with door.write() as tx:
                who = await tx.moves.owner(code, now=LATER)
                await tx.moves.lock([by, *([who] if who else [])])
                return await claimed(tx, by, code=code, chat=chat, channel=channel)

        won = await asyncio.gather(one(database, new, "new", "web"), one(second, third, "third", "vk"))

        assert len([moved for moved in won if moved is not None]) == 1
        new = str(await owner(database, "new", "web"))
        third = str(await owner(database, "third", "vk"))
        assert old in (new, third)
        (old_chat,) = [chat for chat, who in (("new", new), ("third", third)) if who == old]
        # back to a chat of its own for the next round
        fresh = await meet(database, f"old{round_}", channel="telegram", now=LATER)
        await settle(database)
        await issue(database, old, "33331A2222")
        assert await claim(database, fresh, code="33331A2222", chat=f"old{round_}", channel="telegram") is not None
        new, third = str(await owner(database, "new", "web")), str(await owner(database, "third", "vk"))
        assert old not in (new, third), old_chat


async def test_two_moves_across_each_other_do_not_wait_in_a_circle(database: Database, second: Database) -> None:
    """Each claims the code of the other at the same moment: one move goes through, the other code is void."""
    old, new = await both(database)
    await issue(database, old, "2222AA2222")
    await issue(database, new, "3333AA3333")

    async def one(door: Database, by: str, other: str, code: str, chat: str, channel: str) -> Moved | None:
        async with door.write() as tx:
            await tx.moves.lock([by, other])
            return await claimed(tx, by, code=code, chat=chat, channel=channel)

    async with asyncio.timeout(20):
        won = await asyncio.gather(
            one(database, new, old, "2222AA2222", "new", "web"),
            one(second, old, new, "3333AA3333", "old", "telegram"),
        )

    assert len([moved for moved in won if moved is not None]) == 1


async def test_a_message_stored_while_its_chat_changes_hands_goes_to_whoever_has_the_chat(database: Database) -> None:
    """As when a store had read the address before the move and committed after it: the row names the old owner."""
    old, new = await both(database)
    await issue(database, old)
    moved = await claim(database, new)
    assert moved is not None
    stranger = moved.left[0].citizen_id
    async with database.write() as tx:
        await tx.inbox.store([arrived("from old", "old", "telegram"), arrived("from new", "new", "web")], now=LATER)
    await execute(database, f"UPDATE inbox SET citizen_id = '{old}' WHERE citizen_id = '{stranger}'")
    await execute(database, f"UPDATE inbox SET citizen_id = '{new}' WHERE citizen_id = '{old}' AND channel = 'web'")

    taken = [one for _ in range(4) for one in await take(database)]

    assert sorted((one.payload, one.citizen_id) for one in taken) == [(b"from new", old), (b"from old", stranger)]


async def test_messages_that_pour_in_while_the_move_commits_are_all_taken_once(
    database: Database, second: Database
) -> None:
    old, new = await both(database)
    await issue(database, old)
    places = (("old", "telegram"), ("new", "web"))
    is_over = asyncio.Event()

    async def pour() -> int:
        number = 0
        while not is_over.is_set() or number < 40:
            number += 1
            async with second.write() as tx:
                rows = [arrived(f"{chat} {number:04}", chat, channel, ordinal=number) for chat, channel in places]
                await tx.inbox.store(rows, now=LATER)
        return number

    pouring = asyncio.create_task(pour())
    await until(lambda: _is_waiting(database, 10))
    moved = await claim(database, new)
    is_over.set()
    number = await pouring
    assert moved is not None

    taken: list[Claimed] = []
    async with asyncio.timeout(60):
        while len(taken) < 2 * number:
            taken += await take(database)
    assert await take(database) == []

    said = [one.payload.decode() for one in taken]
    assert len(set(said)) == len(said) == 2 * number
    assert {one.citizen_id for one in taken} <= {old, moved.left[0].citizen_id}
    came_along = [one.payload for one in taken if one.citizen_id == old and one.payload.startswith(b"old")]
    assert came_along == sorted(came_along)  # what was stored in the very moment of the move may come late
    for one in taken:  # nobody answers a chat from another's history
        assert (one.channel == "telegram") == (one.citizen_id == moved.left[0].citizen_id)


async def _is_waiting(database: Database, number: int) -> bool:
    async with database.read() as tx:
        return (await tx.inbox.waiting())[0] >= number


# forgotten after all


async def test_who_moved_and_then_was_forgotten_is_forgotten_in_a_backup_made_before(
    database: Database, tmp_path: Any
) -> None:
    """Before the move the history stood at another address, and the new chat had a plan of its own."""
    old, new = await both(database)
    third = await meet(database, "third", channel="vk")
    await settle(database)
    async with database.write() as tx:
        for one in (old, new):
            await tx.plan.save([PlanItemRow(one, "papers", "done", "open", None, 1, NOW)])
    await issue(database, old)
    assert await claim(database, new) is not None
    await issue(database, old)
    assert await claim(database, third, chat="third", channel="vk") is not None
    async with database.write() as tx:
        await tx.citizens.erase(old, now=LATER)
    log = ErasureLog(tmp_path)
    await Notes(database, log).write(LATER)

    # the database as it was before both moves
    await execute(database, "DELETE FROM erasures")
    await execute(database, "UPDATE citizens SET moved_to = NULL")
    for one, chat, channel in ((old, "old", "telegram"), (new, "new", "web"), (third, "third", "vk")):
        find = address(database, chat, channel=channel)
        await execute(database, f"UPDATE addresses SET citizen_id = '{one}' WHERE find = '{find}'")
    async with database.write() as tx:
        for one in (old, new):
            await tx.plan.save([PlanItemRow(one, "papers", "done", "open", None, 1, NOW)])
            await tx.citizens.agree(one, version="1", now=NOW)
        bystander = await tx.inbox.admit([arrived("hi", "bystander", "telegram")], now=NOW)
        await tx.citizens.agree(bystander["telegram", "bystander"], version="1", now=NOW)

    assert await again(database, log.read(), LATER) == 3

    async with database.read() as tx:
        for one in (old, new):
            assert (await tx.citizens.load([one]))[one].consent_at is None
            assert (await tx.citizens.holdings(one)).plan_items == 0
        held = await tx.citizens.holdings(bystander["telegram", "bystander"])
        assert held.consent_at == NOW


async def test_a_stranger_in_the_old_chat_does_not_share_the_fate_of_who_left_it(
    database: Database, tmp_path: Any
) -> None:
    old, new = await both(database)
    await issue(database, old)
    moved = await claim(database, new)
    assert moved is not None
    stranger = moved.left[0].citizen_id
    async with database.write() as tx:
        await tx.citizens.agree(stranger, version="1", now=LATER)
        await tx.citizens.erase(old, now=LATER)
    log = ErasureLog(tmp_path)
    await Notes(database, log).write(LATER)
    assert {erasure.channel for erasure in log.read()} == {"web", BY_ID}
    await execute(database, "DELETE FROM erasures")  # a backup made after the move and before the erasure

    assert await again(database, log.read(), LATER) >= 1

    async with database.read() as tx:
        assert (await tx.citizens.load([stranger]))[stranger].consent_at == LATER


async def test_a_consent_taken_back_stays_so_in_a_restored_backup_and_the_request_stays_open(
    database: Database, tmp_path: Any
) -> None:
    ivan = await meet(database)
    await settle(database)
    async with database.write() as tx:
        await tx.citizens.agree(ivan, version="1", now=NOW)
        await tx.citizens.choose(ivan, ["released"], now=NOW)
        await tx.plan.save([PlanItemRow(ivan, "papers", "done", "open", None, 1, NOW)])
        await tx.reminders.add([ReminderRow("r", ivan, "plan_item", "papers", NOW)])
        await tx.cases.open(CaseRow("case", ivan, "web", "question", "new", False, NOW, ("слова",), ""))
        await tx.outbox.add([part(ivan, "web", address(database), "waits")], now=NOW)

    async with database.write() as tx:
        await tx.citizens.withdraw(ivan, now=LATER)

    async with database.read() as tx:
        held = await tx.citizens.holdings(ivan)
        assert (held.situations, held.consent_at, held.plan_items, held.reminders) == ((), None, 0, 0)
        assert (held.cases, held.kept_messages) == (1, 0)
        assert [fed.body for fed in await tx.outbox.feed("ivan", after=0, now=LATER)] == [b"waits"]

    log = ErasureLog(tmp_path)
    await Notes(database, log).write(LATER)
    await execute(database, "DELETE FROM erasures")
    async with database.write() as tx:
        await tx.citizens.agree(ivan, version="1", now=NOW)
    assert await again(database, log.read(), LATER) == 0
    async with database.read() as tx:
        held = await tx.citizens.holdings(ivan)
        assert (held.consent_at, held.cases) == (None, 1)
