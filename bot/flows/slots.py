"""
Day and time of a visit: by buttons, or by words as people type them. What was chosen is kept for five minutes.

day --> time --> seat.address            (booked.moved, where a booking is moved)
 |  ^     +----> near  (somebody was quicker, or the wish fits nothing)
 |  +-- which    (the words can be read in two ways)
 +----> full --> wait
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.booking.slots import may_book, slot_of, zone_of
from bot.booking.wishes import Doubt, Wish, read_wish
from bot.engine.bookings import Hold, MoveBooking, WaitFor
from bot.engine.effects import Ask, Choice, Effect, Enter, Goto, Keep, Say
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.flows.words.answers import at_hand
from bot.flows.words.appointments import (
    Times,
    aimed_at,
    kept,
    moment_words,
    place_text,
    point_of,
    role_name,
    short,
    times_of,
    wish_in,
    wish_words,
)  # fmt: skip
from bot.texts import render
from bot.texts.booking import Point
from bot.texts.schema import Need
from storage.booking_records import Slot

NEAR = 6  # alternatives on one screen, with the ways on eight
DOUBTS = ("past", "no_such_day", "no_such_time", "unclear")

flow = Flow(
    "slots",
    start="day",
    personal=True,
    says={
        "day": Need(("role", "example", "weekday?"), buttons=("all", "wait")),
        "fitting": Need(("role",), buttons=("all", "wait")),
        "mark_full": Need(("day",)),
        "time": Need(("day", "role"), buttons=("hours", "day")),
        "near": Need(("when?",), buttons=("wait", "day")),
        "off": Need(("when?",), buttons=("wait", "day")),
        "taken": Need(("when?",), buttons=("wait", "day")),
        "which": Need(buttons=("day",)),
        "full": Need(("day",), buttons=("wait", "day", "handover")),
        "none": Need(("role",), buttons=("wait", "call", "central")),
        "wait": Need(("role", "days", "place", "minutes"), buttons=("yes", "no")),
        "any_day": Need(),
        "not_understood": Need(("example", "weekday?")),
        **{f"doubt_{why}": Need(("weekday?",)) for why in DOUBTS},
    },
)


@dataclass(frozen=True, slots=True)
class Aim:
    """What is being booked or moved. moving: the booking, empty for a new one."""

    point: Point
    role: str
    moving: str


async def _aim(turn: Turn) -> Aim | None:
    """None: the talk must begin anew: content, consent or bookings have changed meanwhile."""
    point, role = point_of(turn, str(turn.data.get("point", ""))), str(turn.data.get("role", ""))
    if point is None or not turn.has_consent:
        return None
    moving = str(turn.data.get("moving") or "")
    own = [row for row in await turn.reads.bookings() if not row.is_held]
    if moving:
        return Aim(point, role, moving) if any(row.id == moving for row in own) else None
    if not may_book(turn.content, point.id, role, turn.citizen.situations) or any(row.role == role for row in own):
        return None
    return Aim(point, role, "")


# day


@flow.asks("day")
async def ask_day(turn: Turn) -> list[Effect]:
    aim = await _aim(turn)
    if aim is None:
        return [Enter("booking")]
    times, wish = await times_of(turn, aim.point, aim.role), wish_in(turn.data)
    days = times.days(Wish())
    if not days:
        return [Goto("none")]
    shown = times.days(replace(wish, since=Wish().since, until=Wish().until)) or days
    choices = [Choice(f"d:{day}", _day_label(turn, times, day, is_open)) for day, is_open in shown.items()]
    ways = [Choice("all")] if len(shown) < len(days) else []
    ways += [] if all(days.values()) else [Choice("wait")]
    key = "slots.fitting" if len(shown) < len(days) else "slots.day"
    said = {"example": _example(times), "weekday": _weekday(times)} if key == "slots.day" else {}
    return [Ask(key, at_hand(choices, ways), role=role_name(turn, aim.role), **said)]


def _example(times: Times) -> str:
    """«24.11»: a day that can be typed."""
    first = (times.open or times.every)[0]
    return f"{times.local(first):%d.%m}"


def _weekday(times: Times) -> str:
    """«во вторник»: a day on which the specialist receives, in words."""
    first = (times.open or times.every)[0]
    return render.day_words(first.starts_at, times.zone).partition(",")[0]


def _day_label(turn: Turn, times: Times, day: str, is_open: bool) -> str:
    label = render.short_day(render.at_hour(date.fromisoformat(day), 12, times.zone), times.zone)
    return label if is_open else render.say(turn.content, "slots.mark_full", {"day": label}, today=turn.today).strip()


@flow.hears("day", words=True)
async def day_heard(turn: Turn) -> list[Effect]:
    if turn.heard == "all":
        return [Keep(wish=None), Goto("day")]
    if turn.heard == "wait":
        return [Keep(day=None), Goto("wait")]
    if turn.heard == "d":
        aim = await _aim(turn)
        times = await times_of(turn, aim.point, aim.role) if aim else None
        is_open = times is not None and times.days(Wish()).get(turn.about, False)
        return [Keep(day=turn.about), Goto("time" if is_open else "full")]
    return await _wished(turn, "day")


@flow.asks("full")
async def ask_full(turn: Turn) -> list[Effect]:
    if await _aim(turn) is None or not turn.data.get("day"):
        return [Goto("day")]
    day = date.fromisoformat(turn.data["day"])
    return [Ask("slots.full", [Choice("wait"), Choice("day"), Choice("handover")], day=render.span_words(day, day))]


@flow.hears("full", words=True)
async def full_answered(turn: Turn) -> list[Effect]:
    if not turn.heard:
        return await _wished(turn, "day")
    return [Enter("handover")] if turn.heard == "handover" else [Goto(turn.heard)]


@flow.asks("none")
async def ask_none(turn: Turn) -> list[Effect]:
    aim = await _aim(turn)
    if aim is None:
        return [Enter("booking")]
    return [Ask("slots.none", [Choice("wait"), Choice("call"), Choice("central")], role=role_name(turn, aim.role))]


@flow.hears("none")
async def none_answered(turn: Turn) -> list[Effect]:
    return [Keep(day=None), Goto("wait")] if turn.heard == "wait" else [Enter("booking", turn.heard)]


# time


@flow.asks("time")
async def ask_time(turn: Turn) -> list[Effect]:
    aim, day = await _aim(turn), str(turn.data.get("day", ""))
    if aim is None:
        return [Enter("booking")]
    times, wish = await times_of(turn, aim.point, aim.role), wish_in(turn.data)
    of_day = [slot for slot in times.open if slot.day == day]
    if not of_day:
        return [Goto("day")]
    fitting = [slot for slot in of_day if wish.since <= times.local(slot).time() <= wish.until] or of_day
    choices = [Choice(_button(slot), render.time_words(slot.starts_at, times.zone)) for slot in fitting]
    ways = [*([Choice("hours")] if len(fitting) < len(of_day) else []), Choice("day")]
    said = render.day_words(of_day[0].starts_at, times.zone, turn.now)
    return [Ask("slots.time", at_hand(choices, ways), day=said, role=role_name(turn, aim.role))]


def _button(slot: Slot) -> str:
    return f"t:{slot.id.rpartition('.')[2]}"


@flow.hears("time", words=True)
async def time_heard(turn: Turn) -> list[Effect]:
    if turn.heard == "t":
        return await _chosen(turn, turn.about)
    if turn.heard == "hours":
        return [Keep(wish=None), Goto("time")]
    return [Goto("day")] if turn.heard == "day" else await _wished(turn, "time")


async def _chosen(turn: Turn, stamp: str) -> list[Effect]:
    """Keep the place, or move the booking there; whoever was slower is shown what is near."""
    aim = await _aim(turn)
    if aim is None:
        return [Enter("booking")]
    slot = slot_of(turn.content, f"{aim.point.id}.{turn.content.roles[aim.role].code}.{stamp}")
    if slot is None:
        return [Goto("day")]
    near: list[Effect] = [Keep(near=slot.starts_at.isoformat(), taken=True, off=None, wish=None), Goto("near")]
    if aim.moving:
        return [MoveBooking(aim.moving, slot, refused=near), Enter("booked", "moved", booking=aim.moving)]
    return [
        Hold(turn.id, slot, refused=near),
        Enter("seat", role=aim.role, point=aim.point.id, near=slot.starts_at.isoformat()),
    ]


@flow.asks("near")
async def ask_near(turn: Turn) -> list[Effect]:
    aim, near = await _aim(turn), str(turn.data.get("near", ""))
    if aim is None or not near:
        return [Goto("day")]
    times, moment = await times_of(turn, aim.point, aim.role), datetime.fromisoformat(near)
    found = times.nearest(moment, NEAR, wish_in(turn.data))
    if not found:
        return [Goto("none")]
    key = "slots.taken" if turn.data.get("taken") else "slots.near"
    said = moment_words(turn, moment, times.zone)
    if turn.data.get("off"):  # a day or an hour without reception: of «утром» no hour was named
        key = "slots.off"
        said = said if turn.data["off"] == "hour" else render.day_words(moment, times.zone, turn.now)
    choices = [Choice(_button(slot), short(turn, slot)) for slot in found]
    return [Ask(key, [*choices, Choice("wait"), Choice("day")], when=said)]


@flow.hears("near", words=True)
async def near_heard(turn: Turn) -> list[Effect]:
    if turn.heard == "t":
        return await _chosen(turn, turn.about)
    if turn.heard == "wait":
        return [Keep(day=None, wish=None), Goto("wait")]
    return [Keep(wish=None), Goto("day")] if turn.heard == "day" else await _wished(turn, "day")


# words


async def _wished(turn: Turn, step: str) -> list[Effect]:
    """What was typed leads to a time, to a screen with what fits, or is asked back."""
    aim = await _aim(turn)
    if aim is None:
        return [Enter("booking")]
    times = await times_of(turn, aim.point, aim.role)
    if not times.every:
        return [Goto("none")]
    now = render.local(turn.now, times.zone).replace(tzinfo=None)
    wish = read_wish(turn.text, now, asked="time" if step == "time" else "day")
    if wish is None:
        return [Say("slots.not_understood", example=_example(times), weekday=_weekday(times)), Goto(step)]
    if isinstance(wish, Doubt):
        if wish.options:
            return [Keep(options=[kept(_on_day(turn, one, step)) for one in wish.options]), Goto("which")]
        return [Say(f"slots.doubt_{wish.why}", weekday=_weekday(times)), Goto(step)]
    return await _sought(turn, times, _on_day(turn, wish, step))


def _on_day(turn: Turn, wish: Wish, step: str) -> Wish:
    """An hour alone, typed where the times of one day are shown, is meant for that day."""
    if step != "time" or wish.names_day or not turn.data.get("day"):
        return wish
    day = date.fromisoformat(turn.data["day"])
    return replace(wish, first=day, last=day)


async def _sought(turn: Turn, times: Times, wish: Wish) -> list[Effect]:
    fitting = times.fitting(wish)
    free = [slot for slot in fitting if slot.id in times.free]
    if len(free) == 1:
        return await _chosen(turn, free[0].id.rpartition(".")[2])
    days = list(dict.fromkeys(slot.day for slot in free))
    if len(days) == 1:
        return [Keep(wish=kept(wish), day=days[0]), Goto("time")]
    if days:
        return [Keep(wish=kept(wish)), Goto("day")]
    near = fitting[0].starts_at if fitting else aimed_at(turn, wish, times.zone)
    off = None if fitting else "hour" if wish.since == wish.until or not wish.names_day else "day"
    hours = kept(Wish(since=wish.since, until=wish.until)) if wish.names_time else None
    return [Keep(near=near.isoformat(), taken=None, off=off, wish=hours), Goto("near")]


@flow.asks("which")
async def ask_which(turn: Turn) -> list[Effect]:
    aim = await _aim(turn)
    options = _options(turn)
    if aim is None or not options:
        return [Goto("day")]
    zone = (await times_of(turn, aim.point, aim.role)).zone
    choices = [Choice(f"o:{number}", wish_words(turn, one, zone)) for number, one in enumerate(options)]
    return [Ask("slots.which", [*choices, Choice("day")])]


def _options(turn: Turn) -> Sequence[Wish]:
    return [wish_in({"wish": row}) for row in turn.data.get("options", ())]


@flow.hears("which", words=True)
async def which_heard(turn: Turn) -> list[Effect]:
    aim = await _aim(turn)
    if turn.heard == "o" and aim is not None:
        return await _sought(turn, await times_of(turn, aim.point, aim.role), _options(turn)[int(turn.about)])
    return [Keep(wish=None), Goto("day")] if turn.heard else await _wished(turn, "day")


# the waiting list


@flow.asks("wait")
async def ask_wait(turn: Turn) -> list[Effect]:
    aim = await _aim(turn)
    if aim is None:
        return [Enter("booking")]
    day = turn.data.get("day")
    days = render.span_words(date.fromisoformat(day), date.fromisoformat(day)) if day else _any_day(turn)
    return [
        Ask(
            "slots.wait",
            [Choice("yes"), Choice("no")],
            role=role_name(turn, aim.role),
            days=days,
            place=place_text(turn, aim.point),
            minutes=turn.content.rules.booking.offer_minutes,
        )
    ]


def _any_day(turn: Turn) -> str:
    return render.say(turn.content, "slots.any_day", {}, today=turn.today).strip()


@flow.hears("wait")
async def wait_answered(turn: Turn) -> list[Effect]:
    aim = await _aim(turn)
    if turn.heard != "yes" or aim is None:
        return [Goto("day")]
    zone = zone_of(turn.content, aim.point)
    today = render.local(turn.now, zone).date()
    first = last = date.fromisoformat(turn.data["day"]) if turn.data.get("day") else today
    if not turn.data.get("day"):
        last = today + timedelta(days=aim.point.horizon_days)
    return [WaitFor(turn.id, aim.point.id, aim.role, first, last), Enter("queue", "joined", role=aim.role)]
