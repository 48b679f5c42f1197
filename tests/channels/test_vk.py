"""Sending through the real client library to the loopback VK: keyboards, edits, and what every failure means."""

import asyncio
import json
import logging
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import structlog

from bot.channels.port import Blocked, Broken, Channel, Refused, SendError, TooFast, Uncertain, Unreachable
from bot.channels.vk import Vk
from bot.messages import Address, Button, Incoming, Kind, Outgoing
from tests.platforms.vk import VkEmulator

IVAN = Address("vk", "42")
TOKEN = "vk1.a.very-secret-token"
WORDS = "Иван, ваша запись на вторник"
YES_NO = ((Button("Да", "b1:yes"), Button("Нет", "b1:no")),)


@pytest.fixture
async def platform() -> AsyncIterator[VkEmulator]:
    async with VkEmulator(token=TOKEN) as platform:
        yield platform
    assert platform.violations == []


@pytest.fixture
async def vk(platform: VkEmulator) -> AsyncIterator[Vk]:
    vk = Vk(token=TOKEN, group_id=777, api_url=platform.url)
    yield vk
    await vk.close()


def closed_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


async def test_the_adapter_is_a_channel_that_knows_its_name(vk: Vk) -> None:
    channel: Channel = vk

    await channel.open()

    assert channel.name == "vk"
    assert vk.title == "Центр занятости"


async def test_a_message_arrives_as_plain_text_and_its_number_is_the_random_id(vk: Vk, platform: VkEmulator) -> None:
    sent = await vk.send(IVAN, Outgoing("greeting", WORDS), 7)

    (shown,) = platform.shown("42")
    assert (shown.id, shown.text, shown.random_id) == (sent, WORDS, 7)
    assert not shown.buttons
    assert shown.menu is None
    params = platform.requests[-1].params
    assert (params["dont_parse_links"], params["disable_mentions"]) == ("1", "1")
    assert not platform.token_in_url


@pytest.mark.parametrize("number", [1, 2**31 - 1, 2**31, 2**31 + 5, 2**62])
async def test_a_random_id_is_an_int32_and_never_zero(vk: Vk, platform: VkEmulator, number: int) -> None:
    await vk.send(IVAN, Outgoing("greeting", WORDS), number)
    await vk.send(IVAN, Outgoing("greeting", WORDS), number + 1)

    first, second = platform.shown("42")  # neighbours never meet: the second would be dropped
    assert 0 < first.random_id < 2**31
    assert 0 < second.random_id < 2**31


async def test_rows_become_inline_buttons_whose_press_brings_the_data_back(vk: Vk, platform: VkEmulator) -> None:
    rows = (*YES_NO, (Button("Сайт центра", url="https://example.org/"),))
    sent = await vk.send(IVAN, Outgoing("ask", WORDS, rows=rows), 1)

    (shown,) = platform.shown("42")
    assert shown.buttons == [[("Да", "b1:yes"), ("Нет", "b1:no")], [("Сайт центра", "https://example.org/")]]

    cursor = (await vk.poll("")).cursor
    platform.press("42", shown, "b1:no")
    (raw,) = (await vk.poll(cursor)).updates
    incoming = vk.heard(raw)
    assert incoming is not None
    assert (incoming.kind, incoming.data, incoming.message) == (Kind.PRESS, "b1:no", sent)

    await vk.acknowledge(incoming)
    assert platform.answered == [incoming.answer]
    assert "event_data" not in platform.requests[-1].params


async def test_the_menu_becomes_a_lasting_keyboard_whose_press_is_text(vk: Vk, platform: VkEmulator) -> None:
    await vk.send(IVAN, Outgoing("menu", WORDS, menu=(("Меню", "Специалист"),)), 1)

    assert platform.shown("42")[0].menu == [["Меню", "Специалист"]]
    assert json.loads(platform.requests[-1].params["keyboard"])["one_time"] is False

    cursor = (await vk.poll("")).cursor
    platform.tap("42", "Специалист")
    (raw,) = (await vk.poll(cursor)).updates
    incoming = vk.heard(raw)
    assert incoming is not None
    assert (incoming.kind, incoming.text, incoming.data) == (Kind.TEXT, "Специалист", "")


