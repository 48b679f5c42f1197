"""How the Telegram channel opens, and what its doctor says to the operator."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.channels.port import Broken, Finding, Unreachable
from bot.channels.telegram import Telegram
from tests.platforms.telegram import TOKEN, TelegramEmulator

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


async def test_the_name_is_learnt_and_the_commands_are_set(platform: TelegramEmulator) -> None:
    channel = Telegram(token=TOKEN, api_url=platform.url + "/", commands=[("menu", "Главное меню"), ("stop", "Стоп")])

    await channel.open()

    assert channel.username == "czn_test_bot"
    assert [command["command"] for command in platform.commands] == ["menu", "stop"]
    await channel.close()


async def test_commands_that_are_refused_do_not_keep_the_channel_shut(platform: TelegramEmulator) -> None:
    channel = Telegram(token=TOKEN, api_url=platform.url, commands=[("Меню!", "")])

    await channel.open()

    assert channel.username == "czn_test_bot"
    assert platform.commands == []
    await channel.close()


async def test_a_wrong_token_is_broken_everywhere(platform: TelegramEmulator) -> None:
    channel = Telegram(token="42:WRONG", api_url=platform.url, poll_s=0)

    for call in (channel.open(), channel.prepare_polling(), channel.prepare_webhook(HTTPS, SECRET), channel.poll("")):
        with pytest.raises(Broken) as raised:
            await call
        assert "WRONG" not in str(raised.value)
    await channel.close()


async def test_an_outage_is_unreachable_for_the_settings(telegram: Telegram, platform: TelegramEmulator) -> None:
    platform.faults.outage = True

    for call in (telegram.open(), telegram.prepare_polling(), telegram.prepare_webhook(HTTPS, SECRET)):
        with pytest.raises(Unreachable):
            await call


async def test_a_channel_can_be_closed_twice_and_used_again(telegram: Telegram, platform: TelegramEmulator) -> None:
    await telegram.open()
    await telegram.close()
    await telegram.close()

    await telegram.open()

    assert telegram.username == "czn_test_bot"


# Doctor


async def examined(platform: TelegramEmulator, **settings: Any) -> list[Finding]:
    channel = Telegram(**({"token": TOKEN, "api_url": platform.url} | settings))
    try:
        return list(await channel.doctor())
    finally:
        await channel.close()


async def test_the_doctor_finds_nothing_wrong_with_polling(platform: TelegramEmulator) -> None:
    (only,) = await examined(platform)

    assert not only.is_fault
    assert "@czn_test_bot" in only.what


@pytest.mark.parametrize(
    ("settings", "remedy"),
    [
        ({"token": "42:WRONG"}, "BOT_TELEGRAM_TOKEN"),
        ({"token": "чепуха"}, "Токен"),
        ({"proxy": "socks5://127.0.0.1:9"}, "BOT_TELEGRAM_PROXY"),
        ({"proxy": "carrier-pigeon://127.0.0.1:9"}, "socks5://"),
        ({"api_url": "http://127.0.0.1:9"}, "BOT_TELEGRAM_PROXY"),
        ({"webhook_url": HTTPS, "secret": ""}, "BOT_WEBHOOK_SECRET"),
        ({"webhook_url": "http://czn.example.org/", "secret": SECRET}, "BOT_PUBLIC_URL"),
    ],
)
async def test_the_doctor_names_the_setting_to_mend(
    platform: TelegramEmulator, settings: dict[str, str], remedy: str
) -> None:
    faults = [finding for finding in await examined(platform, **settings) if finding.is_fault]

    assert [remedy in finding.remedy for finding in faults] == [True]
    assert all("WRONG" not in finding.what + finding.remedy for finding in faults)


async def test_the_doctor_sees_a_forgotten_webhook_and_a_queue(platform: TelegramEmulator) -> None:
    platform.flood([str(1000 + n) for n in range(101)], 1, "ау")
    platform.deliver_to(HTTPS, "x", connections=0)

    said = [finding.what for finding in await examined(platform)]

    assert any("вебхук" in what for what in said)
    assert any("101" in what for what in said)


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        ("Wrong response from the webhook: 401 Unauthorized", "отвергает"),
        ("Wrong response from the webhook: 503 Service Unavailable", "отвечает ошибкой"),
        ("SSL error {error:0A000086:SSL routines::certificate verify failed}", "сертификат"),
        ("Connection timed out", "не виден"),
        ("Quantum trouble", "неизвестна"),
    ],
)
async def test_the_doctor_tells_why_deliveries_fail(platform: TelegramEmulator, error: str, meaning: str) -> None:
    platform.deliver_to(HTTPS, SECRET, connections=0)
    platform.type("42", "ждёт")
    assert platform.updates.hook is not None
    platform.updates.hook.last_error = error

    found = await examined(platform, webhook_url=HTTPS, secret=SECRET)

    assert [meaning in finding.what for finding in found if finding.is_fault] == [True]


async def test_the_doctor_sees_a_webhook_that_is_not_ours(platform: TelegramEmulator) -> None:
    platform.deliver_to("https://somebody.example.org/", "x", connections=0)

    found = await examined(platform, webhook_url=HTTPS, secret=SECRET)

    assert any("другой адрес" in finding.what for finding in found)
