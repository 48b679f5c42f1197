"""
VK on 127.0.0.1: one community with its API methods, long poll server and Callback API.

Documented limits and errors of dev.vk.com; what the documents leave open is as observed (reference of the project).
Beside the common faults a send knows "error:N" (the whole call fails with code N) and "recipient:N" (the error stands
in the recipient's item). "429" is VK's error 6; "429:S" is a gateway's HTTP 429 with Retry-After.

Alone: python -m tests.platforms.vk --port 8091 [--limits]; what `control` does is listed in vk_control.py.
"""

import asyncio
import json
import re
from collections import Counter, defaultdict, deque
from itertools import count
from time import monotonic
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from tests.platforms.emulator import Emulator, Request, Shown
from tests.platforms.vk_community import ERRORS, EVENTS, ApiError, Community, Server
from tests.platforms.vk_keyboard import Keyboard, keyboard_of
from tests.platforms.vk_messages import ATTACHMENTS, CLIENT, OLD_CLIENT, message
from tests.platforms.vk_queue import Queue, json_answer
from tests.platforms.vk_schema import from_environment

PER_SECOND = 20
PER_CHAT_HOUR = 1000
TEXT_CHARS = 4096
SENDS = frozenset({"messages.send", "messages.edit", "messages.delete"})


class VkEmulator(Emulator):
    """
    only_known: a citizen who never wrote can't be written to (901). token: the only one taken, "" takes any.
    violations: of the official schema, when the environment names it. answered: acknowledged presses.
    """

    def __init__(self, *, limits: bool = False, group_id: int = 777, token: str = "", only_known: bool = False) -> None:
        super().__init__(limits=limits)
        self.token = token
        self.only_known = only_known
        self.records = True
        self.violations: list[str] = []
        self.token_in_url = False
        self.answered: list[str] = []
        self.typing: Counter[str] = Counter()
        self.menus: dict[str, Keyboard] = {}
        self.old_clients: set[str] = set()
        self.blocked: set[str] = set()
        self.known: set[str] = set()
        self.too_old: set[tuple[str, str]] = set()
        self.keyboards: dict[tuple[str, str], Keyboard] = {}
        self.accepted = 0
        self.deduplicated = 0
        self.issued = 0
        self.issued_at: dict[str, list[float]] = defaultdict(list)
        self.replied_at: dict[str, list[float]] = defaultdict(list)
        self._schema = from_environment()
        self.queue = Queue(self.note)
        self._cmids: Counter[str] = Counter()
        self._by_random: dict[tuple[str, int], dict[str, Any]] = {}
        self._presses: dict[str, str] = {}
        self._ids = count(1)
        self.community = Community(group_id, self._ids, self.note)
        self._recent: deque[float] = deque()
        self._chat_recent: dict[str, deque[float]] = defaultdict(deque)

    # The citizen's hands

    def type(self, chat: str, text: str, *, ref: str = "") -> None:
        self._said(chat, text, **({"ref": ref, "ref_source": "link"} if ref else {}))

    def start(self, chat: str, token: str = "") -> None:
        ref = {"ref": token, "ref_source": "poster"} if token else {}
        self._said(chat, "Начать", payload='{"command":"start"}', **ref)

    def press(self, chat: str, message: Shown, data: str) -> None:
        """data: as in Button.data, or the label of a button that carries none of ours."""
        button = self.keyboards[chat, message.id].find(data)
        press_id = f"press{next(self._ids):x}"
        self._presses[press_id] = chat
        payload = json.loads(button.payload) if button.payload else {}
        what = {"user_id": int(chat), "peer_id": int(chat), "event_id": press_id, "payload": payload}
        self._issue(chat, "message_event", {**what, "conversation_message_id": int(message.id)})

    def tap(self, chat: str, label: str) -> None:
        """Press a button of the keyboard under the input field."""
        button = self.menus[chat].find(label)
        self._said(chat, button.label, payload=button.payload)

    def block(self, chat: str) -> None:
        self.blocked.add(chat)
        self._issue(chat, "message_deny", {"user_id": int(chat)})

    def unblock(self, chat: str) -> None:
        self.blocked.discard(chat)
        self.known.add(chat)
        self._issue(chat, "message_allow", {"user_id": int(chat), "key": ""})

    def attach(self, chat: str, kind: str) -> None:
        if kind == "edited":
            self._issue(chat, "message_edit", message(chat, "исправлено", cmid=max(self._cmids[chat], 1)))
        elif kind == "location":
            self._said(chat, "", geo={"type": "point", "coordinates": {"latitude": 55.7, "longitude": 37.6}})
        else:
            self._said(chat, "", attachments=[ATTACHMENTS[kind]])

    def raw(self, update: dict[str, Any]) -> None:
        self._queue(update, str(update.get("type", "")))

    def flood(self, chats: list[str], per_chat: int, text: str) -> None:
        """per_chat messages of each, in turns; "{n}" in the text becomes the number of the round."""
        for n in range(per_chat):
            for chat in chats:
                self.type(chat, text.replace("{n}", str(n)))

    # The platform's moods

    def grow_old(self, chat: str, message: Shown) -> None:
        """More than 24 h pass: the message can't be edited any more."""
        self.too_old.add((chat, message.id))

    def deliver_to(
        self,
        url: str,
        secret: str,
        *,
        shuffle: bool = False,
        copies: int = 1,
        concurrency: int = 1,
        retry_s: float = 0.05,
    ) -> Server:
        """Every later event is posted to `url` until it answers 200 `ok`; copies: deliveries of each, at least."""
        server = Server(next(self._ids), url, secret, status="ok", events=set(EVENTS), shuffle=shuffle, copies=copies)
        server.retry_s = retry_s
        return self.community.deliver_to(server, concurrency)

    # Events

    def _said(self, chat: str, text: str, **more: Any) -> None:
        self.known.add(chat)
        self._cmids[chat] += 1
        client = OLD_CLIENT if chat in self.old_clients else CLIENT
        said = message(chat, text, cmid=self._cmids[chat], **more)
        self._issue(chat, "message_new", {"message": said, "client_info": client})

    def _issue(self, chat: str, kind: str, what: dict[str, Any]) -> None:
        self.issued_at[chat].append(monotonic())
        event = {"type": kind, "event_id": f"e{next(self._ids):x}", "v": "5.199", "group_id": self.community.group_id}
        self._queue({**event, "object": what}, kind)

    def _queue(self, event: Any, kind: str) -> None:
        self.issued += 1
        if self.community.polls(kind):
            self.queue.add(json.dumps(event).encode())
        self.community.post(event, kind)

    # Over HTTP

    def application(self) -> web.Application:
        from tests.platforms.vk_control import routes

        app = web.Application(client_max_size=4 * 1024 * 1024)
        app.router.add_post("/method/{method}", self._method)
        app.router.add_route("*", "/lp", self._check)
        app.router.add_routes(routes(self))
        return app

    async def __aexit__(self, *error: Any) -> None:
        await self.community.close()
        await super().__aexit__(*error)

    async def _check(self, request: web.Request) -> web.Response:
        return _gateway() if self.faults.outage else await self.queue.check(request)

    async def _method(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        self.token_in_url = self.token_in_url or "access_token" in request.query
        params = dict(parse_qsl((await request.read()).decode(), keep_blank_values=True))
        if request.query_string:
            params |= request.query
        record = Request(method, params)
        if self.records:
            self.requests.append(record)
        if self.faults.latency_s:
            await asyncio.sleep(self.faults.latency_s)
        if self._schema is not None and (broken := self._schema.violations(method, params)):
            self.violations += broken
            response: web.StreamResponse = web.Response(status=400, text="; ".join(broken))
        else:
            response = await self._faulty(request, method, params)
        record.status = response.status
        return response

    async def _faulty(self, request: web.Request, method: str, params: dict[str, str]) -> web.StreamResponse:
        fault, _, detail = (self.faults.take() if method in SENDS else "").partition(":")
        if self.faults.outage or fault == "html":
            return _gateway()
        if fault == "500":
            return web.Response(status=500, text="")
        if fault == "429" and detail:
            return web.Response(status=429, headers={"Retry-After": detail})
        if fault == "cut-before":
            return _cut(request)
        try:
            if fault in ("429", "error"):
                raise ApiError(int(detail or 6))
            self._admit(params)
            failed = fault in ("blocked", "recipient")
            answer = self._failed_item(params, int(detail or 901)) if failed else self._answer(method, params)
        except ApiError as error:
            asked = [{"key": key, "value": value} for key, value in params.items() if key != "access_token"]
            return _json({"error": {"error_code": error.code, "error_msg": str(error), "request_params": asked}})
        if fault == "cut-after":
            return _cut(request)
        if fault == "slow":
            await asyncio.sleep(float(detail))
        return _json({"response": answer})

    def _answer(self, method: str, params: dict[str, str]) -> Any:
        if handler := self._HANDLERS.get(method):
            return handler(self, params)
        if of_community := Community.HANDLERS.get(method):
            return of_community(self.community, params)
        raise ApiError(3)

    def _admit(self, params: dict[str, str]) -> None:
        token = params.get("access_token", "")
        if not token or (self.token and token != self.token):
            raise ApiError(5)
        if not params.get("v"):
            raise ApiError(8)
        if self.limits:
            self._slide(self._recent, 1.0, PER_SECOND, 6)

    @staticmethod
    def _slide(recent: deque[float], window_s: float, most: int, code: int) -> None:
        now = monotonic()
        while recent and now - recent[0] >= window_s:
            recent.popleft()
        if len(recent) >= most:
            raise ApiError(code)
        recent.append(now)

    # Methods: messages

    def _send(self, params: dict[str, str]) -> Any:
        text, random_id = params.get("message", ""), params.get("random_id", "")
        if not re.fullmatch(r"-?\d+", random_id):
            raise ApiError(100, f"{ERRORS[100]}: random_id is a required parameter")
        if not text and not params.get("attachment"):
            raise ApiError(100, "One of the parameters specified was missing or invalid: message is empty")
        if len(text) > TEXT_CHARS:
            raise ApiError(914)
        keyboard = self._keyboard(params)
        peers = (params.get("peer_ids") or params.get("peer_id") or "").split(",")
        if len(peers) > 100 or not all(re.fullmatch(r"-?\d+", peer) for peer in peers):
            raise ApiError(100, "One of the parameters specified was missing or invalid: peer_ids is invalid")
        items = [self._send_one(peer, text, int(random_id), keyboard) for peer in peers]
        if "peer_ids" in params:
            return items
        if "error" in items[0]:
            raise ApiError(items[0]["error"]["code"])
        return items[0]["message_id"]

    def _send_one(self, chat: str, text: str, random_id: int, keyboard: Keyboard | None) -> dict[str, Any]:
        if chat in self.blocked or (self.only_known and chat not in self.known):
            return _item_error(chat, 901)
        if random_id and (earlier := self._by_random.get((chat, random_id))):
            self.deduplicated += 1
            return earlier
        if self.limits:
            try:
                self._slide(self._chat_recent[chat], 3600.0, PER_CHAT_HOUR, 9)
            except ApiError:
                return _item_error(chat, 9)
        self._cmids[chat] += 1
        self.accepted += 1
        shown = Shown(str(self._cmids[chat]), text, random_id=random_id)
        if keyboard is not None:
            self._show(chat, shown, keyboard)
        self.shown(chat).append(shown)
        self.replied_at[chat].append(monotonic())
        item = {"peer_id": int(chat), "message_id": 0, "conversation_message_id": int(shown.id)}
        if random_id:
            self._by_random[chat, random_id] = item
        self.note()
        return item

    def _show(self, chat: str, shown: Shown, keyboard: Keyboard) -> None:
        if keyboard.inline:
            shown.buttons = keyboard.shown()
            self.keyboards[chat, shown.id] = keyboard
        else:
            shown.menu = [[button.label for button in row] for row in keyboard.rows]
            self.menus[chat] = keyboard

    def _keyboard(self, params: dict[str, str]) -> Keyboard | None:
        if not params.get("keyboard"):
            return None
        if not self.community.bot_capabilities:
            raise ApiError(912)
        try:
            return keyboard_of(params["keyboard"])
        except ValueError as error:
            raise ApiError(911, f"Keyboard format is invalid: {error}") from None

    def _failed_item(self, params: dict[str, str], code: int) -> Any:
        if "peer_ids" not in params:
            raise ApiError(code)
        return [_item_error(peer, code) for peer in params["peer_ids"].split(",")]

    def _edit(self, params: dict[str, str]) -> int:
        chat, cmid = params.get("peer_id", ""), params.get("cmid") or params.get("conversation_message_id") or ""
        text = params.get("message", "")
        if not text:
            raise ApiError(100, "One of the parameters specified was missing or invalid: message is empty")
        if len(text) > TEXT_CHARS:
            raise ApiError(914)
        shown = next((shown for shown in reversed(self.shown(chat)) if shown.id == cmid), None)
        if shown is None:
            raise ApiError(100, "One of the parameters specified was missing or invalid: message not found")
        if (chat, cmid) in self.too_old:
            raise ApiError(909)
        keyboard = self._keyboard(params)
        if keyboard is not None and not keyboard.inline:
            raise ApiError(911, "Keyboard format is invalid: only inline when editing")
        shown.text, shown.buttons, shown.edited = text, [], shown.edited + 1
        self.keyboards.pop((chat, cmid), None)
        if keyboard is not None:
            self._show(chat, shown, keyboard)
        self.accepted += 1
        self.replied_at[chat].append(monotonic())
        self.note()
        return 1

    def _delete(self, params: dict[str, str]) -> list[dict[str, Any]]:
        chat, cmids = params.get("peer_id", ""), params.get("cmids", "").split(",")
        if len(cmids) > 100 or not all(cmid.isdigit() for cmid in cmids):
            raise ApiError(100, "One of the parameters specified was missing or invalid: cmids is invalid")
        if params.get("delete_for_all") == "1" and any((chat, cmid) in self.too_old for cmid in cmids):
            raise ApiError(924)
        screen = self.shown(chat)
        screen[:] = [shown for shown in screen if shown.id not in cmids]
        self.note()
        return [{"peer_id": int(chat), "conversation_message_id": int(cmid), "response": 1} for cmid in cmids]

    def _answer_press(self, params: dict[str, str]) -> int:
        if self._presses.get(params.get("event_id", "")) != params.get("peer_id"):
            raise ApiError(100, "One of the parameters specified was missing or invalid: event_id is invalid")
        self.answered.append(params["event_id"])
        return 1

    def _activity(self, params: dict[str, str]) -> int:
        self.typing[params.get("peer_id", "")] += 1
        self.note()
        return 1

    def _long_poll_server(self, params: dict[str, str]) -> dict[str, str]:
        self.community.own(params)
        if not self.community.polling["is_enabled"]:
            raise ApiError(
                100, "One of the parameters specified was missing or invalid: longpoll for this group is not enabled"
            )
        return {"key": self.queue.key, "server": f"{self.url}/lp", "ts": str(self.queue.newest)}

    def _is_allowed(self, params: dict[str, str]) -> dict[str, int]:
        chat = params.get("user_id", "")
        return {"is_allowed": int(chat in self.known and chat not in self.blocked)}

    _HANDLERS = {
        "messages.send": _send,
        "messages.edit": _edit,
        "messages.delete": _delete,
        "messages.sendMessageEventAnswer": _answer_press,
        "messages.setActivity": _activity,
        "messages.isMessagesFromGroupAllowed": _is_allowed,
        "groups.getLongPollServer": _long_poll_server,
    }


def _item_error(chat: str, code: int) -> dict[str, Any]:
    words = ERRORS.get(code, "Error")
    return {"peer_id": int(chat), "message_id": 0, "error": {"code": code, "description": words}}


def _json(value: Any) -> web.Response:
    return json_answer(json.dumps(value).encode())


def _gateway() -> web.Response:
    return web.Response(status=502, text="<html><body>502 Bad Gateway</body></html>", content_type="text/html")


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


if __name__ == "__main__":
    from tests.platforms.vk_control import main

    main()
