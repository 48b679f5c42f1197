"""The repositories of one transaction, made when first asked for."""

from functools import cached_property

from storage.alarms import Alarms
from storage.audit import Audit
from storage.cases import Cases
from storage.citizens import Citizens
from storage.editions import Editions
from storage.extract import Extracts
from storage.handle import Handle
from storage.inbox import Inbox
from storage.installation import Installation
from storage.moves import Moves
from storage.nudges import Nudges
from storage.outbox import Outbox
from storage.plan import Plan, Reminders
from storage.profile import Profile
from storage.retention import Erasures, Retention
from storage.sessions import Sessions
from storage.statistics import Starts, Verdicts
from storage.unanswered import Unanswered


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
