"""
R3: the process dies at every named point, once each, and starts again. The story must end as if it had not died.

The list of points is tested, too: each names something that exists, and each was really reached.
"""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from time import time

import pytest

from storage.migrate import known
from tests.faults.accounts import is_settled, settle
from tests.faults.books import DEAD, SENT, books, count, execute, leased, select
from tests.faults.crowd import Crowd
from tests.faults.launcher import GUARDED, place_of
from tests.faults.platforms import emulator_of, settings_of
from tests.faults.points import POINTS, Point, Story
from tests.faults.product import ROOT, Product
from tests.faults.script import FLOOD, WALK, rehearse, timeless
from tests.platforms.telegram import TelegramEmulator

CHANNEL = "telegram"
DIES_S, ENDS_S = 30.0, 40.0
CONSENTED = WALK[:6]
LATER = (*CONSENTED, "1", "3", "1")  # the first step, later, tomorrow
ERASED = (*CONSENTED, "/data", "Удалить всё", "да")

Make = Callable[..., Product]


class Scene:
    """One product, one platform, the database: what a story happens in."""

    def __init__(self, bot: Product, telegram: TelegramEmulator, folder: Path) -> None:
        self.bot = bot
        self.telegram = telegram
        self.folder = folder
        self.in_flight = 0
        self.deaths = 0

    async def dies(self, point: Point) -> None:
        """Wait for the death of a process started with the point."""
        code = await self.bot.ended(DIES_S)
        mark = self.folder / "mark"
        assert code == -signal.SIGKILL, f"it ended with {code}\n{self.bot.tail()}"
        assert mark.read_text() == point.name, "it died of something else"
        self.deaths += 1
        if point.story is not Story.BIRTH:
            self.in_flight += await leased(self.bot.url, CHANNEL)

    def start(self, point: Point | None = None) -> None:
        if point is None:
            self.bot.start()
        else:
            self.bot.start(FAULT_POINT=point.name, FAULT_MARK=str(self.folder / "mark"))

    async def crowd(self, *, walkers: int, flooders: int, typed: tuple[str, ...] = WALK) -> Crowd:
        walk = await rehearse(CHANNEL, typed)
        flood = await rehearse(CHANNEL, FLOOD)
        random = Random(1)
        return Crowd(
            self.telegram, walk=walk, flood=flood, walkers=walkers, flooders=flooders, random=random, pause_s=0.01
        )

    async def ends(self, crowd: Crowd) -> None:
        """All is typed, answered and sent; the process stops; the account is right."""
        async with asyncio.timeout(ENDS_S):
            await crowd.finish()
        await self.bot.until(lambda: not crowd.unanswered(), ENDS_S, "every answer")
        await self.bot.until(lambda: is_settled(self.bot.url, CHANNEL), ENDS_S, "an empty outbox")
        self.bot.kill()
        await settle(self.bot.url, CHANNEL, crowd, self.telegram, kills=self.deaths, in_flight=self.in_flight)


@asynccontextmanager
async def scene(point: Point, url: str, quick: Make, folder: Path) -> AsyncIterator[Scene]:
    async with emulator_of(CHANNEL) as telegram:
        assert isinstance(telegram, TelegramEmulator)
        bot = quick(url, settings_of(CHANNEL, telegram))
        if point.story is Story.HOOK:
            bot.settings["BOT_PUBLIC_URL"] = bot.web
        yield Scene(bot, telegram, folder)


async def _talk(on: Scene, point: Point) -> None:
    crowd = await on.crowd(walkers=1, flooders=0 if point.story is Story.HOOK else 1)
    on.start(point)
    crowd.begin(rounds=1)
    await on.dies(point)
    on.start()
    await on.ends(crowd)


async def _repeat(on: Scene, point: Point) -> None:
    crowd = await on.crowd(walkers=1, flooders=1)
    first = next(each for each in POINTS if each.name == "response read, not marked")
    on.start(first)
    crowd.begin(rounds=1)
    await on.dies(first)
    on.start(point)
    await on.dies(point)
    on.start()
    await on.ends(crowd)


