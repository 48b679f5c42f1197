"""«Задать вопрос»: an answer, whether it helped, a person who knows which question it was."""

from collections.abc import Callable
from datetime import date

import pytest

from bot.channels.port import Limits
from bot.engine.taken import Surface
from bot.flows import FLOWS
from bot.messages import Kind
from storage.database import Database
from storage.records import Judged
from tests.dialogs.transcripts import NOT_HELPED
from tests.talk import Talk, real_content

TO_ANSWER = """
    > /ask
    < questions.topics ...
    > 1
    < questions.list ...
    > 1
    < questions.answer [helped] [not_helped] [handover]
"""


async def judged(talk: Talk) -> list[Judged]:
    async with talk.database.read() as tx:
        return await tx.verdicts.by_question(since=date(2026, 11, 1))


def first_question(talk: Talk) -> str:
    return next(iter(talk.content.topics.values())).questions[0].id


async def test_a_person_is_told_which_answer_did_not_help(talk: Talk) -> None:
    await talk.play(NOT_HELPED)

    async with talk.database.read() as tx:
        (case,) = await tx.cases.waiting()
    asked_about = first_question(talk)
    assert f"question: {asked_about}\n" in case.context
    assert case.words == ("Всё равно непонятно",)
    asked = next(message for message in talk.shown if message.key == "handover.words_about")
    assert talk.content.questions[asked_about].question in asked.text


async def test_a_person_called_from_the_answer_itself_knows_the_question_too(talk: Talk) -> None:
    await talk.play(f"""
        {TO_ANSWER}
        > [handover]
        < handover.may_pass ...
        > да
        < handover.words_about ...
        > [skip]
        < handover.sent ...
    """)

    async with talk.database.read() as tx:
        (case,) = await tx.cases.waiting()
    assert f"question: {first_question(talk)}\n" in case.context


async def test_a_person_called_from_elsewhere_is_told_no_question(talk: Talk) -> None:
    await talk.play(f"""
        {TO_ANSWER}
        > меню
        < menu.main ...
        > [handover]
        < handover.may_pass ...
        > да
        < handover.words ...
        > [skip]
        < handover.sent ...
    """)

    async with talk.database.read() as tx:
        (case,) = await tx.cases.waiting()
    assert "question: \n" in case.context


async def test_shown_and_judged_answers_are_counted_by_question(talk: Talk, another: Callable[..., Talk]) -> None:
    await talk.play(f"""
        {TO_ANSWER}
        > [helped]
        < questions.helped ...
    """)
    await another("olga").play(f"""
        {TO_ANSWER}
        > [not_helped]
        < questions.not_helped ...
    """)
    await another("petr").play(TO_ANSWER)

    assert await judged(talk) == [Judged(first_question(talk), 3, 1, 1)]


async def test_a_shown_answer_counts_once_however_often_it_is_pressed(talk: Talk) -> None:
    await talk.play(TO_ANSWER)
    helped, not_helped = talk.data("helped"), talk.data("not_helped")
    await talk.store(Kind.PRESS, data=helped)
    await talk.store(Kind.PRESS, data=helped)
    await talk.store(Kind.PRESS, data=not_helped)

    answers = await talk.work()

    assert answers[0].key == "questions.helped"

    assert await judged(talk) == [Judged(first_question(talk), 1, 1, 0)]


async def test_back_to_the_answer_shows_and_judges_nothing_twice(talk: Talk) -> None:
    await talk.play(f"""
        {TO_ANSWER}
        > [helped]
        < questions.helped ...
        > назад
        < questions.answer ...
        > [not_helped]
        < questions.not_helped ...
        > назад
        < questions.answer ...
    """)

    assert await judged(talk) == [Judged(first_question(talk), 1, 1, 0)]


async def test_the_same_answer_opened_anew_counts_anew(talk: Talk) -> None:
    for _ in range(2):
        await talk.play(f"""
            {TO_ANSWER}
            > [helped]
            < questions.helped ...
        """)

    assert await judged(talk) == [Judged(first_question(talk), 2, 2, 0)]


async def test_a_repeated_delivery_counts_once(talk: Talk) -> None:
    await talk.play(TO_ANSWER)
    helped = talk.data("helped")
    for _ in range(3):
        await talk.send(Kind.PRESS, event="same", data=helped)

    assert await judged(talk) == [Judged(first_question(talk), 1, 1, 0)]


async def test_answers_are_counted_where_nothing_else_is_kept(another: Callable[..., Talk]) -> None:
    talk = another("ivan", channel="telegram", policy="information")
    await talk.play(f"""
        {TO_ANSWER}
        > [not_helped]
        < questions.not_helped ...
        > [handover]
        < elsewhere.info ...
    """)

    assert await judged(talk) == [Judged(first_question(talk), 1, 0, 1)]


@pytest.mark.parametrize("question", ["faq-120", "faq-121"])
async def test_nobody_in_a_bad_hour_is_asked_for_a_mark(talk: Talk, question: str) -> None:
    await talk.play("""
        > /start
        < start.hello
        < situation.choose ...
    """)
    topics = list(talk.content.topics.values())
    topic = next(one for one in topics if question in {each.id for each in one.questions})

    await talk.say("/ask")
    while topic.id not in talk._buttons:
        await talk.press("_next")
    await talk.press(topic.id)
    await talk.press(f"q:{question}")

    assert "handover" in talk._buttons
    assert not {"helped", "not_helped"} & set(talk._buttons)


async def test_an_answer_that_sends_somewhere_leads_there(talk: Talk) -> None:
    await talk.play("""
        > /start
        < start.hello
        < situation.choose ...
        > на кого учиться
        < questions.answer [helped] [not_helped] [booking] [jobs] [handover]
        > [jobs]
        < jobs.info ...
    """)

    assert [one.shown for one in await judged(talk)] == [1], "going on is no judgement"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_channel_that_only_informs_leads_to_no_appointment(database: Database) -> None:
    surfaces = {"telegram": Surface(Limits(), "information")}
    talk = Talk(database, FLOWS, real_content(FLOWS), channel="telegram", surfaces=surfaces)

    await talk.play("""
        > /start
        < start.hello_information
        < info.list ...
        > на кого учиться
        < questions.answer [helped] [not_helped] [jobs] [handover]
    """)
