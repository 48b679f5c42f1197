"""Taking the bot's own messages off a screen, the same demands to Telegram, VK and MAX."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.channels.port import Blocked, Channel, TooFast
from bot.messages import ERASE_KEY, Address, Button, Outgoing
from tests.platforms.driver import PLATFORMS

DOT = "·"
YES_NO = ((Button("Да", "b1:yes"), Button("Нет", "b1:no")),)


class Screen:
    """One chat of one platform."""

    def __init__(self, name: str, emulator: Any, channel: Channel) -> None:
        self.name, self.emulator, self.channel = name, emulator, channel
        self.address = Address(name, "42")

    async def say(self, text: str) -> str:
        return await self.channel.send(self.address, Outgoing("ask", text, rows=YES_NO), len(self.texts) + 1)

    async def erase(self, *ids: str) -> str:
        return await self.channel.send(self.address, Outgoing(ERASE_KEY, DOT, erases=ids), 99)

    def grow_old(self, id_: str) -> None:
        """Too old to be deleted: over 48 hours in Telegram, 24 in VK."""
        if self.name == "vk":
            self.emulator.too_old.add(("42", id_))
        else:
            self.emulator.undeletable.add(id_)

    @property
    def texts(self) -> list[str]:
        return [shown.text for shown in self.emulator.shown("42")]


@pytest.fixture(params=sorted(PLATFORMS))
async def screen(request: pytest.FixtureRequest) -> AsyncIterator[Screen]:
    make_emulator, make_channel = PLATFORMS[request.param]
    async with make_emulator() as emulator:
        channel = make_channel(emulator.url)
        emulator.type("42", "привет")
        yield Screen(request.param, emulator, channel)
        await channel.close()
        assert emulator.violations == []  # type: ignore[attr-defined]


async def test_own_messages_vanish_and_nothing_is_sent(screen: Screen) -> None:
    ids = [await screen.say(text) for text in ("раз", "два", "три")]

    assert await screen.erase(*ids[:2]) == ""

    assert screen.texts == ["три"]


async def test_what_is_erased_already_or_was_never_there_is_no_error(screen: Screen) -> None:
    first, second = await screen.say("раз"), await screen.say("два")
    await screen.erase(first)

    await screen.erase(first, *(["mid.999"] if screen.name == "max" else ["999999", "не номер"]), second)

    assert screen.texts == []


async def test_what_is_too_old_becomes_a_dot_where_it_may_and_spoils_nothing(screen: Screen) -> None:
    old, new = await screen.say("старое"), await screen.say("новое")
    screen.grow_old(old)

    await screen.erase(new, old)

    assert screen.texts == (["старое"] if screen.name == "vk" else [DOT])
    assert screen.name == "vk" or screen.emulator.shown("42")[0].buttons == []


async def test_a_platform_that_asks_to_wait_is_asked_again_later(screen: Screen) -> None:
    first = await screen.say("раз")
    screen.emulator.faults.plan("429" if screen.name == "max" else "error:6" if screen.name == "vk" else "429:1")

    with pytest.raises(TooFast):
        await screen.erase(first)
    await screen.erase(first)

    assert screen.texts == []


async def test_who_left_is_left_alone(screen: Screen) -> None:
    first = await screen.say("раз")
    screen.emulator.block("42")

    if screen.name == "vk":  # it deletes whatever the citizen forbade
        await screen.erase(first)
        assert screen.texts == []
        return
    with pytest.raises(Blocked):
        await screen.erase(first)