async def test_rows_win_over_the_menu(vk: Vk, platform: VkEmulator) -> None:
    await vk.send(IVAN, Outgoing("ask", WORDS, rows=YES_NO, menu=(("Меню",),)), 1)

    (shown,) = platform.shown("42")
    assert shown.buttons
    assert shown.menu is None


async def test_the_widest_screen_fits(vk: Vk, platform: VkEmulator) -> None:
    rows = tuple((Button("Я" * 38, "д" * 32), Button("Ю" * 41, "x" * 64)) for _ in range(5))
    await vk.send(IVAN, Outgoing("ask", "ы" * 3900, rows=rows), 1)

    (shown,) = platform.shown("42")
    assert sum(map(len, shown.buttons)) == 10
    assert shown.buttons[0] == [("Я" * 38, "д" * 32), ("Ю" * 39 + "…", "x" * 64)]
    assert vk.counts["without_keyboard"] == 0


async def test_an_edit_replaces_text_and_buttons(vk: Vk, platform: VkEmulator) -> None:
    sent = await vk.send(IVAN, Outgoing("ask", WORDS, rows=YES_NO), 1)

    again = await vk.send(IVAN, Outgoing("done", "Готово", edits=sent), 2)

    (shown,) = platform.shown("42")
    assert again == sent
    assert (shown.text, shown.buttons, shown.edited) == ("Готово", [], 1)


async def test_a_message_too_old_or_gone_is_sent_anew(vk: Vk, platform: VkEmulator) -> None:
    sent = await vk.send(IVAN, Outgoing("ask", WORDS, rows=YES_NO), 1)
    platform.grow_old("42", platform.shown("42")[0])

    second = await vk.send(IVAN, Outgoing("done", "Готово", edits=sent), 2)
    third = await vk.send(IVAN, Outgoing("done", "И ещё", edits="999"), 3)

    assert [shown.text for shown in platform.shown("42")] == [WORDS, "Готово", "И ещё"]
    assert len({sent, second, third}) == 3


@pytest.mark.parametrize("code", [15, 104, 909, 920, 924])
async def test_what_can_not_be_edited_is_sent_anew(vk: Vk, platform: VkEmulator, code: int) -> None:
    sent = await vk.send(IVAN, Outgoing("ask", WORDS), 1)
    platform.faults.plan(f"error:{code}")

    await vk.send(IVAN, Outgoing("done", "Готово", edits=sent), 2)

    assert [shown.text for shown in platform.shown("42")] == [WORDS, "Готово"]


async def test_an_edit_that_brings_the_menu_is_a_new_message(vk: Vk, platform: VkEmulator) -> None:
    sent = await vk.send(IVAN, Outgoing("ask", WORDS), 1)

    await vk.send(IVAN, Outgoing("menu", "Меню ниже", menu=(("Меню",),), edits=sent), 2)

    assert [shown.menu for shown in platform.shown("42")] == [None, [["Меню"]]]


async def test_a_failed_edit_is_told_and_not_sent_anew(vk: Vk, platform: VkEmulator) -> None:
    sent = await vk.send(IVAN, Outgoing("ask", WORDS), 1)
    platform.faults.plan("500", "429")

    with pytest.raises(Uncertain):
        await vk.send(IVAN, Outgoing("done", "Готово", edits=sent), 2)
    with pytest.raises(TooFast):
        await vk.send(IVAN, Outgoing("done", "Готово", edits=sent), 2)

    assert [shown.text for shown in platform.shown("42")] == [WORDS]


async def test_without_bot_capabilities_choices_become_numbered_lines(vk: Vk, platform: VkEmulator) -> None:
    platform.community.bot_capabilities = False

    sent = await vk.send(IVAN, Outgoing("ask", WORDS, rows=YES_NO), 1)
    await vk.send(IVAN, Outgoing("ask", "Точно?", rows=YES_NO, edits=sent), 2)
    await vk.send(IVAN, Outgoing("menu", "Меню", menu=(("Меню",),)), 3)

    assert [shown.text for shown in platform.shown("42")] == ["Точно?\n\n1. Да\n2. Нет", "Меню"]
    assert vk.counts["without_keyboard"] == 1  # once told, it is not tried again for a while
    assert len(platform.requests) == 4


