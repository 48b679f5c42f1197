"""Files `texts/<flow>.yaml`: what the bot says in dialogs, against what the code needs."""

from collections.abc import Mapping

from bot.texts.mistakes import Mistakes, listed, nearest
from bot.texts.reader import Reader
from bot.texts.schema import LABEL_CHARS, SHORT_LABEL_CHARS, Need, Text, frozen
from bot.texts.template import compiled, places
from bot.texts.tree import Branch

# every flow has these: labels that stand under any screen, and two marks that `render` adds
COMMON: Mapping[str, Need] = {
    f"common.{name}": Need() for name in ("back", "more", "previous", "menu", "human", "no_contact", "not_sure")
}
LABELS = ("back", "more", "previous", "menu", "human")


def read_talk(flow: str, reader: Reader, needs: Mapping[str, Need]) -> dict[str, Text]:
    """Texts of one file by full key. needs: those of a flow that has none here accept any key."""
    texts: dict[str, Text] = {}
    for step in reader.names():
        if not reader.is_id(step):
            continue
        key = f"{flow}.{step}"
        need = needs.get(key)
        if need is None and (own := [one.removeprefix(f"{flow}.") for one in needs if one.startswith(f"{flow}.")]):
            close = nearest(step, own)
            reader.wrong(
                step, "программа такого текста не знает", f"возможно, {close}" if close else f"можно: {listed(own)}"
            )
        values = None if need is None else tuple(value.rstrip("?") for value in need.values)
        text, buttons = _read_text(flow, step, reader, values)
        if need is not None and text:
            _compare(step, text, buttons, need, reader)
        pattern, names = compiled(text)
        is_simple = not any("." in name for name in names)
        if not names:
            pattern = text
        texts[key] = Text(key, text, frozen(buttons), pattern, names, is_simple)
    reader.done()
    return texts


def missing(
    texts: Mapping[str, Text], needs: Mapping[str, Need], trees: Mapping[str, Branch], mistakes: Mistakes
) -> None:
    """Note every text that the code needs and nobody wrote. trees: file → its tree, unreadable files left out."""
    absent: dict[str, list[str]] = {}
    for key in needs:
        if key not in texts:
            flow, _, step = key.partition(".")
            absent.setdefault(flow, []).append(step)
    for flow, steps in absent.items():
        file = f"texts/{flow}.yaml"
        if file in trees:
            for step in steps:
                if step not in trees[file].entries:
                    mistakes.add(file, 1, f"нет текста «{step}»", f"добавьте строку «{step}: …»")
        elif not mistakes.is_noted(file):
            mistakes.add(file, 1, "нет файла", f"верните его; в нём тексты: {listed(steps)}")


def _read_text(flow: str, step: str, reader: Reader, values: tuple[str, ...] | None) -> tuple[str, dict[str, str]]:
    if flow == "common" and step in LABELS:
        return reader.label(step, SHORT_LABEL_CHARS), {}
    node = reader.node(step)
    if not isinstance(node, Branch) or node.is_flow:
        return reader.text(step, values=values), {}
    inner = reader.child(step)
    assert inner is not None
    text = inner.text("text", values=values)
    labels = inner.child("buttons", optional=True)
    buttons: dict[str, str] = {}
    if labels is not None:
        for choice in labels.names():
            if labels.is_id(choice):
                label = labels.label(choice, LABEL_CHARS)
                if label and label in buttons.values():
                    labels.wrong(choice, f"та же надпись «{label}», что у другой кнопки", "сделайте надписи разными")
                buttons[choice] = label
        labels.done()
    inner.done()
    return text, buttons


def _compare(step: str, text: str, buttons: Mapping[str, str], need: Need, reader: Reader) -> None:
    used = set(places(text))
    for value in need.values:
        if not value.endswith("?") and value not in used:
            reader.wrong(step, f"без подстановки {{{value}}}", f"впишите {{{value}}} туда, где должно стоять значение")
    for choice in need.buttons:
        if choice not in buttons:
            reader.wrong(step, f"без кнопки «{choice}»", f"добавьте под buttons строку «{choice}: надпись»")
    for choice in buttons:
        if choice not in need.buttons:
            close = nearest(choice, need.buttons)
            remedy = (
                f"возможно, {close}" if close else f"можно: {listed(need.buttons)}" if need.buttons else "удалите её"
            )
            reader.wrong(step, f"с неизвестной кнопкой «{choice}»", remedy)
