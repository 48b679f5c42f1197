"""Buttons that content names: a flow, a step of the plan, an answer, a page."""

from collections.abc import Sequence

from bot.engine.effects import Choice, Effect, Enter
from bot.engine.turn import Turn
from bot.texts import render

FREE = ("questions", "jobs", "question", "info")  # those that need nobody's consent
MENU = "menu.main"  # whose labels the flows have


def lead_choices(turn: Turn, leads: Sequence[str], *, free: bool = False) -> list[Choice]:
    """The buttons, in order; what the edition or the citizen's plan has no more is left out. free: see FREE."""
    labels = {lead: _label(turn, lead) for lead in leads if not free or lead.partition(":")[0] in FREE}
    return [Choice(lead, label) for lead, label in labels.items() if label]


def _label(turn: Turn, lead: str) -> str:
    kind, _, ident = lead.partition(":")
    content = turn.content
    if kind == "question":
        return content.questions[ident].label if ident in content.questions else ""
    if kind == "info":
        return content.situations[ident].label if ident in content.situations else ""
    if kind == "item":
        chosen = [content.situations[one] for one in turn.citizen.situations if one in content.situations]
        return next((step.title for one in chosen for step in one.plan if step.id == ident), "")
    return render.button(content, MENU, lead) if lead in content.texts[MENU].buttons else ""


def follow(turn: Turn) -> list[Effect] | None:
    """Where the pressed button leads, None when it is none of these."""
    targets = {
        "item": Enter("plan", "item", item=turn.about),
        "question": Enter("questions", "answer", question=turn.about),
        "info": Enter("info", "page", situation=turn.about),
    }
    if turn.heard in targets:
        return [targets[turn.heard]]
    return [Enter(turn.heard)] if turn.heard in turn.content.texts[MENU].buttons else None
