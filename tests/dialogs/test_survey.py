"""Surveys in the chat: asked at the right time, one tap each, changed for a day, then nobody's."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.channels.port import Limits
from bot.engine.press import Presses
from bot.engine.taken import Surface
from bot.messages import Kind, Outgoing
from bot.surveying import Surveying
from bot.surveys import triggers
from bot.texts import render
from storage.records import CaseRow
from storage.survey_records import InvitationRow
from tests.dialogs.transcripts import TO_PLAN
from tests.storage.rows import table
from tests.talk import Talk

Another = Callable[..., Talk]
CHANNELS = ("web", "telegram", "vk")
PERSONAL = ("алимент", "приста", "освобо", "колони", "суд", "план", "работ", "занятост", "при[её]м", r"\bопрос")


@pytest.fixture
async def planned(another: Another) -> Talk:
    talk = another("ivan", channel="telegram")
    await talk.play(TO_PLAN)
    return talk


async def visited(talk: Talk, visit: str = "visit 1") -> None:
    """Staff marked a visit as served."""
    citizen = await talk.citizen()
    async with talk.database.write() as tx:
        await triggers.after_visit(
            tx, talk.content, citizen_id=citizen.id, visit_id=visit, office="", now=talk.clock.now()
        )


async def ticked(talk: Talk, **by: float) -> list[Outgoing]:
    """What the bot says by itself, so much later."""
    if by:
        talk.clock.move(**by)
    await Surveying(talk.database, talk.clock, talk.content, CHANNELS).plan()
    return await talk.tick()


async def invited(talk: Talk, trigger: str = "visit") -> Talk:
    """The invitation has come."""
    citizen = await talk.citizen()
    async with talk.database.write() as tx:
        now = talk.clock.now()
        await triggers.happened(tx, talk.content, trigger, citizen_id=citizen.id, subject="one", office="", now=now)
    asked = [one for survey in talk.content.surveys.values() for one in survey.asked.values()]
    after = next(one.after_hours for one in asked if one.trigger == trigger)
    assert keys(await ticked(talk, hours=after)) == ["survey.invite"]
    return talk


async def invitation(talk: Talk) -> InvitationRow:
    """The newest one that has come."""
    citizen = await talk.citizen()
    async with talk.database.read() as tx:
        return [row for row in await tx.surveys.of_citizen(citizen.id) if row.state != "planned"][-1]


async def no_month(talk: Talk) -> None:
    """The question a month after consent is another matter."""
    citizen = await talk.citizen()
    async with talk.database.write() as tx:
        await tx.surveys.end(citizen.id, "nps", "month")


async def answers(talk: Talk) -> dict[str, str | None]:
    """Everything answered by anybody: `survey.question` → value."""
    rows = await table(talk.database, "SELECT survey, question, value FROM survey_answers ORDER BY survey, question")
    return {f"{survey}.{question}": value for survey, question, value in rows}


def keys(said: Sequence[Outgoing]) -> list[str]:
    return [message.key for message in said]


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
    citizen = await _id(planned)
    for situation in [planned.content.situations["released"]]:
        for step in situation.plan:
            await planned.send(Kind.PRESS, data=_button(planned, citizen, "plan.item", f"done:{step.id}"))

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


# The questions


async def test_a_visit_is_five_taps(planned: Talk) -> None:
    await invited(planned)
    first = (await invitation(planned)).questions
    assert first[:2] == ("ces.documents", "ces.steps")
    assert len(first) == 5
    await planned.play("""
        > [open]
        < survey.four [yes] [rather_yes] [rather_no] [no] [skip]
        > [no]
        < survey.four ...
        > [yes]
        < survey.five [yes] [rather_yes] [middle] [rather_no] [no] [skip]
        > [middle]
        < survey.five ...
        > [middle]
        < survey.five ...
        > [skip]
        < survey.thanks ...
    """)
    found = await answers(planned)
    assert {found[one] for one in first[:2]} == {"no", "yes"}
    assert [found[one] for one in first[2:]] == ["middle", "middle", None]
    place = render.say(planned.content, "survey.place", {"number": 5, "total": 5, "question": ""})
    assert planned.shown[-2].text.startswith(place.strip())
    assert [choice.partition(":")[0] for choice in planned._buttons][:3] == ["full", "review", "menu"]


async def test_of_nine_questions_three_come_at_a_visit_and_none_twice(planned: Talk) -> None:
    asked: list[str] = []
    for number in range(3):
        await visited(planned, f"visit {number}")
        assert keys(await ticked(planned, hours=2)) == ["survey.invite"]
        asked += [one for one in (await invitation(planned)).questions if one.startswith("csi.")]
        planned.clock.move(days=15)
        await no_month(planned)

    assert sorted(asked) == sorted(f"csi.{one}" for one in planned.content.surveys["csi"].items)


async def test_all_nine_on_wish(planned: Talk) -> None:
    await invited(planned)
    await planned.press("open")
    for _ in range(5):
        await planned.press("yes")
    if planned.shown[-1].key == "survey.person":
        await planned.press("no")
    await planned.press("full")
    for _ in range(6):
        assert planned.shown[-1].key == "survey.five"
        await planned.press("rather_yes")
    assert len(await answers(planned)) == 11


async def test_a_score_is_tapped_or_typed(planned: Talk) -> None:
    await invited(planned, "plan_done")
    await planned.play("""
        > [open]
        < survey.ten [low] [n:5] [n:6] [n:7] [n:8] [n:9] [n:10] [skip]
        > 11
        < survey.no_score
        < survey.ten ...
        > отлично
        < survey.no_score
        < survey.ten ...
        > 7
        < survey.thanks ...
    """)
    assert await answers(planned) == {"nps.recommend": "7"}


async def test_zero_is_a_score_and_leads_to_words_and_a_person(planned: Talk) -> None:
    await invited(planned, "plan_done")
    await planned.play("""
        > [open]
        < survey.ten ...
        > [low]
        < survey.low [n:0] [n:1] [n:2] [n:3] [n:4] [skip]
        > [n:0]
        < survey.comment [skip]
        > долго ждал ответа
        < survey.person [yes] [no]
        > [yes]
        < survey.called [menu]
    """)
    assert await answers(planned) == {"nps.recommend": "0"}
    citizen = await planned.citizen()
    async with planned.database.read() as tx:
        (case,) = await tx.cases.all_of(citizen.id)
        today = planned.clock.now().date()
        assert await tx.surveys.words(since=today, until=today) == [("nps", "recommend", "долго ждал ответа")]
    assert (case.topic, case.words, case.context) == ("survey", (), "")


async def test_a_person_comes_only_with_yes(planned: Talk) -> None:
    await invited(planned, "plan_done")
    await planned.play("""
        > [open]
        < survey.ten ...
        > 6
        < survey.comment [skip]
        > [skip]
        < survey.person [yes] [no]
        > [no]
        < survey.thanks ...
    """)
    assert await table(planned.database, "SELECT count(*) FROM cases") == [(0,)]


async def test_a_case_that_is_open_already_is_told(planned: Talk) -> None:
    await invited(planned, "plan_done")
    await planned.press("open")
    await planned.say("3")
    await planned.press("skip")
    yes = planned.data("yes")
    citizen = await planned.citizen()
    async with planned.database.write() as tx:
        await tx.cases.open(CaseRow("c", citizen.id, "telegram", "question", "new", False, planned.clock.now()))

    assert keys(await planned.send(Kind.PRESS, data=yes)) == ["survey.already"]


async def test_seven_is_thanked_only(planned: Talk) -> None:
    await invited(planned, "plan_done")
    await planned.press("open")
    assert keys(await planned.say("7")) == ["survey.thanks"]


async def test_after_no_the_questionnaire_asks_what_was_wrong_and_goes_on(planned: Talk) -> None:
    await planned.say("нашел работу")
    await ticked(planned, hours=24)
    await planned.play("""
        > [open]
        < survey.four ...
        > [yes]
        < survey.four ...
        > [rather_no]
        < survey.comment [skip]
        > справки собирал месяц
        < survey.four ...
        > [skip]
        < survey.four ...
        > [rather_yes]
        < survey.four ...
        > [no]
        < survey.comment [skip]
        > [skip]
        < survey.words [skip]
        > больше вакансий
        < survey.ten ...
        > 9
        < survey.person ...
    """)
    found = await answers(planned)
    assert found["nsi.papers"] == "rather_no"
    assert found["nsi.time"] is None
    assert found["nps.recommend"] == "9"


async def test_a_phone_without_buttons_types_the_score(planned: Talk) -> None:
    await invited(planned, "plan_done")
    await planned.send(Kind.TEXT, text="меню", bare=True)
    opens = _button(planned, await _id(planned), "survey.closed", f"open:{(await invitation(planned)).id}")
    assert keys(await planned.send(Kind.PRESS, data=opens)) == ["survey.ten"]
    assert keys(await planned.send(Kind.TEXT, text="пропустить", bare=True)) == ["survey.thanks"]
    assert await answers(planned) == {"nps.recommend": None}


# Coming back, changing, leaving


async def test_back_is_the_question_before_and_its_answer_anew(planned: Talk) -> None:
    await invited(planned)
    await planned.play("""
        > [open]
        < survey.four ...
        > [yes]
        < survey.four ...
        > назад
        < survey.four ...
    """)
    assert planned.shown[-1].text == planned.shown[-3].text
    await planned.press("no")
    await planned.press("no")
    found = await answers(planned)
    assert found == {"ces.documents": "no", "ces.steps": "no"}


async def test_it_goes_on_where_it_was_left(planned: Talk) -> None:
    await invited(planned)
    opens = planned.data("open")
    await planned.press("open")
    await planned.press("yes")
    await planned.press("skip")
    await planned.say("меню")

    await planned.send(Kind.PRESS, data=opens)
    assert planned.shown[-1].key == "survey.five"
    assert len(await answers(planned)) == 2


async def test_an_answer_is_changed_within_a_day(planned: Talk) -> None:
    await invited(planned, "plan_done")
    await planned.press("open")
    await planned.say("8")
    planned.clock.move(hours=23)
    await planned.play("""
        > [review]
        < survey.review ...
        > [q]
        < survey.ten ...
        > 10
        < survey.thanks ...
    """)
    assert await answers(planned) == {"nps.recommend": "10"}


async def test_after_a_day_the_answers_are_nobodys(planned: Talk) -> None:
    await invited(planned, "plan_done")
    await planned.press("open")
    await planned.say("8")
    review = planned.data("review")
    sheets = {row[0] for row in await table(planned.database, "SELECT id FROM survey_sheets")}
    await ticked(planned, hours=24)

    assert keys(await planned.send(Kind.PRESS, data=review)) == ["survey.closed"]
    assert await answers(planned) == {"nps.recommend": "8"}
    tied = await table(planned.database, "SELECT sheet FROM survey_invitations WHERE sheet IS NOT NULL")
    assert tied == []
    assert sheets


async def test_a_late_answer_is_told_that_it_is_late(planned: Talk) -> None:
    """The screen was open all the time, the scheduler has not looked yet."""
    await planned.say("нашел работу")
    await ticked(planned, hours=24)
    await planned.press("open")
    await planned.press("yes")
    late = planned.data("no")
    planned.clock.move(hours=24)

    assert keys(await planned.send(Kind.PRESS, data=late)) == ["survey.closed"]
    assert await answers(planned) == {"nsi.process": "yes"}


async def test_an_invitation_of_last_month_is_closed(planned: Talk) -> None:
    await invited(planned)
    await ticked(planned, days=8)
    assert keys(await planned.press("open")) == ["survey.closed"]


async def test_not_now_waits_and_never_again_is_heard_and_taken_back(planned: Talk) -> None:
    await invited(planned)
    quiet = planned.data("quiet")
    await planned.play("""
        > [later]
        < survey.later [menu]
    """)
    assert keys(await planned.send(Kind.PRESS, data=quiet)) == ["survey.quiet"]
    await no_month(planned)
    planned.clock.move(days=20)
    await visited(planned, "visit 2")
    assert await ticked(planned, hours=2) == []

    await planned.play("""
        > [again]
        < survey.wanted [menu]
    """)
    await visited(planned, "visit 3")
    assert keys(await ticked(planned, hours=2)) == ["survey.invite"]


async def test_no_word_of_a_survey_is_kept_beside_its_citizen(planned: Talk) -> None:
    await invited(planned, "plan_done")
    await planned.press("open")
    citizen = await _id(planned)
    async with planned.database.read() as tx:
        before = (await tx.citizens.holdings(citizen)).kept_messages
    await planned.say("2")
    await planned.say("тайные слова")
    await planned.press("no")

    async with planned.database.read() as tx:
        kept = (await tx.extracts.of(citizen)).messages
        after = (await tx.citizens.holdings(citizen)).kept_messages
    assert b"\xd1\x82\xd0\xb0\xd0\xb9\xd0\xbd\xd1\x8b\xd0\xb5" not in b"".join(one.body for one in kept)
    assert after - before <= 2, "the press on «no» and its thanks, which tell nothing"


async def test_ones_own_data_show_the_answers_while_they_are_ones_own(planned: Talk) -> None:
    await invited(planned, "plan_done")
    await planned.press("open")
    await planned.say("8")
    label = planned.content.surveys["nps"].items["recommend"].label

    async def data() -> str:
        await planned.say("/data")
        await planned.press("file")
        while "more" in planned._buttons:
            await planned.press("more")
        return "\n".join(message.text for message in planned.shown if message.key == "my_data.file")

    assert f"{label}: 8" in await data()
    planned.shown.clear()
    await ticked(planned, hours=25)
    assert f"{label}: 8" not in await data()


async def test_a_survey_that_content_has_no_more_is_closed(planned: Talk) -> None:
    await invited(planned, "plan_done")
    await planned.press("open")
    fewer = {id_: one for id_, one in planned.content.surveys.items() if id_ != "nps"}
    planned.content = replace(planned.content, surveys=fewer)

    assert keys(await planned.say("8")) == ["survey.closed"]


async def test_a_channel_that_only_informs_asks_nothing(planned: Talk) -> None:
    await invited(planned, "plan_done")
    opens = planned.data("open")
    planned.surfaces["telegram"] = Surface(Limits(edits=False), "information")  # type: ignore[index]

    assert keys(await planned.send(Kind.PRESS, data=opens)) == ["elsewhere.info"]
    assert await answers(planned) == {}


async def searches(talk: Talk) -> None:
    """A step of the search is marked."""
    step = next(one for one in talk.content.situations["released"].plan if one.stage == "matching")
    await talk.send(Kind.PRESS, data=_button(talk, await _id(talk), "plan.item", f"stuck:{step.id}"))


async def days_pass(talk: Talk, number: int) -> list[str]:
    """Keys of what came by itself meanwhile."""
    return [key for _ in range(number) for key in keys(await ticked(talk, days=1))]


async def _id(talk: Talk) -> str:
    return (await talk.citizen()).id


def _button(talk: Talk, citizen: str, place: str, choice: str) -> str:
    """Data of a button of some earlier screen."""
    return Presses(talk.database.cipher).make(citizen, place, choice, 0)
