"""
The community of the VK emulator: token rights, settings of long polling and Callback API, and the delivery to servers.

The documents say that VK repeats a delivery until 200 `ok` (after 10 s, 3 min ...); here after `retry_s`.
"""

import asyncio
import json
import random
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

EVENTS = ("message_new", "message_event", "message_allow", "message_deny", "message_reply", "message_edit")
ERRORS = {
    3: "Unknown method passed",
    5: "User authorization failed: invalid access_token (4).",
    6: "Too many requests per second",
    8: "Invalid request: v (version) is required",
    9: "Flood control",
    10: "Internal server error",
    100: "One of the parameters specified was missing or invalid",
    104: "Not found",
    901: "Can't send messages for users without permission",
    909: "Can't edit this message, because it's too old",
    911: "Keyboard format is invalid",
    912: "This is a chat bot feature, change this status in settings",
    914: "Message is too long",
    924: "Can't delete this message for everybody",
    2000: "Servers number limit is reached",
}


class ApiError(Exception):
    def __init__(self, code: int, words: str = "") -> None:
        super().__init__(words or ERRORS.get(code, "Error"))
        self.code = code


@dataclass
class Server:
    """One address of the Callback API. delivered: event ids answered with `ok`; tries: all attempts."""

    id: int
    url: str
    secret: str
    title: str = ""
    status: str = "unconfigured"
    events: set[str] = field(default_factory=set)
    api_version: str = "5.199"
    waiting: deque[bytes] = field(default_factory=deque)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    delivered: int = 0
    tries: int = 0
    shuffle: bool = False
    copies: int = 1
    retry_s: float = 0.05


