"""
Updates waiting for the bot: getUpdates hands them out by offset, a webhook gets them posted until it says 200.

The next getUpdates with a higher offset confirms all before it; a second poller throws out the first (409); what nobody
takes is forgotten after 24 hours. Source: core.telegram.org/bots/api getUpdates, setWebhook.
"""

import asyncio
import json
import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import msgspec
from aiohttp import ClientError, ClientSession, ClientTimeout

RETENTION_S = 24 * 3600.0
FIRST_UPDATE = 100_001
LOOPBACK = ("127.0.0.1", "localhost")
UNLISTED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})  # come only if asked for


class ThrownOut(Exception):
    """Another getUpdates has begun."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One update: its number, body as JSON, and when it was issued (seconds since the epoch)."""

    number: int
    body: bytes
    issued_at: float


@dataclass
class Hook:
    """A webhook. shuffle: deliver out of order; copies: how often each update is posted, once it was taken."""

    url: str
    secret: str = ""
    connections: int = 40
    shuffle: bool = False
    copies: int = 1
    retry_s: float = 0.05
    last_error: str = ""
    last_error_at: int = 0


class Updates:
    """The queue of one bot. allowed: the remembered `allowed_updates`, empty for the default. polled: a poll waits."""

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self.waiting: deque[Waiting] = deque()
        self.issued = 0
        self.confirmed = 0
        self.expired = 0
        self.next_number = FIRST_UPDATE
        self.allowed: list[str] = []
        self.hook: Hook | None = None
        self.polled = asyncio.Event()
        self._clock = clock
        self._random = random.Random(7)
        self._come = asyncio.Event()
        self._poller: asyncio.Future[None] | None = None
        self._workers: list[asyncio.Task[None]] = []

    def put(self, update: dict[str, Any], kind: str = "") -> int:
        """Queue an update; it gets the next number unless it brings `update_id` along. Returns the queue's number."""
        if kind and (kind not in self.allowed if self.allowed else kind in UNLISTED):
            return 0
        brought = update.get("update_id")
        number = brought if type(brought) is int else self.next_number
        self.next_number = number + 1
        update = update if "update_id" in update else {"update_id": number, **update}
        try:
            body = msgspec.json.encode(update)
        except UnicodeError:
            body = json.dumps(update).encode()  # half an emoji, as an escape
        self.waiting.append(Waiting(number, body, self._clock()))
        self.issued += 1
        self._come.set()
        return number

    async def take(self, *, offset: int, limit: int, timeout_s: float) -> list[bytes]:
        """One getUpdates. Raises ThrownOut when another one begins meanwhile."""
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(None)
        mine = self._poller = asyncio.get_running_loop().create_future()
        self._forget()
        if offset < 0:
            while len(self.waiting) > -offset:
                self._confirm()
        while offset > 0 and self.waiting and self.waiting[0].number < offset:
            self._confirm()
        if not self.waiting and timeout_s > 0:
            self._come.clear()
            coming = asyncio.ensure_future(self._come.wait())
            self.polled.set()
            try:
                await asyncio.wait({coming, mine}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
            finally:
                coming.cancel()
            if mine.done():
                raise ThrownOut
        return [one.body for one in islice(self.waiting, limit)]

    def clear(self) -> None:
        self.waiting.clear()

    def deliver(self, hook: Hook | None) -> None:
        """From now on post to this webhook; None: stop posting, keep what waits."""
        self._stop()
        self.hook = hook
        if hook is not None:
            self._workers.append(asyncio.create_task(self._lanes(hook)))

    async def close(self) -> None:
        self._stop()
        await asyncio.gather(*self._workers, return_exceptions=True)

    def _stop(self) -> None:
        for worker in self._workers:
            worker.cancel()

    async def _lanes(self, hook: Hook) -> None:
        async with ClientSession(timeout=ClientTimeout(total=60)) as session, asyncio.TaskGroup() as lanes:
            for _ in range(min(hook.connections, 100)):
                lanes.create_task(self._post(hook, session))

    async def _post(self, hook: Hook, session: ClientSession) -> None:
        headers = {"Content-Type": "application/json"}
        if hook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = hook.secret
        while True:
            while not self.waiting:
                self._come.clear()
                await self._come.wait()
            if hook.shuffle:
                self.waiting.rotate(-self._random.randrange(len(self.waiting)))
            one = self.waiting.popleft()
            taken = 0
            try:
                while taken < hook.copies:
                    if await self._posted(hook, session, one.body, headers):
                        taken += 1
                    else:
                        await asyncio.sleep(hook.retry_s)
            finally:
                if taken == 0:  # stopped meanwhile: it still waits
                    self.waiting.appendleft(one)
            self.confirmed += 1

    async def _posted(self, hook: Hook, session: ClientSession, body: bytes, headers: dict[str, str]) -> bool:
        if urlsplit(hook.url).hostname not in LOOPBACK:  # nothing leaves the machine
            hook.last_error, hook.last_error_at = "Connection timed out", int(self._clock())
            return False
        try:
            async with session.post(hook.url, data=body, headers=headers, allow_redirects=False) as response:
                await response.read()
                status = response.status
        except (ClientError, OSError):
            hook.last_error, hook.last_error_at = "Connection refused", int(self._clock())
            return False
        if 200 <= status < 300:
            return True
        hook.last_error, hook.last_error_at = f"Wrong response from the webhook: {status}", int(self._clock())
        return False

    def _confirm(self) -> None:
        self.waiting.popleft()
        self.confirmed += 1

    def _forget(self) -> None:
        oldest = self._clock() - RETENTION_S
        while self.waiting and self.waiting[0].issued_at < oldest:
            self.waiting.popleft()
            self.expired += 1
