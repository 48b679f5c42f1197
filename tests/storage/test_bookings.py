"""Bookings as rows, on both databases: limits of the database, two citizens who are one, forgetting, the last look."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from storage.booking_records import Closure, Slot, WaitingRow
from storage.database import Database
from storage.records import Lane, Part, ReminderRow
from tests.storage.rows import NOW, SLOT, TEN, address, execute, fetch, meet, table

DAY = timedelta(days=1)
LATER = Slot("desk.a.2611250300", "desk", "advisor", TEN + DAY, TEN + DAY + timedelta(minutes=30), "2026-11-25T10:00")
OTHER = replace(SLOT, id="desk.m.2611240300", role="matcher")


async def booked(database: Database, id_: str, citizen_id: str | None, slot: Slot = SLOT, **more: object) -> bool:
    given = {"code": "1", "state": "booked", "created_by": "citizen", "now": NOW, "citizen_id": citizen_id, **more}
    async with database.write() as tx:
        return await tx.bookings.take(id_, slot, (1, 2), **given) is not None  # type: ignore[arg-type]


async def waits(
    database: Database, id_: str, citizen_id: str, role: str = "advisor", *, minutes: int = 0
) -> WaitingRow:
    row = WaitingRow(
        id_, citizen_id, "desk", role, "2026-11-24", "2026-11-30", "waiting", "wish", NOW + timedelta(minutes=minutes)
    )
    async with database.write() as tx:
        return await tx.waiting.add(row, now=NOW)


async def states(database: Database) -> dict[str, str]:
    return dict(await table(database, "SELECT id, state FROM bookings"))


async def test_the_database_refuses_a_third_on_two_seats_and_a_second_of_one_specialist(database: Database) -> None:
    assert await booked(database, "b1", "ivan")
    assert not await booked(database, "b2", "ivan", LATER)
    assert await booked(database, "b3", "ivan", OTHER)
    assert await booked(database, "b4", "olga")
    assert not await booked(database, "b5", "pyotr")
    assert await booked(database, "b6", None, LATER)
    assert await booked(database, "b7", None, LATER), "who has no chat may have several"
    assert not await booked(database, "b1", "somebody", LATER), "an id is used once"


async def test_names_and_phones_are_sealed(database: Database) -> None:
    await booked(database, "b", None, name="Пётр Иванов", phone="89130000000")

    async with database.read() as tx:
        row = await tx.bookings.get("b")
        ((sealed,),) = await fetch(tx, "SELECT person FROM bookings")
    assert row is not None
    assert (row.name, row.phone) == ("Пётр Иванов", "89130000000")
    assert "Пётр".encode() not in bytes(sealed)
    assert b"8913" not in bytes(sealed)


async def test_what_no_secret_opens_does_not_hide_the_day(database: Database) -> None:
    await booked(database, "b", None, name="Пётр")
    await execute(database, "UPDATE bookings SET person = (SELECT wrapped FROM keys LIMIT 1)")

    async with database.read() as tx:
        (row,) = await tx.bookings.day("desk", "advisor", after=NOW, before=NOW + DAY)

    assert (row.id, row.name) == ("b", "")


async def test_many_are_marked_as_reminded_at_once_each_with_its_line(database: Database) -> None:
    await booked(database, "b1", "ivan")
    await booked(database, "b2", "olga")
    await booked(database, "b3", "pyotr", LATER)
    async with database.write() as tx:
        await tx.bookings.note("b1", "booked", actor="citizen", now=NOW)
        await tx.bookings.mark("b2", "confirmed", now=NOW)
        await tx.bookings.reminded([("b1", "ivan"), ("b2", "olga"), ("b3", "ivan"), ("b4", "anna")], now=NOW)
        await tx.bookings.reminded([("b1", "ivan")], now=NOW)
        found = await tx.bookings.history("b1")

    assert await states(database) == {"b1": "reminded", "b2": "confirmed", "b3": "booked"}
    assert [(one.number, one.state, one.actor) for one in found] == [(1, "booked", "citizen"), (2, "reminded", "clock")]
    assert await table(database, "SELECT COUNT(*) FROM booking_events") == [(2,)]


async def test_history_counts_its_lines(database: Database) -> None:
    async with database.write() as tx:
        for state in ("booked", "moved", "served"):
            await tx.bookings.note("b", state, actor="citizen", now=NOW, reason="x")
        found = await tx.bookings.history("b")

    assert [(event.number, event.state, event.at) for event in found] == [
        (1, "booked", NOW),
        (2, "moved", NOW),
        (3, "served", NOW),
    ]


@pytest.mark.parametrize(
    ("first", "then", "is_changed"),
    [
        ("booked", "reminded", True),
        ("booked", "confirmed", True),
        ("confirmed", "reminded", False),  # it was said already that they come
        ("reminded", "confirmed", True),
        ("confirmed", "served", True),
        ("confirmed", "confirmed", False),
        ("served", "no_show", True),  # a slip of the pen
        ("served", "confirmed", False),
    ],
)
async def test_marks_follow_in_order(database: Database, first: str, then: str, is_changed: bool) -> None:
    await booked(database, "b", "ivan")
    async with database.write() as tx:
        if first != "booked":
            assert await tx.bookings.mark("b", first, now=NOW)  # type: ignore[arg-type]
        assert await tx.bookings.mark("b", then, now=NOW) is is_changed  # type: ignore[arg-type]
        row = await tx.bookings.get("b")
    assert row is not None
    assert row.state == (then if is_changed else first)


async def test_a_cancelled_booking_is_marked_no_more(database: Database) -> None:
    await booked(database, "b", "ivan")
    async with database.write() as tx:
        assert await tx.bookings.cancel("b", "cancelled_citizen", now=NOW)
        assert not await tx.bookings.cancel("b", "cancelled_staff", now=NOW)
        assert not await tx.bookings.mark("b", "served", now=NOW)
        assert not await tx.bookings.late("b", now=NOW)
    assert await booked(database, "b2", "ivan"), "the seat and the citizen are free"


async def test_asking_to_wait_again_changes_the_days_and_keeps_the_place(database: Database) -> None:
    first = await waits(database, "w1", "ivan")
    async with database.write() as tx:
        again = await tx.waiting.add(replace(first, id="w2", from_day="2026-12-01", to_day="2026-12-02"), now=NOW)
    assert (again.id, again.from_day, again.to_day, again.since) == ("w1", "2026-12-01", "2026-12-02", NOW)

    async with database.write() as tx:
        assert await tx.waiting.offer("w1", LATER, "b", until=TEN, now=NOW)
        assert not await tx.waiting.offer("w1", LATER, "b", until=TEN, now=NOW)
        offered = await tx.waiting.add(replace(first, id="w3"), now=NOW)
    assert (offered.id, offered.state, offered.offered, offered.from_day) == ("w1", "offered", LATER, "2026-12-01")


async def test_two_citizens_who_turn_out_to_be_one_keep_the_earlier_visit(database: Database) -> None:
    kept, gone = await meet(database, "old"), await meet(database, "new")
    await booked(database, "late", kept, LATER)
    await booked(database, "early", gone, SLOT)
    await booked(database, "other", gone, OTHER)
    async with database.write() as tx:
        due = [ReminderRow(f"r {id_}", who, "booking_day", id_, TEN) for id_, who in (("late", kept), ("early", gone))]
        await tx.bookings.remind(due)
    await waits(database, "w1", kept)
    await waits(database, "w2", gone, minutes=-1)
    async with database.write() as tx:
        await tx.moves.issue(kept, "4K70MT9A52", expires_at=NOW + DAY)
        moved = await tx.moves.claim(
            "4K70MT9A52", by=gone, channel="web", address=address(database, "new"), tries=5, stays=(), now=NOW
        )
    assert moved is not None

    rows = await table(database, "SELECT id, citizen_id, state FROM bookings ORDER BY id")
    assert rows == [("early", kept, "booked"), ("late", kept, "cancelled_citizen"), ("other", kept, "booked")]
    assert await table(database, "SELECT id FROM reminders WHERE state = 0") == [("r early",)]
    wishes = await table(database, "SELECT id, citizen_id, state FROM waiting ORDER BY id")
    assert wishes == [("w1", kept, "left"), ("w2", kept, "waiting")]


async def test_a_kept_seat_gives_way_to_a_booked_one(database: Database) -> None:
    kept, gone = await meet(database, "old"), await meet(database, "new")
    await booked(database, "held", kept, SLOT, state="held", held_until=NOW + DAY)
    await booked(database, "booked", gone, LATER)
    async with database.write() as tx:
        await tx.moves.issue(kept, "4K70MT9A52", expires_at=NOW + DAY)
        await tx.moves.claim(
            "4K70MT9A52", by=gone, channel="web", address=address(database, "new"), tries=5, stays=(), now=NOW
        )

    assert await table(database, "SELECT id, citizen_id FROM bookings") == [("booked", kept)]


@pytest.mark.parametrize("how", ["erase", "withdraw"])
async def test_forgetting_frees_what_is_to_come_and_keeps_that_somebody_came(database: Database, how: str) -> None:
    ivan, olga = await meet(database), await meet(database, "olga")
    await booked(database, "served", ivan, name="Иван", phone="1", referred_by="bailiff")
    async with database.write() as tx:
        assert not await tx.bookings.tell_resume("served", olga, "paper", now=NOW)
        assert await tx.bookings.tell_resume("served", ivan, "promised", now=NOW)
        await tx.bookings.mark("served", "served", now=NOW)
        assert not await tx.bookings.tell_resume("served", ivan, "paper", now=NOW), "it is over"
        assert (await tx.bookings.all_of(ivan))[0].resume == "promised"
    await booked(database, "ahead", ivan, LATER)
    await booked(database, "held", ivan, OTHER, state="held", held_until=NOW + DAY)
    await booked(database, "hers", olga, LATER)
    await waits(database, "w", ivan)
    async with database.write() as tx:
        await tx.waiting.offer("w", SLOT, "offered", until=TEN, now=NOW)
    await booked(database, "offered", None, SLOT, state="held", held_until=TEN)

    async with database.write() as tx:
        await (tx.citizens.erase(ivan, now=NOW) if how == "erase" else tx.citizens.withdraw(ivan, now=NOW))

    assert await states(database) == {"served": "served", "ahead": "cancelled_citizen", "hers": "booked"}
    rows = await table(
        database, "SELECT id, active FROM bookings WHERE citizen_id IS NULL AND person IS NULL ORDER BY id"
    )
    assert rows == [("ahead", 0), ("served", 0)]
    assert await table(database, "SELECT 1 FROM waiting") == []
    assert await table(database, "SELECT referred_by, resume FROM bookings WHERE id = 'served'") == [("", "")]
    assert await booked(database, "again", "pyotr", LATER)


async def test_whose_visits_they_were_is_forgotten_after_their_term(database: Database) -> None:
    await booked(database, "old", "ivan", name="Иван")
    await booked(database, "new", "olga", LATER, name="Ольга")
    await waits(database, "w1", "ivan")
    await waits(database, "w2", "olga")
    async with database.write() as tx:
        await tx.waiting.end("w1", "ivan", "left", now=NOW)

    async with database.write() as tx:
        found = [await tx.retention.bookings(before=TEN + timedelta(minutes=1), limit=10) for _ in range(2)]

    assert found == [2, 0]
    assert await table(database, "SELECT id FROM bookings WHERE citizen_id IS NOT NULL") == [("new",)]
    assert await table(database, "SELECT id FROM waiting") == [("w2",)]


async def test_closed_shifts_are_listed_from_a_day_on(database: Database) -> None:
    async with database.write() as tx:
        for day in (date(2026, 11, 24), date(2026, 12, 1)):
            assert await tx.bookings.close(Closure("desk", "advisor", day.isoformat(), "болезнь", "staff:1", NOW))
        assert await tx.bookings.is_closed(SLOT)
        assert not await tx.bookings.is_closed(OTHER)
        assert [one.day for one in await tx.bookings.closures(since="2026-11-25")] == ["2026-12-01"]


# the last look, when a message is leased


async def leased(database: Database, reminder: ReminderRow, now: datetime) -> bool:
    """Whether the message of this reminder is withdrawn at the last moment."""
    place = address(database, channel="telegram")
    async with database.write() as tx:
        await tx.bookings.remind([reminder])
        await tx.reminders.take_due(now=reminder.due_at, limit=10)
        part = Part(reminder.citizen_id, "telegram", place, "t", 0, Lane.REMINDER, "k", b"x", False, NOW, reminder.id)
        await tx.outbox.add([part], now=NOW)
    async with database.write() as tx:
        (found,) = await tx.outbox.lease("telegram", now=now, limit=1)
    return found.is_withdrawn


@pytest.mark.parametrize(
    ("change", "at", "is_withdrawn"),
    [
        ("", TEN - timedelta(hours=2), False),
        ("", TEN - timedelta(minutes=16), False),
        ("", TEN - timedelta(minutes=15), True),  # at the last minute it only confuses
        ("", TEN + timedelta(hours=1), True),
        ("UPDATE bookings SET version = 2", TEN - timedelta(hours=2), True),
        ("UPDATE bookings SET active = 0", TEN - timedelta(hours=2), True),
        ("UPDATE bookings SET citizen_id = 'somebody'", TEN - timedelta(hours=2), True),
        ("DELETE FROM bookings", TEN - timedelta(hours=2), True),
    ],
)
async def test_a_visit_is_reminded_of_as_it_stands(
    database: Database, change: str, at: datetime, is_withdrawn: bool
) -> None:
    ivan = await meet(database, channel="telegram")
    await booked(database, "b", ivan)
    if change:
        await execute(database, change)

    assert (
        await leased(database, ReminderRow("booking:b:1:booking_soon", ivan, "booking_soon", "b", NOW), at)
        is is_withdrawn
    )


@pytest.mark.parametrize("change", ["", "UPDATE waiting SET state = 'taken'", "UPDATE waiting SET version = 2"])
async def test_an_offer_leaves_while_it_holds(database: Database, change: str) -> None:
    ivan = await meet(database, channel="telegram")
    await waits(database, "w", ivan)
    async with database.write() as tx:
        await tx.waiting.offer("w", SLOT, "b", until=TEN, now=NOW)
    if change:
        await execute(database, change)

    assert await leased(
        database, ReminderRow("waiting:w:1:booking_offer", ivan, "booking_offer", "w", NOW), NOW
    ) is bool(change)
