"""
MAX on 127.0.0.1: one bot's API, long polling and webhooks, and the citizens who write to it.

Documented limits and errors of dev.max.ru and the official schema 0.0.33; what they leave open (marked "unconfirmed")
is as seen in public code, or the harder of two readings. A send also knows the faults
"answer:STATUS:CODE:MESSAGE" (any refusal, or success: false with 200) and "page:STATUS" (HTML of a proxy).

Alone: python -m tests.platforms.max --port 8092 [--limits]; what /control does is listed in max_control.py.
"""

import asyncio
import json
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Any

from aiohttp import web

from tests.platforms.emulator import Request, Shown
from tests.platforms.max_people import BOT, DIALOG, MaxPeople, Message
from tests.platforms.max_rules import Window, body_fault
from tests.platforms.max_schema import MaxSchema

SCHEMA_FOLDERS = ("PLATFORM_SCHEMAS",)
BATCH = 100
LONGEST_WAIT_S = 30
RETENTION_S = 24 * 3600
SCREEN = 50  # messages kept per citizen when running alone
SENDS = frozenset({"POST /messages", "PUT /messages", "POST /answers", "DELETE /messages"})
CALLS = SENDS | {"GET /me", "PATCH /me/commands", "GET /updates"}
CALLS |= {"GET /subscriptions", "POST /subscriptions", "DELETE /subscriptions"}


class Refusal(Exception):
    """An answer in the platform's words."""

    def __init__(self, status: int, code: str, message: str, after: str = "") -> None:
        super().__init__(code)
        self.status = status
        self.after = after
        self.body = {"code": code, "message": message} | ({"success": False} if status == 200 else {})


@dataclass
class _Rates:
    """Sliding windows, dev.max.ru: requests of the bot, messages and answers of one dialog, polls."""

    bot: Window
    polls: Window = field(default_factory=lambda: Window(2, gap_s=0.3))
    messages: defaultdict[str, Window] = field(default_factory=lambda: defaultdict(lambda: Window(2)))
    answers: defaultdict[str, Window] = field(default_factory=lambda: defaultdict(lambda: Window(2)))


