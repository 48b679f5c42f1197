"""
«Мой план»: the items that fit the citizen's answers, with progress; each is done, stuck, put off or not the citizen's.

list --> item --> changed --> next item
          |---> stuck --> obstacle --> help elsewhere, next item, list
          +---> later ------^      (a reminder comes then)
"""

from collections.abc import Mapping
from datetime import timedelta

from bot.engine.effects import Ask, Choice, Effect, Enter, Goto, Keep, MarkItem, Notice, ResumeReminders, Say
from bot.engine.flow import Flow
from bot.engine.surveys import InviteTo
from bot.engine.turn import Turn
from bot.flows.words.answers import asked
from bot.flows.words.plan_step import PARTS, step_text
from bot.texts import render
from bot.texts.plan import PlanItem, form
from bot.texts.schema import Need
from bot.texts.situation import LEADS, Situation
from storage.records import PlanItemRow

LATER = ("tomorrow", "three_days", "week", "month")
MARKS = {"open": "", "done": "✓", "stuck": "!", "later": "⏰"}

flow = Flow(
    "plan",
    start="list",
    personal=True,
    says={
        "list": Need(("progress",), buttons=("answers", "life", "dropped")),
        "finished": Need(("progress",), buttons=("jobs", "handover", "answers", "life", "dropped")),
        "dropped": Need(),
        "item": Need(("title", "body"), buttons=("done", "stuck", "later", "not_mine", "reopen")),
        "stuck": Need(("title", "who"), buttons=("handover", "questions", "undo", "next", "list")),
        "obstacle": Need(("label", "help"), buttons=(*LEADS, "next", "list")),
        "later": Need(("title",), buttons=LATER),
        "stopped": Need(buttons=("resume", "list")),
        "changed_done": Need(("progress",), buttons=("next", "undo", "list")),
        "changed_later": Need(("day", "time"), buttons=("next", "undo", "list")),
        "changed_not_mine": Need(("progress",), buttons=("next", "undo", "list")),
        "changed_open": Need(("progress",), buttons=("next", "list")),
        "gone": Need(),
        "resumed": Need(),
        "reminder": Need(buttons=("item", "list", "stop")),
        **PARTS,
    },
)


Items = Mapping[str, PlanItem]
Marks = Mapping[str, PlanItemRow]


def _situations(turn: Turn) -> list[Situation]:
    return [turn.content.situations[id_] for id_ in turn.citizen.situations if id_ in turn.content.situations]


def _is_mine(turn: Turn, item: str) -> bool:
    """The item is in a plan of the citizen's situations, whether it fits the answers or not."""
    return any(step.id == item for situation in _situations(turn) for step in situation.plan)


async def _plan(turn: Turn, also: str = "") -> tuple[Items, Marks]:
    """The citizen's plan and marks. What is done stays in it, and so does `also`: the item this screen is about."""
    marks, answers = await turn.reads.plan(), await turn.reads.answers()
    done = {id_ for id_, row in marks.items() if row.state == "done"}
    return form(_situations(turn), answers, {*done, also}), marks


def _state(marks: Marks, item: str) -> str:
    return marks[item].state if item in marks else "open"


def _progress(items: Items, marks: Marks) -> str:
    states = [_state(marks, id_) for id_, item in items.items() if item.is_wanted or _state(marks, id_) == "done"]
    return render.progress(states.count("done"), len(states) - states.count("not_mine"))


def _is_finished(items: Items, marks: Marks) -> bool:
    """Everything is done but what the citizen left out."""
    return all(_state(marks, id_) in ("done", "not_mine") for id_ in items)


def _next(items: Items, marks: Marks, after: str) -> list[Choice]:
    """The next open item: after this one, else from the beginning."""
    order = list(items)
    start = order.index(after) + 1 if after in items else 0
    following = [id_ for id_ in order[start:] + order[:start] if _state(marks, id_) == "open" and id_ != after]
    return [Choice(f"next:{following[0]}")] if following else []


