"""
The bot of one installation, with a citizen on one side and staff on the other: in messengers, on the page, at the desk.

Adapters, vendor clients, pollers, senders and the web server are the real ones; turns are taken when the test says so.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from random import Random
from typing import Any

from bot.desk.actor import Actor
from bot.desk.acts import Desk
from bot.desk.board import Board
from bot.desk.linking import invite
from bot.desk.room import StaffRoom
from bot.engine.runner import Runner
from bot.engine.taken import Surface
from bot.flows import FLOWS
from bot.inbox import Inbox
from bot.outbox import Sender
from bot.web.console.desk import DeskParts
from storage.database import Database
from storage.staff_chats import Invitation
from tests.delivery.world import World
from tests.desk.staff_chat import employ
from tests.platforms.driver import PATIENCE_S, PLATFORMS, Citizen, _poll
from tests.platforms.emulator import Shown
from tests.platforms.groups import GROUPS
from tests.platforms.page import Page, PageCitizen
from tests.talk import real_content
from tests.web.site import Site

WEB, CONSOLE = "web", "console"
OLGA = Actor("olga", "job_matcher", ("barnaul",))
ACCOUNT, STRANGER = "501", "502"
WORDS = "Нужна работа рядом с домом"
SITES = (WEB, CONSOLE)


class Office:
    """
    group: of staff in a messenger, None where they work in the console. desk: the acts of staff, for what the test does
    beside.
    """

    def __init__(
        self, citizen: Citizen, group: Any, desk: Desk, runner: Runner, senders: list[Sender], site: Site | None
    ) -> None:
        self.citizen, self.group, self.desk, self.site = citizen, group, desk, site
        self.board = Board(desk)
        self._runner, self._senders = runner, senders

    async def staff(self, do: Callable[[], Any], *, updates: int = 1) -> None:
        """Let a member do it; what follows is done on both sides."""
        await self._stored(do, updates)
        await self.work()

    async def says(self, text: str) -> list[str]:
        """The citizen types; keys of what they hear."""
        return [message.key for message in await self.citizen.say(text)]

    async def work(self) -> None:
        """Turns, cards and sends until nothing more follows."""
        while True:
            while await self._runner.run_once():
                pass
            await self.board.show()
            if not await self._count(f"SELECT count(*) FROM outbox WHERE state IN (0, 1) AND channel <> '{WEB}'"):
                return
            if not sum([await sender.run_once() for sender in self._senders]):
                self.citizen.clock.move(seconds=0.5)

    async def heard(self) -> list[str]:
        """Keys of what has come to the citizen since they were asked last."""
        return [message.key for message in await self.citizen._look()]

    def found(self, words: str) -> Shown:
        return next(shown for shown in reversed(self.group.screen) if words in shown.text)

    def button(self, shown: Shown, label: str) -> str:
        return next(data for row in shown.buttons for name, data in row if name == label)

    async def _stored(self, do: Callable[[], Any], updates: int) -> None:
        wanted = await self._count("SELECT count(*) FROM inbox") + updates
        do()
        async with asyncio.timeout(PATIENCE_S):
            while await self._count("SELECT count(*) FROM inbox") < wanted:
                await self.citizen.ear.wait(PATIENCE_S)

    async def _count(self, sql: str) -> int:
        return int((await self.citizen.select(sql))[0][0])


@asynccontextmanager
async def opened(pair: tuple[str, str], database: Database) -> AsyncIterator[Office]:
    """pair: where the citizen is, and where staff are. The citizen has asked; the group is linked, and so is Olga."""
    world, content, stop = World(), real_content(FLOWS), asyncio.Event()
    desk = Desk(database, world, lambda: content)
    side, staff_side = pair
    async with AsyncExitStack() as stack:
        emulators, channels, senders = {}, {}, []
        for name in dict.fromkeys(one for one in pair if one not in SITES):
            make_emulator, make_channel = PLATFORMS[name]
            emulators[name] = await stack.enter_async_context(make_emulator())
            channels[name] = make_channel(emulators[name].url)
            stack.push_async_callback(channels[name].close)
            await channels[name].open()
        site = None
        if not set(SITES).isdisjoint(pair):
            parts = {"clock": world, "takes_turns": False, "desk": DeskParts()}
            site = await stack.enter_async_context(Site(database, **parts))
        surfaces = {name: Surface(channel.limits) for name, channel in channels.items()}
        surfaces[WEB] = Surface(Page.limits)
        runner = Runner(database, FLOWS, lambda: content, surfaces, world, room=StaffRoom(desk))
        for channel in channels.values():
            senders.append(Sender(channel, database, world, lambda: content, timer=world, random=Random(1)))
            await stack.enter_async_context(_poll(channel, Inbox(database, world), database, world, stop))
        if side == WEB:
            assert site is not None
            citizen: Citizen = PageCitizen(await stack.enter_async_context(Page(site.url)), database, world)
        else:
            citizen = Citizen(side, emulators[side], channels[side], database, world)
        citizen.runner = runner
        group = GROUPS[staff_side](emulators[staff_side]) if staff_side in GROUPS else None
        one = Office(citizen, group, desk, runner, senders, site)
        citizen.work = _both(one, citizen)  # type: ignore[method-assign]
        await _begin(one)
        yield one
        for emulator in emulators.values():
            assert emulator.violations == []  # type: ignore[attr-defined]


def _both(office: Office, citizen: Citizen) -> Any:
    async def work() -> list[Any]:
        await office.work()
        return await citizen._look()

    return work


async def _begin(office: Office) -> None:
    desk = office.desk
    await employ(office.citizen, OLGA)  # type: ignore[arg-type]
    if office.group is not None:
        for invitation in (Invitation("", "barnaul", ""), Invitation("olga", "", "")):
            code = await invite(desk.database, desk.clock, invitation)
            await office.staff(lambda code=code: office.group.say(ACCOUNT, f"/staff {code}"))  # type: ignore[misc]
    await office.citizen.start()
    for words in ("/human", "да", WORDS):
        await office.citizen.say(words)
    await office.heard()
