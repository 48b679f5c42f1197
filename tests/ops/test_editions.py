"""Content goes live whole or not at all, in every process."""

import asyncio
import json
import os
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest
from structlog.testing import capture_logs

from bot.chores.gauges import Gauges
from bot.editions import Editions, Interrupted
from bot.flows import FLOWS
from bot.history import NoEdition, history, roll_back
from bot.parts import needs
from bot.rehearsal.rehearsal import Rehearsal
from bot.telemetry import CONTENT_MISTAKES
from bot.texts import render
from bot.texts.files import read_folder
from bot.texts.mistakes import BadContent, Mistake
from bot.texts.packed import pack, unpack
from bot.texts.schema import Content
from storage.database import Database
from storage.records import FilesState
from tests.ops.child import Running, command, until
from tests.ops.page import Page
from tests.storage.rows import table
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


async def test_a_look_that_is_interrupted_leaves_all_as_it_is(database: Database, folder: Path) -> None:
    """The process stops while the talks of changed files are played; the next one plays them again."""

    class Stopping:
        def begin(self, files: Mapping[str, bytes]) -> None:
            """Nothing is played."""

        def __call__(self, files: Mapping[str, bytes], content: Content) -> Sequence[Mistake]:
            raise Interrupted

    stopping = Editions(database, FixedClock(), folder, needs(), rehearse=Stopping())
    await stopping.start(publishes=True)
    reword(folder, "Что сделаем?")
    await stopping.watch()
    assert words(stopping).startswith(FIRST)
    with pytest.raises(Interrupted):
        await Editions(database, FixedClock(), folder, needs(), rehearse=Stopping()).start(publishes=True)

    after = Editions(database, FixedClock(), folder, needs())
    await after.start(publishes=True)

    assert words(after).startswith("Что сделаем?")
    assert after.number == 2


async def test_a_process_that_is_stopped_does_not_play_talks_to_the_end(tmp_path: Path, folder: Path) -> None:
    async with Running(tmp_path, "run", BOT_CONTENT_DIR=str(folder)) as bot:
        reword(folder, "Что сделаем?")
        process = psutil.Process(bot.pid)

        def playing() -> list[psutil.Process]:
            return [one for one in process.children() if "spawn_main" in " ".join(one.cmdline())]

        await until(lambda: bool(playing()), "talks are played")
        apart = playing()

        assert await bot.stop() == 0
        assert bot.log.count("edition_published") == 1
        assert '"late": []' in bot.log
        assert "Traceback" not in bot.log
        assert "tick_failed" not in bot.log
        assert not any(one.is_running() for one in apart)


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


TALK = "# Меню\n> меню\n< Чем помочь? …\n"


def with_talk(folder: Path) -> None:
    """Nothing but one talk, which the words of the menu must fit."""
    shutil.rmtree(folder / "talks")
    (folder / "talks").mkdir()
    (folder / "talks" / "menu.md").write_text(TALK, encoding="utf-8")


@pytest.fixture
def proving(database: Database, folder: Path) -> Callable[..., Editions]:
    """A process that plays the talks before it publishes."""
    with_talk(folder)
    play = Rehearsal(FLOWS, "bot/content")

    def process(*, fits: bool = False, **more: Any) -> Editions:
        """fits: one whose flows say what the talks expect."""
        return Editions(database, FixedClock(), folder, needs(), rehearse=Fits() if fits else play, **more)

    return process


class Fits:
    """Whatever the files are, their talks fit them."""

    def begin(self, files: object) -> None: ...

    def __call__(self, files: object, content: object) -> list[Mistake]:
        return []


async def files(database: Database) -> FilesState:
    async with database.read() as tx:
        known = await tx.editions.files()
    assert known is not None
    return known


