"""
The VK emulator as a process of its own, driven over HTTP by benches and kill tests.

    POST /control/type   {chat, text, ref?}              POST /control/block, /control/unblock  {chat}
    POST /control/press  {chat, data, message?}          POST /control/attach {chat, kind}
    POST /control/start  {chat, token?}                  POST /control/tap    {chat, label}
    POST /control/flood  {chats: N or [ids], count, text}    count messages of each chat
    POST /control/faults {next?: [...], outage?, latency_s?}
    POST /control/deliver {url, secret, shuffle?, copies?, concurrency?}
    GET  /control/state[?brief=1]   counts; without brief also texts and times (monotonic seconds) of each chat
"""

import argparse
import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from tests.platforms.vk import VkEmulator

FIRST_CHAT = 1000


def routes(vk: "VkEmulator") -> list[web.RouteDef]:
    acts: dict[str, Callable[[dict[str, Any]], None]] = {
        "type": lambda it: vk.type(str(it["chat"]), it["text"], ref=it.get("ref", "")),
        "press": lambda it: _press(vk, str(it["chat"]), it["data"], str(it.get("message", ""))),
        "tap": lambda it: vk.tap(str(it["chat"]), it["label"]),
        "start": lambda it: vk.start(str(it["chat"]), it.get("token", "")),
        "attach": lambda it: vk.attach(str(it["chat"]), it["kind"]),
        "block": lambda it: vk.block(str(it["chat"])),
        "unblock": lambda it: vk.unblock(str(it["chat"])),
        "flood": lambda it: vk.flood(_chats(it["chats"]), int(it["count"]), it["text"]),
        "faults": lambda it: _faults(vk, it),
        "deliver": lambda it: _deliver(vk, **it),
    }

    def handler(act: Callable[[dict[str, Any]], None]) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                act(await request.json())
            except (KeyError, LookupError, TypeError, ValueError) as error:
                return web.json_response({"ok": False, "why": str(error)}, status=400)
            return web.json_response({"ok": True})

        return handle

    async def state(request: web.Request) -> web.StreamResponse:
        return web.json_response(state_of(vk, brief="brief" in request.query))

    return [
        *(web.post(f"/control/{name}", handler(act)) for name, act in acts.items()),
        web.get("/control/state", state),
    ]


def state_of(vk: "VkEmulator", *, brief: bool = False) -> dict[str, Any]:
    """Counts, and unless brief per chat: texts in the order shown, when its updates were issued and answered."""
    texts = Counter((chat, shown.text) for chat, screen in vk.screens.items() for shown in screen)
    state: dict[str, Any] = {
        "issued": vk.issued,
        "confirmed": vk.queue.confirmed + sum(server.delivered for server in vk.community.servers.values()),
        "waiting": sum(len(server.waiting) for server in vk.community.servers.values()),
        "sends": vk.accepted,
        "deduplicated": vk.deduplicated,
        "duplicates": sum(n - 1 for n in texts.values()),
        "violations": vk.violations,
    }
    if not brief:
        state["duplicate_texts"] = [[chat, text, n] for (chat, text), n in texts.items() if n > 1]
        state["chats"] = {chat: [shown.text for shown in screen] for chat, screen in vk.screens.items()}
        state["issued_at"], state["replied_at"] = vk.issued_at, vk.replied_at
    return state


def _press(vk: "VkEmulator", chat: str, data: str, message: str) -> None:
    shown = next(it for it in reversed(vk.shown(chat)) if (it.id == message if message else it.buttons))
    vk.press(chat, shown, data)


def _chats(chats: int | list[Any]) -> list[str]:
    return [str(FIRST_CHAT + n) for n in range(chats)] if isinstance(chats, int) else [str(chat) for chat in chats]


def _faults(vk: "VkEmulator", it: dict[str, Any]) -> None:
    vk.faults.plan(*it.get("next", ()))
    vk.faults.outage = bool(it.get("outage", vk.faults.outage))
    vk.faults.latency_s = float(it.get("latency_s", vk.faults.latency_s))


def _deliver(vk: "VkEmulator", url: str, secret: str, **how: Any) -> None:
    vk.deliver_to(url, secret, **how)


async def _serve(vk: "VkEmulator", port: int) -> None:
    await vk.listen(port)
    print(vk.url, flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await vk.__aexit__(None, None, None)


def main() -> None:
    from tests.platforms.vk import VkEmulator

    parser = argparse.ArgumentParser(description="VK on 127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--limits", action="store_true")
    parser.add_argument("--group", type=int, default=777)
    parser.add_argument("--token", default="")
    asked = parser.parse_args()
    vk = VkEmulator(limits=asked.limits, group_id=asked.group, token=asked.token)
    vk.records = False
    asyncio.run(_serve(vk, asked.port))
