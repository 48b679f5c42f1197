"""
What the chat page asks for.

    POST /chat/session    an identity and its proof; «запомнить меня»
    POST /chat/messages   one act of the citizen: 202 once it is stored, the same id again changes nothing
    GET  /chat/feed       what the bot says, as server-sent events
    POST /chat/seen       how far the page has read
    POST /chat/end        «Завершить»: the cookie goes, the pages of the talk are closed
"""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.exceptions import ClientException, HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream

from bot.channels.web import BODY_BYTES, heard, written
from bot.clock import Clock
from bot.inbox import Inbox, arrival
from bot.web.feed import STREAM_S, Hub
from bot.web.gate import AnyRequest, Gate
from bot.web.identity import IDLE, Identity
from bot.web.seen import Seen

BODY_S = 20.0
BRIEF_S = 20.0
REFRESH = timedelta(minutes=1)
NUMBER_MAX = 2**62


class Wish(msgspec.Struct, frozen=True):
    """remember: None leaves it as it is. is_framed: the page stands in another site. is_new: not the talk so far."""

    remember: bool | None = None
    is_framed: bool = False
    is_new: bool = False


class Read(msgspec.Struct, frozen=True):
    number: int


async def body_of(request: AnyRequest) -> bytes:
    """The body, within the handler's limit (413) and BODY_S (408)."""
    try:
        async with asyncio.timeout(BODY_S):
            return await request.body()
    except TimeoutError:
        raise HTTPException("slow", status_code=408) from None


def _decoded(body: bytes, shape: type[Any]) -> Any:
    try:
        return msgspec.json.decode(body or b"{}", type=shape)
    except (msgspec.MsgspecError, RecursionError):
        raise ClientException("wrong") from None


def _answer(content: dict[str, Any], status: int = 200, cookie: Cookie | None = None) -> Response[dict[str, Any]]:
    return Response(content, status_code=status, cookies=[cookie] if cookie else None)


def chat_routes(
    inbox: Inbox, clock: Clock, gate: Gate, hub: Hub, seen: Seen, *, is_embeddable: bool
) -> list[HTTPRouteHandler]:
    """The handlers of the chat. is_embeddable: framed pages may have an identity."""
    identities, rates = gate.identities, gate.rates

    def refreshed(identity: Identity) -> Cookie | None:
        """The cookie lives on with each act."""
        now = clock.now()
        is_due = identity.guise == "cookie" and now - identity.acted_at >= REFRESH
        return identities.cookie(identity, now) if is_due else None

    @post("/chat/session", status_code=200, request_max_body_size=BODY_BYTES)
    async def session(request: AnyRequest) -> Response[dict[str, Any]]:
        gate.own_page(request)
        gate.spare(rates.sessions, gate.household(request))
        wish: Wish = _decoded(await body_of(request), Wish)
        now = clock.now()
        if wish.is_framed:
            if not is_embeddable:
                raise ClientException("wrong")
            return _answer({"token": identities.fresh("bearer", now).token})
        identity = gate.known(request)
        if identity is None or identity.guise != "cookie" or wish.is_new:
            identity = identities.fresh("cookie", now)
        if wish.remember is not None:
            identity = replace(identity, is_remembered=wish.remember)
        content = {"proof": identities.proof(identity), "isRemembered": identity.is_remembered}
        return _answer(content, cookie=identities.cookie(identity, now))

    @post("/chat/messages", status_code=202, request_max_body_size=BODY_BYTES)
    async def messages(request: AnyRequest) -> Response[dict[str, Any]]:
        identity = gate.actor(request)
        gate.spare(rates.messages, gate.household(request))
        gate.spare(rates.identity, identity.chat)
        try:
            act = written(await body_of(request))
            row = arrival(heard(identity.chat, act))
        except ValueError:
            raise ClientException("wrong") from None
        await inbox.store([row])
        await hub.accepted(identity.chat)
        return _answer({"id": act.id}, 202, refreshed(identity))

    @get("/chat/feed")
    async def feed(request: AnyRequest) -> Stream:
        identity = gate.reader(request)
        gate.spare(rates.streams, gate.household(request))
        if hub.is_full:
            raise HTTPException("later", status_code=503, headers={"Retry-After": "5"})
        given = request.headers.get("last-event-id") or request.query_params.get("after") or "0"
        if not given.isascii() or not given.isdigit() or int(given[:20]) > NUMBER_MAX:
            raise ClientException("wrong")
        after = int(given)
        seen.note(identity.chat, after)
        is_brief = request.query_params.get("brief") == "1"
        hold_s = BRIEF_S if is_brief else STREAM_S
        if identity.guise == "cookie" and not identity.is_remembered:
            hold_s = min(hold_s, (identity.acted_at + IDLE - clock.now()).total_seconds())
        events = hub.events(identity.chat, after=after, is_fresh=not after, hold_s=hold_s, brief=is_brief)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return Stream(events, media_type="text/event-stream", headers=headers)

    @post("/chat/seen", status_code=202, request_max_body_size=BODY_BYTES)
    async def read(request: AnyRequest) -> Response[dict[str, Any]]:
        identity = gate.actor(request)
        number: int = _decoded(await body_of(request), Read).number
        if not 0 <= number <= NUMBER_MAX:
            raise ClientException("wrong")
        seen.note(identity.chat, number)
        return _answer({}, 202)

    @post("/chat/end", status_code=200, request_max_body_size=BODY_BYTES)
    async def end(request: AnyRequest) -> Response[dict[str, Any]]:
        gate.own_page(request)
        identity = gate.known(request)
        if identity is not None:
            hub.end(identity.chat)
        return _answer({}, cookie=identities.no_cookie())

    return [session, messages, feed, read, end]
