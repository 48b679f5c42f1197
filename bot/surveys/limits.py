"""Whether somebody may be invited to a survey now."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.texts.questionnaire import Asking, SurveyTerms
from storage.survey_records import Candidate

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Give:
    """Invite now."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Look again then."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Drop:
    """Never for this occasion."""


def judge(
    known: Candidate, asking: Asking | None, terms: SurveyTerms, channels: Collection[str], *, now: datetime
) -> Give | Wait | Drop:
    """
    asking: None when the content has it no more. channels: where personal things may be said.

    Dropped rather than late: an invitation to a visit of last month annoys, and its answers say little.
    """
    is_reached = known.channel in channels and known.is_reachable and not known.is_stopped
    if asking is None or known.is_off or not known.has_consent or not is_reached or now >= known.keep_until:
        return Drop()
    if known.trouble_at is not None and now < known.trouble_at + timedelta(days=terms.trouble_days):
        return Drop()
    if known.same_at is not None and now < known.same_at + timedelta(days=asking.every_days):
        return Drop()
    if known.has_case:
        return _later(now + A_DAY, known)
    if known.last_at is not None and now < (free_at := known.last_at + timedelta(days=terms.every_days)):
        return _later(free_at, known)
    return Give()


def _later(until: datetime, known: Candidate) -> Wait | Drop:
    return Wait(until) if until < known.keep_until else Drop()
