"""An answer to a survey's question in words, as its button says it."""

from bot.texts import render
from bot.texts.questionnaire import POINTS, Item
from bot.texts.schema import Content

SCORES = [str(number) for number in range(11)]
STEPS = POINTS.keys()  # each scale is a step of the flow `survey`


def answer_words(content: Content, item: Item, answer: str | None) -> str:
    """answer: as stored; None = passed over."""
    if answer is None:
        return render.say(content, "survey.skipped", {})
    if item.scale == "list":
        return (item.choices or {}).get(answer, answer)
    buttons = content.texts[f"survey.{item.scale}"].buttons
    return buttons.get(answer, answer)
