"""What staff of each role may do in the console, and in which offices."""

from collections.abc import Mapping
from enum import StrEnum

EVERY_OFFICE = "*"  # in forms and commands: all of them, those to come included


class Role(StrEnum):
    SPECIALIST = "specialist"
    JOB_MATCHER = "job_matcher"
    CAREER_ADVISOR = "career_advisor"
    LEAD = "lead"
    ADMIN = "admin"


class Right(StrEnum):
    """Of a page or an act. OWN: everybody who is inside; what concerns nobody but the person."""

    OWN = "own"
    CASES = "cases"
    VISITS = "visits"
    CITIZENS = "citizens"
    ERASE = "erase"
    CALLS = "calls"
    LETTERS = "letters"
    REPORTS = "reports"
    CONTENT = "content"
    ROLL_BACK = "roll_back"
    STAFF = "staff"
    JOURNAL = "journal"


_EVERYBODY = frozenset({Right.OWN, Right.CASES, Right.VISITS, Right.CITIZENS, Right.CALLS})
_LEAD = _EVERYBODY | {Right.ERASE, Right.LETTERS, Right.REPORTS, Right.CONTENT, Right.JOURNAL}
RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.SPECIALIST: _EVERYBODY,
    Role.JOB_MATCHER: _EVERYBODY,
    Role.CAREER_ADVISOR: _EVERYBODY,
    Role.LEAD: _LEAD,
    Role.ADMIN: frozenset(Right),
}
LEADING = frozenset({Role.LEAD, Role.ADMIN})  # they always need the second factor
EVERYBODY = frozenset(Role)


def may(role: str, right: Right) -> bool:
    """A role that this program does not know may nothing."""
    return role in RIGHTS and right in RIGHTS[Role(role)]


def actor(staff_id: str) -> str:
    """How the audit names one of the staff."""
    return f"staff:{staff_id}"
