"""Who is asked how it goes: seldom, by day, once; whatever the clock and other schedulers do."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from bot.chores.nudges import AT_ONCE, Nudging, look_at
from bot.chores.reminders import withdraw
from bot.flows import FLOWS
from bot.texts.rules import Nudge
from bot.texts.schema import Content
from storage.database import Database, open_database
from storage.records import Lane, Part, SessionRow, Silence
from tests.databases import SECRETS
from tests.storage.rows import address, meet, table
from tests.talk import MONDAY_NOON, FixedClock, real_content

TERMS = Nudge(after_days=21, every_days=30, times=3, hour=12)
HEARD = MONDAY_NOON
DAY = timedelta(days=1)


def silence(**more: object) -> Silence:
    known = Silence(
        citizen_id="ivan",
        looked_at=HEARD,
        asked=0,
        asked_at=None,
        is_off=False,
        has_consent=True,
        is_stopped=False,
        heard_at=HEARD,
        channel="telegram",
        is_reachable=True,
        has_situation=True,
        has_case=False,
    )
    return replace(known, **more)  # type: ignore[arg-type]


def look(known: Silence, now: datetime) -> tuple[datetime | None, datetime | None, int]:
    """(next look, when to ask, how often asked) of a look at that time."""
    due_at = now + timedelta(hours=5)
    found = look_at(known, TERMS, {"telegram"}, now=now, due_at=due_at)
    assert (found.citizen_id, found.looked_at) == (known.citizen_id, known.looked_at)
    return found.at, found.remind_at, found.asked


def test_who_wrote_lately_is_looked_at_when_it_would_be_long_ago() -> None:
    assert look(silence(), HEARD + 20 * DAY) == (HEARD + 21 * DAY, None, 0)


def test_who_is_silent_for_long_is_asked_and_looked_at_an_interval_later() -> None:
    now = HEARD + 21 * DAY
    due_at = now + timedelta(hours=5)

    assert look(silence(), now) == (due_at + 30 * DAY, due_at, 1)


def test_one_question_in_an_interval_even_when_the_citizen_wrote_in_between() -> None:
    asked_at = HEARD - DAY

    assert look(silence(asked=2, asked_at=asked_at), HEARD + 21 * DAY) == (asked_at + 30 * DAY, None, 0)
    assert look(silence(asked=2, asked_at=asked_at), HEARD + 29 * DAY)[2] == 1, "a new silence counts from one"


def test_a_question_that_the_citizen_outran_does_not_count() -> None:
    """Planned for the day, never sent: the citizen wrote an hour before."""
    asked_at = HEARD + timedelta(hours=1)

    assert look(silence(asked=1, asked_at=asked_at), HEARD + 31 * DAY)[2] == 1


def test_after_so_many_questions_there_is_peace() -> None:
    now = HEARD + 200 * DAY

    assert look(silence(asked=3, asked_at=HEARD + 90 * DAY), now) == (now + 21 * DAY, None, 3)


@pytest.mark.parametrize("why", [{"is_off": True}, {"has_consent": False}, {"heard_at": None}])
def test_who_wants_no_question_or_was_forgotten_is_looked_at_no_more(why: dict[str, object]) -> None:
    assert look(silence(**why), HEARD + 100 * DAY) == (None, None, 0)


@pytest.mark.parametrize(
    "why", [{"is_stopped": True}, {"is_reachable": False}, {"has_situation": False}, {"channel": "web"}]
)
def test_who_cannot_be_asked_is_looked_at_later(why: dict[str, object]) -> None:
    now = HEARD + 100 * DAY

    assert look(silence(**why), now) == (now + 21 * DAY, None, 0)


def test_who_waits_for_a_person_is_looked_at_tomorrow() -> None:
    now = HEARD + 100 * DAY

    assert look(silence(has_case=True), now) == (now + DAY, None, 0)


# With a database


@pytest.fixture
def content() -> Content:
    edition = real_content(FLOWS)
    return replace(edition, rules=replace(edition.rules, nudge=TERMS))


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(HEARD)


async def citizens(database: Database, number: int) -> None:
    for one in range(number):
        id_ = await meet(database, f"chat{one}", channel="telegram", now=HEARD)
        place = address(database, f"chat{one}", channel="telegram")
        async with database.write() as tx:
            await tx.citizens.agree(id_, version="1", now=HEARD)
            await tx.citizens.choose(id_, ["released"], now=HEARD)
            await tx.sessions.save([SessionRow(id_, "telegram", place, "menu.main", b"{}", 1, HEARD)])


async def planned(database: Database) -> list[datetime]:
    rows = await table(database, "SELECT due_at FROM reminders WHERE kind = 'nudge' ORDER BY due_at")
    return [datetime.fromtimestamp(row[0] / 1000, UTC) for row in rows]


async def test_the_question_comes_in_the_local_daytime(database: Database, clock: FixedClock, content: Content) -> None:
    await citizens(database, 1)
    nudging = Nudging(database, clock, content, {"telegram"})
    assert await nudging.plan() == 0  # looked at: wrote today

    clock.move(days=21, hours=10)  # 22:00 in Barnaul
    assert await nudging.plan() == 1
    assert await nudging.plan() == 0

    (due_at,) = await planned(database)
    local = due_at.astimezone(ZoneInfo(content.default_office.timezone))
    assert (local.hour, local.minute) == (12, 0)
    assert timedelta(0) < due_at - clock.now() <= DAY


async def test_silence_goes_on_and_the_questions_end(database: Database, clock: FixedClock, content: Content) -> None:
    await citizens(database, 1)
    nudging = Nudging(database, clock, content, {"telegram"})
    for _ in range(400):
        await nudging.plan()
        clock.move(days=1)

    moments = await planned(database)
    assert len(moments) == TERMS.times
    assert all(later - earlier >= 30 * DAY for earlier, later in pairwise(moments))


async def test_without_the_rule_nobody_is_asked(database: Database, clock: FixedClock, content: Content) -> None:
    await citizens(database, 1)
    clock.move(days=100)
    silent = replace(content, rules=replace(content.rules, nudge=None))

    assert await Nudging(database, clock, silent, {"telegram"}).plan() == 0
    assert await planned(database) == []


async def test_many_are_planned_in_small_transactions(database: Database, clock: FixedClock, content: Content) -> None:
    await citizens(database, 5)
    clock.move(days=22)
    nudging = Nudging(database, clock, content, {"telegram"})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.chores.nudges.AT_ONCE", 2)
        assert await nudging.plan() == 5

    assert len(await planned(database)) == 5
    assert AT_ONCE <= 500


@pytest.mark.parametrize("jump_h", [-2, 2])
async def test_a_clock_jump_doubles_no_question(
    database: Database, clock: FixedClock, content: Content, jump_h: int
) -> None:
    """Planned before the jump, looked at in it and after it was set right."""
    await citizens(database, 3)
    nudging = Nudging(database, clock, content, {"telegram"})
    clock.move(days=21, minutes=1)
    assert await nudging.plan() == 3
    for _ in range(3):
        clock.move(hours=jump_h)
        assert await nudging.plan() == 0
        clock.move(hours=-jump_h)
        assert await nudging.plan() == 0

    assert len(await planned(database)) == 3


async def test_what_waits_for_a_channel_that_only_informs_by_now_is_cancelled(
    database: Database, clock: FixedClock
) -> None:
    """On the web page too, which has no sender to refuse it."""
    for chat, channel in (("ivan", "web"), ("olga", "web"), ("petr", "telegram")):
        id_ = await meet(database, chat, channel=channel, now=HEARD)
        place = address(database, chat, channel=channel)
        part = Part(id_, channel, place, f"turn {chat}", 0, Lane.REMINDER, "k", b"x", False, HEARD)
        async with database.write() as tx:
            await tx.outbox.add([part], now=HEARD)

    assert await withdraw(database, ["web", "vk"], clock.now()) == 2
    assert await withdraw(database, ["web", "vk"], clock.now()) == 0
    async with database.read() as tx:
        assert await tx.outbox.feed("ivan", after=0, now=clock.now()) == []
        assert await tx.outbox.next_at("telegram") is not None


async def test_two_schedulers_at_once_ask_each_citizen_once(
    database: Database, database_url: str, clock: FixedClock, content: Content
) -> None:
    await citizens(database, 20)
    clock.move(days=22)
    other = await open_database(database_url, SECRETS)
    try:
        ones = [Nudging(one, clock, content, {"telegram"}) for one in (database, other, database, other)]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("bot.chores.nudges.AT_ONCE", 3)
            await asyncio.gather(*(one.plan() for one in ones))
    finally:
        await other.close()

    assert len(await planned(database)) == 20
    assert await table(database, "SELECT DISTINCT asked FROM nudges") == [(1,)]
