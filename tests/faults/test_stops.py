"""SIGTERM under load, with open pages: turns and sends in hand are finished, exit code 0, nothing comes twice."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from random import Random
from time import monotonic

import aiohttp

from tests.faults.accounts import is_settled, settle
from tests.faults.books import leased
from tests.faults.crowd import Crowd
from tests.faults.extent import extent
from tests.faults.platforms import emulator_of, sends, settings_of
from tests.faults.product import Product
from tests.faults.script import FLOOD, WALK, rehearse

STOPS = extent(4, 40)
PAGES = 5
ENDS_S, SETTLES_S = 13.0, 60.0  # the sender may take 10 s for what is on its way
CHANNEL = "telegram"

Make = Callable[..., Product]


async def _page(session: aiohttp.ClientSession, web: str) -> aiohttp.ClientResponse:
    """An open page of the web chat, listening."""
    own = {"X-Chat": "1", "Origin": web}
    async with session.post(f"{web}/chat/session", json={}, headers=own) as response:
        assert response.status == 200, await response.text()
    stream = await session.get(f"{web}/chat/feed")
    assert stream.status == 200
    return stream


async def test_stops_under_load_cost_nothing(sqlite_url: str, quick: Make, told: Callable[[str], None]) -> None:
    random = Random(13)
    walk, flood = await rehearse(CHANNEL, WALK), await rehearse(CHANNEL, FLOOD)
    slowest_s = 0.0
    async with emulator_of(CHANNEL) as telegram:
        bot = quick(sqlite_url, settings_of(CHANNEL, telegram))
        crowd = Crowd(telegram, walk=walk, flood=flood, walkers=10, flooders=10, random=random, pause_s=0.15)
        crowd.begin()
        for _ in range(STOPS):
            before = sends(telegram)
            bot.start()
            await bot.until(lambda before=before: sends(telegram) > before + 20, SETTLES_S, "answers")  # type: ignore[misc]
            async with AsyncExitStack() as stack:
                jar = [aiohttp.CookieJar(unsafe=True) for _ in range(PAGES)]
                sessions = [await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=each)) for each in jar]
                pages = [await _page(session, bot.web) for session in sessions]
                await asyncio.sleep(random.uniform(0, 0.5))  # the moment of the stop
                began = monotonic()
                assert await bot.stop(ENDS_S) == 0, bot.tail()
                slowest_s = max(slowest_s, monotonic() - began)
                for page in pages:
                    assert b"event: closing" in await page.content.read()
            assert await leased(sqlite_url, CHANNEL) == 0, "a part is left of which nobody knows"
        bot.start()
        async with asyncio.timeout(SETTLES_S):
            await crowd.finish()
        await bot.until(lambda: not crowd.unanswered(), SETTLES_S, "every answer")
        await bot.until(lambda: is_settled(sqlite_url, CHANNEL), SETTLES_S, "an empty outbox")
        assert await bot.stop(ENDS_S) == 0
        account = await settle(sqlite_url, CHANNEL, crowd, telegram, kills=0, in_flight=0)
    told(f"{STOPS} stops, the slowest {slowest_s:.1f} s, {account.line()}")
