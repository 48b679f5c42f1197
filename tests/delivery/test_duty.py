"""One process of all has the duty of a channel, and keeps its webhook or polls."""

import asyncio
from typing import Any

import pytest

from bot.channels.port import Broken, Polled, Unreachable
from bot.delivery.subscription import Subscription
from bot.duty import Duty
from bot.inbox import Inbox
from bot.telemetry import ALARMS, UP
from storage.database import Database, open_database
from tests.databases import SECRETS
from tests.delivery.platform import Platform, update
from tests.delivery.post import Post, minutes
from tests.delivery.world import World, nothing_else

HOOK = ("https://bot.example/hooks/telegram", "secret_secret_secret")


def duty(post: Post, platform: Platform, world: World, **more: Any) -> Duty:
    database = post.database
    return Duty(platform, Inbox(database, world), database, world, lambda: post.edition, timer=world, **more)


async def play(duty: Duty, post: Post, world: World, seconds: float, events: Any = None) -> None:
    stop = asyncio.Event()
    await world.play(duty.run(stop), stop, seconds=seconds, rest=post.busy.rest, events=events)


async def test_the_elected_process_sends_and_receives(database: Database) -> None:
    world = World()
    platform = Platform(world)
    post = Post(database, world, platform)
    platform.polls.append(Polled((update(1, "olga"),), "2"))
    await post.plan(("ivan", "1"))

    async def look() -> None:
        assert UP.labels("telegram")._value.get() == 1

    await play(duty(post, platform, world), post, world, 3.0, [(2.0, look)])

    assert platform.opened == 1
    assert platform.shown["ivan"] == ["1"]
    assert platform.cursors == ["", "2"]
    assert UP.labels("telegram")._value.get() == 0


async def test_with_a_webhook_nothing_is_polled(database: Database) -> None:
    world = World()
    platform = Platform(world)
    post = Post(database, world, platform)

    await play(duty(post, platform, world, webhook=HOOK), post, world, minutes(11))

    assert platform.subscribed == [HOOK] * 3, "at the start and every five minutes"
    assert not platform.cursors
    assert not platform.prepared


async def test_the_second_process_waits_until_the_first_is_gone(database_url: str) -> None:
    databases = [await open_database(database_url, SECRETS) for _ in range(2)]
    try:
        world = World()
        first, second = Platform(world), Platform(world)
        posts = [Post(databases[0], world, first), Post(databases[1], world, second)]
        holder = databases[0].elect("sender:telegram")
        assert await holder.acquire()
        await posts[0].plan(("ivan", "1"))

        async def go() -> None:
            assert not second.opened
            await holder.release()

        waiting = duty(posts[1], second, world)
        await play(waiting, posts[1], world, 12.0, [(5.0, go)])

        assert second.shown["ivan"] == ["1"]
    finally:
        for database in databases:
            await database.close()


@pytest.mark.parametrize(("error", "why"), [(Broken("401"), "open: 401"), (Unreachable("dns"), "open: no answer")])
async def test_a_channel_that_does_not_open_is_tried_again(database: Database, error: Any, why: str) -> None:
    world = World()
    platform = Platform(world)
    platform.opening = error
    post = Post(database, world, platform)
    await post.plan(("ivan", "1"))
    one = duty(post, platform, world)

    async def mend() -> None:
        assert one.standing.presence.why == why
        assert not platform.calls
        platform.opening = None

    await play(one, post, world, minutes(4), [(minutes(2.5), mend)])

    assert platform.shown["ivan"] == ["1"]


async def test_a_failed_subscription_is_an_alarm_and_is_tried_every_minute() -> None:
    world = World()
    platform = Platform(world)
    platform.subscribing = Unreachable("no network")
    before = ALARMS.labels("webhook_not_subscribed")._value.get()
    subscription = Subscription(platform, *HOOK, timer=world)

    async def mend() -> None:
        assert not subscription.standing.presence.is_up
        platform.subscribing = None

    stop = asyncio.Event()
    await world.play(subscription.run(stop), stop, seconds=minutes(4), rest=nothing_else, events=[(minutes(2.5), mend)])

    assert platform.subscribed == [HOOK]
    assert subscription.standing.presence.is_up
    assert ALARMS.labels("webhook_not_subscribed")._value.get() == before + 1
