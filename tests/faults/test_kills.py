"""
R1: one process on SQLite, kill -9 at random moments under load. Nothing is lost, nothing is done twice.

In CI the processes are forked ready-made, with all counts each is `python -m bot run`.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.faults.accounts import has_repeated, is_calm, is_settled, settle
from tests.faults.books import leased
from tests.faults.crowd import Crowd
from tests.faults.extent import FULL, extent
from tests.faults.platforms import emulator_of, sends, settings_of
from tests.faults.product import Product
from tests.faults.script import FLOOD, WALK, rehearse
from tests.platforms.vk import VkEmulator

KILLS = {"telegram": extent(6, 100), "vk": extent(4, 100), "max": extent(4, 100)}
LIVES_S = 1.2  # at most, from the first sign of life to the kill
YOUNG = 0.25  # share of those killed while they start
FIRST_S = extent(45, 240)
SETTLES_S = extent(75, 400)  # beyond the 30 s after which an uncertain message is repeated (in CI half a second)
NEWCOMERS = 4  # after each kill
SEED = 20261121

Make = Callable[..., Product]


async def test_kills_lose_and_double_nothing(
    product: Make, quick: Make, tmp_path: Path, told: Callable[[str], None]
) -> None:
    """Three installations, one for each messenger, side by side."""
    for channel in KILLS:
        for typed in (WALK, FLOOD):
            await rehearse(channel, typed)
    async with asyncio.TaskGroup() as group:
        for channel in KILLS:
            folder = tmp_path / channel
            folder.mkdir()
            make = product if FULL else quick
            patience = {"FAULT_PATIENCE": "1"} if FULL else {}
            bot = make(f"sqlite:///{folder / 'bot.db'}", patience, folder=folder)
            group.create_task(_ordeal(channel, bot, told), name=channel)


async def _ordeal(channel: str, bot: Product, told: Callable[[str], None]) -> None:
    """Kills under load, then peace, then the account."""
    walk, flood = await rehearse(channel, WALK), await rehearse(channel, FLOOD)
    random, url = Random(SEED), bot.url
    async with emulator_of(channel) as emulator:
        bot.settings |= settings_of(channel, emulator)
        is_ordered = channel != "max"  # a webhook call that failed is passed by later ones
        if not is_ordered:
            bot.settings["BOT_PUBLIC_URL"] = bot.web
        flooders = 12 if is_ordered else 0
        crowd = Crowd(emulator, walk=walk, flood=flood, walkers=24 - flooders, flooders=flooders, random=random)
        bot.start()  # what was written before the very first poll is none of a VK community's business
        await bot.ready()
        if isinstance(emulator, VkEmulator):
            await bot.until(lambda: emulator.queue.pollers > 0, FIRST_S, "its first poll")
        crowd.begin()
        in_flight = 0
        for number in range(KILLS[channel]):
            before = sends(emulator)
            if number:
                bot.start()
                crowd.join(NEWCOMERS)
            if random.random() > YOUNG:
                await bot.until(lambda before=before: sends(emulator) > before, FIRST_S, "an answer")  # type: ignore[misc]
            if not await is_calm(url, channel):
                await bot.until(lambda: has_repeated(url, channel), SETTLES_S, "the second sends")
            await asyncio.sleep(random.uniform(0, LIVES_S))  # the moment of the kill
            bot.kill()
            in_flight += await leased(url, channel)
        bot.start()
        async with asyncio.timeout(SETTLES_S):
            await crowd.finish()
        await bot.until(lambda: not crowd.unanswered(), SETTLES_S, "every answer")
        await bot.until(lambda: is_settled(url, channel), SETTLES_S, "an empty outbox")
        assert await bot.stop() == 0
        if channel == "vk":
            in_flight = 0  # a repeated number makes no second message there
        account = await settle(url, channel, crowd, emulator, kills=KILLS[channel], in_flight=in_flight)
    told(account.line())
