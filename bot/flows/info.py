"""
Pages for everybody, without consent: the situation's page and its steps to read.

list --> page --> steps --> step
"""

from bot.engine.effects import Ask, Choice, Effect, Enter, Goto, Keep
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.flows.words.plan_step import PARTS, step_text
from bot.texts.schema import Need, Situation

flow = Flow(
    "info",
    start="list",
    says={
        "list": Need(),
        "page": Need(("name", "audience", "about", "services", "where_to_go"), buttons=("plan", "steps", "questions")),
        "page_without_plan": Need(
            ("name", "audience", "about", "services", "where_to_go", "elsewhere"), buttons=("handover", "questions")
        ),
        "steps": Need(("name",)),
        "step": Need(("title", "body"), buttons=("next",)),
        **PARTS,
    },
)


def _situation(turn: Turn) -> Situation | None:
    return turn.content.situations.get(str(turn.data.get("situation", "")))


@flow.asks("list")
async def ask_list(turn: Turn) -> list[Effect]:
    return [Ask("info.list", [Choice(one.id, one.label) for one in turn.content.situations.values()])]


@flow.hears("list", anytime=True)
async def page_chosen(turn: Turn) -> list[Effect]:
    return [Enter("info", "page", situation=turn.heard)] if turn.heard in turn.content.situations else [Goto("list")]


@flow.asks("page")
async def ask_page(turn: Turn) -> list[Effect]:
    situation = _situation(turn)
    if situation is None:
        return [Goto("list")]
    page = situation.page
    blocks = {name: turn.fill(getattr(page, name)) for name in ("name", "audience", "about", "services", "where_to_go")}
    if situation.plan:
        about = [Choice("plan"), Choice(f"steps:{situation.id}"), Choice("questions")]
        return [Ask("info.page", about, **blocks)]
    elsewhere = turn.fill(situation.elsewhere)
    return [Ask("info.page_without_plan", [Choice("handover"), Choice("questions")], **blocks, elsewhere=elsewhere)]


@flow.hears("page", anytime=True)
async def page_answered(turn: Turn) -> list[Effect]:
    if turn.heard == "steps":
        return [Enter("info", "steps", situation=turn.about)]
    if turn.heard == "plan" and not turn.citizen.situations and turn.data.get("situation"):
        return [Enter("consent", picked=[turn.data["situation"]])]
    return [Enter(turn.heard)] if turn.heard in ("plan", "questions", "handover") else [Goto("page")]


@flow.asks("steps")
async def ask_steps(turn: Turn) -> list[Effect]:
    situation = _situation(turn)
    if situation is None or not situation.plan:
        return [Goto("list")]
    return [Ask("info.steps", [Choice(f"s:{step.id}", step.title) for step in situation.plan], name=situation.label)]


@flow.hears("steps")
async def step_chosen(turn: Turn) -> list[Effect]:
    return [Keep(item=turn.about), Goto("step")]


@flow.asks("step")
async def ask_step(turn: Turn) -> list[Effect]:
    situation = _situation(turn)
    steps = {step.id: step for step in situation.plan} if situation else {}
    step = steps.get(str(turn.data.get("item", "")))
    if step is None:
        return [Goto("steps")]
    following = list(steps)[list(steps).index(step.id) + 1 :][:1]
    choices = [Choice(f"next:{id_}") for id_ in following]
    return [Ask("info.step", choices, title=step.title, body=step_text(turn, "info", step))]


@flow.hears("step")
async def next_step(turn: Turn) -> list[Effect]:
    return [Keep(item=turn.about), Goto("step")]
