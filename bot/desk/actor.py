"""Who of staff acts, and what may be seen and done by them."""

from dataclasses import dataclass

from bot.texts.routes import LEAD
from storage.records import CaseRow
from storage.staff import StaffRow

LEADS = (LEAD, "admin")


@dataclass(frozen=True, slots=True)
class Actor:
    """id: staff id. role: theirs, by which citizens know them. offices: theirs, none for all offices."""

    id: str
    role: str
    offices: tuple[str, ...] = ()

    @staticmethod
    def of(person: StaffRow) -> "Actor":
        """Who has neither an office nor all of them sees what no office has."""
        return Actor(person.id, person.role, () if person.every_office else person.offices or ("",))

    @property
    def is_lead(self) -> bool:
        return self.role in LEADS

    def may_see(self, case: CaseRow) -> bool:
        """Own offices; never a complaint about oneself; what leads alone may see only as one of them."""
        if case.excluded == self.id or (self.offices and case.office and case.office not in self.offices):
            return False
        return self.is_lead or case.role != LEAD or case.owner == self.id
