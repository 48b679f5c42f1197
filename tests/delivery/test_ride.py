"""Answers that are leased in the very transaction that plans them: one commit less, and nothing else changes."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.outbox import Sender
from storage.database import Database
from storage.records import Lane
from tests.delivery.platform import Platform
from tests.delivery.post import Post
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


async def play(post: Post, sender: Sender, *events: tuple[float, Callable[[], Awaitable[None]]]) -> None:
    """Three seconds of the sender on duty."""
    stop = asyncio.Event()
    await post.world.play(sender.run(stop), stop, seconds=3.0, rest=post.busy.rest, events=list(events))


async def test_an_answer_that_rides_is_sent_at_once_and_needs_one_commit_less(post: Post, platform: Platform) -> None:
    sender, writes = post.sender(), []

    async def ride() -> None:
        before = post.busy.writes
        assert await post.plan_riding(sender, ("ivan", "1"), ("olga", "1"))
        writes.append(post.busy.writes - before)

    await post.meet("ivan", "olga")
    await play(post, sender, (1.0, ride), (1.5, ride))

    assert platform.shown == {"ivan": ["1", "1"], "olga": ["1", "1"]}
    assert [call.at for call in platform.calls] == [pytest.approx(1.0)] * 2 + [pytest.approx(1.5)] * 2
    assert writes == [1, 1], "planned and leased together"
    assert await post.states() == ["sent"] * 4


async def test_results_of_earlier_sends_are_stored_by_the_ride(post: Post, platform: Platform) -> None:
    platform.latency_s = 0.2
    sender = post.sender()

    async def ride() -> None:
        await post.plan_riding(sender, ("ivan", "1"))

    async def again() -> None:
        await post.plan_riding(sender, ("olga", "2"))

    await play(post, sender, (1.0, ride), (1.2, again), (1.3, again))

    assert platform.shown == {"ivan": ["1"], "olga": ["2", "2"]}
    assert await post.states() == ["sent"] * 3


async def test_a_ride_that_is_rolled_back_sends_nothing(post: Post, platform: Platform) -> None:
    """Neither the answer that never was, nor twice what waited; the sender goes on by itself."""
    sender = post.sender()

    async def fail() -> None:
        with pytest.raises(LookupError):
            await post.plan_riding(sender, ("ivan", "never"), failure=LookupError())

    async def plan() -> None:
        await post.plan(("ivan", "later"))

    await play(post, sender, (1.0, fail), (1.5, plan))

    assert platform.shown == {"ivan": ["later"]}
    assert await post.states() == ["sent"]


async def test_who_is_not_on_duty_takes_nobody_along(post: Post, platform: Platform) -> None:
    sender = post.sender()

    assert not await post.plan_riding(sender, ("ivan", "1"))
    assert await post.states() == ["waiting"]

    await play(post, sender)
    assert platform.shown == {"ivan": ["1"]}

    assert not await post.plan_riding(sender, ("ivan", "2")), "over"


async def test_a_sender_with_a_transaction_of_its_own_takes_nobody_along(post: Post, platform: Platform) -> None:
    """Its results would be stored twice, and its leases counted twice."""
    sender, taken = post.sender(), []
    begun, may_go_on = asyncio.Event(), asyncio.Event()
    original = sender._ledger.store

    async def store(*arguments: object) -> None:
        begun.set()
        await may_go_on.wait()
        await original(*arguments)  # type: ignore[arg-type]

    async def ride() -> None:
        sender._ledger.store = store  # type: ignore[method-assign, assignment]
        sender._stir.set()
        await begun.wait()
        with sender.ride() as board:
            taken.append(board)
        sender._ledger.store = original  # type: ignore[method-assign]
        may_go_on.set()

    await play(post, sender, (1.0, ride))

    assert taken == [None]


async def test_the_pace_of_the_chat_holds_for_who_rides(post: Post, platform: Platform) -> None:
    """The second one to a busy chat waits for the first."""
    platform.latency_s = 0.5
    sender = post.sender()

    async def ride() -> None:
        assert await post.plan_riding(sender, ("ivan", "1"))
        assert await post.plan_riding(sender, ("ivan", "2"))

    await play(post, sender, (1.0, ride))

    assert platform.shown == {"ivan": ["1", "2"]}
    assert platform.most_at_once == 1
    assert await post.states() == ["sent"] * 2


async def test_a_stop_in_the_middle_of_a_ride_waits_for_it(post: Post, platform: Platform) -> None:
    sender, stop = post.sender(), asyncio.Event()

    async def ride() -> None:
        await post.meet("ivan")
        await post.at_rest(sender)
        with sender.ride() as board:
            assert board is not None
            async with post.database.write() as tx:
                await tx.outbox.add(post._parts([("ivan", "1")], Lane.REPLY, None, None, ""), now=post.world.now())
                await board(tx)
            stop.set()
            await asyncio.sleep(0)

    await post.world.play(sender.run(stop), stop, seconds=3.0, rest=post.busy.rest, events=[(1.0, ride)])

    assert platform.shown == {"ivan": ["1"]}
    assert await post.states() == ["sent"]
