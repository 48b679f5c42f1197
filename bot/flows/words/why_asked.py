"""After a visit that ended without a job or without help: the question why, where there is something to learn."""

from bot.engine.effects import Choice, Effect, Notice
from storage.visits import Next, Result, VisitRow

NO_JOB = ("no_fit", "refused", "skills", "papers", "home", "paused", "other")
NO_HELP = ("no_need", "no_time", "far", "no_trust", "tried", "other")
ASKED_FROM = 2  # invitations: after the first one it is too early to ask


def why_asked(visit: VisitRow) -> list[Effect]:
    """At most one question: why help was refused, else why there is no job after a week and another visit."""
    if Result.REFUSED_HELP in visit.results:
        return [_question("no_help", NO_HELP, visit)]
    is_long = visit.needs_job and visit.next_step is Next.REPEAT and visit.repeats >= ASKED_FROM
    return [_question("no_job", NO_JOB, visit)] if is_long else []


def _question(kind: str, answers: tuple[str, ...], visit: VisitRow) -> Notice:
    choices = [Choice(f"{answer}:{visit.booking_id}") for answer in answers]
    return Notice(f"reasons.why_{kind}", choices, at=f"reasons.{kind}", subject=None)
