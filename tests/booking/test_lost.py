"""Bookings lost through no fault of the citizens: a closed shift, a changed schedule. Never silently."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.booking.book import Displaced
from bot.booking.rounds import Rounds, broken
from bot.texts.booking import Shift
from bot.texts.schema import Content
from storage.booking_records import BookingRow
from tests.booking.desk import ADVISOR, MATCHER, NOW, POINT, THURSDAY, TUESDAY, Desk, at, content
from tests.storage.rows import table

WEEK = timedelta(days=7)
TEN, ELEVEN = at(TUESDAY, "10:00"), at(TUESDAY, "11:00")


def walls(found: list[Displaced] | None) -> list[str]:
    return [one.offered.wall if one.offered else "" for one in found or ()]


async def close(desk: Desk, day: date = TUESDAY) -> list[Displaced]:
    async with desk.book() as book:
        found = await book.close(POINT, ADVISOR, day, actor="staff:1", reason="illness")
    assert found is not None
    return found


async def row(desk: Desk, id_: str) -> BookingRow:
    async with desk.database.read() as tx:
        found = await tx.bookings.get(id_)
    assert found is not None
    return found


async def test_everybody_of_a_closed_shift_gets_another_seat_the_soonest_first(desk: Desk) -> None:
    people = [await desk.person(name) for name in ("ivan", "olga", "pyotr")]
    times = [at(TUESDAY, clock) for clock in ("11:00", "09:00", "14:00")]
    rows = [await desk.booked(person, slot) for person, slot in zip(people, times, strict=True)]

    found = await close(desk)

    assert [one.booking.citizen_id for one in found] == [people[1], people[0], people[2]]
    assert walls(found) == ["2026-12-01T09:00", "2026-12-01T09:30", "2026-12-01T10:00"]
    assert all(one.is_told for one in found)
    assert {(await row(desk, one.id)).state for one in rows} == {"cancelled_staff"}
    offers = await table(desk.database, "SELECT cause, state, wall, lost_at IS NOT NULL FROM waiting ORDER BY wall")
    assert [offer[:3] for offer in offers] == [("closed", "offered", wall) for wall in walls(found)]
    due = [kind for kind, at_, state in await desk.reminders() if state == 0 and at_ == NOW]
    assert due == ["booking_closed"] * 3
    async with desk.database.read() as tx:
        (event,) = (await tx.bookings.history(rows[0].id))[1:]
    assert (event.state, event.actor, event.reason) == ("cancelled_staff", "staff:1", "closed")


async def test_a_closed_shift_takes_no_bookings_until_it_is_opened_again(desk: Desk) -> None:
    ivan = await desk.person("ivan")
    await close(desk)
    async with desk.book() as book:
        assert await book.close(POINT, ADVISOR, TUESDAY, actor="staff:2", reason="again") is None
        assert await book.hold("b", TEN, ivan) is None
        assert await book.book_for("c", TEN, actor="staff:1", name="Пётр") is None
        assert await book.hold("d", at(THURSDAY, "10:00", MATCHER), ivan) is not None  # the other specialist's shift
    async with desk.database.write() as tx:
        assert await tx.bookings.reopen(POINT, ADVISOR, TUESDAY.isoformat())
        assert not await tx.bookings.reopen(POINT, ADVISOR, TUESDAY.isoformat())
    async with desk.book() as book:
        assert await book.hold("b", TEN, ivan) is not None


async def test_who_has_no_chat_gets_a_seat_kept_and_must_be_called(desk: Desk) -> None:
    async with desk.book() as book:
        await book.book_for("b", TEN, actor="staff:1", name="Пётр", phone="123")

    (found,) = await close(desk)

    assert (found.booking.name, found.booking.phone, found.is_told) == ("Пётр", "123", False)
    assert found.offered is not None
    kept = await table(desk.database, "SELECT wall, created_by, held_until FROM bookings WHERE state = 'held'")
    until = NOW + timedelta(hours=24)
    assert kept == [("2026-12-01T09:00", "b", int(until.timestamp() * 1000))]


@pytest.mark.parametrize("what", ["stopped", "blocked"])
async def test_whom_no_message_reaches_must_be_called(desk: Desk, what: str) -> None:
    ivan = await desk.person("ivan")
    await desk.booked(ivan, TEN)
    async with desk.database.write() as tx:
        if what == "stopped":
            await tx.citizens.stop([(ivan, NOW)])
        else:
            place = desk.database.cipher.find("address", "telegram", "ivan")
            await tx.citizens.mark_reachable([("telegram", place, False)], now=NOW)

    (found,) = await close(desk)

    assert not found.is_told


async def test_a_seat_that_was_only_kept_and_an_offer_go_back(desk: Desk) -> None:
    """Of the closed day: who was choosing chooses anew, whose offer it was waits on, and is offered another day."""
    booked = await desk.full(TUESDAY)
    ivan, olga = await desk.person("ivan"), await desk.person("olga")
    wish = await desk.waits(ivan, (TUESDAY, TUESDAY + WEEK))
    assert wish.offered is not None
    assert wish.offered.wall == "2026-12-01T09:00"  # free next week, so offered at once
    async with desk.book() as book:
        await book.leave(wish.id, ivan)
    wish = await desk.waits(ivan, (TUESDAY, TUESDAY))
    async with desk.book() as book:
        await book.cancel(booked[0].id, citizen_id=booked[0].citizen_id)
        await book.cancel(booked[1].id, citizen_id=booked[1].citizen_id)
        assert await book.hold("b", booked[1].as_slot, olga) is not None

    await close(desk)

    assert (await desk.wish(wish.id)).state == "waiting"
    assert await table(desk.database, "SELECT 1 FROM bookings WHERE state = 'held' AND wall LIKE '2026-11-24%'") == []
    assert not [one for one in await desk.reminders() if one[0] == "booking_offer" and one[2] == 0]


async def test_lost_twice_is_told_twice(desk: Desk) -> None:
    """The first offer was neither taken nor refused; the citizen booked anew, and that shift is closed, too."""
    ivan = await desk.person("ivan")
    await desk.booked(ivan, TEN)
    await close(desk)
    async with desk.database.write() as tx:
        (first,) = await tx.reminders.take_due(now=NOW, limit=10)
    await desk.booked(ivan, at(TUESDAY + WEEK, "15:00"))

    await close(desk, TUESDAY + WEEK)

    async with desk.database.write() as tx:
        told = await tx.reminders.take_due(now=NOW, limit=10)
    assert "booking_closed" in [one.kind for one in told]
    assert first.id not in [one.id for one in told]
    wishes = await table(desk.database, "SELECT state, wall FROM waiting")
    assert wishes == [("offered", "2026-12-08T09:00")], "what was kept went with its day"


async def test_with_no_seat_left_anywhere_the_citizen_is_first_in_the_line(desk: Desk) -> None:
    desk.content = content(point={"horizon_days": 7})
    ivan, olga = await desk.person("ivan"), await desk.person("olga")
    await close(desk, TUESDAY + WEEK)
    lost = await desk.booked(ivan, TEN)
    await desk.full(TUESDAY, but=[TEN])
    await desk.waits(olga)
    desk.passes(minutes=1)

    desk.content = content(point={"horizon_days": 7, "closed": {TUESDAY: "ремонт"}})
    async with desk.book() as book:
        found = await book.displace([await row(desk, lost.id)], "schedule", actor="clock")

    assert walls(found) == [""]
    async with desk.database.read() as tx:
        line = await tx.waiting.line(POINT, ADVISOR)
    assert [(one.citizen_id, one.cause, one.lost_at) for one in line] == [
        (ivan, "schedule", TEN.starts_at),
        (olga, "wish", None),
    ]


async def test_an_offer_made_at_night_holds_until_people_are_awake(desk: Desk) -> None:
    rows = await desk.full(TUESDAY)
    ivan = await desk.person("ivan")
    wish = await desk.waits(ivan, (TUESDAY, TUESDAY))
    desk.clock.set(datetime(2026, 11, 23, 17, 0, tzinfo=UTC))  # midnight in Barnaul
    async with desk.book() as book:
        for one in rows[:-1]:
            await book.cancel(one.id, citizen_id=one.citizen_id)

    offer = await desk.wish(wish.id)

    assert offer.offered is not None
    assert offer.offered.wall == "2026-11-24T11:00"  # two hours after nine: one can still come
    assert offer.offer_until == datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # ten o'clock


async def test_who_has_a_later_visit_is_offered_an_earlier_one_and_it_moves(desk: Desk) -> None:
    rows = await desk.full(TUESDAY)
    ivan = await desk.person("ivan")
    own = await desk.booked(ivan, at(TUESDAY + WEEK, "10:00"))
    wish = await desk.waits(ivan, (TUESDAY, TUESDAY + WEEK))
    assert (await desk.wish(wish.id)).offered is not None, "nine o'clock next week is earlier"
    async with desk.book() as book:
        await book.leave(wish.id, ivan)
    wish = await desk.waits(ivan, (TUESDAY, TUESDAY))
    async with desk.book() as book:
        await book.cancel(rows[2].id, citizen_id=rows[2].citizen_id)
        moved = await book.take_offer(wish.id, ivan)

    assert moved is not None
    assert (moved.id, moved.slot, moved.version, moved.sequence) == (own.id, rows[2].slot, 2, 1)


def later_hours(begins: time) -> Content:
    shifts = tuple(
        Shift(one.role, one.weekday, ((begins, time(17)),)) if one.role == ADVISOR else one
        for one in content().points[POINT].shifts
    )
    return content(point={"shifts": shifts})


def in_omsk() -> Content:
    office = replace(content().offices["barnaul"], timezone="Asia/Omsk")
    return content(offices={"barnaul": office}, default_office=office)


@pytest.mark.parametrize(
    ("edition", "is_lost"),
    [
        (content(), False),
        (later_hours(time(10)), False),
        (later_hours(time(10, 30)), True),
        (content(point={"slot_minutes": 20}), False),
        (content(point={"closed": {TUESDAY: "ремонт"}}), True),
        (content(calendar={TUESDAY: None}), True),
        (content(point={"places": 3}), False),
        (in_omsk(), True),  # the clock on the wall would show nine
        (replace(content(), points={}), True),
    ],
)
async def test_a_changed_schedule_tells_whose_booking_it_breaks(desk: Desk, edition: Content, is_lost: bool) -> None:
    ivan = await desk.person("ivan")
    booking = await desk.booked(ivan, TEN)

    assert bool(await broken(desk.database, edition, NOW)) is is_lost
    await Rounds(desk.database, desk.clock, lambda: edition).go()
    await Rounds(desk.database, desk.clock, lambda: edition).go()  # another look finds nothing new

    assert (await row(desk, booking.id)).state == ("cancelled_staff" if is_lost else "booked")
    told = await table(desk.database, "SELECT COUNT(*) FROM reminders WHERE kind = 'booking_closed'")
    assert told == [(int(is_lost),)]
    audit = await table(desk.database, "SELECT actor, subject FROM audit WHERE act = 'booking_displaced'")
    assert audit == ([("clock", booking.id)] if is_lost else [])


async def test_what_is_kept_of_a_time_that_is_gone_cannot_be_booked(desk: Desk) -> None:
    """The schedule changed between the offer and the answer, and the clock has not looked yet."""
    ivan, olga = await desk.person("ivan"), await desk.person("olga")
    wish = await desk.waits(ivan, (TUESDAY, TUESDAY))
    async with desk.book() as book:
        held = await book.hold("b", TEN, olga)
    assert held is not None
    desk.content = content(calendar={TUESDAY: None})

    async with desk.book() as book:
        assert await book.take_offer(wish.id, ivan) is None
        assert await book.confirm(held.id, olga) is None


async def test_fewer_seats_than_booked_displace_the_last_one(desk: Desk) -> None:
    desk.content = content(point={"places": 2, "walk_in_places": 0})
    for name in ("ivan", "olga"):
        await desk.booked(await desk.person(name), TEN)

    await Rounds(desk.database, desk.clock, lambda: content(point={"places": 1, "walk_in_places": 0})).go()

    rows = await table(desk.database, "SELECT place, state FROM bookings WHERE wall LIKE '%10:00' ORDER BY place")
    assert rows == [(1, "booked"), (2, "cancelled_staff")]


async def test_hours_added_for_a_day_are_offered_to_who_waits(desk: Desk) -> None:
    await desk.full(TUESDAY)
    ivan = await desk.person("ivan")
    wish = await desk.waits(ivan, (TUESDAY, TUESDAY))
    longer = content(point={"exceptions": {TUESDAY: {ADVISOR: ((time(9), time(12)), (time(13, 30), time(18)))}}})

    await Rounds(desk.database, desk.clock, lambda: longer).go()

    offer = await desk.wish(wish.id)
    assert offer.offered is not None
    assert offer.offered.wall == "2026-11-24T17:00"


async def test_visits_that_are_over_stand_in_nobodys_way(desk: Desk) -> None:
    """Nobody wrote down what became of it."""
    ivan = await desk.person("ivan")
    await desk.booked(ivan, TEN, "b1")
    desk.clock.set(TEN.ends_at)
    async with desk.book() as book:
        assert await book.hold("b2", at(TUESDAY + WEEK, "10:00"), ivan) is not None
    await Rounds(desk.database, desk.clock, content).go()
    async with desk.book() as book:
        seen = await book.mark("b1", "no_show", actor="staff:1")
    assert seen is not None
    assert (seen.state, seen.is_active) == ("no_show", False)


async def test_somebody_without_a_booking_takes_the_reserve_then_what_is_free(desk: Desk) -> None:
    ivan = await desk.person("ivan")
    await desk.booked(ivan, TEN)
    desk.clock.set(TEN.starts_at + timedelta(minutes=10))
    async with desk.book() as book:
        first = await book.walk_in("w1", TEN, actor="staff:1", name="Пётр", referred_by="bailiff")
        assert first is not None
        assert (first.place, first.state, first.referred_by, first.name) == (2, "booked", "bailiff", "Пётр")
        assert await book.walk_in("w2", TEN, actor="staff:1", name="Семён") is None
        second = await book.walk_in("w3", ELEVEN, actor="staff:1", name="Семён")
        third = await book.walk_in("w4", ELEVEN, actor="staff:1", name="Фёдор")
    assert second is not None
    assert third is not None
    assert (second.place, third.place) == (2, 1)


async def test_the_reserve_is_not_offered_to_who_books(desk: Desk) -> None:
    async with desk.book() as book:
        await book.walk_in("w1", TEN, actor="staff:1", name="Пётр")
        assert await book.hold("b", TEN, "ivan") is not None
    async with desk.database.read() as tx:
        taken = await tx.bookings.taken(POINT, ADVISOR, after=TEN.starts_at, before=TEN.ends_at, places=1, now=NOW)
    assert taken == {TEN.id: 1}
