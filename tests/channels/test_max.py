"""Sending through the real client to the loopback MAX: keyboards, edits, and what every failure means."""

import logging
import socket
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.channels.max import Max
from bot.channels.port import Blocked, Broken, Channel, Refused, SendError, TooFast, Uncertain, Unreachable
from bot.messages import Address, Button, Outgoing
from tests.platforms.max import MaxEmulator

IVAN = Address("max", "42")
TOKEN = "very-secret-token-of-max"
WORDS = "Иван, ваша запись на вторник"
YES_NO = ((Button("Да", "b1:yes"), Button("Нет", "b1:no")),)
SAID = Outgoing("greeting", WORDS)


@pytest.fixture
async def platform() -> AsyncIterator[MaxEmulator]:
    async with MaxEmulator(token=TOKEN) as platform:
        yield platform
    assert platform.violations == []


@pytest.fixture
async def channel(platform: MaxEmulator) -> AsyncIterator[Max]:
    channel = Max(token=TOKEN, api_url=platform.url)
    yield channel
    await channel.close()


@pytest.fixture
def closed_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


async def test_the_adapter_is_a_channel_and_shows_its_commands(platform: MaxEmulator) -> None:
    channel = Max(token=TOKEN, api_url=platform.url, commands=[("menu", "Меню"), ("stop", "Остановить")])
    port: Channel = channel

    await port.open()
    await port.open()  # nothing changed: not set again
    await port.close()

    assert port.name == "max"
    assert [command["name"] for command in platform.commands] == ["menu", "stop"]
    assert [request.method for request in platform.requests] == ["GET /me", "PATCH /me/commands", "GET /me"]


async def test_a_message_arrives_as_plain_text_without_a_preview(channel: Max, platform: MaxEmulator) -> None:
    sent = await channel.send(IVAN, Outgoing("greeting", "<b>1</b> *2* https://trudvsem.ru"), 1)

    (shown,) = platform.shown("42")
    assert (shown.id, shown.text, shown.buttons) == (sent, "<b>1</b> *2* https://trudvsem.ru", [])
    params = platform.requests[-1].params
    assert params["disable_link_preview"] == "true"
    assert "format" not in params


async def test_a_lone_surrogate_does_not_stop_a_message(channel: Max, platform: MaxEmulator) -> None:
    await channel.send(IVAN, Outgoing("greeting", "да\ud83d"), 1)

    assert platform.shown("42")[0].text == "да?"


async def test_buttons_come_back_when_pressed_open_links_or_type_their_label(
    channel: Max, platform: MaxEmulator
) -> None:
    rows = (*YES_NO, (Button("Портал", url="https://trudvsem.ru"),), (Button("Меню"),))

    await channel.send(IVAN, Outgoing("ask", WORDS, rows=rows), 1)

    (shown,) = platform.shown("42")
    assert shown.buttons == [
        [("Да", "b1:yes"), ("Нет", "b1:no")],
        [("Портал", "https://trudvsem.ru")],
        [("Меню", "")],
    ]
    platform.press("42", shown, "b1:yes")
    platform.press("42", shown, "Меню")
    press, typed = (channel.heard(raw) for raw in (await channel.poll("")).updates)
    assert press is not None
    assert (press.data, press.message) == ("b1:yes", shown.id)
    assert typed is not None
    assert typed.text == "Меню"


async def test_a_row_is_broken_where_the_platform_takes_fewer(channel: Max, platform: MaxEmulator) -> None:
    wide = tuple(Button(str(n), f"b1:{n}") for n in range(9))
    linked = (*(Button(str(n), f"b1:{n}") for n in range(3)), Button("Сайт", url="https://trudvsem.ru"))

    await channel.send(IVAN, Outgoing("ask", WORDS, rows=(wide, linked)), 1)

    assert [len(row) for row in platform.shown("42")[0].buttons] == [7, 2, 3, 1]


