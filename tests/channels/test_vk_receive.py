"""Both ways in from the loopback VK, the community's settings behind them, and the doctor."""

import asyncio
import hmac
import json
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.channels.port import Broken, Forged, Raw, ReceiveError, Unreachable
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


def texts(vk: Vk, updates: Any) -> list[str]:
    heard = [vk.heard(raw) for raw in updates]
    return [incoming.text for incoming in heard if incoming is not None]


# Long polling


async def test_the_first_poll_gives_the_present_cursor_at_once(vk: Vk, platform: VkEmulator) -> None:
    platform.type("42", "до запуска")

    polled = await vk.poll("")

    assert (list(polled.updates), polled.cursor, polled.lost) == ([], "1", False)


async def test_updates_come_in_order_and_again_until_the_cursor_moves(vk: Vk, platform: VkEmulator) -> None:
    start = (await vk.poll("")).cursor
    platform.type("42", "раз")
    platform.type("43", "два")
    platform.type("42", "три")

    first = await vk.poll(start)
    again = await vk.poll(start)  # killed before the commit: asked again from the old cursor

    assert texts(vk, first.updates) == ["раз", "два", "три"]
    assert again == first
    assert platform.queue.confirmed == int(start)
    platform.type("42", "четыре")
    assert texts(vk, (await vk.poll(first.cursor)).updates) == ["четыре"]
    assert platform.queue.confirmed == int(first.cursor)


async def test_a_waiting_poll_is_woken_by_an_update(vk: Vk, platform: VkEmulator) -> None:
    start = (await vk.poll("")).cursor
    waiting = asyncio.create_task(vk.poll(start))
    await until(platform, lambda: platform.queue.pollers)

    platform.type("42", "привет")

    assert texts(vk, (await waiting).updates) == ["привет"]


async def test_a_restarted_process_goes_on_from_the_stored_cursor(vk: Vk, platform: VkEmulator) -> None:
    start = (await vk.poll("")).cursor
    platform.type("42", "пока вас не было")
    restarted = Vk(token="token", group_id=777, api_url=platform.url)

    polled = await restarted.poll(start)

    assert texts(restarted, polled.updates) == ["пока вас не было"]
    await restarted.close()


async def test_an_expired_key_is_renewed_without_losing_the_place(vk: Vk, platform: VkEmulator) -> None:
    start = (await vk.poll("")).cursor
    platform.type("42", "раз")
    platform.queue.expire_key()

    polled = await vk.poll(start)

    assert texts(vk, polled.updates) == ["раз"]
    assert not polled.lost


async def test_an_outdated_cursor_says_that_updates_were_lost(vk: Vk, platform: VkEmulator) -> None:
    start = (await vk.poll("")).cursor
    platform.type("42", "потеряно")
    platform.queue.forget()

    polled = await vk.poll(start)

    assert (list(polled.updates), polled.cursor, polled.lost) == ([], "1", True)
    platform.type("42", "дальше")
    assert texts(vk, (await vk.poll(polled.cursor)).updates) == ["дальше"]
    assert vk.counts["lost"] == 1


async def test_a_cursor_of_another_life_says_that_updates_were_lost(vk: Vk, platform: VkEmulator) -> None:
    polled = await vk.poll("31337")

    assert (list(polled.updates), polled.cursor, polled.lost) == ([], "0", True)


async def test_a_failing_first_server_request_is_worth_repeating(vk: Vk, platform: VkEmulator) -> None:
    platform.faults.outage = True
    with pytest.raises(ReceiveError):
        await vk.poll("")

    platform.faults.outage = False
    assert (await vk.poll("")).cursor == "0"


async def test_an_outage_in_between_keeps_the_cursor_good(vk: Vk, platform: VkEmulator) -> None:
    start = (await vk.poll("")).cursor
    platform.faults.outage = True
    platform.type("42", "раз")
    with pytest.raises(ReceiveError):
        await vk.poll(start)

    platform.faults.outage = False
    assert texts(vk, (await vk.poll(start)).updates) == ["раз"]


async def test_a_wrong_token_ends_polling(platform: VkEmulator) -> None:
    platform.token = "right"
    vk = Vk(token="wrong", group_id=777, api_url=platform.url)

    with pytest.raises(Broken):
        await vk.poll("")

    await vk.close()


