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

import itertools
import textwrap
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from bot.channels.port import Limits
from bot.engine.apply import Surface
from bot.engine.flow import Flows
from bot.engine.runner import Runner
from bot.inbox import arrival
from bot.messages import Address, Incoming, Kind, Outgoing
from bot.texts.load import load, read_folder
from bot.texts.schema import Content
from bot.transcript import buttons, line
from storage.database import Database
from storage.records import CitizenRow, Due, ReminderRow

CONTENT = Path(__file__).parents[1] / "bot" / "content"
MONDAY_NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # 12:00 in Barnaul

_outgoing = msgspec.json.Decoder(Outgoing)


class FixedClock:
    """Stands still until a test moves it."""

    def __init__(self, now: datetime = MONDAY_NOON) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def move(self, **by: float) -> None:
        self._now += timedelta(**by)

    def set(self, now: datetime) -> None:
        self._now = now


_contents: dict[int, Content] = {}


def real_content(flows: Flows) -> Content:
    """The shipped content, loaded once."""
    if id(flows) not in _contents:
        _contents[id(flows)] = load(read_folder(CONTENT), flows.needs())
    return _contents[id(flows)]


class Talk:
    """One citizen in one channel, and the bot behind it."""

    def __init__(
        self,
        database: Database,
        flows: Flows,
        content: Content,
        *,
        chat: str = "ivan",
        channel: str = "web",
        surfaces: Mapping[str, Surface] | None = None,
        clock: FixedClock | None = None,
    ) -> None:
        self.database = database
        self.content = content
        self.clock = clock or FixedClock()
        self.chat = chat
        self.channel = channel
        self.surfaces = surfaces or {channel: Surface(Limits(edits=False))}
        self.runner = Runner(database, flows, lambda: self.content, self.surfaces, self.clock)
        self.shown: list[Outgoing] = []
        self._numbers = itertools.count(1)
        self._buttons: dict[str, str] = {}

    # the citizen's hands

    async def say(self, text: str) -> list[Outgoing]:
        return await self.send(Kind.TEXT, text=text)

    async def press(self, choice: str) -> list[Outgoing]:
        return await self.send(Kind.PRESS, data=self.data(choice), message="shown")

    async def send(self, kind: Kind, *, event: str = "", **fields: str) -> list[Outgoing]:
        """Any incoming; gives what the bot answered."""
        await self.store(kind, event=event, **fields)
        return await self.work()

    async def store(self, kind: Kind, *, event: str = "", **fields: str) -> None:
        number = next(self._numbers)
        address = Address(self.channel, self.chat)
        incoming = Incoming(event or f"{self.chat}:{number}", address, kind, number, **fields)
        async with self.database.write() as tx:
            await tx.inbox.store([arrival(incoming)], now=self.clock.now())

    async def work(self) -> list[Outgoing]:
        """Take every waiting turn; gives what was said meanwhile."""
        while await self.runner.run_once():
            pass
        return await self.heard()

    async def heard(self) -> list[Outgoing]:
        heard: list[Outgoing] = []
        while True:
            async with self.database.write() as tx:
                leased = await tx.outbox.lease(self.channel, now=self.clock.now(), limit=50)
                await tx.outbox.sent([(part.number, str(part.number)) for part in leased], now=self.clock.now())
            if not leased:
                break
            heard += [_outgoing.decode(part.body) for part in leased if part.chat == self.chat]
        for message in heard:
            if found := buttons(message):
                self._buttons = found
        self.shown += heard
        return heard

    def data(self, choice: str) -> str:
        """Data of the newest screen's button; the part after the colon may be left out when that is unambiguous."""
        if choice in self._buttons:
            return self._buttons[choice]
        alike = [known for known in self._buttons if known.partition(":")[0] == choice]
        if len(alike) != 1:
            pytest.fail(f"no button [{choice}] among {list(self._buttons)}")
        return self._buttons[alike[0]]

    # time and staff

    async def tick(self) -> list[Outgoing]:
        """The clock's turn: due reminders enter the lanes and are taken."""
        async with self.database.write() as tx:
            due = await tx.reminders.take_due(now=self.clock.now(), limit=100)
            dues = [Due(one.citizen_id, f"reminder:{one.id}", "clock", _reminder(one)) for one in due]
            await tx.inbox.store_due(dues, now=self.clock.now())
        return await self.work()

    async def citizen(self) -> CitizenRow:
        async with self.database.write() as tx:
            known = await tx.inbox.admit([], now=self.clock.now())
            assert not known
            find = tx.handle.cipher.find("address", self.channel, self.chat)
            id_ = await tx.erasures.citizen_of(self.channel, find)
            assert id_ is not None
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


def _reminder(one: ReminderRow) -> bytes:
    data = f"{one.kind}|{one.subject}|{one.id}"
    return msgspec.json.encode(Incoming(f"reminder:{one.id}", Address("own", ""), Kind.CLOCK, data=data))


def _matches(got: str, expected: str) -> bool:
    if expected.endswith("..."):
        return got == expected[:-3].rstrip() or got.startswith(expected[:-3])
    return got == expected
