"""The contract of transactions and wake-up hints, on both databases."""

import asyncio
import sqlite3

import pytest

from storage.database import Database, open_database
from storage.errors import StorageError, Unavailable
from tests.databases import SECRETS, named
from tests.storage.conftest import ask, names, put


async def test_what_was_written_is_there(database: Database, second: Database):
    async with database.write() as tx:
        await put(tx, "ivan")

    assert await names(database) == await names(second) == {"ivan"}


async def test_an_exception_undoes_all(database: Database):
    async def fail():
        async with database.write() as tx:
            await put(tx, "ivan")
            raise LookupError

    with pytest.raises(LookupError):
        await fail()

    assert await names(database) == set()


async def test_a_cancelled_writer_leaves_nothing_and_blocks_nobody(database: Database, second: Database):
    written = asyncio.Event()

    async def hang():
        async with database.write() as tx:
            await put(tx, "ivan")
            written.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hang())
    await written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    for each, name in ((database, "olga"), (second, "pavel")):
        async with each.write() as tx:
            await put(tx, name)
    assert await names(database) == {"olga", "pavel"}


@pytest.mark.parametrize("calls", range(1, 4))
async def test_a_writer_cancelled_at_any_call_blocks_nobody(database: Database, calls: int):
    """Cancelled while BEGIN, the statement or COMMIT is on its way: all is written or nothing."""

    async def write():
        async with database.write() as tx:
            await put(tx, "ivan")

    task = asyncio.create_task(write())
    for _ in range(calls):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    async with database.write() as tx:
        await put(tx, "olga")
    assert await names(database) in ({"olga"}, {"ivan", "olga"})


async def test_a_reader_sees_one_moment(database: Database, second: Database):
    async with database.read() as tx:
        on = tx.handle
        before = [row[0] async for row in on.queries.keys_load(on.connection)]
        async with second.write() as other:
            await put(other, "ivan")
        after = [row[0] async for row in on.queries.keys_load(on.connection)]

    assert before == after
    assert await names(database) == {"ivan"}


async def test_writing_while_reading_is_a_mistake_not_an_outage(database: Database):
    async def write():
        async with database.read() as tx:
            await put(tx, "ivan")

    with pytest.raises(Exception) as caught:
        await write()

    assert not isinstance(caught.value, StorageError)
    async with database.read() as tx:
        await tx.handle.queries.keys_load(tx.handle.connection).asend(None)


async def test_a_write_inside_a_write_is_told_at_once(on_sqlite: Database):
    """It would wait for itself for ever: SQLite has one writer."""
    with pytest.raises(RuntimeError, match="inside a write"):
        async with on_sqlite.write(), on_sqlite.write():
            pass

    async with on_sqlite.write() as tx:
        await put(tx, "ivan")
    assert await names(on_sqlite) == {"ivan"}


async def test_statements_of_one_transaction_may_be_asked_at_once(database: Database):
    async with database.write() as tx:
        await asyncio.gather(*(put(tx, f"citizen {number}") for number in range(20)))

    assert len(await names(database)) == 20


async def test_a_statement_tells_how_many_rows_it_changed(database: Database):
    async with database.write() as tx:
        on = tx.handle
        changed = [
            await on.queries.keys_add(on.connection, name="ivan", wrapped=b"1"),
            await on.queries.keys_add(on.connection, name="ivan", wrapped=b"2"),
            await on.queries.keys_rewrap(on.connection, name="ivan", wrapped=b"3"),
        ]

    assert changed == [1, 0, 1]


async def test_two_writers_both_get_through(database: Database, second: Database):
    async def add(each: Database, who: str):
        for number in range(25):
            async with each.write() as tx:
                await put(tx, f"{who} {number}")

    await asyncio.gather(add(database, "ivan"), add(second, "olga"), add(database, "pavel"), add(second, "anna"))

    assert len(await names(database)) == 100


async def test_many_readers_wait_for_each_other(database: Database):
    found = await asyncio.gather(*(names(database) for _ in range(30)))

    assert found == [set()] * 30


async def test_a_hint_rings_after_the_commit(database: Database):
    ear = database.listen("inbox")
    if database.dialect == "postgres":
        assert await ear.wait(10)  # the listening connection stands: something may have been missed before
    other = database.listen("outbox")
    async with database.write() as tx:
        tx.notify("inbox")
        assert not await ear.wait(0)

    assert await ear.wait(10)
    assert not await other.wait(0)


async def test_a_hint_of_an_undone_transaction_never_rings(on_sqlite: Database):
    ear = on_sqlite.listen("inbox")

    async def fail():
        async with on_sqlite.write() as tx:
            tx.notify("inbox")
            raise LookupError

    with pytest.raises(LookupError):
        await fail()

    assert not await ear.wait(0)


async def test_a_hint_before_the_wait_is_not_lost(on_sqlite: Database):
    ear = on_sqlite.listen("edition")
    await on_sqlite.notify("edition")

    assert await ear.wait(0)
    assert not await ear.wait(0)


