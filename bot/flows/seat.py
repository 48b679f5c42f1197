"""
A place that is kept for the citizen becomes theirs: where it is, whose building that is, yes, the code.

address --> confirm --> done
   |           +------> slots.near   (kept too long, and somebody else took it)
   +------> booking.central, booking.call, slots
"""

from bot.booking.reminding import plan
from bot.engine.bookings import Confirm, LeaveWaiting, Release
from bot.engine.effects import Ask, Choice, Effect, Enter, Goto
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.flows.words.appointments import (
    FILE,
    bring_text,
    file_choices,
    place_text,
    point_of,
    role_name,
    when,
)  # fmt: skip
from bot.texts import render
from bot.texts.schema import Need
from storage.booking_records import BookingRow

flow = Flow(
    "seat",
    start="address",
    personal=True,
    says={
        "address": Need(("when", "role", "place"), buttons=("ok", "central", "call", "other")),
        "confirm": Need(("when", "role", "minutes"), buttons=("yes", "other")),
        "done": Need(("when", "role", "code", "place", "bring", "reminders"), buttons=(FILE, "booked", "menu")),
        "will_remind": Need(),
        "will_not_remind": Need(),
        "too_soon": Need(),
    },
)


async def _kept(turn: Turn) -> BookingRow | None:
    """The place that is kept for this citizen with this specialist."""
    rows = await turn.reads.bookings() if turn.has_consent else []
    return next((row for row in rows if row.is_held and row.role == turn.data.get("role")), None)


def _elsewhen(turn: Turn, row: BookingRow | None) -> Enter:
    """To other times: near the one that is gone, where it is known."""
    role, near = turn.data.get("role"), turn.data.get("near")
    if row is not None or near is None:
        return Enter("slots", role=role, point=row.point if row else turn.data.get("point"))
    return Enter("slots", "near", role=role, point=turn.data.get("point"), near=near, taken=True)


@flow.asks("address")
async def ask_address(turn: Turn) -> list[Effect]:
    row = await _kept(turn)
    point = point_of(turn, row.point) if row else None
    if row is None or point is None:
        return [_elsewhen(turn, row)]
    choices = [Choice("ok"), Choice("central"), Choice("call"), Choice("other")]
    said = {"when": when(turn, row), "role": role_name(turn, row.role), "place": place_text(turn, point)}
    return [Ask("seat.address", choices, **said)]


@flow.hears("address")
async def address_answered(turn: Turn) -> list[Effect]:
    if turn.heard == "ok":
        return [Goto("confirm")]
    row = await _kept(turn)
    to = Enter("booking", turn.heard) if turn.heard in ("central", "call") else _elsewhen(turn, row)
    return [*([Release(row.id)] if row else []), to]


@flow.asks("confirm")
async def ask_confirm(turn: Turn) -> list[Effect]:
    row = await _kept(turn)
    if row is None:
        return [_elsewhen(turn, row)]
    said = {"when": when(turn, row), "role": role_name(turn, row.role)}
    minutes = turn.content.rules.booking.hold_minutes
    return [Ask("seat.confirm", [Choice("yes"), Choice("other")], **said, minutes=minutes)]


@flow.hears("confirm")
async def confirmed(turn: Turn) -> list[Effect]:
    row = await _kept(turn)
    if row is None:
        return [_elsewhen(turn, row)]
    if turn.heard != "yes":
        return [Release(row.id), _elsewhen(turn, row)]
    gone = Enter("slots", "near", role=row.role, point=row.point, near=row.starts_at.isoformat(), taken=True)
    waits = [one for one in await turn.reads.waiting() if one.role == row.role]
    left = [LeaveWaiting(one.id) for one in waits]  # what was waited for is found
    return [Confirm(row.id, refused=[gone]), *left, Enter("seat", "done", booking=row.id)]


@flow.asks("done")
async def ask_done(turn: Turn) -> list[Effect]:
    row = next((one for one in await turn.reads.bookings() if one.id == turn.data.get("booking")), None)
    point = point_of(turn, row.point) if row else None
    if row is None or point is None:
        return [Enter("booked")]
    reminders = render.say(turn.content, f"seat.{_reminders(turn, row)}", {}, today=turn.today)
    return [
        Ask(
            "seat.done",
            [*file_choices(turn, row), Choice("booked"), Choice("menu")],
            when=when(turn, row),
            role=role_name(turn, row.role),
            code=row.code,
            place=place_text(turn, point),
            bring=bring_text(point),
            reminders=reminders.strip(),
        )
    ]


def _reminders(turn: Turn, row: BookingRow) -> str:
    if turn.citizen.stopped_at:
        return "will_not_remind"
    return "will_remind" if plan(turn.content, row, turn.now) else "too_soon"


@flow.hears("done", anytime=True)
async def done_answered(turn: Turn) -> list[Effect]:
    return [Enter(turn.heard)]
