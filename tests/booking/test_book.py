"""The book of a point, on both databases: who gets a seat, what follows when it is given back."""

from datetime import UTC, datetime, timedelta

from tests.booking.desk import MATCHER, NOW, THURSDAY, TUESDAY, Desk, at, content

TEN, ELEVEN = at(TUESDAY, "10:00"), at(TUESDAY, "11:00")


async def test_a_seat_is_kept_then_booked_then_nobody_elses(desk: Desk) -> None:
    ivan, olga = await desk.person("ivan"), await desk.person("olga")
    async with desk.book() as book:
        kept = await book.hold("b1", TEN, ivan)
        assert kept is not None
        assert (kept.state, kept.held_until, kept.place) == ("held", NOW + timedelta(minutes=5), 1)
        assert await book.hold("b2", TEN, olga) is None
        row = await book.confirm("b1", ivan)

    assert row is not None
    assert (row.state, row.version, row.sequence, row.held_until, row.starts_at) == (
        "booked",
        1,
        0,
        None,
        TEN.starts_at,
    )
    async with desk.book() as book:
        assert await book.hold("b3", TEN, olga) is None
        assert await book.confirm("b1", olga) is None


async def test_confirming_again_gives_the_same_booking(desk: Desk) -> None:
    ivan = await desk.person("ivan")
    row = await desk.booked(ivan, TEN, "b1")
    desk.passes(hours=1)
    async with desk.book() as book:
        assert await book.confirm("b1", ivan) == row


async def test_a_seat_kept_too_long_goes_to_whoever_asks(desk: Desk) -> None:
    ivan, olga = await desk.person("ivan"), await desk.person("olga")
    async with desk.book() as book:
        await book.hold("b1", TEN, ivan)
    desk.passes(minutes=5)
    async with desk.book() as book:
        assert await book.hold("b2", TEN, olga) is not None
        assert await book.confirm("b1", ivan) is None


async def test_a_seat_kept_too_long_is_still_theirs_while_nobody_wants_it(desk: Desk) -> None:
    ivan = await desk.person("ivan")
    async with desk.book() as book:
        await book.hold("b1", TEN, ivan)
    desk.passes(hours=2)
    async with desk.book() as book:
        assert await book.confirm("b1", ivan) is not None


async def test_one_booking_of_a_specialist_each(desk: Desk) -> None:
    ivan = await desk.person("ivan")
    await desk.booked(ivan, TEN, "b1")
    async with desk.book() as book:
        assert await book.hold("b2", ELEVEN, ivan) is None
        assert await book.hold("b3", at(THURSDAY, "10:00", MATCHER), ivan) is not None


async def test_choosing_another_time_gives_the_first_one_back(desk: Desk) -> None:
    ivan, olga = await desk.person("ivan"), await desk.person("olga")
    async with desk.book() as book:
        await book.hold("b1", TEN, ivan)
        assert await book.hold("b2", ELEVEN, ivan) is not None
        assert await book.hold("b3", TEN, olga) is not None


async def test_a_slot_that_is_past_too_soon_too_far_or_not_there_is_refused(desk: Desk) -> None:
    ivan = await desk.person("ivan")
    next_month = at(datetime(2026, 12, 29, tzinfo=UTC).date(), "10:00")
    async with desk.book() as book:
        assert await book.hold("b", next_month, ivan) is None
        assert await book.hold("b", at(THURSDAY, "10:00", MATCHER, content(point={"slot_minutes": 20})), ivan) is None
    desk.clock.set(TEN.starts_at - timedelta(hours=1, minutes=59))
    async with desk.book() as book:
        assert await book.hold("b", TEN, ivan) is None
        assert await book.book_for("b", TEN, actor="staff", name="Пётр") is not None
    desk.clock.set(ELEVEN.starts_at + timedelta(minutes=1))
    async with desk.book() as book:
        assert await book.hold("c", ELEVEN, ivan) is None


async def test_reminders_are_planned_with_the_booking_and_follow_it(desk: Desk) -> None:
    ivan = await desk.person("ivan")
    await desk.booked(ivan, at(THURSDAY, "15:00", MATCHER), "b1")
    wednesday, thursday = (datetime(2026, 11, day, 11, tzinfo=UTC) for day in (25, 26))
    first = [("booking_day", wednesday, 0), ("booking_soon", thursday.replace(hour=6), 0)]
    assert await desk.reminders() == first

    async with desk.book() as book:
        moved = await book.move("b1", at(THURSDAY, "16:00", MATCHER), citizen_id=ivan)

    assert moved is not None
    assert (moved.id, moved.version, moved.sequence, moved.state) == ("b1", 2, 1, "booked")
    assert [row for row in await desk.reminders() if row[2] == 0] == [
        ("booking_day", wednesday, 0),
        ("booking_soon", thursday.replace(hour=7), 0),
    ]
    async with desk.book() as book:
        await book.cancel("b1", citizen_id=ivan)
    assert {state for *_, state in await desk.reminders()} == {3}


async def test_a_move_keeps_the_booking_and_frees_its_seat(desk: Desk) -> None:
    ivan, olga = await desk.person("ivan"), await desk.person("olga")
    await desk.booked(ivan, TEN, "b1")
    await desk.booked(olga, ELEVEN, "b2")
    async with desk.book() as book:
        assert await book.move("b1", ELEVEN, citizen_id=ivan) is None  # taken
        assert await book.move("b2", at(THURSDAY, "10:00", MATCHER), citizen_id=olga) is None  # another specialist
        assert await book.move("b1", at(TUESDAY, "14:00"), citizen_id=olga) is None  # not hers
        assert await book.move("b1", at(TUESDAY, "14:00"), citizen_id=ivan) is not None
        assert await book.move("b2", TEN, citizen_id=olga) is not None
    async with desk.database.read() as tx:
        events = await tx.bookings.history("b1")
    assert [(event.number, event.state, event.actor, event.reason) for event in events] == [
        (1, "booked", "citizen", ""),
        (2, "moved", "citizen", TEN.id),
    ]


async def test_a_seat_given_back_is_offered_to_who_waits_in_the_same_transaction(desk: Desk) -> None:
    bookings = await desk.full(TUESDAY)
    ivan, olga = await desk.person("ivan"), await desk.person("olga")
    first = await desk.waits(ivan, (TUESDAY, TUESDAY))
    desk.passes(seconds=1)
    second = await desk.waits(olga, (TUESDAY, TUESDAY))
    assert (first.state, second.state) == ("waiting", "waiting")

    freed = bookings[3]
    async with desk.book() as book:
        await book.cancel(freed.id, citizen_id=freed.citizen_id)

    offer = await desk.wish(first.id)
    assert (offer.state, offer.offered) == ("offered", freed.as_slot)
    assert offer.offer_until == desk.now + timedelta(hours=1)
    assert (await desk.wish(second.id)).state == "waiting"
    assert [row for row in await desk.reminders() if row[0] == "booking_offer"] == [("booking_offer", desk.now, 0)]
    async with desk.book() as book:
        assert await book.hold("x", freed.as_slot, olga) is None
        taken = await book.take_offer(first.id, ivan)
        again = await book.take_offer(first.id, ivan)
    assert taken is not None
    assert (taken.citizen_id, taken.state, taken.slot) == (ivan, "booked", freed.slot)
    assert again == taken
