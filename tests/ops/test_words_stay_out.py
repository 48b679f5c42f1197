"""What citizens write stands in no log, no metric and no error, whatever goes wrong (R21)."""

import asyncio
import logging
import warnings
from itertools import cycle
from pathlib import Path

import httpx
import pytest
import structlog

from bot import journal
from tests.ops.child import Running, command
from tests.ops.page import Page

NAMES = ["Иванов Пётр Сергеевич", "Zolotareva Olga"]
CANARIES = [
    *(f"112-233-4{number % 10}5 9{number % 10}" for number in range(10)),  # SNILS
    *(f"+7 (913) 55{number % 10}-12-3{number % 10}" for number in range(10)),
    *(f"45 1{number % 10} 68790{number % 10}" for number in range(10)),  # passport
    *NAMES,
]


def hits(text: str) -> list[str]:
    plain = text.replace("\\u", "")
    return [canary for canary in CANARIES if canary in plain or canary.replace(" ", "") in plain]


async def test_nothing_typed_comes_up_in_logs_or_metrics(tmp_path: Path) -> None:
    """Typed at every step, with the log at its most talkative, and with broken requests among them."""
    commands = cycle(["меню", "/plan", "/human", "/ask", "/data", "/start"])
    async with Running(tmp_path, "run", BOT_LOG_LEVEL="debug", BOT_LOG_FORMAT="json") as bot:
        async with httpx.AsyncClient(base_url=bot.url) as client:
            for start in range(0, len(CANARIES), 4):
                async with Page(bot.url) as page:
                    await page.say(next(commands))
                    for canary in CANARIES[start : start + 4]:
                        await page.say(f"Меня зовут {canary}")
                for canary in CANARIES[start : start + 4]:
                    await client.post("/chat/messages", content=f'{{"id": "{canary}", "kind"', headers={"X-Chat": "1"})
                    await client.get("/nothing", params={"text": canary})
            metrics = (await client.get("/metrics")).text
        assert await bot.stop() == 0

        assert "bot_incoming_stored_total" in metrics
        assert '"started"' in bot.log
        assert hits(bot.log + metrics) == []


async def test_an_error_in_a_command_tells_no_words(tmp_path: Path) -> None:
    """A talk whose database breaks under it."""
    assert (await command(tmp_path, "talk", typed="меню\n")).code == 0
    (tmp_path / "data" / "bot.db").write_bytes(NAMES[0].encode() * 1000)

    done = await command(tmp_path, "talk", typed=f"{NAMES[0]}\n")

    assert done.code == 1
    assert hits(done.err) == []
    assert "Traceback" not in done.err


@pytest.fixture
def _restored() -> object:
    """The log as it was."""
    root = logging.getLogger()
    kept = (list(root.handlers), root.level, structlog.get_config())
    yield
    root.handlers[:], level, config = kept
    root.setLevel(level)
    structlog.configure(**config)
    logging.captureWarnings(False)


@pytest.mark.usefixtures("_restored")
@pytest.mark.parametrize("is_json", [True, False])
def test_an_exception_leaves_its_class_and_place_only(capsys: pytest.CaptureFixture[str], is_json: bool) -> None:
    journal.set_up(level="debug", is_json=is_json, secrets=["123456:token-of-the-bot"])
    words = NAMES[0]
    try:
        try:
            int(words)
        except ValueError as error:
            raise RuntimeError(words) from error
    except RuntimeError:
        structlog.get_logger().exception("it_failed", citizen="c1")
        logging.getLogger("aiohttp.server").exception("Error handling %s", words)
        logging.getLogger("httpx").error("GET https://host/bot123456:token-of-the-bot/getMe")
        logging.getLogger("whatever").warning(f"about {words}")
        warnings.warn(words, stacklevel=1)
    structlog.get_logger().warning(
        "told", url="https://host/bot123456:token-of-the-bot/x", many=["123456:token-of-the-bot"]
    )

    told = capsys.readouterr().err
    assert hits(told) == []
    assert "token-of-the-bot" not in told
    assert "RuntimeError < ValueError" in told
    assert "test_words_stay_out.py:" in told
    assert "c1" in told


@pytest.mark.usefixtures("_restored")
def test_a_forgotten_task_tells_no_words(capsys: pytest.CaptureFixture[str]) -> None:
    journal.set_up(level="info", is_json=True)

    async def fails() -> None:
        raise ValueError(NAMES[0])

    async def forgets() -> None:
        task = asyncio.create_task(fails())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        del task

    asyncio.run(forgets())

    told = capsys.readouterr().err
    assert hits(told) == []
    assert "ValueError" in told