@flow.asks("list")
async def ask_list(turn: Turn) -> list[Effect]:
    if not turn.has_consent:
        return [Enter("consent")] if turn.data.get("picked") else [Enter("situation")]
    if turn.must_choose_office:
        return [Enter("office", to="plan")]
    if not any(situation.plan for situation in _situations(turn)):
        return [Enter("situation")]
    items, marks = await _plan(turn)
    states = {id_: _state(marks, id_) for id_ in items}
    mine = {id_: state for id_, state in states.items() if state != "not_mine"}
    choices = [Choice(f"item:{id_}", f"{MARKS[state]} {items[id_].step.title}".lstrip()) for id_, state in mine.items()]
    ways = [*([Choice("answers")] if asked(turn) else []), Choice("life")]
    if len(mine) < len(items):
        ways.append(Choice("dropped"))
    if _is_finished(items, marks):
        more = [Choice("jobs"), Choice("handover")]
        return [Ask("plan.finished", [*more, *choices, *ways], progress=_progress(items, marks))]
    return [Ask("plan.list", [*choices, *ways], progress=_progress(items, marks))]


@flow.hears("list", anytime=True)
async def list_answered(turn: Turn) -> list[Effect]:
    if turn.heard in ("jobs", "handover", "answers", "life", "stop"):
        return [Enter(turn.heard)]
    if turn.heard == "dropped":
        return [Goto("dropped")]
    if turn.heard == "item":
        return [Enter("plan", "item", item=turn.about)]
    return [Enter("plan")]


@flow.asks("dropped")
async def ask_dropped(turn: Turn) -> list[Effect]:
    items, marks = await _plan(turn)
    dropped = [item.step for id_, item in items.items() if _state(marks, id_) == "not_mine"]
    if not dropped:
        return [Goto("list")]
    return [Ask("plan.dropped", [Choice(f"item:{step.id}", step.title) for step in dropped])]


@flow.hears("dropped", anytime=True)
async def dropped_chosen(turn: Turn) -> list[Effect]:
    return [Enter("plan", "item", item=turn.about)]


@flow.asks("item")
async def ask_item(turn: Turn) -> list[Effect]:
    if not turn.has_consent:
        return [Enter("plan")]
    id_ = str(turn.data.get("item", ""))
    items, marks = await _plan(turn, id_)
    if id_ not in items:
        return [Say("plan.gone"), Enter("plan")]
    if _state(marks, id_) in ("done", "not_mine"):
        choices = [Choice(f"reopen:{id_}")]
    else:
        choices = [Choice(f"{answer}:{id_}") for answer in ("done", "stuck", "later", "not_mine")]
    return [Ask("plan.item", choices, title=items[id_].step.title, body=step_text(turn, "plan", items[id_]))]


@flow.hears("item", anytime=True)
async def item_answered(turn: Turn) -> list[Effect]:
    if not turn.has_consent or not _is_mine(turn, turn.about):
        return [Say("plan.gone"), Enter("plan")]
    here = Keep(item=turn.about)
    if turn.heard == "later":
        return [here, Goto("later")]
    if turn.heard == "stuck":
        return [here, MarkItem(turn.about, "stuck"), Goto("stuck")]
    state = {"done": "done", "not_mine": "not_mine", "reopen": "open"}.get(turn.heard)
    return [here, MarkItem(turn.about, state), Goto("changed")] if state else [here, Goto("item")]


@flow.asks("stuck")
async def ask_stuck(turn: Turn) -> list[Effect]:
    id_ = str(turn.data.get("item", ""))
    items, marks = await _plan(turn, id_)
    if not turn.has_consent or id_ not in items:
        return [Enter("plan")]
    step, obstacles = items[id_].step, turn.content.obstacles.values()
    ways = [Choice(f"o:{one.id}", one.label) for one in obstacles] or [Choice("handover"), Choice("questions")]
    ways += [] if obstacles else _next(items, marks, id_)
    return [
        Ask("plan.stuck", [*ways, Choice(f"undo:{id_}"), Choice("list")], title=step.title, who=turn.fill(step.who))
    ]


@flow.hears("stuck", anytime=True)
async def stuck_answered(turn: Turn) -> list[Effect]:
    if turn.heard in LEADS:
        return [Enter(turn.heard)]
    if turn.heard == "o":
        return [Keep(obstacle=turn.about), Goto("obstacle")]
    return await changed_answered(turn)


@flow.asks("obstacle")
async def ask_obstacle(turn: Turn) -> list[Effect]:
    id_, obstacle = str(turn.data.get("item", "")), turn.content.obstacles.get(str(turn.data.get("obstacle", "")))
    if obstacle is None or not turn.has_consent:
        return [Enter("plan")]
    items, marks = await _plan(turn)
    leads = [choice for lead in obstacle.leads if lead != f"item:{id_}" and (choice := _lead(turn, lead, items))]
    choices = [*leads, *_next(items, marks, id_), Choice("list")]
    return [Ask("plan.obstacle", choices, label=obstacle.label, help=turn.fill(obstacle.help))]


