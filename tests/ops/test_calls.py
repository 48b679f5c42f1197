"""Calls from the command line, typed as staff would type it: in this process, a start of its own takes seconds."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.clock import SystemClock
from bot.commands.calls import app
from storage.call_records import PlannedCall, Reason
from storage.database import open_database
from tests.storage.rows import meet
from tests.talk import CONTENT
from tests.web.desk.worker import hire

SECRET = "a secret of this test is long enough"


async def prepared(url: str) -> str:
    """A database with somebody to call and olga to do it; the beginning of who is called."""
    database, now = await open_database(url, (SECRET,)), datetime.now(UTC)
    try:
        citizen = await meet(database, now=now)
        await hire(database, SystemClock(), "specialist", login="olga")
        async with database.write() as tx:
            await tx.calls.plan(PlannedCall(citizen, "", Reason.NO_SHOW, "b1", now), now=now)
    finally:
        await database.close()
    return citizen[:6].upper()


def test_a_call_is_listed_made_and_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path}/bot.db"
    for name, value in (
        ("DATABASE_URL", url),
        ("SECRET_KEY", SECRET),
        ("CONTENT_DIR", CONTENT),
        ("DATA_DIR", tmp_path),
    ):
        monkeypatch.setenv(f"BOT_{name}", str(value))
    number = asyncio.run(prepared(url))
    runner = CliRunner()

    listed, missed, undone = (
        runner.invoke(app, [*line, "--as", "olga"])
        for line in (["list"], ["result", number.lower(), "no_answer"], ["undo"])
    )
    unknown = runner.invoke(app, ["result", number, "happy", "--as", "olga"])

    assert number in listed.output
    assert "Не пришёл на приём" in listed.output
    assert (missed.output, undone.output) == ("Записано: не ответил.\n", "Итог отменён.\n")
    assert (unknown.exit_code, "Есть: reached, no_answer" in unknown.output) == (1, True)
