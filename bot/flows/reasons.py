"""
Why there is no job yet, why help was refused: asked after a visit by choices, counted without a name.

    why_no_job :: no_job --> booking, a person, the menu
    why_no_help :: no_help --> the same
"""

from bot.engine.effects import Ask, Choice, Effect, Enter
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.engine.visits import CountReason
from bot.flows.words.why_asked import NO_HELP, NO_JOB
from bot.texts.schema import Need

WAYS = ("booking", "handover", "menu")

flow = Flow(
    "reasons",
    start="no_job",
    personal=True,
    says={
        "why_no_job": Need(buttons=NO_JOB),
        "why_no_help": Need(buttons=NO_HELP),
        "thanks_no_job": Need(buttons=WAYS),
        "thanks_no_help": Need(buttons=WAYS),
    },
)


@flow.asks("no_job")
async def ask_no_job(turn: Turn) -> list[Effect]:
    return [Ask("reasons.thanks_no_job", [Choice(way) for way in WAYS])]


@flow.hears("no_job", anytime=True)
async def no_job_told(turn: Turn) -> list[Effect]:
    return await _told(turn, "no_job", NO_JOB)


@flow.asks("no_help")
async def ask_no_help(turn: Turn) -> list[Effect]:
    return [Ask("reasons.thanks_no_help", [Choice(way) for way in WAYS])]


@flow.hears("no_help", anytime=True)
async def no_help_told(turn: Turn) -> list[Effect]:
    return await _told(turn, "no_help", NO_HELP)


async def _told(turn: Turn, kind: str, answers: tuple[str, ...]) -> list[Effect]:
    """An answer, with the visit it is about; or a way on."""
    if turn.heard not in answers:
        return [Enter(turn.heard if turn.heard in WAYS else "menu")]
    visit = next((one for one in await turn.reads.visits() if one.booking_id == turn.about), None)
    counted = [CountReason(kind, visit.booking_id, turn.heard, visit.point)] if visit is not None else []
    return [*counted, Enter("reasons", kind)]
