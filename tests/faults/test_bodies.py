"""R17: what comes to the webhooks of the running product is no update: no 5xx, no growth, and citizens are answered."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from statistics import quantiles
from time import monotonic
from typing import Any

import aiohttp

from tests.faults.extent import extent
from tests.faults.platforms import CHANNELS, GROUP, emulator_of, settings_of
from tests.faults.product import HOOK_SECRET, Product

MUTANTS = extent(600, 100_000)
HEADERS = {"telegram": "X-Telegram-Bot-Api-Secret-Token", "max": "X-Max-Bot-Api-Secret", "vk": "X-None"}
PAYLOADS = Path(__file__).parents[1] / "channels" / "payloads"
GROWTH_MB = 50
TAKEN = {200, 400, 403, 413}
ODD: tuple[Any, ...] = (
    None, True, "", 0, -1, 2**63, 10**400, 1e308, [], {}, [[]], "\x00", "\ud800", "и" * 5000, {"a": {"b": []}}
)  # fmt: skip

Make = Callable[..., Product]


def _monsters() -> Iterator[bytes]:
    yield b""
    yield b"\xff\xfe\x00"
    yield '{"update_id": 1, "message": "обрыв'.encode()
    yield b'{"update_id": 1, "text": "\xd0"}'
    yield b'{"a":' * 10_000 + b"1" + b"}" * 10_000
    yield b"[" * 200_000
    yield b'{"update_id": ' + b"9" * 5000 + b"}"
    yield b'{"x": "' + b"a" * (1024 * 1024 - 9) + b'"}'
    yield b'{"x": "' + b"a" * (10 * 1024 * 1024) + b'"}'
    yield b"null"
    yield b'"text"'


def _payloads(channel: str) -> list[Any]:
    found = []
    for file in sorted((PAYLOADS / channel).glob("*.json")):
        update = json.loads(file.read_text())
        found.append(update.get("update", update) if isinstance(update, dict) else update)
    assert found, channel
    return found


def _mutant(value: Any, random: Random) -> Any:
    """The payload with one to three of its values lost, replaced or doubled, at any depth."""
    value = json.loads(json.dumps(value))
    for _ in range(random.randint(1, 3)):
        holder: Any = value
        while isinstance(holder, dict | list) and holder:
            key = random.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
            inner = holder[key]
            if isinstance(inner, dict | list) and inner and random.random() < 0.75:
                holder = inner
                continue
            match random.randrange(3):
                case 0:
                    holder[key] = random.choice(ODD)
                case 1 if isinstance(holder, dict):
                    del holder[key]
                case _:
                    holder[key] = [inner, inner]
            break
    return value


def _encoded(value: Any) -> bytes:
    return json.dumps(value).encode("utf-8", "surrogatepass")


async def test_no_body_breaks_the_webhooks(sqlite_url: str, quick: Make, told: Callable[[str], None]) -> None:
    random = Random(17)
    async with emulator_of("telegram") as telegram, emulator_of("vk") as vk, emulator_of("max") as max_:
        emulators = dict(zip(CHANNELS, (telegram, vk, max_), strict=True))
        bot = quick(sqlite_url, {})
        for channel, emulator in emulators.items():
            bot.settings |= settings_of(channel, emulator)
        bot.settings["BOT_PUBLIC_URL"] = bot.web
        bot.start()
        await bot.ready()
        payloads = {channel: _payloads(channel) for channel in CHANNELS}
        seconds: list[float] = []
        async with aiohttp.ClientSession() as session:

            async def call(channel: str, body: bytes) -> int:
                began = monotonic()
                headers = {"Content-Type": "application/json", HEADERS[channel]: HOOK_SECRET}
                try:
                    async with session.post(f"{bot.web}/hooks/{channel}", data=body, headers=headers) as response:
                        status, said = response.status, await response.text()
                except (aiohttp.ClientError, OSError):
                    assert len(body) > 1024 * 1024, "only who goes on talking after a refusal is cut off"
                    return 413
                seconds.append(monotonic() - began)
                assert status in TAKEN, f"{channel}: {status} {said}, {body[:200]!r}"
                return status

            def mutants(number: int) -> list[tuple[str, bytes]]:
                found = []
                for _ in range(number):
                    channel = random.choice(CHANNELS)
                    update = _mutant(random.choice(payloads[channel]), random)
                    if channel == "vk" and isinstance(update, dict):
                        update |= {"secret": HOOK_SECRET, "group_id": GROUP}
                    found.append((channel, _encoded(update)))
                return found

            for channel, body in mutants(200):  # whatever is made at the first use is made
                await call(channel, body)
            before = bot.rss_mb()
            statuses = {413: 0}
            for channel in CHANNELS:
                for body in _monsters():
                    status = await call(channel, body)
                    statuses[status] = statuses.get(status, 0) + 1
            for start in range(0, MUTANTS, 20):
                await asyncio.gather(*(call(*each) for each in mutants(min(20, MUTANTS - start))))
        assert statuses[413] >= len(CHANNELS)
        for emulator in emulators.values():
            emulator.type("5000", "/help")
            await bot.until(lambda emulator=emulator: bool(emulator.shown("5000")), 30, "an answer after all that")  # type: ignore[misc]
        grown = bot.rss_mb() - before
        assert grown <= GROWTH_MB
        assert not {"request_failed", "channel_bug"} & set(bot.alarms()), bot.tail()
        assert await bot.stop() == 0
    p99 = quantiles(seconds, n=100)[98]
    told(f"{len(seconds)} odd bodies: no 5xx, memory {grown:+.0f} MB, p99 {p99 * 1000:.0f} ms")
