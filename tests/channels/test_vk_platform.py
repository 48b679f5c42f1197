"""The loopback VK itself: as strict as the official schema, and alone in a process for benches and kill tests."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.channels.vk import Vk
from bot.messages import Address, Button, Outgoing
from tests.platforms.vk import VkEmulator
from tests.platforms.vk_schema import from_environment

ROOT = Path(__file__).parents[2]
needs_schema = pytest.mark.skipif(from_environment() is None, reason="PLATFORM_SCHEMAS names no folder")
RIGHT = {"access_token": "t", "v": "5.199"}


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession() as http:
        yield http


@needs_schema
@pytest.mark.parametrize(
    ("method", "params", "names"),
    [
        ("messages.sendd", {}, "no such method"),
        ("messages.send", {"peer_ids": "42", "random_id": "1", "mesage": "x"}, "unknown field mesage"),
        ("messages.send", {"peer_ids": "42,", "random_id": "1", "message": "x"}, "peer_ids"),
        ("messages.send", {"peer_ids": "42", "random_id": "2147483648", "message": "x"}, "int32"),
        ("messages.send", {"peer_ids": "42", "random_id": "1", "message": "x", "dont_parse_links": "yes"}, "flag"),
        ("messages.edit", {"cmid": "1", "message": "x"}, "no peer_id"),
        ("messages.setActivity", {"peer_id": "42", "type": "dancing"}, "type"),
        ("groups.getLongPollServer", {"group_id": "0"}, "bounds"),
        ("groups.addCallbackServer", {"group_id": "1", "url": "u", "title": "x" * 15}, "too long"),
        (
            "messages.send",
            {"peer_ids": "42", "random_id": "1", "keyboard": '{"buttons":[[{"action":{"type":"callback"}}]]}'},
            "no label",
        ),
    ],
)
async def test_a_request_against_the_official_schema_is_noted_and_refused(
    http: ClientSession, method: str, params: dict[str, str], names: str
) -> None:
    async with (
        VkEmulator() as platform,
        http.post(f"{platform.url}/method/{method}", data={**params, **RIGHT}) as answer,
    ):
        assert answer.status == 400
        assert names in " ".join(platform.violations)


@pytest.mark.parametrize(
    ("rows", "inline", "refused"),
    [
        ([1] * 6, True, False),
        ([1] * 7, True, True),
        ([5, 5], True, False),
        ([5, 5, 1], True, True),
        ([6], True, True),
        ([4] * 10, False, False),
        ([5] * 9, False, True),
        ([1] * 11, False, True),
        ([0], True, True),
    ],
)
async def test_keyboards_beyond_the_limits_are_refused(
    http: ClientSession, rows: list[int], inline: bool, refused: bool
) -> None:
    button = {"action": {"type": "text", "label": "Да", "payload": "{}"}, "color": "primary"}
    keyboard = json.dumps({"inline": inline, "buttons": [[button] * width for width in rows]})
    fields = {"peer_ids": "42", "random_id": "1", "message": "x", "keyboard": keyboard, **RIGHT}

    async with VkEmulator() as platform, http.post(f"{platform.url}/method/messages.send", data=fields) as answer:
        assert (await answer.json()).get("error", {}).get("error_code") == (911 if refused else None)


async def test_only_those_who_wrote_can_be_written_to(http: ClientSession) -> None:
    fields = {"peer_ids": "42", "random_id": "1", "message": "x", **RIGHT}
    async with VkEmulator(only_known=True) as platform:
        async with http.post(f"{platform.url}/method/messages.send", data=fields) as answer:
            (item,) = (await answer.json())["response"]
        assert item["error"]["code"] == 901

        platform.type("42", "привет")
        async with http.post(f"{platform.url}/method/messages.send", data=fields) as answer:
            (item,) = (await answer.json())["response"]
        assert item["conversation_message_id"] == 2


async def test_alone_in_a_process_it_is_driven_over_http(http: ClientSession) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.platforms.vk", "--limits", cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        url = (await process.stdout.readline()).decode().strip()

        async def control(act: str, **how: Any) -> None:
            async with http.post(f"{url}/control/{act}", json=how) as answer:
                assert answer.status == 200, await answer.text()

        vk = Vk(token="token", group_id=777, api_url=url)
        cursor = (await vk.poll("")).cursor
        await control("flood", chats=3, count=2, text="привет {n}")
        await control("start", chat="42", token="czn-12")
        polled = await vk.poll(cursor)
        heard = [vk.heard(raw) for raw in polled.updates]
        assert [it.text for it in heard if it][:6] == ["привет 0"] * 3 + ["привет 1"] * 3
        await vk.send(Address("vk", "42"), Outgoing("ask", "Да?", rows=((Button("Да", "yes"),),)), 1)
        await control("faults", next=["cut-after"])
        await control("press", chat="42", data="yes")
        (raw,) = (await vk.poll(polled.cursor)).updates
        await vk.close()

        async with http.get(f"{url}/control/state") as answer:
            state = await answer.json()
        assert (state["issued"], state["confirmed"], state["sends"], state["duplicates"]) == (8, 7, 1, 0)
        assert state["chats"]["42"] == ["Да?"]
        assert len(state["issued_at"]["42"]) == 2
        assert len(state["replied_at"]["42"]) == 1
        assert raw["object"]["payload"] == {"d": "yes"}
    finally:
        process.terminate()
        await process.wait()
