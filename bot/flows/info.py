"""
Pages for everybody, without consent: the situation's page, its steps, and further reading.

list --> page --> steps --> step
           +----> pages --> reading
"""

from bot.engine.effects import Ask, Choice, Effect, Enter, Goto, Keep
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.flows.words.plan_step import PARTS, step_text
from bot.flows.words.reading import LEADS, asked_about, readings, way
from bot.texts.plan import whole
from bot.texts.schema import Need

BLOCKS = ("name", "audience", "about", "services", "where_to_go")

flow = Flow(
    "info",
    start="list",
    says={
        "list": Need(buttons=("relatives",)),
        "page": Need(BLOCKS, buttons=("plan", "steps", "days", "pages", "share", "questions")),
        "page_without_plan": Need((*BLOCKS, "elsewhere"), buttons=("days", "pages", "share", "handover", "questions")),
        "pages": Need(("name",)),
        "reading": Need(("title", "text"), buttons=("next", "questions", "handover")),
        "steps": Need(("name",)),
        "step": Need(("title", "body"), buttons=("next",)),
        **PARTS,
    },
)


@flow.asks("list")
async def ask_list(turn: Turn) -> list[Effect]:
    situations = [Choice(one.id, one.label) for one in turn.content.situations.values()]
    return [Ask("info.list", [*situations, Choice("relatives")])]


@flow.hears("list", anytime=True)
async def page_chosen(turn: Turn) -> list[Effect]:
    if turn.heard == "relatives":
        return [Enter("relatives")]
    return [Enter("info", "page", situation=turn.heard)] if turn.heard in turn.content.situations else [Goto("list")]


@flow.asks("page")
async def ask_page(turn: Turn) -> list[Effect]:
    situation = asked_about(turn)
    if situation is None:
        return [Goto("list")]
    blocks = {name: turn.fill(getattr(situation.page, name)) for name in BLOCKS}
    more = readings(turn, situation, "days", "pages", "share")
    if situation.plan:
        steps = readings(turn, situation, "steps")
        return [Ask("info.page", [Choice("plan"), *steps, *more, Choice("questions")], **blocks)]
    choices = [*more, Choice("questions"), Choice("handover")]
    return [Ask("info.page_without_plan", choices, **blocks, elsewhere=turn.fill(situation.elsewhere))]


@flow.hears("page", anytime=True)
async def page_answered(turn: Turn) -> list[Effect]:
    if turn.heard in LEADS:
        return [way(turn)]
    if turn.heard == "plan" and not turn.citizen.situations and turn.data.get("situation"):
        return [Enter("consent", picked=[turn.data["situation"]])]
    return [Enter(turn.heard)] if turn.heard in ("plan", "questions", "handover") else [Goto("page")]


@flow.asks("steps")
async def ask_steps(turn: Turn) -> list[Effect]:
    situation = asked_about(turn)
    if situation is None or not situation.plan:
        return [Goto("list")]
    return [Ask("info.steps", [Choice(f"s:{step.id}", step.title) for step in situation.plan], name=situation.label)]


@flow.hears("steps")
async def step_chosen(turn: Turn) -> list[Effect]:
    return [Keep(item=turn.about), Goto("step")]


@flow.asks("step")
async def ask_step(turn: Turn) -> list[Effect]:
    situation = asked_about(turn)
    items = whole(situation) if situation else {}
    item = items.get(str(turn.data.get("item", "")))
    if item is None:
        return [Goto("steps")]
    following = list(items)[list(items).index(item.step.id) + 1 :][:1]
    choices = [Choice(f"next:{id_}") for id_ in following]
    return [Ask("info.step", choices, title=item.step.title, body=step_text(turn, "info", item))]


@flow.hears("step")
async def next_step(turn: Turn) -> list[Effect]:
    return [Keep(item=turn.about), Goto("step")]


@flow.asks("pages")
async def ask_pages(turn: Turn) -> list[Effect]:
    situation = asked_about(turn)
    if situation is None or not (pages := turn.content.pages_of(situation.id)):
        return [Goto("list")]
    return [Ask("info.pages", [Choice(f"p:{page.id}", page.label) for page in pages], name=situation.label)]


@flow.hears("pages")
async def reading_chosen(turn: Turn) -> list[Effect]:
    return [Enter("info", "reading", page=turn.about, situation=turn.data.get("situation"))]


@flow.asks("reading")
async def ask_reading(turn: Turn) -> list[Effect]:
    """Reached from a situation's list, or by `page` alone from wherever a page is named."""
    page, situation = turn.content.pages.get(str(turn.data.get("page", ""))), asked_about(turn)
    if page is None:
        return [Goto("pages")]
    order = [one.id for one in turn.content.pages_of(situation.id)] if situation else []
    following = order[order.index(page.id) + 1 :][:1] if page.id in order else []
    choices = [*(Choice(f"next:{id_}") for id_ in following), Choice("questions"), Choice("handover")]
    return [Ask("info.reading", choices, title=page.label, text=turn.fill(page.text))]


@flow.hears("reading")
async def reading_answered(turn: Turn) -> list[Effect]:
    return await reading_chosen(turn) if turn.heard == "next" else [Enter(turn.heard)]
