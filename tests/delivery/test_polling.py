"""What is fetched is stored before it is confirmed, whatever happens on the way."""

import asyncio
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from bot.channels.port import Broken, Polled, ReceiveError, TwoPollers, Unreachable
from bot.inbox import Inbox
from bot.polling import UNANSWERED_MOST, WAITING_MOST, Poller
from bot.telemetry import ALARMS
from storage.database import Database
from storage.records import Arrival
from tests.delivery.platform import Platform, update
from tests.delivery.post import Post, minutes
from tests.delivery.test_recovery import Flaky
from tests.delivery.world import World


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def platform(world: World) -> Platform:
    return Platform(world)


class Station:
    """A poller and what it stored."""

    def __init__(self, database: Database, world: World, platform: Platform) -> None:
        self.database = Flaky(database)
        self.world = world
        self.platform = platform

    def poller(self) -> Poller:
        database: Any = self.database
        inbox = Inbox(database, self.world)
        return Poller(self.platform, inbox, database, self.world, account="42", timer=self.world, random=Random(1))

    async def play(self, seconds: float, *, poller: Poller | None = None, events: Any = None) -> Poller:
        stop = asyncio.Event()
        poller = poller or self.poller()
        await self.world.play(poller.run(stop), stop, seconds=seconds, rest=self.database.rest, events=events)
        return poller

    async def stored(self) -> int:
        async with self.database.read() as tx:
            return (await tx.inbox.waiting())[0]

    async def cursor(self) -> str:
        async with self.database.read() as tx:
            return await tx.inbox.cursor("telegram", "42")


@pytest.fixture
def station(database: Database, world: World, platform: Platform) -> Station:
    return Station(database, world, platform)


def told(what: str) -> float:
    return ALARMS.labels(what)._value.get()


async def test_rounds_follow_each_other_from_the_stored_cursor(station: Station, platform: Platform) -> None:
    platform.polls.extend([Polled((), "5"), Polled((update(5, "ivan"), update(6, "olga")), "7")])

    await station.play(2.0)

    assert platform.prepared == 1
    assert platform.cursors == ["", "5", "7"]
    assert await station.stored() == 2
    assert await station.cursor() == "7"
    assert [incoming.event for incoming in platform.acknowledged] == ["5", "6"]

    await station.play(2.0)
    assert platform.cursors[3:] == ["7"], "the next process goes on from there"


async def test_a_round_that_gave_nothing_writes_nothing(station: Station, platform: Platform) -> None:
    await station.play(minutes(2))

    assert station.database.writes == 0
    assert platform.cursors == [""] * 5


async def test_a_platform_that_answers_at_once_with_nothing_is_not_hammered(
    station: Station, platform: Platform
) -> None:
    platform.polls.extend([Polled((), "")] * 1000)

    await station.play(10.0)

    assert len(platform.cursors) <= 11


async def test_a_broken_update_is_parked_and_the_next_ones_are_heard(station: Station, platform: Platform) -> None:
    platform.polls.append(
        Polled((update(1, "ivan"), {"broken": True}, update(2, "ivan", "\ud83d"), update(3, "ivan")), "4")
    )

    await station.play(1.0)

    assert await station.stored() == 2
    async with station.database.read() as tx:
        assert await tx.inbox.count_parked() == 2
    assert await station.cursor() == "4"


async def test_nothing_is_asked_for_while_a_round_cannot_be_stored(station: Station, platform: Platform) -> None:
    before = told("updates_not_stored")
    platform.polls.append(Polled((update(1, "ivan"),), "2"))
    station.database.is_gone = True

    async def back() -> None:
        assert platform.cursors == [""]
        assert not platform.acknowledged
        station.database.is_gone = False

    await station.play(minutes(2), events=[(minutes(1), back)])

    assert platform.cursors[:2] == ["", "2"]
    assert await station.stored() == 1
    assert told("updates_not_stored") == before + 1


async def test_failed_rounds_are_repeated_from_the_same_cursor(station: Station, platform: Platform) -> None:
    platform.polls.extend(
        [ReceiveError("502"), ReceiveError("502"), KeyError("bug"), Polled((update(1, "ivan"),), "2")]
    )

    poller = await station.play(minutes(1))

    assert platform.cursors[:5] == ["", "", "", "", "2"]
    assert await station.stored() == 1
    assert poller.standing.presence.is_up


