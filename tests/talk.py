"""
The transcript player: a dialog test is the dialog.

    await talk.play('''
        > запись
        < booking.slot [10h] [11h]
        > [10h]
        < booking.confirm ...
    ''')

`...` at the end of an expected line stands for any choices. A press may leave out what follows the colon when only one
choice begins so. Clock and ids are fixed; everything between the citizen's hands and the database is the real thing.
"""

import textwrap
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.clock import FixedClock as Clock
from bot.engine.flow import Flows
from bot.rehearsal.player import MONDAY_NOON, NoButton, Player
from bot.texts.files import read_folder
from bot.texts.load import load
from bot.texts.schema import Content
from bot.transcript import line
from storage.records import CitizenRow

CONTENT = Path(__file__).parents[1] / "bot" / "content"


class FixedClock(Clock):
    """Stands still until a test moves it."""

    def __init__(self, now: datetime = MONDAY_NOON) -> None:
        super().__init__(now)


_contents: dict[int, Content] = {}


def real_content(flows: Flows) -> Content:
    """The shipped content, loaded once."""
    if id(flows) not in _contents:
        _contents[id(flows)] = load(read_folder(CONTENT), flows.needs())
    return _contents[id(flows)]


class Talk(Player):
    """One citizen in one channel, and the bot behind it."""

    clock: FixedClock

    def __init__(self, *about: Any, clock: FixedClock | None = None, **named: Any) -> None:
        super().__init__(*about, clock=clock or FixedClock(), **named)

    def data(self, choice: str) -> str:
        try:
            return super().data(choice)
        except NoButton as error:
            pytest.fail(str(error))

    async def citizen(self) -> CitizenRow:
        id_ = await self.citizen_id()
        assert id_ is not None
        async with self.database.write() as tx:
            return (await tx.citizens.load([id_]))[id_]

    # the test's eyes

    async def play(self, transcript: str) -> None:
        """Play the citizen's lines, compare the bot's."""
        lines = [text.strip() for text in textwrap.dedent(transcript).splitlines() if text.strip()]
        played: list[str] = []
        waiting: list[str] = []
        for place, expected in enumerate(lines):
            if expected.startswith(">"):
                assert not waiting, f"the bot also said {waiting} before «{expected}»\n" + "\n".join(played)
                said = expected[1:].strip()
                answers = await (self.press(said[1:-1]) if said.startswith("[") else self.say(said))
                waiting = [text for message in answers if (text := line(message))]
                played.append(expected)
                continue
            got = waiting.pop(0) if waiting else "(silence)"
            played.append(got)
            if not _matches(got, expected):
                rest = "\n".join([*played, *waiting])
                pytest.fail(f"line {place + 1}: expected\n    {expected}\ngot\n    {got}\n\nthe talk:\n{rest}")
        assert not waiting, f"the bot also said {waiting}"


def _matches(got: str, expected: str) -> bool:
    if expected.endswith("..."):
        return got == expected[:-3].rstrip() or got.startswith(expected[:-3])
    return got == expected
