"""
Three hundred made-up personal numbers, typed at every kind of step, into talks that work and talks that break: none
comes up in logs, metrics, errors, plain columns, or the sealed messages themselves.
"""

import json
import logging
from itertools import cycle
from random import Random

import pytest
import structlog
from prometheus_client import generate_latest

from bot import journal
from bot.channels.port import Channel
from bot.engine.effects import Effect
from bot.flows import FLOWS
from bot.inbox import read
from storage.database import Database
from tests.delivery.platform import Platform
from tests.delivery.world import World
from tests.dialogs.test_guard import stored
from tests.dialogs.transcripts import TO_PLAN
from tests.dialogs.walk import Record, recorded
from tests.people import canaries
from tests.talk import FixedClock, Talk, real_content

pytestmark = pytest.mark.timeout(300)

CANARIES = canaries(Random(2026), 300)
STEPS = ("/menu", "/plan", "/ask", "/human", "/data", "/start", "мои ответы", "Ещё")


def secrets() -> list[str]:
    """What must not come up: the numbers with their separators, and without."""
    found = []
    for canary in CANARIES:
        number = "".join(word for word in canary.split() if sum(map(str.isdigit, word)) >= 2)
        found += [number, "".join(filter(str.isdigit, number))]
    return [one for one in found if len(one) >= 6]


def hits(text: str) -> list[str]:
    return [one for one in secrets() if one in text]


@pytest.fixture
def _restored() -> object:
    """The log as it was."""
    root = logging.getLogger()
    kept = (list(root.handlers), root.level, structlog.get_config())
    yield
    root.handlers[:], level, config = kept
    root.setLevel(level)
    structlog.configure(**config)


async def plain_columns(database: Database) -> str:
    async with database.read() as tx:
        connection = tx.handle.connection
        tables = await connection.execute_fetchall("SELECT name FROM sqlite_master WHERE type = 'table'")
        rows = [row for (name,) in tables for row in await connection.execute_fetchall(f"SELECT * FROM {name}")]
    return "\n".join(str(value) for row in rows for value in row if not isinstance(value, bytes))


@pytest.mark.usefixtures("_restored")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_none_comes_up_anywhere(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    journal.set_up(level="debug", is_json=True)
    broken = recorded(FLOWS, Record())

    async def raising(turn: object) -> list[Effect]:
        raise RuntimeError(f"about {getattr(turn, 'text', '')}")

    broken["handover"].hearing["words"] = type(broken["handover"].hearing["words"])(raising, words=True)
    good = Talk(database, FLOWS, real_content(FLOWS), chat="ivan")
    bad = Talk(database, broken, real_content(FLOWS), chat="olga", clock=FixedClock())
    await good.play(TO_PLAN)
    await bad.play(TO_PLAN)
    steps = cycle(STEPS)
    for number, canary in enumerate(CANARIES):
        talk = bad if number % 10 == 0 else good
        await talk.say("/human" if talk is bad else next(steps))
        await talk.say(f"вот мой номер: {canary}, подойдёт?")

    told = capsys.readouterr()
    assert "turn_failed" in told.err
    assert hits(told.err + told.out) == []
    assert hits(generate_latest().decode()) == []
    columns = (await plain_columns(database)).replace(" ", "").replace("-", "")
    assert [one for one in hits(columns) if len(one) >= 10] == []
    assert hits("\n".join(message.text for message in await stored(good))) == []


def test_an_update_that_cannot_be_read_is_parked_without_them() -> None:
    class Breaking(Platform):
        def heard(self, raw: object) -> None:
            raise ValueError(raw)

    channel: Channel = Breaking(World(), "telegram")
    updates = [
        {"update_id": number, "message": {"text": f"снилс {canary}", "caption": canary, "chat": {"id": 9135551231}}}
        for number, canary in enumerate(CANARIES)
    ]
    rows, _ = read(channel, updates)

    texts = [json.loads(row.payload) for row in rows]
    assert hits("\n".join(f"{one['message']['text']} {one['message']['caption']}" for one in texts)) == []
    assert {one["message"]["chat"]["id"] for one in texts} == {9135551231}