async def test_an_edition_that_breaks_a_talk_does_not_go_live(
    database: Database, folder: Path, proving: Callable[..., Editions]
) -> None:
    publisher = proving()
    await publisher.start(publishes=True)
    reword(folder, "Что вам нужно?")

    with capture_logs() as logs:
        await publisher.watch()

    assert words(publisher).startswith(FIRST)
    (told,) = [line for line in logs if line["event"] == "content_mistake"]
    assert told["at"] == "bot/content/talks/menu.md:3"
    assert "ждали «Чем помочь? …», сказано «Что вам нужно?" in told["what"]
    known = await files(database)
    assert known.state == "refused"
    assert known.mistakes[0][:2] == ("bot/content/talks/menu.md", 3)
    CONTENT_MISTAKES.set(0)
    await Gauges(database).count()
    assert CONTENT_MISTAKES._value.get() == 1, "every process shows it"

    (folder / "talks" / "menu.md").write_text(TALK.replace(FIRST, "Что вам нужно?"), encoding="utf-8")
    await publisher.watch()

    assert words(publisher).startswith("Что вам нужно?")
    assert (await files(database)).state == "published"


async def test_a_start_keeps_the_stored_edition_when_a_talk_is_broken(
    folder: Path, proving: Callable[..., Editions]
) -> None:
    await proving().start(publishes=True)
    reword(folder, "Что вам нужно?")

    second = proving()
    await second.start(publishes=True)

    assert words(second).startswith(FIRST)


