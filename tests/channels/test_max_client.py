"""The client of MAX: whom it talks to, where its token goes, what it brings along."""

import subprocess
import sys

import pytest

from bot.channels.max import Max
from bot.channels.max_client import MaxClient
from tests.platforms.max import MaxEmulator

TOKEN = "very-secret-token-of-max"


async def test_the_token_goes_in_the_header_without_a_word_before_it() -> None:
    async with MaxEmulator(token=TOKEN) as platform:
        client = MaxClient(token=TOKEN, api_url=platform.url)
        platform.type("42", "привет")
        updates, _ = await client.get_updates(None, timeout=0)

        await client.typing(updates[0]["message"]["recipient"]["chat_id"])
        await client.close()

    assert platform.actions.total() == 1
    assert all(TOKEN not in str(request) for request in platform.requests)
    assert platform.violations == []


@pytest.mark.parametrize(
    "address",
    ["http://platform-api2.max.ru", "http://10.0.0.1:80", "http://127.0.0.1.evil.ru", "ftp://127.0.0.1", "max.ru", "",
     "https://user:pass@max.ru", "https://max.ru/?a=1", "http://[::", "https://"],
)  # fmt: skip
def test_plain_http_to_another_machine_and_odd_addresses_are_refused(address: str) -> None:
    with pytest.raises(ValueError, match="BOT_MAX_API_URL") as caught:
        Max(token=TOKEN, api_url=address)

    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8092", "http://localhost/", "http://[::1]:1", "https://max.ru/api"]
)
def test_plain_http_to_this_machine_is_taken(address: str) -> None:
    assert Max(token=TOKEN, api_url=address).name == "max"


@pytest.mark.parametrize("token", ["", "Bearer x", "ключ", "a\nb"])
def test_a_token_that_cannot_be_a_header_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match="BOT_MAX_TOKEN"):
        Max(token=token)


def test_importing_the_adapter_brings_no_framework() -> None:
    foreign = {"aiohttp", "aiogram", "vkbottle", "litestar", "cryptography"}
    code = f"import sys, bot.channels.max; print(sorted({foreign} & set(sys.modules)))"

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "[]"
