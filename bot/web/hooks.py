"""
Webhooks of the platforms: `received` is said only once the updates are stored.

    403 forged, nothing touched | 413 over BODY_BYTES | 400 no JSON object | 503 the database is away, sent again later
    200 stored, among it what nobody could read: a platform repeats every other answer for hours
"""

from collections.abc import Mapping

import structlog
from litestar import Response, post
from litestar.exceptions import ClientException, NotFoundException, PermissionDeniedException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from prometheus_client import Counter

from bot.channels.port import Channel, Forged
from bot.delivery.acknowledger import Acknowledger
from bot.inbox import Inbox
from bot.web.chat import body_of
from bot.web.gate import AnyRequest

BODY_BYTES = 1024 * 1024

CALLS = Counter("bot_webhook_calls_total", "Webhook calls by outcome", ["channel", "outcome"])

log = structlog.get_logger()


class Hooks:
    """The webhooks of these channels. `close` drops acknowledgements under way."""

    def __init__(self, channels: Mapping[str, Channel], inbox: Inbox) -> None:
        self._channels = channels
        self._inbox = inbox
        self._acknowledgers = {name: Acknowledger(channel) for name, channel in channels.items()}

    def routes(self) -> list[HTTPRouteHandler]:
        @post("/hooks/{name:str}", status_code=200, request_max_body_size=BODY_BYTES)
        async def hook(request: AnyRequest, name: FromPath[str]) -> Response[str]:
            channel = self._channels.get(name)
            if channel is None:
                raise NotFoundException("no such hook")
            body = await body_of(request)
            try:
                delivery = channel.webhook({key.lower(): value for key, value in request.headers.items()}, body)
            except Forged:
                CALLS.labels(name, "forged").inc()
                raise PermissionDeniedException("forged") from None
            except (ValueError, RecursionError):
                CALLS.labels(name, "broken").inc()
                raise ClientException("no JSON object") from None
            heard = await self._inbox.take(channel, delivery.updates)
            CALLS.labels(name, "stored").inc()
            self._acknowledgers[name].soon(heard)
            return Response(delivery.reply, media_type="text/plain")

        return [hook]

    async def close(self) -> None:
        for acknowledger in self._acknowledgers.values():
            await acknowledger.close()
