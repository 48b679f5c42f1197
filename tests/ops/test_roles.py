"""Several processes on one PostgreSQL database: roles apart, two workers, a duty that changes hands."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from bot.flows import FLOWS
from bot.texts import render
from tests.ops.child import Running, until
from tests.ops.page import Page
from tests.platforms.max import MaxEmulator
from tests.talk import real_content

CHATS = 20
TOKEN = "max-token-of-the-tests"
MENU = render.say(real_content(FLOWS), "menu.main", {})


@pytest.fixture
async def platform() -> AsyncIterator[MaxEmulator]:
    """The messenger whose client loads quickest."""
    async with MaxEmulator(token=TOKEN) as emulator:
        yield emulator


def settings(url: str, platform: MaxEmulator) -> dict[str, str]:
    return {
        "BOT_DATABASE_URL": url,
        "BOT_SECRET_KEY": "a-secret-of-the-tests-long-enough",
        "BOT_MAX_TOKEN": TOKEN,
        "BOT_MAX_API_URL": platform.url,
        "BOT_LOG_FORMAT": "json",
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def part(folder: Path, role: str, name: str, given: dict[str, str]) -> Running:
    return Running(folder, "run", "--role", role, has_web=role == "web", name=name, **given)


async def started(*running: Running) -> None:
    for one in running:
        await until(lambda one=one: '"started"' in one.log, "the process runs", within_s=40)


async def test_roles_apart_do_what_one_process_does(
    tmp_path: Path, empty_postgres_url: str, platform: MaxEmulator
) -> None:
    """All five start together on an empty database: one migrates, one publishes, the citizens notice nothing."""
    given = settings(empty_postgres_url, platform)
    async with AsyncExitStack() as stack:
        names = [("web", "web"), ("worker", "one"), ("worker", "two"), ("sender", "sender"), ("scheduler", "scheduler")]
        processes = await asyncio.gather(
            *(stack.enter_async_context(part(tmp_path, role, name, given)) for role, name in names)
        )
        await started(*processes)
        web = processes[0]

        async with Page(web.url) as page:
            await page.start()
            assert "Мой план" in (await page.say("меню")).buttons

        for chat in range(1, CHATS + 1):
            platform.type(str(chat), "/start")
            platform.type(str(chat), "меню")
        await until(
            lambda: all(
                any("Чем помочь" in shown.text for shown in platform.shown(str(n))) for n in range(1, CHATS + 1)
            ),
            "every chat has its menu",
            within_s=60,
        )

        codes = await asyncio.gather(*(process.stop() for process in processes))
        assert codes == [0] * 5
        assert all("Traceback" not in process.log for process in processes)


async def test_a_process_without_the_web_chat_tells_how_it_is(
    tmp_path: Path, empty_postgres_url: str, platform: MaxEmulator
) -> None:
    """On the port named for it: health, readiness and metrics, and nothing of the chat or the webhooks."""
    port = free_port()
    given = {**settings(empty_postgres_url, platform), "BOT_STATUS_PORT": str(port)}
    async with part(tmp_path, "worker", "one", given) as worker, httpx.AsyncClient() as browser:
        await started(worker)
        base = f"http://127.0.0.1:{port}"

        assert (await browser.get(f"{base}/healthz")).json() == {"status": "ok"}
        assert (await browser.get(f"{base}/readyz")).json()["database"] == "ok"
        assert "bot_turns_total" in (await browser.get(f"{base}/metrics")).text
        assert (await browser.get(base)).status_code == 404
        assert (await browser.post(f"{base}/hooks/max", json={})).status_code == 404


async def test_the_sender_s_duty_goes_to_the_other_when_one_is_killed(
    tmp_path: Path, postgres_url: str, platform: MaxEmulator
) -> None:
    given = settings(postgres_url, platform)
    async with (
        part(tmp_path, "worker", "worker", given) as worker,
        part(tmp_path, "sender", "first", given) as first,
    ):
        await started(worker, first)
        platform.type("1", "меню")
        await until(lambda: bool(platform.shown("1")), "the first answers", within_s=60)
        async with part(tmp_path, "sender", "second", given) as second:
            await started(second)
            assert await second.stop() == 0, "one that waits for the duty stops at once"
        async with part(tmp_path, "sender", "third", given) as third:
            await started(third)
            first.kill(signal.SIGKILL)
            await first.ended()
            platform.type("1", "меню")

            await until(lambda: len(platform.shown("1")) >= 2, "the other answers", within_s=60)

            assert "two_pollers" not in third.log
            assert await third.stop() == 0


async def test_two_whole_processes_share_one_database(tmp_path: Path, postgres_url: str, platform: MaxEmulator) -> None:
    given = settings(postgres_url, platform)
    async with (
        Running(tmp_path, "run", name="first", **given) as first,
        Running(tmp_path, "run", name="second", **given) as second,
    ):
        async with Page(first.url) as page:
            await page.start()
            cookies, seen = page.cookies, page.seen
        async with Page(second.url, cookies) as page:
            page.seen = seen
            assert (await page.say("меню")).buttons, "the talk goes on at the other one"
        for chat in range(1, CHATS + 1):
            platform.type(str(chat), "меню")
        await until(lambda: all(platform.shown(str(n)) for n in range(1, CHATS + 1)), "all are answered", within_s=60)
        assert all(len(platform.shown(str(n))) == 1 for n in range(1, CHATS + 1)), "and once"
        assert await first.stop() == 0
        assert await second.stop() == 0
