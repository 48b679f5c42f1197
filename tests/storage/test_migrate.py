"""Schema changes: all or nothing, once, from anywhere."""

import asyncio
import shutil
import sqlite3
from pathlib import Path

import asyncpg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from storage.database import open_database
from storage.errors import Incompatible, Unavailable
from storage.migrate import MIGRATIONS, VERSIONS, known, migrate, version
from tests.databases import SECRETS
from tests.storage.conftest import Start, line

MIGRATE = """
import asyncio, sys
from pathlib import Path
from storage.migrate import migrate
asyncio.run(migrate(sys.argv[1], Path(sys.argv[2])))
"""
OPEN = """
import asyncio, sys
from storage.database import open_database
async def main():
    print("ready", flush=True)
    sys.stdin.readline()
    database = await open_database(sys.argv[1], sys.argv[2:])
    print(database.cipher.find("ivan"), flush=True)
    await database.close()
asyncio.run(main())
"""
MODULES = """
import asyncio, sys
from storage.database import open_database
async def main():
    await (await open_database(sys.argv[1], sys.argv[2:])).close()
asyncio.run(main())
print(*(name for name in ("alembic", "sqlalchemy", "asyncpg", "aiosqlite") if name in sys.modules), flush=True)
"""


class Versions:
    """A folder of migrations of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, revision: str, after: str | None, body: str, beside: str = "") -> None:
        (self.folder / f"{revision}_test.py").write_text(
            "import sys\n"
            "from storage.migrations.dialect import ddl, run\n"
            f"revision, down_revision = {revision!r}, {after!r}\n"
            f"def upgrade():\n    run('''{body}''')\n    {beside}\n"
        )


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    folder = tmp_path / "versions"
    folder.mkdir()
    made = Versions(folder)
    made.add(
        "0001", None, "CREATE TABLE one (id {serial}, at {bigint}, value {blob});\nCREATE INDEX one_at ON one (at);"
    )
    return made


async def rows(url: str, sql: str) -> list[tuple[object, ...]]:
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        try:
            return [tuple(row) for row in connection.execute(sql).fetchall()]
        finally:
            connection.close()
    server = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await server.fetch(sql)]
    finally:
        await server.close()


async def schema(url: str) -> list[tuple[object, ...]]:
    """Every table, column, index and constraint of the database, in the database's own words."""
    if url.startswith("sqlite"):
        return await rows(url, "SELECT type, name, sql FROM sqlite_master ORDER BY type, name")
    columns = await rows(
        url,
        "SELECT table_name::text, column_name::text, data_type::text, is_nullable::text, column_default::text"
        " FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2",
    )
    indexes = await rows(url, "SELECT indexname::text, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1")
    rules = await rows(
        url,
        "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2",
    )
    return [*columns, *indexes, *rules]


async def tables(url: str) -> set[object]:
    listing = "sqlite_master WHERE type = 'table'" if url.startswith("sqlite") else "pg_tables"
    column = "name" if url.startswith("sqlite") else "tablename::text"
    return {row[0] for row in await rows(url, f"SELECT {column} FROM {listing}")} & {"one", "two"}


def test_file_names_and_revisions_agree():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "newline")
    scripts = ScriptDirectory.from_config(config)
    chain = [script.revision for script in scripts.walk_revisions()][::-1]

    assert chain == known()
    assert scripts.get_heads() == [known()[-1]]


async def test_an_empty_database_comes_to_the_newest_version(empty_url: str, versions: Versions):
    assert await version(empty_url) is None
    versions.add("0002", "0001", "CREATE TABLE two (id {serial});")

    await migrate(empty_url, versions.folder)

    assert await version(empty_url) == "0002"
    assert await tables(empty_url) == {"one", "two"}
    await migrate(empty_url, versions.folder)
    assert await version(empty_url) == "0002"


@pytest.mark.parametrize("first", range(1, len(known()) + 1))
async def test_every_earlier_version_comes_to_the_newest(empty_url: str, database_url: str, tmp_path: Path, first: int):
    if empty_url.startswith("sqlite") != database_url.startswith("sqlite"):
        return
    folder = tmp_path / "earlier"
    folder.mkdir()
    for revision in known()[:first]:
        (file,) = VERSIONS.glob(f"{revision}_*.py")
        shutil.copy(file, folder)
    await migrate(empty_url, folder)
    assert await version(empty_url) == known()[first - 1]

    await migrate(empty_url)

    assert await version(empty_url) == known()[-1]
    assert await schema(empty_url) == await schema(database_url)


