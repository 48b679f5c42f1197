"""What leaves, in which order, and what never does."""

from datetime import timedelta

import pytest

from bot.texts.rules import ChannelRules
from storage.database import Database
from storage.records import Lane
from tests.delivery.platform import Platform
from tests.delivery.post import APOLOGY, Post, content, minutes
from tests.delivery.world import World


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def platform(world: World) -> Platform:
    return Platform(world)


@pytest.fixture
def post(database: Database, world: World, platform: Platform) -> Post:
    return Post(database, world, platform)


async def test_parts_of_one_citizen_leave_one_by_one_in_the_order_planned(post: Post, platform: Platform) -> None:
    platform.latency_s = 0.05
    await post.plan(("ivan", "1"), ("ivan", "2"), ("olga", "1"))
    await post.plan(("ivan", "3"))

    await post.play(2.0)

    assert platform.shown == {"ivan": ["1", "2", "3"], "olga": ["1"]}
    assert platform.most_at_once == 1
    assert await post.states() == ["sent"] * 4


async def test_replies_leave_before_reminders_and_broadcasts(post: Post, platform: Platform) -> None:
    await post.plan(("ivan", "broadcast"), lane=Lane.BROADCAST)
    await post.remind("ivan", "reminder", "r1")
    await post.plan(("ivan", "reply"))

    await post.drain()

    assert platform.shown["ivan"] == ["reply", "reminder", "broadcast"]


async def test_a_chat_gets_one_message_at_a_time_whatever_the_lane(post: Post, platform: Platform) -> None:
    platform.latency_s = 0.5
    await post.plan(("ivan", "reply"))
    await post.plan(("ivan", "broadcast"), lane=Lane.BROADCAST)

    await post.play(5.0)

    assert platform.most_at_once == 1
    assert platform.shown["ivan"] == ["reply", "broadcast"]


async def test_a_message_leaves_as_soon_as_it_is_planned(post: Post, platform: Platform, world: World) -> None:
    async def plan() -> None:
        await post.plan(("ivan", "now"))

    await post.play(3.0, events=[(1.3, plan)])

    assert [call.at for call in platform.calls] == [pytest.approx(1.3)]


async def test_what_is_planned_for_later_leaves_then(post: Post, platform: Platform, world: World) -> None:
    await post.plan(("ivan", "tomorrow"), lane=Lane.BROADCAST, at=world.now() + timedelta(hours=20, minutes=59))
    sender = post.sender()

    await sender.run_once()
    world.move(hours=21)
    await sender.run_once()

    assert [call.at for call in platform.calls] == [timedelta(hours=21).total_seconds()]


async def test_a_chats_pace_holds_its_second_message_and_nobody_elses(post: Post, platform: Platform) -> None:
    post.edition = content(ChannelRules(per_second=25, chat_per_second=1))
    await post.plan(("ivan", "1"), ("ivan", "2"), ("olga", "1"))

    await post.play(3.0)

    assert [(call.chat, call.text) for call in platform.calls] == [("ivan", "1"), ("olga", "1"), ("ivan", "2")]
    assert platform.calls[2].at == pytest.approx(1.05, abs=0.11)
    rows = await post.select("SELECT attempts FROM outbox")
    assert {row[0] for row in rows} == {1}, "waiting for the pace is no attempt"


# Stop, cancel, leave between planning and sending


async def test_after_stop_a_reply_leaves_and_a_reminder_does_not(post: Post, platform: Platform, world: World) -> None:
    await post.plan(("ivan", "reply"))
    await post.remind("ivan", "reminder", "r1")
    await post.plan(("ivan", "broadcast"), lane=Lane.BROADCAST)
    async with post.database.write() as tx:
        await tx.citizens.stop([(post.citizen("ivan"), world.now())])

    await post.drain()

    assert platform.shown == {"ivan": ["reply"]}
    assert [(state, reason) for state, reason, _ in await post.table()] == [
        ("sent", ""),
        ("cancelled", "stopped"),
        ("cancelled", "stopped"),
    ]


async def test_a_withdrawn_reminder_does_not_leave(post: Post, platform: Platform) -> None:
    await post.remind("ivan", "old", "r1")
    await post.remind("ivan", "still true", "r2")
    async with post.database.write() as tx:
        await tx.reminders.cancel([(post.citizen("ivan"), "r1")])

    await post.drain()

    assert platform.shown["ivan"] == ["still true"]
    assert (await post.table())[0] == ("cancelled", "withdrawn", False)


async def test_a_reminder_does_not_leave_where_the_channel_only_informs_by_now(post: Post, platform: Platform) -> None:
    await post.remind("ivan", "reminder", "r1")
    await post.plan(("ivan", "reply"))

    await post.drain(post.sender(only_informs=True))

    assert platform.shown == {"ivan": ["reply"]}
    assert (await post.table())[0] == ("cancelled", "policy", False)


async def test_nothing_leaves_for_an_address_that_cannot_be_reached(
    post: Post, platform: Platform, world: World
) -> None:
    await post.plan(("ivan", "reply"))
    async with post.database.write() as tx:
        await tx.citizens.mark_reachable([("telegram", post.find("ivan"), False)], now=world.now())

    await post.drain()

    assert not platform.calls
    assert await post.table() == [("cancelled", "blocked", False)]


