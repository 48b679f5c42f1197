"""Walks of the talk about a visit: every button of its screens, and what only other people or the clock bring about."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.booking.book import Book
from bot.texts.schema import Content
from tests.dialogs.booking_scenes import (
    BOOKS,
    MATCHER,
    POINT,
    TO_DAYS,
    TUESDAY,
    Meet,
    booked,
    bookings,
    does,
    local,
    offered,
    pays,
    rounds,
    shift_closed,
    small,
    ticked,
    waiting,
)  # fmt: skip
from tests.dialogs.booking_talks import TO_PLAN
from tests.talk import FixedClock, Talk

LINES = tuple(line.strip()[2:] for line in TO_PLAN.splitlines() if line.strip().startswith("> "))
INSIDE = ("/start", "[pre_release]", "[enough]", "[plan]", "[yes]", "[later]")
BY_WORDS = (
    ("через неделю в 23", "[wait]", "[no]"),
    ("в следующий вторник", "[o:1]"),
    ("в следующий вторник", "[day]"),
    ("на следующей неделе", "[day]"),
    ("завтра утром", "[hours]"),
    ("с 1 по 10 декабря", "[all]"),
    ("завтра в 10", "[ok]", "[other]"),
    ("завтра в 10", "[call]", "[here]"),
    ("завтра в 10", "[other]"),
    ("завтра в 10", "[ok]", "[yes]", "[menu]"),
    ("завтра в 10", "[ok]", "[yes]", "[booked]", "[menu]"),
    ("завтра в 10", "[ok]", "[yes]", "/book", "[book]"),
    ("завтра в 10", "[ok]", "[yes]", "/plan", "[item:advisor]", "[visit]"),
    ("завтра в 10", "[ok]", "[yes]", "/book", "[move]", "1 декабря в 10", "[v]"),
    ("завтра в 10", "[ok]", "[yes]", "/book", "[move]", "1 декабря в 10", "[menu]"),
    ("через неделю в 23", "[t*]"),
    ("через неделю в 23", "[day]"),
)


def roomy(content: Content) -> Content:
    """Places for a crowd: citizens of one database must not come in each other's way."""
    point = content.points[POINT]
    return replace(content, points={POINT: replace(point, places=5000)})


async def walk_booking(meet: Meet) -> None:
    """What no walk of one citizen comes to."""
    await _words(meet)
    await _full(meet)
    await _reminded(meet)
    await _waited(meet)
    await _lost(meet)
    await _elsewhere(meet)
    await _copied(meet)


async def _words(meet: Meet) -> None:
    for ways in BY_WORDS:
        await does(await meet(), *LINES, *TO_DAYS, *ways)
    late = await pays(meet, FixedClock())
    late.clock.set(local(2026, 11, 25, 20))
    await does(late, "/book", "[r:job_matcher]", "завтра в 9", "[ok]", "[yes]")
    await emptied(late)


async def _each(scene: Callable[[], Any], *ways: tuple[str, ...]) -> None:
    """The scene once for each way on, each with an empty book."""
    for way in ways:
        talk = await scene()
        await does(talk, *way)
        await emptied(talk)


async def emptied(talk: Talk) -> None:
    """Nobody is booked at the small point, or waits: the next scene is another story."""
    async with talk.database.write() as tx:
        for name in ("bookings", "waiting", "closures"):
            await tx.handle.connection.execute(f"DELETE FROM {name} WHERE point = 'small'")


