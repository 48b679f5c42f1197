"""The shipped content with one talk of the test's own, played."""

from collections.abc import Callable, Mapping
from functools import lru_cache

import pytest

from bot.flows import FLOWS
from bot.rehearsal.rehearsal import Rehearsal, Report
from bot.texts.files import read_folder
from tests.talk import CONTENT, real_content

Play = Callable[[str], Report]
REHEARSAL = Rehearsal(FLOWS, "bot/content")


@lru_cache(1)
def shipped() -> Mapping[str, bytes]:
    return read_folder(CONTENT)


@pytest.fixture
def play() -> Play:
    """Play one file `talks/t.md`."""
    return lambda talk: REHEARSAL.report({"talks/t.md": talk.encode()}, real_content(FLOWS))
