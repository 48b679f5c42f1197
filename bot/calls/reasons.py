"""
Why a citizen is to be called, and from which day on. Pure.

    what the citizen asked for: a call back, a person after a low answer     at once
    what nobody can tell them: the chat is closed                             at once, with an open request or a booking
    what did not happen: no-show, invited again and again, no résumé         after some days, unless a visit is booked
    what is due by the calendar: first days, twice a month, long silence     only who is in a situation, without a visit
                                                                             or an open request; never after /stop
Who does not want calls gets none, until they ask for one.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.texts import render
from bot.texts.calling import CallRules
from bot.texts.routes import LEAD
from storage.call_records import Callee, PlannedCall, Reason
from storage.visits import Next, Resume

TOPICS = {"call_back": Reason.CALL_BACK, "survey": Reason.SURVEY}  # of an open case


@dataclass(frozen=True, slots=True)
class Terms:
    """zone: of the citizen's office. repeats: invitations after which the lead looks."""

    rules: CallRules
    repeats: int
    zone: str
    now: datetime

    @property
    def today(self) -> date:
        return self.day(self.now)

    def day(self, moment: datetime) -> date:
        return render.local(moment, self.zone).date()

    def at(self, day: date) -> datetime:
        """In the morning of that day."""
        return render.at_hour(day, self.rules.hour, self.zone)


def asks_again(callee: Callee) -> bool:
    """The citizen wanted no calls, and asks for one now."""
    asked_at = callee.case_at if callee.case_topic == Reason.CALL_BACK else None
    return callee.off_at is not None and asked_at is not None and asked_at > callee.off_at


def reasons_of(callee: Callee, terms: Terms) -> list[PlannedCall]:
    """Every call that is to be planned by now; those planned already come again with the same subject."""
    if callee.off_at is not None and not asks_again(callee):
        return []
    found = _asked(callee, terms) + _lost(callee, terms)
    if callee.consent_at is not None and not callee.booking_id:
        found += _after_visit(callee, terms)
        if _is_followed(callee, terms.rules):
            found += _by_calendar(callee, callee.consent_at, terms)
    return found


def _call(callee: Callee, reason: Reason, subject: str, due_at: datetime) -> PlannedCall:
    role = LEAD if callee.case_role == LEAD and subject == callee.case_id else ""
    excluded = callee.case_excluded if subject == callee.case_id else ""
    return PlannedCall(callee.citizen_id, callee.office, reason, subject, due_at, role, excluded)


def _asked(callee: Callee, terms: Terms) -> list[PlannedCall]:
    reason = TOPICS.get(callee.case_topic)
    return [_call(callee, reason, callee.case_id, terms.now)] if reason and callee.case_id else []


def _lost(callee: Callee, terms: Terms) -> list[PlannedCall]:
    """Nobody can write to them any more, and there is something to say."""
    subject = callee.booking_id or callee.case_id
    if not callee.is_lost or callee.is_reachable or not subject:
        return []
    return [_call(callee, Reason.UNREACHABLE, subject, terms.now)]


def _after_visit(callee: Callee, terms: Terms) -> list[PlannedCall]:
    rules, held_at = terms.rules, callee.visit_at
    if held_at is None or callee.is_settled:
        return []
    held = terms.day(held_at)
    found = []
    if callee.is_no_show and not callee.is_stopped:
        found.append((Reason.NO_SHOW, held + timedelta(days=rules.no_show_days)))
    if callee.next_step == Next.REPEAT and callee.repeats >= terms.repeats:
        found.append((Reason.REPEATS, terms.today))
    resume_on = held + timedelta(days=rules.resume_days)
    if callee.resume == Resume.PROMISED and not callee.is_stopped and resume_on <= terms.today:
        found.append((Reason.RESUME, resume_on))
    return [_call(callee, reason, callee.visit_id, terms.at(day)) for reason, day in found]


def _is_followed(callee: Callee, rules: CallRules) -> bool:
    """Calls by the calendar are for who has somewhere to go on, and nobody is with just now."""
    is_somewhere = any(one not in rules.skips for one in callee.situations)
    return is_somewhere and not (callee.is_stopped or callee.case_id or callee.is_settled)


def _by_calendar(callee: Callee, start_at: datetime, terms: Terms) -> list[PlannedCall]:
    rules, today, start = terms.rules, terms.today, terms.day(start_at)
    if (today - start).days > rules.until_days:
        return []
    spoke = terms.day(callee.contact_at) if callee.contact_at and callee.contact_at > start_at else None
    found = []
    if spoke is None and (today - start).days <= rules.first_within_days:
        found.append((Reason.FIRST_DAYS, start, start + timedelta(days=rules.first_after_days)))
    elif (periods := (today - (spoke or start)).days // rules.every_days) > 0:
        due = (spoke or start) + timedelta(days=periods * rules.every_days)
        found.append((Reason.INTERVAL, due, due))
    heard = max(terms.day(callee.heard_at or start_at), spoke or start)
    found.append((Reason.QUIET, heard, heard + timedelta(days=rules.quiet_days)))
    return [
        _call(callee, reason, f"{reason}:{since}", terms.at(due))
        for reason, since, due in found
        if due <= today and reason not in callee.open
    ]
