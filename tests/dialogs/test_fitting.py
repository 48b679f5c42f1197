"""The plan of two situations with conditions: reasons, order, further lines, hidden items, and what is in the way."""

import dataclasses

import pytest

from bot.flows import FLOWS
from bot.messages import Kind
from bot.transcript import buttons
from storage.database import Database
from tests.dialogs.journeys import with_journeys
from tests.talk import Talk, real_content

BOTH = """
    > /start
    < start.hello
    < situation.choose ...
    > [released]
    < situation.more ...
    > [alimony]
    < situation.more ...
    > [enough]
    < situation.ready ...
    > [plan]
    < consent.ask ...
    > [yes]
    < consent.agreed
    < profile.intro
    < profile.one [a:papers=all] [a:papers=no_passport] [skip:papers] [later]
    > [later]
    < plan.list [item:papers] [item:account] [item:bailiff] [item:resume] [item:pay] [item:work] [answers] [life]
"""


@pytest.fixture
def talk(database: Database) -> Talk:
    return Talk(database, FLOWS, with_journeys(real_content(FLOWS)))


async def test_an_item_of_two_situations_is_one_with_both_reasons(talk: Talk) -> None:
    await talk.play(f"""
        {BOTH}
        > [item:resume]
        < plan.item [done:resume] [stuck:resume] [later:resume] [not_mine:resume]
    """)
    assert "После освобождения: Причина resume.\nПлачу алименты: Чтобы платить." in talk.shown[-1].text
    await talk.play("""
        > [done]
        < plan.changed_done ...
        > [list]
        < plan.list ...
        > [item:pay]
        < plan.item ...
    """)
    assert "Причина pay." in talk.shown[-1].text
    assert "Плачу алименты:" not in talk.shown[-1].text


async def test_an_answer_brings_forward_and_adds_lines(talk: Talk) -> None:
    await talk.play(f"""
        {BOTH}
        > [answers]
        < answers.list ...
        > [q:wishes]
        < profile.many ...
        > [t:wishes=job]
        < profile.many ...
        > [done]
        < answers.list ...
        > [q:papers]
        < profile.one ...
        > [a:papers=no_passport]
        < answers.list ...
        > [plan]
        < plan.list [item:papers] [item:resume] [item:account] [item:bailiff] [item:pay] [item:work] [answers] [life]
        > [item:account]
        < plan.item ...
    """)
    assert "1. Делайте.\n2. Сначала паспорт." in talk.shown[-1].text


async def test_a_button_of_an_item_that_an_answer_hid_still_opens_and_marks_it(talk: Talk) -> None:
    await talk.play(BOTH)
    opened = talk.data("item:account")
    await talk.play("""
        > [item:account]
        < plan.item ...
    """)
    marks = {name: talk.data(name) for name in ("done", "stuck", "later", "not_mine")}
    await talk.play("""
        > мои ответы
        < answers.list ...
        > [q:account]
        < profile.one ...
        > [a:account=yes]
        < answers.list ...
        > [plan]
        < plan.list [item:papers] [item:bailiff] [item:resume] [item:pay] [item:work] [answers] [life]
    """)
    talk.clock.move(days=90)

    expected = {"stuck": "plan.stuck", "later": "plan.later", "not_mine": "plan.changed_not_mine"}
    assert [message.key for message in await talk.send(Kind.PRESS, data=opened)] == ["plan.item"]
    for name, key in (*expected.items(), ("done", "plan.changed_done")):
        assert [message.key for message in await talk.send(Kind.PRESS, data=marks[name])] == [key]

    (plan,) = await talk.say("/plan")
    assert "item:account" in buttons(plan)  # done stays


async def test_no_reminder_of_an_item_that_an_answer_hid(talk: Talk) -> None:
    await talk.play(f"""
        {BOTH}
        > [item:account]
        < plan.item ...
        > [later]
        < plan.later ...
        > [tomorrow]
        < plan.changed_later ...
        > мои ответы
        < answers.list ...
        > [q:account]
        < profile.one ...
        > [a:account=yes]
        < answers.list ...
    """)
    talk.clock.move(days=1)

    assert await talk.tick() == []


