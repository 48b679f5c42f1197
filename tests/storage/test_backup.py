"""A backup is whole, and a restore ends with the old data or with the new, never in between."""

import asyncio
import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from storage.backup import backup, restore
from storage.database import Database, attach, open_database
from storage.errors import Held, Incompatible, StorageError, Unreadable
from storage.migrate import VERSIONS, known, version
from storage.postgrescopy import _target
from tests.databases import SECRETS
from tests.storage.conftest import Start, line, names, put

DIE_IN_RESTORE = """
import asyncio, sys
from pathlib import Path
from storage.backup import restore
async def after(database):
    print("restored", flush=True)
    sys.stdin.readline()
asyncio.run(restore(sys.argv[1], Path(sys.argv[2]), sys.argv[3:], after=after))
"""


async def nothing(_: Database) -> None:
    pass


async def write(url: str, *wanted: str) -> None:
    database = await open_database(url, SECRETS)
    try:
        async with database.write() as tx:
            for name in wanted:
                await put(tx, name)
    finally:
        await database.close()


async def read(url: str) -> set[str]:
    database = await open_database(url, SECRETS)
    try:
        return await names(database)
    finally:
        await database.close()


@pytest.fixture
async def saved(database_url: str, tmp_path: Path) -> Path:
    """A backup with ivan; the database has gone on and has olga, too."""
    file = tmp_path / "saved.backup"
    await write(database_url, "ivan")
    await backup(database_url, file)
    await write(database_url, "olga")
    return file


async def test_a_restored_backup_is_what_was_backed_up(database_url: str, saved: Path, tmp_path: Path):
    assert not await restore(database_url, saved, SECRETS, after=nothing)

    assert await read(database_url) == {"ivan"}
    await write(database_url, "pavel")
    assert await read(database_url) == {"ivan", "pavel"}
    left = set(os.listdir(tmp_path)) - {"bot.db", "bot.db.installation.lock", "saved.backup"}
    assert left == set()


async def test_a_backup_is_for_its_owner_and_replaces_an_older_one(database_url: str, saved: Path):
    assert os.stat(saved).st_mode & 0o777 == 0o600

    await backup(database_url, saved)
    await restore(database_url, saved, SECRETS, after=nothing)

    assert await read(database_url) == {"ivan", "olga"}


async def test_lookups_outlive_a_restore(database_url: str, saved: Path):
    async def found() -> str:
        database = await open_database(database_url, SECRETS)
        try:
            return database.cipher.find("telegram", "42")
        finally:
            await database.close()

    before = await found()
    await restore(database_url, saved, SECRETS, after=nothing)

    assert await found() == before


async def test_what_the_backup_cannot_know_is_done_again(database_url: str, saved: Path):
    """Erasures since the backup are read from the old data and applied before anybody sees the new."""
    noted: set[str] = set()

    async def before(old: Database) -> None:
        noted.update(await names(old))

    async def after(restored: Database) -> None:
        assert await names(restored) == {"ivan"}
        async with restored.write() as tx:
            await put(tx, "noted " + " ".join(sorted(noted)))

    assert await restore(database_url, saved, SECRETS, after=after, before=before)

    assert await read(database_url) == {"ivan", "noted ivan olga"}


async def test_a_new_machine_takes_a_backup(empty_url: str, tmp_path: Path, sqlite_url: str, postgres_url: str):
    source = sqlite_url if empty_url.startswith("sqlite") else postgres_url
    await write(source, "ivan")
    await backup(source, tmp_path / "saved.backup")

    assert not await restore(empty_url, tmp_path / "saved.backup", SECRETS, after=nothing, before=nothing)

    assert await read(empty_url) == {"ivan"}


async def test_a_failure_after_the_restore_keeps_the_old_data(database_url: str, saved: Path):
    async def fail(restored: Database) -> None:
        async with restored.write() as tx:
            await put(tx, "half")
        raise LookupError

    with pytest.raises(LookupError):
        await restore(database_url, saved, SECRETS, after=fail)

    assert await read(database_url) == {"ivan", "olga"}


