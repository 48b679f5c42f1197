"""The main menu, the same in every channel, and what hides behind «Ещё»."""

from bot.engine.effects import Ask, Choice, Effect, Enter
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.texts.schema import Need

MAIN = ("plan", "booking", "jobs", "questions", "handover", "more")
MORE = ("situation", "info", "my_data", "stop", "help")

flow = Flow("menu", start="main", says={"main": Need(buttons=MAIN)})
more = Flow("more", start="list", says={"list": Need(buttons=MORE)})


@flow.asks("main")
async def ask_main(turn: Turn) -> list[Effect]:
    return [Ask("menu.main", [Choice(name) for name in MAIN])]


@flow.hears("main", anytime=True)
async def main_chosen(turn: Turn) -> list[Effect]:
    return [Enter(turn.heard)] if turn.heard in MAIN else [Enter("menu")]


@more.asks("list")
async def ask_more(turn: Turn) -> list[Effect]:
    return [Ask("more.list", [Choice(name) for name in MORE])]


@more.hears("list", anytime=True)
async def more_chosen(turn: Turn) -> list[Effect]:
    return [Enter(turn.heard)] if turn.heard in MORE else [Enter("more")]
