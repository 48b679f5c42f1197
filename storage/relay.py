"""
Wake-up hints between processes: one PostgreSQL connection that listens and tells, and comes back when it breaks.

NOTIFY inside a transaction would take a lock of the whole cluster at every commit, so it is sent just after, from
here; rings that come while one is on its way leave as one.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from uuid import uuid4

from storage.errors import StorageError
from storage.postgreslink import BROKEN, connect
from storage.wakes import Bell

CHANNEL = "czn_bot"
_PAUSE_S, _PAUSE_MAX_S = 0.1, 5.0
_ALIVE_S = 15.0


class Relay:
    def __init__(self, url: str, bell: Bell) -> None:
        self._url = url
        self._bell = bell
        self._me = uuid4().hex
        self._outgoing: set[str] = set()
        self._stir = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Connect when first needed: `migrate` or `backup` never are."""
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    def send(self, topics: Iterable[str]) -> None:
        """Tell the other processes; this one's ears are rung by the caller."""
        self.start()
        self._outgoing.update(topics)
        self._stir.set()

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        pause = _PAUSE_S
        while True:
            with suppress(StorageError, *BROKEN):
                connection = await connect(self._url, "wakes")
                try:
                    connection.add_termination_listener(lambda _: self._stir.set())
                    await connection.add_listener(CHANNEL, self._heard)
                    self._bell.ring_all()  # what rang while nobody listened
                    pause = _PAUSE_S
                    await self._pass_on(connection)
                finally:
                    connection.terminate()
            await asyncio.sleep(pause)
            pause = min(pause * 2, _PAUSE_MAX_S)

    async def _pass_on(self, connection: Any) -> None:
        while not connection.is_closed():
            with suppress(TimeoutError):
                async with asyncio.timeout(_ALIVE_S):
                    await self._stir.wait()
            self._stir.clear()
            topics, self._outgoing = self._outgoing, set()
            if topics:
                await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, " ".join([self._me, *topics]))
            else:
                await connection.execute("SELECT 1")

    def _heard(self, _connection: Any, _process: int, _channel: str, payload: object) -> None:
        sender, *topics = str(payload).split()
        if sender != self._me:
            self._bell.ring(topics)
