"""A reply that comes late begins with an apology, once for all its parts."""

from datetime import datetime, timedelta

import msgspec

from bot.messages import Outgoing
from bot.texts import render
from bot.texts.schema import Content

SPARE_CHARS = 100  # what every platform takes above Limits.text_chars
CITIZENS = 10_000  # remembered; more of them are apologised to twice


class Apologies:
    """text_chars: Limits.text_chars of the channel."""

    def __init__(self, text_chars: int) -> None:
        self._most = text_chars + SPARE_CHARS
        self._given: dict[str, datetime] = {}

    def put(self, message: Outgoing, citizen_id: str, content: Content, now: datetime) -> Outgoing:
        """The late message as it should leave: a new one, for an edit of an old one would not be noticed."""
        given = self._given.get(citizen_id)
        text = message.text
        if given is None or now - given > timedelta(minutes=content.rules.apology_after_minutes):
            words = f"{render.say(content, 'fallback.late', {})}\n\n{text}"
            if len(words) <= self._most:
                text = words
            if len(self._given) >= CITIZENS:
                self._given.clear()
            self._given[citizen_id] = now
        return msgspec.structs.replace(message, text=text, edits="", answer="")
