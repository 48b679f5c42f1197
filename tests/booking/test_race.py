"""
The last seat, wanted by two hundred at once: one gets it, the others get an answer. Rounds: a few here, a hundred with
BOT_FAULTS=full.
"""

import asyncio

import pytest

from bot.booking.book import Book
from bot.booking.rounds import Rounds
from bot.booking.slots import day_slots, slots
from storage.booking_records import BookingRow, Slot
from storage.database import Database, open_database
from tests.booking.desk import ADVISOR, NOW, POINT, TUESDAY, Desk, at, content
from tests.databases import SECRETS
from tests.faults.extent import extent
from tests.storage.rows import table

CROWD = 200


async def ask(database: Database, slot: Slot, citizen: str, *, books: bool = True) -> BookingRow | None:
    """A citizen's way to a seat: hold, then confirm in a transaction of its own."""
    id_ = f"{slot.id}:{citizen}"
    async with database.write() as tx:
        held = await Book(tx, content(), NOW).hold(id_, slot, citizen)
    if held is None or not books:
        return held
    async with database.write() as tx:
        return await Book(tx, content(), NOW).confirm(held.id, citizen)


@pytest.mark.timeout(600)
async def test_of_two_hundred_at_once_one_gets_the_last_seat(database: Database, database_url: str) -> None:
    """Through two open databases, as two processes have them."""
    other = await open_database(database_url, SECRETS)
    offered = slots(content(), POINT, ADVISOR, now=NOW)
    try:
        for number in range(extent(15, 100)):
            week, place = divmod(number, len(offered))
            people = [f"citizen {week}-{place}-{one}" for one in range(CROWD)]
            slot = offered[place]
            if week:  # the same slots again: who had them gave them back
                await _give_back(database, slot)

            rows = await asyncio.gather(
                *(ask((database, other)[one % 2], slot, person) for one, person in enumerate(people))
            )

            winners = [row for row in rows if row is not None]
            assert len(winners) == 1, f"round {number}"
            assert winners[0].state == "booked"
            assert await table(database, _ACTIVE.format(slot.id)) == [(1,)]
    finally:
        await other.close()


_ACTIVE = "SELECT COUNT(*) FROM bookings WHERE active = 1 AND slot = '{}'"


async def _give_back(database: Database, slot: Slot) -> None:
    async with database.write() as tx:
        rows = await tx.bookings.day(POINT, ADVISOR, after=slot.starts_at, before=slot.ends_at)
        (id_,) = [row.id for row in rows if row.is_active]
        assert await Book(tx, content(), NOW).cancel(id_, citizen_id=None, actor="staff")


async def test_two_of_one_hundred_get_the_two_seats(database: Database) -> None:
    two = content(point={"places": 2})
    slot = at(TUESDAY, "10:00")

    async def hold(person: str) -> BookingRow | None:
        async with database.write() as tx:
            return await Book(tx, two, NOW).hold(person, slot, person)

    rows = await asyncio.gather(*(hold(f"citizen {number}") for number in range(100)))

    assert sorted(row.place for row in rows if row is not None) == [1, 2]


async def test_one_citizen_who_presses_everywhere_at_once_has_one_booking(database: Database) -> None:
    """Fifty hands, thirteen times of one specialist; then all try to move the booking that is there."""
    offered = day_slots(content(), POINT, ADVISOR, TUESDAY)

    async def book(number: int) -> BookingRow | None:
        async with database.write() as tx:
            desk = Book(tx, content(), NOW)
            await desk.hold(f"b{number}", offered[number % len(offered)], "ivan")
        async with database.write() as tx:
            return await Book(tx, content(), NOW).confirm(f"b{number}", "ivan")

    async def move(number: int) -> BookingRow | None:
        async with database.write() as tx:
            return await Book(tx, content(), NOW).move(booked, offered[number % len(offered)], citizen_id="ivan")

    rows = await asyncio.gather(*(book(number) for number in range(50)))

    (booked,) = {row.id for row in rows if row is not None}
    await asyncio.gather(*(move(number) for number in range(50)))
    assert await table(database, "SELECT id FROM bookings WHERE active = 1") == [(booked,)]
    events = await table(database, "SELECT COUNT(*) FROM booking_events WHERE state = 'moved'")
    versions = await table(database, "SELECT version - 1, sequence FROM bookings WHERE active = 1")
    assert versions == [(events[0][0], events[0][0])]


async def test_seats_given_back_at_once_are_each_offered_to_one(desk: Desk) -> None:
    booked = await desk.full(TUESDAY)
    people = [await desk.person(f"waits{number}") for number in range(8)]
    for person in people:
        desk.passes(seconds=1)
        await desk.waits(person, (TUESDAY, TUESDAY))

    async def cancel(row: BookingRow) -> None:
        async with desk.book() as book:
            await book.cancel(row.id, citizen_id=row.citizen_id)

    await asyncio.gather(*(cancel(row) for row in booked[:5]))

    offers = await table(desk.database, "SELECT slot, booking_id FROM waiting WHERE state = 'offered' ORDER BY since")
    assert {slot for slot, _ in offers} == {row.slot for row in booked[:5]}
    assert len({booking for _, booking in offers}) == 5
    waiting = await table(desk.database, "SELECT citizen_id FROM waiting WHERE state = 'waiting' ORDER BY since")
    assert [citizen for (citizen,) in waiting] == people[5:]


async def test_a_shift_closed_while_people_book_it_keeps_nobody(desk: Desk) -> None:
    """Whoever slips in between is found by the clock's next round."""
    people = [await desk.person(f"p{number}") for number in range(13)]
    offered = day_slots(content(), POINT, ADVISOR, TUESDAY)

    async def close() -> None:
        async with desk.book() as book:
            await book.close(POINT, ADVISOR, TUESDAY, actor="staff", reason="illness")

    books = [ask(desk.database, slot, person) for slot, person in zip(offered, people, strict=True)]
    await asyncio.gather(*books[:6], close(), *books[6:])
    await Rounds(desk.database, desk.clock, content).go()

    assert await table(desk.database, "SELECT 1 FROM bookings WHERE active = 1 AND wall LIKE '2026-11-24%'") == []
    lost = await table(desk.database, "SELECT COUNT(*) FROM bookings WHERE state = 'cancelled_staff'")
    offers = await table(desk.database, "SELECT COUNT(DISTINCT slot) FROM waiting WHERE state = 'offered'")
    assert lost == offers