async def test_a_kill_in_a_restore_keeps_the_old_data(database_url: str, saved: Path, start: Start):
    process = start(DIE_IN_RESTORE, database_url, saved, *SECRETS)
    assert await line(process) == "restored"
    process.kill()
    process.wait()

    if database_url.startswith("sqlite"):
        assert await read(database_url) == {"ivan", "olga"}
    else:
        with pytest.raises(Incompatible, match="restore"):
            await read(database_url)

    seen: list[set[str]] = []

    async def before(old: Database) -> None:
        seen.append(await names(old))

    async def again() -> bool:
        try:
            return await restore(database_url, saved, SECRETS, after=nothing, before=before)
        except Held:  # the server has not noticed the kill yet
            return False

    async with asyncio.timeout(30):
        while not await again():
            pass
    assert seen == [{"ivan", "olga"}]
    assert await read(database_url) == {"ivan"}


async def test_a_restore_waits_for_nobody(database: Database, database_url: str, saved: Path):
    async with database.hold("installation", shared=True):
        with pytest.raises(Held):
            await restore(database_url, saved, SECRETS, after=nothing)
        await backup(database_url, saved)

    async with database.hold("installation", shared=False):
        with pytest.raises(Held):
            await backup(database_url, saved)


async def test_nobody_starts_during_a_restore(database_url: str, saved: Path):
    async def look(_: Database) -> None:
        async def start() -> None:
            starting = await open_database(database_url, SECRETS)
            try:
                async with starting.hold("installation", shared=True):
                    pass
            finally:
                await starting.close()

        with pytest.raises((Held, Incompatible)):
            await start()

    await restore(database_url, saved, SECRETS, after=look)

    assert await read(database_url) == {"ivan"}


async def test_a_process_from_before_the_restore_cannot_go_on(database: Database, database_url: str, tmp_path: Path):
    """Its file is nobody's any more, its keys may be another's: what it writes would be lost."""
    await backup(database_url, tmp_path / "saved.backup")
    await restore(database_url, tmp_path / "saved.backup", SECRETS, after=nothing)

    with pytest.raises(Held):
        async with database.hold("installation", shared=True):
            pass


