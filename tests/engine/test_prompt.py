"""What arrives while nothing waits is decided in the very transaction that stores it: nothing else changes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.engine.runner import Runner
from bot.flows import FLOWS
from bot.inbox import FEW, Inbox, arrival
from storage.database import Database, Listener
from storage.errors import Unavailable
from tests.engine.bots import Watched, arrive, drain, place, raising, runner, said, select, typed
from tests.talk import FixedClock


class Resting:
    """The database, deaf: whoever listens hears nothing until `wake`. writes: transactions begun."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rung = asyncio.Event()
        self.rests = asyncio.Event()
        self.writes = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    def write(self) -> Any:
        self.writes += 1
        return self._database.write()

    def listen(self, topic: str) -> Listener:
        return self

    async def wait(self, timeout_s: float) -> bool:
        self.rests.set()
        return await self._rung.wait()

    def wake(self) -> None:
        self._rung.set()


@asynccontextmanager
async def at_work(database: Resting, bot: Runner) -> AsyncIterator[None]:
    """The runner on duty, with nothing to do; rings do not reach it."""
    stop = asyncio.Event()
    work = asyncio.create_task(bot.run(stop))
    try:
        await database.rests.wait()
        yield
    finally:
        stop.set()
        database.wake()
        await work


async def keep(database: Database, bot: Runner, clock: FixedClock, *incomings: Any) -> None:
    await Inbox(database, clock, bot).store([arrival(one) for one in incomings])


async def test_a_message_is_stored_and_answered_in_one_transaction(database: Database) -> None:
    clock, resting = FixedClock(), Resting(database)
    bot = runner(resting, clock=clock)  # type: ignore[arg-type]

    async with at_work(resting, bot):
        before = resting.writes
        await keep(resting, bot, clock, typed("ivan", 1, "/start"))  # type: ignore[arg-type]
        assert resting.writes == before + 1
        assert (await said(database))[place(database, "ivan")] == ["start.hello", "situation.choose"]

    assert await select(database, "SELECT state FROM inbox") == [(1,)]


async def test_who_writes_twice_at_once_is_answered_in_order(database: Database) -> None:
    clock, resting = FixedClock(), Resting(database)
    bot = runner(resting, clock=clock)  # type: ignore[arg-type]

    async with at_work(resting, bot):
        lines = [typed("ivan", 1, "/start"), typed("ivan", 2, "/menu"), typed("olga", 1, "/start")]
        await keep(resting, bot, clock, *lines)  # type: ignore[arg-type]

    await drain(runner(database, clock=clock))
    told = await said(database)
    assert told[place(database, "ivan")] == ["start.hello", "situation.choose", "menu.main"]
    assert told[place(database, "olga")] == ["start.hello", "situation.choose"]


async def test_an_earlier_message_that_still_waits_goes_first(database: Database) -> None:
    clock, resting = FixedClock(), Resting(database)
    bot = runner(resting, clock=clock)  # type: ignore[arg-type]
    async with at_work(resting, bot):
        await arrive(database, [typed("ivan", 1, "/start")], clock.now())  # somebody else's, who did not ring yet
        await keep(resting, bot, clock, typed("ivan", 2, "/menu"))  # type: ignore[arg-type]
        assert (await said(database))[place(database, "ivan")] == ["start.hello", "situation.choose"]

    await drain(runner(database, clock=clock))
    assert (await said(database))[place(database, "ivan")] == ["start.hello", "situation.choose", "menu.main"]


async def test_a_turn_that_raises_is_stored_and_its_attempt_is_counted(database: Database) -> None:
    clock, resting = FixedClock(), Resting(database)
    await arrive(database, [typed("ivan", 1, "/start")], clock.now())
    await drain(runner(database, clock=clock))
    bot = runner(resting, raising(), clock=clock)  # type: ignore[arg-type]

    async with at_work(resting, bot):
        await keep(resting, bot, clock, typed("ivan", 2, "/help"), typed("olga", 1, "/start"))  # type: ignore[arg-type]

    assert await select(database, "SELECT attempts, error FROM inbox WHERE state = 0") == [(1, "RuntimeError")]
    assert (await said(database))[place(database, "olga")] == ["start.hello", "situation.choose"]


