"""PostgreSQL under faults: what a killed process left there, and a gate before it that can be shut."""

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

import asyncpg

from tests.faults.waiting import until

PORT = 5432


async def let_go(url: str, seconds: float = 15.0) -> None:
    """
    Call it after a kill: returns when the server has finished what it was doing at that moment.

    A COMMIT under way may take effect until then.
    """
    connection = await asyncpg.connect(url)
    busy = (
        "SELECT pid, state_change FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
    )
    try:
        then = {tuple(row) for row in await connection.fetch(busy)}

        async def are_over() -> bool:
            return not then & {tuple(row) for row in await connection.fetch(busy)}

        await until(are_over, seconds, "the server finishes what a killed process began")
    finally:
        await connection.close()


class Gate:
    """
    A way to the server on a port of its own. Shut: nobody gets in, who was inside is thrown out, as by a stop.

    `url` leads through it to the database of the url given.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        asked = parse_qs(parts.query)
        self._host = parts.hostname or asked.get("host", ["127.0.0.1"])[0]
        self._port = parts.port or int(asked.get("port", [str(PORT)])[0])
        self._user = f"{parts.username}:{parts.password}" if parts.password else str(parts.username or "postgres")
        self._name = parts.path.strip("/")
        self._server: asyncio.Server | None = None
        self._own_port = 0
        self._inside: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        return f"postgresql://{self._user}@127.0.0.1:{self._own_port}/{self._name}"

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.shut()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", self._own_port)
        self._own_port = self._server.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        self.cut()

    def cut(self) -> None:
        """Throw out who is inside; the gate stays as it is."""
        for writer in list(self._inside):
            writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._inside.add(writer)  # before anything is waited for: whoever shuts the gate must see it
        try:
            far_reader, far = await self._knock()
        except OSError:
            writer.transport.abort()
            self._inside.discard(writer)
            return
        self._inside.add(far)
        if writer.transport.is_closing():
            far.transport.abort()
        try:
            await asyncio.gather(_copy(reader, far), _copy(far_reader, writer))
        finally:
            self._inside -= {writer, far}

    async def _knock(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._host.startswith("/"):
            return await asyncio.open_unix_connection(f"{self._host}/.s.PGSQL.{self._port}")
        return await asyncio.open_connection(self._host, self._port)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.transport.abort()
