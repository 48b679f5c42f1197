"""
One citizen with a phone, one platform on the loopback, and our bot between: everything of the road is the real thing.

    hands: emulator --> poll or webhook --> adapter, vendor's client --> inbox --> runner --> outbox, sender --> eyes

What stands on the screen is known by its text key through the outbox row that the platform's message id is noted in;
buttons are those that the screen really shows. Transcripts are those of tests/talk.py.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random
from typing import Any, Literal

from aiohttp import web

from bot.channels.port import Channel, Forged
from bot.delivery.acknowledger import Acknowledger
from bot.engine.runner import Runner
from bot.engine.screen import HUMAN, MENU
from bot.engine.taken import Surface
from bot.flows import FLOWS
from bot.inbox import Inbox
from bot.messages import ERASE_KEY, Button, Outgoing
from bot.outbox import Sender
from bot.polling import Poller
from bot.texts import render
from bot.transcript import buttons
from storage.database import Database, Listener
from storage.records import CitizenRow
from tests.delivery.world import World
from tests.platforms.emulator import Emulator, Shown
from tests.platforms.max import MaxEmulator
from tests.platforms.telegram import TOKEN, TelegramEmulator
from tests.platforms.vk import VkEmulator
from tests.talk import Talk, real_content

Way = Literal["polling", "webhook"]

SECRET = "right-secret-of-the-hook"
GROUP = 777
PATIENCE_S = 20
SENT, CANCELLED = 2, 5
_REPLIES = {"telegram": "", "vk": "ok", "max": ""}


def _telegram(url: str) -> Channel:
    from bot.channels.telegram import Telegram

    return Telegram(token=TOKEN, api_url=url, secret=SECRET)


def _vk(url: str) -> Channel:
    from bot.channels.vk import Vk

    return Vk(token="token", group_id=GROUP, api_url=url, secret=SECRET)


def _max(url: str) -> Channel:
    from bot.channels.max import Max

    return Max(token="t", api_url=url, secret=SECRET, poll_spacing_s=(0.0, 0.0))


PLATFORMS: Mapping[str, tuple[Callable[[], Emulator], Callable[[str], Channel]]] = {
    "telegram": (lambda: TelegramEmulator(), _telegram),
    "vk": (lambda: VkEmulator(group_id=GROUP, only_known=True), _vk),
    "max": (lambda: MaxEmulator(only_known=True), _max),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One outgoing message as the database knows it. sent_id: the platform's id of it, "" while it has none."""

    number: int
    key: str
    state: int
    sent_id: str
    reason: str


