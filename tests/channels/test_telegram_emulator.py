"""What others rely on in the Telegram emulator: the official description, and the control from outside."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.channels.telegram import Telegram
from bot.messages import Address, Button, Outgoing
from tests.platforms.telegram import TOKEN, TelegramEmulator

SECRET = "right-secret-123"
HTTPS = "https://czn.example.org/hooks/telegram"


@pytest.fixture
async def platform() -> AsyncIterator[TelegramEmulator]:
    async with TelegramEmulator() as emulator:
        yield emulator
        assert emulator.violations == []


async def test_a_request_that_breaks_the_official_description_is_a_violation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = [
        {"name": "chat_id", "type": "Integer or String", "required": True},
        {"name": "text", "type": "String", "required": True},
        {"name": "reply_markup", "type": "InlineKeyboardMarkup", "required": False},
    ]
    button = {"fields": [{"name": "text", "type": "String"}, {"name": "callback_data", "type": "String"}]}
    rows = {"fields": [{"name": "inline_keyboard", "type": "Array of Array of InlineKeyboardButton"}]}
    types = {"InlineKeyboardMarkup": rows, "InlineKeyboardButton": button}
    description = {"methods": {"sendMessage": {"fields": fields}}, "types": types}
    (tmp_path / "telegram-bot-api.json").write_text(json.dumps(description))
    monkeypatch.setenv("PLATFORM_SCHEMAS", str(tmp_path))
    good = {"chat_id": 42, "text": "да", "reply_markup": {"inline_keyboard": [[{"text": "д", "callback_data": "x"}]]}}
    wrong: list[tuple[str, dict[str, Any], str]] = [
        ("sendMessag", good, "sendMessag: unknown method"),
        ("sendMessage", {"chat_id": 42}, "sendMessage: text is missing"),
        ("sendMessage", good | {"texxt": "x"}, "sendMessage: texxt is unknown"),
        ("sendMessage", good | {"text": 5}, "sendMessage: text is no String"),
        ("sendMessage", good | {"chat_id": True}, "sendMessage: chat_id is no Integer or String"),
        (
            "sendMessage",
            good | {"reply_markup": {"inline_keyboard": [[{"label": "д"}]]}},
            "sendMessage: reply_markup is no InlineKeyboardMarkup",
        ),
    ]

    async with TelegramEmulator() as platform, ClientSession() as session:
        root = f"{platform.url}/bot{TOKEN}"
        for method, params, _ in wrong:
            async with session.post(f"{root}/{method}", json=params) as response:
                assert response.status == 400
        async with session.post(f"{root}/sendMessage", json=good) as response:
            assert response.status == 200

        assert platform.violations == [what for _, _, what in wrong]
        assert len(platform.shown("42")) == 1


async def test_the_emulator_can_be_driven_from_another_process(platform: TelegramEmulator) -> None:
    async with ClientSession(platform.url) as session:

        async def act(name: str, **what: Any) -> int:
            async with session.post(f"/control/{name}", json=what) as response:
                return response.status

        assert await act("start", chat="42", token="czn-1") == 200
        assert await act("type", chat="42", text="привет") == 200
        assert await act("flood", chats=3, count=2, text="{n}") == 200
        assert await act("press", chat="42", data="x") == 400
        channel = Telegram(token=TOKEN, api_url=platform.url, poll_s=0)
        polled = await channel.poll("")
        for n in (1, 2):
            await channel.send(Address("telegram", "42"), Outgoing("", "ответ", rows=((Button("Да", "x"),),)), n)
        assert await act("press", chat="42", data="x") == 200
        await channel.poll(polled.cursor)
        await channel.close()
        async with session.get("/control/state") as response:
            state = await response.json()

    counts = {name: state[name] for name in ("issued", "confirmed", "waiting", "sends", "duplicates")}
    assert counts == {"issued": 9, "confirmed": 8, "waiting": 1, "sends": 2, "duplicates": 1}
    assert state["duplicate_texts"] == [["42", "ответ", 2]]
    assert state["chats"]["42"] == ["ответ", "ответ"]
    assert (len(state["issued_at"]["42"]), len(state["replied_at"]["42"])) == (3, 2)