async def _full(meet: Meet) -> None:
    async def a_full_day() -> Talk:
        clock = FixedClock()
        await booked(meet, clock=clock)
        talk = await pays(meet, clock)
        assert await does(talk, *TO_DAYS, "[d:2026-11-24]") == ["slots.full"]
        return talk

    await _each(a_full_day, ("[wait]", "[no]"), ("[wait]", "[yes]", "[leave]", "[book]"), ("[day]", "[wait]"))
    await _each(a_full_day, ("[handover]",), ("[wait]", "[yes]", "[menu]"), ("1 декабря", "[central]"))
    await _each(a_full_day, ("[day]", "завтра в 10", "[wait]", "[no]"), ("[day]", "завтра в 10", "[t*]"))
    talk = await a_full_day()
    await does(talk, "[day]", "завтра в 10", "[day]", "[d:2026-11-24]")
    await emptied(talk)

    async def no_days() -> Talk:
        shut = {TUESDAY + timedelta(days=number): "ремонт" for number in range(30)}
        talk = await pays(meet, FixedClock(), closed=shut)
        assert await does(talk, *TO_DAYS) == ["slots.none"]
        return talk

    await _each(no_days, ("[wait]", "[yes]", "/book", "[menu]"), ("[call]", "[here]"), ("[central]",))

    clock = FixedClock()
    slow, quick = await pays(meet, clock, horizon_days=15), await pays(meet, clock, horizon_days=15)
    await does(slow, *TO_DAYS, "[d:2026-11-24]")
    await does(quick, *BOOKS)
    assert await does(slow, "[t:2611240300]") == ["slots.taken"]
    await does(slow, "[wait]", "[no]")
    await emptied(slow)


async def _reminded(meet: Meet) -> None:
    async def a_day_before() -> Talk:
        talk = await booked(meet)
        talk.clock.move(hours=6)
        assert await ticked(talk) == ["booked.day"]
        return talk

    async def soon() -> Talk:
        talk = await a_day_before()
        talk.clock.move(hours=15)
        assert await ticked(talk) == ["booked.soon"]
        return talk

    async def before_the_matcher() -> Talk:
        talk = await booked(meet, to=MATCHER)
        talk.clock.set(local(2026, 11, 25, 18))
        assert await ticked(talk) == ["booked.day", "prepared.asked"]
        return talk

    async def late() -> Talk:
        talk = await soon()
        assert await does(talk, "[late]") == ["booked.late"]
        return talk

    async def cancelled() -> Talk:
        talk = await a_day_before()
        assert await does(talk, "[cancel]") == ["booked.cancelled"]
        return talk

    await _each(a_day_before, ("[confirm]", "[v]"), ("[confirm]", "[menu]"), ("[move]",))
    await _each(soon, ("[confirm]", "/book", "[late]"), ("[move]",), ("[cancel]",))
    await _each(late, ("[move]",), ("[cancel]",), ("[menu]",))
    await _each(cancelled, ("[again]",), ("[call]", "8 900 000-00-00"), ("[menu]",))
    await _each(before_the_matcher, ("[portal]", "[v]"), ("[portal]", "[menu]"), ("[paper]",))
    for answer in ("[promised]", "[help]"):
        await _each(before_the_matcher, *((answer, way) for way in ("[v]", "[item]", "[handover]", "[menu]")))
    talk = await before_the_matcher()
    await does(talk, "[promised]", "[v]", "[move]", "3 декабря в 10")
    talk.clock.set(local(2026, 12, 2, 18))
    assert await ticked(talk) == ["booked.day", "prepared.again"]
    await does(talk, "[promised]", "[menu]")
    for way in ("[book]", "[menu]"):
        talk = await booked(meet)
        await does(talk, "/book")
        old = talk.data("move")
        await does(talk, "[cancel]")
        talk._buttons["old"] = old
        assert await does(talk, "[old]") == ["booked.gone"]
        await does(talk, way)
        await emptied(talk)
    talk = await pays(meet, FixedClock())
    assert await does(talk, "/stop", *BOOKS) == ["seat.done"]
    await emptied(talk)


async def _waited(meet: Meet) -> None:
    async def an_offer() -> Talk:
        return (await offered(meet))[1]

    async def ran_out() -> Talk:
        talk = await an_offer()
        talk.clock.move(minutes=61)
        await rounds(talk)
        assert await ticked(talk) == ["queue.over"]
        return talk

    async def missed() -> Talk:
        talk = await an_offer()
        take = talk.data("take")
        talk.clock.move(minutes=61)
        await rounds(talk)
        await talk.tick()
        talk._buttons["old"] = take
        assert await does(talk, "[old]") == ["queue.missed"]
        return talk

    await _each(an_offer, ("[take]",), ("[leave]", "[book]"), ("[leave]", "[menu]"))
    await _each(an_offer, ("/book", "[take]"), ("/book", "[other]"), ("/book", "[leave]"))
    await _each(ran_out, ("[again]",), ("[book]",), ("[menu]",))
    await _each(missed, ("[book]",), ("[menu]",))
    _, boris = await waiting(meet)
    await does(boris, "/book", "[menu]", "[booking]", "[leave]")
    await emptied(boris)
    both = await booked(meet, to=MATCHER)
    await booked(meet, clock=both.clock)
    await does(both, "/book", "[book]", "[r:career_advisor]", "[d:2026-11-24]", "[wait]", "[yes]", "/book")
    await does(both, "[w*]", "/book", "[v*]", "/book", "[menu]")
    await emptied(both)