class Citizen:
    """One citizen's hands and eyes. `shown`: everything said so far, as it stood on the screen when it came."""

    play = Talk.play  # the same grammar, the same comparison
    tick = Talk.tick

    def __init__(
        self, name: str, emulator: Any, channel: Channel, database: Database, world: World, *, chat: str = "4242"
    ) -> None:
        self.name = name
        self.emulator = emulator
        self.channel = channel
        self.database = database
        self.clock = world
        self.chat = chat
        self.content = real_content(FLOWS)
        self.shown: list[Outgoing] = []
        self.ear: Listener = database.listen("inbox")
        surfaces = {name: Surface(channel.limits)}
        self.runner = Runner(database, FLOWS, lambda: self.content, surfaces, world)
        self.sender = Sender(channel, database, world, lambda: self.content, timer=world, random=Random(1))
        self._seen = 0  # the newest outbox row that was looked at
        self._newest: Shown | None = None

    # hands

    async def say(self, text: str) -> list[Outgoing]:
        return await self.act(lambda: self.emulator.type(self.chat, text))

    async def start(self, token: str = "") -> list[Outgoing]:
        return await self.act(lambda: self.emulator.start(self.chat, token))

    async def attach(self, kind: str) -> list[Outgoing]:
        return await self.act(lambda: self.emulator.attach(self.chat, kind))

    async def press(self, choice: str) -> list[Outgoing]:
        """A button of the newest screen; «Меню» and «Специалист» where the platform keeps them."""
        if choice in (MENU, HUMAN) and self.channel.limits.bottom_keyboard:
            label = render.say(self.content, "common.menu" if choice == MENU else "common.human", {})
            return await self.act(lambda: self.emulator.tap(self.chat, label))
        assert self._newest is not None, "no screen with buttons was shown yet"
        return await self.press_on(self._newest, choice)

    async def press_on(self, shown: Shown, choice: str) -> list[Outgoing]:
        """A button of any message that stands on the screen, however old."""
        known = buttons(_outgoing("", shown))
        alike = [known[choice]] if choice in known else [d for id_, d in known.items() if id_.split(":")[0] == choice]
        assert len(alike) == 1, f"no button [{choice}] among {list(known)}"
        return await self.act(lambda: self.emulator.press(self.chat, shown, alike[0]))

    async def block(self) -> list[Outgoing]:
        return await self.act(lambda: self.emulator.block(self.chat))

    async def unblock(self) -> list[Outgoing]:
        return await self.act(lambda: self.emulator.unblock(self.chat))

    async def act(self, do: Callable[[], Any], *, updates: int = 1) -> list[Outgoing]:
        """Let the citizen do it, wait until that is stored, take the turn, send; gives what was said."""
        wanted = await self._count("SELECT count(*) FROM inbox") + updates
        do()
        async with asyncio.timeout(PATIENCE_S):
            while await self._count("SELECT count(*) FROM inbox") < wanted:
                await self.ear.wait(PATIENCE_S)
        return await self.work()

    async def work(self) -> list[Outgoing]:
        """Turns until none waits, sends until none waits; gives what came onto the screen meanwhile."""
        while await self.runner.run_once():
            pass
        while await self._count("SELECT count(*) FROM outbox WHERE state IN (0, 1)"):
            if not await self.sender.run_once():
                self.clock.move(seconds=0.5)  # the platform's pace lets nothing leave yet
        return await self._look()

    # eyes

    @property
    def screen(self) -> list[Shown]:
        return self.emulator.shown(self.chat)

    @property
    def bottom(self) -> list[list[str]]:
        """Labels of the keyboard under the input field, as it stands now."""
        if self.name == "telegram":
            return self.emulator.bottom.get(self.chat, [])
        menu = self.emulator.menus.get(self.chat) if self.name == "vk" else None
        return [[button.label for button in row] for row in menu.rows] if menu else []

    async def rows(self, after: int = 0) -> list[Row]:
        found = await self.select(
            f"SELECT id, key, state, sent_id, reason FROM outbox WHERE channel = '{self.name}' AND id > {after}"
            " ORDER BY id"
        )
        return [Row(row[0], row[1], row[2], row[3] or "", row[4] or "") for row in found]

    async def select(self, sql: str) -> list[Any]:
        async with self.database.read() as tx:
            connection = tx.handle.connection
            if tx.handle.dialect == "postgres":
                return list(await connection.fetch(sql))
            return list(await connection.execute_fetchall(sql))

    async def citizen(self) -> CitizenRow:
        find = self.database.cipher.find("address", self.name, self.chat)
        async with self.database.read() as tx:
            id_ = await tx.erasures.citizen_of(self.name, find)
            assert id_ is not None
            return (await tx.citizens.load([id_]))[id_]

    async def _look(self) -> list[Outgoing]:
        heard = []
        for row in await self.rows(self._seen):
            self._seen = row.number
            if row.state == CANCELLED or row.key == ERASE_KEY or row.key.startswith("desk."):  # a staff chat's
                continue
            assert row.state == SENT, f"{row.key} is not sent: {row.reason}"
            shown = next((one for one in self.screen if one.id == row.sent_id), None)
            assert shown is not None, f"{row.key} is sent as {row.sent_id}, but no screen shows that"
            message = _outgoing(row.key, shown)
            if buttons(message):
                self._newest = shown
            heard.append(message)
        self.shown += heard
        return heard

    async def _count(self, sql: str) -> int:
        return int((await self.select(sql))[0][0])


def _outgoing(key: str, shown: Shown) -> Outgoing:
    """What stands on the screen, in our own terms."""
    rows = tuple(tuple(Button(label, data=data) for label, data in row) for row in shown.buttons)
    return Outgoing(key, shown.text, rows)


@asynccontextmanager
async def citizen(name: str, way: Way, database: Database) -> AsyncIterator[Citizen]:
    """A citizen of the platform, whose updates travel the given way; afterwards the platform had no complaint."""
    make_emulator, make_channel = PLATFORMS[name]
    world = World()
    async with make_emulator() as emulator:
        channel = make_channel(emulator.url)
        inbox = Inbox(database, world)
        stop = asyncio.Event()
        receiver = _poll(channel, inbox, database, world, stop) if way == "polling" else _hook(channel, inbox)
        try:
            await channel.open()
            async with receiver:
                yield Citizen(name, emulator, channel, database, world)
        finally:
            await channel.close()
        assert emulator.violations == []  # type: ignore[attr-defined]  # each of the three has it


@asynccontextmanager
async def _poll(
    channel: Channel, inbox: Inbox, database: Database, world: World, stop: asyncio.Event
) -> AsyncIterator[None]:
    """The real poller, until the test is over."""
    started = database.listen("inbox")
    polling = asyncio.create_task(Poller(channel, inbox, database, world).run(stop))
    if channel.name == "vk":
        await started.wait(PATIENCE_S)  # its first round only learns where the queue stands: what came before is missed
    try:
        yield
    finally:
        stop.set()
        await polling


@asynccontextmanager
async def _hook(channel: Channel, inbox: Inbox) -> AsyncIterator[None]:
    """A web server that does with a call what ours does: read it, store it, then answer."""
    acknowledger = Acknowledger(channel)

    async def take(request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            delivery = channel.webhook(headers, await request.read())
        except Forged:
            return web.Response(status=401)
        acknowledger.soon(await inbox.take(channel, delivery.updates))
        return web.Response(text=delivery.reply)

    app = web.Application()
    app.router.add_post(f"/hooks/{channel.name}", take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    try:
        await channel.prepare_webhook(f"http://127.0.0.1:{port}/hooks/{channel.name}", SECRET)
        yield
    finally:
        await acknowledger.close()
        await runner.cleanup()