async def _twice(on: Scene, point: Point) -> None:
    """Of one message nobody knows twice whether it arrived: it is not sent a third time, staff decide."""
    first = next(each for each in POINTS if each.name == "the only response read, not marked")
    on.start(first)
    on.telegram.type("5000", "/help")
    await on.dies(first)
    on.start(point)
    await on.dies(point)
    on.start()
    await on.bot.until(lambda: is_settled(on.bot.url, CHANNEL), ENDS_S, "an empty outbox")
    assert len(on.telegram.shown("5000")) == 1
    assert await select(on.bot.url, "SELECT state, reason FROM outbox") == [(DEAD, "uncertain")]
    on.telegram.type("5000", "/menu")
    await on.bot.until(lambda: len(on.telegram.shown("5000")) == 2, ENDS_S, "the next answer")
    on.bot.kill()


async def _once(on: Scene, point: Point) -> None:
    """A message that arrived and was not marked comes once more, as the contract says."""
    on.start(point)
    on.telegram.type("5000", "/help")
    await on.dies(point)
    on.start()
    await on.bot.until(lambda: len(on.telegram.shown("5000")) == 2, ENDS_S, "the second copy")
    await on.bot.until(lambda: is_settled(on.bot.url, CHANNEL), ENDS_S, "an empty outbox")
    on.bot.kill()
    assert await select(on.bot.url, "SELECT state, attempts FROM outbox") == [(SENT, 2)]
    assert len({shown.text for shown in on.telegram.shown("5000")}) == 1


async def _reminder(on: Scene, point: Point) -> None:
    crowd = await on.crowd(walkers=1, flooders=0, typed=LATER)
    on.start()
    crowd.begin(rounds=1)
    await crowd.finish()
    await on.bot.until(lambda: is_settled(on.bot.url, CHANNEL), ENDS_S, "an empty outbox")
    on.bot.kill()
    assert await execute(on.bot.url, f"UPDATE reminders SET due_at = {int(time() * 1000)} WHERE state = 0") == 1
    chat = crowd.chats()[0]
    before = len(on.telegram.shown(chat))
    on.start(point)
    await on.dies(point)
    on.start()
    await on.bot.until(lambda: len(on.telegram.shown(chat)) > before, ENDS_S, "the reminder")
    await on.bot.until(lambda: is_settled(on.bot.url, "own"), ENDS_S, "an empty lane")
    await on.bot.until(lambda: is_settled(on.bot.url, CHANNEL), ENDS_S, "an empty outbox")
    on.bot.kill()
    reminded = [timeless(shown.text) for shown in on.telegram.shown(chat)[before:]]
    assert len(set(reminded)) == 1
    assert len(reminded) <= 1 + on.in_flight, "a reminder comes twice only when it was on its way"
    assert await count(on.bot.url, "SELECT count(*) FROM outbox WHERE subject IS NOT NULL AND lane = 1") == 1


async def _erasure(on: Scene, point: Point) -> None:
    crowd = await on.crowd(walkers=1, flooders=0, typed=ERASED)
    on.start(point)
    crowd.begin(rounds=1)
    await on.dies(point)
    on.start()
    async with asyncio.timeout(ENDS_S):
        await crowd.finish()
    await on.bot.until(lambda: not crowd.unanswered(), ENDS_S, "every answer")
    noted = on.bot.folder / "data" / "erasures.log"
    await on.bot.until(lambda: noted.exists() and noted.read_text().endswith("\n"), ENDS_S, "the note")
    on.bot.kill()
    async with books(on.bot.url) as open_books:
        assert (await open_books.effects(CHANNEL, crowd.chats())) == crowd.expected_effects()
        citizens = await open_books.rows("SELECT count(*) FROM citizens WHERE erased_at IS NOT NULL")
    assert citizens == [(1,)]
    assert not crowd.differences()
    (channel, find) = (await select(on.bot.url, "SELECT channel, find FROM erasures"))[0]
    lines = noted.read_text().splitlines()
    assert {tuple(line.split()[2:4]) for line in lines} == {(channel, find)}
    assert await count(on.bot.url, "SELECT count(*) FROM erasures") == 1


