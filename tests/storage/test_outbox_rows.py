"""What goes out, on both databases: planned once, leased in order, judged at the last moment."""

import asyncio
from datetime import datetime, timedelta

import pytest

from storage.database import Database
from storage.records import Lane, Leased, Part, ReminderRow
from tests.storage.rows import NOW, address, execute, meet, table

LATER = NOW + timedelta(minutes=1)


async def plan(
    database: Database,
    *texts: str,
    chat: str = "ivan",
    turn: str = "",
    lane: Lane = Lane.REPLY,
    keep: bool = False,
    subject: str | None = None,
    at: datetime = NOW,
    channel: str = "web",
) -> str:
    """Parts of one turn to this citizen; gives the citizen's id."""
    id_ = await meet(database, chat, channel=channel)
    parts = [
        Part(
            citizen_id=id_,
            channel=channel,
            address=address(database, chat, channel=channel),
            turn=turn or " ".join(texts),
            part=number,
            lane=lane,
            key="test.said",
            body=text.encode(),
            keep=keep,
            not_before=at,
            subject=subject,
        )
        for number, text in enumerate(texts)
    ]
    async with database.write() as tx:
        await tx.outbox.add(parts, now=NOW)
    return id_


async def lease(
    database: Database, *, now: datetime = NOW, limit: int = 10, lane: Lane = Lane.BROADCAST
) -> list[Leased]:
    async with database.write() as tx:
        return await tx.outbox.lease("web", now=now, limit=limit, lane=lane)


async def sent(database: Database, leased: list[Leased]) -> list[bytes]:
    async with database.write() as tx:
        await tx.outbox.sent([(part.number, f"id{part.number}") for part in leased], now=NOW)
    return [part.body for part in leased]


async def test_a_turn_taken_twice_plans_nothing_twice(database: Database) -> None:
    for _ in range(2):
        await plan(database, "раз", "два", turn="t")

    assert await sent(database, await lease(database)) == ["раз".encode()]
    assert await sent(database, await lease(database)) == ["два".encode()]
    assert await lease(database) == []


async def test_a_citizens_parts_leave_in_order_and_citizens_side_by_side(database: Database) -> None:
    await plan(database, "1", "2", chat="ivan")
    await plan(database, "3", chat="olga")

    first = await lease(database)
    assert [part.body for part in first] == [b"1", b"3"]
    assert await lease(database) == []  # what is under way holds back what follows
    await sent(database, first)
    assert [part.body for part in await lease(database)] == [b"2"]


async def test_replies_go_before_reminders_and_broadcasts(database: Database) -> None:
    await plan(database, "b", chat="petr", lane=Lane.BROADCAST)
    await plan(database, "m", chat="olga", lane=Lane.REMINDER)
    await plan(database, "r", chat="ivan")

    assert [part.body for part in await lease(database, limit=2)] == [b"r", b"m"]
    assert await lease(database, lane=Lane.REMINDER) == []
    assert [part.body for part in await lease(database)] == [b"b"]


async def test_what_may_not_leave_yet_waits(database: Database) -> None:
    await plan(database, "1", at=LATER)

    assert await lease(database) == []
    async with database.read() as tx:
        assert await tx.outbox.next_at("web") == LATER
    (part,) = await lease(database, now=LATER)
    assert part.created_at == LATER  # its life begins when it may leave


async def test_a_part_tried_again_keeps_its_number_and_counts(database: Database) -> None:
    await plan(database, "1")
    (first,) = await lease(database)
    async with database.write() as tx:
        await tx.outbox.again([(first.number, LATER, True, "uncertain")])

    assert await lease(database) == []
    (again,) = await lease(database, now=LATER)
    assert (again.number, again.attempts, again.is_repeat) == (first.number, 2, True)


async def test_a_part_nobody_tried_is_not_counted(database: Database) -> None:
    await plan(database, "1")
    (first,) = await lease(database)
    async with database.write() as tx:
        await tx.outbox.put_back([(first.number, NOW)])

    (again,) = await lease(database)
    assert again.attempts == 1


async def test_a_part_that_is_done_is_done(database: Database) -> None:
    """A late result of a sender that was thrown out changes nothing."""
    await plan(database, "1")
    leased = await lease(database)
    await sent(database, leased)
    async with database.write() as tx:
        await tx.outbox.again([(leased[0].number, NOW, True, "late")])
        await tx.outbox.bury([(leased[0].number, "late")], now=NOW)
        await tx.outbox.cancel([(leased[0].number, "late")], now=NOW)

    assert await lease(database) == []
    assert await table(database, "SELECT state, sent_id FROM outbox") == [(2, f"id{leased[0].number}")]


