"""
«Записаться на приём»: who may book, to whom, where. Days and times follow in `slots`, what is booked lives in `booked`.

start --> booked (there is a booking) | who | consent --> start
  |-----> not_yet (cannot come yet) | request (not served by booking) | info (no point, or no consent)
  +-----> role --> place (where there are several) --> slots
central, call: instead of a visit at the point.
"""

from datetime import date, timedelta

from bot.booking.slots import FREE, NOT_YET, day_slots, may_book
from bot.engine.cases import AddWords, OpenCase
from bot.engine.effects import Ask, Choice, ChooseSituations, Effect, Enter, Goto, Keep
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.flows.words.appointments import PLACE, point_of, served_at
from bot.texts import render
from bot.texts.booking import Point
from bot.texts.schema import Need

TOPIC = "call_back"  # of a case: this citizen wants to be called
LOOK_AHEAD = 28  # days after the release in which a day of the point is sought

flow = Flow(
    "booking",
    start="start",
    personal=True,
    says={
        "who": Need(),
        "info": Need(buttons=("handover", "questions", "menu")),
        "request": Need(buttons=("handover", "central", "menu")),
        "not_yet": Need(buttons=("date", "plan", "handover")),
        "not_yet_dated": Need(("date", "day"), buttons=("date", "plan", "handover")),
        "not_yet_open": Need(("date",), buttons=("date", "plan", "handover")),
        "role": Need(("roles",)),
        "does": Need(("name", "does")),
        "place": Need(),
        "central": Need(("contacts",), buttons=("handover", "call", "menu")),
        "call": Need(buttons=("here",)),
        **PLACE,
    },
)


def _situations(turn: Turn) -> list[str]:
    """The citizen's own; before the consent, what was picked in this talk."""
    picked = [str(one) for one in turn.data.get("picked", ())]
    every = dict.fromkeys((*turn.citizen.situations, *picked))
    return [one for one in every if one in turn.content.situations]


@flow.asks("start")
async def start(turn: Turn) -> list[Effect]:
    if turn.must_choose_office:
        return [Enter("office", to="booking")]
    if not turn.content.points:
        return [Goto("info")]
    if any(not row.is_held for row in await turn.reads.bookings()) or await turn.reads.waiting():
        return [Enter("booked")]
    return _onward(turn)


def _onward(turn: Turn) -> list[Effect]:
    situations = _situations(turn)
    if not situations:
        return [Goto("who")]
    if not served_at(turn, situations):
        is_inside = NOT_YET in situations and FREE not in situations
        return [Goto("not_yet" if is_inside else "request")]
    if not turn.has_consent:
        return [Enter("consent", picked=situations, to="booking", otherwise="info")]
    return [Goto("role")]


# who


@flow.asks("who")
async def ask_who(turn: Turn) -> list[Effect]:
    return [Ask("booking.who", [Choice(f"s:{one.id}", one.label) for one in turn.content.situations.values()])]


@flow.hears("who", anytime=True)
async def who_answered(turn: Turn) -> list[Effect]:
    if turn.about not in turn.content.situations:
        return [Goto("who")]
    chosen: list[Effect] = [ChooseSituations([turn.about])] if turn.has_consent else []
    return [*chosen, Keep(picked=[turn.about]), Goto("start")]


@flow.asks("not_yet")
async def ask_not_yet(turn: Turn) -> list[Effect]:
    choices = [Choice("date"), Choice("plan"), Choice("handover")]
    released = await _release(turn)
    if released is None:
        return [Ask("booking.not_yet", choices)]
    said = render.date_words(released)
    if (day := _first_day(turn, released)) is None:
        return [Ask("booking.not_yet_open", choices, date=said)]
    return [Ask("booking.not_yet_dated", choices, date=said, day=render.span_words(day, day))]


async def _release(turn: Turn) -> date | None:
    """The day of release, where the citizen named one that is still to come."""
    answers = await turn.reads.answers() if turn.has_consent else {}
    day = answers.get(_release_question(turn), "")
    return date.fromisoformat(day) if day and date.fromisoformat(day) >= turn.today else None


def _release_question(turn: Turn) -> str:
    return next((one.asked_on for one in turn.content.events.values() if one.asked_on and NOT_YET in one.removes), "")


