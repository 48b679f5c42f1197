"""
What the three loopback platforms share: a server on 127.0.0.1, citizens' hands and eyes, and faults on demand.

An emulator enforces the platform's documented limits and answers with its documented errors, so that a client that
breaks them fails here first. Citizens act by `type`, `press`, `start`, `block`; what stands on their screen is `shown`.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import web


@dataclass
class Shown:
    """One message on a citizen's screen. buttons: (label, data or url) row by row; edited: how many times."""

    id: str
    text: str
    buttons: list[list[tuple[str, str]]] = field(default_factory=list)
    menu: list[list[str]] | None = None
    edited: int = 0
    random_id: int = 0


@dataclass
class Request:
    """One call of the client under test: API method, its parameters, what we answered with (HTTP status)."""

    method: str
    params: dict[str, Any]
    status: int = 200


@dataclass
class Faults:
    """
    What goes wrong with the next sends (edits and answers included), an entry each, oldest first; empty: all is well.

    Entries: "429", "429:7" (with retry-after seconds), "500", "html" (502 with HTML), "cut-before" (connection closed,
    nothing done), "cut-after" (done, then the connection closed), "slow:SECONDS" (done, answered late), "blocked".
    outage: every call fails while set. latency_s: added to each answer.
    """

    next: deque[str] = field(default_factory=deque)
    outage: bool = False
    latency_s: float = 0.0

    def plan(self, *faults: str) -> None:
        self.next.extend(faults)

    def take(self) -> str:
        return self.next.popleft() if self.next else ""


class Emulator:
    """Base: starts the server, keeps screens per chat. `limits=False` switches rate limits off, not size limits."""

    def __init__(self, *, limits: bool = False) -> None:
        self.limits = limits
        self.faults = Faults()
        self.requests: list[Request] = []
        self.screens: dict[str, list[Shown]] = {}
        self.changed = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self.url = ""

    def application(self) -> web.Application:
        raise NotImplementedError  # each platform has its own

    async def __aenter__(self) -> Self:
        await self.listen()
        return self

    async def listen(self, port: int = 0) -> None:
        """Serve on 127.0.0.1; port 0 takes a free one. `url` tells the root."""
        self._runner = web.AppRunner(self.application(), access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        host, bound = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{bound}"

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def shown(self, chat: str) -> list[Shown]:
        """All messages on that citizen's screen, oldest first."""
        return self.screens.setdefault(chat, [])

    def note(self) -> None:
        """Wake whoever waits for a change of some screen."""
        self.changed.set()
        self.changed = asyncio.Event()

    # The citizen's hands; each emulator turns them into its platform's updates.
    def type(self, chat: str, text: str) -> None:
        raise NotImplementedError

    def press(self, chat: str, message: Shown, data: str) -> None:
        """Press the button of `message` that carries `data`."""
        raise NotImplementedError

    def start(self, chat: str, token: str = "") -> None:
        raise NotImplementedError

    def block(self, chat: str) -> None:
        raise NotImplementedError

    def unblock(self, chat: str) -> None:
        raise NotImplementedError

    def attach(self, chat: str, kind: str) -> None:
        """Send something that is no text: voice, photo, sticker, location, file, edited."""
        raise NotImplementedError

    def raw(self, update: dict[str, Any]) -> None:
        """Put any update, however broken, into the queue."""
        raise NotImplementedError
