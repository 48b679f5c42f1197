"""The shipped content, the sample, and a way to spoil it."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import bot
from bot.texts.files import read_folder
from bot.texts.load import load
from bot.texts.mistakes import BadContent
from bot.texts.schema import Content, Need
from tests.texts.sample import SAMPLE

FOLDER = Path(bot.__file__).parent / "content"
NEEDS = {
    "booking.slot": Need(),
    "booking.done": Need(("code", "name?")),
    "booking.confirm": Need(("when",), ("yes", "no")),
}
Files = dict[str, bytes]
Spoil = Callable[[str, str | None, str | bytes | None], list[str]]


def lines_of(files: Mapping[str, bytes], needs: Mapping[str, Need]) -> list[str]:
    """What `load` says about these files, a line per mistake; nothing else may come out of it."""
    try:
        load(files, needs)
    except BadContent as error:
        return [str(mistake).removeprefix("bot/content/") for mistake in error.mistakes]
    return []


@pytest.fixture(scope="session")
def shipped() -> Mapping[str, bytes]:
    return read_folder(FOLDER)


@pytest.fixture
def files() -> Files:
    return {name: text.encode() for name, text in SAMPLE.items()}


@pytest.fixture
def content(files: Files) -> Content:
    return load(files, NEEDS)


@pytest.fixture
def spoil(files: Files) -> Spoil:
    """Replace a piece of a file (None: the whole) by something (None: remove the file); the mistakes as lines."""

    def spoiled(name: str, old: str | None, new: str | bytes | None) -> list[str]:
        if new is None:
            del files[name]
        elif old is None:
            files[name] = new if isinstance(new, bytes) else new.encode()
        else:
            assert isinstance(new, str)
            text = files[name].decode()
            assert old in text, f"{old!r} is not in {name}"
            files[name] = text.replace(old, new, 1).encode()
        return lines_of(files, NEEDS)

    return spoiled