def _first_day(turn: Turn, released: date) -> date | None:
    """The first day after the release on which somebody receives."""
    points = served_at(turn, [FREE])
    days = [released + timedelta(days=number) for number in range(1, LOOK_AHEAD)]
    for day in days:
        if any(day_slots(turn.content, point.id, role, day) for point in points for role in point.roles):
            return day
    return None


@flow.hears("not_yet", anytime=True)
async def not_yet_answered(turn: Turn) -> list[Effect]:
    if turn.heard != "date":
        return [Enter(turn.heard)]
    question = _release_question(turn)
    if turn.has_consent and question in turn.content.profile:
        return [Enter("profile", "date", asked=question, changing=True)]
    return [Enter("plan")]


@flow.asks("request")
async def ask_request(turn: Turn) -> list[Effect]:
    return [Ask("booking.request", [Choice("handover"), Choice("central"), Choice("menu")])]


@flow.hears("request", anytime=True)
async def request_answered(turn: Turn) -> list[Effect]:
    return [Goto("central")] if turn.heard == "central" else [Enter(turn.heard)]


@flow.asks("info")
async def ask_info(turn: Turn) -> list[Effect]:
    return [Ask("booking.info", [Choice("handover"), Choice("questions"), Choice("menu")])]


@flow.hears("info", anytime=True)
async def info_answered(turn: Turn) -> list[Effect]:
    return [Enter(turn.heard)]


# to whom, where


def _points(turn: Turn, role: str) -> list[Point]:
    situations = _situations(turn)
    return [one for one in served_at(turn, situations) if may_book(turn.content, one.id, role, situations)]


@flow.asks("role")
async def ask_role(turn: Turn) -> list[Effect]:
    if not turn.has_consent or not served_at(turn, _situations(turn)):
        return [Goto("start")]
    booked = {row.role for row in await turn.reads.bookings() if not row.is_held}
    roles = [one for one in turn.content.roles.values() if one.id not in booked and _points(turn, one.id)]
    if not roles:
        return [Enter("booked")]
    said = [
        render.say(turn.content, "booking.does", {"name": one.name, "does": one.does}, today=turn.today).rstrip()
        for one in roles
    ]
    return [Ask("booking.role", [Choice(f"r:{one.id}", one.name) for one in roles], roles="\n\n".join(said))]


@flow.hears("role", anytime=True)
async def role_chosen(turn: Turn) -> list[Effect]:
    points = _points(turn, turn.about)
    if not turn.has_consent or not points:
        return [Goto("start")]
    if len(points) > 1:
        return [Keep(role=turn.about), Goto("place")]
    return [Enter("slots", role=turn.about, point=points[0].id)]


@flow.asks("place")
async def ask_place(turn: Turn) -> list[Effect]:
    points = _points(turn, str(turn.data.get("role", "")))
    if not turn.has_consent or not points:
        return [Goto("start")]
    return [Ask("booking.place", [Choice(f"p:{one.id}", one.address) for one in points])]


@flow.hears("place")
async def place_chosen(turn: Turn) -> list[Effect]:
    if point_of(turn, turn.about) is None:
        return [Goto("place")]
    return [Enter("slots", role=turn.data.get("role"), point=turn.about)]


# instead


@flow.asks("central")
async def ask_central(turn: Turn) -> list[Effect]:
    contacts = turn.fill("{office.name}\n{office.address}\n{office.landmark}\n{office.phone}\n{office.hours}")
    return [Ask("booking.central", [Choice("handover"), Choice("call"), Choice("menu")], contacts=contacts)]


@flow.hears("central", anytime=True)
async def central_answered(turn: Turn) -> list[Effect]:
    return [Goto("call")] if turn.heard == "call" else [Enter(turn.heard)]


@flow.asks("call")
async def ask_call(turn: Turn) -> list[Effect]:
    if not turn.has_consent:
        return [Enter("handover")]
    return [Ask("booking.call", [Choice("here")])]


@flow.hears("call", words=True, phones=True)
async def call_wanted(turn: Turn) -> list[Effect]:
    """The words hold a phone: they go to the specialist and nowhere else."""
    if not turn.has_consent or turn.heard:
        return [Enter("handover")]
    context = f"situations: {','.join(turn.citizen.situations)}\nscreens: {' '.join(turn.before)}"
    added = [AddWords(turn.text), Enter("handover", "added")]
    return [OpenCase(turn.id[:16], TOPIC, turn.text, context, refused=added), Enter("handover", "sent")]
