"""
For machines that watch: /healthz (the process lives), /readyz (it can serve), /metrics.

    /readyz -> {"status": "ok" | "degraded" | "down", "database": "ok", "content": "<fingerprint>",
                "channels": {"vk": "ok" | why not}}

503 only while nothing can be accepted: without database or content, or when every channel is down and there is no web
chat. A messenger that is away is no reason to restart us or to take the others off the air: it is told in the body,
by a metric and by an alarm.
"""

import asyncio
import hmac
from collections.abc import Callable, Mapping
from typing import Any

from litestar import Response, get
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import HTTPRouteHandler
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.channels.port import Presence
from bot.texts.schema import Content
from bot.web.address import Addresses
from bot.web.gate import AnyRequest
from storage.database import Database
from storage.errors import StorageError

DATABASE_S = 2.0
FINGERPRINT_CHARS = 12


def status_routes(
    database: Database,
    content: Callable[[], Content],
    presences: Callable[[], Mapping[str, Presence]],
    addresses: Addresses,
    metrics_token: str,
    *,
    has_chat: bool,
) -> list[HTTPRouteHandler]:
    """
    metrics_token: opens /metrics from anywhere; without it only this machine itself may read them. has_chat: this
    process serves the web chat.
    """

    @get("/healthz")
    async def healthz() -> Response[dict[str, str]]:
        return Response({"status": "ok"})

    @get("/readyz")
    async def readyz() -> Response[dict[str, Any]]:
        has_database = await _answers(database)
        try:
            edition = content().fingerprint[:FINGERPRINT_CHARS]
        except Exception:  # whatever keeps the edition away, the answer is "not ready"
            edition = ""
        channels = {name: "ok" if one.is_up else one.why or "down" for name, one in presences().items()}
        up = [name for name, state in channels.items() if state == "ok"]
        is_ready = has_database and bool(edition) and (has_chat or bool(up) or not channels)
        status = "down" if not is_ready else "degraded" if len(up) < len(channels) else "ok"
        found = {
            "status": status,
            "database": "ok" if has_database else "down",
            "content": edition or "none",
            "channels": channels,
        }
        return Response(found, status_code=200 if is_ready else 503)

    @get("/metrics")
    async def metrics(request: AnyRequest) -> Response[bytes]:
        peer = request.client.host if request.client else ""
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        has_token = bool(metrics_token) and hmac.compare_digest(
            given.encode("utf-8", "replace"), metrics_token.encode()
        )
        if not has_token and not addresses.is_loopback(peer, request.headers):
            raise PermissionDeniedException("token")
        return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [healthz, readyz, metrics]


async def _answers(database: Database) -> bool:
    try:
        async with asyncio.timeout(DATABASE_S), database.read() as tx:
            await tx.inbox.count_parked()
    except (StorageError, TimeoutError):
        return False
    return True
