"""The repositories of one transaction, made when first asked for."""

from functools import cached_property

from storage.alarms import Alarms
from storage.audit import Audit
from storage.bookings import Bookings
from storage.case_lists import CaseLists
from storage.case_talk import CaseTalk
from storage.cases import Cases
from storage.citizen_lists import CitizenLists
from storage.citizens import Citizens
from storage.editions import Editions
from storage.extract import Extracts
from storage.handle import Handle
from storage.inbox import Inbox
from storage.installation import Installation
from storage.letters import Letters
from storage.moves import Moves
from storage.nudges import Nudges
from storage.outbox import Outbox
from storage.plan import Plan, Reminders
from storage.profile import Profile
from storage.reasons import Reasons
from storage.referrals import Referrals
from storage.retention import Erasures, Retention
from storage.sessions import Sessions
from storage.staff import Staff
from storage.staff_chats import Posts, StaffChats
from storage.staff_sessions import StaffSessions
from storage.statistics import Starts, Verdicts
from storage.surveys import Surveys
from storage.tries import Tries
from storage.troubles import Troubles
from storage.unanswered import Unanswered
from storage.visits import Visits
from storage.waiting import Waiting


class Repositories:
    def __init__(self, handle: Handle) -> None:
        self.handle = handle

    @cached_property
    def inbox(self) -> Inbox:
        return Inbox(self.handle)

    @cached_property
    def citizens(self) -> Citizens:
        return Citizens(self.handle)

    @cached_property
    def sessions(self) -> Sessions:
        return Sessions(self.handle)

    @cached_property
    def plan(self) -> Plan:
        return Plan(self.handle)

    @cached_property
    def profile(self) -> Profile:
        return Profile(self.handle)

    @cached_property
    def reminders(self) -> Reminders:
        return Reminders(self.handle)

    @cached_property
    def nudges(self) -> Nudges:
        return Nudges(self.handle)

    @cached_property
    def cases(self) -> Cases:
        return Cases(self.handle)

    @cached_property
    def case_lists(self) -> CaseLists:
        return CaseLists(self.handle)

    @cached_property
    def case_talk(self) -> CaseTalk:
        return CaseTalk(self.handle)

    @cached_property
    def citizen_lists(self) -> CitizenLists:
        return CitizenLists(self.handle)

    @cached_property
    def alarms(self) -> Alarms:
        return Alarms(self.handle)

    @cached_property
    def unanswered(self) -> Unanswered:
        return Unanswered(self.handle)

    @cached_property
    def moves(self) -> Moves:
        return Moves(self.handle)

    @cached_property
    def extracts(self) -> Extracts:
        return Extracts(self.handle)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self.handle)

    @cached_property
    def starts(self) -> Starts:
        return Starts(self.handle)

    @cached_property
    def verdicts(self) -> Verdicts:
        return Verdicts(self.handle)

    @cached_property
    def editions(self) -> Editions:
        return Editions(self.handle)

    @cached_property
    def installation(self) -> Installation:
        return Installation(self.handle)

    @cached_property
    def audit(self) -> Audit:
        return Audit(self.handle)

    @cached_property
    def retention(self) -> Retention:
        return Retention(self.handle)

    @cached_property
    def erasures(self) -> Erasures:
        return Erasures(self.handle)

    @cached_property
    def bookings(self) -> Bookings:
        return Bookings(self.handle)

    @cached_property
    def waiting(self) -> Waiting:
        return Waiting(self.handle)

    @cached_property
    def visits(self) -> Visits:
        return Visits(self.handle)

    @cached_property
    def referrals(self) -> Referrals:
        return Referrals(self.handle)

    @cached_property
    def reasons(self) -> Reasons:
        return Reasons(self.handle)

    @cached_property
    def staff_chats(self) -> StaffChats:
        return StaffChats(self.handle)

    @cached_property
    def posts(self) -> Posts:
        return Posts(self.handle)

    @cached_property
    def staff(self) -> Staff:
        return Staff(self.handle)

    @cached_property
    def staff_sessions(self) -> StaffSessions:
        return StaffSessions(self.handle)

    @cached_property
    def tries(self) -> Tries:
        return Tries(self.handle)

    @cached_property
    def troubles(self) -> Troubles:
        return Troubles(self.handle)

    @cached_property
    def letters(self) -> Letters:
        return Letters(self.handle)

    @cached_property
    def surveys(self) -> Surveys:
        return Surveys(self.handle)