async def test_a_failing_change_changes_nothing(empty_url: str, versions: Versions):
    await migrate(empty_url, versions.folder)
    versions.add("0002", "0001", "CREATE TABLE two (id {serial});", "raise LookupError")

    with pytest.raises(LookupError):
        await migrate(empty_url, versions.folder)

    assert await version(empty_url) == "0001"
    assert await tables(empty_url) == {"one"}


async def test_a_kill_inside_a_change_leaves_the_old_version_whole(empty_url: str, versions: Versions, start: Start):
    await migrate(empty_url, versions.folder)
    change = "CREATE TABLE two (id {serial});\nALTER TABLE one ADD COLUMN more TEXT;"
    versions.add("0002", "0001", change, "print('inside', flush=True); sys.stdin.readline()")
    process = start(MIGRATE, empty_url, versions.folder)
    assert await line(process) == "inside"

    process.kill()
    process.wait()

    assert await version(empty_url) == "0001"
    assert await tables(empty_url) == {"one"}
    versions.add("0002", "0001", change)
    await migrate(empty_url, versions.folder)
    assert await version(empty_url) == "0002"
    assert await tables(empty_url) == {"one", "two"}


async def test_four_starts_at_once_agree(empty_url: str, start: Start):
    processes = [start(OPEN, empty_url, *SECRETS) for _ in range(4)]
    assert [await line(process) for process in processes] == ["ready"] * 4
    for process in processes:
        process.stdin.write("\n")  # type: ignore[union-attr]
        process.stdin.flush()  # type: ignore[union-attr]

    found = [await line(process) for process in processes]

    assert len(found[0]) == 32
    assert len(set(found)) == 1
    assert [process.wait() for process in processes] == [0] * 4


async def test_a_newer_database_is_refused(empty_url: str, versions: Versions, tmp_path: Path):
    versions.add("0002", "0001", "CREATE TABLE two (id {serial});")
    await migrate(empty_url, versions.folder)
    (versions.folder / "0002_test.py").unlink()

    with pytest.raises(Incompatible, match="0002"):
        await migrate(empty_url, versions.folder)


async def test_an_older_database_is_refused_when_it_may_not_be_changed(empty_url: str):
    with pytest.raises(Incompatible, match="migrate"):
        await open_database(empty_url, SECRETS, migrate=False)

    assert await version(empty_url) is None


async def test_a_change_that_breaks_a_reference_is_refused(empty_sqlite_url: str, versions: Versions):
    versions.add("0002", "0001", "CREATE TABLE two (one_id INTEGER REFERENCES one (id));\nINSERT INTO two VALUES (7);")

    with pytest.raises(RuntimeError, match="reference in table two"):
        await migrate(empty_sqlite_url, versions.folder)

    assert await version(empty_sqlite_url) is None


async def test_a_start_without_changes_does_not_load_the_tools(database_url: str, start: Start):
    driver = {"s": "aiosqlite", "p": "asyncpg"}[database_url[0]]

    assert await line(start(MODULES, database_url, *SECRETS)) == driver


async def test_a_file_locked_too_long_is_an_outage(
    empty_sqlite_url: str, versions: Versions, monkeypatch: pytest.MonkeyPatch
):
    await migrate(empty_sqlite_url, versions.folder)
    versions.add("0002", "0001", "CREATE TABLE two (id {serial});")
    monkeypatch.setattr("storage.migrate._WAIT_S", 0.05)
    other = sqlite3.connect(empty_sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(Unavailable):
        await migrate(empty_sqlite_url, versions.folder)

    other.close()
    await migrate(empty_sqlite_url, versions.folder)
    assert await version(empty_sqlite_url) == "0002"


async def test_a_server_lost_inside_a_change_is_an_outage(empty_postgres_url: str, versions: Versions):
    versions.add("0002", "0001", "SELECT pg_terminate_backend(pg_backend_pid());")

    with pytest.raises(Unavailable):
        await migrate(empty_postgres_url, versions.folder)

    assert await version(empty_postgres_url) is None


async def test_a_folder_that_cannot_be_written_is_an_outage(tmp_path: Path):
    (tmp_path / "file").write_text("")

    with pytest.raises(Unavailable):
        await asyncio.wait_for(migrate(f"sqlite:///{tmp_path}/file/bot.db"), 30)