async def test_texts_are_erased_when_sent_unless_the_citizen_agreed(database: Database) -> None:
    await plan(database, "1", chat="ivan")
    await plan(database, "2", chat="olga", keep=True)

    await sent(database, await lease(database))

    assert await table(database, "SELECT body IS NULL FROM outbox ORDER BY id") in (
        [(True,), (False,)],
        [(1,), (0,)],
    )


async def test_a_dead_letter_is_shown_and_replayed(database: Database) -> None:
    await plan(database, "1")
    (part,) = await lease(database)
    async with database.write() as tx:
        await tx.outbox.bury([(part.number, "refused")], now=NOW)
        (letter,) = await tx.outbox.letters()
        assert (letter.number, letter.reason, letter.finished_at) == (part.number, "refused", NOW)
        assert await tx.outbox.count_dead() == 1
        await tx.outbox.replay(part.number, now=LATER)

    (again,) = await lease(database, now=LATER)
    assert (again.number, again.attempts, again.created_at) == (part.number, 1, LATER)


async def test_what_a_dead_sender_left_under_way_is_found(database: Database) -> None:
    await plan(database, "1")
    await plan(database, "2", chat="olga", lane=Lane.REMINDER)
    leased = await lease(database)

    async with database.read() as tx:
        found = await tx.outbox.in_flight("web")
        assert await tx.outbox.in_flight("vk") == []

    assert found == [(leased[0].number, Lane.REPLY, False), (leased[1].number, Lane.REMINDER, False)]


# judged when leased


async def test_the_marks_of_the_moment_come_with_the_lease(database: Database) -> None:
    ivan = await plan(database, "1")
    async with database.write() as tx:
        await tx.citizens.stop([(ivan, NOW)])
        await tx.citizens.mark_reachable([("web", address(database), False)], now=NOW)

    (part,) = await lease(database)

    assert (part.is_stopped, part.is_unreachable, part.is_withdrawn) == (True, True, False)
    assert part.chat == "ivan"


@pytest.mark.parametrize("is_cancelled", [True, False])
async def test_a_reminder_knows_whether_it_was_withdrawn(database: Database, is_cancelled: bool) -> None:
    ivan = await plan(database, "1", lane=Lane.REMINDER, subject="r1")
    async with database.write() as tx:
        await tx.reminders.add([ReminderRow("r1", ivan, "plan_item", "papers", NOW)])
        assert len(await tx.reminders.take_due(now=NOW, limit=10)) == 1
        if is_cancelled:
            await tx.reminders.cancel([(ivan, "papers")])

    (part,) = await lease(database)

    assert part.is_withdrawn == is_cancelled


async def test_a_reminder_without_its_row_is_withdrawn(database: Database) -> None:
    await plan(database, "1", lane=Lane.REMINDER, subject="gone")

    (part,) = await lease(database)
    assert part.is_withdrawn


async def test_only_the_newest_reply_is_called_so(database: Database) -> None:
    await plan(database, "1", turn="a")
    await plan(database, "2", turn="b")

    (old,) = await lease(database)
    await sent(database, [old])
    (new,) = await lease(database)

    assert (old.newest, new.newest) == (False, True)


async def test_a_part_that_cannot_be_opened_is_buried_and_blocks_nobody(database: Database) -> None:
    await plan(database, "1", "2")
    await execute(database, "UPDATE outbox SET body = substr(body, 1, 20) WHERE part = 0")

    assert await lease(database) == []
    assert [part.body for part in await lease(database)] == [b"2"]
    async with database.read() as tx:
        assert [letter.reason for letter in await tx.outbox.letters()] == ["unreadable"]


# taken back


async def test_stop_cancels_all_but_replies_and_what_is_under_way(database: Database) -> None:
    ivan = await plan(database, "r")
    await plan(database, "m", lane=Lane.REMINDER)
    await plan(database, "b", lane=Lane.BROADCAST)
    await plan(database, "o", chat="olga", lane=Lane.REMINDER)

    async with database.write() as tx:
        await tx.outbox.stop([ivan], now=NOW)

    assert [part.body for part in await lease(database)] == [b"r", b"o"]


