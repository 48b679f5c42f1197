"""Appointments in turns, on both databases: what is refused, what the same turn sees, what the clock brings."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.booking.book import Book
from bot.booking.rounds import Rounds
from bot.booking.slots import slots
from bot.channels.port import Limits
from bot.chores.reminders import Reminding
from bot.engine.taken import Surface
from bot.flows import FLOWS
from bot.messages import Kind, Outgoing
from storage.booking_records import BookingRow
from storage.database import Database, open_database
from tests.booking.desk import ADVISOR, NOW, POINT, TUESDAY, at
from tests.databases import SECRETS
from tests.dialogs.transcripts import TO_PLAN
from tests.engine.visits import the_content, the_flows
from tests.storage.rows import table
from tests.talk import FixedClock, Talk, real_content

BOOKED = "11-24T09:00 booked"


@pytest.fixture
async def talk(database: Database) -> Talk:
    return await met(database, "ivan", FixedClock())


SURFACES = {channel: Surface(Limits(edits=False)) for channel in ("web", "vk")}


async def met(database: Database, chat: str, clock: FixedClock, *, channel: str = "web") -> Talk:
    """A citizen who agreed. Who is heard apart needs a channel apart."""
    talk = Talk(
        database, the_flows(), the_content(real_content(FLOWS)), chat=chat, clock=clock, channel=channel,
        surfaces=SURFACES,
    )  # fmt: skip
    await talk.play(TO_PLAN)
    return talk


def labels(answers: list[Outgoing]) -> list[str]:
    return [button.label for row in answers[-1].rows for button in row]


def keys(answers: list[Outgoing]) -> list[str]:
    return [answer.key.removeprefix("booking.") for answer in answers]


async def chosen(talk: Talk, number: int = 0) -> list[Outgoing]:
    """«Записаться», and one of the times."""
    await talk.say("/book")
    slots = [choice for choice in talk._buttons if choice.startswith("slot:")]
    return await talk.press(slots[number])


async def books(talk: Talk) -> list[Outgoing]:
    await chosen(talk)
    return await talk.press("yes")


async def rows(talk: Talk) -> list[BookingRow]:
    citizen = await talk.citizen()
    async with talk.database.read() as tx:
        return await tx.bookings.all_of(citizen.id)


async def test_the_turn_that_holds_a_seat_sees_it(talk: Talk) -> None:
    assert keys(await chosen(talk)) == ["sure"]
    assert [row.state for row in await rows(talk)] == ["held"]

    answers = await talk.press("yes")

    assert keys(answers) == ["mine"]
    assert labels(answers)[:4] == [BOOKED] * 4
    assert [(row.state, row.version) for row in await rows(talk)] == [("booked", 1)]


async def test_of_two_in_one_batch_the_slower_is_offered_what_is_left(talk: Talk) -> None:
    olga = await met(talk.database, "olga", talk.clock, channel="vk")
    for one in (talk, olga):
        await one.say("/book")
        slots = [choice for choice in one._buttons if choice.startswith("slot:")]
        assert slots[0] == f"slot:{at(TUESDAY, '09:00').id}"
    for one in (talk, olga):
        await one.store(Kind.PRESS, data=one.data(f"slot:{at(TUESDAY, '09:00').id}"), message="shown")
    await talk.runner.run_once()

    first, second = keys(await talk.heard()), keys(await olga.heard())
    assert sorted([first, second]) == [["sure"], ["taken", "times"]]
    loser = talk if first != ["sure"] else olga
    assert f"slot:{at(TUESDAY, '09:00').id}" not in loser._buttons
    assert f"slot:{at(TUESDAY, '09:30').id}" in loser._buttons


async def test_what_was_refused_is_not_seen_by_the_same_turn(talk: Talk) -> None:
    """The seat was free when the turn was decided: its own look at it is taken back with the hold."""
    await talk.say("/book")
    async with talk.database.write() as tx:
        assert await Book(tx, talk.content, NOW).hold("x", at(TUESDAY, "09:00"), "somebody")

    answers = await talk.press(f"slot:{at(TUESDAY, '09:00').id}")

    assert keys(answers) == ["taken", "times"]
    assert await rows(talk) == []


async def test_confirming_again_from_an_old_message_is_the_same_booking(talk: Talk) -> None:
    await chosen(talk)
    old = dict(talk._buttons)
    await talk.press("yes")
    before = await rows(talk)
    await talk.say("/book")

    talk._buttons = old
    answers = await talk.press("yes")

    assert keys(answers) == ["mine"]
    assert await rows(talk) == before


async def test_a_restart_between_hold_and_confirm_loses_nothing(talk: Talk, database_url: str) -> None:
    """Another process, an hour later: the seat is theirs while nobody else wanted it."""
    await chosen(talk)
    again = await open_database(database_url, SECRETS)
    try:
        later = Talk(again, the_flows(), talk.content, chat="ivan", clock=FixedClock(NOW + timedelta(hours=1)))
        later._numbers, later._buttons = talk._numbers, talk._buttons
        answers = await later.press("yes")
    finally:
        await again.close()

    assert keys(answers) == ["mine"]
    assert labels(answers)[0] == BOOKED


async def test_a_seat_that_somebody_else_got_meanwhile_is_refused_kindly(talk: Talk) -> None:
    await chosen(talk)
    talk.clock.move(minutes=6)
    async with talk.database.write() as tx:
        assert await Book(tx, talk.content, talk.clock.now()).hold("x", at(TUESDAY, "09:00"), "somebody")

    assert keys(await talk.press("yes")) == ["taken", "times"]


async def test_what_a_turn_changes_it_shows(talk: Talk) -> None:
    await books(talk)

    assert labels(await talk.press("late"))[0] == f"{BOOKED} late"
    assert labels(await talk.press("come"))[0] == "11-24T09:00 confirmed late"
    assert labels(await talk.press("move"))[0] == "12-15T16:30 booked"
    assert [(row.state, row.sequence, row.is_late) for row in await rows(talk)] == [("booked", 1, False)]
    assert keys(await talk.press("cancel")) == ["none"]
    assert [row.state for row in await rows(talk)] == ["cancelled_citizen"]
    (booking,) = await rows(talk)
    async with talk.database.read() as tx:
        events = [(event.state, event.actor, event.reason) for event in await tx.bookings.history(booking.id)]
    assert events == [
        ("booked", "citizen", ""),
        ("booked", "citizen", "late"),
        ("confirmed", "citizen", ""),
        ("moved", "citizen", at(TUESDAY, "09:00").id),
        ("cancelled_citizen", "citizen", "cant_come"),
    ]


async def test_giving_up_the_kept_seat_frees_it(talk: Talk) -> None:
    await chosen(talk)

    answers = await talk.press("no")

    assert keys(answers) == ["times"]
    assert await rows(talk) == []
    assert f"slot:{at(TUESDAY, '09:00').id}" not in labels(answers)


async def test_a_wish_is_shown_offered_and_taken(talk: Talk) -> None:
    await _all_taken(talk)
    await talk.say("/book")
    assert labels(await talk.press("wait"))[0] == "waiting 2026-11-24"
    async with talk.database.write() as tx:
        await Book(tx, talk.content, talk.clock.now()).cancel("taken 3", citizen_id=None, actor="staff")

    assert keys(await talk.tick()) == ["offer"]
    answers = await talk.press("take")

    assert keys(answers) == ["mine"]
    assert labels(answers)[0] == "11-24T10:30 booked"
    assert [(row.state, row.created_by) for row in await rows(talk)] == [("booked", "waiting")]


async def test_an_offer_that_runs_out_goes_to_the_next_and_is_refused_to_the_first(talk: Talk) -> None:
    olga = await met(talk.database, "olga", talk.clock, channel="vk")
    await _all_taken(talk)
    for one in (talk, olga):
        await one.say("/book")
        await one.press("wait")
        talk.clock.move(seconds=1)
    async with talk.database.write() as tx:
        await Book(tx, talk.content, talk.clock.now()).cancel("taken 3", citizen_id=None, actor="staff")
    assert keys(await talk.tick()) == ["offer"]
    take = dict(talk._buttons)
    talk.clock.move(minutes=61)

    await Rounds(talk.database, talk.clock, lambda: talk.content).go()

    assert keys(await talk.tick()) == ["over"]
    assert keys(await olga.heard()) == ["offer"]
    talk._buttons = take
    assert keys(await talk.press("take")) == ["taken", "none"]
    assert keys(await olga.press("take")) == ["mine"]


async def test_a_closed_shift_tells_everybody_with_another_seat(talk: Talk) -> None:
    await books(talk)
    async with talk.database.write() as tx:
        displaced = await Book(tx, talk.content, NOW).close(POINT, ADVISOR, TUESDAY, actor="staff", reason="illness")
    assert displaced is not None
    assert [(one.is_told, one.offered.wall if one.offered else "") for one in displaced] == [(True, "2026-12-01T09:00")]

    assert keys(await talk.tick()) == ["lost"]
    answers = await talk.press("take")

    assert labels(answers)[0] == "12-01T09:00 booked"
    assert [(row.state, row.wall[:10]) for row in await rows(talk)] == [
        ("cancelled_staff", "2026-11-24"),
        ("booked", "2026-12-01"),
    ]
    await talk.say("/book")
    assert not [choice for choice in talk._buttons if choice.startswith("slot:") and ".261124" in choice]


async def test_reminders_come_once_each_and_their_buttons_work(talk: Talk) -> None:
    await books(talk)
    talk.clock.set(datetime(2026, 11, 23, 12, 0, tzinfo=UTC))  # 19:00: both in one, as the visit is at nine

    assert keys(await talk.tick()) == ["soon"]
    assert await talk.tick() == []
    assert [row.state for row in await rows(talk)] == ["reminded"]
    assert labels(await talk.press("come"))[0] == "11-24T09:00 confirmed"


@pytest.mark.parametrize("jump", [timedelta(hours=2), timedelta(hours=-2)])
async def test_a_clock_that_jumps_by_two_hours_repeats_and_loses_no_reminder(talk: Talk, jump: timedelta) -> None:
    await books(talk)
    moments = [datetime(2026, 11, 23, 11, 59, tzinfo=UTC) + timedelta(minutes=step) for step in range(5)]
    heard = []
    for moment in moments:
        talk.clock.set(moment)
        heard += keys(await talk.tick())
    for moment in moments:
        talk.clock.set(moment + jump)
        await Rounds(talk.database, talk.clock, lambda: talk.content).go()
        heard += keys(await talk.tick())
    for moment in moments:
        talk.clock.set(moment + timedelta(hours=3))
        heard += keys(await talk.tick())

    assert heard == ["soon"]


async def test_after_stop_nothing_comes_and_after_coming_back_what_is_left_comes(talk: Talk) -> None:
    await books(talk)
    await talk.say("/stop")
    talk.clock.set(datetime(2026, 11, 23, 11, 0, tzinfo=UTC))
    assert await table(talk.database, "SELECT COUNT(*) FROM reminders WHERE state = 0 AND kind LIKE 'booking%'") == [
        (0,)
    ]

    await talk.press("resume")
    talk.clock.set(datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
    assert keys(await talk.tick()) == ["soon"]


async def test_a_reminder_on_its_way_is_dropped_when_the_visit_moves_or_ends(talk: Talk) -> None:
    """It is a message already: planned, not sent. The booking changes before it leaves."""
    await books(talk)
    talk.clock.set(datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
    await Reminding(talk.database, talk.clock).take()
    while await talk.runner.run_once():
        pass
    (booking,) = await rows(talk)
    async with talk.database.write() as tx:
        later = at(TUESDAY, "16:00")
        assert await Book(tx, talk.content, talk.clock.now()).move(booking.id, later, citizen_id=None, actor="staff")

    assert await talk.heard() == []
    reasons = await table(talk.database, "SELECT reason FROM outbox WHERE lane = 1")
    assert reasons == [("cancelled",)]


async def test_without_consent_no_seat_is_kept(talk: Talk) -> None:
    stranger = Talk(talk.database, the_flows(), talk.content, chat="stranger", clock=talk.clock)
    await stranger.say("/start")

    await stranger.say("/book")
    await stranger.press(next(choice for choice in stranger._buttons if choice.startswith("slot:")))

    assert await table(talk.database, "SELECT error FROM inbox WHERE state = 0") == [("PolicyBreach",)]
    assert await table(talk.database, "SELECT 1 FROM bookings") == []


async def _all_taken(talk: Talk) -> None:
    async with talk.database.write() as tx:
        book = Book(tx, talk.content, talk.clock.now())
        for number, slot in enumerate(slots(talk.content, POINT, ADVISOR, now=talk.clock.now())):
            assert await book.book_for(f"taken {number}", slot, actor="staff", name="Пётр")
