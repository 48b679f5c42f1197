"""/stop: no reminders from this moment; answers still come. One tap turns them on again."""

from bot.engine.effects import Ask, Choice, Effect, Enter, Goto, ResumeReminders, StopReminders
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.texts.schema import Need

flow = Flow(
    "stop",
    start="now",
    says={"done": Need(buttons=("resume", "my_data", "menu")), "resumed": Need(buttons=("plan", "menu"))},
)


@flow.asks("now")
async def stop_now(turn: Turn) -> list[Effect]:
    return [StopReminders(), Goto("done")]


@flow.asks("done")
async def ask_done(turn: Turn) -> list[Effect]:
    return [Ask("stop.done", [Choice("resume"), Choice("my_data"), Choice("menu")])]


@flow.hears("done", anytime=True)
async def done_answered(turn: Turn) -> list[Effect]:
    if turn.heard == "resume":
        return [ResumeReminders(), Goto("resumed")]
    return [Enter("my_data" if turn.heard == "my_data" else "menu")]


@flow.asks("resumed")
async def ask_resumed(turn: Turn) -> list[Effect]:
    return [Ask("stop.resumed", [Choice("plan"), Choice("menu")])]


@flow.hears("resumed", anytime=True)
async def resumed_answered(turn: Turn) -> list[Effect]:
    return [Enter("plan" if turn.heard == "plan" else "menu")]
