"""What each failure of a send becomes, beside what the bare vendor library makes of it."""

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)

from bot.channels.port import Blocked, Broken, Channel, Moved, Refused, SendError, TooFast, Uncertain, Unreachable
from bot.channels.telegram import Telegram
from bot.messages import Address, Button, Kind, Outgoing
from tests.platforms.telegram import TOKEN, TelegramEmulator

IVAN = Address("telegram", "42")
SECRET_WORDS = "диагноз Иванова"


@pytest.fixture
async def platform() -> AsyncIterator[TelegramEmulator]:
    async with TelegramEmulator() as emulator:
        yield emulator
        assert emulator.violations == []


@pytest.fixture
async def telegram(platform: TelegramEmulator) -> AsyncIterator[Channel]:
    channel = Telegram(token=TOKEN, api_url=platform.url)
    yield channel
    await channel.close()


def screen(text: str = "Выберите", **more: Any) -> Outgoing:
    return Outgoing(key="menu", text=text, **more)


# Failures: what the platform does, what bare aiogram raises, what we say

FAILURES: list[tuple[str, type[Exception], type[SendError]]] = [
    ("429:7", TelegramRetryAfter, TooFast),
    ("429", TelegramAPIError, TooFast),
    ("blocked", TelegramForbiddenError, Blocked),
    ("error:403 Forbidden: user is deactivated", TelegramForbiddenError, Blocked),
    ("error:403 Forbidden: bot can't initiate conversation with a user", TelegramForbiddenError, Blocked),
    ("error:400 Bad Request: chat not found", TelegramBadRequest, Blocked),
    ("error:400 BAD REQUEST: CHAT NOT FOUND", TelegramBadRequest, Blocked),
    ("error:400 Bad Request: BUTTON_DATA_INVALID", TelegramBadRequest, Refused),
    ("error:400 Bad Request: message is too long", TelegramBadRequest, Refused),
    ("error:401 Unauthorized", TelegramUnauthorizedError, Broken),
    ("error:404 Not Found", TelegramNotFound, Broken),
    ("error:413 Request Entity Too Large", TelegramEntityTooLarge, Refused),
    ("500", TelegramServerError, Uncertain),
    ("error:500 Internal Server Error: restart", TelegramServerError, Uncertain),
    ("error:502 Bad Gateway", TelegramServerError, Uncertain),
    ("html", ClientDecodeError, Uncertain),
    ("raw:200 <html>вход в сеть</html>", ClientDecodeError, Uncertain),
    ("raw:200 [1,2]", ClientDecodeError, Uncertain),
    ("raw:403 <html>закрыто</html>", ClientDecodeError, Unreachable),
    ("raw:404 <html>нет</html>", ClientDecodeError, Unreachable),
    ("raw:413 <html>много</html>", ClientDecodeError, Refused),
    ("raw:429 <html>часто</html>", ClientDecodeError, TooFast),
    ("cut-before", TelegramNetworkError, Uncertain),
    ("cut-after", TelegramNetworkError, Uncertain),
]


@pytest.mark.parametrize(("fault", "theirs", "ours"), FAILURES, ids=[fault for fault, _, _ in FAILURES])
async def test_each_failure_says_what_to_do_next(
    telegram: Channel,
    platform: TelegramEmulator,
    caplog: pytest.LogCaptureFixture,
    fault: str,
    theirs: type[Exception],
    ours: type[SendError],
) -> None:
    caplog.set_level(logging.DEBUG)
    bare = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(platform.url)))
    platform.faults.plan(fault, fault)

    async with bare.session:
        with pytest.raises(theirs):
            await bare.send_message(42, SECRET_WORDS)
    with pytest.raises(ours) as raised:
        await telegram.send(IVAN, screen(SECRET_WORDS), 1)

    assert type(raised.value) is ours
    said = f"{raised.value!r} {caplog.text}"
    for secret in (TOKEN, "127.0.0.1", SECRET_WORDS, "закрыто", "initiate"):
        assert secret not in said
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None


async def test_the_wait_is_taken_from_the_answer(telegram: Channel, platform: TelegramEmulator) -> None:
    platform.faults.plan("429:7", "429")

    with pytest.raises(TooFast) as with_wait:
        await telegram.send(IVAN, screen(), 1)
    with pytest.raises(TooFast) as without:
        await telegram.send(IVAN, screen(), 1)

    assert (with_wait.value.after, with_wait.value.everyone) == (timedelta(seconds=7), False)
    assert without.value.after is None


async def test_a_group_that_moved_tells_its_new_number(telegram: Channel, platform: TelegramEmulator) -> None:
    moved = {"ok": False, "error_code": 400, "description": "x", "parameters": {"migrate_to_chat_id": -1001}}
    platform.faults.plan(*[f"raw:400 {json.dumps(moved)}"] * 2)
    bare = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(platform.url)))

    async with bare.session:
        with pytest.raises(TelegramMigrateToChat):
            await bare.send_message(42, "x")
    with pytest.raises(Moved) as told:
        await telegram.send(IVAN, screen(), 1)
    assert told.value.chat == "-1001"


async def test_when_nothing_listens_the_message_is_certainly_not_sent(
    telegram: Channel, platform: TelegramEmulator
) -> None:
    port = await platform.go_dark()

    with pytest.raises(Unreachable):
        await telegram.send(IVAN, screen(), 1)
    with pytest.raises(Unreachable):
        await telegram.open()

    await platform.listen(port)
    await telegram.send(IVAN, screen(), 1)
    assert len(platform.shown("42")) == 1


