"""When surveys come by themselves, and when they don't."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.chores.surveying import Surveying
from bot.messages import Kind
from storage.records import CaseRow
from tests.dialogs.surveyed import (
    CHANNELS,
    PERSONAL,
    Another,
    answers,
    button,
    days_pass,
    id_of,
    invitation,
    invited,
    keys,
    no_month,
    searches,
    ticked,
    visited,
)
from tests.dialogs.transcripts import TO_PLAN
from tests.storage.rows import table
from tests.talk import Talk


@pytest.fixture
async def planned(another: Another) -> Talk:
    talk = another("ivan", channel="telegram")
    await talk.play(TO_PLAN)
    return talk


# When


async def test_a_visit_is_asked_about_two_hours_later_and_once(planned: Talk) -> None:
    await visited(planned)
    await visited(planned)
    assert await ticked(planned, hours=1, minutes=59) == []
    assert keys(await ticked(planned, minutes=1)) == ["survey.invite"]

    await visited(planned)
    rows = await table(planned.database, "SELECT count(*) FROM survey_invitations WHERE asking = 'visit'")
    assert rows == [(1,)]


async def test_the_invitation_says_nothing_personal(planned: Talk) -> None:
    await invited(planned)
    newest = planned.shown[-1]
    labels = " ".join(button.label for row in newest.rows for button in row)
    assert not [word for word in PERSONAL if re.search(word, f"{newest.text} {labels}".lower())]


async def test_at_night_it_waits_for_the_morning(planned: Talk) -> None:
    planned.clock.set(datetime(2026, 11, 23, 13, 30, tzinfo=UTC))  # 20:30 in Barnaul
    await visited(planned)
    assert await ticked(planned, hours=2) == []
    assert await ticked(planned, hours=10) == []  # 8:30
    assert keys(await ticked(planned, minutes=31)) == ["survey.invite"]


async def test_a_month_after_consent_the_bot_asks_whether_it_is_recommended(planned: Talk) -> None:
    assert await ticked(planned, days=29) == []
    assert keys(await ticked(planned, days=1)) == ["survey.invite"]
    assert (await invitation(planned)).survey == "nps"


async def test_work_is_asked_about_with_the_final_questions(planned: Talk) -> None:
    await planned.say("нашел работу")
    assert keys(await ticked(planned, hours=24)) == ["survey.invite"]
    asked = (await invitation(planned)).questions
    assert asked == (
        "nsi.process",
        "nsi.papers",
        "nsi.time",
        "nsi.simple",
        "nsi.support",
        "nsi.wishes",
        "nps.recommend",
    )


async def test_a_refusal_is_asked_about_kindly(planned: Talk) -> None:
    await planned.play("""
        > мне отказали
        < life.told [jobs] [booking] [handover] [list]
    """)
    assert keys(await ticked(planned, hours=3)) == ["survey.invite"]
    await planned.play("""
        > [open]
        < survey.list ...
        > [c:not_told]
        < survey.thanks ...
        > [_back]
        < survey.list ...
        > не объяснили
        < survey.thanks ...
    """)
    assert await answers(planned) == {"refused.reason": "not_told"}


async def test_four_weeks_of_silent_search_bring_the_question_why(planned: Talk) -> None:
    await no_month(planned)
    await searches(planned)
    planned.clock.move(days=14)
    await searches(planned)  # something moved: the silence begins anew
    assert [key for key in await days_pass(planned, 27) if key == "survey.invite"] == []
    assert [key for key in await days_pass(planned, 1) if key == "survey.invite"] == ["survey.invite"]
    await planned.play("""
        > [open]
        < survey.list ...
        > [c:skills]
        < survey.words [skip]
        > [skip]
        < survey.thanks [booking] [handover] ...
    """)
    assert [key for key in await days_pass(planned, 41) if key == "survey.invite"] == []
    assert [key for key in await days_pass(planned, 1) if key == "survey.invite"] == ["survey.invite"]


async def test_who_found_work_is_not_asked_why_there_is_none(planned: Talk) -> None:
    await searches(planned)
    await planned.say("нашел работу")

    rows = await table(planned.database, "SELECT state FROM survey_invitations WHERE survey = 'no_job'")
    assert rows == [("dropped",)]


async def test_a_finished_plan_is_asked_about(planned: Talk) -> None:
    citizen = await id_of(planned)
    for situation in [planned.content.situations["released"]]:
        for step in situation.plan:
            await planned.send(Kind.PRESS, data=button(planned, citizen, "plan.item", f"done:{step.id}"))

    rows = await table(planned.database, "SELECT survey FROM survey_invitations WHERE asking = 'plan'")
    assert rows == [("nps",)]


# When not


async def test_one_invitation_in_two_weeks(planned: Talk) -> None:
    await invited(planned)
    await visited(planned, "visit 2")

    assert await ticked(planned, hours=2) == []
    rows = await table(planned.database, "SELECT state FROM survey_invitations WHERE subject = 'visit 2'")
    assert rows == [("dropped",)]


async def test_no_survey_while_a_person_is_at_work(planned: Talk) -> None:
    await visited(planned)
    await planned.say("/human")
    await planned.press("skip")

    assert await ticked(planned, hours=3) == []


async def test_who_got_a_person_after_the_invitation_was_planned_is_not_asked(planned: Talk) -> None:
    await visited(planned)
    planned.clock.move(hours=2)
    await Surveying(planned.database, planned.clock, planned.content, CHANNELS).plan()
    await planned.say("/human")
    await planned.press("skip")

    assert await planned.tick() == []
    rows = await table(planned.database, "SELECT state FROM survey_invitations WHERE asking = 'visit'")
    assert rows == [("dropped",)]


@pytest.mark.parametrize("topic", ["complaint", "crisis"])
async def test_no_survey_for_a_month_after_a_complaint_or_a_cry_for_help(planned: Talk, topic: str) -> None:
    citizen = await planned.citizen()
    async with planned.database.write() as tx:
        await tx.cases.open(CaseRow("c", citizen.id, "telegram", topic, "new", False, planned.clock.now()))
        await tx.handle.queries.moves_close_case(tx.handle.connection, id="c", at=0)
    await visited(planned)
    assert await ticked(planned, hours=3) == []

    planned.clock.move(days=31)
    await visited(planned, "visit 2")
    assert keys(await ticked(planned, hours=2)) == ["survey.invite"]


async def test_who_stopped_the_bot_is_never_asked(planned: Talk) -> None:
    await visited(planned)
    await planned.say("/stop")
    assert await ticked(planned, days=40) == []


async def test_without_terms_in_the_content_nobody_is_asked(planned: Talk) -> None:
    planned.content = replace(planned.content, rules=replace(planned.content.rules, surveys=None))
    await visited(planned)
    assert await ticked(planned, days=1) == []


async def test_without_consent_nobody_is_asked(talk: Talk) -> None:
    await talk.say("/start")
    await visited(talk)
    assert await ticked(talk, hours=2) == []