async def test_a_hint_reaches_other_processes(on_postgres: Database, postgres_url: str):
    other = await open_database(postgres_url, SECRETS)
    try:
        ear = other.listen("inbox")
        assert await ear.wait(10)  # listening from now on
        await on_postgres.notify("inbox")

        assert await ear.wait(10)
    finally:
        await other.close()


async def test_the_listening_connection_comes_back(on_postgres: Database, postgres_url: str):
    other = await open_database(postgres_url, SECRETS)
    try:
        ear = other.listen("outbox")
        assert await ear.wait(10)
        await ask(
            on_postgres,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'czn-bot wakes' AND datname = current_database()",
        )
        assert await ear.wait(10)  # rings of its own accord: something may have been missed
        async with on_postgres.write() as tx:
            tx.notify("outbox")

        assert await ear.wait(10)
    finally:
        await other.close()


async def test_a_broken_connection_is_an_outage_and_the_next_call_works(on_postgres: Database, postgres_url: str):
    other = await open_database(postgres_url, SECRETS)

    async def write():
        async with on_postgres.write() as tx:
            await put(tx, "ivan")
            me = await tx.handle.connection.fetchval("SELECT pg_backend_pid()")
            await ask(other, "SELECT pg_terminate_backend($1)", me)
            await put(tx, "olga")

    try:
        with pytest.raises(Unavailable) as caught:
            await write()
        assert caught.value.__cause__ is not None

        async with on_postgres.write() as tx:
            await put(tx, "pavel")
        assert await names(on_postgres) == {"pavel"}
    finally:
        await other.close()


async def test_all_idle_connections_broken_are_replaced(on_postgres: Database, postgres_url: str):
    await asyncio.gather(*(names(on_postgres) for _ in range(8)))
    other = await open_database(postgres_url, SECRETS)
    try:
        await ask(
            other,
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
    finally:
        await other.close()

    async def try_once() -> bool:
        try:
            return await names(on_postgres) == set()
        except Unavailable:
            return False

    tries = [await try_once() for _ in range(9)]
    assert tries[-1]


async def test_a_server_that_is_not_there_is_an_outage():
    with pytest.raises(Unavailable):
        await open_database("postgresql://postgres@127.0.0.1:1/nothing", SECRETS)


async def test_a_database_that_does_not_exist_is_refused_for_good(postgres_server: str):
    with pytest.raises(StorageError) as caught:
        await open_database(named(postgres_server, "bot_missing"), SECRETS)

    assert not isinstance(caught.value, Unavailable)


async def test_a_row_locked_by_another_too_long_is_an_outage(on_postgres: Database, postgres_url: str):
    other = await open_database(postgres_url, SECRETS)

    async def write():
        async with other.write() as tx:
            await tx.handle.connection.execute("SET LOCAL lock_timeout = '20ms'")
            await put(tx, "ivan")

    try:
        async with on_postgres.write() as tx:
            await put(tx, "ivan")
            with pytest.raises(Unavailable):
                await write()
    finally:
        await other.close()


async def test_a_file_locked_by_another_program_is_an_outage(sqlite_url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("storage.sqlite.BUSY_TIMEOUT_MS", 20)
    database = await open_database(sqlite_url, SECRETS)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)

    async def write():
        async with database.write() as tx:
            await put(tx, "ivan")

    try:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable) as caught:
            await write()
        assert isinstance(caught.value.__cause__, sqlite3.OperationalError)

        other.execute("ROLLBACK")
        await write()
        assert await names(database) == {"ivan"}
    finally:
        other.close()
        await database.close()


async def test_a_full_disk_is_an_outage_that_ends(on_sqlite: Database):
    async def write(value: bytes):
        async with on_sqlite.write() as tx:
            await put(tx, "ivan", value)

    async def allow(pages: int):
        async with on_sqlite.write() as tx:
            await tx.handle.connection.execute_fetchall(f"PRAGMA max_page_count={pages}")

    await allow(1)  # SQLite takes the present size instead
    with pytest.raises(Unavailable):
        await write(b"x" * 1_000_000)
    assert await names(on_sqlite) == set()

    await allow(1_000_000)
    await write(b"x" * 1_000_000)
    assert await names(on_sqlite) == {"ivan"}


async def test_a_broken_rule_is_not_an_outage(database: Database):
    async def write():
        async with database.write() as tx:
            await put(tx, "ivan", None)  # type: ignore[arg-type]

    with pytest.raises(Exception) as caught:
        await write()

    assert not isinstance(caught.value, StorageError)


async def test_a_closed_database_is_an_outage(database: Database):
    await database.close()

    with pytest.raises(Unavailable):
        await names(database)
    with pytest.raises(Unavailable):
        async with database.write():
            pass


async def test_the_file_is_for_its_owner_only(empty_sqlite_url: str, tmp_path):
    database = await open_database(empty_sqlite_url, SECRETS)
    try:
        modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.glob("empty.db*")}
    finally:
        await database.close()

    assert set(modes) >= {"empty.db", "empty.db-wal", "empty.db-shm"}
    assert set(modes.values()) == {0o600}


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///a.db?mode=ro"])
async def test_a_database_of_one_connection_is_refused(url: str):
    with pytest.raises(ValueError, match="sqlite:///"):
        await open_database(url, SECRETS)
