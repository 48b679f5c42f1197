"""How the Telegram adapter gets updates and keeps its settings: polling, cursor, webhook, doctor."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramConflictError
from aiohttp import web

from bot.channels.port import Broken, Channel, Forged, ReceiveError, TwoPollers, Unreachable
from bot.channels.telegram import SECRET_HEADER, Telegram
from bot.messages import Address, Outgoing
from tests.platforms.telegram import TOKEN, TelegramEmulator
from tests.platforms.telegram_queue import RETENTION_S, Updates

SECRET = "right-secret-123"
HTTPS = "https://czn.example.org/hooks/telegram"


@pytest.fixture
async def platform() -> AsyncIterator[TelegramEmulator]:
    async with TelegramEmulator() as emulator:
        yield emulator
        assert emulator.violations == []


@pytest.fixture
async def telegram(platform: TelegramEmulator) -> AsyncIterator[Telegram]:
    channel = Telegram(token=TOKEN, api_url=platform.url, secret=SECRET, poll_s=0)
    yield channel
    await channel.close()


def texts(telegram: Channel, updates: Any) -> list[str]:
    return [heard.text for raw in updates if (heard := telegram.heard(raw)) is not None]


def methods(platform: TelegramEmulator) -> list[str]:
    return [request.method for request in platform.requests]


# Polling


async def test_only_the_next_poll_confirms_what_was_returned(telegram: Telegram, platform: TelegramEmulator) -> None:
    platform.type("42", "раз")
    platform.type("43", "два")

    first = await telegram.poll("")
    again = await telegram.poll("")  # as after a kill before the commit
    assert texts(telegram, first.updates) == texts(telegram, again.updates) == ["раз", "два"]
    assert platform.updates.confirmed == 0

    platform.type("42", "три")
    after = await telegram.poll(first.cursor)

    assert texts(telegram, after.updates) == ["три"]
    assert platform.updates.confirmed == 2


async def test_the_cursor_stays_when_nothing_came(telegram: Telegram, platform: TelegramEmulator) -> None:
    platform.type("42", "раз")
    cursor = (await telegram.poll("")).cursor

    assert (await telegram.poll(cursor)).cursor == cursor
    assert (await telegram.poll("")).cursor == ""


async def test_a_flood_comes_in_batches_and_in_order(telegram: Telegram, platform: TelegramEmulator) -> None:
    platform.flood([str(1000 + n) for n in range(50)], 5, "сообщение {n}")

    heard, cursor = [], ""
    while (polled := await telegram.poll(cursor)).updates:
        assert len(polled.updates) <= 100
        heard += [telegram.heard(raw) for raw in polled.updates]
        cursor = polled.cursor

    assert len(heard) == 250
    orders = [incoming.order for incoming in heard if incoming]
    assert orders == sorted(set(orders))
    assert [i.text for i in heard if i and i.address.chat == "1000"] == [f"сообщение {n}" for n in range(5)]


async def test_a_poll_waits_for_the_first_message(platform: TelegramEmulator) -> None:
    channel = Telegram(token=TOKEN, api_url=platform.url, poll_s=30)
    waiting = asyncio.create_task(channel.poll(""))
    await platform.updates.polled.wait()

    platform.type("42", "привет")

    assert texts(channel, (await waiting).updates) == ["привет"]
    await channel.close()


async def test_a_poisoned_update_does_not_block_its_batch(telegram: Telegram, platform: TelegramEmulator) -> None:
    person = {"id": 42, "is_bot": False, "first_name": "Иван"}
    platform.type("42", "раз")
    platform.raw({"message": "не объект"})
    platform.raw({"my_chat_member": {"chat": 5, "from": person, "new_chat_member": {"status": "frozen"}}})
    platform.raw({"message": {"message_id": "x", "chat": {"id": 42}, "from": person, "text": "полсмайлика \ud83d"}})
    platform.type("42", "два")
    bare = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(platform.url)))
    async with bare.session:
        with pytest.raises(Exception, match="Failed to de"):  # what the vendor's parser makes of such a batch
            await bare.get_updates()

    polled = await telegram.poll("")

    heard = []
    for raw in polled.updates:
        json.dumps(raw, ensure_ascii=False).encode()
        try:
            incoming = telegram.heard(raw)
        except ValueError:
            incoming = None
        heard.append(incoming.text if incoming else None)
    assert heard == ["раз", None, None, "полсмайлика \ufffd", "два"]
    assert len({telegram.event(raw) for raw in polled.updates}) == 5
    assert (await telegram.poll(polled.cursor)).updates == []


async def test_an_update_that_is_no_object_is_handed_on_to_be_parked(platform: TelegramEmulator) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "result": ["битое", {"update_id": 7, "message": 5}]})

    async with _server(answer) as url:
        channel = Telegram(token=TOKEN, api_url=url)
        polled = await channel.poll("")
        await channel.close()

    assert polled.cursor == "8"
    assert [channel.event(raw) for raw in polled.updates][1] == "7"
    for raw in polled.updates:
        with pytest.raises(ValueError):
            channel.heard(raw)


async def test_numbers_that_jump_back_move_the_cursor_back(telegram: Telegram, platform: TelegramEmulator) -> None:
    """After a week of silence Telegram begins anew at a random number."""
    platform.raw({"update_id": 5, "message": {"message_id": 1, "chat": {"id": 42, "type": "private"}, "text": "снова"}})

    assert (await telegram.poll("")).cursor == "6"


async def test_the_second_poller_throws_out_the_first(platform: TelegramEmulator) -> None:
    first, second = (Telegram(token=TOKEN, api_url=platform.url, poll_s=wait_s) for wait_s in (30, 0))
    waiting = asyncio.create_task(first.poll(""))
    await platform.updates.polled.wait()

    await second.poll("")

    with pytest.raises(TwoPollers):
        await waiting
    await first.close()
    await second.close()


async def test_a_webhook_in_the_way_of_polling_is_told_and_removed(
    telegram: Telegram, platform: TelegramEmulator
) -> None:
    platform.deliver_to("http://127.0.0.1:9/nobody", SECRET)
    platform.type("42", "дождался")
    bare = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(platform.url)))
    async with bare.session:
        with pytest.raises(TelegramConflictError):
            await bare.get_updates()
    with pytest.raises(TwoPollers, match="webhook"):
        await telegram.poll("")

    await telegram.prepare_polling()

    assert texts(telegram, (await telegram.poll("")).updates) == ["дождался"]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((401, '{"ok":false,"error_code":401,"description":"Unauthorized"}'), Broken),
        ((404, '{"ok":false,"error_code":404,"description":"Not Found"}'), Broken),
        ((404, "<html></html>"), ReceiveError),
        ((409, '{"ok":false,"error_code":409,"description":"Conflict: terminated"}'), TwoPollers),
        ((429, '{"ok":false,"error_code":429,"parameters":{"retry_after":3}}'), ReceiveError),
        ((500, '{"ok":false,"error_code":500,"description":"Internal Server Error"}'), ReceiveError),
        ((502, "<html>502</html>"), ReceiveError),
        ((200, "<html>вход</html>"), ReceiveError),
        ((200, '{"ok":true,"result":{}}'), ReceiveError),
        ((200, '{"ok":true,"result":[{}]}'), ReceiveError),
        ((200, "{"), ReceiveError),
    ],
)
async def test_a_failed_poll_says_whether_it_is_worth_repeating(
    answer: tuple[int, str], expected: type[Exception]
) -> None:
    async def say(request: web.Request) -> web.Response:
        return web.Response(status=answer[0], text=answer[1])

    async with _server(say) as url:
        channel = Telegram(token=TOKEN, api_url=url)
        with pytest.raises(expected) as raised:
            await channel.poll("5")
        await channel.close()

    assert type(raised.value) is expected
    assert "вход" not in str(raised.value)
    assert TOKEN not in str(raised.value)


async def test_a_redirect_is_not_followed() -> None:
    """A gateway that redirects would get texts by another way than the operator chose."""
    asked: list[str] = []

    async def elsewhere(request: web.Request) -> web.Response:
        asked.append(request.path)
        raise web.HTTPFound("/elsewhere")

    async with _server(elsewhere) as url:
        channel = Telegram(token=TOKEN, api_url=url)
        with pytest.raises(ReceiveError):
            await channel.poll("")
        with pytest.raises(Unreachable):
            await channel.send(Address("telegram", "42"), Outgoing("", "текст"), 1)
        await channel.close()

    assert asked == [f"/bot{TOKEN}/getUpdates", f"/bot{TOKEN}/sendMessage"]


async def test_a_poll_of_a_server_that_is_away_is_worth_repeating(
    telegram: Telegram, platform: TelegramEmulator
) -> None:
    await platform.go_dark()

    with pytest.raises(ReceiveError):
        await telegram.poll("")


async def test_what_nobody_takes_for_a_day_is_forgotten_by_the_platform() -> None:
    now = [0.0]
    updates = Updates(clock=lambda: now[0])
    updates.put({"message": {}}, "message")
    now[0] = RETENTION_S - 1
    updates.put({"message": {}}, "message")
    assert len(await updates.take(offset=0, limit=100, timeout_s=0)) == 2

    now[0] = RETENTION_S + 1

    assert len(await updates.take(offset=0, limit=100, timeout_s=0)) == 1
    assert updates.expired == 1


# Webhook


async def test_every_update_is_delivered_until_it_is_taken(telegram: Telegram, platform: TelegramEmulator) -> None:
    taken: dict[str, list[str]] = {}
    done = asyncio.Event()

    async def hook(request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        (update,) = telegram.webhook(headers, await request.read()).updates
        tries = taken.setdefault(telegram.event(update), [])
        tries.append(json.dumps(update))
        if sum(len(each) for each in taken.values()) == 20 * 3:
            done.set()
        return web.Response(status=503 if len(tries) == 1 else 200)

    async with _server(hook) as url:
        platform.flood(["42", "43"], 10, "{n}")
        platform.deliver_to(f"{url}/hooks/telegram", SECRET, shuffle=True, copies=2)
        await asyncio.wait_for(done.wait(), 20)

    assert len(taken) == 20
    assert all(len(tries) == 3 and len(set(tries)) == 1 for tries in taken.values())


async def test_a_delivery_with_another_secret_is_forged(telegram: Telegram, platform: TelegramEmulator) -> None:
    refused = asyncio.Event()

    async def hook(request: web.Request) -> web.Response:
        try:
            telegram.webhook({name.lower(): value for name, value in request.headers.items()}, await request.read())
        except Forged:
            refused.set()
            return web.Response(status=401)
        return web.Response()

    async with _server(hook) as url:
        platform.deliver_to(url, "another-secret-456")
        platform.type("42", "подделка")
        await asyncio.wait_for(refused.wait(), 20)
        platform.updates.deliver(None)

    assert platform.updates.confirmed == 0


async def test_a_webhook_is_set_once_and_again_when_somebody_changed_it(
    telegram: Telegram, platform: TelegramEmulator
) -> None:
    for _ in range(3):
        await telegram.prepare_webhook(HTTPS, SECRET)
    assert methods(platform) == ["setWebhook", "getWebhookInfo", "getWebhookInfo"]
    assert platform.requests[0].params == {
        "url": HTTPS,
        "secret_token": SECRET,
        "max_connections": 40,
        "drop_pending_updates": False,
        "allowed_updates": ["message", "edited_message", "callback_query", "my_chat_member"],
    }

    platform.deliver_to("https://somebody.example.org/", "x")
    await telegram.prepare_webhook(HTTPS, SECRET)

    assert platform.updates.hook is not None
    assert (platform.updates.hook.url, platform.updates.hook.secret) == (HTTPS, SECRET)


async def test_a_new_secret_is_set_and_demanded_at_once(telegram: Telegram, platform: TelegramEmulator) -> None:
    await telegram.prepare_webhook(HTTPS, SECRET)

    await telegram.prepare_webhook(HTTPS, "newer-secret-789")

    assert platform.updates.hook is not None
    assert platform.updates.hook.secret == "newer-secret-789"
    assert len(telegram.webhook({SECRET_HEADER: "newer-secret-789"}, b'{"update_id":1}').updates) == 1
    with pytest.raises(Forged):
        telegram.webhook({SECRET_HEADER: SECRET}, b'{"update_id":1}')


async def test_an_address_that_telegram_refuses_does_not_stop_the_channel(telegram: Telegram) -> None:
    with pytest.raises(Unreachable):
        await telegram.prepare_webhook("http://czn.example.org/hooks/telegram", SECRET)


async def test_waiting_messages_survive_a_change_of_the_way(telegram: Telegram, platform: TelegramEmulator) -> None:
    platform.type("42", "раз")
    await telegram.prepare_webhook(HTTPS, SECRET)
    platform.updates.deliver(None)
    await telegram.prepare_polling()

    assert texts(telegram, (await telegram.poll("")).updates) == ["раз"]


class _server:  # noqa: N801  reads as a function: async with _server(handler) as url
    """A server of one handler, for answers that the emulator would not give."""

    def __init__(self, handler: Any) -> None:
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", handler)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)

    async def __aenter__(self) -> str:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}"

    async def __aexit__(self, *error: object) -> None:
        await self._runner.cleanup()
