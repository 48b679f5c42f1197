"""What follows from each answer of the platform."""

from datetime import timedelta
from random import Random

import pytest

from bot.channels.port import Blocked, Broken, Refused, SendError, TooFast, Uncertain, Unreachable
from bot.delivery.fate import Again, Cancelled, Dead, Fate, after, pause_s
from bot.telemetry import ALARMS, SENDS
from storage.database import Database
from storage.records import Arrival, Lane
from tests.delivery.platform import Outcome, Platform
from tests.delivery.post import APOLOGY, Post, minutes
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


def first(*errors: Exception) -> Outcome:
    """The first sends fail with these."""
    left = list(errors)

    def outcome(*_: object) -> SendError | None:
        if not left:
            return None
        error = left.pop(0)
        if not isinstance(error, SendError):
            raise error
        return error

    return outcome


async def test_too_fast_waits_as_told_and_the_lane_waits_too(post: Post, platform: Platform) -> None:
    platform.outcome = first(TooFast(timedelta(seconds=7)))
    await post.plan(("ivan", "1"), ("ivan", "2"))
    await post.plan(("olga", "1"))

    await post.play(12.0)

    assert [(call.chat, call.text) for call in platform.calls if not call.error] == [
        ("olga", "1"),
        ("ivan", "1"),
        ("ivan", "2"),
    ]
    assert platform.calls[2].at == pytest.approx(7.0, abs=0.1)


async def test_a_late_reply_that_goes_again_keeps_its_apology(post: Post, platform: Platform, world: World) -> None:
    platform.outcome = first(TooFast(timedelta(seconds=2)), Unreachable("down"))
    await post.plan(("ivan", "1"), ("ivan", "2"))
    world.move(minutes=20)

    await post.drain()

    assert platform.shown["ivan"] == [f"{APOLOGY}\n\n1", "2"]


async def test_too_fast_for_everyone_stops_the_channel(post: Post, platform: Platform) -> None:
    platform.outcome = first(TooFast(timedelta(seconds=7), everyone=True))
    await post.plan(("ivan", "1"))
    sender = post.sender()
    await sender.run_once()
    await post.plan(("olga", "1"))

    await post.play(5.0, sender=sender)
    assert len(platform.calls) == 1
    await post.play(5.0, sender=sender)

    assert platform.shown == {"ivan": ["1"], "olga": ["1"]}


async def test_unreachable_is_tried_until_it_works(post: Post, platform: Platform) -> None:
    platform.outcome = first(*[Unreachable("down")] * 4)
    await post.plan(("ivan", "1"), ("ivan", "2"))

    await post.play(minutes(3))

    assert platform.shown["ivan"] == ["1", "2"]
    assert len(platform.calls) == 6


@pytest.mark.parametrize("lane", [Lane.REPLY, Lane.REMINDER])
async def test_an_uncertain_message_goes_once_more_and_is_marked(post: Post, platform: Platform, lane: Lane) -> None:
    platform.outcome = first(Uncertain("lost"))
    await post.plan(("ivan", "1"), lane=lane)

    await post.play(40.0)

    assert [call.at for call in platform.calls] == [0, pytest.approx(30, abs=0.2)]
    assert (await post.table())[0][:2] == ("sent", "uncertain")


async def test_twice_uncertain_is_for_staff(post: Post, platform: Platform) -> None:
    platform.outcome = first(Uncertain("lost"), Uncertain("lost"))
    await post.plan(("ivan", "1"), ("ivan", "2"))

    await post.play(40.0)

    assert [(state, reason) for state, reason, _ in await post.table()] == [("dead", "uncertain"), ("sent", "")]


async def test_an_uncertain_broadcast_is_not_repeated(post: Post, platform: Platform) -> None:
    platform.outcome = first(Uncertain("lost"))
    await post.plan(("ivan", "news"), lane=Lane.BROADCAST)

    await post.play(40.0)

    assert len(platform.calls) == 1
    assert await post.table() == [("dead", "uncertain", False)]


@pytest.mark.parametrize("lane", list(Lane))
async def test_vk_is_asked_with_one_number_as_often_as_needed(database: Database, lane: Lane) -> None:
    world = World()
    platform = Platform(world, "vk")
    platform.outcome = first(*[Uncertain("lost")] * 3)
    platform.arrives = lambda error: True
    post = Post(database, world, platform)
    await post.plan(("ivan", "1"), lane=lane)

    await post.play(minutes(1))

    async with database.write() as tx:
        epoch = await tx.installation.epoch(now=world.now())
    ((id_,),) = await post.select("SELECT id FROM outbox")
    assert {call.number for call in platform.calls} == {epoch.random_id(id_)}
    assert len(platform.calls) == 4
    assert platform.shown["ivan"] == ["1"]
    assert await post.states() == ["sent"]