@pytest.mark.parametrize("name", ["sessions_save", "outbox_add", "inbox_finish"])
async def test_a_turn_that_the_database_refuses_leaves_the_message_stored(database: Database, name: str) -> None:
    clock, refused = FixedClock(), []

    def refuse(query: str) -> None:
        if query == name and not refused:
            refused.append(query)
            raise ValueError("the database refuses it")

    watched = Watched(database, refuse)
    resting = Resting(watched)  # type: ignore[arg-type]
    bot = runner(resting, clock=clock)  # type: ignore[arg-type]

    async with at_work(resting, bot):
        before = resting.writes
        await keep(resting, bot, clock, typed("ivan", 1, "/start"))  # type: ignore[arg-type]
        assert resting.writes == before + 2, "once with the turn, once without"

    await drain(runner(database, clock=clock))
    assert refused == [name]
    assert (await said(database))[place(database, "ivan")] == ["start.hello", "situation.choose"]


async def test_a_database_that_is_gone_is_told_and_nothing_is_stored(database: Database) -> None:
    clock = FixedClock()

    def gone(query: str) -> None:
        if query == "inbox_first":
            raise Unavailable("gone")

    watched = Watched(database)
    resting = Resting(watched)  # type: ignore[arg-type]
    bot = runner(resting, clock=clock)  # type: ignore[arg-type]

    async with at_work(resting, bot):
        watched.before = gone
        with pytest.raises(Unavailable):
            await keep(resting, bot, clock, typed("ivan", 1, "/start"))  # type: ignore[arg-type]
        watched.before = lambda name: None

    assert await select(database, "SELECT COUNT(*) FROM inbox") == [(0,)]


async def test_a_repeated_delivery_is_answered_once(database: Database) -> None:
    clock, resting = FixedClock(), Resting(database)
    bot = runner(resting, clock=clock)  # type: ignore[arg-type]

    async with at_work(resting, bot):
        for _ in range(2):
            await keep(resting, bot, clock, typed("ivan", 1, "/start"))  # type: ignore[arg-type]

    assert (await said(database))[place(database, "ivan")] == ["start.hello", "situation.choose"]


async def test_a_crowd_is_stored_at_once_and_answered_in_batches(database: Database) -> None:
    """What a turn takes must not hold up "received" for many."""
    clock, watched = FixedClock(), Watched(database)
    bot = runner(watched, clock=clock)  # type: ignore[arg-type]
    bot._is_on = True

    await keep(watched, bot, clock, *(typed(f"citizen {n}", 1, "/start") for n in range(FEW + 1)))  # type: ignore[arg-type]

    assert not {"inbox_first", "sessions_load"} & set(watched.statements)
    assert await drain(bot) == 1


async def test_who_is_not_on_duty_takes_nothing(database: Database) -> None:
    clock = FixedClock()
    bot = runner(database, FLOWS, clock=clock)

    await keep(database, bot, clock, typed("ivan", 1, "/start"))

    assert await select(database, "SELECT state FROM inbox") == [(0,)]


async def test_one_who_wrote_a_thousand_times_takes_one_place_of_a_batch(database: Database) -> None:
    clock = FixedClock()
    await arrive(database, [typed("ivan", number, "/menu") for number in range(1000)], clock.now())
    await arrive(database, [typed(f"citizen {number}", 1, "/start") for number in range(10)], clock.now())

    async with database.write() as tx:
        claimed = await tx.inbox.claim(limit=64, now=clock.now())

    assert len(claimed) == 11
    assert sum(one.has_next for one in claimed) == 1
