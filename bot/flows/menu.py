"""The main menu, the same in every channel, and what hides behind «Ещё»."""

from bot.engine.effects import Ask, AskAgain, Choice, Effect, Enter
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.texts.schema import Need

MAIN = ("plan", "booking", "jobs", "questions", "handover", "more")
MORE = ("life", "situation", "info", "my_data", "office", "move", "cover", "stop", "help")

flow = Flow("menu", start="main", says={"main": Need(buttons=MAIN)})
more = Flow("more", start="list", says={"list": Need(buttons=(*MORE, "ask_again"))})


@flow.asks("main")
async def ask_main(turn: Turn) -> list[Effect]:
    return [Ask("menu.main", [Choice(name) for name in MAIN])]


@flow.hears("main", anytime=True)
async def main_chosen(turn: Turn) -> list[Effect]:
    return [Enter(turn.heard)] if turn.heard in MAIN else [Enter("menu")]


@more.asks("list")
async def ask_more(turn: Turn) -> list[Effect]:
    is_quiet = (await turn.reads.nudge()).off_at is not None
    left_out = {"office"} if len(turn.content.offices) < 2 else set()
    names = [name for name in MORE if name not in left_out] + (["ask_again"] if is_quiet else [])
    return [Ask("more.list", [Choice(name) for name in names])]


@more.hears("list", anytime=True)
async def more_chosen(turn: Turn) -> list[Effect]:
    if turn.heard == "ask_again" and turn.has_consent:
        return [AskAgain(), Enter("life", "asking")]
    return [Enter(turn.heard)] if turn.heard in MORE else [Enter("more")]
