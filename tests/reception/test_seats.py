"""A booked seat in the hands of staff: moved, given back, marked late."""

import pytest

from bot.desk import seats
from bot.desk.shifts import Person, Seated
from storage.booking_records import BookingRow, Slot
from storage.database import Database
from tests.reception.desk import PETROVA, THURSDAY, Desk, keys

KOLYA = Person(name="Сосед Коля", phone="8 913 000-00-00")


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def move(desk: Desk, booking: BookingRow, slot: Slot) -> Seated:
    async with desk.database.write() as tx:
        return await seats.move(tx, desk.content, booking.id, slot, actor=PETROVA, now=desk.clock.now())


async def cancel(desk: Desk, booking: BookingRow) -> Seated:
    async with desk.database.write() as tx:
        return await seats.cancel(tx, desk.content, booking.id, actor=PETROVA, now=desk.clock.now())


async def test_a_moved_citizen_is_told_the_new_time(desk: Desk) -> None:
    talk = await desk.citizen()
    booking = await desk.booked(talk, THURSDAY, "10:00")
    await talk.work()
    moved = await move(desk, booking, desk.at(THURSDAY, "11:00"))

    assert moved.booking is not None
    assert (moved.code, moved.booking.id, moved.booking.wall[11:]) == ("done", booking.id, "11:00")
    (message,) = await talk.work()
    assert "в четверг, 26 ноября в 11:00" in message.text
    assert (await move(desk, booking, desk.at(THURSDAY, "11:00"))).code == "done"
    assert await talk.work() == []


async def test_a_seat_somebody_has_is_not_given_away(desk: Desk) -> None:
    booking = await desk.booked(KOLYA, THURSDAY, "10:00")
    await desk.booked(Person(name="Оля"), THURSDAY, "11:00")

    assert (await move(desk, booking, desk.at(THURSDAY, "11:00"))).code == "no_seat"
    assert [seat.booking.wall[11:] for seat in await desk.day()] == ["10:00", "11:00"]
    desk.clock.set(desk.at(THURSDAY, "09:00").ends_at)
    assert (await move(desk, booking, desk.at(THURSDAY, "09:00"))).code == "is_over"


async def test_a_cancelled_citizen_is_told_once_and_may_choose_anew(desk: Desk) -> None:
    talk = await desk.citizen()
    booking = await desk.booked(talk, THURSDAY, "10:00")
    await talk.work()

    assert (await cancel(desk, booking)).code == "done"
    assert keys(await talk.work()) == ["visits.unbooked"]
    assert (await cancel(desk, booking)).code == "cancelled"
    assert (await move(desk, booking, desk.at(THURSDAY, "11:00"))).code == "cancelled"
    assert await talk.work() == []
    assert await desk.day() == []
    assert [act for _, act in await desk.audit()][-2:] == ["booked", "booking_cancelled"]


async def test_late_is_marked_once(desk: Desk) -> None:
    booking = await desk.booked(KOLYA, THURSDAY, "10:00")
    for _ in range(2):
        async with desk.database.write() as tx:
            marked = await seats.late(tx, booking.id, actor=PETROVA, now=desk.clock.now())

    assert marked.booking is not None
    assert marked.booking.is_late
    assert [act for _, act in await desk.audit()] == ["booked", "booking_late"]
    await cancel(desk, booking)
    async with desk.database.write() as tx:
        assert (await seats.late(tx, booking.id, actor=PETROVA, now=desk.clock.now())).code == "cancelled"
        assert (await seats.late(tx, "nobody", actor=PETROVA, now=desk.clock.now())).code == "unknown"
