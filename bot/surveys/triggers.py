"""
What leads to a survey. Each of these only plans, inside the caller's transaction; whether the citizen is really asked
is judged when the time comes (bot/chores/surveying.py). Told twice, it is planned once.
"""

from datetime import datetime, timedelta

from bot.texts.questionnaire import Asking, Survey
from bot.texts.schema import Content
from storage.database import Transaction
from storage.survey_records import PlannedSurvey


async def after_visit(
    tx: Transaction, content: Content, *, citizen_id: str, visit_id: str, office: str, now: datetime
) -> None:
    """The citizen was served."""
    await happened(tx, content, "visit", citizen_id=citizen_id, subject=visit_id, office=office, now=now)


async def after_case(
    tx: Transaction, content: Content, *, citizen_id: str, case_id: str, office: str, now: datetime
) -> None:
    """A specialist closed the citizen's request."""
    await happened(tx, content, "case_closed", citizen_id=citizen_id, subject=case_id, office=office, now=now)


async def after_refusal(
    tx: Transaction, content: Content, *, citizen_id: str, interview_id: str, office: str, now: datetime
) -> None:
    """An employer said no."""
    await happened(tx, content, "refused", citizen_id=citizen_id, subject=interview_id, office=office, now=now)


async def pause(tx: Transaction, citizen_id: str, *, now: datetime) -> None:
    """A complaint, a cry for help, a dispute: no survey for so many days as the content says."""
    await tx.surveys.pause(citizen_id, now=now)


async def happened(
    tx: Transaction, content: Content, trigger: str, *, citizen_id: str, subject: str, office: str, now: datetime
) -> None:
    """Plan what this trigger leads to, end what it makes needless. Without terms in the content: nothing."""
    if content.rules.surveys is None:
        return
    for survey in content.surveys.values():
        for asking in survey.asked.values():
            if trigger in asking.ended_by:
                await tx.surveys.end(citizen_id, survey.id, asking.id)
            if trigger == asking.trigger:
                await tx.surveys.plan(planned(survey, asking, citizen_id, subject, office, now))


async def stage_moved(
    tx: Transaction, content: Content, stages: frozenset[str], *, citizen_id: str, office: str, now: datetime
) -> None:
    """Something of these stages of the plan was marked: the silence that is asked about begins anew."""
    if content.rules.surveys is None:
        return
    for survey in content.surveys.values():
        for asking in survey.asked.values():
            if asking.trigger == "stage" and stages.intersection(asking.stages):
                await tx.surveys.put_off(planned(survey, asking, citizen_id, "", office, now))


def planned(survey: Survey, asking: Asking, citizen_id: str, subject: str, office: str, at: datetime) -> PlannedSurvey:
    """at: when it happened."""
    due_at = at + timedelta(hours=asking.after_hours)
    keep_until = due_at + timedelta(days=asking.keep_days)
    return PlannedSurvey(citizen_id, survey.id, asking.id, subject, office, due_at, keep_until)