async def test_nothing_leaves_for_an_erased_address(post: Post, platform: Platform, world: World) -> None:
    await post.plan(("ivan", "reply"))
    async with post.database.write() as tx:
        await tx.handle.connection.execute("UPDATE addresses SET chat = NULL")

    await post.drain()

    assert await post.table() == [("cancelled", "no address", False)]


@pytest.mark.parametrize("what", ["body", "chat", "no message"])
async def test_a_part_nobody_can_read_does_not_hold_up_the_next(post: Post, platform: Platform, what: str) -> None:
    await post.plan(("ivan", "1"))
    await post.plan(("olga", "1"))
    ((number, turn),) = await post.select("SELECT id, turn FROM outbox ORDER BY id LIMIT 1")
    if what == "body":
        change = f"UPDATE outbox SET body = (SELECT chat FROM addresses LIMIT 1) WHERE id = {number}"
    elif what == "chat":
        change = f"UPDATE addresses SET chat = (SELECT body FROM outbox LIMIT 1) WHERE find = '{post.find('ivan')}'"
    else:
        sealed = post.database.cipher.seal(b'{"key": 1}', "outbox", "body", f"{turn}:0").hex()
        sealed = f"'\\x{sealed}'" if post.database.dialect == "postgres" else f"x'{sealed}'"
        change = f"UPDATE outbox SET body = {sealed} WHERE id = {number}"
    async with post.database.write() as tx:
        await tx.handle.connection.execute(change)

    await post.drain()

    assert platform.shown == {"olga": ["1"]}
    assert (await post.table())[0] == ("dead", "unreadable", False)


# Late


async def test_of_late_replies_the_newest_screen_goes_with_an_apology(
    post: Post, platform: Platform, world: World
) -> None:
    await post.plan(("ivan", "old"))
    await post.plan(("ivan", "newer"))
    await post.plan(("ivan", "newest 1"), ("ivan", "newest 2"), edits="77")
    await post.plan(("olga", "only"))
    world.move(minutes=16)

    await post.drain()

    assert platform.shown["ivan"] == [f"{APOLOGY}\n\nnewest 1", "newest 2"]
    assert platform.shown["olga"] == [f"{APOLOGY}\n\nonly"]
    assert {message.edits for message in platform.messages} == {""}, "an edit of an old message is not noticed"
    assert [reason for _, reason, _ in await post.table()] == ["too late", "too late", "", "", ""]


async def test_a_reply_of_less_than_a_quarter_of_an_hour_is_not_late(
    post: Post, platform: Platform, world: World
) -> None:
    await post.plan(("ivan", "old"))
    await post.plan(("ivan", "new"))
    world.move(minutes=14)

    await post.drain()

    assert platform.shown["ivan"] == ["old", "new"]


async def test_the_apology_gives_way_to_a_full_message(post: Post, platform: Platform, world: World) -> None:
    text = "о" * (platform.limits.text_chars + 80)
    await post.plan(("ivan", text))
    world.move(minutes=20)

    await post.drain()

    assert platform.shown["ivan"] == [text]


@pytest.mark.parametrize(
    ("lane", "hours", "leaves"),
    [
        (Lane.REPLY, 23.9, True),
        (Lane.REPLY, 24.1, False),
        (Lane.REMINDER, 47.9, True),
        (Lane.REMINDER, 48.1, False),
        (Lane.BROADCAST, 5.9, True),
        (Lane.BROADCAST, 6.1, False),
    ],
)
async def test_each_lane_has_its_life(database: Database, lane: Lane, hours: float, leaves: bool) -> None:
    """A reminder's 24 h do not count the quiet ones, twelve each night: noon, 9 h, night, 12 h, night, 3 h, noon."""
    world = World()
    platform = Platform(world)
    post = Post(database, world, platform)
    await post.plan(("ivan", "said"), lane=lane)
    world.move(hours=hours)

    await post.drain()

    assert await post.states() == ["sent" if leaves else "cancelled"]


# Quiet hours


async def test_reminders_wait_for_the_morning_and_replies_do_not(post: Post, platform: Platform, world: World) -> None:
    world.move(hours=8, minutes=59)  # 20:59
    await post.remind("ivan", "before nine", "r1")
    sender = await post.drain()
    world.move(minutes=1)
    await post.remind("ivan", "at nine", "r2")
    await post.plan(("olga", "news"), lane=Lane.BROADCAST)
    await post.plan(("olga", "reply"))
    await sender.run_once()
    assert platform.shown == {"ivan": ["before nine"], "olga": ["reply"]}

    world.move(hours=11, minutes=59)
    await sender.run_once()
    assert len(platform.calls) == 2
    world.move(minutes=1)
    await sender.run_once()

    assert platform.shown == {"ivan": ["before nine", "at nine"], "olga": ["reply", "news"]}


async def test_the_morning_comes_by_itself(post: Post, platform: Platform, world: World) -> None:
    world.move(hours=20, minutes=59)
    await post.remind("ivan", "in the night", "r1")

    await post.play(minutes(2))

    assert [call.at for call in platform.calls] == [pytest.approx(timedelta(hours=21).total_seconds(), abs=1.1)]
