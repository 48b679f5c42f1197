"""
VK's rules for keyboards, as refused by error 911.

Source: dev.vk.com keyboard: inline 5 x 6, at most 10 buttons, no one_time; else 5 x 10, at most 40; label 1..40;
payload valid JSON, at most 255 characters. `callback` buttons stand in both kinds.
"""

import json
from dataclasses import dataclass
from typing import Any

PER_ROW = 5
KINDS = frozenset({"text", "callback", "open_link", "open_app", "location", "vkpay"})
COLOURS = frozenset({"primary", "secondary", "positive", "negative"})


@dataclass(frozen=True)
class Key:
    kind: str
    label: str
    payload: str
    link: str

    @property
    def data(self) -> str:
        """What a client under test had put in: `d` of its payload, the link, else the payload as it is."""
        if self.link or not self.payload:
            return self.link
        payload = json.loads(self.payload)
        return str(payload["d"]) if isinstance(payload, dict) and "d" in payload else self.payload


@dataclass(frozen=True)
class Keyboard:
    inline: bool
    rows: tuple[tuple[Key, ...], ...]

    def shown(self) -> list[list[tuple[str, str]]]:
        return [[(key.label, key.data) for key in row] for row in self.rows]

    def find(self, data: str) -> Key:
        """The button with such data or label. Raises LookupError: the citizen sees no such button."""
        keys = [key for row in self.rows for key in row]
        found = next((key for key in keys if key.data == data), None) or next(
            (k for k in keys if k.label == data), None
        )
        if found is None:
            raise LookupError(f"no button {data!r} on this keyboard")
        return found


def keyboard_of(text: str) -> Keyboard:
    """Read and judge. Raises ValueError with VK's kind of words."""
    whole = json.loads(text)
    if not isinstance(whole, dict) or not isinstance(whole.get("buttons"), list):
        raise ValueError("buttons is required")
    inline = bool(whole.get("inline"))
    if inline and whole.get("one_time"):
        raise ValueError("one_time is not allowed for inline")
    rows = whole["buttons"]
    if len(rows) > (6 if inline else 10):
        raise ValueError("too much rows")
    for n, row in enumerate(rows):
        if not row or len(row) > PER_ROW:
            raise ValueError(f"row {n} contains too much columns" if row else f"row {n} is empty")
    if sum(map(len, rows)) > (10 if inline else 40):
        raise ValueError("too much buttons")
    return Keyboard(inline, tuple(tuple(_key(button) for button in row) for row in rows))


def _key(button: Any) -> Key:
    action = button.get("action", {})
    kind, label, payload = action.get("type"), action.get("label", ""), action.get("payload", "")
    if kind not in KINDS:
        raise ValueError("unknown action type")
    if kind in ("text", "callback", "open_link") and not 1 <= len(label) <= 40:
        raise ValueError("label must be of 1..40 characters")
    if "color" in button and (button["color"] not in COLOURS or kind not in ("text", "callback")):
        raise ValueError("color is not allowed")
    if kind == "open_link" and not action.get("link"):
        raise ValueError("link is required")
    if "payload" in action:
        if not isinstance(payload, str) or len(payload) > 255:
            raise ValueError("payload is too long")
        json.loads(payload)
    return Key(kind, label, payload, action.get("link", ""))
