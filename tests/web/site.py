"""The web application as it runs: a real server on a free port of 127.0.0.1, a real database, turns taken beside it."""

import asyncio
import socket
from contextlib import suppress
from dataclasses import replace
from functools import cache
from types import TracebackType
from typing import Any, Self

from litestar import Litestar

from bot.channels.web import LIMITS, NAME
from bot.clock import Clock, SystemClock
from bot.engine.runner import Runner
from bot.engine.taken import Surface
from bot.flows import FLOWS
from bot.inbox import Inbox
from bot.texts.files import read_folder
from bot.texts.load import load
from bot.texts.schema import Content
from bot.web.application import WebParts, make_application
from bot.web.console.desk import Desk
from bot.web.server import Server, server
from bot.web.words import NEEDS
from storage.database import Database
from tests.talk import CONTENT


@cache
def real_content() -> Content:
    """The shipped content, with the words of the page checked."""
    return load(read_folder(CONTENT), {**FLOWS.needs(), **NEEDS})


class Site:
    """
    `async with Site(database) as site`: serving inside. `down`/`up` stop and start the server on the same port.

    takes_turns: False leaves messages unanswered until `answer`. parts: more fields of WebParts. options: of `server`.
    """

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock | None = None,
        takes_turns: bool = True,
        options: dict[str, Any] | None = None,
        **parts: Any,
    ) -> None:
        self.database = database
        self.clock = clock or SystemClock()
        self.content = real_content()
        self.runner = Runner(database, FLOWS, lambda: self.content, {NAME: Surface(LIMITS)}, self.clock)
        self.parts = replace(WebParts(database, Inbox(database, self.clock), self.clock, lambda: self.content), **parts)
        self._takes_turns = takes_turns
        self._options = options or {}
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._server: Server | None = None
        self._serving: asyncio.Task[None] | None = None
        self.port = 0
        self.application: Litestar | None = None
        self.desk: Desk | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        await self.up()
        if self._takes_turns:
            self._tasks.append(asyncio.create_task(self.runner.run(self._stop)))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.down()
        self._stop.set()
        await self.database.notify("inbox")
        await asyncio.gather(*self._tasks)

    async def up(self) -> None:
        listening = socket.create_server(("127.0.0.1", self.port))
        self.port = listening.getsockname()[1]
        self.application = make_application(self.parts)
        self.desk = self.application.state.get("desk")
        self._server = server(self.application, "127.0.0.1", self.port, **self._options)
        self._serving = asyncio.create_task(self._server.serve(sockets=[listening]))
        while not self._server.started:  # noqa: ASYNC110  uvicorn has no event for it
            await asyncio.sleep(0)

    async def down(self) -> None:
        """As by SIGTERM: open pages are told, then everything ends."""
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            with suppress(asyncio.CancelledError):
                await self._serving
            self._server = None

    async def answer(self) -> None:
        """Take every waiting turn."""
        while await self.runner.run_once():
            pass
