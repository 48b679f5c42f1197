"""An edition carries its index: built in a thread, before it is taken over, and only where questions are asked."""

import asyncio
import os
import shutil
import signal
from multiprocessing.context import SpawnProcess
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.editions import Editions, Interrupted
from bot.matching.matcher import Zone
from bot.parts import needs
from bot.rehearsal.apart import Apart
from bot.texts.files import read_folder
from bot.texts.load import load
from storage.database import Database
from tests.ops.child import until
from tests.ops.test_editions import touch
from tests.talk import CONTENT, FixedClock

BOT = Path("questions") / "bot.yaml"


async def test_a_new_variant_is_found_as_soon_as_the_edition_is_in_force(database: Database, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(CONTENT, tmp_path / "content"))
    editions = Editions(database, FixedClock(), folder, needs())
    await editions.start(publishes=True)
    first = editions.content().matcher
    assert not first.is_ready
    before = first.judge(await first.hits("тарабарские тролли"))
    assert (before.zone, first.is_ready) == (Zone.UNKNOWN, True)

    file = folder / BOT
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("also: [чем поможешь", "also: [тарабарские тролли, чем поможешь"), encoding="utf-8")
    touch(file)
    await editions.watch()

    second = editions.content().matcher
    assert second is not first
    assert second.is_ready
    assert second.judge(await second.hits("тарабарские тролли")).ids == ("faq-001",)


async def test_a_process_that_answers_nobody_builds_nothing(database: Database) -> None:
    editions = Editions(database, FixedClock(), CONTENT, needs())
    await editions.start(publishes=True)
    await editions.watch()

    assert not editions.content().matcher.is_ready


async def test_talks_are_played_in_a_process_of_their_own_that_hears_no_signal_of_the_group() -> None:
    files = dict(read_folder(CONTENT))
    for name in [name for name in files if name.startswith("talks/") and name != "talks/oddities.md"]:
        del files[name]
    files["talks/oddities.md"] += "\n# Неверно\n\n    > /start\n    < Этого бот не говорит.\n".encode()
    apart = Apart(needs(), "bot/content")

    playing = asyncio.create_task(asyncio.to_thread(apart, files, load(files, needs())))
    process = await begun(apart)
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(process.pid or 0, number)

    (mistake, *_) = await playing
    assert mistake.file == "bot/content/talks/oddities.md"
    assert "ждали «Этого бот не говорит.»" in mistake.what


async def test_talks_whose_process_is_killed_at_once_refuse_nothing() -> None:
    files = read_folder(CONTENT)
    apart = Apart(needs(), "bot/content")
    with capture_logs() as logs:
        playing = asyncio.create_task(asyncio.to_thread(apart, files, load(files, needs())))
        (await begun(apart)).kill()

        assert await playing is None
    assert [log["event"] for log in logs] == ["talks_not_played"]


async def test_talks_that_are_being_played_are_given_up_by_who_stops() -> None:
    files = read_folder(CONTENT)
    content = load(files, needs())
    apart = Apart(needs(), "bot/content")
    playing = asyncio.create_task(asyncio.to_thread(apart, files, content))
    process = await begun(apart)

    await asyncio.to_thread(apart.stop)

    with pytest.raises(Interrupted):
        await playing
    assert not process.is_alive()
    with pytest.raises(Interrupted):
        apart(files, content)


async def begun(apart: Apart) -> SpawnProcess:
    """A process that plays."""
    await until(lambda: bool(apart._hands), "the process stands")
    return apart._hands[0]._process
