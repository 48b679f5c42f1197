"""What happens by itself: once, in one process, whatever is done to the wall clock."""

import asyncio
from datetime import datetime, timedelta

import msgspec
import pytest

from bot.chores.reminders import AT_ONCE, Reminding
from bot.messages import Incoming, Kind
from bot.scheduler import Scheduler, Tick, Ticker
from storage.database import Database, open_database
from storage.records import Arrival, ReminderRow
from tests.databases import SECRETS
from tests.ops.child import until
from tests.talk import MONDAY_NOON, FixedClock

NOON = MONDAY_NOON


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


async def citizen(database: Database, chat: str) -> str:
    async with database.write() as tx:
        arrival = Arrival("telegram", f"hello:{chat}", chat, "text", 0, b"{}")
        return (await tx.inbox.admit([arrival], now=NOON))["telegram", chat]


async def remind(database: Database, citizen_id: str, number: int, due_at: datetime) -> None:
    async with database.write() as tx:
        await tx.reminders.add(
            [ReminderRow(f"{citizen_id}:{number}", citizen_id, "plan_item", f"item{number}", due_at)]
        )


async def in_lanes(database: Database) -> list[tuple[str, str]]:
    """(citizen, data) of the clock's incomings that wait, each looked at once: it is handled then."""
    found = []
    while True:
        async with database.write() as tx:
            claimed = await tx.inbox.claim(limit=500, now=NOON + timedelta(days=365))
            await tx.inbox.finish([(one.id, False) for one in claimed], now=NOON)
        if not claimed:
            return found
        for one in claimed:
            if not one.address:
                incoming = msgspec.json.decode(one.payload, type=Incoming)
                assert incoming.kind is Kind.CLOCK
                found.append((one.citizen_id, incoming.data))


async def test_a_due_reminder_enters_its_citizens_lane_once(database: Database, clock: FixedClock) -> None:
    ivan = await citizen(database, "ivan")
    await remind(database, ivan, 1, NOON)
    await remind(database, ivan, 2, NOON + timedelta(seconds=1))

    assert await Reminding(database, clock).take() == 1
    assert await Reminding(database, clock).take() == 0
    assert await in_lanes(database) == [(ivan, f"plan_item|item1|{ivan}:1")]


async def test_a_mornings_reminders_are_taken_in_small_transactions(database: Database, clock: FixedClock) -> None:
    people = [await citizen(database, f"chat{number}") for number in range(5)]
    for number in range(AT_ONCE):
        for one in people[:3]:
            await remind(database, one, number, NOON - timedelta(seconds=number))

    assert await Reminding(database, clock).take() == 3 * AT_ONCE
    assert len(await in_lanes(database)) == 3 * AT_ONCE


@pytest.mark.parametrize("jump_h", [-2, 2])
async def test_a_clock_jump_neither_loses_nor_doubles_a_reminder(
    database: Database, clock: FixedClock, jump_h: int
) -> None:
    """Every minute of four hours one is due; the clock jumps in the middle and is set right an hour later."""
    ivan = await citizen(database, "ivan")
    for minute in range(240):
        await remind(database, ivan, minute, NOON + timedelta(minutes=minute))
    reminding = Reminding(database, clock)
    taken: dict[str, datetime] = {}
    for minute in range(300):  # minutes of true time
        is_wrong = 120 <= minute < 180
        clock.set(NOON + timedelta(minutes=minute, hours=jump_h if is_wrong else 0))
        await reminding.take()
        for _, data in await in_lanes(database):
            assert data not in taken, "given out twice"
            taken[data] = clock.now()

    assert len(taken) == 240
    early = [data for data, at in taken.items() if at < NOON + timedelta(minutes=int(data.rpartition(":")[2]))]
    assert not early, "none before its time by the clock"


@pytest.mark.parametrize("jump_s", [-7200.0, 7200.0])
async def test_a_wall_clock_that_jumps_silences_no_tick(jump_s: float) -> None:
    """A tick planned for an hour ahead on a clock that then jumps: it runs at once, not in three hours."""
    done: list[int] = []
    offsets_s = iter([0.0, 0.0, 0.0])

    async def work() -> None:
        done.append(1)

    stop = asyncio.Event()
    ticker = Ticker([Tick("hourly", 3600, work)], offset_s=lambda: next(offsets_s, jump_s))
    running = asyncio.create_task(ticker.run([stop], look_s=0.01))
    await until(lambda: len(done) == 2, "the first tick, and one after the jump")
    stop.set()
    await running


async def test_a_tick_in_hand_is_finished_at_the_stop() -> None:
    begun, may_end, done = asyncio.Event(), asyncio.Event(), []

    async def work() -> None:
        begun.set()
        await may_end.wait()
        done.append(1)

    stop = asyncio.Event()
    running = asyncio.create_task(Ticker([Tick("long", 3600, work)]).run([stop]))
    await begun.wait()
    stop.set()
    await asyncio.sleep(0)
    may_end.set()
    await running

    assert done == [1]


async def test_a_tick_that_fails_is_tried_again_and_stops_no_other(database: Database) -> None:
    done: list[str] = []

    async def fails() -> None:
        done.append("failed")
        raise RuntimeError("words of a citizen")

    async def works() -> None:
        done.append("worked")

    stop = asyncio.Event()
    scheduler = Scheduler(database, [Tick("fails", 0.01, fails), Tick("works", 0.01, works)])
    running = asyncio.create_task(scheduler.run(stop))
    await until(lambda: done.count("failed") >= 3 and done.count("worked") >= 3, "both go on")
    stop.set()
    await running


async def test_one_of_two_is_active_and_the_other_takes_over(database_url: str) -> None:
    first, second = await open_database(database_url, SECRETS), await open_database(database_url, SECRETS)
    ticked: list[str] = []

    def make(name: str, database: Database) -> tuple[Scheduler, asyncio.Event]:
        async def tick() -> None:
            ticked.append(name)

        return Scheduler(database, [Tick("name", 0.01, tick)]), asyncio.Event()

    try:
        (one, stop_one), (other, stop_other) = make("one", first), make("other", second)
        running_one = asyncio.create_task(one.run(stop_one))
        await until(lambda: one.is_active, "the first is elected")
        running_other = asyncio.create_task(other.run(stop_other))
        await until(lambda: ticked.count("one") >= 10, "the first ticks")
        assert "other" not in ticked

        stop_one.set()
        await running_one
        await until(lambda: "other" in ticked, "the second takes over")
        stop_other.set()
        await running_other
    finally:
        await first.close()
        await second.close()
    assert ticked == sorted(ticked, key=["one", "other"].index), "never both"
