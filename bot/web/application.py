"""
The one ASGI application: chat page and its API, embedding, console, webhooks, health, metrics.

    make_application(WebParts(...)) -> Litestar      its lifespan runs the feed
    server(app, host, port).serve()                  bot/web/server.py
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from litestar import Litestar, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException

from bot.channels.port import Channel, Presence
from bot.channels.web import BODY_BYTES
from bot.clock import Clock
from bot.engine.turn import Policy
from bot.inbox import Inbox
from bot.telemetry import alarm
from bot.texts.schema import Content
from bot.web.address import Addresses
from bot.web.assets import asset_routes, load_assets
from bot.web.calendar import calendar_route
from bot.web.chat import chat_routes
from bot.web.console.desk import Desk, DeskParts
from bot.web.console.nouns import NOUNS, console_routes
from bot.web.console.visit import ROOT
from bot.web.data import data_route
from bot.web.feed import Hub
from bot.web.gate import AnyRequest, Gate
from bot.web.headers import SafeHeaders, page_policy
from bot.web.hooks import Hooks
from bot.web.identity import Identities
from bot.web.limits import Rates, rates
from bot.web.page import Pages
from bot.web.printables import Printables
from bot.web.seen import Seen
from bot.web.status import status_routes
from storage.database import Database
from storage.errors import Unavailable


@dataclass(frozen=True, slots=True)
class WebParts:
    """
    What the application is made of.

    content: the edition in force. since: when it was accepted, None when nobody knows. channels: those that take
    webhooks, by name. presences: how the channels of this process stand, for /readyz. public_url: of this installation,
    empty without one; https makes cookies Secure. embed_origins: sites that may frame the chat. trusted_proxies:
    addresses or networks whose X-Forwarded-For counts. policy: of the web chat; "off" leaves webhooks, health and
    metrics. rates: limits of the chat. desk: what the console needs besides; None: this process shows none.
    """

    database: Database
    inbox: Inbox
    clock: Clock
    content: Callable[[], Content]
    since: Callable[[], datetime | None] = lambda: None
    channels: Mapping[str, Channel] = field(default_factory=dict)
    presences: Callable[[], Mapping[str, Presence]] = dict
    public_url: str = ""
    embed_origins: Sequence[str] = ()
    trusted_proxies: Sequence[str] = ()
    metrics_token: str = ""
    policy: Policy | Literal["off"] = "full"
    rates: Rates = field(default_factory=rates)
    desk: DeskParts | None = None


def make_application(parts: WebParts) -> Litestar:
    """
    The application.

    `state.before_stop` must be called when the process stops: it lets open pages go. Raises ValueError for an embed
    origin or a proxy that is none.
    """
    page_policy(parts.embed_origins)
    addresses = Addresses(parts.trusted_proxies)
    identities = Identities(parts.database.cipher, parts.public_url)
    gate = Gate(identities, addresses, parts.rates, parts.clock)
    hub, seen = Hub(parts.database, parts.clock), Seen(parts.database, parts.clock)
    hooks = Hooks(parts.channels, parts.inbox)
    handlers = [
        *status_routes(
            parts.database,
            parts.content,
            parts.presences,
            addresses,
            parts.metrics_token,
            has_chat=parts.policy != "off",
        ),
        *hooks.routes(),
        calendar_route(parts.database, parts.clock, parts.content, gate),
    ]
    has_chat = parts.policy != "off"
    assets = load_assets() if has_chat or parts.desk else {}
    handlers += asset_routes(assets) if assets else []
    desk: Desk | None = None
    if parts.desk is not None:
        desk = Desk(parts.database, parts.clock, parts.content, parts.desk, assets, addresses, identities, NOUNS)
        handlers += console_routes(desk)
    if has_chat:
        handlers += Pages(parts.content, parts.clock, gate, assets, parts.embed_origins).routes()
        handlers += Printables(parts.content, parts.clock, assets, parts.since).routes()
        handlers += chat_routes(parts.inbox, parts.clock, gate, hub, seen, is_embeddable=bool(parts.embed_origins))
        handlers.append(data_route(parts.database, parts.clock, parts.content, gate))

    def refused(request: AnyRequest, error: HTTPException) -> Response[Any]:
        is_desk = desk is not None and f"{request.scope['path']}/".startswith(f"{ROOT}/")
        return desk.refused(error) if desk is not None and is_desk else _refused(request, error)

    @asynccontextmanager
    async def running(_: Litestar) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(hub.run()), asyncio.create_task(seen.run())]
        try:
            yield
        finally:
            hub.close()
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            await seen.flush()
            await hooks.close()

    return Litestar(
        route_handlers=handlers,
        lifespan=[running],
        state=State({"before_stop": hub.close, "desk": desk}),
        before_send=[SafeHeaders(is_https=parts.public_url.startswith("https://"))],
        exception_handlers={HTTPException: refused, Unavailable: _unavailable, Exception: _failed},
        openapi_config=None,
        logging_config=None,
        request_max_body_size=BODY_BYTES,
        debug=False,
    )


def _refused(_: AnyRequest, error: HTTPException) -> Response[dict[str, Any]]:
    return Response({"error": error.detail}, status_code=error.status_code, headers=error.headers)


def _unavailable(_: AnyRequest, __: Unavailable) -> Response[dict[str, Any]]:
    return Response({"error": "later"}, status_code=503, headers={"Retry-After": "2"})


def _failed(request: AnyRequest, error: Exception) -> Response[dict[str, Any]]:
    """The class of the error and the route only: the error's text and the address may hold somebody's words."""
    alarm("request_failed", path=request.scope.get("path_template", ""), error=type(error).__name__)
    return Response({"error": "failed"}, status_code=500)
