"""The loopback MAX itself: what it takes, refuses and counts, held against the official contract where given."""

import asyncio
import sys
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.channels.max import Max
from bot.messages import Address, Button, Outgoing
from tests.platforms.max import MaxEmulator, schema_from_environment

SECRET = "right-secret-of-the-hook"


@pytest.fixture
async def platform() -> AsyncIterator[MaxEmulator]:
    async with MaxEmulator() as platform:
        yield platform
    assert platform.violations == []


@pytest.fixture
async def channel(platform: MaxEmulator) -> AsyncIterator[Max]:
    channel = Max(token="t", api_url=platform.url, poll_spacing_s=(0.0, 0.0))
    yield channel
    await channel.close()


async def test_the_emulator_runs_alone_and_counts() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.platforms.max", "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    url = (await process.stdout.readline()).decode().strip()
    try:
        channel = Max(token="t", api_url=url, poll_spacing_s=(0.0, 0.0))
        async with httpx.AsyncClient(base_url=url, trust_env=False) as hands:
            await hands.post("/control/flood", json={"chats": 3, "count": 2, "text": "слово {n}"})
            await hands.post("/control/start", json={"chat": 7, "token": "abc"})
            polled = await channel.poll("")
            for text in ("раз", "два", "раз"):
                message = Outgoing("k", text, rows=((Button("Да", "b1:yes"),),))
                await channel.send(Address("max", "1000"), message, 1)
            await hands.post("/control/press", json={"chat": 1000, "data": "b1:yes"})
            pressed = await channel.poll(polled.cursor)
            refused = await hands.post("/control/press", json={"chat": 1000, "data": "none"})
            state = (await hands.get("/control/state")).json()
        await channel.close()
    finally:
        process.terminate()
        await process.wait()

    assert [raw["update_type"] for raw in pressed.updates] == ["message_callback"]
    assert refused.status_code == 400
    counts = {name: state[name] for name in ("issued", "confirmed", "waiting", "sends", "duplicates")}
    assert counts == {"issued": 8, "confirmed": 7, "waiting": 1, "sends": 3, "duplicates": 1}
    assert state["chats"] == {"1000": ["раз", "два", "раз"]}
    assert len(state["issued_at"]["1000"]) == len(state["replied_at"]["1000"]) == 3


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/messages?user_id=42", {"text": "а", "fromat": "html"}, 400),
        ("POST", "/messages?user_id=42&preview=1", {"text": "а"}, 400),
        ("POST", "/messages?user_id=Ivan", {"text": "а"}, 400),
        ("POST", "/messages?user_id=42", {"text": 1}, 400),
        ("POST", "/messages?user_id=42", None, 400),
        ("POST", "/messages?user_id=42", {"text": "а", "attachments": [{"type": "keyboard"}]}, 400),
        ("PUT", "/messages", {"text": "а"}, 400),
        ("POST", "/subscriptions", {"secret": SECRET}, 400),
        ("GET", "/updates?timeout=91", None, 400),
        ("GET", "/chats", None, 404),
        ("DELETE", "/me", None, 405),
    ],
)
async def test_the_emulator_refuses_what_the_contract_does_not_know(
    method: str, path: str, body: Any, status: int
) -> None:
    if schema_from_environment() is None:
        pytest.skip("PLATFORM_SCHEMAS does not name the folder of max-schema.yaml")
    async with MaxEmulator() as platform, httpx.AsyncClient(base_url=platform.url, trust_env=False) as client:
        answer = await client.request(method, path, json=body, headers={"Authorization": "t"})

        assert answer.status_code == status
        assert platform.violations


@pytest.mark.parametrize(
    ("path", "headers", "status", "code"),
    [
        ("/me", {}, 401, "verify.token"),
        ("/me", {"Authorization": "Bearer t"}, 401, "verify.token"),
        ("/me", {"Authorization": "other"}, 401, "verify.token"),
        ("/me?access_token=t", {}, 403, "deprecated.token"),
    ],
)
async def test_the_emulator_takes_the_token_only_as_the_platform_does(
    path: str, headers: dict[str, str], status: int, code: str
) -> None:
    async with MaxEmulator(token="t") as platform, httpx.AsyncClient(base_url=platform.url, trust_env=False) as client:
        answer = await client.get(path, headers=headers)

        assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_the_emulators_updates_follow_the_contract(channel: Max, platform: MaxEmulator) -> None:
    schema = schema_from_environment()
    if schema is None:
        pytest.skip("PLATFORM_SCHEMAS does not name the folder of max-schema.yaml")
    platform.start("42", "abc")
    platform.type("42", "раз")
    for kind in ("photo", "video", "audio", "file", "sticker", "location", "contact", "share", "edited"):
        platform.attach("42", kind)
    await channel.send(Address("max", "42"), Outgoing("ask", "Да?", rows=((Button("Да", "b1:yes"),),)), 1)
    platform.press("42", platform.shown("42")[0], "b1:yes")
    platform.remove_dialog("42")

    updates = (await channel.poll("")).updates

    assert len(updates) == 14
    assert [fault for raw in updates for fault in schema.faults("Update", raw)] == []
