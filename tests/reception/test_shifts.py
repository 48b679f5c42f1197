"""Seats that staff give: on the phone, at the door, at the matcher's; shifts that do not take place."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.desk import shifts
from bot.desk.shifts import Person
from storage.visits import Application, Result, Resume
from tests.reception.desk import ADVISOR, MATCHER, PETROVA, POINT, THURSDAY, TUESDAY, Desk, consulted, keys
from tests.storage.rows import table

KOLYA = Person(name="Сосед Коля", phone="8 (913) 000-00-00")


async def test_a_person_without_a_messenger_is_booked_by_name_and_phone(desk: Desk) -> None:
    booking = await desk.booked(KOLYA, THURSDAY, "10:00", sender="bailiff")

    assert (booking.name, booking.phone, booking.citizen_id) == ("Сосед Коля", "79130000000", None)
    assert (booking.referred_by, booking.created_by, booking.state) == ("bailiff", PETROVA, "booked")
    assert await desk.audit() == [(PETROVA, "booked")]
    stored = str(await table(desk.database, "SELECT * FROM bookings"))
    assert "Коля" not in stored
    assert "9130000000" not in stored


@pytest.mark.parametrize(
    ("person", "code"),
    [
        (Person(), "no_name"),
        (Person(name=" \n "), "no_name"),
        (Person(name="я" * 61), "no_name"),
        (Person(name="Коля", phone="пять"), "no_phone"),
        (Person("nobody"), "unknown"),
    ],
)
async def test_a_person_nobody_could_find_is_refused(desk: Desk, person: Person, code: str) -> None:
    assert (await desk.book(person, THURSDAY, "10:00")).code == code
    assert await desk.audit() == []


async def test_the_same_form_sent_twice_is_one_booking(desk: Desk) -> None:
    first = await desk.book(KOLYA, THURSDAY, "10:00", once="form")
    second = await desk.book(KOLYA, THURSDAY, "10:00", once="form")

    assert (first.code, second.code) == ("done", "done")
    assert first.booking == second.booking
    assert len(await desk.day()) == 1


async def test_a_seat_is_given_once(desk: Desk) -> None:
    await desk.booked(KOLYA, THURSDAY, "10:00")
    assert (await desk.book(Person(name="Оля"), THURSDAY, "10:00")).code == "no_seat"


async def test_a_citizen_is_booked_told_and_not_twice(desk: Desk) -> None:
    talk = await desk.citizen()
    booking = await desk.booked(talk, THURSDAY, "10:00")

    (message,) = await talk.work()
    assert message.key == "visits.booked"
    assert "в четверг, 26 ноября в 10:00" in message.text
    other = await desk.book(talk, THURSDAY, "11:00")
    assert (other.code, other.booking and other.booking.id) == ("has_one", booking.id)
    assert keys(await talk.press("booking"))[-1].startswith("book")


async def test_who_comes_without_a_booking_sits_on_the_reserve(desk: Desk) -> None:
    await desk.booked(KOLYA, THURSDAY, "10:00")
    desk.clock.set(desk.at(THURSDAY, "10:00").starts_at)

    async def comes(name: str) -> str:
        async with desk.database.write() as tx:
            seated = await shifts.walk_in(
                tx,
                desk.content,
                desk.at(THURSDAY, "10:00"),
                Person(name=name),
                actor=PETROVA,
                once=name,
                now=desk.clock.now(),
                referred_by="bailiff",
            )
        return seated.code

    assert [await comes("Оля"), await comes("Петя")] == ["done", "no_seat"]
    assert [seat.booking.name for seat in await desk.day()] == ["Сосед Коля", "Оля"]
    assert [act for _, act in await desk.audit()] == ["booked", "walk_in"]
    desk.clock.set(desk.at(THURSDAY, "10:00").ends_at)
    assert await comes("Вася") == "is_over"


async def test_the_advisor_books_to_the_next_day_of_the_matcher(desk: Desk) -> None:
    talk = await desk.citizen()
    booking = await desk.received(talk, TUESDAY, "10:00", ADVISOR, sender="bailiff")

    async with desk.database.write() as tx:
        seated = await shifts.to_matcher(tx, desk.content, booking.id, actor=PETROVA, now=desk.clock.now())
        again = await shifts.to_matcher(tx, desk.content, booking.id, actor=PETROVA, now=desk.clock.now())

    assert seated.booking is not None
    assert (seated.booking.wall, seated.booking.referred_by) == ("2026-11-26T09:00", "advisor")
    assert again == seated
    assert keys(await talk.work()) == ["visits.booked"]


async def test_the_list_for_thursday_knows_resume_and_application(desk: Desk) -> None:
    ivan, olga = await desk.citizen("ivan"), await desk.citizen("olga")
    tuesday = await desk.received(ivan, TUESDAY, "10:00", ADVISOR)
    report = consulted(Result.RESUME_PROMISED, Result.BOOKED_MATCHER, application=Application.DRAFT)
    done = await desk.record(tuesday, report, books_next=True)
    assert done.booked is not None
    await desk.booked(olga, THURSDAY, "10:00")
    await desk.booked(KOLYA, THURSDAY, "11:00")

    marks = [(seat.booking.wall[11:], seat.resume, seat.application) for seat in await desk.day()]

    assert marks == [
        ("09:00", Resume.PROMISED, Application.DRAFT),
        ("10:00", Resume.NONE, Application.NONE),
        ("11:00", Resume.NONE, Application.NONE),
    ]


async def test_a_resume_the_citizen_told_of_since_counts(desk: Desk) -> None:
    talk = await desk.citizen()
    booking = await desk.received(talk, TUESDAY, "10:00", ADVISOR)
    await desk.record(booking, consulted(Result.RESUME_PROMISED, Result.BOOKED_MATCHER), books_next=True)
    desk.clock.move(hours=5)
    await talk.work()
    for line in ("мои ответы", "[q:resume]", "[a:resume=portal]"):
        await (talk.press(line[1:-1]) if line.startswith("[") else talk.say(line))

    (seat,) = await desk.day()

    assert seat.resume is Resume.PORTAL


async def test_a_closed_shift_tells_everybody_and_keeps_a_place(desk: Desk) -> None:
    talk = await desk.citizen()
    await desk.booked(talk, THURSDAY, "10:00")
    await talk.work()
    await desk.booked(KOLYA, THURSDAY, "11:00")
    async with desk.database.read() as tx:
        would = await shifts.would_close(tx, desk.content, POINT, MATCHER, THURSDAY)
        assert [row.wall[11:] for row in would] == ["10:00", "11:00"]

    async def close() -> list[tuple[bool, str | None]] | None:
        async with desk.database.write() as tx:
            moved = await shifts.close(
                tx, desk.content, POINT, MATCHER, THURSDAY, actor=PETROVA, reason="болезнь", now=desk.clock.now()
            )
        return None if moved is None else [(one.is_told, one.offered and one.offered.day) for one in moved]

    assert await close() == [(True, "2026-12-03"), (False, "2026-12-03")]
    assert await close() is None
    assert await desk.day() == []
    assert (PETROVA, "shift_closed") in await desk.audit()
    assert (await desk.book(Person(name="Оля"), THURSDAY, "11:30")).code == "is_closed"


async def reopened(desk: Desk) -> str:
    async with desk.database.write() as tx:
        return await shifts.reopen(tx, desk.content, POINT, MATCHER, THURSDAY, actor=PETROVA, now=desk.clock.now())


async def closed(desk: Desk) -> None:
    async with desk.database.write() as tx:
        await shifts.close(tx, desk.content, POINT, MATCHER, THURSDAY, actor=PETROVA, reason="", now=desk.clock.now())


async def test_a_shift_opened_again_leaves_everybody_where_they_are_and_says_nothing(desk: Desk) -> None:
    talk = await desk.citizen()
    await desk.booked(talk, THURSDAY, "10:00")
    await talk.work()
    assert await reopened(desk) == "not_closed"
    await closed(desk)
    await talk.tick()
    assert keys(await talk.press("take")) == ["seat.done"]

    assert await reopened(desk) == "done"

    assert keys(await talk.tick()) == []
    async with desk.database.read() as tx:
        (row,) = (await tx.bookings.of_citizen([(await talk.citizen()).id], now=desk.clock.now())).popitem()[1]
    assert row.wall[:10] == "2026-12-03"
    assert (await desk.book(Person(name="Оля"), THURSDAY, "10:00")).code == "done"
    assert await reopened(desk) == "not_closed"
    assert [act for _, act in await desk.audit()] == ["booked", "shift_closed", "shift_reopened", "booked"]


async def test_a_shift_can_be_closed_and_opened_as_often_as_needed(desk: Desk) -> None:
    for _ in range(2):
        await closed(desk)
        assert await reopened(desk) == "done"
    await closed(desk)

    desk.clock.set(desk.at(THURSDAY, "16:30").ends_at)

    assert await reopened(desk) == "is_over"
    assert [act for _, act in await desk.audit()] == ["shift_closed", "shift_reopened"] * 2 + ["shift_closed"]


async def test_who_still_waits_is_offered_a_time_of_the_shift_opened_again(desk: Desk) -> None:
    talk = await desk.citizen()
    await desk.booked(talk, THURSDAY, "10:00")
    await talk.work()
    point = desk.content.points[POINT]
    desk.content = replace(desk.content, points={POINT: replace(point, horizon_days=7)})
    talk.content = desk.content
    await closed(desk)
    assert keys(await talk.tick()) == ["queue.lost"]

    assert await reopened(desk) == "done"

    assert keys(await talk.tick()) == ["queue.offer"]


async def test_a_changed_schedule_names_what_it_breaks_before_it_is_in_force(desk: Desk) -> None:
    talk = await desk.citizen()
    kept, broken = await desk.booked(talk, THURSDAY, "10:00"), await desk.booked(KOLYA, THURSDAY, "14:00")
    point = desk.content.points[POINT]
    mornings = tuple(replace(shift, hours=shift.hours[:1]) for shift in point.shifts)
    changed = replace(desk.content, points={POINT: replace(point, shifts=mornings)})

    async with desk.database.read() as tx:
        found = await shifts.broken(tx, changed, now=desk.clock.now())
        assert [row.id for row in found] == [broken.id]
        assert await shifts.broken(tx, desk.content, now=desk.clock.now()) == []
    assert kept.is_active


async def test_a_holiday_moves_the_day_with_it(desk: Desk) -> None:
    """A day off in the production calendar has no seats for staff either."""
    christmas = date(2027, 1, 7)
    with pytest.raises(StopIteration):
        desk.at(christmas, "10:00")
    assert desk.at(christmas + timedelta(days=7), "10:00").day == "2027-01-14"
