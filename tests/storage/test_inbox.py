"""What came in, on both databases: stored once, taken one at a time per citizen, in the platform's order."""

import asyncio
from datetime import datetime, timedelta

import pytest

from storage.database import Database
from storage.records import Arrival, Due
from tests.storage.rows import NOW, execute, table


def arrived(event: str, chat: str = "ivan", *, ordinal: int = 0, channel: str = "web", broken: str = "") -> Arrival:
    return Arrival(channel, event, chat, "text", ordinal, event.encode(), broken)


async def store(database: Database, *arrivals: Arrival, now: datetime = NOW) -> None:
    async with database.write() as tx:
        await tx.inbox.store(arrivals, now=now)


async def take(database: Database, *, limit: int = 10, now: datetime = NOW) -> list[bytes]:
    """One batch, taken and done."""
    async with database.write() as tx:
        claimed = await tx.inbox.claim(limit=limit, now=now)
        await tx.inbox.finish([(one.id, False) for one in claimed], now=now)
    return [one.payload for one in claimed]


async def test_a_repeated_delivery_is_dropped(database: Database) -> None:
    await store(database, arrived("1"), arrived("1"))
    await store(database, arrived("1"))

    assert await take(database) == [b"1"]
    assert await take(database) == []
    await store(database, arrived("1"))  # also after it was handled
    assert await take(database) == []


async def test_the_same_number_of_two_channels_is_two_events(database: Database) -> None:
    await store(database, arrived("1", channel="web"), arrived("1", channel="vk"))

    assert await take(database) == [b"1", b"1"]


async def test_a_citizen_gives_one_message_at_a_time_in_the_platforms_order(database: Database) -> None:
    await store(
        database, arrived("c", ordinal=3), arrived("a", ordinal=1), arrived("b", ordinal=2), arrived("x", "olga")
    )

    assert sorted(await take(database)) == [b"a", b"x"]
    await store(database, arrived("late", ordinal=1))
    assert [await take(database) for _ in range(4)] == [[b"late"], [b"b"], [b"c"], []]


async def test_a_batch_is_no_larger_than_asked(database: Database) -> None:
    await store(database, *(arrived(str(number), f"citizen{number}") for number in range(7)))

    assert len(await take(database, limit=5)) == 5
    assert len(await take(database, limit=5)) == 2


async def test_a_crowded_lane_does_not_keep_others_waiting_for_ever(database: Database) -> None:
    await store(database, *(arrived(f"i{number}", ordinal=number) for number in range(100)))
    await store(database, arrived("x", "olga"))

    assert b"x" in [payload for _ in range(100) for payload in await take(database, limit=4)]


async def test_a_failed_message_waits_and_holds_its_lane(database: Database) -> None:
    await store(database, arrived("1", ordinal=1), arrived("2", ordinal=2), arrived("x", "olga"))
    async with database.write() as tx:
        first = next(one for one in await tx.inbox.claim(limit=10, now=NOW) if one.payload == b"1")
        await tx.inbox.fail(first.id, error="RuntimeError", again_at=NOW + timedelta(seconds=1))

    assert await take(database) == [b"x"]
    async with database.write() as tx:
        (again,) = await tx.inbox.claim(limit=10, now=NOW + timedelta(seconds=1))
    assert (again.payload, again.attempts) == (b"1", 1)


async def test_a_parked_message_lets_the_lane_go_on_and_can_be_replayed(database: Database) -> None:
    await store(database, arrived("1", ordinal=1), arrived("2", ordinal=2))
    async with database.write() as tx:
        (first,) = await tx.inbox.claim(limit=10, now=NOW)
        await tx.inbox.park(first.id, error="RuntimeError", now=NOW)

    assert await take(database) == [b"2"]
    async with database.write() as tx:
        assert await tx.inbox.parked() == [(first.id, "web", "RuntimeError")]
        await tx.inbox.replay(first.id)
        assert await tx.inbox.count_parked() == 0
    assert await take(database) == [b"1"]


async def test_a_broken_update_is_parked_beside_the_road(database: Database) -> None:
    await store(database, arrived("bad", chat="", broken="ValueError"), arrived("1"))

    assert await take(database) == [b"1"]
    async with database.write() as tx:
        ((id_, _, error),) = await tx.inbox.parked()
        assert error == "ValueError"
        await tx.inbox.replay(id_)  # nobody's: nothing can be replayed
    assert await take(database) == []


async def test_what_is_kept_and_what_is_erased_once_done(database: Database) -> None:
    await store(database, arrived("1"), arrived("x", "olga"))
    async with database.write() as tx:
        claimed = await tx.inbox.claim(limit=10, now=NOW)
        await tx.inbox.finish([(one.id, one.payload == b"1") for one in claimed], now=NOW)

    async with database.read() as tx:
        held = [(await tx.citizens.holdings(one.citizen_id)).kept_messages for one in claimed]
    assert held == [1, 0]


