"""Who may do what alone, in one process and in several."""

import asyncio
import os
import shutil
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from storage.advisory import key_of
from storage.database import Database, open_database
from storage.errors import Held, Unavailable
from tests.databases import SECRETS
from tests.storage.conftest import Start, ask, line, until

HOLD = """
import asyncio, sys
from storage.database import open_database
async def main():
    database = await open_database(sys.argv[1], sys.argv[3:])
    if sys.argv[2] == "hold":
        async with database.hold("installation", shared=True):
            print("held", flush=True)
            await asyncio.to_thread(sys.stdin.readline)
    else:
        await database.elect("scheduler").acquire()
        print("held", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
asyncio.run(main())
"""
KILL = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_locks
    WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


async def test_any_number_hold_together_but_none_alone_beside_them(database: Database, second: Database):
    async with database.hold("installation", shared=True), second.hold("installation", shared=True):
        with pytest.raises(Held):
            async with second.hold("installation", shared=False):
                pass
    async with database.hold("installation", shared=False):
        for shared in (True, False):
            with pytest.raises(Held):
                async with second.hold("installation", shared=shared):
                    pass
        async with second.hold("another", shared=False):
            pass
    async with second.hold("installation", shared=True):
        pass


async def test_a_hold_ends_with_its_process(database: Database, database_url: str, start: Start):
    process = start(HOLD, database_url, "hold", *SECRETS)
    assert await line(process) == "held"
    with pytest.raises(Held):
        async with database.hold("installation", shared=False):
            pass

    process.kill()
    process.wait()

    async def is_free() -> bool:
        try:
            async with database.hold("installation", shared=False):
                return True
        except Held:
            return False

    await until(is_free)


async def test_of_two_candidates_one_is_elected(database: Database, second: Database):
    one, two = database.elect("scheduler"), second.elect("scheduler")

    assert await one.acquire()
    assert await one.acquire()
    assert one.is_held
    assert not await two.acquire()
    assert not two.is_held
    assert await second.elect("sender-vk").acquire()

    await one.release()
    await one.release()
    assert not one.is_held
    assert await two.acquire()


async def test_a_duty_ends_with_its_process(database: Database, database_url: str, start: Start):
    process = start(HOLD, database_url, "elect", *SECRETS)
    assert await line(process) == "held"
    candidate = database.elect("scheduler")
    assert not await candidate.acquire()

    process.kill()
    process.wait()

    await until(candidate.acquire)
    assert candidate.is_held


async def test_closing_the_database_gives_up_its_duties(database: Database, second: Database):
    assert await database.elect("scheduler").acquire()

    await database.close()

    assert await second.elect("scheduler").acquire()


async def test_a_duty_is_lost_with_its_connection(on_postgres: Database):
    elected = on_postgres.elect("scheduler")
    assert await elected.acquire()

    await ask(on_postgres, KILL)
    await asyncio.wait_for(elected.lost.wait(), 10)

    assert not elected.is_held
    assert await elected.acquire()
    assert elected.is_held
    assert not elected.lost.is_set()


async def test_a_duty_is_lost_when_the_network_is(postgres_url: str, monkeypatch: pytest.MonkeyPatch):
    """The connection stands, but nothing passes any more."""
    monkeypatch.setattr("storage.advisory.HEARTBEAT_S", 0.1)
    cable = Cable(postgres_url)
    async with cable as url:
        database = await open_database(url, SECRETS)
        try:
            elected = database.elect("scheduler")
            assert await elected.acquire()

            cable.is_cut = True
            await asyncio.wait_for(elected.lost.wait(), 10)
            assert not elected.is_held

            cable.is_cut = False
            await until(elected.acquire)
        finally:
            await database.close()


class Cable:
    """Passes bytes between us and the server until it is cut; then swallows them."""

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        self._links: set[asyncio.Task[None]] = set()
        self.is_cut = False

    async def __aenter__(self) -> str:
        self._server = await asyncio.start_server(self._link, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        account = self._parts.netloc.rpartition("@")[0]
        return f"{self._parts.scheme}://{account}@127.0.0.1:{port}{self._parts.path}"

    async def _link(self, ours: asyncio.StreamReader, to_us: asyncio.StreamWriter) -> None:
        folder = parse_qs(self._parts.query).get("host")
        if folder:
            theirs, to_them = await asyncio.open_unix_connection(f"{folder[0]}/.s.PGSQL.5432")
        else:
            theirs, to_them = await asyncio.open_connection(self._parts.hostname, self._parts.port or 5432)
        for source, target in ((ours, to_them), (theirs, to_us)):
            task = asyncio.create_task(self._pass(source, target))
            self._links.add(task)

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                if not self.is_cut:
                    target.write(data)
                    await target.drain()
        target.close()

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._links:
            task.cancel()
        await asyncio.gather(*self._links, return_exceptions=True)


async def test_a_shared_hold_comes_back_after_an_outage(on_postgres: Database):
    def holders() -> str:
        return KILL.replace("count(pg_terminate_backend(pid))", "min(pid)")

    async with on_postgres.hold("installation", shared=True) as held:
        first = await ask(on_postgres, holders())
        await ask(on_postgres, KILL)

        async def is_back() -> bool:
            return await ask(on_postgres, holders()) not in (None, first)

        await until(is_back)
        assert not held.lost.is_set()


async def test_an_exclusive_hold_does_not_come_back(on_postgres: Database):
    async with on_postgres.hold("installation", shared=False) as held:
        await ask(on_postgres, KILL)

        await asyncio.wait_for(held.lost.wait(), 10)


async def test_a_file_replaced_since_it_was_opened_cannot_be_held(on_sqlite: Database, sqlite_url: str):
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    other = path.with_name("other.db")
    shutil.copy(path, other)
    other.replace(path)

    with pytest.raises(Held):
        async with on_sqlite.hold("installation", shared=True):
            pass
    fresh = await open_database(sqlite_url, SECRETS)
    try:
        async with fresh.hold("installation", shared=True):
            pass
    finally:
        await fresh.close()


async def test_a_folder_that_is_gone_is_an_outage(on_sqlite: Database, tmp_path: Path):
    name = "x" * (os.pathconf(tmp_path, "PC_NAME_MAX") + 1)

    with pytest.raises(Unavailable):
        await on_sqlite.elect(name).acquire()


def test_lock_numbers_fit_and_differ():
    keys = {key_of(name) for name in ("installation", "duty scheduler", "duty sender-vk")}

    assert len(keys) == 3
    assert all(-(2**63) <= key < 2**63 for key in keys)