async def _edition(on: Scene, point: Point) -> None:
    on.start()
    await on.bot.ready()
    on.bot.kill()
    texts = on.bot.content / "texts" / "help.yaml"
    texts.write_text(texts.read_text().replace("Нажимайте кнопки", "Жмите кнопки"))
    on.start(point)
    await on.dies(point)
    on.start()
    on.telegram.type("5000", "/help")
    await on.bot.until(lambda: bool(on.telegram.shown("5000")), ENDS_S, "an answer")
    assert on.telegram.shown("5000")[0].text.startswith("Жмите кнопки")
    on.bot.kill()
    assert await count(on.bot.url, "SELECT count(*) FROM editions") == 2
    (in_force,) = await select(on.bot.url, "SELECT number FROM edition_in_force")
    assert in_force == (2,)
    published = await select(on.bot.url, "SELECT subject FROM audit WHERE act = 'published'")
    assert [subject for (subject,) in published] == ["edition 1", "edition 2"]
    async with books(on.bot.url) as open_books, open_books.database.read() as tx:
        assert await tx.audit.broken_at() is None


async def _birth(on: Scene, point: Point) -> None:
    crowd = await on.crowd(walkers=1, flooders=1)
    crowd.begin(rounds=1)
    on.start(point)
    await on.dies(point)
    on.start()
    await on.ends(crowd)
    assert await select(on.bot.url, "SELECT version_num FROM alembic_version") == [(known()[-1],)]
    assert await count(on.bot.url, "SELECT count(*) FROM keys") == 2
    assert await count(on.bot.url, "SELECT count(*) FROM installation") == 1


STORIES: dict[Story, Callable[[Scene, Point], Awaitable[None]]] = {
    Story.TALK: _talk,
    Story.HOOK: _talk,
    Story.REPEAT: _repeat,
    Story.ONCE: _once,
    Story.TWICE: _twice,
    Story.REMINDER: _reminder,
    Story.ERASURE: _erasure,
    Story.EDITION: _edition,
    Story.BIRTH: _birth,
}


@pytest.mark.parametrize("point", POINTS, ids=[point.name for point in POINTS])
async def test_dying_at_any_point_changes_nothing(
    point: Point, sqlite_url: str, empty_sqlite_url: str, quick: Make, tmp_path: Path
) -> None:
    url = empty_sqlite_url if point.story is Story.BIRTH else sqlite_url
    async with scene(point, url, quick, tmp_path) as on:
        await STORIES[point.story](on, point)


def test_every_point_names_something_that_exists() -> None:
    for point in POINTS:
        place_of(point.target)
        assert point.when in ("before", "after")
        assert point.counts in ("", "result", "argument")
    assert len({point.name for point in POINTS}) == len(POINTS) >= 25


async def test_a_point_that_is_not_reached_fails_its_test(quick: Make, sqlite_url: str, tmp_path: Path) -> None:
    """Guards the guard: a process that ends by itself is no death at the point."""
    async with scene(POINTS[0], sqlite_url, quick, tmp_path) as on:
        on.start(next(point for point in POINTS if point.name == "case opened"))
        await on.bot.ready()
        on.bot.terminate()
        with pytest.raises(AssertionError, match="it ended with 0"):
            await on.dies(POINTS[0])
        assert not (tmp_path / "mark").exists()


async def test_a_send_inside_a_transaction_would_be_noticed(tmp_path: Path) -> None:
    """Guards the other guard: every product that the nursery starts dies of a network call inside a transaction."""
    code = (
        "import asyncio, sys\n"
        "from bot.channels.telegram import Telegram\n"
        "from storage.database import open_database\n"
        "from tests.faults.launcher import guard\n"
        "guard()\n"
        "async def main():\n"
        "    database = await open_database(sys.argv[1], ['a secret of sixteen signs'])\n"
        "    async with database.write():\n"
        "        await Telegram(token='1:a', api_url='http://127.0.0.1:9').open()\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, f"sqlite:///{tmp_path / 'guarded.db'}", cwd=ROOT, stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    assert process.returncode == GUARDED, said.decode()
    assert b"Telegram.open inside a transaction" in said