@pytest.mark.parametrize("damage", ["cut", "garbage", "missing"])
async def test_a_damaged_backup_is_refused(database_url: str, saved: Path, damage: str):
    def spoil() -> None:
        whole = saved.read_bytes()
        if damage == "cut":
            saved.write_bytes(whole[: len(whole) // 2])
        elif damage == "garbage":
            saved.write_bytes(b"\x00garbage" * 1000)
        else:
            saved.unlink()

    spoil()
    with pytest.raises(StorageError):
        await restore(database_url, saved, SECRETS, after=nothing)

    assert await read(database_url) == {"ivan", "olga"}


async def test_a_backup_of_another_secret_is_refused(database_url: str, saved: Path):
    with pytest.raises(Unreadable):
        await restore(database_url, saved, ["second secret of the tests, long enough"], after=nothing)

    assert await read(database_url) == {"ivan", "olga"}


async def test_a_backup_of_a_newer_program_is_refused(database_url: str, tmp_path: Path):
    database = await open_database(database_url, SECRETS)
    on = "execute_fetchall" if database.dialect == "sqlite" else "execute"
    async with database.write() as tx:
        await getattr(tx.handle.connection, on)("UPDATE alembic_version SET version_num = '9999'")
    await database.close()
    await backup(database_url, tmp_path / "newer.backup")
    database = await attach(database_url, SECRETS)
    async with database.write() as tx:
        await getattr(tx.handle.connection, on)(f"UPDATE alembic_version SET version_num = '{known(VERSIONS)[-1]}'")
    await database.close()
    await write(database_url, "ivan")

    with pytest.raises(Incompatible, match="9999"):
        await restore(database_url, tmp_path / "newer.backup", SECRETS, after=nothing)

    assert await read(database_url) == {"ivan"}


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """Migrations of a later program."""
    folder = tmp_path / "newer"
    shutil.copytree(VERSIONS, folder)
    change = f"from alembic import op\nrevision, down_revision = '9000', {known()[-1]!r}\n"
    change += "def upgrade():\n    op.execute('CREATE TABLE newest (id INTEGER)')\n"
    (folder / "9000_newest.py").write_text(change)
    return folder


async def test_an_older_backup_is_brought_forward(database_url: str, saved: Path, newer: Path):
    await restore(database_url, saved, SECRETS, after=nothing, versions=newer)

    assert await version(database_url) == "9000"


async def test_tables_newer_than_the_backup_do_not_stay(on_postgres: Database, postgres_url: str, tmp_path: Path):
    await backup(postgres_url, tmp_path / "saved.backup")
    async with on_postgres.write() as tx:
        await tx.handle.connection.execute("CREATE TABLE later (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY)")
        await tx.handle.connection.execute("CREATE VIEW latest AS SELECT max(id) FROM later")
        await tx.handle.connection.execute("CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 1'")

    await restore(postgres_url, tmp_path / "saved.backup", SECRETS, after=nothing)

    async with on_postgres.read() as tx:
        left = await tx.handle.connection.fetchval(
            "SELECT concat(to_regclass('later'), to_regclass('latest'), to_regproc('one'), to_regnamespace($1))",
            "before_restore",
        )
    assert left == ""


async def test_a_damaged_database_can_be_replaced(sqlite_url: str, tmp_path: Path):
    await write(sqlite_url, "ivan")
    await backup(sqlite_url, tmp_path / "saved.backup")
    (tmp_path / "bot.db").write_bytes(b"garbage" * 10_000)

    assert not await restore(sqlite_url, tmp_path / "saved.backup", SECRETS, after=nothing, before=nothing)

    assert await read(sqlite_url) == {"ivan"}


async def test_a_backup_while_writing_is_one_moment(database_url: str, tmp_path: Path):
    """Writers go on, two rows at a time, and the copy never holds one of two."""
    database = await open_database(database_url, SECRETS)
    file = tmp_path / "saved.backup"
    padding = b"x" * 20_000
    is_over = False

    async def keep_writing() -> int:
        number = 0
        while not is_over:
            async with database.write() as tx:
                await put(tx, f"left {number}", padding)
                await put(tx, f"right {number}", padding)
            number += 1
        return number

    try:
        async with database.write() as tx:
            for number in range(500):
                await put(tx, f"old {number}", padding)
        writing = asyncio.create_task(keep_writing())
        await backup(database_url, file)
        is_over = True
        written = await writing
        assert written > 1
        assert len(await names(database)) == 500 + 2 * written
    finally:
        is_over = True
        await database.close()

    await restore(database_url, file, SECRETS, after=nothing)

    found = await read(database_url)
    lefts = {name.split()[1] for name in found if name.startswith("left")}
    rights = {name.split()[1] for name in found if name.startswith("right")}
    assert lefts == rights
    assert len(found) == 500 + 2 * len(lefts)


async def test_no_database_no_backup(empty_sqlite_url: str, tmp_path: Path):
    with pytest.raises(StorageError):
        await backup(empty_sqlite_url, tmp_path / "saved.backup")

    assert not (tmp_path / "empty.db").exists()
    assert not (tmp_path / "saved.backup").exists()


async def test_a_backup_is_one_file(sqlite_url: str, tmp_path: Path):
    await backup(sqlite_url, tmp_path / "saved.backup")

    with sqlite3.connect(f"file:{tmp_path}/saved.backup?immutable=1", uri=True) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    connection.close()


def test_the_password_is_not_among_the_arguments():
    for url in (
        "postgresql://bot:p%40ss%3Aword@db.example:6432/bot?sslmode=require",
        "postgresql://bot@db.example:6432/bot?sslmode=require&password=p%40ss%3Aword",
    ):
        place, env = _target(url)

        assert place == "postgresql://bot@db.example:6432/bot?sslmode=require"
        assert env["PGPASSWORD"] == "p@ss:word"
        assert env["PATH"] == os.environ["PATH"]
    assert _target("postgresql:///bot?host=/run/postgresql")[0] == "postgresql:///bot?host=%2Frun%2Fpostgresql"
