"""What a step may know: the citizen, what was heard, the clock, the content, and what it may ask the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from bot.engine.reads import Reads
from bot.messages import Kind
from bot.texts import render
from bot.texts.schema import Content
from storage.records import CitizenRow

Policy = Literal["full", "information"]


@dataclass(slots=True)
class Turn:
    """
    One incoming message and where it met the citizen.

    id: stable for this incoming however often it is retaken; seeds ids made in the turn.
    heard: the chosen id before its colon, "" for words. about: the part after the colon. text: words as typed.
    data: what the flow kept. before: text keys of the last screens, newest last, for a specialist's context.
    """

    id: str
    citizen: CitizenRow
    channel: str
    policy: Policy
    now: datetime
    content: Content
    reads: Reads
    kind: Kind
    heard: str = ""
    about: str = ""
    text: str = ""
    source: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    before: tuple[str, ...] = ()

    @property
    def today(self) -> date:
        """The office's local day: a fact out of date is shown with a mark."""
        return render.local(self.now, self.content.default_office.timezone).date()

    def fill(self, template: str) -> str:
        """A text of the content with facts, office and contacts put in."""
        return render.fill(self.content, template, None, today=self.today)

    @property
    def has_consent(self) -> bool:
        """The citizen agreed to the present version of the consent text, or to an earlier one."""
        return self.citizen.consent_at is not None
