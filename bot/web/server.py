"""
The HTTP server around the application: uvicorn, tuned for a process that may stand bare on a port.

A reverse proxy (deploy/nginx.conf) belongs in front in production: TLS, slow clients, many connections. Without one the
server still holds: it takes `limit_concurrency` connections (503 above), and drops whose headers take over HEADERS_S.
"""

import asyncio
import contextlib
import resource
from collections.abc import Callable, Generator
from typing import Any

import uvicorn
from litestar import Litestar
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADERS_S = 15.0
KEEP_ALIVE_S = 30
GRACEFUL_S = 3
CONNECTIONS = 2000
BACKLOG = 512
FILES_LEFT = 200  # of the process's open files, for the database and the platforms


class PatientProtocol(HttpToolsProtocol):
    """HTTP/1.1 whose requests must have all their headers within HEADERS_S of the first byte, or of the connection."""

    headers_s = HEADERS_S
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        self._start()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._start()

    def on_headers_complete(self) -> None:
        self._cancel()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel()
        super().connection_lost(exc)

    def _start(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.headers_s, self.transport.abort)

    def _cancel(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class Server(uvicorn.Server):
    """
    before_stop: called before open connections are waited for, so that endless answers end by themselves.

    Signals are left to whoever runs the process: set `should_exit`.
    """

    def __init__(self, config: uvicorn.Config, before_stop: Callable[[], None]) -> None:
        super().__init__(config)
        self._before_stop = before_stop

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    async def shutdown(self, sockets: Any = None) -> None:
        self._before_stop()
        await super().shutdown(sockets)


def server(
    app: Litestar,
    host: str,
    port: int,
    *,
    limit_concurrency: int | None = None,
    graceful_s: int = GRACEFUL_S,
    headers_s: float = HEADERS_S,
) -> Server:
    """
    A server to be run with `await server(...).serve()` and stopped with `should_exit = True`.

    port: 0 takes a free one. limit_concurrency: connections, open pages among them; None: CONNECTIONS, or fewer where
    the process may open few files. Answers under way are waited for graceful_s at most; open pages are told to connect
    anew at once.
    """
    protocol = type("Protocol", (PatientProtocol,), {"headers_s": headers_s})
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=protocol,
        ws="none",
        lifespan="on",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        limit_concurrency=limit_concurrency or _affordable(),
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=graceful_s,
    )
    return Server(config, app.state.before_stop)


def _affordable() -> int:
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return CONNECTIONS if files == resource.RLIM_INFINITY else max(min(CONNECTIONS, files - FILES_LEFT), 50)
