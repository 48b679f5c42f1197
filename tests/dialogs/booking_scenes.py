"""
Scenes of booking that take more than one citizen, or the clock: with a point where one person is received a week.

meet: a citizen whom nobody knows, `meet(clock=…)`. Each scene gives the citizens to go on with.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from bot.booking.book import Book
from bot.booking.rounds import Rounds
from bot.flows import FLOWS
from bot.texts.booking import Point, Shift
from bot.texts.schema import Content
from storage.booking_records import BookingRow
from tests.dialogs.booking_talks import TO_PLAN
from tests.dialogs.walk import act
from tests.talk import FixedClock, Talk, real_content

Meet = Callable[..., Awaitable[Talk]]
POINT, ADVISOR, MATCHER = "barnaul_alimony", "career_advisor", "job_matcher"
TEN = ((time(10), time(10, 30)),)
TUESDAY = date(2026, 11, 24)


def small(content: Content, **point: object) -> Content:
    """One point, where the advisor has one place on Tuesday at ten and the matcher many on Thursday."""
    shipped: Point = content.points[POINT]
    matcher = next(one for one in shipped.shifts if one.role == MATCHER)
    made = replace(shipped, id="small", places=1, shifts=(Shift(ADVISOR, 1, TEN), matcher), horizon_days=8)
    return replace(content, points={"small": replace(made, **point)})  # type: ignore[arg-type]


async def pays(meet: Meet, clock: FixedClock, **point: object) -> Talk:
    """Somebody with a plan, at the small point."""
    talk = await meet(clock=clock)
    talk.content = small(talk.content, **point)
    await talk.play(TO_PLAN)
    return talk


async def does(talk: Talk, *lines: str) -> list[str]:
    """Say and press; gives the keys of the last answer."""
    answers = []
    for line in lines:
        answers = await act(talk, line)
    return [message.key for message in answers]


TO_DAYS = ("/book", "[r:career_advisor]")
BOOKS = (*TO_DAYS, "[d:2026-11-24]", "[t:2611240300]", "[ok]", "[yes]")


async def booked(meet: Meet, *, to: str = ADVISOR, clock: FixedClock | None = None) -> Talk:
    """Tuesday at ten with the advisor, or Thursday at ten with the matcher."""
    talk = await pays(meet, clock or FixedClock())
    lines = (
        BOOKS if to == ADVISOR else ("/book", "[r:job_matcher]", "[d:2026-11-26]", "[t:2611260300]", "[ok]", "[yes]")
    )
    assert await does(talk, *lines) == ["seat.done"]
    return talk


async def waiting(meet: Meet) -> tuple[Talk, Talk]:
    """Anna has the only place of the day, Boris waits for it."""
    clock = FixedClock()
    anna = await booked(meet, clock=clock)
    boris = await pays(meet, clock)
    keys = await does(boris, *TO_DAYS, "[d:2026-11-24]", "[wait]", "[yes]")
    assert keys == ["queue.joined"]
    return anna, boris


async def offered(meet: Meet) -> tuple[Talk, Talk]:
    """Anna cannot come: the place is offered to Boris."""
    anna, boris = await waiting(meet)
    assert await does(anna, "/book", "[cancel]") == ["booked.cancelled"]
    assert [message.key for message in await boris.tick()] == ["queue.offer"]
    return anna, boris


async def ticked(talk: Talk) -> list[str]:
    """What the clock makes the bot say to this citizen."""
    return [message.key for message in await talk.tick()]


async def bookings(talk: Talk) -> list[BookingRow]:
    """The citizen's active ones."""
    id_ = (await talk.citizen()).id
    async with talk.database.read() as tx:
        return (await tx.bookings.of_citizen([id_], now=talk.clock.now())).get(id_, [])


async def shift_closed(talk: Talk, day: date = TUESDAY, role: str = ADVISOR) -> None:
    """Staff close the shift of the small point."""
    async with talk.database.write() as tx:
        await Book(tx, talk.content, talk.clock.now()).close("small", role, day, actor="staff", reason="ill")


async def rounds(talk: Talk) -> None:
    """What the scheduler does every minute: give back what is kept no longer, offer what is free."""
    shipped = {id_: replace(one, places=5000) for id_, one in real_content(FLOWS).points.items()}  # other people's
    every = replace(talk.content, points={**shipped, **talk.content.points})
    await Rounds(talk.database, talk.clock, lambda: every).go()


def local(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """A moment by the clocks of Barnaul."""
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo("Asia/Barnaul"))
