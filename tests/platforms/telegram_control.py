"""
The emulator alone as a process, for benches and kill tests: what citizens do and what arrived, over HTTP.

    POST /control/type   {chat, text}                    POST /control/block, /control/unblock  {chat}
    POST /control/press  {chat, data, message?}          POST /control/attach {chat, kind}
    POST /control/start  {chat, token?}                  POST /control/tap    {chat, label}
    POST /control/flood  {chats: N or [ids], count, text}    count messages of each chat
    POST /control/faults {next?: [...], outage?, latency_s?}
    POST /control/deliver {url, secret, shuffle?, copies?, connections?}
    GET  /control/state[?brief=1]   counts; without brief also texts and times (monotonic seconds) of each chat
"""

import argparse
import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import uvloop
from aiohttp import web

if TYPE_CHECKING:
    from tests.platforms.telegram import TelegramEmulator

FIRST_CHAT = 1000


def routes(telegram: "TelegramEmulator") -> list[web.RouteDef]:
    acts: dict[str, Callable[[dict[str, Any]], None]] = {
        "type": lambda it: telegram.type(str(it["chat"]), it["text"]),
        "press": lambda it: _press(telegram, str(it["chat"]), it["data"], str(it.get("message", ""))),
        "tap": lambda it: telegram.tap(str(it["chat"]), it["label"]),
        "start": lambda it: telegram.start(str(it["chat"]), it.get("token", "")),
        "attach": lambda it: telegram.attach(str(it["chat"]), it["kind"]),
        "block": lambda it: telegram.block(str(it["chat"])),
        "unblock": lambda it: telegram.unblock(str(it["chat"])),
        "flood": lambda it: telegram.flood(_chats(it["chats"]), int(it["count"]), it["text"]),
        "faults": lambda it: _faults(telegram, it),
        "deliver": lambda it: telegram.deliver_to(**it),
    }

    def handler(act: Callable[[dict[str, Any]], None]) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            try:
                act(await request.json())
            except (LookupError, StopIteration, ValueError) as error:
                return web.json_response({"ok": False, "error": f"{type(error).__name__}: {error}"}, status=400)
            return web.json_response({"ok": True})

        return handle

    async def state(request: web.Request) -> web.Response:
        return web.json_response(state_of(telegram, brief="brief" in request.query))

    return [
        *(web.post(f"/control/{name}", handler(act)) for name, act in acts.items()),
        web.get("/control/state", state),
    ]


def state_of(telegram: "TelegramEmulator", *, brief: bool = False) -> dict[str, Any]:
    """Counts, and unless brief per chat: texts in the order shown, when its updates were issued and answered."""
    updates = telegram.updates
    texts = Counter((chat, shown.text) for chat, screen in telegram.screens.items() for shown in screen)
    state: dict[str, Any] = {
        "issued": updates.issued,
        "confirmed": updates.confirmed,
        "waiting": len(updates.waiting),
        "expired": updates.expired,
        "sends": telegram.sent,
        "edits": telegram.edited,
        "acknowledged": len(telegram.answered),
        "too_fast": telegram.pace.refused,
        "duplicates": sum(n - 1 for n in texts.values()),
        "violations": telegram.violations,
    }
    if not brief:
        state["duplicate_texts"] = [[chat, text, n] for (chat, text), n in texts.items() if n > 1]
        state["chats"] = {chat: [shown.text for shown in screen] for chat, screen in telegram.screens.items()}
        state["issued_at"], state["replied_at"] = telegram.issued_at, telegram.replied_at
    return state


def main() -> None:
    from tests.platforms.telegram import TOKEN, TelegramEmulator

    async def serve(asked: argparse.Namespace) -> None:
        telegram = TelegramEmulator(limits=asked.limits, token=asked.token)
        telegram.keep_requests = False
        await telegram.listen(asked.port)
        print(telegram.url, flush=True)
        try:
            await asyncio.Event().wait()
        finally:
            await telegram.__aexit__(None, None, None)

    parser = argparse.ArgumentParser(description="Telegram on 127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--limits", action="store_true")
    parser.add_argument("--token", default=TOKEN)
    uvloop.run(serve(parser.parse_args()))


def _press(telegram: "TelegramEmulator", chat: str, data: str, message: str) -> None:
    shown = next(it for it in reversed(telegram.shown(chat)) if (it.id == message if message else it.buttons))
    telegram.press(chat, shown, data)


def _chats(chats: int | list[Any]) -> list[str]:
    return [str(FIRST_CHAT + n) for n in range(chats)] if isinstance(chats, int) else [str(chat) for chat in chats]


def _faults(telegram: "TelegramEmulator", it: dict[str, Any]) -> None:
    telegram.faults.plan(*it.get("next", ()))
    telegram.faults.outage = bool(it.get("outage", telegram.faults.outage))
    telegram.faults.latency_s = float(it.get("latency_s", telegram.faults.latency_s))
