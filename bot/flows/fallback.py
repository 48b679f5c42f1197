"""What is said when a message fits nothing: never silence, never a dead end."""

from collections.abc import Sequence

from bot.engine.effects import Ask, Choice, Effect, Enter
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.guard import KINDS
from bot.texts.schema import Need

WAYS = ("menu", "questions", "handover")
PERSON_FIRST = ("handover", "questions", "menu")

flow = Flow(
    "fallback",
    start="unknown",
    says={
        "unknown": Need(("helpline",), buttons=WAYS),
        "twice": Need(("helpline",), buttons=WAYS),
        "not_these": Need(("helpline",), buttons=WAYS),
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
        "hidden": Need(("what",)),
        **{f"hidden_{kind}": Need() for kind in KINDS},
    },
)


@flow.asks("unknown")
async def ask_unknown(turn: Turn) -> list[Effect]:
    return [_lost(turn, "fallback.unknown", WAYS)]


def _lost(turn: Turn, key: str, ways: Sequence[str]) -> Ask:
    return Ask(key, [Choice(way) for way in ways], helpline=turn.fill(turn.content.rules.helpline))


@flow.hears("unknown", anytime=True)
async def way_chosen(turn: Turn) -> list[Effect]:
    return [Enter(turn.heard)]


@flow.asks("twice")
async def ask_twice(turn: Turn) -> list[Effect]:
    """Not understood two times in a row: a person is offered first."""
    return [_lost(turn, "fallback.twice", PERSON_FIRST)]


@flow.hears("twice", anytime=True)
async def twice_answered(turn: Turn) -> list[Effect]:
    return await way_chosen(turn)


@flow.asks("not_these")
async def ask_not_these(turn: Turn) -> list[Effect]:
    """None of the guesses was right."""
    return [_lost(turn, "fallback.not_these", PERSON_FIRST)]


@flow.hears("not_these", anytime=True)
async def not_these_answered(turn: Turn) -> list[Effect]:
    return await way_chosen(turn)


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
