"""An answer to a survey's question in words, as its button says it."""

from bot.texts import render
from bot.texts.questionnaire import POINTS, Item
from bot.texts.schema import Content

SCORES = [str(number) for number in range(11)]
STEPS = POINTS.keys()  # each scale is a step of the flow `survey`


def item_of(content: Content, name: str) -> Item | None:
    """The question of `survey.question`, None for what the content has no more."""
    survey, _, item = name.partition(".")
    return content.surveys[survey].items.get(item) if survey in content.surveys else None


def answer_words(content: Content, item: Item, answer: str | None) -> str:
    """answer: as stored; None = passed over."""
    if answer is None:
        return render.say(content, "survey.skipped", {})
    if item.scale == "list":
        return (item.choices or {}).get(answer, answer)
    buttons = content.texts[f"survey.{item.scale}"].buttons
    return buttons.get(answer, answer)
