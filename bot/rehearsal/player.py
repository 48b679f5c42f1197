"""
A citizen's hands: type, press, wait; everything between them and the database is the real thing.

Clock and ids are fixed, so the same acts are answered by the same words.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from datetime import UTC, datetime
from typing import Any

import msgspec

from bot.channels.port import Limits
from bot.chores.reminders import Reminding
from bot.clock import Clock, FixedClock
from bot.engine.flow import Flows
from bot.engine.runner import Runner
from bot.engine.taken import Surface
from bot.inbox import arrival
from bot.messages import Address, Incoming, Kind, Outgoing
from bot.texts.schema import Content
from bot.transcript import buttons
from storage.database import Database

MONDAY_NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # 12:00 in Barnaul
LEASED_AT_ONCE = 50

_outgoing = msgspec.json.Decoder(Outgoing)


class NoButton(Exception):
    """No screen shown so far has this button."""


class Player:
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
        clock: Clock | None = None,
        site: str = "",
    ) -> None:
        self.database = database
        self.content = content
        self.clock = clock or FixedClock(MONDAY_NOON)
        self.chat = chat
        self.channel = channel
        self.surfaces = surfaces or {channel: Surface(Limits(edits=False))}
        self.runner = Runner(database, flows, lambda: self.content, self.surfaces, self.clock, site=site)
        self.shown: list[Outgoing] = []
        self._numbers = itertools.count(1)
        self._buttons: dict[str, str] = {}

    async def say(self, text: str) -> list[Outgoing]:
        return await self.send(Kind.TEXT, text=text)

    async def press(self, choice: str) -> list[Outgoing]:
        return await self.send(Kind.PRESS, data=self.data(choice), message="shown")

    async def send(self, kind: Kind, *, event: str = "", **fields: Any) -> list[Outgoing]:
        """Any incoming; gives what the bot answered."""
        await self.store(kind, event=event, **fields)
        return await self.work()

    async def store(self, kind: Kind, *, event: str = "", **fields: Any) -> None:
        number = next(self._numbers)
        address = Address(self.channel, self.chat)
        incoming = Incoming(event or f"{self.chat}:{number}", address, kind, number, **fields)
        async with self.database.write() as tx:
            await tx.inbox.store([arrival(incoming)], now=self.clock.now())

    async def work(self) -> list[Outgoing]:
        """Take every waiting turn; gives what was said meanwhile."""
        while await self.runner.run_once() and self.runner.has_more:
            pass
        return await self.heard()

    async def heard(self) -> list[Outgoing]:
        heard: list[Outgoing] = []
        now = self.clock.now()
        async with self.database.write() as tx:
            while leased := await tx.outbox.lease(self.channel, now=now, limit=LEASED_AT_ONCE):
                await tx.outbox.sent([(part.number, str(part.number)) for part in leased], now=now)
                heard += [_outgoing.decode(part.body) for part in leased if part.chat == self.chat]
        for message in heard:
            if found := buttons(message):
                self._buttons = found
        self.shown += heard
        return heard

    async def tick(self) -> list[Outgoing]:
        """The clock's turn: due reminders enter the lanes and are taken."""
        await Reminding(self.database, self.clock).take()
        return await self.work()

    def data(self, choice: str) -> str:
        """
        Data of the newest screen's button; the part after the colon may be left out when that is unambiguous.

        Raises NoButton.
        """
        if choice in self._buttons:
            return self._buttons[choice]
        alike: Sequence[str] = [known for known in self._buttons if known.partition(":")[0] == choice]
        if len(alike) != 1:
            raise NoButton(f"no button [{choice}] among {list(self._buttons)}")
        return self._buttons[alike[0]]

    @contextmanager
    def aside(self) -> Iterator[None]:
        """The hands are where they were, afterwards; the database is the caller's."""
        content, numbers, buttons, shown = self.content, copy(self._numbers), self._buttons, len(self.shown)
        try:
            yield
        finally:
            self.content, self._numbers, self._buttons = content, numbers, buttons
            del self.shown[shown:]

    async def citizen_id(self) -> str | None:
        """Who writes here, once they have written."""
        async with self.database.read() as tx:
            return await tx.erasures.citizen_of(self.channel, tx.handle.cipher.find("address", self.channel, self.chat))