async def test_only_one_of_two_workers_gets_a_lane(database: Database) -> None:
    await store(database, *(arrived(f"{chat}{n}", chat, ordinal=n) for n in range(2) for chat in ("ivan", "olga")))
    if database.dialect == "sqlite":
        async with database.write() as tx:  # one writer: the other waits for its end
            assert len(await tx.inbox.claim(limit=10, now=NOW)) == 2
        return
    async with database.write() as one, database.write() as other:
        mine = await one.inbox.claim(limit=1, now=NOW)
        theirs = await other.inbox.claim(limit=10, now=NOW)

        assert len(mine) == len(theirs) == 1
        assert mine[0].citizen_id != theirs[0].citizen_id
        assert await other.inbox.claim_one(mine[0].id, now=NOW) is None


async def test_one_message_is_claimed_alone_only_when_it_is_next(database: Database) -> None:
    await store(database, arrived("1", ordinal=1), arrived("2", ordinal=2))
    async with database.write() as tx:
        (first,) = await tx.inbox.claim(limit=10, now=NOW)
        assert await tx.inbox.claim_one(first.id, now=NOW) == first
        assert await tx.inbox.claim_one(first.id + 1, now=NOW) is None
        await tx.inbox.finish([(first.id, False)], now=NOW)
        assert await tx.inbox.claim_one(first.id, now=NOW) is None


async def test_a_citizen_met_by_two_processes_at_once_is_one(database: Database) -> None:
    async def meet(event: str) -> str:
        async with database.write() as tx:
            return (await tx.inbox.admit([arrived(event)], now=NOW))["web", "ivan"]

    met = await asyncio.gather(*(meet(str(number)) for number in range(8)))

    assert len(set(met)) == 1
    async with database.read() as tx:
        assert set(await tx.citizens.load(met)) == set(met)
    found = [await take(database) for _ in range(9)]
    assert sorted(payload for batch in found for payload in batch) == [str(n).encode() for n in range(8)]


async def test_acts_of_clock_and_staff_stand_in_the_citizens_lane(database: Database) -> None:
    async with database.write() as tx:
        citizen = (await tx.inbox.admit([arrived("1", ordinal=5)], now=NOW))["web", "ivan"]
        due = Due(citizen, "reminder:1", "clock", b"due")
        await tx.inbox.store_due([due, due], now=NOW)

    assert [await take(database) for _ in range(3)] == [[b"due"], [b"1"], []]


async def test_a_message_nobody_can_open_is_parked_and_blocks_nobody(database: Database) -> None:
    await store(database, arrived("1", ordinal=1), arrived("2", ordinal=2), arrived("x", "olga"))
    await execute(database, "UPDATE inbox SET payload = substr(payload, 1, 20) WHERE ordinal = 1")

    assert await take(database) == [b"x"]
    assert await take(database) == [b"2"]
    async with database.read() as tx:
        assert [error for _, _, error in await tx.inbox.parked()] == ["unreadable"]


async def test_the_cursor_moves_with_what_was_stored_or_not_at_all(database: Database) -> None:
    async with database.read() as tx:
        assert await tx.inbox.cursor("vk", "777") == ""
    for value in ("5", "6"):
        async with database.write() as tx:
            await tx.inbox.store([arrived(value)], now=NOW)
            await tx.inbox.move_cursor("vk", "777", value, now=NOW)
    with pytest.raises(RuntimeError):
        await _fails(database)

    async with database.read() as tx:
        assert await tx.inbox.cursor("vk", "777") == "6"
        assert await tx.inbox.cursor("vk", "778") == ""
        assert (await tx.inbox.waiting())[0] == 2


async def test_how_many_wait_and_since_when(database: Database) -> None:
    async with database.read() as tx:
        assert await tx.inbox.waiting() == (0, None)
    await store(database, arrived("1"), now=NOW)
    await store(database, arrived("2"), now=NOW + timedelta(minutes=1))

    async with database.read() as tx:
        assert await tx.inbox.waiting() == (2, NOW)


async def test_who_writes_can_be_reached_again(database: Database) -> None:
    await store(database, arrived("1"))
    find = database.cipher.find("address", "web", "ivan")
    async with database.write() as tx:
        await tx.citizens.mark_reachable([("web", find, False)], now=NOW)
    assert await _gone(database) == 1

    await store(database, arrived("2"))

    assert await _gone(database) == 0


async def _gone(database: Database) -> int:
    ((count,),) = await table(database, "SELECT count(*) FROM addresses WHERE unreachable_at IS NOT NULL")
    return int(count)


async def _fails(database: Database) -> None:
    async with database.write() as tx:
        await tx.inbox.store([arrived("7")], now=NOW)
        await tx.inbox.move_cursor("vk", "777", "7", now=NOW)
        raise RuntimeError
