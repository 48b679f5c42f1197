"""Talks are played by processes of their own, which stay for a while and go with their owner."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.parts import needs
from bot.rehearsal.apart import Apart
from bot.rehearsal.hand import Hand, Stage
from bot.texts.files import read_folder
from bot.texts.load import load
from bot.texts.schema import Content
from tests.talk import CONTENT

ROOT = "bot/content"
FITS = "# Меню\n> меню\n< Чем помочь? …\n"
BROKEN = FITS.replace("Чем помочь", "Здесь другое")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(CONTENT, tmp_path / "content", ignore=shutil.ignore_patterns("talks")))
    (folder / "talks").mkdir()
    for name in "abcd":
        (folder / "talks" / f"{name}.md").write_text(FITS, encoding="utf-8")
    return folder


@pytest.fixture
def apart(sqlite_url: str) -> Iterator[Apart]:
    apart = Apart(needs(), ROOT, sqlite_url)
    yield apart
    apart.close()


def loaded(files: dict[str, bytes]) -> Content:
    return load(files, needs(), ROOT)


def test_what_several_processes_complain_of_is_one_list(folder: Path, apart: Apart) -> None:
    """Each plays a part; a killed one is not taken for a good word, and the next edit starts another."""
    for name in "ad":
        (folder / "talks" / f"{name}.md").write_text(BROKEN, encoding="utf-8")
    files = dict(read_folder(folder))
    half = {**files, "rules.yaml": b"nudge: ["}
    apart.begin(half)  # has mistakes of its own: nobody asks for its talks

    found = apart(files, loaded(files))

    assert found is not None
    assert [(one.file, one.line) for one in found] == [(f"{ROOT}/talks/a.md", 3), (f"{ROOT}/talks/d.md", 3)]
    mended = {**files, "talks/a.md": FITS.encode(), "talks/d.md": FITS.encode()}
    kept = [*apart._hands]
    assert apart(mended, loaded(mended)) == []
    assert apart._hands == kept, "they stay for the next edit"

    apart.begin(files)
    kept[0]._process.kill()
    assert apart(files, loaded(files)) is None
    assert apart(mended, loaded(mended)) == []


def test_processes_that_nobody_needs_are_gone(sqlite_url: str, folder: Path) -> None:
    apart = Apart(needs(), ROOT, sqlite_url, keep_s=0.0)
    files = dict(read_folder(folder))
    apart.begin(files)
    hands = [hand._process for hand in apart._hands]

    deadline = time.monotonic() + 30
    while apart._hands and time.monotonic() < deadline:
        time.sleep(0.01)
    apart.close()  # whoever closes them has done so

    assert not any(process.is_alive() for process in hands)


def test_a_process_whose_owner_was_killed_goes_too() -> None:
    hand = Hand(Stage(needs(), ROOT, ""))

    hand._pipe.close()  # as the system does it

    hand._process.join(timeout=60)
    assert hand._process.exitcode == 0
