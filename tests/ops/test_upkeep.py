"""Forgetting, resealing, and coming back from a backup without those who asked to be forgotten."""

import asyncio
import sqlite3
import stat
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from bot.chores.upkeep import HOLD_S, Purge, restore
from bot.erasures import Erasure, ErasureLog, Notes
from bot.messages import Outgoing
from bot.texts.rules import Retention
from storage.backup import backup
from storage.database import Database, open_database
from storage.errors import Held
from storage.health import Health
from storage.records import Arrival, Lane, Part, SessionRow
from tests.databases import SECRETS
from tests.ops.child import Running, command
from tests.ops.page import Page, label
from tests.talk import MONDAY_NOON, FixedClock

NOON = MONDAY_NOON
TERMS = Retention(raw_words_days=90, dedupe_days=14, closed_case_days=30, session_hours=24)


async def citizen(database: Database, chat: str, *, agreed: bool = False, now: datetime = NOON) -> str:
    """A citizen who wrote once and was answered; everything handled and sent."""
    async with database.write() as tx:
        arrival = Arrival("telegram", f"{chat}:{now}", chat, "text", 0, b'{"text":"words"}')
        id_ = (await tx.inbox.admit([arrival], now=now))["telegram", chat]
        if agreed:
            await tx.citizens.agree(id_, version="1", now=now)
        (claimed,) = await tx.inbox.claim(limit=10, now=now)
        find = tx.handle.cipher.find("address", "telegram", chat)
        await tx.sessions.save([SessionRow(id_, "telegram", find, "menu.main", b"{}", 1, now)])
        body = msgspec.json.encode(Outgoing("menu.main", "words"))
        turn = claimed.event
        await tx.outbox.add([Part(id_, "telegram", find, turn, 0, Lane.REPLY, "menu.main", body, agreed, now)], now=now)
        await tx.inbox.finish([(claimed.id, agreed)], now=now)
        (leased,) = await tx.outbox.lease("telegram", now=now, limit=10)
        await tx.outbox.sent([(leased.number, "1")], now=now)
    return id_


async def rows(database: Database, sql: str) -> int:
    async with database.read() as tx:
        on = tx.handle.connection
        if tx.handle.dialect == "postgres":
            return int(await on.fetchval(sql))
        [[count]] = await on.execute_fetchall(sql)
        return int(count)


async def test_purge_forgets_by_term_and_nothing_earlier(database: Database) -> None:
    await citizen(database, "stranger")
    agreed = await citizen(database, "agreed", agreed=True)
    clock = FixedClock(NOON + timedelta(hours=23))

    assert (await Purge(database, clock, TERMS).run()).forgotten == {}

    clock.move(hours=2)
    assert (await Purge(database, clock, TERMS).run()).forgotten == {"sessions": 1}
    assert await rows(database, "SELECT count(*) FROM sessions") == 1
    assert await rows(database, "SELECT count(*) FROM addresses WHERE chat IS NULL") == 1

    clock.move(days=14)
    assert set((await Purge(database, clock, TERMS).run()).forgotten) == {"dedupe"}
    assert await rows(database, "SELECT count(*) FROM inbox WHERE payload IS NOT NULL") == 1

    clock.move(days=76)
    done = (await Purge(database, clock, TERMS).run()).forgotten
    assert done["words"] == 2
    assert await rows(database, "SELECT count(*) FROM inbox WHERE payload IS NOT NULL") == 0
    async with database.read() as tx:
        assert (await tx.citizens.load([agreed]))[agreed].consent_at == NOON, "the profile stays"


async def test_purge_holds_the_writer_briefly(database: Database) -> None:
    """Turns go on meanwhile: no transaction of a purge over thousands of rows is long."""
    async with database.write() as tx:
        for start in range(0, 4000, 500):
            arrivals = [Arrival("telegram", f"e{n}", f"chat{n}", "text", 0, b"{}") for n in range(start, start + 500)]
            await tx.inbox.store(arrivals, now=NOON)
    while True:
        async with database.write() as tx:
            claimed = await tx.inbox.claim(limit=500, now=NOON)
            await tx.inbox.finish([(one.id, False) for one in claimed], now=NOON)
        if not claimed:
            break

    done = await Purge(database, FixedClock(NOON + timedelta(days=15)), TERMS).run()

    assert done.forgotten == {"dedupe": 4000}
    assert done.longest_s < 5 * HOLD_S, "a busy machine is forgiven much"


