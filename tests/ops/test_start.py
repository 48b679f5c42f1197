"""Every way to start and stop the bot, as an operator does it."""

import asyncio
import re
import signal
import socket
import stat
from pathlib import Path

import httpx
import pytest

from tests.dialogs.transcripts import JOURNEYS
from tests.ops.child import Running, command, until
from tests.ops.page import Page

STOPS = [signal.SIGTERM, signal.SIGINT]


@pytest.mark.parametrize("name", ["run", "demo"])
async def test_a_start_with_nothing_set_gives_a_web_chat_that_answers(tmp_path: Path, name: str) -> None:
    async with Running(tmp_path, name) as bot:
        async with Page(bot.url) as page:
            screen = await page.start()

        assert screen.text
        assert screen.buttons
        assert await bot.stop(signal.SIGINT) == 0
        assert "Traceback" not in bot.log


async def test_a_second_start_goes_on_where_everybody_was(tmp_path: Path) -> None:
    async with Running(tmp_path, "run") as bot, Page(bot.url) as page:
        await page.start()
        await page.say("меню")
        menu = page.screens[-1]
        cookies, seen = page.cookies, page.seen
        assert await bot.stop() == 0

    async with Running(tmp_path, "run") as bot, Page(bot.url, cookies) as page:
        page.seen = seen
        page.screens.append(menu)
        answer = await page.press("Мой план")

    assert answer.text != menu.text
    assert answer.text


async def test_the_demo_keeps_its_data_apart(tmp_path: Path) -> None:
    async with Running(tmp_path, "demo") as bot:
        assert await bot.stop() == 0

    assert (tmp_path / "data" / "demo" / "bot.db").exists()
    assert not (tmp_path / "data" / "bot.db").exists()
    assert stat.S_IMODE((tmp_path / "data" / "demo" / "secret.key").stat().st_mode) == 0o600


@pytest.mark.parametrize("number", STOPS)
async def test_a_stop_closes_open_streams_and_loses_nothing(tmp_path: Path, number: signal.Signals) -> None:
    async with Running(tmp_path, "run") as bot, Page(bot.url) as page, httpx.AsyncClient() as other:
        await page.start()
        headers = {"Cookie": "; ".join(f"{key}={value}" for key, value in page.cookies.items())}
        async with other.stream("GET", f"{bot.url}/chat/feed?after={page.seen}", headers=headers) as stream:
            assert stream.status_code == 200
            statuses = await asyncio.gather(*(page.post(kind="text", text="меню") for _ in range(5)))
            code = await bot.stop(number)
            async for _ in stream.aiter_bytes():
                pass
        cookies, seen, accepted = page.cookies, page.seen, statuses.count(202)
    assert code == 0
    assert accepted == 5

    async with Running(tmp_path, "run") as bot, Page(bot.url, cookies) as page:
        page.seen = seen

        async def all_answered() -> bool:
            await page.read()
            return len(page.screens) >= accepted

        await until(all_answered, "an answer to every accepted message")
        assert len(page.screens) == accepted


async def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    async with Running(tmp_path, "run") as bot:
        bot.kill(signal.SIGINT)
        bot.kill(signal.SIGTERM)
        assert await bot.ended() in (128 + signal.SIGTERM, 128 + signal.SIGINT)