async def test_a_long_outage_shows_and_is_asked_after_less_and_less(station: Station, platform: Platform) -> None:
    platform.polls.extend([ReceiveError("502")] * 100)

    poller = await station.play(minutes(10))

    assert not poller.standing.presence.is_up
    assert poller.standing.presence.why == "receive: no answer"
    assert 20 <= len(platform.cursors) <= 60


async def test_a_second_poller_is_an_alarm_and_slows_us_down(station: Station, platform: Platform) -> None:
    before = told("two_pollers")
    platform.polls.extend([TwoPollers("409")] * 4)

    await station.play(59.0)

    assert told("two_pollers") == before + 1
    assert len(platform.cursors) == 4
    assert platform.prepared == 4, "it may be a webhook that somebody set"


async def test_a_dead_token_is_tried_every_minute(station: Station, platform: Platform) -> None:
    before = told("channel_down")
    platform.polls.extend([Broken("401")] * 3)

    poller = await station.play(minutes(2.5))
    assert not poller.standing.presence.is_up
    assert len(platform.cursors) == 3
    await station.play(30.0, poller=poller)

    assert poller.standing.presence.is_up
    assert told("channel_down") == before + 1


@pytest.mark.parametrize("error", [Unreachable("no network"), ReceiveError("502"), Broken("401")])
async def test_polling_begins_when_it_could_be_prepared(station: Station, platform: Platform, error: Exception) -> None:
    platform.preparing = error

    async def mend() -> None:
        assert not platform.cursors
        platform.preparing = None

    await station.play(minutes(3), events=[(30.0, mend)])

    assert platform.cursors


async def test_updates_that_the_platform_lost_are_an_alarm(station: Station, platform: Platform) -> None:
    before = told("updates_lost")
    platform.polls.append(Polled((), "9", lost=True))

    await station.play(1.0)

    assert told("updates_lost") == before + 1
    assert await station.cursor() == "9"


async def test_fetching_waits_while_replies_cannot_leave(station: Station, platform: Platform, world: World) -> None:
    post = Post(station.database._database, world, platform)
    for number in range(UNANSWERED_MOST + 1):
        await post.plan((f"p{number}", "reply"))
    async with station.database.write() as tx:  # planned for later: the sender is not what is tested
        await tx.handle.connection.execute("UPDATE inbox SET state = 1")

    async def drain() -> None:
        assert not platform.cursors
        await post.lease_and_die(1)
        async with station.database.write() as tx:
            ((number,),) = await post.select("SELECT id FROM outbox WHERE state = 1")
            await tx.outbox.sent([(number, "1")], now=world.now())

    await station.play(10.0, events=[(5.0, drain)])

    assert platform.cursors == [""]


async def test_fetching_waits_while_turns_cannot_be_taken(station: Station, platform: Platform, world: World) -> None:
    arrivals = [Arrival("telegram", f"e{n}", f"p{n % 100}", "text", n, b"{}") for n in range(WAITING_MOST + 1)]
    async with station.database.write() as tx:
        await tx.inbox.store(arrivals, now=world.now())

    async def work() -> None:
        assert not platform.cursors
        async with station.database.write() as tx:
            (one,) = await tx.inbox.claim(limit=1, now=world.now())
            await tx.inbox.finish([(one.id, False)], now=world.now())

    await station.play(10.0, events=[(5.0, work)])

    assert platform.cursors == [""]


async def test_a_stop_breaks_off_a_running_poll_at_once(database: Database) -> None:
    world = World()
    platform = Platform(world)
    started = asyncio.Event()

    async def forever(cursor: str) -> Polled:
        started.set()
        await asyncio.Event().wait()
        return Polled((), cursor)

    platform.poll = forever  # type: ignore[method-assign]
    stop = asyncio.Event()
    task = asyncio.create_task(Station(database, world, platform).poller().run(stop))
    await started.wait()

    stop.set()
    async with asyncio.timeout(timedelta(seconds=1).total_seconds()):
        await task


async def test_a_mistake_of_ours_is_not_hidden(station: Station, platform: Platform) -> None:
    async def broken() -> bool:
        raise ZeroDivisionError

    poller = station.poller()
    poller._is_crowded = broken  # type: ignore[method-assign]

    with pytest.raises(ZeroDivisionError):
        await poller.run(asyncio.Event())
