"""
What a citizen pressed, in the words that stood on the button, for the copy of their data.

First the label of a kept screen; else that of the edition in force; else the id, when nobody knows the words any more.
"""

from collections.abc import Iterator, Mapping, Sequence

from bot.engine.screen import BACK, HUMAN, MENU, NEXT, PREVIOUS
from bot.messages import Outgoing
from bot.texts.schema import Content
from bot.transcript import labels

ASKED = "q"  # of choices that name a question about the citizen, whose ids may be those of items, too
NAVIGATION = {BACK: "back", PREVIOUS: "previous", NEXT: "more", MENU: "menu", HUMAN: "human"}


class Labels:
    """kept: what the bot said to this citizen."""

    def __init__(self, content: Content, kept: Sequence[Outgoing]) -> None:
        self._content = content
        self._shown: dict[tuple[str, str], str] = {}
        for message in kept:
            for label, data in labels(message, all_of_them=True).items():
                if place := _place(data):
                    self._shown[place] = label

    def of(self, data: str) -> str:
        """The label of the button with these data; "" for data of another form."""
        place = _place(data)
        if place is None:
            return ""
        return self._shown.get(place) or next(filter(None, self._now(*place)), place[1])

    def _now(self, screen: str, choice: str) -> Iterator[str]:
        """What the edition in force may call it."""
        content, (head, _, rest) = self._content, choice.partition(":")
        head = head.partition("=")[0]
        if head in NAVIGATION:
            yield content.texts[f"common.{NAVIGATION[head]}"].text
        if screen in content.texts:
            buttons = content.texts[screen].buttons
            yield buttons.get(choice, "") or buttons.get(head, "")
        question, is_answer, answer = rest.partition("=")
        if is_answer and question in content.profile:
            yield content.profile[question].choices.get(answer, "")
        if head == ASKED and rest in content.profile:
            yield content.profile[rest].label
        for name in (rest, choice):
            yield _named(content, name)


def _named(content: Content, id_: str) -> str:
    """The name of what has this id."""
    if id_ in content.situations:
        return content.situations[id_].label
    known: Mapping[str, str] = {step.id: step.title for one in content.situations.values() for step in one.plan}
    if id_ in known:
        return known[id_]
    if id_ in content.questions:
        return content.questions[id_].question
    return content.pages[id_].label if id_ in content.pages else ""


def screen_words(content: Content, key: str, chars: int = 60) -> str:
    """How this screen begins; for one of several texts what the menu calls its talk; the key, when both are gone."""
    if key not in content.texts:
        named = {**content.texts["more.list"].buttons, **content.texts["menu.main"].buttons}
        return named.get(key.partition(".")[0], key)
    words = " ".join(content.texts[key].pattern.replace("%s", "…").replace("%%", "%").split())
    return words if len(words) <= chars else f"{words[:chars].rsplit(' ', 1)[0]}…"


def _place(data: str) -> tuple[str, str] | None:
    """The screen and the choice in a button's data (bot/engine/press.py)."""
    parts = data.split("|")
    return (parts[2], parts[3]) if len(parts) == 5 else None
