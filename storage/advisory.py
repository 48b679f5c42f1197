"""A PostgreSQL session advisory lock on a connection of its own: it goes when the connection goes."""

import asyncio
from contextlib import suppress
from hashlib import sha256
from typing import Any

from storage.postgreslink import BROKEN, connect, translated

HEARTBEAT_S = 5.0  # a dead network is noticed within twice this; the server notices later (KEEPALIVE of connect)


def key_of(name: str) -> int:
    """The lock's number: advisory locks are named by a signed 64-bit number, one space per database."""
    return int.from_bytes(sha256(f"czn-bot {name}".encode()).digest()[:8], signed=True)


class AdvisoryLock:
    """storage.locks.Lock in PostgreSQL."""

    def __init__(self, url: str, name: str) -> None:
        self.lost = asyncio.Event()
        self._url = url
        self._key = key_of(name)
        self._connection: Any = None
        self._pulse: asyncio.Task[None] | None = None

    async def take(self, *, shared: bool) -> bool:
        await self.release()
        connection = await connect(self._url, "lock")
        function = "pg_try_advisory_lock_shared" if shared else "pg_try_advisory_lock"
        try:
            with translated():
                is_taken: bool = await connection.fetchval(f"SELECT {function}($1)", self._key)
        except BaseException:
            connection.terminate()
            raise
        if not is_taken:
            await connection.close()
            return False
        self._connection = connection
        self.lost.clear()
        connection.add_termination_listener(self._ended)
        if connection.is_closed():
            self.lost.set()
        self._pulse = asyncio.create_task(self._beat(connection))
        return True

    def _ended(self, connection: Any) -> None:
        if connection is self._connection:
            self.lost.set()

    async def _beat(self, connection: Any) -> None:
        with suppress(*BROKEN):  # TimeoutError is an OSError
            while True:
                await asyncio.sleep(HEARTBEAT_S)
                await connection.execute("SELECT 1", timeout=HEARTBEAT_S)
        self.lost.set()
        connection.terminate()

    async def release(self) -> None:
        connection, self._connection = self._connection, None
        pulse, self._pulse = self._pulse, None
        if pulse is not None:
            pulse.cancel()
            with suppress(asyncio.CancelledError):
                await pulse
        if connection is not None and not connection.is_closed():
            try:
                await connection.close(timeout=HEARTBEAT_S)
            except BROKEN:
                connection.terminate()