async def test_what_is_in_the_way_leads_to_its_own_help_and_back_to_the_plan(talk: Talk) -> None:
    await talk.play(f"""
        {BOTH}
        > 1
        < plan.item ...
        > не получается
        < plan.stuck [o:no_internet] [o:afraid] [undo:papers] [list]
        > Нет интернета
        < plan.obstacle [booking] [item:resume] [item:pay] [question:faq-001] [next:account] [list]
        > [item:resume]
        < plan.item [done:resume] ...
        > назад
        < plan.obstacle ...
        > [question]
        < questions.answer ...
        > назад
        < plan.obstacle ...
        > [booking]
        < booking.role ...
        > назад
        < plan.obstacle ...
        > назад
        < plan.stuck ...
        > [o:afraid]
        < plan.obstacle [handover] [questions] [jobs] [next:account] [list]
        > [jobs]
        < jobs.info ...
        > назад
        < plan.obstacle ...
        > [list]
        < plan.list ...
    """)
    assert "! Шаг papers" in talk.shown[-1].text or "! Шаг papers" in [
        button.label for row in talk.shown[-1].rows for button in row
    ]


async def test_help_offers_no_item_that_the_citizen_has_not(talk: Talk) -> None:
    await talk.play("""
        > /start
        < start.hello
        < situation.choose ...
        > [released]
        < situation.more ...
        > [enough]
        < situation.ready ...
        > [plan]
        < consent.ask ...
        > [yes]
        < consent.agreed
        < profile.intro
        < profile.one ...
        > [later]
        < plan.list ...
        > [item:resume]
        < plan.item ...
        > [stuck]
        < plan.stuck ...
        > [o:no_internet]
        < plan.obstacle [booking] [question:faq-001] [next:work] [list]
    """)


async def test_help_leads_to_a_page(talk: Talk) -> None:
    page = next(iter(talk.content.pages))
    afraid = dataclasses.replace(talk.content.obstacles["afraid"], leads=(f"page:{page}", "page:gone"))
    talk.content = dataclasses.replace(talk.content, obstacles={"afraid": afraid})
    await talk.play(f"""
        {BOTH}
        > 1
        < plan.item ...
        > [stuck]
        < plan.stuck ...
        > [o:afraid]
        < plan.obstacle [page:{page}] [next:account] [list]
        > [page]
        < info.reading ...
        > назад
        < plan.obstacle ...
    """)


async def test_old_buttons_of_obstacles_lead_on_months_later(talk: Talk) -> None:
    await talk.play(f"""
        {BOTH}
        > 1
        < plan.item ...
        > [stuck]
        < plan.stuck ...
        > [o:no_internet]
        < plan.obstacle ...
    """)
    old = [data for message in talk.shown[-2:] for data in buttons(message).values()]
    talk.clock.move(days=90)

    for data in old:
        await talk.say("/menu")
        assert buttons((await talk.send(Kind.PRESS, data=data))[-1]), data


async def test_content_without_obstacles_offers_a_person_and_answers(talk: Talk) -> None:
    talk.content = dataclasses.replace(talk.content, obstacles={})
    await talk.play(f"""
        {BOTH}
        > 1
        < plan.item ...
        > [stuck]
        < plan.stuck [handover] [questions] [next:account] [undo:papers] [list]
        > [handover]
        < handover.words ...
        > назад
        < plan.stuck ...
        > [next]
        < plan.item ...
    """)


async def test_who_reads_without_consent_sees_every_item_and_every_line(talk: Talk) -> None:
    await talk.play("""
        > /start
        < start.hello
        < situation.choose ...
        > [released]
        < situation.more ...
        > [enough]
        < situation.ready ...
        > [page]
        < info.page ...
        > [steps]
        < info.steps [s:papers] [s:account] [s:resume] [s:learn] [s:work]
        > 2
        < info.step [next:resume]
    """)
    assert "2. Сначала паспорт." in talk.shown[-1].text


async def test_a_plan_whose_every_item_is_hidden_says_what_is_next(talk: Talk) -> None:
    released = talk.content.situations["released"]
    shorter = dataclasses.replace(released, plan=released.plan[:1])
    talk.content = dataclasses.replace(talk.content, situations={**talk.content.situations, "released": shorter})
    await talk.play("""
        > /start
        < start.hello
        < situation.choose ...
        > [released]
        < situation.more ...
        > [enough]
        < situation.ready ...
        > [plan]
        < consent.ask ...
        > [yes]
        < consent.agreed
        < profile.intro
        < profile.one ...
        > [a:papers=all]
        < profile.one ...
        > [later]
        < plan.finished [jobs] [handover] [answers] [life]
    """)
