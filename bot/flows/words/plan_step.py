"""A plan item as one text: why, how, what to take, where, who helps; empty parts are left out."""

from bot.engine.turn import Turn
from bot.texts import render
from bot.texts.plan import PlanItem
from bot.texts.schema import Need

PARTS = {part: Need(("text",)) for part in ("why", "how", "take", "where", "who")}


def step_text(turn: Turn, flow: str, item: PlanItem) -> str:
    """flow: whose text keys head the parts ("plan.why"). Parts are paragraphs."""
    step, reasons = item.step, item.reasons
    parts = {
        "why": reasons[0][1] if len(reasons) == 1 else "\n".join(f"{label}: {why}" for label, why in reasons),
        "how": "\n".join(f"{number}. {line}" for number, line in enumerate(item.how, 1)),
        "take": "\n".join(f"• {line}" for line in step.take),
        "where": step.where,
        "who": step.who,
    }
    filled = {part: turn.fill(text) for part, text in parts.items() if text}
    return "\n\n".join(
        render.say(turn.content, f"{flow}.{part}", {"text": text}, today=turn.today).rstrip()
        for part, text in filled.items()
        if text
    )
