"""Questions about the citizen: asked one by one, skipped, left for later, changed; and the plan that follows."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from bot.channels.port import Limits
from bot.engine.press import Presses
from bot.engine.taken import Surface
from bot.flows import FLOWS
from bot.messages import Kind
from bot.texts import render
from bot.transcript import buttons
from storage.database import Database
from tests.dialogs.journeys import with_journeys
from tests.dialogs.transcripts import ANSWERS_CHANGED
from tests.talk import Talk, real_content

AGREED = """
    > /start
    < start.hello
    < situation.choose ...
    > [released]
    < situation.more [enough] [alimony] [other]
    > [enough]
    < situation.ready [plan] [page]
    > [plan]
    < consent.ask [yes] [no] [full]
    > [yes]
    < consent.agreed
    < profile.intro
    < profile.one [a:papers=all] [a:papers=no_passport] [skip:papers] [later]
"""
PLANNED = f"""
    {AGREED}
    > [later]
    < plan.list [item:papers] [item:account] [item:resume] [item:work] [answers] [life]
"""
TO_DAY = f"""
    {AGREED}
    > [skip]
    < profile.one [a:account=yes] [a:account=no] [skip:account] [later]
    > [skip]
    < profile.many ...
    > [skip]
    < profile.date [months:day] [skip:day] [later]
