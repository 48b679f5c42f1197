"""
Three hundred made-up personal strings, typed at every step of every talk, into talks that work and talks that break,
while the platform refuses and while the database is away.

None comes up in logs, metrics, errors or plain columns. Numbers that must not be sent are nowhere at all: every sealed
column is opened, of the database and of its backup. The console: tests/web/desk/test_canaries.py; staff chats:
tests/platforms/test_staff.py.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import suppress
from itertools import cycle
from pathlib import Path
from random import Random

import pytest
import structlog
from prometheus_client import generate_latest

from bot import journal
from bot.channels.port import Channel, Refused, SendError, Unreachable
from bot.engine.effects import Effect
from bot.engine.runner import ATTEMPTS
from bot.engine.session import Place, Session, encode
from bot.flows import FLOWS
from bot.guard import guarded
from bot.inbox import read
from bot.messages import Kind, Outgoing
from bot.outbox import Sender
from storage.backup import backup, restore
from storage.database import Database, open_database
from storage.errors import StorageError
from storage.records import SessionRow
from storage.retention import SEALED
from tests.databases import SECRETS
from tests.delivery.platform import Platform
from tests.delivery.world import World
from tests.dialogs.transcripts import TO_PLAN
from tests.dialogs.walk import Record, recorded
from tests.people import Secret, hits, secrets
from tests.storage.rows import table
from tests.talk import Talk, real_content

pytestmark = pytest.mark.timeout(300)

TYPED = secrets(Random(2026), 300)
MASKED = [one for one in TYPED if one.is_masked]
STEPS = [Place(flow.name, step) for flow in FLOWS.by_name.values() for step in flow.asking]


@pytest.fixture
def _restored() -> Iterator[None]:
    """The log as it was."""
    root = logging.getLogger()
    kept = (list(root.handlers), root.level, structlog.get_config())
    yield
    root.handlers[:], level, config = kept
    root.setLevel(level)
    structlog.configure(**config)


async def tables(database: Database) -> list[str]:
    async with database.read() as tx:
        names = await tx.handle.connection.execute_fetchall("SELECT name FROM sqlite_master WHERE type = 'table'")
    return [name for (name,) in names]


async def plain_columns(database: Database) -> str:
    """Whatever stands in the database unsealed."""
    names = await tables(database)
    async with database.read() as tx:
        connection = tx.handle.connection
        rows = [row for name in names for row in await connection.execute_fetchall(f"SELECT * FROM {name}")]
    return "\n".join(str(value) for row in rows for value in row if not isinstance(value, bytes))


async def opened_columns(database: Database) -> dict[str, str]:
    """What is sealed, by table, as whoever has the key reads it; messages that wait for staff apart, as «parked»."""
    found = {}
    async with database.read() as tx:
        for name, (column, _, place) in [*SEALED.items(), ("parked", SEALED["inbox"])]:
            source, where = name, f"{column} IS NOT NULL"
            if name in ("inbox", "parked"):
                source, where = "inbox", f"{where} AND state {'=' if name == 'parked' else '<>'} 2"
            sql = f"SELECT {place}, {column} FROM {source} WHERE {where}"
            rows = await tx.handle.connection.execute_fetchall(sql)
            plain = [tx.handle.cipher.open(bytes(sealed), source, column, str(row)) for row, sealed in rows]
            found[name] = "\n".join(one.decode("utf-8", "replace") for one in plain)
    return found


async def stand(talk: Talk, place: Place) -> None:
    """The citizen is at this step, however they came there."""
    citizen = await talk.citizen()
    find = talk.database.cipher.find("address", talk.channel, talk.chat)
    session = SessionRow(
        citizen.id, talk.channel, find, place.name, encode(Session(place, number=1)), 1, talk.clock.now()
    )
    async with talk.database.write() as tx:
        await tx.sessions.save([session])


async def said(talk: Talk, words: str) -> None:
    await talk.say(words)
    await settled(talk)


async def settled(talk: Talk) -> None:
    """All is answered, or parked after so many failures: many a step cannot go on out of nowhere."""
    while await table(talk.database, "SELECT id FROM inbox WHERE state = 0"):
        talk.clock.move(seconds=ATTEMPTS)
        await talk.work()


def breaking(database: Database) -> Talk:
    """A citizen whose every answer makes the flow raise, with the words in the error."""
    flows = recorded(FLOWS, Record())

    async def raising(turn: object) -> list[Effect]:
        raise RuntimeError(f"about {getattr(turn, 'text', '')}")

    flows["handover"].hearing["words"] = type(flows["handover"].hearing["words"])(raising, words=True)
    return Talk(database, flows, real_content(FLOWS), chat="olga")


async def refused(database: Database, texts: list[str]) -> None:
    """A citizen of a messenger that takes no answer, and whose library quotes them in its errors."""

    world = World()
    platform = Platform(world, "telegram")

    def refusal(chat: str, message: Outgoing, number: int) -> SendError:
        error = (Unreachable if platform.calls else Refused)("400 Bad Request")
        error.__cause__ = ValueError(texts)
        return error

    talk = Talk(database, FLOWS, real_content(FLOWS), chat="4242", channel="telegram")
    for text in texts:
        await talk.store(Kind.TEXT, text=text)
    while await talk.runner.run_once():
        pass
    platform.outcome = refusal
    sender = Sender(platform, database, world, lambda: talk.content, timer=world, random=Random(1))
    for _ in texts:
        await sender.run_once()
        world.move(seconds=600)
    assert platform.calls


async def without_a_table(talk: Talk, gone: str, text: str) -> None:
    """The database fails in the middle of a turn; then it is whole again."""

    async def rename(old: str, new: str) -> None:
        async with talk.database.write() as tx:
            await tx.handle.connection.execute(f"ALTER TABLE {old} RENAME TO {new}")

    await talk.store(Kind.TEXT, text=text)
    await rename(gone, "away")
    try:
        with suppress(StorageError):
            await talk.runner.run_once()
    finally:
        await rename("away", gone)
    await settled(talk)


@pytest.mark.usefixtures("_restored")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_none_comes_up_anywhere(
    database: Database, database_url: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    good, bad = Talk(database, FLOWS, real_content(FLOWS), chat="ivan"), breaking(database)
    await good.play(TO_PLAN)
    await bad.play(TO_PLAN)
    places = cycle(STEPS)
    for number, secret in enumerate(TYPED):
        journal.set_up(level="debug", is_json=number % 2 == 0)
        words = f"это я: {secret.text}, подойдёт?"
        if number % 10 == 1:
            await stand(bad, Place("handover", "words"))
            await said(bad, words)
            continue
        place = next(places)
        if guarded(secret.text).phone and _takes_phones(place):
            place = next(places)
        await stand(good, place)
        await said(good, words)
    await refused(database, [secret.text for secret in TYPED[:12]])
    for secret, gone in zip(TYPED[:6], cycle(("outbox", "cases", "sessions")), strict=False):
        await without_a_table(good, gone, secret.text)

    told = capsys.readouterr()
    for event in ("turn_failed", "turn_parked", "dead_letter", "batch_failed"):
        assert event in told.err
    assert hits(TYPED, told.err + told.out) == []
    assert hits(TYPED, generate_latest().decode()) == []
    assert hits(TYPED, await plain_columns(database)) == []
    sealed = await opened_columns(database)
    _without_numbers(sealed)
    assert hits(TYPED, sealed["unanswered"]) == []
    assert hits([one for one in TYPED if not one.is_masked], sealed["case_words"]), "specialists read words"

    saved = tmp_path / "saved.backup"
    await backup(database_url, saved)
    assert [one for one in _bytes_of(TYPED) if one in saved.read_bytes()] == []
    copy = f"sqlite:///{tmp_path / 'copy.db'}"
    await restore(copy, saved, SECRETS, after=_nothing)
    again = await open_database(copy, SECRETS)
    try:
        _without_numbers(await opened_columns(again))
        assert hits(TYPED, await plain_columns(again)) == []
    finally:
        await again.close()


def _without_numbers(sealed: dict[str, str]) -> None:
    """What looks like a phone stays beside its message until the turn is over: the step may be one that asks for it."""
    parked = sealed.pop("parked")
    assert parked
    assert hits([one for one in MASKED if not guarded(one.text).phone], parked) == []
    assert hits(MASKED, "\n".join(sealed.values())) == []


def _takes_phones(place: Place) -> bool:
    """A phone to call back is an answer there: it is kept, sealed."""
    hearing = FLOWS[place.flow].hearing.get(place.step)
    return hearing is not None and hearing.phones


def _bytes_of(found: list[Secret]) -> list[bytes]:
    return [mark.encode() for secret in found for mark in secret.marks]


async def _nothing(_: Database) -> None:
    pass


def test_an_update_that_cannot_be_read_is_parked_without_them() -> None:
    class Breaking(Platform):
        def heard(self, raw: object) -> None:
            raise ValueError(raw)

    channel: Channel = Breaking(World(), "telegram")
    updates = [
        {"update_id": number, "message": {"text": f"снилс {one.text}", "caption": one.text, "chat": {"id": 9135551231}}}
        for number, one in enumerate(MASKED)
    ]
    rows, _ = read(channel, updates)

    texts = [json.loads(row.payload) for row in rows]
    assert hits(MASKED, "\n".join(f"{one['message']['text']} {one['message']['caption']}" for one in texts)) == []
    assert {one["message"]["chat"]["id"] for one in texts} == {9135551231}
