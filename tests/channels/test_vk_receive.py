"""Long polling of the loopback VK, the settings behind it, and the doctor."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.channels.port import Broken, ReceiveError, Unreachable
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


# Settings and doctor


async def test_preparing_polling_turns_it_on_and_takes_our_webhook_away(vk: Vk, platform: VkEmulator) -> None:
    await vk.prepare_webhook("http://127.0.0.1:9/hooks/vk", SECRET)
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
