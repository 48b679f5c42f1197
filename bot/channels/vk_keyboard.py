"""
Keyboards of VK as the JSON text that messages.send takes, and the same choices as numbered lines.

Source: dev.vk.com keyboard: inline 5 a row, 6 rows, 10 buttons; below the input field 5 a row, 10 rows; label 1..40
characters, payload a JSON text of at most 255; only inline keyboards have no one_time.
"""

import json
from typing import Any

from bot.messages import Button, Outgoing

LABEL_CHARS = 40
TEXT_CHARS = 4096
NO_BUTTONS = '{"inline":true,"buttons":[]}'


def inline(message: Outgoing) -> str:
    """The buttons under the message; an empty keyboard when there are none, which takes away those of an edited one."""
    if not message.rows:
        return NO_BUTTONS
    return _json({"inline": True, "buttons": [[_button(button) for button in row] for row in message.rows if row]})


def bottom(message: Outgoing) -> str:
    """The keyboard under the input field. A press comes back as a text message with the label and `{"m":1}`."""
    rows = [[_menu_button(label) for label in row] for row in message.menu if row]
    return _json({"one_time": False, "inline": False, "buttons": rows})


def numbered(message: Outgoing) -> str:
    """The text with its choices as lines "1. label", for communities and clients without keyboards."""
    buttons = [button for row in message.rows for button in row]
    lines = [f"{n}. {button.label}{': ' + button.url if button.url else ''}" for n, button in enumerate(buttons, 1)]
    choices = "\n\n" + "\n".join(lines) if lines else ""
    return message.text[: max(TEXT_CHARS - len(choices), 0)] + choices


def _button(button: Button) -> dict[str, Any]:
    if button.url:
        return {"action": {"type": "open_link", "label": _label(button.label), "link": button.url}}
    payload = _json({"d": button.data})
    return {"action": {"type": "callback", "label": _label(button.label), "payload": payload}, "color": "secondary"}


def _menu_button(label: str) -> dict[str, Any]:
    return {"action": {"type": "text", "label": _label(label), "payload": '{"m":1}'}, "color": "secondary"}


def _label(label: str) -> str:
    return label if 0 < len(label) <= LABEL_CHARS else label[: LABEL_CHARS - 1] + "…"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
