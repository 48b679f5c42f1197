"""
«Мой план»: the steps with progress; each is done, stuck, put off or not the citizen's.

list --> item --> changed --> next item
          |---> stuck ------^
          +---> later ------^      (a reminder comes then)
"""

from collections.abc import Mapping
from datetime import timedelta

from bot.engine.effects import Ask, Choice, Effect, Enter, Goto, Keep, MarkItem, Notice, ResumeReminders, Say
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.flows.words.plan_step import PARTS, step_text
from bot.texts import render
from bot.texts.schema import Need, PlanStep
from storage.records import PlanItemRow

LATER = ("tomorrow", "three_days", "week", "month")
MARKS = {"open": "", "done": "✓", "stuck": "!", "later": "⏰"}

flow = Flow(
    "plan",
    start="list",
    personal=True,
    says={
        "list": Need(("progress",), buttons=("dropped",)),
        "finished": Need(("progress",), buttons=("jobs", "handover", "dropped")),
        "dropped": Need(),
        "item": Need(("title", "body"), buttons=("done", "stuck", "later", "not_mine", "reopen")),
        "stuck": Need(("title", "who"), buttons=("handover", "questions", "undo", "next", "list")),
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


def _steps(turn: Turn) -> dict[str, PlanStep]:
    """The citizen's plan: steps of all their situations, each once, in the order of the content."""
    chosen = [turn.content.situations[id_] for id_ in turn.citizen.situations if id_ in turn.content.situations]
    return {step.id: step for situation in chosen for step in situation.plan}


def _state(marks: Mapping[str, PlanItemRow], item: str) -> str:
    return marks[item].state if item in marks else "open"


def _progress(steps: Mapping[str, PlanStep], marks: Mapping[str, PlanItemRow]) -> str:
    mine = [id_ for id_ in steps if _state(marks, id_) != "not_mine"]
    return render.progress(sum(_state(marks, id_) == "done" for id_ in mine), len(mine))


def _next(steps: Mapping[str, PlanStep], marks: Mapping[str, PlanItemRow], after: str) -> list[Choice]:
    """The next open step: after this one, else from the beginning."""
    order = list(steps)
    start = order.index(after) + 1 if after in steps else 0
    following = [id_ for id_ in order[start:] + order[:start] if _state(marks, id_) == "open" and id_ != after]
    return [Choice(f"next:{following[0]}")] if following else []


@flow.asks("list")
async def ask_list(turn: Turn) -> list[Effect]:
    if not turn.has_consent:
        return [Enter("consent")] if turn.data.get("picked") else [Enter("situation")]
    steps = _steps(turn)
    if not steps:
        return [Enter("situation")]
    marks = await turn.reads.plan()
    mine = [step for step in steps.values() if _state(marks, step.id) != "not_mine"]
    choices = [Choice(f"item:{step.id}", f"{MARKS[_state(marks, step.id)]} {step.title}".lstrip()) for step in mine]
    dropped = [Choice("dropped")] if len(mine) < len(steps) else []
    if not mine or all(_state(marks, step.id) == "done" for step in mine):
        more = [Choice("jobs"), Choice("handover")]
        return [Ask("plan.finished", [*more, *choices, *dropped], progress=_progress(steps, marks))]
    return [Ask("plan.list", [*choices, *dropped], progress=_progress(steps, marks))]


@flow.hears("list", anytime=True)
async def list_answered(turn: Turn) -> list[Effect]:
    if turn.heard in ("jobs", "handover", "stop"):
        return [Enter(turn.heard)]
    if turn.heard == "dropped":
        return [Goto("dropped")]
    if turn.heard == "item":
        return [Enter("plan", "item", item=turn.about)]
    return [Enter("plan")]


@flow.asks("dropped")
async def ask_dropped(turn: Turn) -> list[Effect]:
    steps, marks = _steps(turn), await turn.reads.plan()
    dropped = [step for step in steps.values() if _state(marks, step.id) == "not_mine"]
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
    step = _steps(turn).get(str(turn.data.get("item", "")))
    if step is None:
        return [Say("plan.gone"), Enter("plan")]
    state = _state(await turn.reads.plan(), step.id)
    if state in ("done", "not_mine"):
        choices = [Choice(f"reopen:{step.id}")]
    else:
        choices = [Choice(f"{answer}:{step.id}") for answer in ("done", "stuck", "later", "not_mine")]
    return [Ask("plan.item", choices, title=step.title, body=step_text(turn, "plan", step))]


@flow.hears("item", anytime=True)
async def item_answered(turn: Turn) -> list[Effect]:
    if not turn.has_consent or turn.about not in _steps(turn):
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
    steps, item = _steps(turn), str(turn.data.get("item", ""))
    if item not in steps:
        return [Enter("plan")]
    following = _next(steps, await turn.reads.plan(), item)
    choices = [Choice("handover"), Choice("questions"), *following, Choice(f"undo:{item}"), Choice("list")]
    who = turn.fill(steps[item].who)
    return [Ask("plan.stuck", choices, title=steps[item].title, who=who)]


@flow.hears("stuck", anytime=True)
async def stuck_answered(turn: Turn) -> list[Effect]:
    if turn.heard in ("handover", "questions"):
        return [Enter(turn.heard)]
    return await changed_answered(turn)


@flow.asks("later")
async def ask_later(turn: Turn) -> list[Effect]:
    steps, item = _steps(turn), str(turn.data.get("item", ""))
    if item not in steps:
        return [Enter("plan")]
    if turn.citizen.stopped_at is not None:
        return [Goto("stopped")]
    choices = [Choice(f"{name}:{item}") for name in LATER if name in turn.content.rules.later]
    return [Ask("plan.later", choices, title=steps[item].title)]


@flow.hears("later", anytime=True)
async def later_chosen(turn: Turn) -> list[Effect]:
    term = turn.content.rules.later.get(turn.heard)
    if term is None or turn.about not in _steps(turn) or not turn.has_consent:
        return [Enter("plan")]
    local = render.local(turn.now, turn.content.default_office.timezone) + timedelta(days=term.days)
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
    steps, marks, item = _steps(turn), await turn.reads.plan(), str(turn.data.get("item", ""))
    if item not in steps:
        return [Enter("plan")]
    state, progress = _state(marks, item), _progress(steps, marks)
    following = _next(steps, marks, item)
    undo = [Choice(f"undo:{item}")]
    if state == "later" and (at := marks[item].later_at) is not None:
        zone = turn.content.default_office.timezone
        day, time = render.day_words(at, zone, turn.now), render.time_words(at, zone)
        return [Ask("plan.changed_later", [*following, *undo, Choice("list")], day=day, time=time)]
    if state in ("done", "not_mine"):
        return [Ask(f"plan.changed_{state}", [*following, *undo, Choice("list")], progress=progress)]
    return [Ask("plan.changed_open", [*following, Choice("list")], progress=progress)]


@flow.hears("changed", anytime=True)
async def changed_answered(turn: Turn) -> list[Effect]:
    if turn.heard == "next":
        return [Enter("plan", "item", item=turn.about)]
    marks = await turn.reads.plan()
    if turn.heard == "undo" and turn.has_consent and turn.about in _steps(turn) and turn.about in marks:
        earlier = marks[turn.about].earlier
        return [Keep(item=turn.about), MarkItem(turn.about, "open" if earlier == "later" else earlier), Goto("changed")]
    return [Enter("plan")]


@flow.reminds("plan_item")
async def remind(turn: Turn) -> list[Effect]:
    marks = await turn.reads.plan()
    if turn.about not in _steps(turn) or _state(marks, turn.about) != "later":
        return []
    choices = [Choice(f"item:{turn.about}"), Choice("list"), Choice("stop")]
    return [Notice("plan.reminder", choices, at="plan.list", subject=turn.source)]
