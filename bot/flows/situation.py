"""
What life situation the citizen is in; several at once.

choose --> more --> ready --> consent --> profile --> plan
  ^          |        +-----> the situation's page
  +----------+
"""

from bot.engine.effects import Ask, Choice, ChooseSituations, Effect, Enter, Goto, Keep
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.texts.schema import Need
from bot.texts.situation import Situation

flow = Flow(
    "situation",
    start="choose",
    says={
        "choose": Need(buttons=("relatives",)),
        "more": Need(("chosen",), buttons=("enough",)),
        "ready": Need(("chosen",), buttons=("plan", "page")),
        "not_ready": Need(("chosen",), buttons=("page", "handover", "questions")),
    },
)


def _picked(turn: Turn) -> list[Situation]:
    known = turn.content.situations
    return [known[id_] for id_ in turn.data.get("picked", ()) if id_ in known]


def _names(situations: list[Situation]) -> str:
    return ", ".join(f"«{situation.label}»" for situation in situations)


@flow.asks("choose")
async def ask_choose(turn: Turn) -> list[Effect]:
    situations = [Choice(one.id, one.label) for one in turn.content.situations.values()]
    return [Ask("situation.choose", [*situations, Choice("relatives")])]


@flow.hears("choose", anytime=True)
async def chosen(turn: Turn) -> list[Effect]:
    if turn.heard == "relatives":
        return [Enter("relatives")]
    if turn.heard not in turn.content.situations:
        return [Goto("choose")]
    if turn.policy == "information":
        return [Enter("info", "page", situation=turn.heard)]
    return [Keep(picked=[turn.heard]), Goto("more")]


@flow.asks("more")
async def ask_more(turn: Turn) -> list[Effect]:
    picked = _picked(turn)
    rest = [one for one in turn.content.situations.values() if one not in picked]
    if not picked:
        return [Goto("choose")]
    if not rest:
        return [Goto("ready")]
    choices = [Choice(one.id, one.label) for one in rest]
    return [Ask("situation.more", [Choice("enough"), *choices], chosen=_names(picked))]


@flow.hears("more")
async def more_chosen(turn: Turn) -> list[Effect]:
    picked = [one.id for one in _picked(turn)]
    if turn.heard == "enough":
        if turn.has_consent:
            return [ChooseSituations(picked), Goto("ready")]
        return [Goto("ready")]
    return [Keep(picked=[*picked, turn.heard]), Goto("more")]


@flow.asks("ready")
async def ask_ready(turn: Turn) -> list[Effect]:
    picked = _picked(turn)
    if any(one.plan for one in picked):
        return [Ask("situation.ready", [Choice("plan"), Choice("page")], chosen=_names(picked))]
    return [
        Ask("situation.not_ready", [Choice("page"), Choice("handover"), Choice("questions")], chosen=_names(picked))
    ]


@flow.hears("ready")
async def ready_answered(turn: Turn) -> list[Effect]:
    picked = _picked(turn)
    if turn.heard == "plan":
        if turn.has_consent:
            return [Enter("profile")]  # what the new situation asks and nobody answered yet
        return [Enter("consent", picked=[one.id for one in picked])]
    if turn.heard in ("handover", "questions"):
        return [Enter(turn.heard)]
    if len(picked) == 1:
        return [Enter("info", "page", situation=picked[0].id)]
    return [Enter("info")]
