"""What a step may know: the citizen, what was heard, the clock, the content, and what it may ask the database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from bot.engine.reads import Reads
from bot.messages import Kind
from bot.texts import render
from bot.texts.office import Office
from bot.texts.schema import Content
from storage.records import CitizenRow

Policy = Literal["full", "information"]


def _unsigned(*parts: str) -> bytes:
    raise RuntimeError("this turn has no key to sign with")


@dataclass(slots=True)
class Turn:
    """
    One incoming message and where it met the citizen.

    id: stable for this incoming however often it is retaken; seeds ids made in the turn.
    heard: the chosen id before its colon, "" for words. about: the part after the colon. text: words as typed.
    site: public address of the installation's pages, empty without one.
    office: of the citizen; where none is chosen yet among several, one without address and contacts.
    data: what the flow kept. before: text keys of the last screens, newest last, for a specialist's context.
    is_covered: the menu is a neutral one: nothing personal may show. aside: the talk with a specialist put aside.
    is_bare: the client shows no buttons, everything is typed.
    sign: HMAC of parts by the installation's key that outlives rotation: for codes, tokens, words to compare.
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
    site: str = ""
    chosen_office: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    before: tuple[str, ...] = ()
    is_covered: bool = False
    aside: str = ""
    sign: Callable[..., bytes] = _unsigned
    is_bare: bool = False

    @property
    def today(self) -> date:
        """The office's local day: a fact out of date is shown with a mark."""
        return render.local(self.now, self.office.timezone).date()

    @property
    def office(self) -> Office:
        return self.content.office(self.chosen_office)

    @property
    def must_choose_office(self) -> bool:
        return len(self.content.offices) > 1 and self.chosen_office not in self.content.offices

    def fill(self, template: str) -> str:
        """A text of the content with facts, office and contacts put in."""
        return render.fill(self.content, template, self.office, today=self.today)

    @property
    def has_consent(self) -> bool:
        """The citizen agreed to the present version of the consent text, or to an earlier one."""
        return self.citizen.consent_at is not None