"""


@pytest.fixture
def talk(database: Database) -> Talk:
    return Talk(database, FLOWS, with_journeys(real_content(FLOWS)))


async def kept(talk: Talk) -> dict[str, str | None]:
    id_ = (await talk.citizen()).id
    async with talk.database.read() as tx:
        return {row.question: row.value for row in (await tx.profile.load([id_])).get(id_, ())}


async def test_answers_choose_items_and_their_order(talk: Talk) -> None:
    await talk.play(f"""
        {AGREED}
        > Нет паспорта
        < profile.one [a:account=yes] [a:account=no] [skip:account] [later]
        > 1
        < profile.many [t:wishes=job] [t:wishes=training] [t:wishes=business] [done:wishes] [skip:wishes] [later]
        > [t:wishes=training]
        < profile.many [t:wishes=job] [t:wishes=training] [t:wishes=business] [done:wishes] [skip:wishes] [later]
        > [t:wishes=business]
        < profile.many ...
        > [t:wishes=business]
        < profile.many ...
        > готово
        < profile.date [months:day] [skip:day] [later]
        > 15 марта
        < profile.noted
        < profile.ready
        < plan.list [item:papers] [item:resume] [item:learn] [item:work] [answers] [life]
    """)
    assert await kept(talk) == {
        "papers": "no_passport",
        "account": "yes",
        "wishes": "training",
        "day": "2027-03-15",
    }


async def test_why_we_ask_stands_by_the_question(talk: Talk) -> None:
    await talk.play(AGREED)
    question = talk.content.profile["papers"]

    assert question.ask in talk.shown[-1].text
    assert question.why in talk.shown[-1].text


async def test_a_chosen_answer_of_several_is_marked(talk: Talk) -> None:
    await talk.play(f"""
        {AGREED}
        > [skip]
        < profile.one ...
        > [skip]
        < profile.many ...
        > [t:wishes=job]
        < profile.many ...
    """)
    labels = [button.label for row in talk.shown[-1].rows for button in row]

    assert labels[:3] == ["✓ Работа", "Учёба", "Своё дело"]


async def test_each_question_can_be_skipped_and_nothing_is_kept_of_it(talk: Talk) -> None:
    await talk.play(f"""
        {TO_DAY}
        > Пропустить
        < profile.ready
        < plan.list [item:papers] [item:account] [item:resume] [item:work] [answers] [life]
    """)
    assert await kept(talk) == {}


async def test_the_rest_can_be_left_for_later_and_is_asked_on_wish(talk: Talk) -> None:
    await talk.play(f"""
        {AGREED}
        > [a:papers=all]
        < profile.one [a:account=yes] ...
        > Потом
        < plan.list [item:account] [item:resume] [item:work] [answers] [life]
        > [answers]
        < answers.list [q:papers] [q:account] [q:wishes] [q:day] [rest] [plan]
        > [rest]
        < profile.intro
        < profile.one [a:account=yes] [a:account=no] [skip:account] [later]
    """)


async def test_none_of_several_is_an_answer_too(talk: Talk) -> None:
    await talk.play(f"""
        {AGREED}
        > [skip]
        < profile.one ...
        > [skip]
        < profile.many ...
        > [done]
        < profile.date ...
        > [later]
        < plan.list ...
        > [answers]
        < answers.list ...
    """)
    assert await kept(talk) == {"wishes": ""}
    assert "Пожелания: ничего из этого" in talk.shown[-1].text
    assert "Документы: нет ответа" in talk.shown[-1].text


async def test_back_leads_to_the_question_before(talk: Talk) -> None:
    await talk.play(f"""
        {AGREED}
        > [a:papers=all]
        < profile.one [a:account=yes] ...
        > назад
        < profile.one [a:papers=all] [a:papers=no_passport] [skip:papers] [later]
        > [a:papers=no_passport]
        < profile.one [a:account=yes] ...
    """)
    assert await kept(talk) == {"papers": "no_passport"}


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("15 марта", date(2027, 3, 15)),
        ("15.03.2027", date(2027, 3, 15)),
        ("15.03.27", date(2027, 3, 15)),
        ("завтра", date(2026, 11, 24)),
        ("1 июня 2019 года", date(2019, 6, 1)),
        ("24.11.2027", date(2027, 11, 24)),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_day_is_typed_in_many_ways(talk: Talk, typed: str, day: date) -> None:
    await talk.play(TO_DAY)

    answers = await talk.say(typed)

    assert [message.key for message in answers] == ["profile.noted", "profile.ready", "plan.list"]
    assert render.date_words(day) in answers[0].text
    assert await kept(talk) == {"day": day.isoformat()}


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("не знаю", "unclear"),
        ("31.02.2027", "unclear"),
        ("весной", "unclear"),
        ("15.03.2029", "too_late"),
        ("25.11.2027", "too_late"),
        ("15.03.1945", "too_early"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_day_that_is_none_gets_a_clear_answer(talk: Talk, typed: str, told: str) -> None:
    await talk.play(TO_DAY)

    answers = await talk.say(typed)

    assert [message.key for message in answers] == [f"profile.{told}", "profile.date"]
    assert await kept(talk) == {}


async def test_a_month_is_chosen_and_the_number_typed(talk: Talk) -> None:
    await talk.play(f"""
        {TO_DAY}
        > [months]
        < profile.months [skip:day] [m:day=2026-11] [m:day=2026-12] [m:day=2027-01] [m:day=2027-02] [m:day=2027-03] ...
        > [m:day=2027-02]
        < profile.day [months:day] [skip:day]
        > 30
        < profile.unclear
        < profile.date ...
        > [months]
        < profile.months ...
        > февраль 2027
        < profile.day [months:day] [skip:day]
        > 2
        < profile.noted
        < profile.ready
        < plan.list ...
    """)
    assert await kept(talk) == {"day": "2027-02-02"}


async def test_months_behind_are_on_a_later_page_and_another_month_can_be_taken(talk: Talk) -> None:
    await talk.play(f"""
        {TO_DAY}
        > [months]
        < profile.months ...
        > [_next:1]
        < profile.months ...
        > [_next:2]
        < profile.months [m:day=2026-10] [m:day=2026-09] ...
        > октябрь 2026
        < profile.day ...
        > [months]
        < profile.months [skip:day] [m:day=2026-11] ...
        > 20.11.2026
        < profile.noted
        < profile.ready
        < plan.list ...
    """)
    assert await kept(talk) == {"day": "2026-11-20"}


async def test_a_second_situation_asks_only_what_is_new(talk: Talk) -> None:
    await talk.play(f"""
        {AGREED}
        > [a:papers=all]
        < profile.one [a:account=yes] ...
        > [a:account=no]
        < profile.many ...
        > [done]
        < profile.date ...
        > 15.03.2027
        < profile.noted
        < profile.ready
        < plan.list [item:account] [item:resume] [item:work] [answers] [life]
        > меню
        < menu.main ...
        > [more]
        < more.list ...
        > [situation]
        < situation.choose ...
        > [released]
        < situation.more ...
        > [alimony]
        < situation.more ...
        > [enough]
        < situation.ready ...
        > [plan]
        < profile.intro
        < profile.one [a:debt=yes] [a:debt=no] [skip:debt] [later]
        > [a:debt=no]
        < profile.ready
        < plan.list [item:account] [item:bailiff] [item:resume] [item:pay] [item:work] [answers] [life]
    """)


async def test_all_answered_no_question_is_asked(talk: Talk) -> None:
    await talk.play(f"""
        {AGREED}
        > [a:papers=all]
        < profile.one ...
        > [a:account=no]
        < profile.many ...
        > [done]
        < profile.date ...
        > завтра
        < profile.noted
        < profile.ready
        < plan.list ...
        > /menu
        < menu.main ...
        > [more]
        < more.list ...
        > [situation]
        < situation.choose ...
        > [released]
        < situation.more ...
        > [enough]
        < situation.ready ...
        > [plan]
        < plan.list ...
    """)


async def test_answers_are_changed_and_forgotten_in_one_talk(talk: Talk) -> None:
    talk.content = real_content(FLOWS)
    await talk.play(ANSWERS_CHANGED)


async def test_a_changed_answer_forms_the_plan_anew_and_keeps_what_was_done(talk: Talk) -> None:
    await talk.play(f"""
        {PLANNED}
        > 1
        < plan.item [done:papers] ...
        > [done]
        < plan.changed_done ...
        > мои ответы
        < answers.list [q:papers] [q:account] [q:wishes] [q:day] [rest] [plan]
        > [q:papers]
        < profile.one [a:papers=all] [a:papers=no_passport] [skip:papers]
        > [a:papers=all]
        < answers.list ...
        > Госуслуги
        < profile.one [a:account=yes] [a:account=no] [skip:account]
        > [a:account=yes]
        < answers.list ...
        > [plan]
        < plan.list [item:papers] [item:resume] [item:work] [answers] [life]
    """)
    assert render.progress(1, 3) in talk.shown[-1].text  # hidden by the answer, but done: it stays
    await talk.play("""
        > 1
        < plan.item [reopen:papers]
        > [reopen]
        < plan.changed_open ...
    """)
    assert render.progress(0, 2) in talk.shown[-1].text
    await talk.play("""
        > [list]
        < plan.list [item:resume] [item:work] [answers] [life]
        > мои ответы
        < answers.list ...
        > [q:papers]
        < answers.answer [change:papers] [forget:papers] [list]
        > [forget]
        < answers.forgotten
        < answers.list ...
        > [plan]
        < plan.list [item:papers] [item:resume] [item:work] [answers] [life]
    """)
    assert await kept(talk) == {"account": "yes"}


async def test_a_changed_day_and_changed_wishes_lead_back_to_the_answers(talk: Talk) -> None:
    await talk.play(f"""
        {PLANNED}
        > [answers]
        < answers.list ...
        > [q:day]
        < profile.date [months:day] [skip:day]
        > когда-нибудь
        < profile.unclear
        < profile.date [months:day] [skip:day]
        > [months]
        < profile.months ...
        > [m:day=2026-11]
        < profile.day ...
        > 30
        < profile.noted
        < answers.list ...
        > [q:wishes]
        < profile.many [t:wishes=job] [t:wishes=training] [t:wishes=business] [done:wishes] [skip:wishes]
        > 2
        < profile.many ...
        > [done]
        < answers.list ...
        > [q:wishes]
        < answers.answer ...
        > [change]
        < profile.many ...
        > [skip]
        < answers.list ...
    """)
    assert await kept(talk) == {"day": "2026-11-30", "wishes": "training"}
    assert "День освобождения: 30 ноября 2026 года" in talk.shown[-1].text


async def test_an_old_button_answers_its_own_question_whatever_is_asked_now(talk: Talk) -> None:
    await talk.play(AGREED)
    old = talk.data("a:papers=all")
    await talk.play("""
        > [a:papers=no_passport]
        < profile.one [a:account=yes] ...
    """)

    answers = await talk.send(Kind.PRESS, data=old)

    assert [message.key for message in answers] == ["profile.one"]
    assert "a:account=yes" in buttons(answers[0])
    assert await kept(talk) == {"papers": "all"}


async def test_old_buttons_of_questions_months_later_lead_somewhere_and_answer(talk: Talk) -> None:
    await talk.play(f"""
        {TO_DAY}
        > [months]
        < profile.months ...
        > [m:day=2026-11]
        < profile.day ...
        > 30
        < profile.noted
        < profile.ready
        < plan.list ...
        > [answers]
        < answers.list ...
        > [q:day]
        < answers.answer ...
        > меню
        < menu.main ...
    """)
    old = {
        choice: data
        for message in talk.shown
        if message.key.startswith(("profile.", "answers."))
        for choice, data in buttons(message).items()
    }
    talk.clock.move(days=90)

    for choice, data in old.items():
        await talk.say("/menu")
        answers = await talk.send(Kind.PRESS, data=data)
        assert answers, choice
        assert buttons(answers[-1]), choice

    await talk.say("/menu")
    answers = await talk.send(Kind.PRESS, data=old["a:papers=all"])
    assert [message.key for message in answers] == ["answers.list"]
    answers = await talk.send(Kind.PRESS, data=old["t:wishes=job"])
    assert [message.key for message in answers] == ["profile.many"]
    assert (await kept(talk))["papers"] == "all"


async def test_a_question_that_vanished_under_the_citizens_feet(talk: Talk) -> None:
    await talk.play(AGREED)
    old = talk.data("a:papers=all")
    talk.content = real_content(FLOWS)  # an edition with other questions

    answers = await talk.send(Kind.PRESS, data=old)

    assert buttons(answers[-1])
    assert not (await kept(talk)).keys() - talk.content.profile.keys()


async def test_an_answer_that_content_has_no_more_is_asked_anew(talk: Talk) -> None:
    await talk.play(f"""
        {AGREED}
        > [a:papers=all]
        < profile.one ...
    """)
    id_ = (await talk.citizen()).id
    async with talk.database.write() as tx:
        rows = (await tx.profile.load([id_]))[id_]
        await tx.profile.save([type(row)(row.citizen_id, row.question, "gone", row.changed_at) for row in rows])

    await talk.play("""
        > мои ответы
        < answers.list [q:papers] ...
        > [rest]
        < profile.intro
        < profile.one [a:papers=all] ...
    """)


async def test_without_consent_nothing_is_asked_and_nothing_kept(talk: Talk) -> None:
    await talk.play("""
        > /start
        < start.hello
        < situation.choose ...
        > мои ответы
        < situation.choose ...
    """)
    await talk.play(AGREED)
    old = {choice: data for message in talk.shown for choice, data in buttons(message).items()}
    await talk.play("""
        > [a:papers=all]
        < profile.one ...
        > /data
        < my_data.kept ...
        > [delete]
        < my_data.confirm ...
        > [yes]
        < my_data.erased
        < menu.main ...
    """)
    assert await kept(talk) == {}

    for choice in ("a:papers=all", "skip:papers", "later"):
        answers = await talk.send(Kind.PRESS, data=old[choice])
        assert [message.key for message in answers] == ["situation.choose"], choice

    assert await kept(talk) == {}


async def test_data_tells_how_many_answers_are_kept(talk: Talk) -> None:
    await talk.play(f"""
        {AGREED}
        > [a:papers=all]
        < profile.one ...
        > [a:account=yes]
        < profile.many ...
        > /data
        < my_data.kept ...
    """)
    assert "ответы на вопросы о вас: 2" in talk.shown[-1].text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_an_informing_channel_keeps_no_answer(talk: Talk) -> None:
    await talk.play(AGREED)
    old = talk.data("a:papers=all")
    talk.surfaces["web"] = Surface(Limits(edits=False), "information")  # type: ignore[index]

    for answers in (await talk.send(Kind.PRESS, data=old), await talk.say("мои ответы")):
        assert [message.key for message in answers] == ["elsewhere.info"]

    assert await kept(talk) == {}


async def test_answers_of_many_citizens_are_read_and_kept_at_once(talk: Talk, another: Callable[..., Talk]) -> None:
    """One batch: each gets the plan of their own answers."""
    others = [another(f"olga{number}") for number in range(6)]
    for one in others:
        one.content = talk.content
        await one.play(AGREED)
    for number, one in enumerate(others):
        await one.store(Kind.PRESS, data=one.data("a:papers=all" if number % 2 else "a:papers=no_passport"))
    while await talk.runner.run_once():
        pass
    for one in others:
        await one.heard()
    for one in others:
        await one.store(Kind.TEXT, text="/plan")
    while await talk.runner.run_once():
        pass

    async with talk.database.write() as tx:
        plans = {part.chat: part.body for part in await tx.outbox.lease("web", now=talk.clock.now(), limit=50)}
    for number, one in enumerate(others):
        assert (b"|item:papers|" in plans[one.chat]) == (number % 2 == 0)


async def test_the_longest_wait_is_a_year(talk: Talk) -> None:
    await talk.play(TO_DAY)
    last = talk.clock.now().date() + timedelta(days=366)

    assert (await talk.say(f"{last + timedelta(days=1):%d.%m.%Y}"))[0].key == "profile.too_late"
    assert (await talk.say(f"{last:%d.%m.%Y}"))[0].key == "profile.noted"


async def test_the_longest_names_fit_the_data_of_a_button(talk: Talk) -> None:
    question, answer, other = "q" * 20, "a" * 12, "x" * 24
    choices = {
        "profile.one": (f"a:{question}={answer}", f"skip:{other}"),
        "profile.many": (f"t:{question}={answer}", f"done:{other}"),
        "profile.date": (f"months:{other}",),
        "profile.months": (f"m:{other}=2027-03",),
        "profile.day": (f"months:{other}",),
        "answers.list": (f"q:{other}",),
        "answers.answer": (f"change:{other}", f"forget:{other}"),
        "plan.stuck": (f"o:{other}", f"undo:{other}"),
        "plan.obstacle": (f"question:{other}", f"item:{other}"),
    }
    presses = Presses(talk.database.cipher)

    for place, ids in choices.items():
        for id_ in ids:
            assert len(presses.make("0" * 32, place, id_, 7)) <= 64
