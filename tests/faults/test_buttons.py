"""R14, R15: every button ever shown is pressed after a restart, and after the content changed under living sessions."""

import re
from collections.abc import Callable
from pathlib import Path
from random import Random
from time import monotonic

from tests.faults.accounts import is_settled
from tests.faults.books import DONE, PARKED, SENT, books, count, select
from tests.faults.crowd import Crowd
from tests.faults.extent import extent
from tests.faults.platforms import emulator_of, sends, settings_of
from tests.faults.product import Product
from tests.faults.script import FLOOD, WALK, rehearse
from tests.platforms.emulator import Shown
from tests.platforms.telegram import TelegramEmulator

SESSIONS = extent(12, 500)
PRESSED_EACH = 50
ANSWERS_S, ADOPTS_S = extent(60, 900), 15.0
CHANNEL = "telegram"
GONE, RENAMED, NEW = "probation", "Собрать все документы", "Завести тетрадь"

Make = Callable[..., Product]


def change_edition(content: Path) -> None:
    """A step of the plan goes, with all that leads to it, one gets another name, one comes in front."""
    plan = content / "situations" / "released" / "plan.yaml"
    for file in content.glob("situations/*/plan.yaml"):
        text, cut = re.subn(rf"^{GONE}:\n(?:[ \n].*\n?)+", "", file.read_text(), flags=re.M)
        assert cut == 1 or file != plan
        file.write_text(text)
    obstacles = content / "obstacles.yaml"
    obstacles.write_text(re.sub(rf'"?item:{GONE}"?, |, "?item:{GONE}"?', "", obstacles.read_text()))
    text = plan.read_text().replace("title: Собрать документы", f"title: {RENAMED}")
    first = text.index("papers:")
    added = f"diary:\n  title: {NEW}\n  stage: info_search\n  why: Чтобы ничего не забыть.\n"
    added += "  how:\n    - Запишите дела.\n  take:\n    - тетрадь\n  where: Дома.\n  who: Вы сами.\n"
    plan.write_text(text[:first] + added + text[first:])


def buttons(telegram: TelegramEmulator, chats: list[str]) -> list[tuple[str, Shown, str]]:
    """(chat, message, data) of the newest buttons of each citizen, each data once."""
    found = []
    for chat in chats:
        own = {
            data: (chat, shown, data)
            for shown in telegram.shown(chat)
            for row in shown.buttons
            for _, data in row
            if not data.startswith("http")
        }
        found += list(own.values())[-PRESSED_EACH:]
    return found


async def press_all(bot: Product, telegram: TelegramEmulator, chats: list[str], random: Random) -> float:
    """Press them all, out of order; every press gets a sensible answer. Returns seconds for each, on average."""
    pressed = buttons(telegram, chats)
    random.shuffle(pressed)
    assert len(pressed) > 10 * len(chats)
    before = await count(bot.url, "SELECT count(*) FROM inbox WHERE kind = 'press'")
    began = monotonic()
    for chat, shown, data in pressed:
        telegram.press(chat, shown, data)
    wanted = before + len(pressed)
    done = f"SELECT count(*) FROM inbox WHERE kind = 'press' AND state = {DONE}"

    async def are_taken() -> bool:
        return await count(bot.url, done) >= wanted

    await bot.until(are_taken, ANSWERS_S, "every press taken")
    await bot.until(lambda: is_settled(bot.url, CHANNEL), ANSWERS_S, "every answer")
    took_s = (monotonic() - began) / len(pressed)
    silent = await count(
        bot.url,
        "SELECT count(*) FROM inbox i WHERE kind = 'press' AND NOT EXISTS"
        f" (SELECT 1 FROM outbox o WHERE o.turn = i.event AND o.state = {SENT})",
    )
    assert silent == 0, "a press without an answer"
    assert await count(bot.url, f"SELECT count(*) FROM inbox WHERE state = {PARKED}") == 0
    assert not bot.alarms(), bot.alarms()
    return took_s


async def test_old_buttons_lead_somewhere(sqlite_url: str, quick: Make, told: Callable[[str], None]) -> None:
    random = Random(19)
    walk, flood = await rehearse(CHANNEL, WALK), await rehearse(CHANNEL, FLOOD)
    async with emulator_of(CHANNEL) as telegram:
        assert isinstance(telegram, TelegramEmulator)
        bot = quick(sqlite_url, settings_of(CHANNEL, telegram))
        crowd = Crowd(telegram, walk=walk, flood=flood, walkers=SESSIONS, flooders=0, random=random, pause_s=0.01)
        bot.start()
        crowd.begin(rounds=1)
        await crowd.finish()
        await bot.until(lambda: is_settled(sqlite_url, CHANNEL), ANSWERS_S, "every answer")
        assert await bot.stop() == 0
        chats = list(crowd.chats())

        bot.start()
        after_restart_s = await press_all(bot, telegram, chats, random)
        assert len(telegram.answered) > 0, "presses are acknowledged"
        async with books(sqlite_url) as open_books:
            before = await open_books.effects(CHANNEL, chats)

        change_edition(bot.content)

        async def is_adopted() -> bool:
            return await select(sqlite_url, "SELECT number FROM edition_in_force") == [(2,)]

        await bot.until(is_adopted, ADOPTS_S, "the new edition")
        for chat in chats:
            telegram.type(chat, "/plan")
        sent = sends(telegram)
        await bot.until(lambda: sends(telegram) >= sent + len(chats), ANSWERS_S, "plans of the new edition")
        for chat in chats:
            assert NEW in telegram.shown(chat)[-1].text
        async with books(sqlite_url) as open_books:
            after = await open_books.effects(CHANNEL, chats)
        assert {chat: one.plan for chat, one in after.items()} == {chat: one.plan for chat, one in before.items()}
        after_edition_s = await press_all(bot, telegram, chats, random)
        assert await bot.stop() == 0
    told(
        f"{len(telegram.answered)} presses acknowledged and answered, {after_restart_s * 1000:.0f} ms each after a"
        f" restart, {after_edition_s * 1000:.0f} ms each after a change of content"
    )
