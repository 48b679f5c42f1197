"""What follows from a visit: rules 3 and 4 of the point, as a table and for every report there can be."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.rules import ADVISOR, APPLIED, HAS_RESUME, MATCHER, Report, follow
from storage.visits import Application, Next, Result, Resume, VisitRow

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
SAID = (Result.CONSULTED,)


def visit(number: int = 0, next_step: Next = Next.REPEAT, **changes: object) -> VisitRow:
    at = NOW - timedelta(days=7 * (number + 1))
    return VisitRow(f"b{number}", "ivan", "p", MATCHER, at, "petrova", at, SAID, next_step, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("role", "report", "next_step"),
    [
        (MATCHER, Report(SAID, Resume.PORTAL, Application.NONE), Next.REPEAT),
        (MATCHER, Report(SAID, Resume.PAPER, Application.NONE), Next.REPEAT),
        (MATCHER, Report((*SAID, Result.RESUME_PAPER)), Next.REPEAT),
        (MATCHER, Report(SAID, Resume.PROMISED, Application.NONE), Next.NONE),
        (MATCHER, Report(SAID, Resume.PORTAL, Application.DRAFT), Next.NONE),
        (MATCHER, Report(SAID, Resume.PORTAL, Application.NONE, needs_job=False), Next.NONE),
        (MATCHER, Report((*SAID, Result.ALREADY_EMPLOYED), Resume.PORTAL), Next.NONE),
        (MATCHER, Report((*SAID, Result.REFUSED_HELP), Resume.PORTAL), Next.NONE),
        (MATCHER, Report(SAID, Resume.PORTAL, Application.SUBMITTED), Next.CENTRE),
        (MATCHER, Report(SAID, Resume.NONE, Application.NEEDS_DOCUMENTS), Next.CENTRE),
        (ADVISOR, Report(SAID, Resume.NONE, Application.ACCEPTED), Next.CENTRE),
        (MATCHER, Report(SAID, Resume.PORTAL, Application.REJECTED), Next.NONE),
        (ADVISOR, Report(SAID, Resume.PORTAL, Application.NONE), Next.NONE),
        (ADVISOR, Report((*SAID, Result.BOOKED_MATCHER), Resume.PORTAL), Next.MATCHER),
        (ADVISOR, Report(SAID, next_step=Next.ADVISOR), Next.ADVISOR),
        (MATCHER, Report(SAID, Resume.NONE, Application.NONE, next_step=Next.CENTRE), Next.CENTRE),
    ],
)
def test_the_rules_lead_where_the_table_says(role: str, report: Report, next_step: Next) -> None:
    assert follow(role, report, []).next_step is next_step


def test_what_is_not_said_is_known_from_the_visit_before() -> None:
    earlier = [visit(resume=Resume.PAPER, application=Application.SUBMITTED)]

    following = follow(MATCHER, Report(SAID), earlier)

    assert (following.resume, following.application) == (Resume.PAPER, Application.SUBMITTED)
    assert following.next_step is Next.CENTRE


def test_invitations_are_counted_over_all_visits() -> None:
    earlier = [visit(2), visit(1, Next.NONE), visit(0)]

    assert follow(MATCHER, Report(SAID, Resume.PORTAL), earlier).repeats == 3
    assert follow(MATCHER, Report(SAID, Resume.PORTAL, Application.DRAFT), earlier).repeats == 0


REPORTS = st.builds(
    Report,
    st.lists(st.sampled_from([one for one in Result if one is not Result.NO_SHOW]), min_size=1, max_size=6).map(tuple),
    st.none() | st.sampled_from(Resume),
    st.none() | st.sampled_from(Application),
    st.booleans(),
    st.none() | st.sampled_from(Next),
)


@given(st.sampled_from([ADVISOR, MATCHER]), REPORTS, st.lists(st.sampled_from(Next), max_size=4))
def test_every_report_keeps_the_rules(role: str, report: Report, steps: list[Next]) -> None:
    earlier = [visit(number, step) for number, step in enumerate(steps)]

    found = follow(role, report, earlier)

    assert set(report.results) <= set(found.results)
    assert (found.repeats > 0) == (found.next_step is Next.REPEAT)
    if found.needs_job and found.application in APPLIED:
        assert found.next_step is Next.CENTRE, "who has applied is not invited again"
    elif found.needs_job and role == MATCHER and found.resume in HAS_RESUME and found.application is Application.NONE:
        assert found.next_step is Next.REPEAT
    assert (Result.HANDED_OVER in found.results) >= (found.next_step is Next.CENTRE)
    if Result.ALREADY_EMPLOYED in report.results:
        assert not found.needs_job
