"""A plan step as one text: why, how, what to take, where, who helps; empty parts are left out."""

from bot.engine.turn import Turn
from bot.texts import render
from bot.texts.schema import Need, PlanStep

PARTS = {part: Need(("text",)) for part in ("why", "how", "take", "where", "who")}


def step_text(turn: Turn, flow: str, step: PlanStep) -> str:
    """flow: whose text keys head the parts ("plan.why"). Parts are paragraphs."""
    parts = {
        "why": step.why,
        "how": "\n".join(f"{number}. {line}" for number, line in enumerate(step.how, 1)),
        "take": "\n".join(f"• {line}" for line in step.take),
        "where": step.where,
        "who": step.who,
    }
    filled = {part: turn.fill(text) for part, text in parts.items() if text}
    return "\n\n".join(
        render.say(turn.content, f"{flow}.{part}", {"text": text}).rstrip() for part, text in filled.items() if text
    )
