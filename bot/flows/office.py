"""
Which office of the centre is the citizen's: asked once, where there are several.

ask --> where the citizen was going
"""

from bot.engine.effects import Ask, Choice, ChooseOffice, Effect, Enter, Say
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.texts.schema import Need

flow = Flow("office", start="ask", says={"ask": Need(), "any": Need(), "chosen": Need(("office",))})


@flow.asks("ask")
async def ask_office(turn: Turn) -> list[Effect]:
    return [Ask("office.ask", [Choice(f"o:{id_}", one.short_name) for id_, one in turn.content.offices.items()])]


@flow.hears("ask", anytime=True)
async def office_chosen(turn: Turn) -> list[Effect]:
    if turn.about not in turn.content.offices:
        return [Enter("office", **turn.data)]
    chosen = turn.content.offices[turn.about].short_name
    to = Enter(str(turn.data.get("to") or "menu"), str(turn.data.get("at") or ""), **turn.data.get("given", {}))
    return [ChooseOffice(turn.about), Say("office.chosen", office=chosen), to]
