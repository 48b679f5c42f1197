"""
What follows from a visit by the rules of the point (domain, section 6, rules 3 and 4). Pure.

    wants a job, applied                        --> the central office takes over
    wants a job, has a résumé, did not apply    --> to the matcher again in a week, until applied, employed or refused
    whatever the specialist says                otherwise
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from storage.visits import Application, Next, Paper, Result, Resume, VisitRow

MATCHER, ADVISOR = "job_matcher", "career_advisor"
APPLIED = (Application.SUBMITTED, Application.NEEDS_DOCUMENTS, Application.ACCEPTED)
HAS_RESUME = (Resume.PORTAL, Resume.PAPER)
NO_JOB_WANTED = (Result.ALREADY_EMPLOYED, Result.REFUSED_HELP)
RESUME_OF = {
    Result.RESUME_PORTAL: Resume.PORTAL,
    Result.RESUME_PAPER: Resume.PAPER,
    Result.RESUME_PROMISED: Resume.PROMISED,
}


@dataclass(frozen=True, slots=True)
class Report:
    """
    What the specialist says of a visit. resume, application: None for what is known from the visit before.

    next_step: None leaves it to the rules. papers: copied for the central office.
    """

    results: tuple[Result, ...] = ()
    resume: Resume | None = None
    application: Application | None = None
    needs_job: bool = True
    next_step: Next | None = None
    papers: tuple[Paper, ...] = ()


@dataclass(frozen=True, slots=True)
class Following:
    """The report as it will be kept. repeats: invitations to come again, this one included; 0 without one."""

    results: tuple[Result, ...]
    resume: Resume
    application: Application
    needs_job: bool
    next_step: Next
    repeats: int


def follow(role: str, report: Report, earlier: Sequence[VisitRow]) -> Following:
    """role: of who received. earlier: visits of the same person, oldest first, without this one."""
    last = earlier[-1] if earlier else None
    said = next((RESUME_OF[one] for one in RESUME_OF if one in report.results), None)
    resume = report.resume or said or (last.resume if last else Resume.NONE)
    application = report.application or (last.application if last else Application.NONE)
    needs_job = report.needs_job and not set(NO_JOB_WANTED) & set(report.results)
    kept = Following(report.results, resume, application, needs_job, report.next_step or Next.NONE, 0)
    if needs_job and application in APPLIED:
        return _with(kept, Next.CENTRE, Result.HANDED_OVER)
    if needs_job and role == MATCHER and resume in HAS_RESUME and application is Application.NONE:
        repeats = 1 + sum(one.next_step is Next.REPEAT for one in earlier)
        return replace(_with(kept, Next.REPEAT, Result.REPEAT_IN_WEEK), repeats=repeats)
    if report.next_step is None and Result.BOOKED_MATCHER in report.results:
        return replace(kept, next_step=Next.MATCHER)
    if report.next_step is Next.REPEAT:
        repeats = 1 + sum(one.next_step is Next.REPEAT for one in earlier)
        return replace(_with(kept, Next.REPEAT, Result.REPEAT_IN_WEEK), repeats=repeats)
    return _with(kept, Next.CENTRE, Result.HANDED_OVER) if report.next_step is Next.CENTRE else kept


def _with(kept: Following, step: Next, result: Result) -> Following:
    return replace(kept, next_step=step, results=tuple(dict.fromkeys((*kept.results, result))))