async def test_a_refused_keyboard_becomes_numbered_lines_for_that_message_only(vk: Vk, platform: VkEmulator) -> None:
    platform.faults.plan("error:911")

    await vk.send(IVAN, Outgoing("ask", WORDS, rows=YES_NO), 1)
    await vk.send(IVAN, Outgoing("ask", WORDS, rows=YES_NO), 2)

    first, second = platform.shown("42")
    assert first.text.endswith("1. Да\n2. Нет")
    assert second.buttons


ERRORS: list[tuple[str, type[SendError]]] = [
    *((f"error:{code}", Uncertain) for code in (1, 10, 36)),
    *((f"error:{code}", Broken) for code in (5, 7, 15, 27, 1117)),
    *((f"error:{code}", TooFast) for code in (6, 9, 14, 29, 3300)),
    *((f"error:{code}", Blocked) for code in (18, 900, 901, 902, 936)),
    *((f"recipient:{code}", Blocked) for code in (18, 900, 901, 902, 936)),
    *(
        (f"error:{code}", Refused)
        for code in (100, 910, 914, 917, 925, 927, 940, 943, 944, 945, 946, 950, 985, 987, 988)
    ),
    *((f"recipient:{code}", Refused) for code in (914, 917, 950, 31337)),
    ("recipient:9", TooFast),
    ("recipient:10", Uncertain),
    ("error:43", Unreachable),
    ("error:31337", Refused),
    ("blocked", Blocked),
    ("429", TooFast),
    ("429:7", TooFast),
    ("500", Uncertain),
    ("html", Uncertain),
    ("cut-before", Uncertain),
]


@pytest.mark.parametrize(("fault", "expected"), ERRORS)
async def test_every_failure_says_what_to_do_next(
    vk: Vk, platform: VkEmulator, fault: str, expected: type[SendError]
) -> None:
    platform.faults.plan(fault)

    with pytest.raises(expected) as caught:
        await vk.send(IVAN, Outgoing("greeting", WORDS), 1)

    assert type(caught.value) is expected
    assert platform.shown("42") == []
    await vk.send(IVAN, Outgoing("greeting", WORDS), 1)  # the next one goes through on the same client
    assert len(platform.shown("42")) == 1


@pytest.mark.parametrize(
    ("fault", "after", "everyone"),
    [
        ("429", timedelta(seconds=0.5), True),
        ("429:7", timedelta(seconds=7), True),
        ("error:9", timedelta(minutes=5), False),
        ("recipient:9", timedelta(minutes=5), False),
        ("error:14", timedelta(minutes=10), True),
        ("error:29", timedelta(hours=1), True),
    ],
)
async def test_too_fast_says_how_long_and_for_whom(
    vk: Vk, platform: VkEmulator, fault: str, after: timedelta, everyone: bool
) -> None:
    platform.faults.plan(fault)

    with pytest.raises(TooFast) as caught:
        await vk.send(IVAN, Outgoing("greeting", WORDS), 1)

    assert (caught.value.after, caught.value.everyone) == (after, everyone)


async def test_an_uncertain_message_sent_again_under_its_number_stands_once(vk: Vk, platform: VkEmulator) -> None:
    platform.faults.plan("cut-after")
    with pytest.raises(Uncertain):
        await vk.send(IVAN, Outgoing("greeting", WORDS), 1)

    sent = await vk.send(IVAN, Outgoing("greeting", WORDS), 1)

    (shown,) = platform.shown("42")
    assert shown.id == sent
    assert platform.deduplicated == 1


async def test_a_late_answer_is_uncertain(platform: VkEmulator) -> None:
    vk = Vk(token=TOKEN, group_id=777, api_url=platform.url, answer_s=0.1)
    platform.faults.plan("slow:0.5")

    with pytest.raises(Uncertain):
        await vk.send(IVAN, Outgoing("greeting", WORDS), 1)

    assert len(platform.shown("42")) == 1
    await vk.close()


