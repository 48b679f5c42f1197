"""Help, and the page of a service that a specialist gives: vacancies."""

from bot.engine.effects import Ask, Choice, Effect, Enter
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.texts.schema import Need

flow = Flow("help", start="text", says={"text": Need(buttons=("menu", "questions", "handover"))})
jobs = Flow("jobs", start="info", says={"info": Need(buttons=("handover", "questions", "plan"))})


@flow.asks("text")
async def ask_text(turn: Turn) -> list[Effect]:
    return [Ask("help.text", [Choice("menu"), Choice("questions"), Choice("handover")])]


@flow.hears("text", anytime=True)
async def text_answered(turn: Turn) -> list[Effect]:
    return [Enter(turn.heard)]


@jobs.asks("info")
async def ask_jobs(turn: Turn) -> list[Effect]:
    return [Ask("jobs.info", [Choice("handover"), Choice("questions"), Choice("plan")])]


@jobs.hears("info", anytime=True)
async def jobs_answered(turn: Turn) -> list[Effect]:
    return [Enter(turn.heard)]
