"""
The waiting list: a place that becomes free is kept for the next in line, for a while; so is one for a lost booking.

wait --> kept (a place is kept) --> seat.done | booked.moved
  +-------+--> left | missed --> joined (in line again)
Notices are heard at `wait`, from any message however old: a button names what is waited for.
"""

from datetime import date, timedelta

from bot.booking.slots import may_book, zone_of
from bot.engine.bookings import LeaveWaiting, TakeOffer, WaitFor
from bot.engine.effects import Ask, Choice, Effect, Enter, Goto, Keep, Notice
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.flows.words.appointments import NAMED, moment_words, named, point_of, role_name, when, zone_at
from bot.texts import render
from bot.texts.schema import Need
from storage.booking_records import WaitingRow

OFFERED = ("take", "other", "leave")

flow = Flow(
    "queue",
    start="wait",
    personal=True,
    says={
        "joined": Need(("role", "minutes"), buttons=("leave", "menu")),
        "wait": Need(("role", "days"), buttons=("leave", "menu")),
        "kept": Need(("when", "until"), buttons=OFFERED),
        "left": Need(buttons=("book", "menu")),
        "missed": Need(buttons=("book", "menu")),
        "offer": Need(("when", "until"), buttons=("take", "leave")),
        "over": Need(buttons=("again", "book", "menu")),
        "lost": Need(("lost",), buttons=("other", "call", "leave")),
        "lost_kept": Need(("lost", "when", "until"), buttons=OFFERED),
    },
)


async def _live(turn: Turn, ident: str) -> WaitingRow | None:
    """What is still waited for, by the beginning of its id."""
    rows = await turn.reads.waiting() if turn.has_consent else []
    return next((row for row in rows if len(ident) >= NAMED and row.id.startswith(ident)), None)


def _until(turn: Turn, row: WaitingRow) -> str:
    """How long the offered place is kept."""
    return moment_words(turn, row.offer_until or turn.now, zone_at(turn, row.point))


@flow.asks("wait")
async def ask_wait(turn: Turn) -> list[Effect]:
    row = await _live(turn, str(turn.data.get("waiting", "")))
    if row is None:
        return [Goto("missed")]
    if row.offered is not None:
        choices = [named(way, row) for way in OFFERED]
        return [Ask("queue.kept", choices, when=when(turn, row.offered), until=_until(turn, row))]
    days = render.span_words(date.fromisoformat(row.from_day), date.fromisoformat(row.to_day))
    choices = [named("leave", row), Choice("menu")]
    return [Ask("queue.wait", choices, role=role_name(turn, row.role), days=days)]


@flow.hears("wait", anytime=True)
async def wait_answered(turn: Turn) -> list[Effect]:
    """Buttons of this flow's screens and notices."""
    if turn.heard in ("menu", "book"):
        return [Enter("menu" if turn.heard == "menu" else "booking")]
    if turn.heard == "call":
        return [Enter("booking", "call")]
    if turn.heard == "again":
        return await _again(turn)
    row = await _live(turn, turn.about)
    if row is None:
        return [Goto("missed")]
    if turn.heard == "take":
        return await _taken(turn, row)
    if turn.heard == "leave":
        return [LeaveWaiting(row.id), Goto("left")]
    return [Enter("slots", role=row.role, point=row.point)]


async def _taken(turn: Turn, row: WaitingRow) -> list[Effect]:
    """The kept place becomes the citizen's; a booking they have with this specialist moves there."""
    if row.offered is None:
        return [Goto("missed")]
    own = next((one for one in await turn.reads.bookings() if one.role == row.role and not one.is_held), None)
    done = Enter("booked", "moved", booking=own.id) if own else Enter("seat", "done", booking=row.booking_id)
    return [TakeOffer(row.id, refused=[Enter("queue", "missed")]), done]


async def _again(turn: Turn) -> list[Effect]:
    """In line once more, for the same specialist, as far ahead as one may book."""
    ident, _, code = turn.about.partition(".")
    point, role = point_of(turn, ident), next((one.id for one in turn.content.roles.values() if one.code == code), "")
    if point is None or not turn.has_consent or not may_book(turn.content, ident, role, turn.citizen.situations):
        return [Enter("booking")]
    today = render.local(turn.now, zone_of(turn.content, point)).date()
    last = today + timedelta(days=point.horizon_days)
    return [WaitFor(turn.id, point.id, role, today, last), Enter("queue", "joined", role=role)]


@flow.asks("joined")
async def ask_joined(turn: Turn) -> list[Effect]:
    row = next((one for one in await turn.reads.waiting() if one.role == turn.data.get("role")), None)
    if row is None:
        return [Goto("missed")]
    if row.offered is not None:
        return [Keep(waiting=row.id), Goto("wait")]
    minutes = turn.content.rules.booking.offer_minutes
    return [Ask("queue.joined", [named("leave", row), Choice("menu")], role=role_name(turn, row.role), minutes=minutes)]


@flow.hears("joined", anytime=True)
async def joined_answered(turn: Turn) -> list[Effect]:
    return await wait_answered(turn)


@flow.asks("left")
async def ask_left(turn: Turn) -> list[Effect]:
    return [Ask("queue.left", [Choice("book"), Choice("menu")])]


@flow.hears("left", anytime=True)
async def left_answered(turn: Turn) -> list[Effect]:
    return await wait_answered(turn)


@flow.asks("missed")
async def ask_missed(turn: Turn) -> list[Effect]:
    return [Ask("queue.missed", [Choice("book"), Choice("menu")])]


@flow.hears("missed", anytime=True)
async def missed_answered(turn: Turn) -> list[Effect]:
    return await wait_answered(turn)


# said by the clock


@flow.reminds("booking_offer")
async def offer(turn: Turn) -> list[Effect]:
    row = await _live(turn, turn.about)
    if row is None or row.offered is None:
        return []
    choices = [named("take", row), named("leave", row)]
    said = {"when": when(turn, row.offered), "until": _until(turn, row)}
    return [Notice("queue.offer", choices, at="queue.wait", subject=turn.source, **said)]


@flow.reminds("booking_offer_over")
async def offer_over(turn: Turn) -> list[Effect]:
    row = await turn.reads.wish(turn.about) if turn.has_consent else None
    if row is None or row.state != "missed" or row.role not in turn.content.roles:
        return []
    again = Choice(f"again:{row.point}.{turn.content.roles[row.role].code}")
    choices = [again, Choice("book"), Choice("menu")]
    return [Notice("queue.over", choices, at="queue.wait", subject=turn.source)]


@flow.reminds("booking_closed")
async def booking_lost(turn: Turn) -> list[Effect]:
    """The centre takes a booking back: said with another place, where there is one."""
    row = await _live(turn, turn.about)
    if row is None or row.lost_at is None:
        return []
    lost = moment_words(turn, row.lost_at, zone_at(turn, row.point))
    if row.offered is None:
        choices = [named("other", row), Choice("call"), named("leave", row)]
        return [Notice("queue.lost", choices, at="queue.wait", subject=turn.source, lost=lost)]
    said = {"lost": lost, "when": when(turn, row.offered), "until": _until(turn, row)}
    choices = [named(way, row) for way in OFFERED]
    return [Notice("queue.lost_kept", choices, at="queue.wait", subject=turn.source, **said)]