async def test_purge_seals_everything_under_the_first_secret(database_url: str) -> None:
    old = await open_database(database_url, ["the old secret, long enough"])
    await citizen(old, "ivan", agreed=True)
    await old.close()
    secrets = ["the new secret, long enough", "the old secret, long enough"]
    database = await open_database(database_url, secrets)
    try:
        async with database.read() as tx:
            assert set(await Health(tx.handle).under_old_secrets()) == {"inbox", "addresses", "sessions", "outbox"}

        done = await Purge(database, FixedClock(), TERMS).run(reseals=True)

        assert done.resealed == {"inbox": 1, "addresses": 1, "sessions": 1, "outbox": 1}
        async with database.read() as tx:
            assert await Health(tx.handle).under_old_secrets() == {}
    finally:
        await database.close()
    alone = await open_database(database_url, secrets[:1])
    try:
        async with alone.read() as tx:
            id_ = await tx.erasures.citizen_of("telegram", alone.cipher.find("address", "telegram", "ivan"))
            assert id_ is not None
            assert (await tx.sessions.load([id_]))[id_].data == b"{}"
    finally:
        await alone.close()


def test_the_list_of_erasures_survives_a_crash_in_the_middle_of_a_line(tmp_path: Path) -> None:
    log = ErasureLog(tmp_path)
    log.append(1, [(1, "telegram", "aa", 10)])
    with log.file.open("a") as cut:
        cut.write("1 2 tele")
    log.append(1, [(2, "vk", "bb", 20)])

    assert log.read() == [Erasure("telegram", "aa", 10), Erasure("vk", "bb", 20)]
    assert log.last(1) == 2
    assert stat.S_IMODE(log.file.stat().st_mode) == 0o600


async def test_erasures_are_noted_once_beside_the_database(database: Database, tmp_path: Path) -> None:
    log = ErasureLog(tmp_path)
    ivan, olga = await citizen(database, "ivan"), await citizen(database, "olga")
    notes = Notes(database, log)
    async with database.write() as tx:
        await tx.citizens.erase(ivan, now=NOON)
    assert await notes.write(NOON) == 1
    assert await notes.write(NOON) == 0
    async with database.write() as tx:
        await tx.citizens.erase(olga, now=NOON)

    assert await Notes(database, log).write(NOON) == 1, "another process goes on where the first stopped"
    assert len(log.read()) == 2
    assert "ivan" not in log.file.read_text()


async def erase(database: Database, chat: str, now: datetime) -> None:
    async with database.write() as tx:
        id_ = await tx.erasures.citizen_of("telegram", database.cipher.find("address", "telegram", chat))
        assert id_ is not None
        await tx.citizens.erase(id_, now=now)


async def holds(database: Database, chat: str) -> bool:
    """Whether anything personal of the citizen is there."""
    async with database.read() as tx:
        id_ = await tx.erasures.citizen_of("telegram", database.cipher.find("address", "telegram", chat))
        return id_ is not None and id_ in await tx.sessions.load([id_])


@pytest.mark.parametrize("is_lost", [False, True], ids=["old data readable", "old data lost"])
async def test_restore_forgets_again_and_counts_anew(database_url: str, tmp_path: Path, is_lost: bool) -> None:
    clock, copy = FixedClock(NOON + timedelta(days=1)), tmp_path / "copy"
    database = await open_database(database_url, SECRETS)
    for chat in ("ivan", "olga", "petr"):
        await citizen(database, chat, agreed=True)
    async with database.write() as tx:
        epoch = await tx.installation.epoch(now=NOON)
    await erase(database, "petr", NOON + timedelta(minutes=1))
    await citizen(database, "petr", agreed=True, now=NOON + timedelta(minutes=2))  # came back before the backup
    await backup(database_url, copy)
    await erase(database, "ivan", NOON + timedelta(hours=1))
    await Notes(database, ErasureLog(tmp_path)).write(NOON)
    if is_lost:  # only the list beside the database tells
        async with database.write() as tx:
            delete = "DELETE FROM erasures"
            if tx.handle.dialect == "postgres":
                await tx.handle.connection.execute(delete)
            else:
                await tx.handle.connection.execute_fetchall(delete)
    else:
        ErasureLog(tmp_path).file.unlink()
    await database.close()

    done = await restore(database_url, copy, SECRETS, tmp_path, clock)

    assert done.erased == 1
    assert done.has_looked
    database = await open_database(database_url, SECRETS)
    try:
        assert not await holds(database, "ivan"), "asked to be forgotten after the backup"
        assert await holds(database, "olga")
        assert await holds(database, "petr"), "asked before the backup and came back"
        async with database.write() as tx:
            after = await tx.installation.epoch(now=NOON)
        assert after.number == done.epoch > epoch.number
        assert after.offset != epoch.offset
    finally:
        await database.close()

    again = await restore(database_url, copy, SECRETS, tmp_path, clock)
    if is_lost:
        assert again.erased == 1, "the list is still there"
    assert again.epoch >= done.epoch