async def test_a_closed_port_is_certainly_not_sent() -> None:
    vk = Vk(token=TOKEN, group_id=777, api_url=closed_port())

    with pytest.raises(Unreachable):
        await vk.send(IVAN, Outgoing("greeting", WORDS), 1)
    with pytest.raises(Unreachable):
        await vk.open()

    await vk.close()


async def test_a_wrong_token_is_broken(platform: VkEmulator) -> None:
    vk = Vk(token="another", group_id=777, api_url=platform.url)

    with pytest.raises(Broken):
        await vk.send(IVAN, Outgoing("greeting", WORDS), 1)
    with pytest.raises(Broken):
        await vk.open()

    await vk.close()


async def test_a_token_of_another_community_is_broken(platform: VkEmulator) -> None:
    vk = Vk(token=TOKEN, group_id=778, api_url=platform.url)

    with pytest.raises(Broken):
        await vk.open()

    await vk.close()


async def test_an_address_that_is_none_is_refused(vk: Vk) -> None:
    for chat in ("", "-5", "42,43", "durov", "٤٢"):
        with pytest.raises(Refused):
            await vk.send(Address("vk", chat), Outgoing("greeting", WORDS), 1)


async def test_errors_and_logs_hold_neither_words_nor_token_nor_address(
    vk: Vk, platform: VkEmulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told: list[str] = []
    with structlog.testing.capture_logs() as logs:
        for fault in ("error:100", "error:5", "error:911", "html", "500", "cut-before", "cut-after", "429", "blocked"):
            platform.faults.plan(fault)
            try:
                await vk.send(IVAN, Outgoing("ask", WORDS, rows=YES_NO), 1)
            except SendError as error:
                told += [str(error), repr(error), repr(error.__cause__), repr(error.__context__)]

    everything = " ".join([*told, str(logs), caplog.text])
    assert len(told) == 4 * 8  # 911 was mended
    assert {entry["event"] for entry in logs} == {"vk.send_failed", "vk.keyboard_refused"}
    for secret in (TOKEN, WORDS, "Иван", "127.0.0.1", "/method/", "request_params"):
        assert secret not in everything


async def test_typing_is_shown_unless_the_calls_are_needed_for_messages(vk: Vk, platform: VkEmulator) -> None:
    incoming = Incoming(event="e", address=IVAN, kind=Kind.TEXT, text=WORDS)
    await vk.acknowledge(incoming)
    assert platform.typing["42"] == 1

    for number in range(1, 11):
        await vk.send(IVAN, Outgoing("greeting", WORDS), number)
    await vk.acknowledge(incoming)
    assert platform.typing["42"] == 1


async def test_acknowledging_swallows_every_error(vk: Vk, platform: VkEmulator) -> None:
    platform.faults.outage = True

    await vk.acknowledge(Incoming(event="e", address=IVAN, kind=Kind.TEXT))
    await vk.acknowledge(Incoming(event="e", address=IVAN, kind=Kind.PRESS, answer="unknown"))

    assert [request.status for request in platform.requests] == [502, 502]


async def test_the_platforms_limit_is_told_as_too_fast(vk: Vk, platform: VkEmulator) -> None:
    platform.limits = True

    sends = (vk.send(IVAN, Outgoing("greeting", WORDS), number) for number in range(1, 41))
    outcomes = await asyncio.gather(*sends, return_exceptions=True)

    assert {type(outcome) for outcome in outcomes} == {str, TooFast}
    assert len(platform.shown("42")) == sum(isinstance(outcome, str) for outcome in outcomes)


def test_the_library_is_loaded_late_and_leaves_nothing_behind(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    code = """
import logging, sys, warnings
import bot.channels.vk
assert not {"vkbottle", "aiohttp"} & set(sys.modules), "loaded too early"
before = warnings.showwarning
import bot.channels.vk_client
assert warnings.showwarning is before
assert logging.getLogger("vkbottle").handlers == []
"""
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True, timeout=60)

    assert list(tmp_path.iterdir()) == []
