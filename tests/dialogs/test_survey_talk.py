"""Surveys in the chat: one tap each, changed for a day, then nobody's."""

from dataclasses import replace

import pytest

from bot.channels.port import Limits
from bot.engine.taken import Surface
from bot.messages import Kind
from bot.texts import render
from storage.records import CaseRow
from tests.dialogs.surveyed import Another, answers, button, id_of, invitation, invited, keys, no_month, ticked, visited
from tests.dialogs.transcripts import TO_PLAN
from tests.storage.rows import table
from tests.talk import Talk


@pytest.fixture
async def planned(another: Another) -> Talk:
    talk = another("ivan", channel="telegram")
    await talk.play(TO_PLAN)
    return talk


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
    opens = button(planned, await id_of(planned), "survey.closed", f"open:{(await invitation(planned)).id}")
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
    citizen = await id_of(planned)
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
