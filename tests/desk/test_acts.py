"""Both sides of a case: what staff do, what the citizen hears of it, and who gets what when two are at it."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.desk.acts import Desk
from bot.messages import Kind
from tests.desk.conftest import LEAD, OLGA, PETR, STRANGER, keys, the_case
from tests.talk import Talk


async def test_a_specialist_answers_by_role_and_the_citizen_goes_on_in_the_same_chat(asked: Talk, desk: Desk) -> None:
    case = await the_case(asked)
    assert (case.topic, case.role, case.office) == ("jobs", "job_matcher", "barnaul")

    assert (await desk.take(OLGA, case.id)).code == "done"
    assert keys(await asked.work()) == ["case.taken"]
    assert (await desk.answer(OLGA, case.id, "Подойдёт склад на Попова?", once="a1")).code == "done"
    (said,) = await asked.work()

    assert said.key == "case.words"
    assert said.text == "Специалист по подбору работы:\nПодойдёт склад на Попова?"
    assert "olga" not in said.text
    await asked.play("""
        > Подойдёт, с какого дня?
        < case.passed [bot]
    """)
    case = await the_case(asked)
    assert case.state == "waiting_staff"
    assert case.words == ("Нужна работа рядом с домом", "Подойдёт, с какого дня?")
    assert case.due_at is not None


async def test_the_bot_stays_usable_and_keeps_the_place(asked: Talk, desk: Desk) -> None:
    case = await the_case(asked)
    await asked.play("""
        > /ask
        < questions.topics ...
    """)
    await desk.answer(OLGA, case.id, "Здравствуйте", once="a1")
    await asked.work()
    await asked.play("""
        > [bot]
        < case.bot
        < questions.topics ...
        > ыва
        < fallback.unknown ...
    """)
    asked.clock.move(minutes=1)
    await desk.answer(OLGA, case.id, "Вы ещё здесь?", once="a2")
    await asked.work()
    await asked.play("""
        > Да
        < case.passed [bot]
    """)


async def test_of_two_specialists_at_once_one_gets_the_case(asked: Talk, desk: Desk) -> None:
    case = await the_case(asked)

    done = await asyncio.gather(desk.take(OLGA, case.id), desk.take(replace(PETR, role="job_matcher"), case.id))

    assert sorted(one.code for one in done) == ["done", "other_owner"]
    owner = (await the_case(asked)).owner
    late = next(one for one in (OLGA, PETR) if one.id != owner)
    assert (await desk.answer(late, case.id, "И я отвечу", once="late")).code == "other_owner"
    assert (await desk.close(late, case.id)).code == "other_owner"
    assert keys(await asked.work()) == ["case.taken"]


async def test_an_act_done_twice_is_one(asked: Talk, desk: Desk) -> None:
    case = await the_case(asked)

    codes = [(await desk.answer(OLGA, case.id, "Здравствуйте", once="form")).code for _ in range(2)]

    assert codes == ["done", "repeated"]
    assert keys(await asked.work()) == ["case.words"]


async def test_an_answer_to_what_has_changed_meanwhile_is_refused(asked: Talk, desk: Desk) -> None:
    case = await the_case(asked)
    await asked.play("""
        > [add]
        < handover.more [menu]
        > Уже нашёл сам
        < handover.added ...
    """)
    assert (await desk.answer(OLGA, case.id, "Подобрал вам", once="a", version=case.version)).code == "changed"
    assert (await desk.close(OLGA, case.id, version=(await the_case(asked)).version)).code == "done"


async def test_closing_asks_whether_it_is_solved_and_no_brings_it_back(asked: Talk, desk: Desk) -> None:
    case = await the_case(asked)
    await desk.close(OLGA, case.id)
    assert keys(await asked.work()) == ["case.closed"]
    await asked.play("""
        > [no]
        < case.reopened [menu]
        > Непонятно, куда идти
        < case.passed [bot]
    """)
    case = await the_case(asked)
    assert (case.state, case.owner) == ("reopened", "")
    await desk.close(OLGA, case.id)
    await asked.work()
    await asked.play("""
        > [yes]
        < case.solved [comment] [menu]
        > [comment]
        < case.comment [menu]
        > Спасибо, помогли
        < case.thanks [menu]
    """)
    case = await the_case(asked)
    assert (case.state, case.solved) == ("closed", "yes")
    async with asked.database.read() as tx:
        assert [said.kind for said in await tx.case_talk.of(case.id)][-1] == "comment"
        assert [one.act for one in await tx.cases.history(case.id)] == [
            "opened", "closed", "solved_no", "reopened", "closed", "solved_yes", "commented",
        ]  # fmt: skip


async def test_staff_take_back_a_closed_case_but_not_over_a_newer_one(asked: Talk, desk: Desk) -> None:
    case = await the_case(asked)
    await desk.close(OLGA, case.id)
    await asked.work()
    assert (await desk.reopen(OLGA, case.id)).code == "done"
    assert keys(await asked.work()) == ["case.returned"]

    await desk.close(OLGA, case.id)
    await asked.work()
    await asked.play("""
        > /human
        < handover.may_pass ...
        > да
        < handover.words [skip]
        > Другое дело
        < handover.sent ...
    """)
    assert (await desk.reopen(OLGA, case.id)).code == "changed"


async def test_a_transfer_puts_it_into_another_queue_and_the_citizen_knows(asked: Talk, desk: Desk) -> None:
    case = await the_case(asked)
    await desk.take(OLGA, case.id)
    await asked.work()

    assert (await desk.transfer(OLGA, case.id, role="lawyer")).code == "done"

    (said,) = await asked.work()
    assert (said.key, "Юрист" in said.text) == ("case.transferred", True)
    case = await the_case(asked)
    assert (case.state, case.owner, case.role) == ("new", "", "lawyer")
    assert [one.id for one in await desk.queue(PETR, role="lawyer")] == [case.id]


async def test_later_tells_the_citizen_until_when(asked: Talk, desk: Desk) -> None:
    case = await the_case(asked)

    assert (await desk.later(OLGA, case.id, hours=16)).code == "done"

    (said,) = await asked.work()
    assert said.key == "case.later"
    case = await the_case(asked)
    assert case.owner == "olga"
    assert case.due_at is not None
    assert case.due_at - asked.clock.now() > timedelta(days=1)


async def test_only_the_own_office_sees_it(asked: Talk, desk: Desk) -> None:
    case = await the_case(asked)

    assert await desk.queue(STRANGER) == []
    assert await desk.case(STRANGER, case.id) is None
    assert (await desk.take(STRANGER, case.id)).code == "not_yours"
    assert (await desk.take(OLGA, "nothing")).code == "gone"


async def test_a_complaint_goes_to_the_lead_and_never_to_the_one_complained_about(asked: Talk, desk: Desk) -> None:
    case = await the_case(asked)
    lead_who_answers = replace(LEAD, id="olga")
    await desk.answer(OLGA, case.id, "Ищите сами", once="a")
    await asked.work()
    await asked.play("""
        > /human
        < handover.already [add] [talk] [complain] [menu]
        > [complain]
        < handover.complain [yes] [no]
        > [yes]
        < handover.more [menu]
        > Мне нагрубили
        < handover.added ...
    """)
    case = await the_case(asked)

    assert (case.role, case.owner, case.excluded, case.state) == ("lead", "", "olga", "new")
    for actor in (OLGA, lead_who_answers, PETR):
        assert await desk.queue(actor) == []
        assert await desk.case(actor, case.id) is None
        assert (await desk.answer(actor, case.id, "Это неправда", once=actor.id + actor.role)).code == "not_yours"
    assert [one.id for one in await desk.queue(LEAD)] == [case.id]
    assert (await desk.take(LEAD, case.id)).code == "done"


async def test_a_complaint_written_at_once_is_routed_to_the_lead(talk: Talk, desk: Desk) -> None:
    await talk.play("""
        > /start
        < start.hello
        < situation.choose ...
        > /human
        < handover.may_pass ...
        > да
        < handover.words [skip]
        > Хочу пожаловаться на специалиста
        < handover.sent ...
    """)
    assert (await the_case(talk)).role == "lead"
    assert await desk.queue(OLGA) == []


@pytest.mark.parametrize("kind", [Kind.VOICE, Kind.PHOTO, Kind.FILE])
async def test_staff_see_that_a_file_came_and_the_citizen_is_asked_for_words(
    asked: Talk, desk: Desk, kind: Kind
) -> None:
    answers = await asked.send(kind)

    assert keys(answers) == ["case.not_words"]
    async with asked.database.read() as tx:
        said = (await tx.case_talk.of((await the_case(asked)).id))[-1]
    assert (said.kind, said.words) == (str(kind), "")


async def test_a_correction_joins_the_case_and_a_sticker_does_not(asked: Talk) -> None:
    assert keys(await asked.send(Kind.EDITED, text="Работа в Бийске")) == ["case.passed_edit"]
    assert keys(await asked.send(Kind.STICKER)) == ["fallback.sticker"]
    assert (await the_case(asked)).words[-1] == "Работа в Бийске"


async def test_who_blocked_the_bot_must_be_called_and_the_words_wait_in_the_case(asked: Talk, desk: Desk) -> None:
    case = await the_case(asked)
    await asked.send(Kind.STOPPED)

    done = await desk.answer(OLGA, case.id, "Перезвоните нам", once="a")

    assert done.code == "unreachable"
    assert await asked.work() == []
    case = await the_case(asked)
    assert case.answers == ("Перезвоните нам",)
    async with asked.database.read() as tx:
        assert not await desk.reaches(tx, case.citizen_id)


async def test_an_answer_comes_though_the_talk_was_forgotten_and_so_do_the_words_back(asked: Talk, desk: Desk) -> None:
    """Without consent the session goes after a day; a weekend is longer."""
    case = await the_case(asked)
    asked.clock.move(days=3)
    async with asked.database.write() as tx:
        assert await tx.retention.sessions(before=asked.clock.now() - timedelta(days=1), limit=10) == 1

    assert (await desk.answer(OLGA, case.id, "Добрый день", once="a")).code == "done"
    assert keys(await asked.work()) == ["case.words"]
    assert keys(await asked.say("И вам")) == ["case.passed"]
    assert (await the_case(asked)).words[-1] == "И вам"


async def test_a_hidden_menu_shows_nothing_of_the_case(asked: Talk, desk: Desk) -> None:
    case = await the_case(asked)
    async with asked.database.write() as tx:
        from bot.engine.session import decode, encode

        row = (await tx.sessions.load([case.citizen_id]))[case.citizen_id]
        session = decode(row.data)
        session.is_covered = True
        await tx.sessions.save([replace(row, data=encode(session))])

    await desk.take(OLGA, case.id)
    await desk.answer(OLGA, case.id, "Про алименты", once="a")

    (said,) = await asked.work()
    assert (said.key, "алимент" in said.text) == ("case.covered", False)


async def test_too_long_and_empty_words_are_refused(asked: Talk, desk: Desk) -> None:
    case = await the_case(asked)
    assert (await desk.answer(OLGA, case.id, "  ", once="a")).code == "empty"
    assert (await desk.answer(OLGA, case.id, "я" * 3501, once="b")).code == "too_long"
    assert (await the_case(asked)).state == "new"


async def test_notes_stay_among_staff(asked: Talk, desk: Desk) -> None:
    case = await the_case(asked)
    assert (await desk.note(PETR, case.id, "Похоже на прошлый случай")).code == "done"
    assert await asked.work() == []
    case = await the_case(asked)
    assert (case.answers, case.state) == ((), "new")
