"""A reply that comes late begins with an apology, once for all its parts."""

from datetime import datetime, timedelta

import msgspec

from bot.messages import Outgoing
from bot.texts import render
from bot.texts.schema import Content
from storage.records import Leased

SPARE_CHARS = 100  # what every platform takes above Limits.text_chars
CITIZENS = 10_000  # remembered; more of them are apologised to twice


class Apologies:
    """text_chars: Limits.text_chars of the channel."""

    def __init__(self, text_chars: int) -> None:
        self._most = text_chars + SPARE_CHARS
        self._given: dict[str, tuple[datetime, int]] = {}  # by citizen: when, with which part

    def put(self, message: Outgoing, part: Leased, content: Content, now: datetime) -> Outgoing:
        """The late message as it should leave: a new one, for an edit of an old one would not be noticed."""
        at, number = self._given.get(part.citizen_id, (None, 0))
        is_over = at is None or now - at > timedelta(minutes=content.rules.apology_after_minutes)
        text = message.text
        if is_over or number == part.number:  # the same part again: it did not arrive
            today = render.local(now, content.default_office.timezone).date()
            words = f"{render.say(content, 'fallback.late', {}, today=today)}\n\n{text}"
            if len(words) <= self._most:
                text = words
            if len(self._given) >= CITIZENS:
                self._given.clear()
            self._given[part.citizen_id] = (now, part.number)
        return msgspec.structs.replace(message, text=text, edits="", answer="")
