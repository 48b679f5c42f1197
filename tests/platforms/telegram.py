"""
Telegram's Bot API on the loopback: what the bot calls, the limits and errors as documented, and citizens with phones.

    telegram_queue     updates: getUpdates, webhook       telegram_schema   requests against the official description
    telegram_methods   what each method checks and does   telegram_control  alone as a process, driven over HTTP

    async with TelegramEmulator() as telegram:
        telegram.type("42", "привет")        the bot gets a message
        telegram.shown("42")[-1].buttons     what it answered

Alone: python -m tests.platforms.telegram --port 8082 [--limits]; what `control` does is listed in telegram_control.py.
Source: core.telegram.org/bots/api 10.2; descriptions of errors as tdlib/telegram-bot-api words them.
"""

import asyncio
import time
from collections import Counter, defaultdict
from typing import Any

from aiohttp import web

from tests.platforms.emulator import Emulator, Request, Shown
from tests.platforms.telegram_methods import METHODS, SENDS, ApiError, Pace, answer_of, params_of
from tests.platforms.telegram_queue import Hook, Updates
from tests.platforms.telegram_schema import schema

TOKEN = "42:TEST"
BOT = {"id": 42, "is_bot": True, "first_name": "Центр занятости", "username": "czn_test_bot"}
QUERY_LIVES_S = 15.0

_ATTACHED: dict[str, dict[str, Any]] = {
    "voice": {"voice": {"file_id": "v", "file_unique_id": "v", "duration": 3, "mime_type": "audio/ogg"}},
    "photo": {"photo": [{"file_id": "p", "file_unique_id": "p", "width": 90, "height": 90}]},
    "video": {"video": {"file_id": "m", "file_unique_id": "m", "width": 90, "height": 90, "duration": 2}},
    "file": {"document": {"file_id": "d", "file_unique_id": "d", "file_name": "резюме.pdf"}},
    "sticker": {
        "sticker": {
            "file_id": "s",
            "file_unique_id": "s",
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
        }
    },
    "location": {"location": {"latitude": 55.75, "longitude": 37.62}},
    "contact": {"contact": {"phone_number": "+70000000000", "first_name": "Иван"}},
    "other": {"dice": {"emoji": "🎲", "value": 4}},
}