class Community:
    """
    One community as its administrator sees it.

    rights: of the token. bot_capabilities: keyboards are allowed. confirmation: what a server must answer to be `ok`;
    confirmation_changes: a new one with every server added or edited, as the documents say.
    """

    def __init__(self, group_id: int, ids: Iterator[int], note: Callable[[], None]) -> None:
        self.group_id = group_id
        self.rights = ["messages", "manage"]
        self.bot_capabilities = True
        self.confirmation = "c0ffee12"
        self.confirmation_changes = False
        self.polling: dict[str, Any] = {"is_enabled": True, "api_version": "5.199", "events": dict.fromkeys(EVENTS, 1)}
        self.servers: dict[int, Server] = {}
        self._note = note
        self._ids = ids
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: ClientSession | None = None

    def polls(self, kind: str) -> bool:
        """Events of this type stand in the long poll queue."""
        return bool(self.polling["is_enabled"] and self.polling["events"].get(kind, 1))

    def post(self, event: Any, kind: str) -> None:
        """Hand an event to every server subscribed to its type."""
        for server in self.servers.values():
            if kind in server.events or kind not in EVENTS:
                body = json.dumps({**event, "secret": server.secret}).encode()
                server.waiting.extend([body] * server.copies)
                server.arrived.set()

    def deliver_to(self, server: Server, concurrency: int) -> Server:
        self.servers[server.id] = server
        self._run(*(self._deliver(server) for _ in range(concurrency)))
        return server

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    # Methods

    def own(self, params: dict[str, str]) -> None:
        if "manage" not in self.rights:
            raise ApiError(15, "Access denied: no access to call this method")
        if params.get("group_id") != str(self.group_id):
            raise ApiError(100, "One of the parameters specified was missing or invalid: group_id is invalid")

    def _get_polling(self, params: dict[str, str]) -> dict[str, Any]:
        self.own(params)
        return self.polling

    def _set_polling(self, params: dict[str, str]) -> int:
        self.own(params)
        if "enabled" in params:
            self.polling["is_enabled"] = params["enabled"] == "1"
        self.polling["api_version"] = params.get("api_version", self.polling["api_version"])
        self.polling["events"] |= {name: int(params[name]) for name in EVENTS if name in params}
        return 1

    def _get_servers(self, params: dict[str, str]) -> dict[str, Any]:
        self.own(params)
        items = [
            {"id": s.id, "title": s.title, "creator_id": 1, "url": s.url, "secret_key": s.secret, "status": s.status}
            for s in self.servers.values()
        ]
        return {"count": len(items), "items": items}

    def _set_server(self, params: dict[str, str]) -> Any:
        self.own(params)
        adds = "server_id" not in params
        if adds and len(self.servers) >= 10:
            raise ApiError(2000)
        if self.confirmation_changes:
            self.confirmation = f"c0ffee{next(self._ids):x}"
        server = Server(next(self._ids), "", "") if adds else self._server(params)
        server.url, server.title, server.status = params["url"], params["title"], "wait"
        server.secret = params.get("secret_key", "")
        self.servers[server.id] = server
        self._run(self._confirm(server, then_deliver=adds))
        return {"server_id": server.id} if adds else 1

    def _server(self, params: dict[str, str]) -> Server:
        server = self.servers.get(int(params["server_id"]))
        if server is None:
            raise ApiError(104)
        return server

    def _delete_server(self, params: dict[str, str]) -> int:
        self.own(params)
        del self.servers[self._server(params).id]
        return 1

    def _get_server_settings(self, params: dict[str, str]) -> dict[str, Any]:
        self.own(params)
        server = self._server(params)
        return {"api_version": server.api_version, "events": {name: int(name in server.events) for name in EVENTS}}

    def _set_server_settings(self, params: dict[str, str]) -> int:
        self.own(params)
        server = self._server(params)
        server.api_version = params.get("api_version", server.api_version)
        for name in EVENTS:
            if name in params:
                (server.events.add if params[name] == "1" else server.events.discard)(name)
        return 1

    def _permissions(self, params: dict[str, str]) -> dict[str, Any]:
        return {"mask": 1, "permissions": [{"name": name, "setting": 1} for name in self.rights]}

    def _by_id(self, params: dict[str, str]) -> dict[str, Any]:
        group = {"id": self.group_id, "name": "Центр занятости", "screen_name": "czn", "is_closed": 0, "type": "group"}
        return {"groups": [group], "profiles": []}

    def _code(self, params: dict[str, str]) -> dict[str, str]:
        self.own(params)
        return {"code": self.confirmation}

    HANDLERS = {
        "groups.getById": _by_id,
        "groups.getTokenPermissions": _permissions,
        "groups.getLongPollSettings": _get_polling,
        "groups.setLongPollSettings": _set_polling,
        "groups.getCallbackConfirmationCode": _code,
        "groups.getCallbackServers": _get_servers,
        "groups.addCallbackServer": _set_server,
        "groups.editCallbackServer": _set_server,
        "groups.deleteCallbackServer": _delete_server,
        "groups.getCallbackSettings": _get_server_settings,
        "groups.setCallbackSettings": _set_server_settings,
    }

    # Callback API

    def _run(self, *works: Coroutine[Any, Any, None]) -> None:
        for work in works:
            task = asyncio.get_running_loop().create_task(work)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _post(self, url: str, body: bytes) -> str | None:
        """The body of a 200, None for everything else."""
        if self._session is None:
            self._session = ClientSession(timeout=ClientTimeout(total=10))
        try:
            headers = {"Content-Type": "application/json"}
            async with self._session.post(url, data=body, headers=headers) as response:
                return await response.text() if response.status == 200 else None
        except (ClientError, OSError):
            return None

    async def _confirm(self, server: Server, *, then_deliver: bool) -> None:
        """VK asks a new server for the string a little after the method has answered."""
        question = json.dumps({"type": "confirmation", "group_id": self.group_id}).encode()
        for _ in range(3):  # whoever learns a changed string only now still has a chance
            server.status = "ok" if await self._post(server.url, question) == self.confirmation else "failed"
            if server.status == "ok":
                break
            await asyncio.sleep(server.retry_s)
        self._note()
        if then_deliver:
            await self._deliver(server)

    async def _deliver(self, server: Server) -> None:
        while server.id in self.servers:
            if not server.waiting:
                server.arrived.clear()
                await server.arrived.wait()
                continue
            if server.shuffle:
                server.waiting.rotate(random.randrange(len(server.waiting)))
            body = server.waiting.popleft()
            server.tries += 1
            if server.status == "ok" and await self._post(server.url, body) == "ok":
                server.delivered += 1
                self._note()
                continue
            server.waiting.append(body) if server.shuffle else server.waiting.appendleft(body)
            self._note()
            await asyncio.sleep(server.retry_s)