async def test_who_blocked_us_gets_nothing_more_until_they_return(post: Post, platform: Platform, world: World) -> None:
    platform.outcome = first(Blocked("left"))
    await post.plan(("ivan", "1"), ("ivan", "2"))
    await post.plan(("ivan", "news"), lane=Lane.BROADCAST)
    sender = await post.drain()
    assert [(state, reason) for state, reason, _ in await post.table()] == [("cancelled", "blocked")] * 3

    await post.plan(("ivan", "reminder"), lane=Lane.REMINDER)
    await post.drain(sender)
    assert len(platform.calls) == 1

    async with post.database.write() as tx:
        await tx.inbox.store([Arrival("telegram", "back", "ivan", "returned", 1, b"{}")], now=world.now())
    await post.plan(("ivan", "hello again"))
    await post.drain(sender)

    assert platform.shown["ivan"] == ["hello again"]


async def test_a_refused_message_is_for_staff_who_may_replay_it(post: Post, platform: Platform, world: World) -> None:
    platform.outcome = first(Refused("bad keyboard"))
    await post.plan(("ivan", "1"), ("ivan", "2"))
    sender = await post.drain()
    assert platform.shown["ivan"] == ["2"]
    async with post.database.read() as tx:
        (letter,) = await tx.outbox.letters()
    assert letter.reason == "refused: bad keyboard"

    world.move(days=3)
    async with post.database.write() as tx:
        await tx.outbox.replay(letter.number, now=world.now())
    await post.drain(sender)

    assert platform.shown["ivan"] == ["2", "1"]
    assert await post.states() == ["sent", "sent"]


async def test_a_dead_token_alarms_once_and_is_tried_every_minute(post: Post, platform: Platform) -> None:
    platform.outcome = first(Broken("401"))
    platform.opening = Broken("401")
    before = ALARMS.labels("channel_down")._value.get()
    for chat in ("ivan", "olga", "petr"):
        await post.plan((chat, "1"))
    sender = post.sender(in_flight=1)

    async def mend() -> None:
        assert not sender.standing.presence.is_up
        assert sender.standing.presence.why == "send: 401"
        platform.opening = None

    await post.play(minutes(6), sender=sender, events=[(minutes(4.5), mend)])

    assert ALARMS.labels("channel_down")._value.get() == before + 1
    assert platform.opened == 5, "who we are is asked each minute, no message is risked"
    assert len(platform.calls) == 4
    assert platform.shown == {"ivan": ["1"], "olga": ["1"], "petr": ["1"]}


async def test_an_adapters_bug_is_an_uncertain_send_and_an_alarm(post: Post, platform: Platform) -> None:
    platform.outcome = first(KeyError("oops"))
    before = ALARMS.labels("channel_bug")._value.get()
    await post.plan(("ivan", "1"))
    await post.plan(("olga", "1"))

    await post.play(40.0)

    assert ALARMS.labels("channel_bug")._value.get() == before + 1
    assert platform.shown == {"ivan": ["1"], "olga": ["1"]}
    assert (await post.table())[0][:2] == ("sent", "uncertain")


async def test_outcomes_are_counted(post: Post, platform: Platform) -> None:
    def counted(outcome: str) -> float:
        return SENDS.labels("telegram", outcome)._value.get()

    names = ("sent", "repeated", "too_fast", "uncertain", "refused", "dead", "cancelled")
    before = {name: counted(name) for name in names}
    platform.outcome = first(TooFast(timedelta(seconds=1)), Uncertain("lost"), Refused("no"))
    for chat in ("ivan", "olga", "petr"):
        await post.plan((chat, "1"))
    await post.plan(("vera", "late"))
    async with post.database.write() as tx:
        await tx.citizens.mark_reachable([("telegram", post.find("vera"), False)], now=post.world.now())

    await post.play(40.0)

    assert {name: counted(name) - before[name] for name in names} == dict.fromkeys(names, 1.0)


@pytest.mark.parametrize(("attempts", "most"), [(1, 2), (2, 4), (5, 32), (10, 900), (500, 900)])
def test_pauses_grow_with_full_jitter_up_to_a_quarter_of_an_hour(attempts: int, most: float) -> None:
    pauses = [pause_s(attempts, Random(seed)) for seed in range(500)]

    assert min(pauses) >= 1
    assert most * 0.9 <= max(pauses) <= most
    assert min(pauses) < 1 + most * 0.1


def test_every_error_has_a_fate_in_every_lane() -> None:
    from storage.records import Leased

    def fate(error: SendError, lane: Lane, *, is_repeat: bool, is_idempotent: bool) -> Fate:
        part = Leased(
            1, "c", "telegram", "1", lane, "k", b"", 1, is_repeat, World().now(), None, False, False, False, True
        )
        return after(part, error, is_idempotent=is_idempotent, random=Random(0))

    expected = {TooFast: Again, Unreachable: Again, Blocked: Cancelled, Refused: Dead, Broken: Again}
    for lane in Lane:
        for is_repeat in (False, True):
            for is_idempotent in (False, True):
                for kind, wanted in expected.items():
                    assert isinstance(fate(kind(), lane, is_repeat=is_repeat, is_idempotent=is_idempotent), wanted)
                unknown = fate(Uncertain("?"), lane, is_repeat=is_repeat, is_idempotent=is_idempotent)
                ends = not is_idempotent and (is_repeat or lane is Lane.BROADCAST)
                assert isinstance(unknown, Dead if ends else Again)
                assert ends or (isinstance(unknown, Again) and unknown.is_repeat)