class TelegramEmulator(Emulator):
    """
    violations: of the official description, when the environment names it. answered: acknowledged presses.
    strangers: chats that never started the bot (400). deactivated: deleted accounts (403). uneditable: message ids;
    undeletable: of messages over 48 hours old, which can still be edited.
    keep_requests: off for benches. sent, edited: what was accepted. bottom: the keyboard under each input field.
    """

    def __init__(self, *, limits: bool = False, token: str = TOKEN) -> None:
        super().__init__(limits=limits)
        self.token = token
        self.updates = Updates()
        self.pace = Pace()
        self.violations: list[str] = []
        self.answered: list[str] = []
        self.typing: Counter[str] = Counter()
        self.commands: list[dict[str, str]] = []
        self.bottom: dict[str, list[list[str]]] = {}
        self.blocked: set[str] = set()
        self.strangers: set[str] = set()
        self.deactivated: set[str] = set()
        self.uneditable: set[str] = set()
        self.forums: dict[str, dict[str, str]] = {}  # group -> topic -> title
        self.threads: dict[tuple[str, str], str] = {}  # (group, message) -> topic
        self.upgraded: dict[str, str] = {}  # group -> its number as a supergroup
        self.put_out: set[str] = set()  # groups that removed the bot
        self.undeletable: set[str] = set()
        self.keep_requests = True
        self.sent = 0
        self.edited = 0
        self.issued_at: dict[str, list[float]] = defaultdict(list)
        self.replied_at: dict[str, list[float]] = defaultdict(list)
        self.next_message = 1
        self._schema = schema()
        self._queries: dict[str, float] = {}

    # The citizen's hands

    def type(self, chat: str, text: str) -> None:
        fields: dict[str, Any] = {"text": text}
        if text.startswith("/"):
            fields["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
        self._say(chat, fields)

    def start(self, chat: str, token: str = "") -> None:
        self.type(chat, f"/start {token}".strip())

    def press(self, chat: str, message: Shown, data: str) -> None:
        """A button that has vanished since can be pressed too: old messages stay on screens for months."""
        query = str(4_000_000 + self.next_message)
        self.next_message += 1
        self._queries[query] = time.monotonic()
        under = {"message_id": int(message.id), "date": int(time.time()), "chat": chat_of(chat), "text": message.text}
        press = {"id": query, "from": _person(chat), "chat_instance": "-77", "data": data, "message": under}
        self._issue(chat, "callback_query", press)

    def tap(self, chat: str, label: str) -> None:
        """Press a button of the keyboard under the input field: Telegram sends its label as text."""
        if not any(label in row for row in self.bottom.get(chat, [])):
            raise LookupError(label)
        self.type(chat, label)

    def attach(self, chat: str, kind: str) -> None:
        if kind == "edited":
            message = {**self._message(chat), "edit_date": int(time.time()), "text": "исправлено"}
            self._issue(chat, "edited_message", message)
        else:
            self._say(chat, _ATTACHED[kind])

    def block(self, chat: str) -> None:
        self.blocked.add(chat)
        self._member(chat, "member", "kicked")

    def unblock(self, chat: str) -> None:
        self.blocked.discard(chat)
        self._member(chat, "kicked", "member")

    def raw(self, update: dict[str, Any]) -> None:
        self.updates.put(update)

    def flood(self, chats: list[str], per_chat: int, text: str) -> None:
        """per_chat messages of each, in turns; "{n}" in the text becomes the number of the round."""
        for n in range(per_chat):
            for chat in chats:
                self.type(chat, text.replace("{n}", str(n)))

    # The platform's moods

    def grow_old(self, query_or_message: str) -> None:
        """A press can't be answered any more; a message can't be edited."""
        self._queries.pop(query_or_message, None)
        self.uneditable.add(query_or_message)

    def deliver_to(
        self, url: str, secret: str = "", *, shuffle: bool = False, copies: int = 1, connections: int = 40
    ) -> None:
        """Post updates to `url` until it answers 200, as setWebhook would do."""
        self.updates.deliver(Hook(url, secret, connections, shuffle, copies))

    def lived(self, query: str) -> bool:
        """A press can be answered once, within about 15 s."""
        pressed_at = self._queries.pop(query, None)
        return pressed_at is not None and time.monotonic() - pressed_at < QUERY_LIVES_S

    # The server

    def application(self) -> web.Application:
        from tests.platforms.telegram_control import routes

        app = web.Application(client_max_size=4 * 1024 * 1024)
        app.router.add_routes(routes(self))
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        return app

    async def go_dark(self) -> int:
        """Nothing listens any more: connections are refused. Returns the port, for `listen` later."""
        port = int(self.url.rsplit(":", 1)[1])
        if self._runner is not None:
            await self._runner.cleanup()
        self._runner = None
        return port

    async def __aexit__(self, *error: Any) -> None:
        await self.updates.close()
        await super().__aexit__(*error)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        params = params_of(request.content_type, request.query_string, await request.read())
        record = Request(method, params)
        if self.keep_requests:
            self.requests.append(record)
        if self.faults.latency_s:
            await asyncio.sleep(self.faults.latency_s)
        response = await self._answer(request, method, params)
        record.status = response.status
        return response

    async def _answer(self, request: web.Request, method: str, params: dict[str, Any]) -> web.Response:
        if self.faults.outage:
            return gateway()
        if request.match_info["token"] != self.token:
            return refused(ApiError(401, "Unauthorized"))
        if self._schema is not None and (wrong := self._schema.violations(method, params)):
            self.violations += wrong
            return refused(ApiError(400, f"Bad Request: {'; '.join(wrong)}"))
        call = METHODS.get(method)
        if call is None:
            return refused(ApiError(404, "Not Found"))
        fault, _, detail = self.faults.take().partition(":") if method in SENDS else ("", "", "")
        if fault == "cut-before":
            return _cut(request)
        if planned := _planned(fault, detail):
            return planned
        try:
            if fault == "blocked":
                raise ApiError(403, "Forbidden: bot was blocked by the user")
            response = answer_of(await call(self, params))
        except ApiError as error:
            response = refused(error)
        if fault == "slow":
            await asyncio.sleep(float(detail))
        return _cut(request) if fault == "cut-after" else response

    # Updates

    def _say(self, chat: str, fields: dict[str, Any]) -> None:
        self._issue(chat, "message", self._message(chat) | fields)

    def _message(self, chat: str) -> dict[str, Any]:
        number = self.next_message
        self.next_message += 1
        return {"message_id": number, "date": int(time.time()), "chat": chat_of(chat), "from": _person(chat)}

    def _member(self, chat: str, before: str, now: str) -> None:
        def status(word: str) -> dict[str, Any]:
            return {"user": BOT, "status": word} | ({"until_date": 0} if word == "kicked" else {})

        change = {"chat": chat_of(chat), "from": _person(chat), "date": int(time.time())}
        change |= {"old_chat_member": status(before), "new_chat_member": status(now)}
        self._issue(chat, "my_chat_member", change)

    def _issue(self, chat: str, kind: str, body: dict[str, Any]) -> None:
        self.strangers.discard(chat)
        self.issued_at[chat].append(time.monotonic())
        self.updates.put({kind: body}, kind)


def chat_of(chat: str) -> dict[str, Any]:
    return {"id": int(chat), "type": "private" if int(chat) > 0 else "supergroup", "first_name": "Иван"}


def refused(error: ApiError) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": error.code, "description": error.words}
    if error.parameters:
        body["parameters"] = error.parameters
    return web.json_response(body, status=error.code)


def gateway() -> web.Response:
    return web.Response(status=502, text="<html><body>502 Bad Gateway</body></html>", content_type="text/html")


def _person(chat: str) -> dict[str, Any]:
    return {"id": int(chat), "is_bot": False, "first_name": "Иван", "language_code": "ru"}


def _planned(fault: str, detail: str) -> web.Response | None:
    """
    Answers made without the method. Besides those of `Faults`: "error:CODE DESCRIPTION" and "raw:STATUS BODY".
    """
    if fault == "429":
        after = {"retry_after": int(detail)} if detail else {}
        return refused(ApiError(429, f"Too Many Requests: retry after {detail}".rstrip(), **after))
    if fault == "500":
        return refused(ApiError(500, "Internal Server Error"))
    if fault == "html":
        return gateway()
    code, _, words = detail.partition(" ")
    if fault == "error":
        return refused(ApiError(int(code), words))
    return web.Response(status=int(code), text=words) if fault == "raw" else None


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


if __name__ == "__main__":
    from tests.platforms.telegram_control import main

    main()
