"""R20, R21: what citizens type comes up nowhere: not in logs, metrics or files, and never as markup or formula."""

import asyncio
import json
import re
from collections.abc import Callable
from itertools import count, cycle
from pathlib import Path
from random import Random

from tests.faults.accounts import is_settled, is_taken
from tests.faults.books import SENT, books, select
from tests.faults.extent import extent
from tests.faults.platforms import CHANNELS, emulator_of, settings_of
from tests.faults.product import Product
from tests.platforms.emulator import Emulator
from tests.web.visitor import Visitor

CANARIES = extent(300, 1500)
IN_WEB = 7
ANSWERS_S = 90.0
FIRST_CHAT = 1_812_345_000  # a person's on every platform: in VK from 2 000 000 000 on it is a group chat
STEPS = ("/start leaflet", "Вернулся после освобождения", "1", "1", "да", "/plan", "1", "/human")
INJECTIONS = (
    "<b>жирно</b><script>alert(1)</script>",
    "*звёзды* _подчёркнуто_ [ссылка](http://127.0.0.1/x) `код`",
    "&lt;b&gt; &amp; \"кавычки\" 'и' \\ обратная",
    "{office} {{ 7 * 7 }} {% raw %} %s %(x)s ${HOME} {0.__class__}",
    "=cmd|'/c calc'!A1",
    "+7+1; @SUM(1+1); -2+3",
    "[club1|сообщество] @all #метка",
    "‮справа налево‬ ​ноль",
    "строка\nвторая\r\nтретья\tтаб",
    "'; DROP TABLE citizens; --",
)

Make = Callable[..., Product]


def _snils(number: int) -> str:
    digits = f"{100_000_000 + number * 9_973:09}"
    checked = sum(int(digit) * (9 - place) for place, digit in enumerate(digits)) % 101 % 100
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]} {checked:02}"


def canaries(number: int) -> list[str]:
    """Made-up persons: SNILS with right check digits, passports, phones, names, each of them once."""
    kinds = cycle(
        (
            lambda n: _snils(n),
            lambda n: f"45 {10 + n % 80:02} {700_000 + n * 37:06}",
            lambda n: f"+7 9{n % 100:02} {100 + n % 900}-{n % 90 + 10}-{n * 7 % 90 + 10}",
            lambda n: f"Задунайцев-{chr(0x410 + n % 32)}{chr(0x430 + n // 32 % 32)} Поликарп Мстиславович",
        )
    )
    return list(dict.fromkeys(kind(n) for n, kind in zip(range(number), kinds, strict=False)))


def _shapes(canary: str) -> set[bytes]:
    """How it could stand in a file: as typed, without signs between, in other encodings and escapes."""
    bare = re.sub(r"[^0-9a-zа-яё]", "", canary, flags=re.I)
    words = {canary, bare} if len(bare) >= 9 else {canary}
    escaped = {json.dumps(word)[1:-1] for word in words}
    return {
        shape for word in words | escaped for shape in (word.encode(), word.encode("utf-16-le"), word.encode("cp1251"))
    }


def hits(haystack: bytes, needles: list[str]) -> list[str]:
    return [needle for needle in needles if any(shape in haystack for shape in _shapes(needle))]


async def _typed(bot: Product, emulator: Emulator, chat: str, texts: list[str]) -> None:
    """A talk, message by message."""
    for text in texts:
        before = len(emulator.shown(chat))
        emulator.type(chat, text)
        await bot.until(lambda before=before: len(emulator.shown(chat)) > before, ANSWERS_S, f"an answer in {chat}")  # type: ignore[misc]


async def _is_over(bot: Product, channel: str, number: int) -> None:
    """Until so many messages are answered."""
    await bot.until(lambda: is_taken(bot.url, channel, number), ANSWERS_S, f"every turn of {channel}")
    await bot.until(lambda: is_settled(bot.url, channel), ANSWERS_S, "an empty outbox")


async def _said(bot: Product, texts: list[str]) -> None:
    """The same in web chat; no more texts than one page may write at once."""
    visitor = Visitor(bot.web)
    try:
        await visitor.session()
        async with visitor.tab() as tab:
            for text in texts:
                before = len(tab.messages)
                await visitor.say(text)
                await tab.until(lambda tab, before=before: len(tab.messages) > before, "an answer")
    finally:
        await visitor.close()


