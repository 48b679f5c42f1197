"""
What the citizen has booked: shown, moved, given back, told to be late; reminders of it.

list --> visit --> slots --> moved
           |-----> cancelled, late, confirmed, gone
Notices are heard at `visit`, from any message however old: a button names its booking.
"""

from collections.abc import Sequence
from datetime import timedelta

from bot.booking.slots import may_book
from bot.engine.bookings import CancelBooking, ConfirmVisit, MarkReminded, RunLate
from bot.engine.effects import Ask, Choice, Effect, Enter, Goto, Keep, Notice
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.flows.words.appointments import (
    FILE,
    NAMED,
    bring_text,
    file_choices,
    named,
    place_text,
    point_of,
    role_name,
    short,
    when,
)  # fmt: skip
from bot.flows.words.resume_asked import resume_asked
from bot.texts import render
from bot.texts.schema import Need
from storage.booking_records import BookingRow

LATE_FROM = timedelta(hours=3)  # before the visit
VISIT = ("move", "cancel", "late")

flow = Flow(
    "booked",
    start="list",
    personal=True,
    says={
        "list": Need(("lines",), buttons=("book", "menu")),
        "line": Need(("when", "role")),
        "line_waiting": Need(("role",)),
        "waiting_label": Need(("role",)),
        "visit": Need(("when", "role", "code", "place", "bring"), buttons=(*VISIT, FILE, "book", "menu")),
        "moved": Need(("when", "role", "code", "place"), buttons=(FILE, "v", "menu")),
        "cancelled": Need(("when",), buttons=("again", FILE, "call", "menu")),
        "late": Need(("when",), buttons=("move", "cancel", "menu")),
        "confirmed": Need(("when", "place", "bring"), buttons=("v", "menu")),
        "gone": Need(buttons=("book", "menu")),
        "day": Need(("day", "time"), buttons=("confirm", "move", "cancel")),
        "soon": Need(("day", "time"), buttons=("confirm", "late", "move", "cancel")),
    },
)


async def _visits(turn: Turn) -> list[BookingRow]:
    return [row for row in await turn.reads.bookings() if not row.is_held] if turn.has_consent else []


async def _visit(turn: Turn, ident: str) -> BookingRow | None:
    """The active booking whose id begins so."""
    return next((row for row in await _visits(turn) if len(ident) >= NAMED and row.id.startswith(ident)), None)


# what there is


@flow.asks("list")
async def ask_list(turn: Turn) -> list[Effect]:
    rows = await _visits(turn)
    waits = await turn.reads.waiting() if turn.has_consent else []
    if not rows and not waits:
        return [Enter("booking")]
    if len(rows) + len(waits) == 1:
        return [Keep(booking=rows[0].id), Goto("visit")] if rows else [Enter("queue", waiting=waits[0].id)]
    lines = [_say(turn, "line", when=when(turn, row), role=role_name(turn, row.role)) for row in rows]
    lines += [_say(turn, "line_waiting", role=role_name(turn, row.role)) for row in waits]
    choices = [named("v", row, short(turn, row)) for row in rows]
    choices += [named("w", row, _say(turn, "waiting_label", role=role_name(turn, row.role))) for row in waits]
    return [Ask("booked.list", [*choices, *await _others(turn), Choice("menu")], lines="\n".join(lines))]


def _say(turn: Turn, key: str, **values: str) -> str:
    return render.say(turn.content, f"booked.{key}", values, today=turn.today).strip()


async def _others(turn: Turn) -> list[Choice]:
    """«Записаться к другому специалисту», where there is one whom the citizen has not booked."""
    taken = {row.role for row in await _visits(turn)} | {row.role for row in await turn.reads.waiting()}
    mine, points = turn.citizen.situations, turn.content.points.values()
    is_open = any(
        may_book(turn.content, point.id, role, mine) for point in points for role in point.roles if role not in taken
    )
    return [Choice("book")] if is_open else []


@flow.hears("list", anytime=True)
async def list_answered(turn: Turn) -> list[Effect]:
    return await visit_answered(turn)


@flow.asks("visit")
async def ask_visit(turn: Turn) -> list[Effect]:
    row = await _visit(turn, str(turn.data.get("booking", "")))
    point = point_of(turn, row.point) if row else None
    if row is None:
        return [Goto("gone")]
    is_near = row.starts_at - LATE_FROM <= turn.now and not row.is_late
    ways = [named(way, row) for way in VISIT if way != "late" or is_near]
    return [
        Ask(
            "booked.visit",
            [*ways, *file_choices(turn, row), *await _others(turn), Choice("menu")],
            when=when(turn, row),
            role=role_name(turn, row.role),
            code=row.code,
            place=place_text(turn, point) if point else "",
            bring=bring_text(point) if point else "",
        )
    ]


