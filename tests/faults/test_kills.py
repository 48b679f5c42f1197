"""R1: one process on SQLite, kill -9 at random moments under load. Nothing is lost, nothing is done twice."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.faults.accounts import has_repeated, is_calm, is_settled, settle
from tests.faults.books import leased
from tests.faults.crowd import Crowd
from tests.faults.extent import extent
from tests.faults.platforms import emulator_of, sends, settings_of
from tests.faults.product import Product
from tests.faults.script import FLOOD, WALK, rehearse

KILLS = {"telegram": extent(6, 100), "vk": extent(4, 100), "max": extent(4, 100)}
LIVES_S = 1.2  # at most, from the first sign of life to the kill
YOUNG = 0.25  # share of those killed while they start
SETTLES_S = 75.0  # beyond the 30 s after which an uncertain message is repeated
SEED = 20261121

Make = Callable[..., Product]


@pytest.mark.parametrize("channel", KILLS)
async def test_kills_lose_and_double_nothing(
    channel: str, sqlite_url: str, product: Make, tmp_path: Path, told: Callable[[str], None]
) -> None:
    walk = await rehearse(channel, WALK)
    flood = await rehearse(channel, FLOOD)
    random = Random(SEED)
    async with emulator_of(channel) as emulator:
        bot = product(sqlite_url, settings_of(channel, emulator))
        is_ordered = channel != "max"  # a webhook call that failed is passed by later ones
        if not is_ordered:
            bot.settings["BOT_PUBLIC_URL"] = bot.web
        flooders = 12 if is_ordered else 0
        crowd = Crowd(emulator, walk=walk, flood=flood, walkers=24 - flooders, flooders=flooders, random=random)
        if channel == "vk":  # what was written before the very first poll is none of a community's business
            bot.start()
            await bot.until(lambda: emulator.queue.pollers > 0, 30, "its first poll")
            await bot.stop()
        crowd.begin()
        in_flight = 0
        for _ in range(KILLS[channel]):
            before = sends(emulator)
            bot.start()
            if random.random() > YOUNG:
                await bot.until(lambda before=before: sends(emulator) > before, 30, "its first answer")  # type: ignore[misc]
            if not await is_calm(sqlite_url, channel):
                await bot.until(lambda: has_repeated(sqlite_url, channel), SETTLES_S, "the second sends")
            await asyncio.sleep(random.uniform(0, LIVES_S))  # the moment of the kill
            bot.kill()
            in_flight += await leased(sqlite_url, channel)
        bot.start()
        async with asyncio.timeout(SETTLES_S):
            await crowd.finish()
        await bot.until(lambda: not crowd.unanswered(), SETTLES_S, "every answer")
        await bot.until(lambda: is_settled(sqlite_url, channel), SETTLES_S, "an empty outbox")
        assert await bot.stop() == 0
        account = await settle(
            sqlite_url, channel, crowd, emulator, kills=KILLS[channel], in_flight=0 if channel == "vk" else in_flight
        )
    told(account.line())
