"""
The transcript form of a talk: `talk --transcript` prints it with keys, tests play it.

    > запись                        the citizen typed this
    > [yes]                         pressed the choice "yes"
    < booking.confirm [yes] [no]    the bot said this text, with these choices

With words instead of keys (`talk --save`) it is the form of the talks beside the content (bot/texts/scenes.py).
"""

import re

from bot.engine.press import VERSION
from bot.engine.screen import NAVIGATION
from bot.messages import Button, Outgoing
from bot.texts.scenes import fits
from bot.texts.schema import Text
from bot.texts.template import PLACE

WORDS_CHARS = 60
WORDS_MIN = 8
_GAPS = re.compile(r"…(?:[.,:;!?» «]*…)+")
_NUMBERED = re.compile(r"(\d{1,2})\. (.+)\Z")


def buttons(message: Outgoing) -> dict[str, str]:
    """Choice id -> button data, in the order shown, navigation included."""
    found = {}
    for row in message.rows:
        for button in row:
            if choice := _choice(button):
                found[choice] = button.data
    return found


def line(message: Outgoing) -> str:
    """`< key [choice] [choice]`; navigation, being everywhere, is left out. Empty for a later piece of one text."""
    if not message.key:
        return ""
    choices = [choice for choice in buttons(message) if not _is_navigation(choice)]
    return " ".join([f"< {message.key}", *(f"[{choice}]" for choice in choices)])


def labels(message: Outgoing, *, all_of_them: bool = False) -> dict[str, str]:
    """
    Label -> button data (empty for a link), in the order shown; a numbered list gives its labels to the numbers.

    Navigation, being everywhere, is left out, unless `all_of_them`.
    """
    own = [button for row in message.rows for button in row if not _is_navigation(_choice(button))]
    listed = _listed(message.text, len(own)) if all(button.label.isdecimal() for button in own) else []
    names = listed or [button.label for button in own]
    found = {name: button.data for name, button in zip(names, own, strict=True)}
    if all_of_them:
        found |= {button.label: button.data for row in message.rows for button in row if button not in own}
    return found


def words(message: Outgoing) -> str:
    """What was said, in one line, without the numbered list that stands for labels."""
    own = [button for row in message.rows for button in row if not _is_navigation(_choice(button))]
    text = message.text
    if own and all(button.label.isdecimal() for button in own) and _listed(text, len(own)):
        text = "\n".join(text.rstrip().split("\n")[: -len(own)])
    return " ".join(text.split())


def spoken(message: Outgoing, text: Text | None) -> str:
    """
    `< first words … [label] [label]`. Empty for a later piece of one text.

    text: what the message was made of. «…» stands for its values, which change with offices and plans; of a list of
    content, which admins make longer, only the first label is named.
    """
    if not message.key:
        return ""
    own = text.buttons.values() if text is not None else ()
    shown = []
    for label in labels(message):
        shown.append(f"[{label}]")
        if label not in own:
            shown.append("[…]")
            break
    return " ".join([f"< {_beginning(message, text)}", *shown])


def _beginning(message: Outgoing, text: Text | None) -> str:
    """What the text always says, if that is something; else the first line of what was said."""
    said = words(message)
    if text is not None:
        frame = _GAPS.sub("…", " ".join(PLACE.sub("…", text.text).split())).replace("….", "…")
        frame = frame if len(frame) <= WORDS_CHARS else f"{_cut(frame)} …"
        letters = sum(letter.isalpha() for letter in frame)
        if letters >= WORDS_MIN and not frame.startswith("…") and fits(frame, said):
            return frame
    first = " ".join(message.text.strip().partition("\n")[0].split())
    if first == said and len(first) <= WORDS_CHARS:
        return first
    return f"{first if len(first) <= WORDS_CHARS else _cut(first)} …"


def _cut(text: str) -> str:
    return text[:WORDS_CHARS].rpartition(" ")[0].rstrip(" …")


def _choice(button: Button) -> str:
    parts = button.data.split("|")
    return parts[3] if len(parts) == 5 and parts[0] == VERSION else ""


def _is_navigation(choice: str) -> bool:
    return choice.partition(":")[0] in NAVIGATION


def _listed(text: str, count: int) -> list[str]:
    """The labels of the numbered list that the text ends with, or none."""
    found = [_NUMBERED.match(row) for row in text.rstrip().split("\n")[-count:]] if count else []
    numbers = [int(match[1]) for match in found if match]
    return [match[2] for match in found if match] if numbers == list(range(1, count + 1)) else []
