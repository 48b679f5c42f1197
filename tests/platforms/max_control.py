"""
The MAX emulator as a process of its own, driven over HTTP by benches and kill tests.

    POST /control/type   {chat, text}                    POST /control/block, /control/unblock  {chat}
    POST /control/press  {chat, data?, message?}         POST /control/attach {chat, kind}
    POST /control/start  {chat, token?}
    POST /control/flood  {chats: N or [ids], count, text}    count messages of each chat
    POST /control/faults {next?: [...], outage?, latency_s?}
    POST /control/deliver {url, secret, shuffle?, copies?, concurrency?, retry_s?}
    GET  /control/state[?brief=1]   counts; without brief also texts and times (monotonic seconds) of each chat
"""

import argparse
import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from tests.platforms.max import MaxEmulator

FIRST_CHAT = 1000


def routes(emulator: "MaxEmulator") -> list[web.RouteDef]:
    acts: dict[str, Callable[[dict[str, Any]], Any]] = {
        "type": lambda it: emulator.type(str(it["chat"]), it["text"]),
        "press": lambda it: _press(emulator, str(it["chat"]), it.get("data", ""), str(it.get("message", ""))),
        "start": lambda it: emulator.start(str(it["chat"]), it.get("token", "")),
        "attach": lambda it: emulator.attach(str(it["chat"]), it["kind"]),
        "block": lambda it: emulator.block(str(it["chat"])),
        "unblock": lambda it: emulator.unblock(str(it["chat"])),
        "flood": lambda it: emulator.flood(_chats(it["chats"]), int(it["count"]), it["text"]),
        "faults": lambda it: _faults(emulator, it),
        "deliver": lambda it: emulator.deliver_to(it.pop("url"), it.pop("secret", ""), **it),
    }

    def handler(act: Callable[[dict[str, Any]], Any]) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                act(await request.json())
            except (LookupError, TypeError, ValueError, StopIteration) as error:
                return web.json_response({"ok": False, "why": f"{type(error).__name__}: {error}"}, status=400)
            return web.json_response({"ok": True})

        return handle

    async def state(request: web.Request) -> web.StreamResponse:
        return web.json_response(state_of(emulator, brief="brief" in request.query))

    return [
        *(web.post(f"/control/{name}", handler(act)) for name, act in acts.items()),
        web.get("/control/state", state),
    ]


def state_of(emulator: "MaxEmulator", *, brief: bool = False) -> dict[str, Any]:
    """Counts, and unless brief per chat: texts in the order sent, when its updates were issued and answered."""
    texts = Counter((chat, text) for chat, sent in emulator.sent.items() for text in sent)
    state: dict[str, Any] = {
        "issued": emulator.issued,
        "confirmed": emulator.confirmed,
        "waiting": emulator.waiting,
        "sends": emulator.accepted,
        "edits": emulator.edited,
        "refused": dict(emulator.refused),
        "duplicates": sum(n - 1 for n in texts.values()),
        "violations": emulator.violations,
    }
    if not brief:
        state["duplicate_texts"] = [[chat, text, n] for (chat, text), n in texts.items() if n > 1]
        state["chats"] = emulator.sent
        state["issued_at"], state["replied_at"] = emulator.issued_at, emulator.replied_at
    return state


def _press(emulator: "MaxEmulator", chat: str, data: str, message: str) -> None:
    """The named message, else the latest with that data, else with any button."""
    shown = next(
        one
        for one in reversed(emulator.shown(chat))
        if (one.id == message if message else any(not data or data == it[1] for row in one.buttons for it in row))
    )
    emulator.press(chat, shown, data or shown.buttons[0][0][1])


def _chats(chats: int | list[Any]) -> list[str]:
    return [str(FIRST_CHAT + n) for n in range(chats)] if isinstance(chats, int) else [str(chat) for chat in chats]


def _faults(emulator: "MaxEmulator", it: dict[str, Any]) -> None:
    emulator.faults.plan(*it.get("next", ()))
    emulator.faults.outage = bool(it.get("outage", emulator.faults.outage))
    emulator.faults.latency_s = float(it.get("latency_s", emulator.faults.latency_s))


async def _serve(emulator: "MaxEmulator", port: int) -> None:
    await emulator.listen(port)
    print(emulator.url, flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await emulator.__aexit__(None, None, None)


def main() -> None:
    from tests.platforms.max import MaxEmulator

    parser = argparse.ArgumentParser(description="MAX on 127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--limits", action="store_true")
    parser.add_argument("--token", default="", help="the only one taken; default: any")
    parser.add_argument("--per-second", type=int, default=30, help="requests of the bot, with --limits")
    asked = parser.parse_args()
    emulator = MaxEmulator(limits=asked.limits, token=asked.token, per_second=asked.per_second)
    emulator.records = False
    asyncio.run(_serve(emulator, asked.port))