@flow.hears("visit", anytime=True)
async def visit_answered(turn: Turn) -> list[Effect]:
    """Buttons of this screen, of every notice, and of the screens that follow from them."""
    if turn.heard in ("menu", "handover"):
        return [Enter(turn.heard)]
    if turn.heard == "book":
        return [Enter("booking", "role")]
    if turn.heard == "call":
        return [Enter("booking", "call")]
    if turn.heard == "w":
        return [Enter("queue", waiting=turn.about)]
    row = await _visit(turn, turn.about)
    return _acted(turn, row) if row else [Goto("gone")]


def _acted(turn: Turn, row: BookingRow) -> list[Effect]:
    if turn.heard == "move":
        return [Enter("slots", role=row.role, point=row.point, moving=row.id)]
    if turn.heard == "cancel":
        return [CancelBooking(row.id), Enter("booked", "cancelled", booking=row.id)]
    if turn.heard == "late":
        return [RunLate(row.id), Enter("booked", "late", booking=row.id)]
    if turn.heard == "confirm":
        return [ConfirmVisit(row.id), Enter("booked", "confirmed", booking=row.id)]
    return [Enter("booked", "visit", booking=row.id)]


# what became of it


@flow.asks("moved")
async def ask_moved(turn: Turn) -> list[Effect]:
    row = await _visit(turn, str(turn.data.get("booking", "")))
    point = point_of(turn, row.point) if row else None
    if row is None or point is None:
        return [Goto("list")]
    said = {"when": when(turn, row), "role": role_name(turn, row.role), "code": row.code}
    choices = [*file_choices(turn, row), named("v", row), Choice("menu")]
    return [Ask("booked.moved", choices, **said, place=place_text(turn, point))]


@flow.hears("moved", anytime=True)
async def moved_answered(turn: Turn) -> list[Effect]:
    return await visit_answered(turn)


@flow.asks("cancelled")
async def ask_cancelled(turn: Turn) -> list[Effect]:
    row = await turn.reads.booking(str(turn.data.get("booking", "")))
    if row is None:
        return [Goto("list")]
    choices = [named("again", row), *file_choices(turn, row), Choice("call"), Choice("menu")]
    return [Ask("booked.cancelled", choices, when=when(turn, row))]


@flow.hears("cancelled", anytime=True)
async def cancelled_answered(turn: Turn) -> list[Effect]:
    if turn.heard != "again":
        return await visit_answered(turn)
    row = await turn.reads.booking(str(turn.data.get("booking", "")))
    return [Enter("slots", role=row.role, point=row.point)] if row else [Enter("booking")]


@flow.asks("late")
async def ask_late(turn: Turn) -> list[Effect]:
    row = await _visit(turn, str(turn.data.get("booking", "")))
    if row is None:
        return [Goto("gone")]
    return [Ask("booked.late", [named("move", row), named("cancel", row), Choice("menu")], when=when(turn, row))]


@flow.hears("late", anytime=True)
async def late_answered(turn: Turn) -> list[Effect]:
    return await visit_answered(turn)


@flow.asks("confirmed")
async def ask_confirmed(turn: Turn) -> list[Effect]:
    row = await _visit(turn, str(turn.data.get("booking", "")))
    point = point_of(turn, row.point) if row else None
    if row is None or point is None:
        return [Goto("list")]
    said = {"when": when(turn, row), "place": place_text(turn, point), "bring": bring_text(point)}
    return [Ask("booked.confirmed", [named("v", row), Choice("menu")], **said)]


@flow.hears("confirmed", anytime=True)
async def confirmed_answered(turn: Turn) -> list[Effect]:
    return await visit_answered(turn)


@flow.asks("gone")
async def ask_gone(turn: Turn) -> list[Effect]:
    return [Ask("booked.gone", [Choice("book"), Choice("menu")])]


@flow.hears("gone", anytime=True)
async def gone_answered(turn: Turn) -> list[Effect]:
    return [Enter("booking" if turn.heard == "book" else "menu")]


# reminders


@flow.reminds("booking_day")
async def remind_a_day_before(turn: Turn) -> list[Effect]:
    row = await _visit(turn, turn.about)
    if row is None or row.starts_at - timedelta(hours=turn.content.rules.booking.remind_hours_before) <= turn.now:
        return []  # the clock was late: the other one is due by now
    choices = [named("confirm", row), named("move", row), named("cancel", row)]
    return [_reminder(turn, "day", row, choices), MarkReminded(row.id), *await resume_asked(turn, row)]


@flow.reminds("booking_soon")
async def remind_soon(turn: Turn) -> list[Effect]:
    row = await _visit(turn, turn.about)
    if row is None:
        return []
    says = [] if row.state == "confirmed" else [named("confirm", row)]
    choices = [*says, named("late", row), named("move", row), named("cancel", row)]
    asked = await resume_asked(turn, row) if row.state == "booked" else []  # booked too late for the day before
    return [_reminder(turn, "soon", row, choices), MarkReminded(row.id), *asked]


def _reminder(turn: Turn, key: str, row: BookingRow, choices: Sequence[Choice]) -> Notice:
    day, _, time = when(turn, row).rpartition(", ")
    return Notice(f"booked.{key}", choices, at="booked.visit", subject=turn.source, day=day, time=time)