async def test_a_press_is_answered_by_replacing_the_pressed_message(channel: Max, platform: MaxEmulator) -> None:
    first = await channel.send(IVAN, Outgoing("ask", WORDS, rows=YES_NO), 1)
    platform.press("42", platform.shown("42")[0], "b1:yes")
    press = channel.heard((await channel.poll("")).updates[0])
    assert press is not None

    sent = await channel.send(press.address, Outgoing("done", "Готово", edits=press.message, answer=press.answer), 2)

    (shown,) = platform.shown("42")
    assert (sent, shown.text, shown.buttons, shown.edited) == (first, "Готово", [], 1)
    assert platform.requests[-1].method == "POST /answers"


async def test_acknowledging_costs_no_call(channel: Max, platform: MaxEmulator) -> None:
    platform.type("42", "привет")
    incoming = channel.heard((await channel.poll("")).updates[0])
    assert incoming is not None

    await channel.acknowledge(incoming)

    assert [request.method for request in platform.requests] == ["GET /updates"]


async def test_a_spent_press_falls_back_to_an_edit(channel: Max, platform: MaxEmulator) -> None:
    first = await channel.send(IVAN, Outgoing("ask", WORDS, rows=YES_NO), 1)

    sent = await channel.send(IVAN, Outgoing("done", "Готово", rows=YES_NO, edits=first, answer="spent"), 2)

    (shown,) = platform.shown("42")
    assert (sent, shown.text, shown.edited) == (first, "Готово", 1)
    assert [request.method for request in platform.requests[1:]] == ["POST /answers", "PUT /messages"]


@pytest.mark.parametrize("fault", ["500", "html", "answer:200:x:expired", "answer:405:not.allowed:"])
async def test_an_answer_that_fails_falls_back_to_an_edit(channel: Max, platform: MaxEmulator, fault: str) -> None:
    first = await channel.send(IVAN, Outgoing("ask", WORDS, rows=YES_NO), 1)
    platform.faults.plan(fault)

    assert await channel.send(IVAN, Outgoing("done", "Готово", edits=first, answer=f"cb.{first}"), 2) == first
    assert platform.requests[-1].method == "PUT /messages"


async def test_a_message_that_cannot_be_edited_is_sent_anew(channel: Max, platform: MaxEmulator) -> None:
    old = await channel.send(IVAN, SAID, 1)
    platform.too_old.add(old)  # 200 with success: false
    gone = await channel.send(IVAN, SAID, 2)
    platform.delete(platform.shown("42")[1])  # 404
    platform.type("42", "слова")
    theirs = (await channel.poll("")).updates[-1]["message"]["body"]["mid"]  # 403 access.denied

    new = [await channel.send(IVAN, Outgoing("done", "Готово", edits=mid), 3) for mid in (old, gone, theirs, "none")]

    assert [shown.id for shown in platform.shown("42")] == [old, gone, *new]
    assert all(shown.edited == 0 for shown in platform.shown("42"))


async def test_an_edit_that_changes_nothing_is_done(channel: Max, platform: MaxEmulator) -> None:
    first = await channel.send(IVAN, SAID, 1)
    platform.faults.plan("answer:400:message.not.modified:", "answer:400:proto.payload:Message is not modified")

    assert await channel.send(IVAN, Outgoing("done", WORDS, edits=first), 2) == first
    assert await channel.send(IVAN, Outgoing("done", WORDS, edits=first, answer=f"cb.{first}"), 3) == first
    assert len(platform.shown("42")) == 1


async def test_an_answer_to_an_unknown_message_has_no_id(channel: Max, platform: MaxEmulator) -> None:
    first = await channel.send(IVAN, SAID, 1)

    assert await channel.send(IVAN, Outgoing("done", "Готово", answer=f"cb.{first}"), 2) == ""
    assert platform.shown("42")[0].text == "Готово"


