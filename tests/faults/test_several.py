"""R2: several processes on PostgreSQL, one of them killed at a time, any of them. As R1, and work goes on meanwhile."""

import asyncio
from collections.abc import Callable
from random import Random

from tests.faults.accounts import has_repeated, is_calm, is_settled, settle
from tests.faults.backends import let_go
from tests.faults.books import leased
from tests.faults.crowd import Crowd
from tests.faults.extent import extent
from tests.faults.platforms import emulator_of, sends, settings_of
from tests.faults.product import Product
from tests.faults.script import FLOOD, WALK, rehearse
from tests.faults.waiting import until

KILLS = extent(6, 100)
LIVES_S = 1.0
TAKEOVER_S = 10.0
SETTLES_S = 75.0
ROLES = ("scheduler", "web", "sender", "worker", "worker")
CHANNELS = ("telegram", "max")

Make = Callable[..., Product]


async def test_killing_any_of_several_processes_loses_and_doubles_nothing(
    postgres_url: str, quick: Make, told: Callable[[str], None]
) -> None:
    """Telegram is polled by the sender, MAX calls the web process; two workers take turns of both."""
    random = Random(7)
    async with emulator_of("telegram") as telegram, emulator_of("max") as max_:
        emulators = {"telegram": telegram, "max": max_}
        settings = settings_of("telegram", telegram) | settings_of("max", max_)
        fleet = [quick(postgres_url, settings, role=role, name=f"{role}{n}") for n, role in enumerate(ROLES)]
        web = next(bot for bot in fleet if bot.role == "web")
        for bot in fleet:
            bot.settings |= {"BOT_PUBLIC_URL": web.web, "BOT_TELEGRAM_MODE": "polling"}
        crowds = {}
        for channel, emulator in emulators.items():
            walk, flood = await rehearse(channel, WALK), await rehearse(channel, FLOOD)
            flooders = 8 if channel == "telegram" else 0
            crowds[channel] = Crowd(emulator, walk=walk, flood=flood, walkers=8, flooders=flooders, random=random)
        in_flight = dict.fromkeys(CHANNELS, 0)
        for bot in fleet:
            bot.start()
        for crowd in crowds.values():
            crowd.begin()

        def all_sends() -> int:
            return sum(map(sends, emulators.values()))

        for number in range(KILLS):
            before = all_sends()
            what = f"an answer after kill {number}"
            await until(lambda before=before: all_sends() > before, 30 if not number else TAKEOVER_S, what)  # type: ignore[misc]
            bot = fleet[number % len(fleet)] if number < len(fleet) else random.choice(fleet)
            for channel in CHANNELS if bot.role == "sender" else ():
                if not await is_calm(postgres_url, channel):
                    await until(
                        lambda channel=channel: has_repeated(postgres_url, channel),
                        SETTLES_S,
                        "the second sends",  # type: ignore[misc]
                    )
            await asyncio.sleep(random.uniform(0, LIVES_S))  # the moment of the kill
            bot.kill()
            await let_go(postgres_url)
            if bot.role == "sender":
                for channel in CHANNELS:
                    in_flight[channel] += await leased(postgres_url, channel)
            bot.start()
        async with asyncio.timeout(SETTLES_S):
            await asyncio.gather(*(crowd.finish() for crowd in crowds.values()))
        for channel, crowd in crowds.items():
            await until(lambda crowd=crowd: not crowd.unanswered(), SETTLES_S, f"every answer in {channel}")  # type: ignore[misc]
            await until(
                lambda channel=channel: is_settled(postgres_url, channel),  # type: ignore[misc]
                SETTLES_S,
                "an empty outbox",
                every_s=0.2,
            )
        for bot in fleet:
            bot.terminate()
        for bot in fleet:
            assert await bot.ended(20) == 0, bot.tail()
        accounts = [
            await settle(postgres_url, channel, crowds[channel], emulators[channel], kills=KILLS, in_flight=number)
            for channel, number in in_flight.items()
        ]
    for account in accounts:
        told(f"several processes, {account.line()}")