async def test_the_very_first_start_answers_at_once_and_tells_of_broken_talks_then(
    database: Database, folder: Path, proving: Callable[..., Editions], monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no earlier edition to keep."""
    monkeypatch.setattr("bot.editions.REST_S", 0.0)
    reword(folder, "Что вам нужно?")
    publisher = proving()
    await publisher.start(publishes=True)
    assert words(publisher).startswith("Что вам нужно?")

    with capture_logs() as logs:
        await publisher.watch()
        await publisher.proven()
        await publisher.watch()
        await publisher.proven()

    assert [line["what"] for line in logs if line["event"] == "alarm"] == ["content_refused"]
    assert (await files(database)).state == "refused"

    again = proving()
    await again.start(publishes=True)
    assert (await files(database)).state == "refused", "a restart mends nothing"
    await again.watch()
    await again.proven()
    assert (await files(database)).state == "refused"

    fitting = proving(fits=True)
    await fitting.start(publishes=True)
    await fitting.watch()
    await fitting.proven()
    assert (await files(database)).state == "published", "another program may fit the talk"


async def test_a_preview_shows_words_first_and_tells_of_talks_after(
    folder: Path, proving: Callable[..., Editions]
) -> None:
    told: list[tuple[int, bool]] = []
    publisher = proving(goes_first=True, told=lambda mistakes, is_live: told.append((len(mistakes), is_live)))
    await publisher.start(publishes=True)
    await publisher.watch()
    await publisher.proven()
    told.clear()
    reword(folder, "Что вам нужно?")

    await publisher.watch()
    assert words(publisher).startswith("Что вам нужно?")
    await publisher.watch()
    await publisher.proven()
    (folder / MENU).write_text("main: {", encoding="utf-8")
    touch(folder / MENU)
    await publisher.watch()

    assert told == [(0, True), (1, True), (1, False)]
    assert words(publisher).startswith("Что вам нужно?")


async def test_half_of_a_save_is_not_complained_of(
    folder: Path, editions: Callable[[], Editions], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An editor empties the file, then writes it: whoever looks in between waits for the rest."""
    publisher = editions()
    await publisher.start(publishes=True)
    file = folder / MENU
    whole = file.read_text(encoding="utf-8").replace(FIRST, "Что вам нужно?")
    file.write_text("", encoding="utf-8")
    read = publisher._read

    def slow(proven: str, proves: bool) -> object:
        found = read(proven, proves)
        file.write_text(whole, encoding="utf-8")
        touch(file)
        return found

    monkeypatch.setattr(publisher, "_read", slow)
    with capture_logs() as logs:
        await publisher.watch()
    monkeypatch.undo()
    await publisher.watch()

    assert [line for line in logs if line["event"] == "alarm"] == []
    assert words(publisher).startswith("Что вам нужно?")


async def test_the_loop_does_none_of_the_checking(folder: Path, proving: Callable[..., Editions]) -> None:
    """Citizens are answered meanwhile: the loop's thread works for less than 50 ms in all."""
    publisher = proving()
    await publisher.start(publishes=True)
    shutil.copytree(CONTENT / "talks", folder / "talks", dirs_exist_ok=True)
    touch(folder / MENU)
    before = time.thread_time()

    await publisher.watch()

    assert time.thread_time() - before < 0.05
    assert publisher.number == 2


async def rolled_back(database: Database, folder: Path, number: int) -> None:
    await roll_back(database, FixedClock(), number, folder=folder, needs=needs(), actor="olga")


async def test_a_rollback_reaches_every_process_and_stays_while_the_files_do(
    database: Database, folder: Path, editions: Callable[[], Editions]
) -> None:
    publisher, follower = editions(), editions()
    await publisher.start(publishes=True)
    await follower.start(publishes=False)
    reword(folder, "Что вам нужно?")
    await publisher.watch()

    await rolled_back(database, folder, 1)
    for _ in range(2):
        await publisher.watch()
    touch(folder / MENU)  # saved again as it was
    await publisher.watch()
    await publisher.adopt()
    await follower.adopt()

    assert words(publisher) == words(follower)
    assert words(publisher).startswith(FIRST)
    again = editions()
    await again.start(publishes=True)
    assert words(again).startswith(FIRST), "a restart does not publish them either"
    assert (await files(database)).state == "passed_over"


async def test_files_that_change_after_a_rollback_go_live(
    database: Database, folder: Path, editions: Callable[[], Editions]
) -> None:
    publisher = editions()
    await publisher.start(publishes=True)
    reword(folder, "Что вам нужно?")
    await publisher.watch()
    await rolled_back(database, folder, 1)
    await publisher.adopt()
    file = folder / MENU
    file.write_text(file.read_text(encoding="utf-8").replace("Что вам нужно?", "Что теперь?"), encoding="utf-8")
    touch(file)

    await publisher.watch()

    assert words(publisher).startswith("Что теперь?")
    assert publisher.number == 3


async def test_history_tells_what_changed_and_who_went_back(
    database: Database, folder: Path, editions: Callable[[], Editions]
) -> None:
    publisher = editions()
    await publisher.start(publishes=True)
    reword(folder, "Что вам нужно?")
    (folder / "talks" / "start.md").unlink()
    await publisher.watch()
    await rolled_back(database, folder, 1)

    back, change, first = await history(database, limit=10)

    assert (back.act.number, back.act.actor, back.act.act, back.is_in_force) == (1, "olga", "rolled_back", True)
    assert back.files == ("+ talks/start.md", "texts/menu.yaml")
    assert (change.act.number, change.act.act, change.is_in_force) == (2, "published", False)
    assert change.files == ("− talks/start.md", "texts/menu.yaml")
    assert (first.act.number, first.files) == (1, None)
    assert await table(database, "SELECT actor, act, subject FROM audit ORDER BY id DESC LIMIT 1") == [
        ("olga", "rolled_back", "edition 1")
    ]


async def test_a_rollback_refuses_what_is_not_there_or_cannot_run(
    database: Database, folder: Path, editions: Callable[[], Editions]
) -> None:
    publisher = editions()
    await publisher.start(publishes=True)
    async with database.write() as tx:
        await tx.editions.accept(fingerprint="other", files=pack({"texts/x.yaml": b"y: 1"}), now=FixedClock().now())

    with pytest.raises(NoEdition):
        await rolled_back(database, folder, 7)
    with pytest.raises(BadContent):
        await rolled_back(database, folder, 2)


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

    assert good.code == 0
    assert good.out.splitlines()[-1].startswith("Ошибок нет. Замечаний: ")
    assert bad.code == 1
    assert "\n\nС этим правка не пойдёт к людям:\ncontent/texts/menu.yaml:4: в «main.text» нет подстановки" in bad.out
    assert bad.out.splitlines()[-1].startswith("Ошибок: 1. Замечаний: ")


async def test_check_writes_what_editors_need_beside_the_content(tmp_path: Path, folder: Path) -> None:
    shutil.rmtree(folder / ".schema", ignore_errors=True)

    done = await command(tmp_path, "check", str(folder), "--schemas")

    assert done.code == 0
    assert "Записано файлов: " in done.out.splitlines()[-1]
    assert (folder / ".schema" / "situations-plan.json").read_text().startswith("{")


async def test_check_tells_programs_about_facts_and_readability(tmp_path: Path, folder: Path) -> None:
    done = await command(tmp_path, "check", str(folder), "--json", "--facts", "--report")

    found = json.loads(done.out)
    assert found["mistakes"] == []
    assert found["facts"][0]["doubt"]
    assert found["measures"][-1]["words"] > 1000
