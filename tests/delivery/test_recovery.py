"""Kills, lost elections, a database that goes away, outages of the platform."""

import asyncio
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.channels.port import SendError, Uncertain, Unreachable
from storage.database import Database
from storage.errors import Unavailable
from storage.records import Lane
from tests.delivery.platform import Platform
from tests.delivery.post import Busy, Post, minutes
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


# The sender's process was killed


async def test_after_a_kill_replies_and_reminders_go_once_more_and_broadcasts_are_for_staff(
    post: Post, platform: Platform
) -> None:
    await post.plan(("ivan", "reply"))
    await post.plan(("olga", "reminder"), lane=Lane.REMINDER)
    await post.plan(("petr", "news"), lane=Lane.BROADCAST)
    assert await post.lease_and_die() == 3

    await post.play(35.0)

    assert platform.shown == {"ivan": ["reply"], "olga": ["reminder"]}
    assert [call.at for call in platform.calls] == [pytest.approx(30, abs=0.2)] * 2
    assert [(state, reason) for state, reason, _ in await post.table()] == [
        ("sent", "uncertain"),
        ("sent", "uncertain"),
        ("dead", "uncertain"),
    ]


async def test_killed_twice_over_one_reply_it_is_for_staff(post: Post, platform: Platform, world: World) -> None:
    await post.plan(("ivan", "reply"))
    await post.lease_and_die()
    await post.sender().run_once()
    world.move(seconds=31)
    assert await post.lease_and_die() == 1

    await post.play(60.0)

    assert not platform.calls
    assert await post.table() == [("dead", "uncertain", True)]


@pytest.mark.parametrize("lane", list(Lane))
async def test_after_a_kill_vk_gets_everything_again_at_once(database: Database, lane: Lane) -> None:
    world = World()
    platform = Platform(world, "vk")
    post = Post(database, world, platform)
    await post.plan(("ivan", "1"), lane=lane)
    await post.lease_and_die()

    await post.sender().run_once()

    assert platform.shown["ivan"] == ["1"]
    assert await post.states() == ["sent"]


async def test_a_dead_process_of_another_channel_is_none_of_ours(database: Database, world: World) -> None:
    telegram, vk = Platform(world), Platform(world, "vk")
    theirs = Post(database, world, vk)
    await theirs.plan(("ivan", "1"))
    await theirs.lease_and_die()

    await Post(database, world, telegram).play(40.0)

    assert await theirs.states() == ["leased"]


async def test_only_what_is_on_the_wire_is_uncertain_after_a_kill(post: Post, platform: Platform) -> None:
    """A running broadcast leases what leaves at once, not what leaves later."""
    from bot.texts.rules import ChannelRules
    from tests.delivery.post import content

    post.edition = content(ChannelRules(25, 1))
    platform.latency_s = 0.2
    for number in range(60):
        await post.plan((f"p{number}", "news"), lane=Lane.BROADCAST)
    worst = 0

    async def look() -> None:
        nonlocal worst
        leased = (await post.states()).count("leased")
        worst = max(worst, leased)

    await post.play(3.0, events=[(0.1 + 0.07 * n, look) for n in range(30)])

    assert 0 < worst <= 25 * (0.2 + 0.1) + 4
    assert set(await post.states()) == {"sent"}


# Stop and a lost election


async def test_at_a_stop_what_is_under_way_is_finished_and_stored(post: Post, platform: Platform) -> None:
    platform.gate = asyncio.Event()
    await post.plan(("ivan", "1"), ("ivan", "2"))
    stop = asyncio.Event()
    task = asyncio.create_task(post.sender().run(stop))
    await platform.reached(1)

    stop.set()
    platform.gate.set()
    await task

    assert await post.states() == ["sent", "waiting"]


async def test_a_lost_election_breaks_off_what_is_under_way(post: Post, platform: Platform) -> None:
    platform.gate = asyncio.Event()
    await post.plan(("ivan", "1"))
    await post.plan(("olga", "1"))
    stop, lost = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(post.sender().run(stop, lost))
    await platform.reached(2)

    lost.set()
    await task

    assert platform.under_way == {"ivan": 0, "olga": 0}
    assert await post.states() == ["leased", "leased"], "the next owner decides about them"


async def test_the_next_owner_goes_on(post: Post, platform: Platform) -> None:
    lost = asyncio.Event()
    lost.set()
    await post.plan(("ivan", "1"))
    await post.sender().run(asyncio.Event(), lost)
    assert await post.states() == ["waiting"]

    await post.play(2.0)

    assert await post.states() == ["sent"]


# The database goes away