async def test_a_busy_port_is_told_with_a_remedy(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = await command(tmp_path, "run", BOT_WEB_PORT=str(port))

    assert done.code == 1
    assert f"Порт 127.0.0.1:{port} не открыть" in done.err
    assert "BOT_WEB_PORT" in done.err


async def test_roles_on_sqlite_are_refused(tmp_path: Path) -> None:
    done = await command(tmp_path, "run", "--role", "worker")

    assert done.code == 1
    assert "PostgreSQL" in done.err


async def test_a_web_process_of_its_own_needs_the_confirmation_of_vk(tmp_path: Path, postgres_url: str) -> None:
    done = await command(
        tmp_path,
        *("run", "--role", "web"),
        BOT_DATABASE_URL=postgres_url,
        BOT_SECRET_KEY="a-secret-of-the-tests-long-enough",
        BOT_VK_TOKEN="vk1.a.key",
        BOT_VK_GROUP_ID="7",
        BOT_PUBLIC_URL="https://chat.example.ru",
        BOT_WEBHOOK_SECRET="a-webhook-secret_42",
    )

    assert done.code == 1
    assert "BOT_VK_CONFIRMATION" in done.err


async def test_another_secret_is_told_and_changes_nothing(tmp_path: Path) -> None:
    async with Running(tmp_path, "run") as bot:
        await bot.stop()
    key = tmp_path / "data" / "secret.key"
    kept = key.read_text()
    key.write_text("another-secret-that-is-long-enough\n")

    done = await command(tmp_path, "run")

    assert done.code == 1
    assert "Секрет не подходит к базе" in done.err
    key.write_text(kept)
    async with Running(tmp_path, "run") as bot:
        assert await bot.stop() == 0


async def test_a_database_that_is_not_there_is_told(tmp_path: Path) -> None:
    done = await command(
        tmp_path,
        "migrate",
        BOT_DATABASE_URL="postgresql://nobody:pass-word@127.0.0.1:1/none",
        BOT_SECRET_KEY="a-secret-of-the-tests-long-enough",
    )

    assert done.code == 1
    assert "База данных не отвечает" in done.err
    assert "pass-word" not in done.err


async def test_the_first_start_with_broken_texts_refuses_with_the_list(tmp_path: Path) -> None:
    content = tmp_path / "content"
    content.mkdir()
    (content / "rules.yaml").write_text("quiet: [\n", encoding="utf-8")

    done = await command(tmp_path, "run", BOT_CONTENT_DIR=str(content))

    assert done.code == 1
    assert "rules.yaml:" in done.err
    assert "ошибки" in done.err


async def test_health_says_what_works(tmp_path: Path) -> None:
    async with Running(tmp_path, "run") as bot, httpx.AsyncClient(base_url=bot.url) as client:
        assert (await client.get("/healthz")).status_code == 200
        ready = await client.get("/readyz")
        assert ready.status_code == 200
        assert ready.json()["database"] == "ok"
        assert "bot_incoming_waiting 0.0" in (await client.get("/metrics")).text


async def test_a_talk_from_a_pipe_prints_the_transcript(tmp_path: Path) -> None:
    done = await command(tmp_path, "talk", "--as", "ivan", "--transcript", typed="/menu\n[plan]\nназад\n")

    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0] == "> /menu"
    assert lines[1].startswith("< menu.main [plan]")
    assert "> [plan]" in lines


@pytest.mark.parametrize("name", sorted(JOURNEYS))
async def test_a_journey_is_walked_in_the_terminal(tmp_path: Path, name: str) -> None:
    lines = [line.strip() for line in JOURNEYS[name].splitlines() if line.strip()]
    typed = "".join(f"{line.removeprefix('> ')}\n" for line in lines if line.startswith("> "))

    done = await command(tmp_path, "talk", "--transcript", typed=typed)

    assert done.code == 0, done.err
    assert [said(line) for line in done.out.splitlines() if line[:1] in "<>"] == [said(line) for line in lines]


def said(line: str) -> str:
    """What a citizen did, or the key of what the bot said."""
    return line if line.startswith(">") else " ".join(line.split()[:2])


async def test_a_talk_goes_on_beside_a_running_bot(tmp_path: Path) -> None:
    async with Running(tmp_path, "run"):
        first = await command(tmp_path, "talk", "--as", "olga", typed="меню\n")
        second = await command(tmp_path, "talk", "--as", "olga", typed="меню\n")

    assert "[Мой план]" in first.out
    assert first.out == second.out


async def test_starts_are_counted_by_tag(tmp_path: Path) -> None:
    async with Running(tmp_path, "run") as bot:
        for tag in ("leaflet", "leaflet", "poster"):
            async with Page(bot.url) as page:
                await page.start(tag)

    done = await command(tmp_path, "starts")

    assert done.code == 0
    assert done.out.split() == ["2", "web", "leaflet", "1", "web", "poster", *done.out.split()[6:]]
    assert done.out.rstrip().endswith(": 3.")


async def test_answers_are_counted_by_question(tmp_path: Path) -> None:
    for verdict in ("помогло", "не помогло"):
        await command(tmp_path, "talk", "--as", verdict, typed=f"/ask\n1\n1\n{verdict}\n")

    done = await command(tmp_path, "answers")

    assert done.code == 0, done.err
    head, one, total = done.out.splitlines()
    assert head.split() == ["показан", "помог", "не", "помог", "вопрос"]
    assert re.fullmatch(r" +2 +1 +1  faq-\d+  \S.*", one)
    assert total.endswith(": 2.")


async def test_the_help_is_in_russian(tmp_path: Path) -> None:
    done = await command(tmp_path, "--help")

    assert done.code == 0
    for name in (
        "run",
        "demo",
        "talk",
        "check",
        "migrate",
        "backup",
        "restore",
        "purge",
        "doctor",
        "starts",
        "answers",
    ):
        assert name in done.out
    assert "Запустить бота" in done.out
