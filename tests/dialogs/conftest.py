"""A citizen and the bot with the shipped content, on both databases."""

from collections.abc import Callable

import pytest

from bot.channels.port import Limits
from bot.engine.taken import Surface
from bot.flows import FLOWS
from bot.warmth import load
from storage.database import Database
from tests.talk import FixedClock, Talk, real_content


@pytest.fixture(scope="session", autouse=True)
def _warm() -> None:
    """As a process that runs: the first talk waits for no dictionary."""
    load(real_content(FLOWS), FixedClock().now().year)


@pytest.fixture
def talk(database: Database) -> Talk:
    return Talk(database, FLOWS, real_content(FLOWS))


@pytest.fixture
def another(talk: Talk) -> Callable[..., Talk]:
    """One more citizen of the same bot: `another("olga")`."""

    def make(chat: str, *, channel: str = "web", policy: str = "full", clock: FixedClock | None = None) -> Talk:
        surfaces = {**talk.surfaces, channel: Surface(Limits(edits=False), policy)}  # type: ignore[arg-type]
        return Talk(
            talk.database, FLOWS, talk.content, chat=chat, channel=channel, surfaces=surfaces, clock=clock or talk.clock
        )

    return make
