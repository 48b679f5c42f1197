"""Content goes live whole or not at all, in every process."""

import asyncio
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.editions import Editions, pack, unpack
from bot.parts import needs
from bot.texts import render
from bot.texts.load import read_folder
from bot.texts.schema import BadContent
from storage.database import Database
from tests.ops.child import Running, command, until
from tests.ops.page import Page
from tests.talk import CONTENT, FixedClock

MENU = Path("texts") / "menu.yaml"
FIRST = "Чем помочь?"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CONTENT, tmp_path / "content"))


@pytest.fixture
def editions(database: Database, folder: Path) -> Callable[[], Editions]:
    """One more process that runs content of the folder."""
    return lambda: Editions(database, FixedClock(), folder, needs())


def reword(folder: Path, words: str) -> None:
    file = folder / MENU
    text = file.read_text(encoding="utf-8").replace(FIRST, words)
    file.write_text(text, encoding="utf-8")
    touch(file)


def touch(file: Path) -> None:
    """A change must be seen however coarse the clock of the file system is."""
    later = file.stat().st_mtime_ns + 5_000_000_000
    os.utime(file, ns=(later, later))


def words(editions: Editions) -> str:
    return render.say(editions.content(), "menu.main", {})


async def test_files_are_stored_whole(database: Database, folder: Path, editions: Callable[[], Editions]) -> None:
    await editions().start(publishes=True)

    async with database.read() as tx:
        stored = await tx.editions.in_force()
    assert stored is not None
    assert unpack(stored.files) == read_folder(folder)


async def test_the_same_files_are_published_once(database: Database, editions: Callable[[], Editions]) -> None:
    first, second = editions(), editions()
    await first.start(publishes=True)
    await second.start(publishes=True)

    assert first.number == second.number


async def test_changed_files_are_put_in_force_and_others_follow(folder: Path, editions: Callable[[], Editions]) -> None:
    publisher, follower = editions(), editions()
    await publisher.start(publishes=True)
    await follower.start(publishes=False)
    reword(folder, "Что вам нужно?")

    await publisher.watch()
    await follower.adopt()

    assert words(publisher).startswith("Что вам нужно?")
    assert words(follower) == words(publisher)
    assert follower.number == publisher.number


async def test_following_takes_less_than_two_seconds(folder: Path, editions: Callable[[], Editions]) -> None:
    publisher, follower = editions(), editions()
    await publisher.start(publishes=True)
    await follower.start(publishes=False)
    stop = asyncio.Event()
    following = asyncio.create_task(follower.follow(stop))
    reword(folder, "Что вам нужно?")
    await publisher.watch()

    await until(lambda: follower.number == publisher.number, "the follower has it", within_s=2.0)

    stop.set()
    await following


async def test_broken_files_change_nothing_and_are_told_once(folder: Path, editions: Callable[[], Editions]) -> None:
    publisher = editions()
    await publisher.start(publishes=True)
    before, number = words(publisher), publisher.number
    reword(folder, "Что нужно? {nichego}")

    with capture_logs() as logs:
        await publisher.watch()
        await publisher.watch()

    assert (words(publisher), publisher.number) == (before, number)
    told = [line for line in logs if line["event"] == "content_mistake"]
    assert len(told) == 1
    assert "menu.yaml:" in told[0]["at"]
    assert [line["what"] for line in logs if line["event"] == "alarm"] == ["content_refused"]


async def test_mended_files_go_live(folder: Path, editions: Callable[[], Editions]) -> None:
    publisher = editions()
    await publisher.start(publishes=True)
    reword(folder, "Что нужно? {nichego}")
    await publisher.watch()
    file = folder / MENU
    file.write_text(file.read_text(encoding="utf-8").replace(" {nichego}", ""), encoding="utf-8")
    touch(file)

    await publisher.watch()

    assert words(publisher).startswith("Что нужно?")


async def test_a_start_with_broken_files_runs_the_stored_edition(
    folder: Path, editions: Callable[[], Editions]
) -> None:
    first = editions()
    await first.start(publishes=True)
    (folder / "rules.yaml").unlink()

    second = editions()
    with capture_logs() as logs:
        await second.start(publishes=True)

    assert words(second) == words(first)
    assert any(line["event"] == "alarm" and line["what"] == "content_refused" for line in logs)


async def test_a_first_start_with_broken_files_refuses(folder: Path, editions: Callable[[], Editions]) -> None:
    (folder / "rules.yaml").unlink()

    with pytest.raises(BadContent, match=r"rules\.yaml"):
        await editions().start(publishes=True)


async def test_an_edition_put_in_force_by_other_ways_stays_while_files_do(
    database: Database, folder: Path, editions: Callable[[], Editions]
) -> None:
    """A rollback in the database is not undone by files nobody touched."""
    publisher = editions()
    await publisher.start(publishes=True)
    old, kept = read_folder(folder), publisher.content().fingerprint
    reword(folder, "Что вам нужно?")
    await publisher.watch()

    async with database.write() as tx:
        number = await tx.editions.accept(fingerprint=kept, files=pack(old), now=FixedClock().now())
    await publisher.watch()
    await publisher.adopt()

    assert publisher.number == number
    assert words(publisher).startswith(FIRST)


async def test_a_stored_edition_this_program_cannot_run_is_passed_over(
    database: Database, editions: Callable[[], Editions]
) -> None:
    follower = editions()
    await follower.start(publishes=True)
    before = words(follower)
    async with database.write() as tx:
        await tx.editions.accept(fingerprint="other", files=pack({"texts/x.yaml": b"y: 1"}), now=FixedClock().now())

    with capture_logs() as logs:
        await follower.adopt()
        await follower.adopt()

    assert words(follower) == before
    assert [line["what"] for line in logs if line["event"] == "alarm"] == ["edition_not_for_this_program"]


async def test_a_running_bot_speaks_the_new_words(tmp_path: Path, folder: Path) -> None:
    async with Running(tmp_path, "run", BOT_CONTENT_DIR=str(folder)) as bot, Page(bot.url) as page:
        assert (await page.say("меню")).text.startswith(FIRST)
        reword(folder, "Что вам нужно?")

        await until(lambda: "edition_published" in bot.log.split("started", 1)[-1], "published")

        assert (await page.say("меню")).text.startswith("Что вам нужно?")


async def test_check_tells_file_and_line(tmp_path: Path, folder: Path) -> None:
    good = await command(tmp_path, "check", str(folder))
    reword(folder, "Что нужно? {nichego}")
    bad = await command(tmp_path, "check", str(folder))

    assert (good.code, good.out.splitlines()[-1]) == (0, "Ошибок нет.")
    assert bad.code == 1
    assert bad.out.startswith("content/texts/menu.yaml:4:")
    assert bad.out.rstrip().endswith("Ошибок: 1.")