async def test_what_citizens_type_comes_up_nowhere(sqlite_url: str, quick: Make, told: Callable[[str], None]) -> None:
    planted = canaries(CANARIES)
    chats = {channel: [str(FIRST_CHAT + 17 * n + place) for n in range(4)] for place, channel in enumerate(CHANNELS)}
    async with emulator_of("telegram") as telegram, emulator_of("vk") as vk, emulator_of("max") as max_:
        emulators = dict(zip(CHANNELS, (telegram, vk, max_), strict=True))
        bot = quick(sqlite_url, {"BOT_LOG_LEVEL": "debug", "BOT_TELEGRAM_MODE": "polling", "BOT_VK_MODE": "polling"})
        bot.settings["BOT_PUBLIC_URL"] = bot.web
        for channel, emulator in emulators.items():
            bot.settings |= settings_of(channel, emulator)
        bot.start()
        await bot.ready()
        await bot.until(lambda: vk.queue.pollers > 0, ANSWERS_S, "its first poll")  # type: ignore[attr-defined]
        talks = [(channel, chat) for channel in CHANNELS for chat in chats[channel]]
        in_web = planted[:IN_WEB]
        shares = [planted[IN_WEB:][place :: len(talks)] for place in range(len(talks))]
        typed = dict.fromkeys(CHANNELS, 0)
        async with asyncio.TaskGroup() as group:
            group.create_task(_said(bot, ["/human", "да", *in_web]))
            for (channel, chat), share in zip(talks, shares, strict=True):
                typed[channel] += len(STEPS) + len(share)
                group.create_task(_typed(bot, emulators[channel], chat, [*STEPS, *share]))
        for channel, number in typed.items():
            await _is_over(bot, channel, number)
        metrics = (await bot.text("/metrics")).encode()
        path = Path(sqlite_url.removeprefix("sqlite:///"))
        running = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
        assert await bot.stop() == 0
        files = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
        data = b"".join(file.read_bytes() for file in (bot.folder / "data").rglob("*") if file.is_file())
    log = bot.log.read_bytes()
    persons = planted + [chat for each in chats.values() for chat in each]
    assert b"bot_incoming_stored_total" in metrics
    assert b'"started"' in log
    assert hits(b"... " + planted[5].encode() + b" ...", persons) == [planted[5]], "the search finds what is there"
    for name, where in (("log", log), ("metrics", metrics), ("database", running), ("files", files), ("data", data)):
        assert not (found := hits(where, persons)), f"{len(found)} in {name}, the first: {found[0]}"
    stored = await select(sqlite_url, "SELECT count(*) FROM inbox WHERE kind = 'text'")
    assert stored[0][0] >= len(planted)
    async with books(sqlite_url) as open_books, open_books.database.read() as tx:
        words = [word for case in await tx.cases.waiting(limit=100) for word in case.words]
    assert set(words) & set(planted), "they did reach the store, sealed"
    told(f"{len(planted)} canaries and {len(persons) - len(planted)} addresses in {len(CHANNELS) + 1} channels: 0 hits")


async def test_markup_and_formulas_are_words(sqlite_url: str, quick: Make) -> None:
    """They break no send, come back as nothing else, and a specialist reads them as typed."""
    random = Random(23)
    async with emulator_of("telegram") as telegram, emulator_of("vk") as vk, emulator_of("max") as max_:
        emulators = dict(zip(CHANNELS, (telegram, vk, max_), strict=True))
        bot = quick(sqlite_url, {})
        for channel, emulator in emulators.items():
            bot.settings |= settings_of(channel, emulator)
        bot.start()
        await bot.ready()
        await bot.until(lambda: vk.queue.pollers > 0, ANSWERS_S, "its first poll")  # type: ignore[attr-defined]
        numbers = count(5000)
        talks = [(emulator, str(next(numbers)), text) for emulator in emulators.values() for text in INJECTIONS]
        typed = dict.fromkeys(CHANNELS, 6 * len(INJECTIONS))
        async with asyncio.TaskGroup() as group:
            for emulator, chat, text in talks:
                more = random.sample(INJECTIONS, 2)
                group.create_task(_typed(bot, emulator, chat, [text, *more, "/human", "да", text]))
        for channel, number in typed.items():
            await _is_over(bot, channel, number)
        for emulator, chat, _ in talks:
            for shown in emulator.shown(chat):
                assert not any(text.splitlines()[0] in shown.text for text in INJECTIONS)
                assert "{" not in shown.text
        for emulator in emulators.values():
            for request in emulator.requests:
                assert not {"parse_mode", "format", "format_data", "entities"} & request.params.keys(), request.method
        assert not bot.alarms(), bot.alarms()
        assert await bot.stop() == 0
    states = await select(sqlite_url, "SELECT DISTINCT state FROM outbox WHERE channel <> 'web'")
    assert states == [(SENT,)]
    async with books(sqlite_url) as open_books, open_books.database.read() as tx:
        words = [word for case in await tx.cases.waiting(limit=100) for word in case.words]
    assert len(words) == len(talks)
    assert {word.replace("\r\n", "\n") for word in words} == {text.replace("\r\n", "\n") for text in INJECTIONS}
