"""A citizen in the web chat: acts by the page's requests, sees what the page's stream brings."""

import asyncio
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self

from bot.channels.web import LIMITS, NAME
from bot.messages import Outgoing
from storage.database import Database
from tests.delivery.world import World
from tests.platforms.driver import Citizen, _outgoing
from tests.platforms.emulator import Shown
from tests.web.visitor import Tab, Visitor


class Page:
    """The hands and the eyes that an emulator gives elsewhere. `async with Page(url)`: its stream is open inside."""

    name, limits = NAME, LIMITS

    def __init__(self, url: str) -> None:
        self._visitor = Visitor(url)
        self._tasks: set[asyncio.Task[None]] = set()
        self._screen: dict[str, Shown] = {}
        self._read = 0

    async def __aenter__(self) -> Self:
        await self._visitor.session()
        self._opened = self._visitor.tab()
        self.tab: Tab = await self._opened.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.gather(*self._tasks)
        await self._opened.__aexit__(kind, error, trace)
        await self._visitor.close()

    def type(self, chat: str, text: str) -> None:
        self._soon(self._visitor.say(text))

    def start(self, chat: str, token: str = "") -> None:
        self._soon(self._visitor.start(token))

    def press(self, chat: str, message: Shown, data: str) -> None:
        self._soon(self._act(kind="press", data=data, message=message.id))

    def shown(self, chat: str) -> list[Shown]:
        return list(self._screen.values())

    async def look(self, newest: int) -> None:
        """Until the message of this number is on the page."""
        await self.tab.until(lambda tab: tab.newest >= newest, f"message {newest}")
        for message in self.tab.messages[self._read :]:
            if message.get("erases"):
                self._screen.clear()
                continue
            rows = [[(one["label"], one.get("data", one.get("url", ""))) for one in row] for row in message["rows"]]
            self._screen[str(message["number"])] = Shown(str(message["number"]), message["text"], rows)
        self._read = len(self.tab.messages)

    async def _act(self, **act: str) -> None:
        answer = await self._visitor.send(**act)
        assert answer.status_code == 202, answer.text

    def _soon(self, doing: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(doing)
        self._tasks.add(task)


class PageCitizen(Citizen):
    """Nothing is sent to a page: it fetches."""

    def __init__(self, page: Page, database: Database, world: World) -> None:
        super().__init__(NAME, page, page, database, world)  # type: ignore[arg-type]  # it has the limits of a channel

    async def _look(self) -> list[Outgoing]:
        rows = await self.rows(self._seen)
        if not rows:
            return []
        self._seen = rows[-1].number
        await self.emulator.look(self._seen)
        heard = []
        for row in rows:
            shown = next((one for one in self.screen if one.id == str(row.number)), None)
            if shown is not None:
                heard.append(_outgoing(row.key, shown))
                self._newest = shown if shown.buttons else self._newest
        self.shown += heard
        return heard