def _lead(turn: Turn, lead: str, items: Items) -> Choice | None:
    """A button of an obstacle's help, None for what this citizen has no more."""
    kind, _, id_ = lead.partition(":")
    if kind == "item":
        return Choice(lead, items[id_].step.title) if id_ in items else None
    if kind == "question":
        question = turn.content.questions.get(id_)
        return Choice(lead, question.label) if question else None
    if kind == "page":
        page = turn.content.pages.get(id_)
        return Choice(lead, page.label) if page else None
    return Choice(lead)


@flow.hears("obstacle", anytime=True)
async def obstacle_answered(turn: Turn) -> list[Effect]:
    if turn.heard in LEADS:
        return [Enter(turn.heard)]
    if turn.heard == "question":
        return [Enter("questions", "answer", question=turn.about)]
    if turn.heard == "page":
        return [Enter("info", "reading", page=turn.about)]
    return [Enter("plan", "item", item=turn.about)] if turn.heard in ("item", "next") else [Enter("plan")]


@flow.asks("later")
async def ask_later(turn: Turn) -> list[Effect]:
    id_ = str(turn.data.get("item", ""))
    items, _ = await _plan(turn, id_)
    if id_ not in items:
        return [Enter("plan")]
    if turn.citizen.stopped_at is not None:
        return [Goto("stopped")]
    choices = [Choice(f"{name}:{id_}") for name in LATER if name in turn.content.rules.later]
    return [Ask("plan.later", choices, title=items[id_].step.title)]


@flow.hears("later", anytime=True)
async def later_chosen(turn: Turn) -> list[Effect]:
    term = turn.content.rules.later.get(turn.heard)
    if term is None or not _is_mine(turn, turn.about) or not turn.has_consent:
        return [Enter("plan")]
    local = render.local(turn.now, turn.office.timezone) + timedelta(days=term.days)
    at = local.replace(hour=term.hour, minute=0, second=0, microsecond=0)
    return [Keep(item=turn.about), MarkItem(turn.about, "later", at), Goto("changed")]


@flow.asks("stopped")
async def ask_stopped(turn: Turn) -> list[Effect]:
    return [Ask("plan.stopped", [Choice("resume"), Choice("list")])]


@flow.hears("stopped")
async def stopped_answered(turn: Turn) -> list[Effect]:
    if turn.heard == "resume":
        return [ResumeReminders(), Say("plan.resumed"), Goto("later")]
    return [Enter("plan")]


@flow.asks("changed")
async def ask_changed(turn: Turn) -> list[Effect]:
    item = str(turn.data.get("item", ""))
    items, marks = await _plan(turn, item)
    if item not in items:
        return [Enter("plan")]
    state, progress = _state(marks, item), _progress(items, marks)
    following = _next(items, marks, item)
    undo = [Choice(f"undo:{item}")]
    if state == "later" and (at := marks[item].later_at) is not None:
        zone = turn.office.timezone
        day, time = render.day_words(at, zone, turn.now), render.time_words(at, zone)
        return [Ask("plan.changed_later", [*following, *undo, Choice("list")], day=day, time=time)]
    if state in ("done", "not_mine"):
        over: list[Effect] = [InviteTo("plan_done")] if _is_finished(items, marks) else []
        return [*over, Ask(f"plan.changed_{state}", [*following, *undo, Choice("list")], progress=progress)]
    return [Ask("plan.changed_open", [*following, Choice("list")], progress=progress)]


@flow.hears("changed", anytime=True)
async def changed_answered(turn: Turn) -> list[Effect]:
    if turn.heard == "next":
        return [Enter("plan", "item", item=turn.about)]
    marks = await turn.reads.plan()
    if turn.heard == "undo" and turn.has_consent and _is_mine(turn, turn.about) and turn.about in marks:
        earlier = marks[turn.about].earlier
        return [Keep(item=turn.about), MarkItem(turn.about, "open" if earlier == "later" else earlier), Goto("changed")]
    return [Enter("plan")]


@flow.reminds("plan_item")
async def remind(turn: Turn) -> list[Effect]:
    items, marks = await _plan(turn)
    if turn.about not in items or _state(marks, turn.about) != "later":
        return []
    choices = [Choice(f"item:{turn.about}"), Choice("list"), Choice("stop")]
    return [Notice("plan.reminder", choices, at="plan.list", subject=turn.source)]