async def test_message_numbers_never_fall_back(database_url: str, tmp_path: Path) -> None:
    """An open page that has seen newer numbers than the backup knows still hears what comes after the restore."""
    database = await open_database(database_url, SECRETS)
    await citizen(database, "ivan")
    await backup(database_url, tmp_path / "copy")
    for chat in ("olga", "petr"):
        await citizen(database, chat)
    seen = await rows(database, "SELECT max(id) FROM outbox")
    await database.close()

    await restore(database_url, tmp_path / "copy", SECRETS, tmp_path, FixedClock())

    database = await open_database(database_url, SECRETS)
    try:
        await citizen(database, "anna")
        assert await rows(database, "SELECT max(id) FROM outbox") > seen
        assert await rows(database, "SELECT count(*) FROM outbox") == 2
    finally:
        await database.close()


async def test_an_epoch_is_never_used_twice(sqlite_url: str, tmp_path: Path) -> None:
    """The same backup restored twice: ids noted under the first of the two epochs must not hide later erasures."""
    copy, log = tmp_path / "copy", ErasureLog(tmp_path)
    database = await open_database(sqlite_url, SECRETS)
    for chat in ("ivan", "olga"):
        await citizen(database, chat)
    await Notes(database, log).write(NOON)
    await database.close()
    await backup(sqlite_url, copy)
    for chat in ("ivan", "olga"):
        await restore(sqlite_url, copy, SECRETS, tmp_path, FixedClock())
        database = await open_database(sqlite_url, SECRETS)
        await erase(database, chat, NOON)
        await Notes(database, log).write(NOON)
        find = database.cipher.find("address", "telegram", chat)
        await database.close()
        assert find in {erasure.find for erasure in log.read()}


async def test_restore_refuses_while_anybody_holds_the_installation(database_url: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    await backup(database_url, copy)
    database = await open_database(database_url, SECRETS)
    try:
        async with database.hold("installation", shared=True):
            with pytest.raises(Held):
                await restore(database_url, copy, SECRETS, tmp_path, FixedClock())
    finally:
        await database.close()


async def test_backup_of_a_running_bot_and_the_way_back(tmp_path: Path) -> None:
    """As the README says it: backup beside a busy bot, refused restore, restore after a stop, talk goes on."""
    copy = tmp_path / "copy.db"
    async with Running(tmp_path, "run") as bot, Page(bot.url) as page:
        await page.start()

        async def talk() -> None:
            async with Page(bot.url) as other:
                for _ in range(8):
                    await other.say("меню")

        saved, _ = await asyncio.gather(command(tmp_path, "backup", str(copy)), talk())
        refused = await command(tmp_path, "restore", str(copy))
        await page.say("меню")
        cookies, seen = page.cookies, page.seen
        await bot.stop()

    assert saved.code == 0, saved.err
    assert "Копия готова" in saved.out
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert sqlite3.connect(copy).execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert refused.code == 1
    assert "Остановите" in refused.err

    restored = await command(tmp_path, "restore", str(copy))
    assert restored.code == 0, restored.err
    async with Running(tmp_path, "run") as bot, Page(bot.url, cookies) as page:
        page.seen = seen
        assert (await page.say("меню")).buttons


async def test_what_a_citizen_erased_stays_erased_after_a_restore(tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    async with Running(tmp_path, "run") as bot, Page(bot.url) as page:
        await page.start()
        assert (await command(tmp_path, "backup", str(copy))).code == 0
        await page.say("мои данные")
        await page.press(label("my_data.nothing", "delete"))
        await page.press(label("my_data.confirm", "yes"))
        await bot.stop()
    (tmp_path / "data" / "bot.db").write_bytes(b"the disk is broken")
    for name in ("bot.db-wal", "bot.db-shm"):
        (tmp_path / "data" / name).unlink(missing_ok=True)

    done = await command(tmp_path, "restore", str(copy))

    assert done.code == 0, done.err
    assert "после копии: 1." in done.out
    assert "только из файла erasures.log" in done.out
    with sqlite3.connect(tmp_path / "data" / "bot.db") as connection:
        assert connection.execute("SELECT count(*) FROM sessions").fetchone() == (0,)


async def test_a_file_that_is_no_backup_changes_nothing(tmp_path: Path) -> None:
    async with Running(tmp_path, "run") as bot:
        await bot.stop()
    before = (tmp_path / "data" / "bot.db").stat().st_size
    (tmp_path / "letter.txt").write_text("Это не копия базы")

    done = await command(tmp_path, "restore", "letter.txt")

    assert done.code == 1
    assert "Traceback" not in done.err
    assert (tmp_path / "data" / "bot.db").stat().st_size == before


async def test_the_purge_command_tells_what_it_did(tmp_path: Path) -> None:
    async with Running(tmp_path, "run") as bot:
        await bot.stop()

    done = await command(tmp_path, "purge")

    assert done.code == 0, done.err
    assert done.out.splitlines()[-1].startswith("Готово.")