async def _lost(meet: Meet) -> None:
    async def with_another() -> Talk:
        talk = await booked(meet)
        await shift_closed(talk)
        assert await ticked(talk) == ["queue.lost_kept"]
        return talk

    async def with_none() -> Talk:
        talk = await booked(meet)
        point = replace(talk.content.points["small"], closed={TUESDAY + timedelta(days=7): "праздник"})
        talk.content = replace(talk.content, points={"small": point})
        await shift_closed(talk)
        assert await ticked(talk) == ["queue.lost"]
        return talk

    await _each(with_another, ("[take]",), ("[other]",), ("[leave]",))
    await _each(with_none, ("[other]",), ("[call]",), ("[leave]",))


async def _elsewhere(meet: Meet) -> None:
    """Several points, none, one that does not serve everybody, a day of release that is named."""
    talk = await meet()
    shipped = talk.content.points[POINT]
    second = replace(shipped, id="second", landmark="у моста", is_bailiffs="")
    talk.content = replace(talk.content, points={POINT: shipped, "second": second})
    await does(talk, *LINES, "/book", "[r:career_advisor]", "[p:second]", "завтра в 10")

    for way in ("[handover]", "[questions]", "[menu]"):
        nowhere = await meet()
        nowhere.content = replace(nowhere.content, points={})
        await does(nowhere, "/book", way)

    for way in ("[handover]", "[central]", "[menu]"):
        other = await meet()
        await does(other, "/book", "[s:other]", way)
    for way in ("[handover]", "[call]", "[menu]"):
        other = await meet()
        await does(other, "/book", "[s:other]", "[central]", way)

    for way in ("[plan]", "[handover]"):
        await does(await meet(), *INSIDE, "/book", way)
    inside = await meet()
    await does(inside, *INSIDE, "/book", "[date]", "28 ноября", "/book")
    inside.content = small(inside.content, closed={TUESDAY + timedelta(days=number): "ремонт" for number in range(200)})
    assert await does(inside, "/book") == ["booking.not_yet_open"]


async def _copied(meet: Meet) -> None:
    """Visits of every kind in the copy of one's data, read in a messenger."""
    talk = await meet(channel="vk", clock=FixedClock())
    await does(talk, *LINES, *TO_DAYS, "завтра в 15", "[ok]", "[yes]", "/book", "[cancel]")
    for state in ("served", "no_show"):
        await does(talk, "/book", "[r:job_matcher]", "в четверг в 15", "[ok]", "[yes]")
        row = next(row for row in await bookings(talk) if row.role == MATCHER)
        async with talk.database.write() as tx:
            await Book(tx, talk.content, talk.clock.now()).mark(row.id, state, actor=MATCHER)
    await does(talk, "/book", "[r:job_matcher]", "через неделю в четверг в 15", "[ok]", "[yes]")
    row = next(row for row in await bookings(talk) if row.role == MATCHER)
    async with talk.database.write() as tx:
        assert await tx.bookings.tell_resume(row.id, row.citizen_id or "", "promised", now=talk.clock.now())
    point = talk.content.points[POINT]
    shut = {TUESDAY + timedelta(days=number): "ремонт" for number in range(30)}
    talk.content = replace(talk.content, points={POINT: replace(point, closed=shut)})
    await does(talk, "/book", "[book]", "[r:career_advisor]", "[wait]", "[yes]", "/data", "[file]")
    await does(talk, "/book", "[w*]", "[leave]", "/data", "[file]")
