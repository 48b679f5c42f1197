"""Who of staff acts, and what may be seen and done by them."""

from dataclasses import dataclass

from bot.texts.routes import LEAD
from storage.records import CaseRow

LEADS = (LEAD, "admin")


@dataclass(frozen=True, slots=True)
class Actor:
    """id: staff id. role: theirs, by which citizens know them. office: theirs, "" for all offices."""

    id: str
    role: str
    office: str = ""

    @property
    def is_lead(self) -> bool:
        return self.role in LEADS

    def may_see(self, case: CaseRow) -> bool:
        """Own office; never a complaint about oneself; what leads alone may see only as one of them."""
        if case.excluded == self.id or (self.office and case.office and self.office != case.office):
            return False
        return self.is_lead or case.role != LEAD or case.owner == self.id
