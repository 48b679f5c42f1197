"""A small talk about appointments: every effect and every read of booking, nothing about words."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.booking.slots import slot_of
from bot.engine.bookings import (
    CancelBooking,
    Confirm,
    ConfirmVisit,
    Hold,
    LeaveWaiting,
    MarkReminded,
    MoveBooking,
    Release,
    RunLate,
    TakeOffer,
    WaitFor,
)
from bot.engine.effects import Ask, Choice, Effect, Enter, Goto, Notice, Say
from bot.engine.flow import Flow, Flows
from bot.engine.openings import openings
from bot.engine.turn import Turn
from bot.flows import FLOWS
from bot.texts.schema import Content, Text
from tests.booking.desk import ADVISOR, POINT, TUESDAY

SHOWN = 3
LABELS = ("slot", "yes", "no", "move", "cancel", "late", "come", "wait", "take", "leave")

visits = Flow("booking", start="times", says={}, personal=True)


def the_flows() -> Flows:
    """The real ones, with this talk in the place of the one about booking; it alone is reminded of visits."""
    own = set(visits.due)
    others = [flow for flow in FLOWS.by_name.values() if flow.name != "booking" and not own & set(flow.due)]
    return Flows([*others, visits])


def the_content(content: Content) -> Content:
    """With a text for each key of the talk: the key itself."""
    texts = dict(content.texts)
    for name in ("times", "none", "taken", "sure", "mine", "soon", "offer", "lost", "over"):
        key = f"booking.{name}"
        texts[key] = Text(key, key, {label: label for label in LABELS}, key, (), True)
    return replace(content, texts=texts)


@visits.asks("times")
async def ask_times(turn: Turn) -> Sequence[Effect]:
    free = await openings(turn, POINT, ADVISOR)
    names = [f"slot:{opening.slot.id}" for opening in free[:SHOWN]]
    return [Ask("booking.times", [Choice(name, label=name[-10:]) for name in names] + [Choice("wait")])]


@visits.hears("times", anytime=True)
async def time_chosen(turn: Turn) -> Sequence[Effect]:
    if turn.heard == "wait":
        return [WaitFor(turn.id, POINT, ADVISOR, TUESDAY, date(2026, 12, 15)), Goto("mine")]
    slot = slot_of(turn.content, turn.about)
    if slot is None:
        return [Say("booking.taken"), Goto("times")]
    return [Hold(turn.id, slot, refused=[Say("booking.taken"), Goto("times")]), Goto("sure")]


@visits.asks("sure")
async def ask_sure(turn: Turn) -> Sequence[Effect]:
    held = [row for row in await turn.reads.bookings() if row.is_held]
    return [Ask("booking.sure", [Choice(f"yes:{held[0].id}"), Choice(f"no:{held[0].id}")])]


@visits.hears("sure", anytime=True)
async def sure(turn: Turn) -> Sequence[Effect]:
    if turn.heard == "no":
        return [Release(turn.about), Goto("times")]
    return [Confirm(turn.about, refused=[Say("booking.taken"), Goto("times")]), Goto("mine")]


@visits.asks("mine")
async def ask_mine(turn: Turn) -> Sequence[Effect]:
    """One button for each thing that may be done; labels tell what this turn sees."""
    choices = []
    for row in await turn.reads.bookings():
        seen = f"{row.wall[5:]} {row.state}{' late' if row.is_late else ''}"
        choices += [Choice(f"{name}:{row.id}", label=seen) for name in ("move", "cancel", "late", "come")]
    for wish in await turn.reads.waiting():
        choices.append(Choice(f"leave:{wish.id}", label=f"{wish.state} {wish.from_day}"))
    return [Ask("booking.mine" if choices else "booking.none", choices)]


@visits.hears("mine", anytime=True)
async def mine(turn: Turn) -> Sequence[Effect]:
    if turn.heard == "move":
        latest = (await openings(turn, POINT, ADVISOR))[-1].slot
        return [MoveBooking(turn.about, latest, refused=[Say("booking.taken"), Goto("mine")]), Goto("mine")]
    done: dict[str, Effect] = {
        "cancel": CancelBooking(turn.about, "cant_come"),
        "late": RunLate(turn.about),
        "come": ConfirmVisit(turn.about),
        "leave": LeaveWaiting(turn.about),
    }
    return [done[turn.heard], Goto("mine")]


@visits.asks("offer")
async def ask_offer(turn: Turn) -> Sequence[Effect]:
    return [Enter("booking", "mine")]


@visits.hears("offer", anytime=True)
async def offer_answered(turn: Turn) -> Sequence[Effect]:
    if turn.heard == "leave":
        return [LeaveWaiting(turn.about), Goto("mine")]
    return [TakeOffer(turn.about, refused=[Say("booking.taken"), Goto("mine")]), Goto("mine")]


@visits.reminds("booking_day")
async def remind_day(turn: Turn) -> Sequence[Effect]:
    return await _remind(turn)


@visits.reminds("booking_soon")
async def remind_soon(turn: Turn) -> Sequence[Effect]:
    return await _remind(turn)


async def _remind(turn: Turn) -> Sequence[Effect]:
    if turn.about not in {row.id for row in await turn.reads.bookings()}:
        return []
    choices = [Choice(f"come:{turn.about}"), Choice(f"cancel:{turn.about}")]
    return [MarkReminded(turn.about), Notice("booking.soon", choices, at="booking.mine", subject=turn.source)]


async def _offered(turn: Turn, key: str) -> Sequence[Effect]:
    wish = await turn.reads.wish(turn.about)
    assert wish is not None
    choices = [Choice(f"take:{wish.id}"), Choice(f"leave:{wish.id}")] if wish.offered else []
    return [Notice(key, choices, at="booking.offer", subject=turn.source)]


@visits.reminds("booking_offer")
async def remind_offer(turn: Turn) -> Sequence[Effect]:
    return await _offered(turn, "booking.offer")


@visits.reminds("booking_closed")
async def remind_lost(turn: Turn) -> Sequence[Effect]:
    return await _offered(turn, "booking.lost")


@visits.reminds("booking_offer_over")
async def remind_over(turn: Turn) -> Sequence[Effect]:
    return await _offered(turn, "booking.over")
