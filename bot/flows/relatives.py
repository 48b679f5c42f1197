"""
To pass on: a relative, or anybody who asks for another, reads, forwards and prints. Nobody's profile is made of it.

choose --> share --> the page, the steps, the first days, further pages
"""

from bot.engine.effects import Ask, Choice, Effect, Enter, Goto
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.flows.words.reading import asked_about, print_link, readings, way
from bot.texts.schema import Need

BUTTONS = ("page", "steps", "days", "pages")

flow = Flow(
    "relatives",
    start="choose",
    says={
        "choose": Need(),
        "share": Need(("name",), buttons=BUTTONS),
        "share_link": Need(("name", "link"), buttons=BUTTONS),
    },
)


@flow.asks("choose")
async def ask_choose(turn: Turn) -> list[Effect]:
    return [Ask("relatives.choose", [Choice(one.id, one.label) for one in turn.content.situations.values()])]


@flow.hears("choose", anytime=True)
async def situation_chosen(turn: Turn) -> list[Effect]:
    return [Enter("relatives", "share", situation=turn.heard)]


@flow.asks("share")
async def ask_share(turn: Turn) -> list[Effect]:
    situation = asked_about(turn)
    if situation is None:
        return [Goto("choose")]
    choices = readings(turn, situation, *BUTTONS)
    link = print_link(turn, situation)
    if link:
        return [Ask("relatives.share_link", choices, name=situation.label, link=link)]
    return [Ask("relatives.share", choices, name=situation.label)]


@flow.hears("share", anytime=True)
async def share_answered(turn: Turn) -> list[Effect]:
    return [way(turn)]
