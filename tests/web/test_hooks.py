"""Webhooks: the real adapters behind the real server. Forged calls touch nothing, `received` means stored."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.channels.max import Max
from bot.channels.telegram import Telegram
from bot.channels.vk import Vk
from storage.database import Database
from tests.web.site import Site
from tests.web.visitor import Visitor

SECRET = "hook-secret-0123456789"
GROUP = 7
PAYLOADS = Path(__file__).parents[1] / "channels" / "payloads"

Sites = Callable[..., Awaitable[Site]]
Visitors = Callable[..., Visitor]


@pytest.fixture
async def hooked(make_site: Sites) -> Site:
    """A site with the three messengers' hooks. Nothing listens where they would send to."""
    nowhere = "http://127.0.0.1:9"
    return await make_site(
        takes_turns=False,
        channels={
            "telegram": Telegram(token="1:a", api_url=nowhere, secret=SECRET),
            "vk": Vk(token="v", group_id=GROUP, api_url=nowhere, secret=SECRET, confirmation="c0nf1rm"),
            "max": Max(token="m", api_url=nowhere, secret=SECRET),
        },
    )


@pytest.fixture
async def client(hooked: Site, make_visitor: Visitors) -> httpx.AsyncClient:
    return make_visitor(hooked.url).client


HEADERS = {"telegram": "X-Telegram-Bot-Api-Secret-Token", "max": "X-Max-Bot-Api-Secret", "vk": "X-None"}


def payload(channel: str) -> dict[str, Any]:
    update: dict[str, Any] = json.loads((PAYLOADS / channel / "text.json").read_text())
    update = update.get("update", update)
    return {**update, "secret": SECRET, "group_id": GROUP} if channel == "vk" else update


def headers(channel: str, secret: str = SECRET) -> dict[str, str]:
    return {HEADERS[channel]: secret}


async def counts(database: Database) -> tuple[int, int]:
    """Waiting, parked."""
    async with database.read() as tx:
        waiting, _ = await tx.inbox.waiting()
        return waiting, await tx.inbox.count_parked()


@pytest.mark.parametrize("channel", ["telegram", "vk", "max"])
async def test_an_update_is_stored_before_it_is_confirmed(
    hooked: Site, client: httpx.AsyncClient, channel: str
) -> None:
    answer = await client.post(f"/hooks/{channel}", json=payload(channel), headers=headers(channel))

    assert answer.status_code == 200, answer.text
    assert answer.text == ("ok" if channel == "vk" else "")
    assert await counts(hooked.database) == (1, 0)


@pytest.mark.parametrize("channel", ["telegram", "vk", "max"])
async def test_a_repeated_delivery_changes_nothing(hooked: Site, client: httpx.AsyncClient, channel: str) -> None:
    for _ in range(3):
        answer = await client.post(f"/hooks/{channel}", json=payload(channel), headers=headers(channel))
        assert answer.status_code == 200

    assert await counts(hooked.database) == (1, 0)


@pytest.mark.parametrize("channel", ["telegram", "vk", "max"])
@pytest.mark.parametrize("secret", ["", "wrong", SECRET + "x", SECRET[:-1], SECRET.upper()])
async def test_a_forged_call_touches_nothing(
    hooked: Site, client: httpx.AsyncClient, channel: str, secret: str
) -> None:
    update = {**payload(channel), "secret": secret} if channel == "vk" else payload(channel)

    answer = await client.post(f"/hooks/{channel}", json=update, headers=headers(channel, secret))

    assert answer.status_code == 403
    assert await counts(hooked.database) == (0, 0)


async def test_the_secret_in_another_place_is_no_secret(hooked: Site, client: httpx.AsyncClient) -> None:
    update = payload("telegram")
    for answer in (
        await client.post("/hooks/telegram", json={**update, "secret": SECRET}),
        await client.post(f"/hooks/telegram?secret={SECRET}", json=update),
        await client.post("/hooks/telegram", json=update, headers=headers("max")),
        await client.post("/hooks/telegram", json=update, headers={"Authorization": f"Bearer {SECRET}"}),
    ):
        assert answer.status_code == 403
    assert await counts(hooked.database) == (0, 0)


async def test_vk_confirms_its_own_group_only(client: httpx.AsyncClient) -> None:
    own = await client.post("/hooks/vk", json={"type": "confirmation", "group_id": GROUP})
    other = await client.post("/hooks/vk", json={"type": "confirmation", "group_id": GROUP + 1})

    assert (own.status_code, own.text) == (200, "c0nf1rm")
    assert other.status_code == 403


@pytest.mark.parametrize("channel", ["telegram", "max"])
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"5", b"\xff\xfe\x00", b"[" * 100_000, b'{"a":' * 50_000])
async def test_no_json_object_is_400(hooked: Site, client: httpx.AsyncClient, channel: str, body: bytes) -> None:
    answer = await client.post(f"/hooks/{channel}", content=body, headers=headers(channel))

    assert answer.status_code == 400
    assert await counts(hooked.database) == (0, 0)


@pytest.mark.parametrize("channel", ["telegram", "vk", "max"])
async def test_a_broken_update_is_parked_and_confirmed(hooked: Site, client: httpx.AsyncClient, channel: str) -> None:
    """A platform repeats every other answer for hours."""
    broken = {
        "telegram": {"update_id": 5, "message": "text"},
        "max": {"update_type": "message_created", "timestamp": 1, "message": 5},
        "vk": {"type": "message_new", "event_id": "e", "object": 5, "secret": SECRET, "group_id": GROUP},
    }[channel]

    answer = await client.post(f"/hooks/{channel}", json=broken, headers=headers(channel))

    assert answer.status_code == 200
    assert await counts(hooked.database) == (0, 1)


async def test_a_body_over_the_limit_is_refused_while_it_is_read(hooked: Site, client: httpx.AsyncClient) -> None:
    async def endless() -> Any:
        for _ in range(640):
            yield b"x" * 16_384

    told = await client.post("/hooks/telegram", content=b"x" * 10_000_000, headers=headers("telegram"))
    untold = await client.post("/hooks/telegram", content=endless(), headers=headers("telegram"))

    assert told.status_code == 413
    assert untold.status_code == 413
    assert await counts(hooked.database) == (0, 0)


async def test_other_names_and_methods_are_unknown(client: httpx.AsyncClient) -> None:
    assert (await client.post("/hooks/web", json={})).status_code == 404
    assert (await client.post("/hooks/../healthz", json={})).status_code in (404, 405)
    assert (await client.get("/hooks/telegram")).status_code == 405


async def test_without_the_database_the_platform_is_asked_to_repeat(hooked: Site, client: httpx.AsyncClient) -> None:
    await hooked.database.close()

    answer = await client.post("/hooks/telegram", json=payload("telegram"), headers=headers("telegram"))

    assert answer.status_code == 503