class MaxEmulator(MaxPeople):
    """
    token: the only one taken, "" takes any. only_known: a citizen who never pressed Start can't be written to.
    per_second: requests of the bot with limits on (documented 30, 10 seen).

    violations: what requests broke of the official schema, when the environment names its folder. too_old: ids of
    messages that can't be edited any more. clock: of the rate limits, seconds; tests may stop it.
    """

    def __init__(
        self, *, limits: bool = False, token: str = "", only_known: bool = False, per_second: int = 30
    ) -> None:
        super().__init__(limits=limits)
        self.token = token
        self.only_known = only_known
        self.violations: list[str] = []
        self.clock: Callable[[], float] = monotonic
        self.too_old: set[str] = set()
        self.undeletable: set[str] = set()
        self.commands: list[dict[str, Any]] = []
        self.actions: Counter[str] = Counter()
        self.accepted = self.edited = 0
        self.refused: Counter[int] = Counter()
        self._rates = _Rates(Window(per_second))
        self._schema = schema_from_environment()

    # Over HTTP

    def application(self) -> web.Application:
        from tests.platforms.max_control import routes

        app = web.Application(client_max_size=4 * 1024 * 1024)
        app.router.add_routes(routes(self))
        app.router.add_route("*", "/{call:.*}", self._handle)
        return app

    async def __aexit__(self, *error: Any) -> None:
        for delivery in self._deliveries:
            await delivery.close()
        await super().__aexit__(*error)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        call, query, chat_id = f"{request.method} {request.path}", dict(request.query), ""
        if request.path.startswith("/chats/") and request.path.endswith("/actions"):
            chat_id = request.path.split("/")[2]
            call = f"{request.method} /chats/{{chatId}}/actions"
        noted = Request(call, query)
        if self.records:
            self.requests.append(noted)
        fault = "outage" if self.faults.outage else self.faults.take() if call in SENDS else ""
        kind, _, extent = fault.partition(":")
        try:
            if kind == "cut-before":
                return _cut(request)
            if kind in ("html", "page"):
                noted.status = int(extent or 502)
                return web.Response(status=noted.status, text="<html><h1>Sorry</h1></html>", content_type="text/html")
            _planned(kind, extent)
            body = self._body(await request.read())
            if self.records and isinstance(body, dict):
                noted.params = query | body
            self._admit(request, call, query)
            self._validate(call, query, body)
            if call == "GET /updates":
                payload = await self._poll(query)
            elif chat_id:
                payload = self._act(chat_id, body)
            else:
                payload = _json(self._METHODS[call](self, query, body if isinstance(body, dict) else {}))
        except Refusal as refusal:
            noted.status = refusal.status
            self.refused[refusal.status] += 1
            headers = {"Retry-After": refusal.after} if refusal.after else None
            return web.Response(
                status=refusal.status, body=_json(refusal.body), content_type="application/json", headers=headers
            )
        if kind == "cut-after":
            return _cut(request)
        if wait_s := (float(extent) if kind == "slow" else 0.0) + self.faults.latency_s:
            await asyncio.sleep(wait_s)
        return web.Response(body=payload, content_type="application/json")

    @staticmethod
    def _body(raw: bytes) -> object:
        if not raw:
            return None
        try:
            return json.loads(raw)
        except ValueError:
            raise Refusal(400, "proto.payload", "Can't deserialize body") from None

    def _admit(self, request: web.Request, call: str, query: Mapping[str, str]) -> None:
        if "access_token" in query:
            raise Refusal(403, "deprecated.token", "Token in the query is not supported, use the Authorization header")
        given = request.headers.get("Authorization", "")
        if not given or " " in given or (self.token and given != self.token):
            raise Refusal(401, "verify.token", "Invalid access_token")
        if call not in CALLS and call != "POST /chats/{chatId}/actions":
            self.violations.append(f"{call}: not a call of the bot")
            if any(known.endswith(" " + request.path) for known in CALLS):
                raise Refusal(405, "method.not.allowed", "Method is not allowed")
            raise Refusal(404, "not.found", "Requested resource is not found")
        if self.limits and not self._rates.bot.takes(self.clock()):
            raise Refusal(429, "too.many.requests", "Limit is: 30 calls per second")

    def _validate(self, call: str, query: Mapping[str, str], body: object) -> None:
        if self._schema is None:
            return
        method, path = call.split(" ")
        if faults := self._schema.request_faults(method, path, query, body, has_body=body is not None):
            self.violations += faults
            raise Refusal(400, "proto.payload", faults[0][:200])

    async def _poll(self, query: Mapping[str, str]) -> bytes:
        """Updates from `marker` on; sending it commits those before. The next marker is one past the last looked at."""
        if self.hooks:
            raise Refusal(
                405, "method.not.allowed", "Bot has a webhook subscription"
            )  # unconfirmed: may be empty instead
        if self.limits and not self._rates.polls.takes(self.clock()):
            raise Refusal(429, "too.many.requests", "Limit is: 2 polls per second")
        limit, wait_s = _number(query, "limit", 1, 1000, 100), _number(query, "timeout", 0, 90, 30)
        marker = _number(query, "marker", -(2**63), 2**63 - 1, 0) if "marker" in query else None
        types = query["types"].split(",") if query.get("types") else ()
        while self._queue and marker is not None and self._queue[0].number < marker:
            self._queue.popleft()
            self.confirmed += 1
        until = monotonic() + min(wait_s, LONGEST_WAIT_S)
        while True:
            while self._queue and self._queue[0].at < monotonic() - RETENTION_S:
                self._queue.popleft()
            seen = list(islice(self._queue, min(limit, BATCH)))
            page = [queued.body for queued in seen if not types or queued.kind in types or queued.kind == "None"]
            if page or (left_s := until - monotonic()) <= 0 or self.hooks or self.faults.outage:
                break
            if seen:  # only types nobody asked for: pass them by
                for _ in seen:
                    self._queue.popleft()
                continue
            self._more.clear()
            try:
                async with asyncio.timeout(left_s):
                    await self._more.wait()
            except TimeoutError:
                continue
        following = seen[-1].number + 1 if seen else marker
        return b'{"updates":[' + b",".join(page) + b'],"marker":' + _json(following) + b"}"

    # Methods: query and body in, answer out

    def _me(self, query: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
        return {**BOT, "commands": self.commands}

    def _set_commands(self, query: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
        commands = body.get("commands")
        if not isinstance(commands, list) or len(commands) > 32:
            raise Refusal(400, "proto.payload", "Field 'commands' must be at most 32")
        self.commands = commands
        return {"commands": commands}

    def _subscriptions(self, query: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
        listed = [
            {"url": url, "time": 1775026671403, "update_types": list(one.hook.types) or None}
            for url, one in self.hooks.items()
        ]
        return {"subscriptions": listed}

    def _subscribe(self, query: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
        """https without a port; beside that plain http to loopback, which the platform would never take."""
        url, secret = str(body.get("url", "")), str(body.get("secret", ""))
        host = url.split("/")[2] if url.count("/") > 2 else ""
        is_public = url.startswith("https://") and ":" not in host
        if not is_public and not url.startswith("http://127.0.0.1:"):
            raise Refusal(400, "proto.payload", "Subscription url must be https without a port")
        if secret and not (5 <= len(secret) <= 256 and secret.replace("-", "").replace("_", "").isalnum()):
            raise Refusal(400, "proto.payload", "Field 'secret' is wrong")
        self.deliver_to(url, secret, types=tuple(body.get("update_types") or ()))
        return {"success": True}

    def _unsubscribe(self, query: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
        if self.hooks.pop(query.get("url", ""), None) is None:
            return {"success": False, "message": "No such subscription"}
        return {"success": True}

    def _send(self, query: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
        if ("user_id" in query) == ("chat_id" in query):
            raise Refusal(400, "proto.payload", "One of user_id and chat_id required")
        person = _number(query, "user_id", 1, 2**63 - 1, 0)
        group = _number(query, "chat_id", -(2**63), 2**63 - 1, 0)
        chat = str(person or (group if group < 0 else group - DIALOG))
        if fault := body_fault(body):
            raise Refusal(400, "proto.payload", fault)
        self._reachable(chat)
        if self.limits and not self._rates.messages[chat].takes(self.clock()):
            raise Refusal(429, "too.many.requests", "Limit is: 2 messages per second in one dialog")
        shown = Shown("", "")
        mid = self._keep(chat, {}, shown)
        self.screens.setdefault(chat, []).append(shown)
        if not self.records and len(self.screens[chat]) > SCREEN:
            self._messages.pop(self.screens[chat].pop(0).id)
        self.accepted += 1
        self.sent[chat].append(body.get("text") or "")
        self._show(self._messages[mid], body)
        return {"message": self._whole(mid, BOT)}

    def _edit(self, query: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
        kept = self._messages.get(query.get("message_id", ""))
        if kept is None or kept.is_deleted:
            raise Refusal(404, "not.found", "Message not found")
        if kept.shown is None:
            raise Refusal(403, "access.denied", "Not a message of the bot")
        if fault := body_fault(body):
            raise Refusal(400, "proto.payload", fault)
        self._reachable(kept.chat)
        if kept.shown.id in self.too_old:
            return {"success": False, "message": "Message can't be edited"}
        self.edited += 1
        kept.shown.edited += 1
        self._show(kept, body)
        return {"success": True}

    def _delete(self, query: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
        kept = self._messages.get(query.get("message_id", ""))
        if kept is None or kept.is_deleted:
            raise Refusal(404, "not.found", "Message not found")
        self._reachable(kept.chat)
        if kept.shown is None or kept.shown.id in self.too_old | self.undeletable:
            return {"success": False, "message": "Message can't be deleted"}
        kept.is_deleted = True
        self.screens[kept.chat].remove(kept.shown)
        self.note()
        return {"success": True}

    def _answer(self, query: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
        message = body.get("message")
        if not message and not body.get("notification"):
            raise Refusal(400, "proto.payload", "`message` or `notification` required")
        mid = query.get("callback_id", "").removeprefix("cb.")
        kept = self._messages.get(mid)
        if kept is None or kept.is_deleted:
            raise Refusal(404, "not.found", "Callback not found")
        if self.limits and not self._rates.answers[kept.chat].takes(self.clock()):
            raise Refusal(429, "too.many.requests", "Limit is: 2 answers per second in one dialog")
        return self._edit({"message_id": mid}, message) if message else {"success": True}

    def _act(self, chat_id: str, body: object) -> bytes:
        self.actions[chat_id] += 1
        return _json({"success": isinstance(body, dict)})

    def _reachable(self, chat: str) -> None:
        if chat in self.blocked:
            raise Refusal(403, "chat.denied", "error.dialog.suspended")
        if self.only_known and chat not in self.known:
            raise Refusal(403, "error.dialog.notfound", "error.dialog.notfound")  # unconfirmed: 403 or 404

    def _show(self, kept: Message, body: Mapping[str, Any]) -> None:
        """Text null keeps the old one; attachments null keep, an empty list removes."""
        shown = kept.shown
        assert shown is not None
        if body.get("text") is not None:
            shown.text = kept.body["text"] = body["text"]
        attachments = body.get("attachments")
        if attachments is not None:
            rows = [row for one in attachments if one["type"] == "inline_keyboard" for row in one["payload"]["buttons"]]
            shown.buttons = [[(key["text"], key.get("url", key.get("payload", ""))) for key in row] for row in rows]
            kept.body["attachments"] = attachments
        self.replied_at[kept.chat].append(monotonic())
        self.note()

    _METHODS: dict[str, Callable[["MaxEmulator", Mapping[str, str], dict[str, Any]], dict[str, Any]]] = {
        "GET /me": _me,
        "PATCH /me/commands": _set_commands,
        "GET /subscriptions": _subscriptions,
        "POST /subscriptions": _subscribe,
        "DELETE /subscriptions": _unsubscribe,
        "POST /messages": _send,
        "PUT /messages": _edit,
        "DELETE /messages": _delete,
        "POST /answers": _answer,
    }


def schema_from_environment() -> MaxSchema | None:
    """The official contract, when the environment names the folder of `max-schema.yaml`."""
    folder = next((os.environ[name] for name in SCHEMA_FOLDERS if os.environ.get(name)), "")
    return _schema_of(folder) if folder and Path(folder, "max-schema.yaml").exists() else None


@cache
def _schema_of(folder: str) -> MaxSchema:
    return MaxSchema(folder)


def _planned(kind: str, extent: str) -> None:
    if kind == "outage":
        raise Refusal(503, "service.unavailable", "Service unavailable")
    if kind == "429":
        raise Refusal(429, "too.many.requests", "Limit is: 10 calls per second", after=extent)
    if kind == "500":
        raise Refusal(500, "internal.error", "Internal error")
    if kind == "blocked":
        raise Refusal(403, "chat.denied", "error.dialog.suspended")
    if kind == "answer":  # "answer:STATUS:CODE:MESSAGE", any refusal
        status, code, message = extent.split(":", 2)
        raise Refusal(int(status), code, message)


def _number(query: Mapping[str, str], name: str, least: int, most: int, default: int) -> int:
    try:
        value = int(query.get(name, default))
    except ValueError:
        value = least - 1
    if not least <= value <= most and name in query:
        raise Refusal(400, "proto.payload", f"Parameter '{name}' is wrong")
    return value


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


if __name__ == "__main__":
    from tests.platforms.max_control import main

    main()