class Flaky(Busy):
    """Fails transactions as a database that is full or gone: before anything is done, or after the commit."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.is_gone = False
        self.forgets: int = 0

    def write(self) -> Any:
        return self._flaky()

    @asynccontextmanager
    async def _flaky(self) -> Any:
        if self.is_gone:
            raise Unavailable("gone")
        async with super().write() as tx:
            yield tx
        if self.forgets:
            self.forgets -= 1
            raise Unavailable("the connection broke during the commit")


async def test_results_are_kept_while_the_database_is_gone_and_nothing_is_sent_twice(
    post: Post, platform: Platform
) -> None:
    flaky = Flaky(post.busy._database)
    post.busy = flaky
    platform.latency_s = 0.5
    for chat in ("ivan", "olga", "petr"):
        await post.plan((chat, "1"), (chat, "2"))

    async def gone() -> None:
        flaky.is_gone = True

    async def back() -> None:
        flaky.is_gone = False

    await post.play(minutes(3), events=[(0.2, gone), (minutes(2), back)])

    assert platform.shown == {chat: ["1", "2"] for chat in ("ivan", "olga", "petr")}
    assert len(platform.calls) == 6
    assert await post.states() == ["sent"] * 6
    assert not any(is_repeat for _, _, is_repeat in await post.table())


@pytest.mark.parametrize("nth", range(1, 7))
async def test_a_commit_of_unknown_outcome_sends_nothing_twice_and_loses_nothing(
    database: Database, world: World, platform: Platform, nth: int
) -> None:
    """The nth transaction is committed, and the sender is told that it is not."""
    post = Post(database, world, platform)
    for chat in ("ivan", "olga"):
        await post.plan((chat, "1"), (chat, "2"))
    await post.plan(("petr", "news"), lane=Lane.BROADCAST)
    flaky = Flaky(database)
    post.busy = flaky
    writes = 0
    original = flaky.write

    def counted() -> Any:
        nonlocal writes
        writes += 1
        flaky.forgets = int(writes == nth)
        return original()

    flaky.write = counted  # type: ignore[method-assign]

    await post.play(20.0)

    assert platform.shown == {"ivan": ["1", "2"], "olga": ["1", "2"], "petr": ["news"]}
    assert await post.states() == ["sent"] * 5
    assert len(platform.calls) == 5


# The platform goes away


@pytest.mark.parametrize("error", [Unreachable("refused"), Uncertain("502")])
async def test_an_outage_of_minutes_loses_nothing_and_risks_little(
    post: Post, platform: Platform, world: World, error: SendError
) -> None:
    is_down = False

    def outcome(*_: object) -> SendError | None:
        return error if is_down else None

    platform.outcome = outcome
    platform.latency_s = 0.05

    async def fall() -> None:
        nonlocal is_down
        is_down, platform.opening = True, Unreachable("down")

    async def rise() -> None:
        nonlocal is_down
        is_down, platform.opening = False, None

    async def talk() -> None:
        for chat in ("ivan", "olga", "petr"):
            await post.plan((chat, f"{world.time():.0f}"))

    async def news() -> None:
        for number in range(100):
            await post.plan((f"p{number}", "news"), lane=Lane.BROADCAST)

    sender = post.sender(in_flight=10)
    events: Any = [(1.0 + n * 20, talk) for n in range(30)]
    events += [(30.0, fall), (31.5, news), (minutes(8), rise)]
    await post.play(minutes(14), sender=sender, events=sorted(events, key=lambda event: event[0]))

    table = await post.table()
    tried = [call for call in platform.calls if call.error]
    assert len(tried) <= 10 + 5, "after those under way and five failures, who we are is asked instead"
    assert sum(state == "dead" for state, _, _ in table) <= (len(tried) if isinstance(error, Uncertain) else 0)
    assert {state for state, _, _ in table} <= {"sent", "dead"}
    for chat in ("ivan", "olga", "petr"):
        said = [float(text) for text in platform.shown[chat]]
        assert said == sorted(said)
    assert sender.standing.presence.is_up
    answered = min(call.at for call in platform.calls if not call.error and call.at > minutes(8))
    assert answered <= minutes(8) + 31


async def test_a_platform_that_is_back_shows_as_up_though_nothing_is_left_to_send(
    post: Post, platform: Platform
) -> None:
    platform.outcome = lambda *_: Uncertain("502")
    for number in range(8):
        await post.plan((f"p{number}", "news"), lane=Lane.BROADCAST)
    sender = post.sender()

    await post.play(minutes(2), sender=sender)

    assert await post.states() == ["dead"] * 8
    assert sender.standing.presence.is_up
