"""The Callback API of the loopback VK: who is let in, what is subscribed, and deliveries repeated, shuffled, forged."""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import web

from bot.channels.port import Forged, Raw
from bot.channels.vk import Vk
from bot.channels.vk_community import EVENTS, TITLE
from tests.platforms.vk import VkEmulator

SECRET = "right-secret-1234"


@pytest.fixture
async def platform() -> AsyncIterator[VkEmulator]:
    async with VkEmulator() as platform:
        yield platform
    assert platform.violations == []


@pytest.fixture
async def vk(platform: VkEmulator) -> AsyncIterator[Vk]:
    vk = Vk(token="token", group_id=777, api_url=platform.url, confirmation="configured", secret=SECRET)
    yield vk
    await vk.close()


async def until(platform: VkEmulator, is_so: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not is_so():
            await platform.changed.wait()


def call(**fields: Any) -> bytes:
    return json.dumps(
        {"type": "message_allow", "event_id": "e1", "group_id": 777, "object": {"user_id": 42}} | fields
    ).encode()


def test_the_right_secret_opens_and_does_not_stay_in_the_update(vk: Vk) -> None:
    delivery = vk.webhook({}, call(secret=SECRET))

    assert delivery.reply == "ok"
    (raw,) = delivery.updates
    assert vk.event(raw) == "e1"
    assert "secret" not in raw


@pytest.mark.parametrize(
    "body",
    [
        call(),
        call(secret=""),
        call(secret=None),
        call(secret=SECRET[:-1]),
        call(secret=SECRET + "x"),
        call(secret="правый"),
        call(secret="\ud800"),
        call(secret=[SECRET]),
        call(secret=SECRET, group_id=778),
        call(secret=SECRET, group_id=None),
        call(secret=SECRET, group_id=True),
        call(type="confirmation", group_id=778),
    ],
)
def test_a_call_without_the_right_secret_is_forged(vk: Vk, body: bytes) -> None:
    with pytest.raises(Forged):
        vk.webhook({}, body)


def test_without_a_configured_secret_every_call_is_forged() -> None:
    vk = Vk(token="token", group_id=777, confirmation="configured")

    for secret in ("", None, "any"):
        with pytest.raises(Forged):
            vk.webhook({}, call(secret=secret))


def test_the_secret_is_compared_in_constant_time(vk: Vk, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []
    right = hmac.compare_digest

    def compare(one: bytes, two: bytes) -> bool:
        compared.append((one, two))
        return right(one, two)

    monkeypatch.setattr(hmac, "compare_digest", compare)
    with pytest.raises(Forged):
        vk.webhook({}, call(secret="wrong"))

    assert compared == [(b"wrong", SECRET.encode())]


def test_confirmation_needs_the_right_community_only(vk: Vk) -> None:
    delivery = vk.webhook({}, json.dumps({"type": "confirmation", "group_id": 777}).encode())

    assert (delivery.reply, list(delivery.updates)) == ("configured", [])


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b"null", b"[" * 100_000, b'{"a":' * 100_000])
def test_a_body_that_is_no_json_object_is_a_value_error(vk: Vk, body: bytes) -> None:
    with pytest.raises(ValueError):
        vk.webhook({}, body)


class House:
    """Our side of the Callback API: answers as the web process does, and fails `failures` times first."""

    def __init__(self, vk: Vk) -> None:
        self.vk = vk
        self.failures = 0
        self.taken: list[Raw] = []
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        try:
            delivery = self.vk.webhook({}, await request.read())
        except Forged:
            return web.Response(status=403)
        if delivery.updates and self.failures:
            self.failures -= 1
            return web.Response(status=503)
        self.taken += delivery.updates
        return web.Response(text=delivery.reply)


@pytest.fixture
async def house(vk: Vk) -> AsyncIterator[House]:
    house = House(vk)
    app = web.Application()
    app.router.add_post("/hooks/vk", house.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    house.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hooks/vk"
    yield house
    await runner.cleanup()


@pytest.mark.parametrize("changes", [False, True])
async def test_preparing_a_webhook_brings_every_event_there(
    vk: Vk, platform: VkEmulator, house: House, changes: bool
) -> None:
    platform.community.confirmation_changes = changes

    await vk.prepare_webhook(house.url, SECRET)

    (server,) = platform.community.servers.values()
    await until(platform, lambda: server.status == "ok")
    assert (server.title, server.secret, server.api_version) == (TITLE, SECRET, "5.199")
    assert set(EVENTS) <= server.events
    assert not platform.community.polling["is_enabled"]  # or each event would come twice

    platform.start("42", "czn-12")
    platform.type("42", "привет")
    await until(platform, lambda: len(house.taken) == 2)
    assert [raw["object"]["message"]["text"] for raw in house.taken] == ["Начать", "привет"]

    asked = len(platform.requests)
    await vk.prepare_webhook(house.url, SECRET)  # the watchdog: all is well
    assert {request.method.split(".get")[0] for request in platform.requests[asked:]} == {"groups"}


async def test_a_webhook_set_elsewhere_is_mended(vk: Vk, platform: VkEmulator, house: House) -> None:
    await vk.prepare_webhook("http://127.0.0.1:9/gone", "old-secret-12345")
    await until(platform, lambda: next(iter(platform.community.servers.values())).status == "failed")

    await vk.prepare_webhook(house.url, SECRET)

    (server,) = platform.community.servers.values()
    await until(platform, lambda: server.status == "ok")
    assert (server.url, server.secret) == (house.url, SECRET)


async def test_a_repeated_delivery_carries_the_same_event(vk: Vk, platform: VkEmulator, house: House) -> None:
    house.failures = 2
    server = platform.deliver_to(house.url, SECRET, copies=2, retry_s=0.0)

    platform.type("42", "привет")
    await until(platform, lambda: server.delivered == 2)

    assert server.tries == 4
    assert len({vk.event(raw) for raw in house.taken}) == 1


async def test_shuffled_deliveries_all_arrive(vk: Vk, platform: VkEmulator, house: House) -> None:
    server = platform.deliver_to(house.url, SECRET, shuffle=True, concurrency=4, retry_s=0.0)

    platform.flood(["42", "43"], 20, "сообщение {n}")
    await until(platform, lambda: server.delivered == 40)

    said = [vk.heard(raw) for raw in house.taken]
    per_chat = {chat: sorted(it.order for it in said if it and it.address.chat == chat) for chat in ("42", "43")}
    assert per_chat == {"42": list(range(1, 21)), "43": list(range(1, 21))}


async def test_a_forged_delivery_never_gets_in(platform: VkEmulator, house: House) -> None:
    server = platform.deliver_to(house.url, "wrong-secret-123", retry_s=0.0)

    platform.type("42", "привет")
    await until(platform, lambda: server.tries > 3)

    assert (server.delivered, house.taken) == (0, [])
