"""How updates of MAX come in: long polling with its marker, webhooks with their secret."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from bot.channels.max import POLL_SPACING_S, Max, Spacing
from bot.channels.max_heard import LISTENED
from bot.channels.port import Broken, Forged, Polled, ReceiveError
from bot.messages import Kind
from tests.platforms.max import MaxEmulator
from tests.platforms.max_rules import Window

SECRET = "right-secret-of-the-hook"
HOOK = "https://bot.example.ru/hooks/max"


@pytest.fixture
async def platform() -> AsyncIterator[MaxEmulator]:
    async with MaxEmulator() as platform:
        yield platform
    assert platform.violations == []


@pytest.fixture
async def channel(platform: MaxEmulator) -> AsyncIterator[Max]:
    channel = Max(token="t", api_url=platform.url, secret=SECRET, poll_spacing_s=(0.0, 0.0))
    yield channel
    await channel.close()


def texts(channel: Max, polled: Polled) -> list[str]:
    return [incoming.text for raw in polled.updates if (incoming := channel.heard(raw)) is not None]


async def test_a_poll_is_repeated_until_its_cursor_is_sent(channel: Max, platform: MaxEmulator) -> None:
    platform.type("42", "раз")
    platform.type("43", "два")

    first = await channel.poll("")
    again = await channel.poll("")  # as after a crash before the commit
    platform.type("42", "три")
    following = await channel.poll(first.cursor)

    assert texts(channel, first) == texts(channel, again) == ["раз", "два"]
    assert texts(channel, following) == ["три"]
    assert (platform.issued, platform.confirmed) == (3, 2)


async def test_a_poll_without_news_keeps_the_cursor(channel: Max, platform: MaxEmulator) -> None:
    async with _serving(_answering("/updates", {"updates": [], "marker": None})) as url:
        silent = Max(token="t", api_url=url)
        polled = await silent.poll("17")
        await silent.close()

    assert (polled.updates, polled.cursor) == ([], "17")


async def test_a_waiting_poll_wakes_up_for_a_message(channel: Max, platform: MaxEmulator) -> None:
    asyncio.get_running_loop().call_later(0.05, platform.type, "42", "раз")

    assert texts(channel, await channel.poll("")) == ["раз"]


async def test_a_batch_holds_at_most_a_hundred(channel: Max, platform: MaxEmulator) -> None:
    platform.flood(["42", "43"], 60, "слово {n}")

    first = await channel.poll("")
    second = await channel.poll(first.cursor)

    assert (len(first.updates), len(second.updates)) == (100, 20)
    assert texts(channel, first)[:3] == ["слово 0", "слово 0", "слово 1"]


async def test_events_older_than_a_day_are_gone(channel: Max, platform: MaxEmulator) -> None:
    platform.type("42", "вчера")
    platform.grow_old(24 * 3600 + 1)
    platform.type("42", "сегодня")

    assert texts(channel, await channel.poll("")) == ["сегодня"]


async def test_a_broken_update_in_a_batch_does_not_hide_its_neighbours(channel: Max) -> None:
    good = {"update_type": "bot_started", "timestamp": 5, "chat_id": 7, "user": {"user_id": 42, "is_bot": False}}
    batch = [good, None, "text", ["list"], {"update_type": "message_created", "message": 7}, good | {"timestamp": 6}]
    async with _serving(_answering("/updates", {"updates": batch, "marker": 9})) as url:
        broken = Max(token="t", api_url=url)
        polled = await broken.poll("")
        await broken.close()

    kinds = []
    for raw in polled.updates:
        try:
            incoming = channel.heard(raw)
            kinds.append(incoming and incoming.kind)
        except ValueError:
            kinds.append(None)
    assert kinds == [Kind.START, None, None, None, None, Kind.START]
    assert len({channel.event(raw) for raw in polled.updates}) == 6
    assert polled.cursor == "9"


async def test_a_wrong_byte_or_surrogate_in_a_batch_costs_one_letter(channel: Max) -> None:
    body = b'{"updates":[{"update_type":"message_created","timestamp":1,"message":{"sender":{"user_id":42},'
    body += b'"body":{"mid":"m","text":"a\xffb\\ud83dc"}}}],"marker":2}'
    async with _serving(_answering("/updates", body)) as url:
        spoilt = Max(token="t", api_url=url)
        polled = await spoilt.poll("")
        await spoilt.close()

    assert texts(channel, polled) == ["a\ufffdb\ufffdc"]


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (401, {"code": "verify.token", "message": "Invalid access_token"}, Broken),
        (405, {"code": "method.not.allowed", "message": ""}, ReceiveError),
        (429, {"code": "too.many.requests", "message": ""}, ReceiveError),
        (502, b"<html>", ReceiveError),
        (200, b"<html>", ReceiveError),
        (200, {"updates": None}, ReceiveError),
        (200, b"[" * 100_000, ReceiveError),
    ],
)
async def test_a_failed_poll_is_worth_repeating_unless_the_token_is_dead(
    status: int, body: Any, expected: type[Exception]
) -> None:
    async with _serving(_answering("/updates", body, status)) as url:
        channel = Max(token="t", api_url=url)
        with pytest.raises(expected):
            await channel.poll("")
        await channel.close()


def test_polls_keep_the_platforms_pace() -> None:
    spacing, platform, now = Spacing(*POLL_SPACING_S), Window(2, gap_s=0.3), 100.0
    for pause in (0.0, 0.0, 0.0, 0.0, 0.2, 0.5, 0.0, 0.0, 30.0, 0.0, 0.0):
        now += pause
        now += spacing.wait_s(now)
        spacing.started(now)

        assert platform.takes(now)

    assert now < 100 + 30.7 + 5 * 1.1 + 0.4  # two a second, not slower
    assert spacing.wait_s(now + 25) == 0  # after a long wait the next poll starts at once


async def test_a_poll_above_the_platforms_pace_is_worth_repeating() -> None:
    async with MaxEmulator(limits=True, per_second=1) as platform:
        hasty = Max(token="t", api_url=platform.url, poll_spacing_s=(0.0, 0.0))
        platform.clock = lambda: 0.0
        platform.type("42", "раз")
        await hasty.poll("")
        with pytest.raises(ReceiveError):
            await hasty.poll("")
        await hasty.close()


async def test_while_subscribed_polling_gives_nothing_until_it_is_prepared(channel: Max, platform: MaxEmulator) -> None:
    platform.deliver_to(HOOK)
    with pytest.raises(ReceiveError):
        await channel.poll("")

    await channel.prepare_polling()
    platform.type("42", "раз")

    assert texts(channel, await channel.poll("")) == ["раз"]


async def test_a_vanished_subscription_is_renewed_and_a_standing_one_left_alone(
    channel: Max, platform: MaxEmulator
) -> None:
    await channel.prepare_webhook(HOOK, SECRET)
    await channel.prepare_webhook(HOOK, SECRET)
    assert [request.method for request in platform.requests] == ["POST /subscriptions", "GET /subscriptions"]

    platform.hooks.clear()  # as after 8 h of failures
    await channel.prepare_webhook(HOOK, SECRET)

    assert platform.hooks[HOOK].hook.secret == SECRET
    assert platform.hooks[HOOK].hook.types == LISTENED


async def test_a_changed_secret_or_a_shorter_list_of_types_subscribes_anew(channel: Max, platform: MaxEmulator) -> None:
    await channel.prepare_webhook(HOOK, SECRET)
    await channel.prepare_webhook(HOOK, SECRET + "2")
    assert platform.hooks[HOOK].hook.secret == SECRET + "2"

    platform.deliver_to(HOOK, SECRET, types=("message_created",))
    await channel.prepare_webhook(HOOK, SECRET + "2")

    assert platform.hooks[HOOK].hook.types == LISTENED


@pytest.mark.parametrize("secret", ["", "four", "секретное слово", "a" * 257, "with space"])
async def test_a_webhook_without_a_good_secret_does_not_start(channel: Max, platform: MaxEmulator, secret: str) -> None:
    with pytest.raises(Broken):
        await channel.prepare_webhook(HOOK, secret)

    assert not platform.requests


async def test_an_address_the_platform_refuses_is_told(channel: Max, platform: MaxEmulator) -> None:
    with pytest.raises(ReceiveError):
        await channel.prepare_webhook("https://bot.example.ru:8443/hooks/max", SECRET)


UPDATE = {"update_type": "bot_started", "timestamp": 5, "chat_id": 7, "user": {"user_id": 42, "is_bot": False}}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-max-bot-api-secret": ""},
        {"x-max-bot-api-secret": SECRET[:-1]},
        {"x-max-bot-api-secret": SECRET + "2"},
        {"x-max-bot-api-secret": SECRET.upper()},
        {"x-max-bot-api-secret": "секрет"},
        {"authorization": SECRET},
    ],
)
def test_a_call_without_the_right_secret_is_forged(headers: dict[str, str]) -> None:
    with pytest.raises(Forged):
        Max(token="t", secret=SECRET).webhook(headers, json.dumps(UPDATE).encode())


def test_without_a_configured_secret_every_call_is_forged() -> None:
    for headers in ({}, {"x-max-bot-api-secret": ""}):
        with pytest.raises(Forged):
            Max(token="t").webhook(headers, json.dumps(UPDATE).encode())


def test_a_call_with_the_right_secret_carries_one_update(channel: Max) -> None:
    delivery = channel.webhook({"x-max-bot-api-secret": SECRET}, json.dumps(UPDATE).encode())

    assert (delivery.updates, delivery.reply) == ((UPDATE,), "")


async def test_deliveries_come_late_doubled_and_shuffled_but_each_event_is_known_again(
    channel: Max, platform: MaxEmulator
) -> None:
    bodies: list[bytes] = []
    events: set[str] = set()
    done = asyncio.Event()

    async def hook(request: web.Request) -> web.Response:
        body = await request.read()
        bodies.append(body)
        if bodies.count(body) == 1:
            return web.Response(status=503)  # every update fails at first
        headers = {name.lower(): value for name, value in request.headers.items()}
        events.update(channel.event(raw) for raw in channel.webhook(headers, body).updates)
        if len(events) == 30 and len(bodies) >= 90:
            done.set()
        return web.Response()

    app = web.Application()
    app.router.add_post("/hooks/max", hook)
    async with _serving(app) as url:
        platform.deliver_to(f"{url}/hooks/max", SECRET, shuffle=True, copies=2, retry_s=0.001)
        platform.flood(["42", "43", "44"], 10, "слово {n}")
        async with asyncio.timeout(10):
            await done.wait()

    assert len(set(bodies)) == 30  # a retry carries the same body
    assert bodies != sorted(bodies, key=lambda body: json.loads(body)["timestamp"])


async def test_a_hook_that_fails_for_long_loses_its_subscription(channel: Max, platform: MaxEmulator) -> None:
    async with _serving(_answering("/hooks/max", {}, 500, method="POST")) as url:
        await channel.prepare_webhook(f"{url}/hooks/max", SECRET)
        platform.hooks[f"{url}/hooks/max"].hook.retries = 0
        dropped = platform.changed
        platform.type("42", "раз")
        async with asyncio.timeout(10):
            await dropped.wait()
        assert not platform.hooks
        await channel.prepare_webhook(f"{url}/hooks/max", SECRET)

        assert list(platform.hooks) == [f"{url}/hooks/max"]


def _answering(path: str, body: Any, status: int = 200, *, method: str = "GET") -> web.Application:
    """A server that knows one answer."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=content, status=status, content_type="application/json")

    app = web.Application()
    app.router.add_route(method, path, answer)
    return app


class _serving:  # noqa: N801  (used as a word: async with _serving(app) as url)
    """An aiohttp application on a free port of this machine."""

    def __init__(self, app: web.Application) -> None:
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)

    async def __aenter__(self) -> str:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}"

    async def __aexit__(self, *error: object) -> None:
        await self._runner.cleanup()
