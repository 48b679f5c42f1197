"""R8, R10: the real adapters against the loopback platforms, while answers fail, stall and get lost."""

from collections.abc import AsyncIterator, Callable
from random import Random
from typing import Any

import pytest

from bot.channels.max import Max
from bot.channels.port import Channel
from bot.channels.telegram import Telegram
from bot.channels.vk import Vk
from storage.database import Database
from storage.records import Lane
from tests.delivery.post import Post
from tests.delivery.world import World
from tests.platforms.max import MaxEmulator
from tests.platforms.telegram import TOKEN, TelegramEmulator
from tests.platforms.vk import VkEmulator

CHATS = [str(number) for number in range(1001, 1021)]
PARTS = 6
MADE: dict[str, tuple[Callable[[], Any], Callable[[str], Channel]]] = {
    "telegram": (TelegramEmulator, lambda url: Telegram(token=TOKEN, api_url=url)),
    "vk": (VkEmulator, lambda url: Vk(token="t", group_id=777, api_url=url)),
    "max": (MaxEmulator, lambda url: Max(token="t", api_url=url)),
}


@pytest.fixture(params=list(MADE))
async def platform(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Any, Channel]]:
    """An emulator and the adapter that speaks to it."""
    make, connect = MADE[request.param]
    async with make() as emulator:
        for chat in CHATS:
            emulator.type(chat, "привет")
        channel = connect(emulator.url)
        await channel.open()
        yield emulator, channel
        await channel.close()


def shown(emulator: Any, chat: str) -> list[str]:
    return [message.text for message in emulator.shown(chat)]


async def test_order_holds_while_sends_fail(sqlite_database: Database, platform: tuple[Any, Channel]) -> None:
    emulator, channel = platform
    random = Random(11)
    faults = ["429:1", "429", "500", "html", "cut-before", "cut-after"]
    emulator.faults.plan(*[random.choice(faults) if random.random() < 0.05 else "" for _ in range(400)])
    post = Post(sqlite_database, World(), channel)
    texts = [f"часть {number}" for number in range(PARTS)]
    for chat in CHATS:
        await post.plan(*[(chat, text) for text in texts])

    await post.drain(steps=400)

    assert await post.states() == ["sent"] * len(CHATS) * PARTS
    for chat in CHATS:
        assert list(dict.fromkeys(shown(emulator, chat))) == texts


async def test_a_lost_answer_makes_one_copy_more_at_most_and_none_in_vk(
    sqlite_database: Database, platform: tuple[Any, Channel]
) -> None:
    emulator, channel = platform
    emulator.faults.plan(*["cut-after", "", ""] * 20)
    post = Post(sqlite_database, World(), channel)
    for chat in CHATS:
        await post.plan((chat, "1"), (chat, "2"), (chat, "3"))

    await post.drain(steps=400)

    table = await post.table()
    flagged = sum(reason == "uncertain" for _, reason, _ in table)
    copies = sum(len(shown(emulator, chat)) for chat in CHATS) - len(table)
    assert flagged >= 10
    assert copies == (0 if channel.name == "vk" else flagged)
    for state, reason, _ in table:  # dead: the repetition got lost as well
        assert state == "sent" or (channel.name != "vk" and (state, reason) == ("dead", "uncertain"))
    for chat in CHATS:
        assert list(dict.fromkeys(shown(emulator, chat))) == ["1", "2", "3"]


async def test_an_uncertain_broadcast_reaches_nobody_twice(
    sqlite_database: Database, platform: tuple[Any, Channel]
) -> None:
    emulator, channel = platform
    emulator.faults.plan(*["cut-after", "", "cut-before", ""] * 5)
    post = Post(sqlite_database, World(), channel)
    await post.plan(*[(chat, "новость") for chat in CHATS], lane=Lane.BROADCAST)

    await post.drain(steps=400)

    assert all(len(shown(emulator, chat)) <= 1 for chat in CHATS)
    for chat, state in zip(CHATS, await post.states(), strict=True):
        assert state == "dead" or shown(emulator, chat) == ["новость"]


async def test_who_blocked_the_bot_is_marked_and_comes_back(
    sqlite_database: Database, platform: tuple[Any, Channel]
) -> None:
    emulator, channel = platform
    ivan, olga = CHATS[:2]
    emulator.block(ivan)
    post = Post(sqlite_database, World(), channel)
    await post.plan((ivan, "1"), (ivan, "2"), (olga, "1"))

    await post.drain()

    assert shown(emulator, ivan) == []
    assert shown(emulator, olga) == ["1"]
    assert [reason for _, reason, _ in await post.table()] == ["blocked", "blocked", ""]


async def test_an_outage_passes_without_a_loss(sqlite_database: Database, platform: tuple[Any, Channel]) -> None:
    emulator, channel = platform
    world = World()
    post = Post(sqlite_database, world, channel)
    sender = post.sender(in_flight=5)
    emulator.faults.outage = True
    for chat in CHATS:
        await post.plan((chat, "1"), (chat, "2"))
    for _ in range(120):
        await sender.run_once()
        world.move(seconds=1)
    assert not sender.standing.presence.is_up

    emulator.faults.outage = False
    await post.drain(sender, steps=400)

    states = await post.states()
    assert set(states) <= {"sent", "dead"}
    assert states.count("dead") <= 5
    assert sender.standing.presence.is_up
