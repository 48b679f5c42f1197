"""R6, R7: every update comes one to three times, shuffled, over three connections; twenty messages come at once."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from random import Random

import aiohttp
import pytest

from tests.faults.accounts import is_settled
from tests.faults.books import DONE, count, select
from tests.faults.extent import extent
from tests.faults.platforms import CHANNELS, emulator_of, sends, settings_of
from tests.faults.product import HOOK_SECRET, Product
from tests.faults.script import rehearse, timeless
from tests.faults.waiting import until
from tests.platforms.telegram import TelegramEmulator

CITIZENS = extent(30, 2000)
COPIES, CONNECTIONS = 3, 3
TAKES_S = extent(60, 1800)
AT_ONCE = 20
ANYWHERE = ("/help", "/ask", "/data", "/menu", "/book", "/jobs")  # answered alike whatever came before

Make = Callable[..., Product]


@pytest.mark.parametrize("channel", CHANNELS)
async def test_repeated_and_shuffled_deliveries_are_taken_once(channel: str, sqlite_url: str, quick: Make) -> None:
    script = await rehearse(channel, ANYWHERE)
    async with emulator_of(channel) as emulator:
        bot = quick(sqlite_url, settings_of(channel, emulator))
        bot.settings["BOT_PUBLIC_URL"] = bot.web
        bot.start()
        await bot.ready()
        how = {"connections" if channel == "telegram" else "concurrency": CONNECTIONS}
        emulator.deliver_to(f"{bot.web}/hooks/{channel}", HOOK_SECRET, shuffle=True, copies=COPIES, **how)  # type: ignore[attr-defined]
        chats = [str(5000 + number) for number in range(CITIZENS)]
        for text in ANYWHERE:
            for chat in chats:
                emulator.type(chat, text)
        wanted = len(script.screen) * CITIZENS
        await bot.until(lambda: sends(emulator) >= wanted, TAKES_S, "every answer")
        await bot.until(lambda: _delivered(emulator) >= COPIES * len(ANYWHERE) * CITIZENS, TAKES_S, "every copy")
        await bot.until(lambda: is_settled(sqlite_url, channel), TAKES_S, "an empty outbox")
        assert await bot.stop() == 0
        for chat in chats:
            assert Counter(timeless(shown.text) for shown in emulator.shown(chat)) == Counter(script.screen)
    states = await select(sqlite_url, "SELECT state, count(*) FROM inbox GROUP BY state")
    assert states == [(DONE, len(ANYWHERE) * CITIZENS)]
    assert await count(sqlite_url, "SELECT count(*) FROM outbox") == wanted


def _delivered(emulator: object) -> int:
    """Deliveries that were answered as taken, copies included."""
    if isinstance(emulator, TelegramEmulator):
        return emulator.updates.confirmed * COPIES
    if hasattr(emulator, "community"):
        return max(server.delivered for server in emulator.community.servers.values())
    return max(hook.attempts for hook in emulator.hooks.values())  # type: ignore[attr-defined]


async def test_twenty_messages_at_once_are_taken_in_order(postgres_url: str, quick: Make) -> None:
    """They arrive shuffled and twice while nobody takes turns; two workers then take each citizen's in order."""
    rounds = [ANYWHERE[n % len(ANYWHERE)] for n in range(AT_ONCE)]
    script = await rehearse("telegram", rounds)
    random = Random(11)
    async with emulator_of("telegram") as telegram:
        assert isinstance(telegram, TelegramEmulator)
        settings = settings_of("telegram", telegram)
        scheduler, web, *others = [
            quick(postgres_url, settings, role=role, name=f"{role}{number}")
            for number, role in enumerate(("scheduler", "web", "worker", "worker", "sender"))
        ]
        for bot in (scheduler, web, *others):
            bot.settings |= {"BOT_PUBLIC_URL": web.web}
        scheduler.start()
        web.start()
        await web.until(lambda: web.answers("/healthz"), 30, "health")
        chats = [str(5000 + number) for number in range(CITIZENS)]
        updates = [
            _update(chat, place * CITIZENS + number, text)
            for place, text in enumerate(rounds)
            for number, chat in enumerate(chats)
        ]
        calls = [update for update in updates for _ in range(random.randint(1, COPIES))]
        random.shuffle(calls)
        await _post(f"{web.web}/hooks/telegram", calls)
        assert await count(postgres_url, "SELECT count(*) FROM inbox") == len(updates)
        for bot in others:
            bot.start()
        wanted = len(script.screen) * CITIZENS
        await until(lambda: sends(telegram) >= wanted, TAKES_S, "every answer")
        await until(lambda: is_settled(postgres_url, "telegram"), TAKES_S, "an empty outbox", every_s=0.2)
        for chat in chats:
            assert [timeless(shown.text) for shown in telegram.shown(chat)] == script.screen


async def test_twenty_messages_within_a_tenth_of_a_second(sqlite_url: str, quick: Make) -> None:
    """Polled in one batch by one process: answered one by one, each once, in order."""
    rounds = [ANYWHERE[n % len(ANYWHERE)] for n in range(AT_ONCE)]
    script = await rehearse("telegram", rounds)
    async with emulator_of("telegram") as telegram:
        bot = quick(sqlite_url, settings_of("telegram", telegram))
        bot.start()
        await bot.ready()
        for text in rounds:
            telegram.type("5000", text)
        await bot.until(lambda: len(telegram.shown("5000")) >= len(script.screen), TAKES_S, "every answer")
        await bot.until(lambda: is_settled(sqlite_url, "telegram"), TAKES_S, "an empty outbox")
        assert [timeless(shown.text) for shown in telegram.shown("5000")] == script.screen
        assert await bot.stop() == 0


def _update(chat: str, number: int, text: str) -> bytes:
    person = {"id": int(chat), "is_bot": False, "first_name": "Иван"}
    message = {"message_id": number + 1, "date": 1, "chat": {"id": int(chat), "type": "private"}, "from": person}
    return json.dumps({"update_id": 100_000 + number, "message": {**message, "text": text}}).encode()


async def _post(url: str, bodies: list[bytes]) -> None:
    """As a platform does, over a few connections; every one must be taken."""
    headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": HOOK_SECRET}
    waiting = list(bodies)

    async def connection() -> None:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1), headers=headers) as session:
            while waiting:
                async with session.post(url, data=waiting.pop()) as response:
                    assert response.status == 200, await response.text()

    await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))