async def test_a_withdrawn_subject_never_leaves(database: Database) -> None:
    await plan(database, "m", lane=Lane.REMINDER, subject="r1")
    await plan(database, "n", chat="olga", lane=Lane.REMINDER, subject="r2")

    async with database.write() as tx:
        await tx.outbox.drop_subjects(["r1"], now=NOW)

    assert [part.body for part in await lease(database)] == [b"n"]


async def test_what_waits_for_a_citizen_who_left_is_cancelled(database: Database) -> None:
    await plan(database, "1", "2")
    await plan(database, "3", chat="olga")

    async with database.write() as tx:
        await tx.outbox.blocked("web", address(database), now=NOW)

    assert [part.body for part in await lease(database)] == [b"3"]


# counts, and the page of the web chat


async def test_what_waits_is_counted_by_channel_and_lane(database: Database) -> None:
    await plan(database, "1", "2", channel="vk")
    await plan(database, "3", chat="olga", channel="vk", lane=Lane.REMINDER)
    await plan(database, "4", channel="web")

    async with database.read() as tx:
        assert await tx.outbox.waiting() == {("vk", Lane.REPLY): 2, ("vk", Lane.REMINDER): 1}
        assert await tx.outbox.unanswered("vk") == 1


async def test_the_page_reads_its_feed_by_cursor(database: Database) -> None:
    await plan(database, "1", "2", turn="a")
    await plan(database, "x", chat="olga")
    await plan(database, "3", turn="b", at=LATER)

    async with database.write() as tx:
        first = await tx.outbox.feed("ivan", after=0, now=NOW)
        assert [one.body for one in first] == [b"1", b"2"]
        assert [one.body for one in await tx.outbox.feed("ivan", after=first[0].number, now=NOW)] == [b"2"]
        later = await tx.outbox.feed("ivan", after=first[-1].number, now=LATER)
        assert [one.body for one in later] == [b"3"]
        await tx.outbox.fed("ivan", seen=later[0].number, now=LATER)
        again = await tx.outbox.feed("ivan", after=0, now=LATER)
        assert [one.body for one in again] == [b"3"]  # without consent the newest screen stays, no more


async def test_many_pages_read_their_feeds_at_once(database: Database) -> None:
    for chat in ("ivan", "olga", "pavel"):
        await plan(database, f"{chat} 1", f"{chat} 2", chat=chat, turn=chat)
    asked = {"ivan": 0, "olga": 0, "nobody": 0}

    async with database.read() as tx:
        whole = await tx.outbox.feeds(asked, now=NOW, limit=100)
        assert {chat: [one.body for one in fed] for chat, fed in whole.items()} == {
            "ivan": [b"ivan 1", b"ivan 2"],
            "olga": [b"olga 1", b"olga 2"],
        }
        found: dict[str, list[bytes]] = {}
        while page := await tx.outbox.feeds(asked, now=NOW, limit=1):
            ((chat, (one,)),) = page.items()
            asked[chat] = one.number
            found.setdefault(chat, []).append(one.body)
        assert found == {chat: [one.body for one in fed] for chat, fed in whole.items()}
        assert await tx.outbox.feeds({}, now=NOW, limit=100) == {}


async def test_a_message_that_cannot_be_opened_hides_no_other(database: Database) -> None:
    await plan(database, "1", "2", "3")
    await execute(database, "UPDATE outbox SET body = substr(body, 1, 20) WHERE part = 1")

    async with database.read() as tx:
        assert [one.body for one in await tx.outbox.feed("ivan", after=0, now=NOW)] == [b"1", b"", b"3"]


async def test_a_kept_feed_can_be_read_again(database: Database) -> None:
    await plan(database, "1", turn="a", keep=True)
    await plan(database, "2", turn="b", keep=True)

    async with database.write() as tx:
        await tx.outbox.fed("ivan", seen=2**31, now=NOW)
        assert [one.body for one in await tx.outbox.feed("ivan", after=0, now=NOW)] == [b"1", b"2"]


async def test_two_senders_at_once_never_lease_one_part_twice(database: Database) -> None:
    """Only one is elected, but one that just lost may still be asking."""
    for number in range(20):
        await plan(database, str(number), chat=f"citizen{number}")

    both = await asyncio.gather(lease(database, limit=20), lease(database, limit=20), lease(database, limit=20))

    assert sorted(int(part.body) for leased in both for part in leased) == list(range(20))