async def test_a_name_that_does_not_resolve_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: Any, **kwargs: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)  # no question leaves the machine
    channel = Telegram(token=TOKEN, api_url="http://telegram.invalid")

    with pytest.raises(Unreachable):
        await channel.send(IVAN, screen(), 1)
    with pytest.raises(Unreachable):
        await channel.open()

    await channel.close()


async def test_a_connection_that_never_opens_is_unreachable() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:  # nobody accepts: the backlog is full and further ones hang
            one.setblocking(False)
            one.connect_ex(address)
        channel = Telegram(token=TOKEN, api_url=f"http://127.0.0.1:{address[1]}", connect_s=0.2, answer_s=5)

        with pytest.raises(Unreachable):
            await channel.send(IVAN, screen(), 1)

        await channel.close()
        for one in waiting:
            one.close()


async def test_an_answer_that_does_not_come_in_time_is_uncertain(platform: TelegramEmulator) -> None:
    channel = Telegram(token=TOKEN, api_url=platform.url, answer_s=0.2)
    platform.faults.plan("slow:1")

    with pytest.raises(Uncertain):
        await channel.send(IVAN, screen(), 1)

    assert len(platform.shown("42")) == 1
    await channel.close()


async def test_a_wait_for_a_free_connection_is_unreachable(
    platform: TelegramEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.telegram_client.CONNECTIONS", 1)
    channel = Telegram(token=TOKEN, api_url=platform.url, connect_s=0.1, answer_s=5)
    platform.faults.plan("slow:0.5")

    first, second = await asyncio.gather(
        channel.send(IVAN, screen("раз"), 1), channel.send(IVAN, screen("два"), 2), return_exceptions=True
    )

    assert isinstance(first, str)
    assert isinstance(second, Unreachable)
    assert [shown.text for shown in platform.shown("42")] == ["раз"]
    await channel.close()


async def test_a_citizen_who_blocked_the_bot_is_blocked_until_they_return(
    telegram: Channel, platform: TelegramEmulator
) -> None:
    platform.block("42")
    with pytest.raises(Blocked):
        await telegram.send(IVAN, screen(), 1)

    platform.unblock("42")
    await telegram.send(IVAN, screen(), 1)

    kinds = [heard.kind for raw in (await telegram.poll("")).updates if (heard := telegram.heard(raw))]
    assert kinds == [Kind.STOPPED, Kind.RETURNED]


@pytest.mark.parametrize(
    "message",
    [
        screen(" "),
        screen("ж" * 4097),
        screen(rows=((Button("д", "ю" * 33),),)),
        screen(rows=((Button("д"),),)),
        screen(rows=((Button("", "x"),),)),
        screen(rows=((Button("д", url="javascript:alert(1)"),),)),
        screen(rows=tuple((Button("д", "x"),) for _ in range(101))),
    ],
)
async def test_what_breaks_a_limit_is_refused(telegram: Channel, message: Outgoing) -> None:
    with pytest.raises(Refused):
        await telegram.send(IVAN, message, 1)


async def test_an_address_that_is_no_number_is_refused(telegram: Channel) -> None:
    with pytest.raises(Refused):
        await telegram.send(Address("telegram", "иван"), screen(), 1)


async def test_limits_are_answered_with_a_wait() -> None:
    async with TelegramEmulator(limits=True) as platform:
        channel = Telegram(token=TOKEN, api_url=platform.url)
        for n in range(3):
            await channel.send(IVAN, screen(f"{n}"), n)

        with pytest.raises(TooFast) as raised:
            await channel.send(IVAN, screen("4"), 4)

        assert raised.value.after is not None
        assert timedelta(0) < raised.value.after <= timedelta(seconds=3)
        await channel.close()


@pytest.mark.parametrize("token", ["", "no digits", "42"])
async def test_a_token_of_no_known_form_is_broken(platform: TelegramEmulator, token: str) -> None:
    channel = Telegram(token=token, api_url=platform.url)

    with pytest.raises(Broken):
        await channel.open()
    with pytest.raises(Broken):
        await channel.send(IVAN, screen(), 1)
    assert [finding.is_fault for finding in await channel.doctor()] == [True]


async def test_a_socks_proxy_that_does_not_answer_is_unreachable() -> None:
    channel = Telegram(token=TOKEN, proxy="socks5://127.0.0.1:9")

    with pytest.raises(Unreachable):
        await channel.open()
    with pytest.raises(Unreachable):
        await channel.send(IVAN, screen(), 1)
    await channel.close()


async def test_a_proxy_of_an_unknown_kind_is_broken_and_told() -> None:
    channel = Telegram(token=TOKEN, proxy="carrier-pigeon://127.0.0.1:9")

    with pytest.raises(Broken, match="proxy"):
        await channel.open()


async def test_messages_go_through_an_http_proxy(platform: TelegramEmulator) -> None:
    channel = Telegram(token=TOKEN, api_url="http://telegram.invalid", proxy=platform.url)

    await channel.open()
    await channel.send(IVAN, screen("через прокси"), 1)

    assert [shown.text for shown in platform.shown("42")] == ["через прокси"]
    await channel.close()


async def test_a_proxy_that_is_not_there_is_unreachable(platform: TelegramEmulator) -> None:
    channel = Telegram(token=TOKEN, api_url="http://telegram.invalid", proxy=platform.url)
    await platform.go_dark()

    with pytest.raises(Unreachable):
        await channel.send(IVAN, screen(), 1)

    await channel.close()