ERRORS: list[tuple[str, type[SendError]]] = [
    ("answer:400:proto.payload:Field 'text' size (4001) must be at most 4000", Refused),
    ("answer:400:attachment.not.ready:", TooFast),
    ("answer:401:verify.token:Invalid access_token", Broken),
    ("answer:403:deprecated.token:", Broken),
    ("answer:403:chat.denied:error.dialog.suspended", Blocked),
    ("answer:403:error.dialog.suspended:", Blocked),
    ("answer:403:access.denied:error.dialog.notfound", Blocked),
    ("answer:404:error.dialog.notfound:", Blocked),
    ("answer:403:access.denied:", Refused),
    ("answer:404:chat.not.found:", Blocked),
    ("answer:404:not.found:", Blocked),
    ("answer:405:method.not.allowed:", Refused),
    ("answer:429:too.many.requests:", TooFast),
    ("answer:200:too.many.requests:", TooFast),
    ("answer:200:something:", Refused),
    ("answer:418:Some Words: of a proxy", Refused),
    ("answer:500:internal.error:", Uncertain),
    ("answer:503:service.unavailable:", Uncertain),
    ("page:403", Unreachable),
    ("page:404", Unreachable),
    ("page:413", Refused),
    ("page:429", TooFast),
    ("page:401", Broken),
    ("page:302", Uncertain),
    ("page:504", Uncertain),
    ("page:200", Uncertain),
    ("html", Uncertain),
    ("cut-before", Uncertain),
    ("cut-after", Uncertain),
]


@pytest.mark.parametrize(("fault", "expected"), ERRORS)
async def test_each_failure_of_a_new_message_says_what_to_do(
    channel: Max, platform: MaxEmulator, fault: str, expected: type[SendError]
) -> None:
    platform.faults.plan(fault)

    with pytest.raises(SendError) as caught:
        await channel.send(IVAN, SAID, 1)

    assert type(caught.value) is expected


# What an edit can't mend by a new message; its unknown end may be tried again.
EDIT_ERRORS = [
    (fault, Unreachable if error is Uncertain else error)
    for fault, error in ERRORS
    if (error is not Refused or fault == "page:413") and not fault.endswith((":not.found:", ":chat.not.found:"))
]


@pytest.mark.parametrize(("fault", "expected"), EDIT_ERRORS)
async def test_an_edit_is_never_uncertain(
    channel: Max, platform: MaxEmulator, fault: str, expected: type[SendError]
) -> None:
    first = await channel.send(IVAN, SAID, 1)
    platform.faults.plan(fault)

    with pytest.raises(SendError) as caught:
        await channel.send(IVAN, Outgoing("done", "Готово", edits=first), 2)

    assert type(caught.value) is expected
    assert len(platform.shown("42")) == 1


async def test_a_lost_answer_to_a_press_may_be_repeated_unless_its_message_is_unknown(
    channel: Max, platform: MaxEmulator
) -> None:
    first = await channel.send(IVAN, SAID, 1)
    platform.faults.plan("cut-after", "cut-after")

    with pytest.raises(Unreachable):
        await channel.send(IVAN, Outgoing("done", "Готово", edits=first, answer=f"cb.{first}"), 2)
    with pytest.raises(Uncertain):
        await channel.send(IVAN, Outgoing("done", "Готово", answer=f"cb.{first}"), 2)


async def test_a_slow_send_that_still_lands_is_uncertain(platform: MaxEmulator) -> None:
    platform.faults.plan("slow:5")
    channel = Max(token=TOKEN, api_url=platform.url, timeout_s=0.1)

    with pytest.raises(Uncertain):
        await channel.send(IVAN, SAID, 1)
    await channel.close()

    assert len(platform.shown("42")) == 1


async def test_a_connection_that_never_opened_is_unreachable(closed_port: str) -> None:
    channel = Max(token=TOKEN, api_url=closed_port)

    with pytest.raises(Unreachable):
        await channel.send(IVAN, SAID, 1)
    with pytest.raises(Unreachable):
        await channel.send(IVAN, Outgoing("done", WORDS, edits="mid.1", answer="cb.1"), 1)
    with pytest.raises(Unreachable):
        await channel.open()
    await channel.close()


