"""
A bad hour: whatever the citizen was doing, first come words that help and phones. Nobody is asked for a mark after it.

help (duty staff are told, without words) --> a person
phones: the same where nothing about a citizen may be kept, and in a hidden talk
"""

from bot.engine.alarms import RaiseAlarm
from bot.engine.effects import Ask, Choice, Effect, Enter, Keep
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.texts.schema import Need

WAYS = ("handover", "menu")

flow = Flow(
    "crisis",
    start="help",
    says={
        "help": Need(("answer",), buttons=WAYS),
        "phones": Need(("answer",), buttons=WAYS),
        "hidden": Need(("answer",)),
        "soft": Need(("helpline",)),
    },
)


@flow.asks("help")
async def ask_help(turn: Turn) -> list[Effect]:
    kind = str(turn.data.get("kind", ""))
    cry = next((one for one in turn.content.matcher.cries if one.kind == kind), None)
    question = turn.content.questions.get(cry.entry) if cry else None
    if question is None:
        return [Enter("menu")]
    answer, choices = turn.fill(question.answer), [Choice(way) for way in WAYS]
    is_hidden, may_keep = bool(turn.data.get("is_covered")), turn.policy == "full"
    raised: list[Effect] = []
    if may_keep and not turn.data.get("is_raised"):  # once more: back, or an old button
        raised = [RaiseAlarm(turn.id[:16], kind), Keep(is_raised=True)]
    if is_hidden:
        return [*raised, Ask("crisis.hidden", answer=answer)]
    return [*raised, Ask("crisis.help" if may_keep else "crisis.phones", choices, answer=answer)]


@flow.hears("help", anytime=True)
async def way_chosen(turn: Turn) -> list[Effect]:
    return [Enter(turn.heard)]
