"""What the MAX platform refuses: sizes of a message and its keyboard, and speed."""

from collections import deque
from typing import Any

NARROW = ("link", "open_app", "request_contact", "request_geo_location")
BUTTONS = ("callback", "message", "clipboard", *NARROW)
ATTACHMENTS = ("image", "video", "audio", "file", "sticker", "contact", "inline_keyboard", "location", "share")


def body_fault(body: object) -> str:
    """Why POST or PUT /messages refuses this NewMessageBody (400 `proto.payload`), empty when it does not."""
    if not isinstance(body, dict):
        return "body must be an object"
    text, attachments = body.get("text"), body.get("attachments")
    if text is not None and not isinstance(text, str):
        return "Field 'text' must be a string"
    if text and len(text) > 4000:
        return f"Field 'text' size ({len(text)}) must be at most 4000"
    if not text and not attachments:
        return "`text` or `attachments` required"
    if body.get("format") not in (None, "markdown", "html"):
        return "Field 'format' is unknown"
    if attachments is not None and not isinstance(attachments, list):
        return "Field 'attachments' must be a list"
    for one in attachments or ():
        if not isinstance(one, dict) or one.get("type") not in ATTACHMENTS:
            return "Field 'attachments' holds an unknown type"
        if one["type"] == "inline_keyboard" and (fault := _keyboard_fault(one.get("payload"))):
            return fault
    return ""


def _keyboard_fault(payload: object) -> str:
    rows = payload.get("buttons") if isinstance(payload, dict) else None
    if not isinstance(rows, list) or not rows or not all(isinstance(row, list) and row for row in rows):
        return "Field 'buttons' must be a list of non-empty rows"
    if len(rows) > 30 or sum(map(len, rows)) > 210:
        return "Keyboard is larger than 30 rows or 210 buttons"
    for row in rows:
        if any(fault := _button_fault(button) for button in row):
            return fault
        if len(row) > (3 if any(button["type"] in NARROW for button in row) else 7):
            return "Too many buttons in a row"
    return ""


def _button_fault(button: Any) -> str:
    if not isinstance(button, dict) or button.get("type") not in BUTTONS:
        return "Button of an unknown type"
    text, payload, url = button.get("text"), button.get("payload"), button.get("url")
    if not isinstance(text, str) or not 1 <= len(text) <= 128:
        return "Button text must be 1 to 128 characters"
    if button["type"] in ("callback", "clipboard") and not (isinstance(payload, str) and len(payload) <= 1024):
        return "Button payload must be at most 1024 characters"
    if button["type"] == "link" and not (
        isinstance(url, str) and len(url) <= 2048 and url.startswith(("http://", "https://"))
    ):
        return "Button url must be http(s), at most 2048 characters"
    return ""


class Window:
    """A sliding window: at most `count` in any `span_s` seconds, and `gap_s` between two."""

    def __init__(self, count: int, span_s: float = 1.0, gap_s: float = 0.0) -> None:
        self._count = count
        self._span_s = span_s
        self._gap_s = gap_s
        self._taken: deque[float] = deque()

    def takes(self, now_s: float) -> bool:
        """Whether one more is within the limit; if so it is counted."""
        while self._taken and self._taken[0] <= now_s - self._span_s:
            self._taken.popleft()
        if len(self._taken) >= self._count or (self._taken and now_s - self._taken[-1] < self._gap_s):
            return False
        self._taken.append(now_s)
        return True
