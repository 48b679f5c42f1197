"""
Is the résumé ready? Asked beside the reminder of a visit to the job matcher; the answer stands in the booking, so staff
see it in the list of the day.

    asked, again :: told: ready | promised | help --> the visit, the item of the plan, a person
"""

from bot.engine.bookings import TellResume
from bot.engine.effects import Answer, Ask, Choice, Effect, Enter
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.flows.words.appointments import NAMED, named
from bot.flows.words.resume_asked import ANSWERS, READY, RESUME
from bot.texts.schema import Need
from storage.booking_records import BookingRow, ToldResume

HELP = ("item", "handover", "menu")
KNOWN: dict[str, ToldResume] = {"portal": "portal", "paper": "paper", "promised": "promised", "help": "help"}
IN_PROFILE = {"portal": "portal", "paper": "paper", "help": "none"}  # a promise says nothing of what there is

flow = Flow(
    "prepared",
    start="told",
    personal=True,
    says={
        "asked": Need(buttons=ANSWERS),
        "again": Need(buttons=ANSWERS),
        "ready": Need(buttons=("v", "menu")),
        "promised": Need(buttons=("v", *HELP)),
        "help": Need(buttons=("v", *HELP)),
    },
)


async def _visit(turn: Turn, ident: str) -> BookingRow | None:
    """The booking the question was about, while it is to come."""
    rows = await turn.reads.bookings() if turn.has_consent else []
    return next((row for row in rows if len(ident) >= NAMED and row.id.startswith(ident)), None)


@flow.asks("told")
async def ask_told(turn: Turn) -> list[Effect]:
    how = str(turn.data.get("how", ""))
    row = await _visit(turn, str(turn.data.get("booking", "")))
    visit = [named("v", row)] if row else []
    if how in READY:
        return [Ask("prepared.ready", [*visit, Choice("menu")])]
    own = [turn.content.situations[one] for one in turn.citizen.situations if one in turn.content.situations]
    has_item = any(step.id == RESUME for one in own for step in one.plan)
    ways = [Choice(way) for way in HELP if way != "item" or has_item]
    return [Ask("prepared.promised" if how == "promised" else "prepared.help", [*visit, *ways])]


@flow.hears("told", anytime=True)
async def told(turn: Turn) -> list[Effect]:
    """An answer, with the booking it is about; or a way on."""
    if turn.heard == "item":
        return [Enter("plan", "item", item=RESUME)]
    if turn.heard == "v":
        row = await _visit(turn, turn.about)
        return [Enter("booked", "visit", booking=row.id)] if row else [Enter("booked")]
    if turn.heard not in KNOWN:
        return [Enter(turn.heard if turn.heard in HELP else "menu")]
    return [*await _kept(turn), Enter("prepared", "told", how=turn.heard, booking=turn.about)]


async def _kept(turn: Turn) -> list[Effect]:
    if not turn.has_consent:
        return []
    row = await _visit(turn, turn.about)
    kept: list[Effect] = [TellResume(row.id, KNOWN[turn.heard])] if row else []
    said, asked = IN_PROFILE.get(turn.heard), turn.content.profile.get(RESUME)
    return [*kept, Answer(RESUME, said)] if said and asked is not None and said in asked.choices else kept