async def test_the_platforms_pause_is_passed_on(channel: Max, platform: MaxEmulator) -> None:
    platform.faults.plan("429:7", "429")

    with pytest.raises(TooFast) as told:
        await channel.send(IVAN, SAID, 1)
    with pytest.raises(TooFast) as silent:
        await channel.send(IVAN, SAID, 1)

    assert (told.value.after, told.value.everyone) == (timedelta(seconds=7), True)
    assert silent.value.after is None


async def test_the_limits_of_a_dialog_and_of_the_bot_are_told_apart() -> None:
    async with MaxEmulator(limits=True, per_second=5) as platform:
        platform.clock = lambda: 0.0
        channel = Max(token=TOKEN, api_url=platform.url)
        await channel.send(IVAN, SAID, 1)
        await channel.send(IVAN, SAID, 2)
        with pytest.raises(TooFast) as one_dialog:
            await channel.send(IVAN, SAID, 3)
        await channel.send(Address("max", "43"), SAID, 4)
        await channel.send(Address("max", "44"), SAID, 5)
        with pytest.raises(TooFast) as whole_bot:
            await channel.send(Address("max", "45"), SAID, 6)
        await channel.close()

    assert (one_dialog.value.everyone, whole_bot.value.everyone) == (False, True)


async def test_who_stopped_the_bot_or_never_came_is_blocked() -> None:
    async with MaxEmulator(only_known=True) as platform:
        channel = Max(token=TOKEN, api_url=platform.url)
        with pytest.raises(Blocked):
            await channel.send(IVAN, SAID, 1)
        platform.start("42")
        first = await channel.send(IVAN, SAID, 1)
        platform.block("42")
        with pytest.raises(Blocked):
            await channel.send(IVAN, SAID, 2)
        with pytest.raises(Blocked):
            await channel.send(IVAN, Outgoing("done", WORDS, edits=first, answer=f"cb.{first}"), 2)
        await channel.close()


async def test_a_message_beyond_the_limits_is_refused(channel: Max, platform: MaxEmulator) -> None:
    beyond = [
        Outgoing("long", "ы" * 4001),
        Outgoing("rows", WORDS, rows=tuple((Button("Да", f"b1:{n}"),) for n in range(31))),
        Outgoing("label", WORDS, rows=((Button("ы" * 129, "b1:yes"),),)),
        Outgoing("phone", WORDS, rows=((Button("Позвонить", url="tel:88001234567"),),)),
    ]

    for message in beyond:
        with pytest.raises(Refused):
            await channel.send(IVAN, message, 1)
    with pytest.raises(Refused):
        await channel.send(Address("max", "not-a-number"), SAID, 1)
    await channel.send(IVAN, Outgoing("fits", "ы" * 4000), 1)

    assert len(platform.shown("42")) == 1
    platform.violations.clear()  # the contract knows most of these limits, too


async def test_a_dead_token_is_broken(platform: MaxEmulator) -> None:
    channel = Max(token="revoked", api_url=platform.url)

    with pytest.raises(Broken):
        await channel.open()
    with pytest.raises(Broken):
        await channel.send(IVAN, SAID, 1)
    await channel.close()


async def test_no_log_and_no_error_holds_words_tokens_or_urls(
    channel: Max, platform: MaxEmulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    said = []
    for fault in ["", "answer:400:Иван Петров:" + WORDS, "page:404", "html", "cut-after", "500"]:
        platform.faults.plan(fault)
        try:
            await channel.send(IVAN, Outgoing("greeting", WORDS, answer="callback-42"), 1)
        except SendError as error:
            said += [str(error), repr(error.__cause__), str(error.__notes__ if hasattr(error, "__notes__") else "")]

    told = "\n".join([*said, *(f"{record.name}: {record.getMessage()}" for record in caplog.records)])
    for secret in (TOKEN, "Иван", "вторник", platform.url, "user_id=", "callback-42"):
        assert secret not in told