async def test_a_poisoned_update_does_not_hold_up_its_batch(vk: Vk, platform: VkEmulator) -> None:
    start = (await vk.poll("")).cursor
    platform.type("42", "раз")
    platform.raw({"type": "message_new", "event_id": "poison", "object": "?"})
    platform.queue.add(b'"no object at all"')
    platform.queue.add(b'{"type":"message_new","object":{"message":{"from_id":42,"text":"\\ud800"}}}')
    platform.type("42", "два")

    polled = await vk.poll(start)

    assert len(polled.updates) == 5
    heard: list[str] = []
    for raw in polled.updates:
        json.dumps(raw, ensure_ascii=False).encode()  # can be stored
        try:
            heard += texts(vk, [raw])
        except ValueError:
            heard.append("parked")
    assert heard == ["раз", "parked", "parked", "\ufffd", "два"]
    assert len({vk.event(raw) for raw in polled.updates}) == 5


async def test_nothing_is_written_into_the_working_directory(
    vk: Vk, platform: VkEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    start = (await vk.poll("")).cursor
    platform.type("42", "раз")
    await vk.poll(start)

    assert os.listdir(tmp_path) == []


# Callback API


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


# Settings and doctor


async def test_preparing_polling_turns_it_on_and_takes_our_webhook_away(
    vk: Vk, platform: VkEmulator, house: House
) -> None:
    await vk.prepare_webhook(house.url, SECRET)
    platform.community.polling["events"]["message_event"] = 0
    platform.community.polling["api_version"] = "5.92"

    await vk.prepare_polling()

    polling = platform.community.polling
    assert platform.community.servers == {}
    assert (polling["is_enabled"], polling["api_version"]) == (True, "5.199")
    assert all(polling["events"][name] for name in EVENTS)
    platform.type("42", "привет")
    assert texts(vk, (await vk.poll("0")).updates) == ["привет"]

    asked = len(platform.requests)
    await vk.prepare_polling()
    assert not any(".set" in request.method for request in platform.requests[asked:])


async def test_preparing_without_rights_is_broken_and_in_an_outage_unreachable(vk: Vk, platform: VkEmulator) -> None:
    platform.community.rights = ["messages"]
    with pytest.raises(Broken):
        await vk.prepare_polling()
    with pytest.raises(Broken):
        await vk.prepare_webhook("https://czn.example/hooks/vk", SECRET)

    platform.faults.outage = True
    with pytest.raises(Unreachable):
        await vk.prepare_polling()


async def test_the_doctor_finds_nothing_wrong_with_a_healthy_community(vk: Vk) -> None:
    findings = await vk.doctor()

    assert [finding for finding in findings if finding.is_fault] == []
    assert any("Возможности ботов" in finding.remedy for finding in findings)  # can't be seen from here: a hint


async def test_the_doctor_names_what_is_wrong_with_its_remedy(vk: Vk, platform: VkEmulator) -> None:
    async def faults() -> str:
        findings = [finding for finding in await vk.doctor() if finding.is_fault]
        assert all(finding.remedy for finding in findings)
        return " ".join(finding.what for finding in findings)

    platform.community.rights = ["messages"]
    assert "Управление сообществом" in await faults()

    platform.community.rights = ["messages", "manage"]
    platform.deliver_to("http://127.0.0.1:9/", SECRET).title = TITLE
    assert "дважды" in await faults()

    platform.token = "right"
    assert "не принимает токен" in await faults()

    platform.faults.outage = True
    assert "не отвечает" in await faults()


async def test_the_doctor_hints_at_missing_events(vk: Vk, platform: VkEmulator) -> None:
    platform.community.polling["events"]["message_event"] = 0

    assert any("не все нужные события" in finding.what for finding in await vk.doctor())


async def test_the_doctor_sees_a_token_of_another_community(platform: VkEmulator) -> None:
    vk = Vk(token="token", group_id=778, api_url=platform.url)

    (finding,) = await vk.doctor()

    assert finding.is_fault
    assert "BOT_VK_GROUP_ID" in finding.remedy
    await vk.close()
