"""What is said when a message fits nothing: never silence, never a dead end."""

from bot.engine.effects import Ask, Choice, Effect, Enter
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.texts.schema import Need

WAYS = ("menu", "questions", "handover")

flow = Flow(
    "fallback",
    start="unknown",
    says={
        "unknown": Need(buttons=WAYS),
        "stale": Need(buttons=WAYS),
        "moved": Need(buttons=WAYS),
        "old_button": Need(),
        "voice": Need(),
        "photo": Need(),
        "file": Need(),
        "sticker": Need(),
        "location": Need(),
        "contact": Need(),
        "edited": Need(),
        "other": Need(),
        "trouble": Need(),
        "late": Need(),
    },
)


@flow.asks("unknown")
async def ask_unknown(turn: Turn) -> list[Effect]:
    return [Ask("fallback.unknown", [Choice(way) for way in WAYS])]


@flow.hears("unknown", anytime=True)
async def way_chosen(turn: Turn) -> list[Effect]:
    return [Enter(turn.heard)]


@flow.asks("stale")
async def ask_stale(turn: Turn) -> list[Effect]:
    return [Ask("fallback.stale", [Choice(way) for way in WAYS])]


@flow.hears("stale", anytime=True)
async def stale_answered(turn: Turn) -> list[Effect]:
    return await way_chosen(turn)


@flow.asks("moved")
async def ask_moved(turn: Turn) -> list[Effect]:
    return [Ask("fallback.moved", [Choice(way) for way in WAYS])]


@flow.hears("moved", anytime=True)
async def moved_answered(turn: Turn) -> list[Effect]:
    return await way_chosen(turn)
