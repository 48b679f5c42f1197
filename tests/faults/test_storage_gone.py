"""
R4, R5: the disk is full, the database locked, read-only, torn at its end, or its server away, while citizens write.

Webhooks answer 503 and the platform repeats; the process stays up, somebody is told, and afterwards nothing is lost.
"""

import asyncio
import resource
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from random import Random

import pytest

from storage.sqlitefile import path_of
from tests.faults.accounts import is_settled, settle
from tests.faults.backends import Gate
from tests.faults.books import count, leased, wal_of
from tests.faults.crowd import Crowd
from tests.faults.extent import extent
from tests.faults.platforms import emulator_of, sends, settings_of
from tests.faults.product import Product
from tests.faults.script import WALK, rehearse
from tests.platforms.telegram import TelegramEmulator

CHANNEL = "telegram"
TROUBLE_S, HEALS_S = 60.0, 80.0
REFUSED = "Wrong response from the webhook: 503"
CUTS = extent(8, 400)

Make = Callable[..., Product]


class Ward:
    """A product under trouble: webhooks come in, walkers go on all the time."""

    def __init__(self, bot: Product, telegram: TelegramEmulator, crowd: Crowd) -> None:
        self.bot = bot
        self.telegram = telegram
        self.crowd = crowd

    async def answers(self, more: int = 10) -> None:
        """Until so many more messages have arrived."""
        before = sends(self.telegram)
        await self.bot.until(lambda: sends(self.telegram) >= before + more, HEALS_S, f"{more} more answers")

    async def refuses(self) -> None:
        """Until the platform has seen a 503. The process must live."""
        hook = self.telegram.updates.hook
        assert hook is not None
        self.crowd.join(1)  # all others may be waiting for an answer to what was stored just before
        await self.bot.until(lambda: hook.last_error == REFUSED, TROUBLE_S, "a 503 to the platform")

    async def alarms(self) -> float:
        """Alarms counted by /metrics, of any kind."""
        text = await self.bot.text("/metrics")
        values = [line.rsplit(" ", 1)[1] for line in text.splitlines() if line.startswith("bot_alarms_total{")]
        return sum(map(float, values))

    def uncertain(self) -> int:
        """Sends whose outcome nobody knew, by the log."""
        return sum(int(one["again"]) for one in self.bot.events() if one.get("event") == "uncertain_sends")

    async def heals(self, in_flight: int = 0) -> None:
        """Everything is answered, once."""
        async with asyncio.timeout(HEALS_S):
            await self.crowd.finish()
        await self.bot.until(lambda: not self.crowd.unanswered(), HEALS_S, "every answer")
        await self.bot.until(lambda: is_settled(self.bot.url, CHANNEL), HEALS_S, "an empty outbox")
        await self.bot.until(self.bot.is_whole, HEALS_S, "health")
        assert await self.bot.stop() == 0
        await settle(self.bot.url, CHANNEL, self.crowd, self.telegram, kills=0, in_flight=in_flight)


@asynccontextmanager
async def ward(url: str, quick: Make, *, walkers: int = 8) -> AsyncIterator[Ward]:
    walk = await rehearse(CHANNEL, WALK)
    async with emulator_of(CHANNEL) as telegram:
        assert isinstance(telegram, TelegramEmulator)
        bot = quick(url, settings_of(CHANNEL, telegram))
        bot.settings["BOT_PUBLIC_URL"] = bot.web
        crowd = Crowd(telegram, walk=walk, flood=walk, walkers=walkers, flooders=0, random=Random(3))
        bot.start()
        await bot.ready()
        await bot.until(lambda: telegram.updates.hook is not None, TROUBLE_S, "the subscription")
        crowd.begin()
        on = Ward(bot, telegram, crowd)
        await on.answers()
        try:
            yield on
        finally:
            crowd.cancel()


async def test_a_full_disk_is_waited_for(sqlite_url: str, quick: Make) -> None:
    """No file of the process may grow any more, which is what it sees of a disk without space."""
    async with ward(sqlite_url, quick) as on:
        _, hard = resource.prlimit(on.bot.pid, resource.RLIMIT_FSIZE)
        size = wal_of(sqlite_url).stat().st_size
        resource.prlimit(on.bot.pid, resource.RLIMIT_FSIZE, (size, hard))
        await on.refuses()
        assert await on.alarms() > 0
        assert await on.bot.status("/healthz") == 200
        resource.prlimit(on.bot.pid, resource.RLIMIT_FSIZE, (hard, hard))
        await on.answers()
        await on.heals()


async def test_a_read_only_database_is_waited_for(sqlite_url: str, quick: Make) -> None:
    async with ward(sqlite_url, quick) as on:
        on.bot.signal(signal.SIGUSR1)
        await on.refuses()
        assert await on.alarms() > 0
        on.bot.signal(signal.SIGUSR2)
        await on.answers()
        await on.heals()


async def test_a_locked_database_is_waited_for(sqlite_url: str, quick: Make) -> None:
    """Somebody else writes for longer than the busy time-out."""
    async with ward(sqlite_url, quick) as on:
        with closing(sqlite3.connect(path_of(sqlite_url), isolation_level=None, timeout=20)) as other:
            other.execute("BEGIN IMMEDIATE")
            await on.refuses()
            assert await on.alarms() > 0
            other.execute("ROLLBACK")
        await on.answers()
        await on.heals()


@pytest.mark.parametrize("tail", [b"\x00" * 4120, b"half a frame", bytes(range(256)) * 64])
async def test_a_torn_end_of_the_journal_costs_nothing(sqlite_url: str, quick: Make, tail: bytes) -> None:
    """What a power cut leaves behind the last commit is passed over."""
    async with ward(sqlite_url, quick) as on:
        on.bot.kill()
        in_flight = await leased(sqlite_url, CHANNEL)
        with wal_of(sqlite_url).open("ab") as wal:
            wal.write(tail)
        on.bot.start()
        await on.heals(in_flight)
        assert await count(sqlite_url, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'") == 0


async def test_cut_connections_cost_nothing(postgres_url: str, quick: Make) -> None:
    """
    R4: every connection to PostgreSQL is cut again and again, as by restarts of the server.

    With its connection a sender loses its duty and breaks off at once: what is on the way then is sent once more.
    """
    random = Random(5)
    async with Gate(postgres_url) as gate, ward(gate.url, quick) as on:
        for _ in range(CUTS):
            await asyncio.sleep(random.uniform(0, 0.8))  # the moment of the cut
            assert on.bot.is_alive, on.bot.tail()
            gate.cut()
        await on.answers()
        await on.heals(in_flight=on.uncertain())


async def test_a_server_that_is_away_is_waited_for(postgres_url: str, quick: Make) -> None:
    """Nobody is let in for seconds; then the process goes on by itself, without a restart."""
    async with Gate(postgres_url) as gate, ward(gate.url, quick) as on:
        await gate.shut()
        await on.refuses()
        assert await on.alarms() > 0
        assert await on.bot.status("/readyz") == 503
        assert await on.bot.status("/healthz") == 200
        await gate.open()
        await on.answers()
        await on.heals(in_flight=on.uncertain())


async def test_a_start_waits_for_a_database_that_starts_later(postgres_url: str, quick: Make) -> None:
    """Together with its machine: the bot comes up before the server does."""
    async with Gate(postgres_url) as gate:
        await gate.shut()
        bot = quick(gate.url)
        bot.start()
        await bot.until(
            lambda: any(one.get("event") == "database_awaited" for one in bot.events()), TROUBLE_S, "a word"
        )
        await gate.open()
        await bot.ready()
        assert await bot.stop() == 0
