"""Life goes on: a change is told and taken back, silence brings a question, the day that was named brings another."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from bot.chores.nudges import Nudging
from bot.messages import Kind, Outgoing
from bot.texts import render
from storage.records import PlanItemRow, ReminderRow
from tests.dialogs.transcripts import LIFE_CHANGES, TO_PLAN
from tests.storage.rows import table
from tests.talk import Talk

Another = Callable[..., Talk]
PERSONAL = ("алимент", "приста", "освобо", "колони", "суд", "план", "работ")


@pytest.fixture
async def planned(another: Another) -> Talk:
    talk = another("ivan", channel="telegram")
    await talk.play(TO_PLAN)
    return talk


async def mark(talk: Talk, item: str, state: str) -> None:
    """As the citizen's own mark, without walking to the step."""
    citizen = await talk.citizen()
    async with talk.database.write() as tx:
        await tx.plan.save([PlanItemRow(citizen.id, item, state, "open", None, 1, talk.clock.now())])


async def marks(talk: Talk) -> dict[str, str]:
    citizen = await talk.citizen()
    async with talk.database.read() as tx:
        return {row.item: row.state for row in (await tx.plan.load([citizen.id])).get(citizen.id, [])}


async def prepares(talk: Talk) -> None:
    """The citizen prepares for release, and pays alimony."""
    citizen = await talk.citizen()
    async with talk.database.write() as tx:
        await tx.citizens.choose(citizen.id, ["pre_release", "alimony"], now=talk.clock.now())


def keys(answers: list[Outgoing]) -> list[str]:
    return [message.key for message in answers]


# A change in life


async def test_what_changed_is_told_from_the_menu_and_by_words(talk: Talk) -> None:
    await talk.play(LIFE_CHANGES)


async def test_a_change_stands_in_the_list_of_those_whom_it_may_concern(planned: Talk) -> None:
    concerned = {f"told:{id_}" for id_, one in planned.content.events.items() if "pre_release" in one.situations}
    assert concerned
    await planned.say("/menu")
    await planned.press("more")
    await planned.press("life")
    assert not concerned & set(planned._buttons)

    await prepares(planned)
    await planned.press("_menu")
    await planned.press("more")
    await planned.press("life")
    assert concerned <= set(planned._buttons)


async def test_every_change_is_heard_by_each_of_its_words_and_its_label(planned: Talk) -> None:
    for event in planned.content.events.values():
        for words in (event.label, event.label.upper(), *event.says):
            (answer,) = await planned.say(words)
            assert answer.key in ("life.told", "life.change"), words
            assert planned.content.events[event.id].text.split("\n")[0] in answer.text


async def test_a_situation_changes_only_after_yes_and_changes_back(planned: Talk) -> None:
    await prepares(planned)
    await mark(planned, "resume", "done")
    await planned.play("""
        > я освободился
        < life.change [yes] [no]
    """)
    situations = planned.content.situations
    assert situations["released"].label in planned.shown[-1].text
    assert situations["pre_release"].label in planned.shown[-1].text
    assert situations["alimony"].label not in planned.shown[-1].text
    assert (await planned.citizen()).situations == ("pre_release", "alimony")

    await planned.play("""
        > да
        < life.changed [plan] [info:released] [handover] [undo]
    """)
    assert (await planned.citizen()).situations == ("released", "alimony")
    assert await marks(planned) == {"resume": "done"}

    await planned.play("""
        > [undo]
        < life.undone [plan] [list]
        > [list]
        < life.list ...
    """)
    assert (await planned.citizen()).situations == ("pre_release", "alimony")
    assert await marks(planned) == {"resume": "done"}


async def test_as_it_was_leaves_everything_and_still_leads_on(planned: Talk) -> None:
    await prepares(planned)
    await planned.play("""
        > освободилась
        < life.change [yes] [no]
        > [no]
        < life.told [plan] [info:released] [handover] [list]
        > [info:released]
        < info.page ...
        > назад
        < life.told ...
    """)
    assert (await planned.citizen()).situations == ("pre_release", "alimony")


async def test_done_steps_that_fit_are_opened_again_and_others_stay(planned: Talk) -> None:
    await mark(planned, "resume", "done")
    await mark(planned, "papers", "done")
    await mark(planned, "vacancies", "later")
    steps = {step.id: step for step in planned.content.situations["released"].plan}
    await planned.play("""
        > потерял работу
        < life.change [yes] [no]
    """)
    assert steps["resume"].title in planned.shown[-1].text
    assert steps["vacancies"].title not in planned.shown[-1].text

    await planned.press("yes")
    assert await marks(planned) == {"resume": "open", "papers": "done", "vacancies": "later"}

    await planned.press("undo")
    assert await marks(planned) == {"resume": "done", "papers": "done", "vacancies": "later"}


async def test_what_was_done_since_is_not_undone(planned: Talk) -> None:
    await mark(planned, "resume", "done")
    await mark(planned, "contract", "done")
    await planned.say("меня уволили")
    await planned.press("yes")
    await mark(planned, "contract", "stuck")

    await planned.press("undo")

    assert await marks(planned) == {"resume": "done", "contract": "stuck"}


async def test_yes_pressed_twice_changes_once_and_can_still_be_undone(planned: Talk) -> None:
    await prepares(planned)
    await planned.say("я на свободе")
    data = planned.data("yes")

    await planned.send(Kind.PRESS, data=data)
    answers = await planned.send(Kind.PRESS, data=data)

    assert keys(answers) == ["fallback.old_button", "life.changed"]
    await planned.play("""
        > [undo]
        < life.undone ...
    """)
    assert (await planned.citizen()).situations == ("pre_release", "alimony")


async def test_undone_twice_is_undone_once(planned: Talk) -> None:
    await prepares(planned)
    await planned.say("я на свободе")
    await planned.press("yes")
    data = planned.data("undo")

    await planned.send(Kind.PRESS, data=data)
    answers = await planned.send(Kind.PRESS, data=data)

    assert keys(answers) == ["fallback.old_button", "life.undone"]


async def test_undo_waits_behind_the_pages_one_looks_at(planned: Talk) -> None:
    await prepares(planned)
    await planned.say("я на свободе")
    await planned.press("yes")
    await planned.play("""
        > [info:released]
        < info.page ...
        > назад
        < life.changed ...
        > [undo]
        < life.undone ...
    """)
    assert (await planned.citizen()).situations == ("pre_release", "alimony")


async def test_without_consent_there_are_words_and_pages_only(talk: Talk) -> None:
    await talk.play("""
        > /start
        < start.hello
        < situation.choose ...
        > я освободился
        < life.told [info:released] [list]
        > [info:released]
        < info.page ...
        > потеряла работу
        < life.told [jobs] [list]
    """)
    assert (await talk.citizen()).situations == ()


async def test_an_informing_channel_keeps_nothing_of_a_change(planned: Talk) -> None:
    await prepares(planned)
    await planned.say("я на свободе")
    yes = planned.data("yes")
    informing = replace(planned.surfaces["telegram"], policy="information")
    planned.surfaces["telegram"] = informing  # type: ignore[index]

    assert keys(await planned.send(Kind.PRESS, data=yes)) == ["life.told"]
    assert keys(await planned.say("меня уволили")) == ["life.told"]
    assert (await planned.citizen()).situations == ("pre_release", "alimony")


async def test_words_to_a_specialist_are_no_change(planned: Talk) -> None:
    await planned.play("""
        > /human
        < handover.words [skip]
        > потерял работу
        < handover.sent ...
    """)


async def test_a_change_that_content_has_no_more_leads_to_the_list(planned: Talk) -> None:
    await planned.say("переезд")
    await planned.press("list")
    data = planned.data("told:moved")
    fewer = {id_: event for id_, event in planned.content.events.items() if id_ != "moved"}
    planned.content = replace(planned.content, events=fewer)
    assert keys(await planned.send(Kind.PRESS, data=data)) == ["life.list"]

    planned.content = replace(planned.content, events={})
    assert keys(await planned.send(Kind.PRESS, data=data)) == ["situation.choose"]


# The question after a long silence


async def plan_nudges(talk: Talk) -> int:
    """The scheduler's round."""
    return await Nudging(talk.database, talk.clock, talk.content, {talk.channel}).plan()


async def after(talk: Talk, **by: float) -> list[Outgoing]:
    talk.clock.move(**by)
    await plan_nudges(talk)
    return await talk.tick()


async def silent(talk: Talk) -> list[Outgoing]:
    """Three weeks and two days without a word."""
    assert await after(talk, days=20) == []
    assert await after(talk, days=2) == []
    return await after(talk, days=1)


async def test_a_long_silence_brings_one_neutral_question(planned: Talk) -> None:
    (question,) = await silent(planned)

    assert question.key == "life.nudge"
    for word in PERSONAL:
        assert word not in question.text.casefold()
    assert await after(planned, days=3) == []
    local = render.local(planned.clock.now(), planned.content.default_office.timezone)
    assert local.hour == 12


@pytest.mark.parametrize(
    ("choice", "screen"),
    [("fine", "life.fine"), ("help", "life.help"), ("told:found_job", "life.told"), ("quiet", "life.quiet")],
)
async def test_every_answer_to_the_question_leads_on(planned: Talk, choice: str, screen: str) -> None:
    await silent(planned)

    assert keys(await planned.press(choice)) == [screen]


async def test_the_next_question_waits_for_an_interval_and_the_fourth_never_comes(planned: Talk) -> None:
    asked_at = [planned.clock.now() for _ in range(200) if await after(planned, days=1)]

    assert len(asked_at) == 3
    assert all(late - early >= timedelta(days=30) for early, late in pairwise(asked_at))


async def test_writing_anything_moves_the_question_on(planned: Talk) -> None:
    await after(planned, days=22)  # planned for tomorrow
    planned.clock.move(hours=20)
    await planned.say("ыва")

    assert await after(planned, days=1) == []
    assert await after(planned, days=20) == []
    assert [await after(planned, days=1) for _ in range(40)].count([]) == 39


@pytest.mark.parametrize("why", ["case", "plan is over", "nothing chosen", "stopped", "blocked", "erased"])
async def test_who_must_not_be_asked_is_not(planned: Talk, why: str) -> None:
    """Even when it happens after the question was planned."""
    await plan_nudges(planned)
    if why == "case":
        await planned.say("/human")
        await planned.say("когда приём?")
    elif why == "plan is over":
        for step in planned.content.situations["released"].plan:
            await mark(planned, step.id, "done")
    await after(planned, days=22)
    if why == "nothing chosen":
        citizen = await planned.citizen()
        async with planned.database.write() as tx:
            await tx.citizens.choose(citizen.id, [], now=planned.clock.now())
    elif why == "stopped":
        await planned.say("/stop")
    elif why == "blocked":
        await planned.send(Kind.STOPPED)
    elif why == "erased":
        for line in ("/data", "[delete]", "[yes]"):
            await (planned.press(line[1:-1]) if line.startswith("[") else planned.say(line))

    assert await after(planned, days=1) == []
    assert await after(planned, days=60) == []


async def test_a_closed_case_lets_the_question_come(planned: Talk) -> None:
    await planned.say("/human")
    await planned.say("когда приём?")
    assert await after(planned, days=40) == []
    async with planned.database.write() as tx:
        connection = tx.handle.connection
        run = connection.execute if tx.handle.dialect == "postgres" else connection.execute_fetchall
        await run("UPDATE cases SET state = 'closed', closed_at = 0")

    answers = [await after(planned, days=1) for _ in range(4)]

    assert [keys(said) for said in answers if said] == [["life.nudge"]]


async def test_no_more_questions_until_the_citizen_wants_them_back(planned: Talk) -> None:
    await silent(planned)
    await planned.play("""
        > [quiet]
        < life.quiet [again] [menu]
        > [menu]
        < menu.main ...
    """)
    assert [await after(planned, days=10) for _ in range(20)].count([]) == 20

    await planned.say("/menu")
    await planned.press("more")
    await planned.press("_next")
    (answer,) = await planned.press("ask_again")
    assert answer.key == "life.asking"
    assert f"{planned.content.rules.nudge.every_days} дней" in answer.text  # type: ignore[union-attr]
    await planned.press("menu")
    await planned.press("more")
    assert "ask_again" not in planned._buttons
    assert [keys(said) for said in [await after(planned, days=1) for _ in range(24)] if said] == [["life.nudge"]]


async def test_no_more_can_be_taken_back_at_once(planned: Talk) -> None:
    await silent(planned)
    await planned.play("""
        > [quiet]
        < life.quiet [again] [menu]
        > [again]
        < life.asking [plan] [menu]
        > [plan]
        < plan.list ...
    """)


async def test_where_nothing_personal_may_be_said_nobody_is_asked(planned: Talk) -> None:
    await after(planned, days=22)  # planned while the channel was full
    planned.surfaces["telegram"] = replace(planned.surfaces["telegram"], policy="information")  # type: ignore[index]

    assert await after(planned, days=1) == []


# The day that the citizen named


async def named(talk: Talk, **ahead: float) -> None:
    """A reminder of that day, as an answer makes it."""
    citizen = await talk.citizen()
    due_at = talk.clock.now() + timedelta(**ahead)
    async with talk.database.write() as tx:
        await tx.reminders.add([ReminderRow("day", citizen.id, "release", "on:released", due_at)])


async def answers(talk: Talk, day: str) -> list[Outgoing]:
    """The citizen names the day, for the first time or anew. Every situation asks for it, and for nothing else."""
    (question,) = {event.asked_on for event in talk.content.events.values()} - {""}
    situations = {id_: replace(one, asks=(question,)) for id_, one in talk.content.situations.items()}
    talk.content = replace(talk.content, situations=situations)
    await talk.say("мои ответы")
    await talk.press("q")
    if "change" in {choice.partition(":")[0] for choice in talk._buttons}:
        await talk.press("change")
    return await talk.say(day)


async def days(talk: Talk) -> list[str]:
    """When the question is going to come, local."""
    ((waiting,),) = await table(talk.database, "SELECT count(*) FROM reminders WHERE kind = 'release' AND state = 0")
    async with talk.database.read() as tx:
        due_at = await tx.reminders.next_due()
    assert waiting == (due_at is not None)
    return [f"{render.local(due_at, talk.content.default_office.timezone):%d.%m.%Y %H:%M}"] if due_at else []


async def test_the_question_follows_the_answer(planned: Talk) -> None:
    await answers(planned, "15.03.2027")
    assert await days(planned) == ["15.03.2027 10:00"]

    await answers(planned, "01.02.2027")
    assert await days(planned) == ["01.02.2027 10:00"]

    await planned.press("q")
    await planned.press("forget")
    assert await days(planned) == []


async def test_a_day_that_is_over_is_asked_about_next_morning_where_it_matters(planned: Talk) -> None:
    await answers(planned, "01.11.2026")
    assert await days(planned) == [], "released already"

    await prepares(planned)
    await answers(planned, "02.11.2026")
    assert await days(planned) == ["24.11.2026 10:00"]


async def test_the_question_goes_with_stop_and_comes_back_with_the_reminders(planned: Talk) -> None:
    await answers(planned, "15.03.2027")
    await planned.say("/stop")
    assert await days(planned) == []

    await answers(planned, "16.03.2027")
    assert await days(planned) == [], "still stopped"

    await planned.say("/stop")
    await planned.press("resume")
    assert await days(planned) == ["16.03.2027 10:00"]


async def test_the_question_goes_with_everything_that_is_kept(planned: Talk) -> None:
    await answers(planned, "15.03.2027")
    for line in ("/data", "[delete]", "[yes]"):
        await (planned.press(line[1:-1]) if line.startswith("[") else planned.say(line))

    assert await days(planned) == []


async def test_the_named_day_comes(planned: Talk) -> None:
    await answers(planned, "26.11.2026")
    await prepares(planned)
    planned.clock.move(days=2, hours=21)  # 9:00 of that day
    assert await planned.tick() == []

    planned.clock.move(hours=1)
    assert keys(await planned.tick()) == ["life.today"]
    await planned.press("day")
    await planned.press("not_yet")
    assert keys(await planned.press("date")) == ["profile.date"]
    await planned.say("01.12.2026")
    assert await days(planned) == ["01.12.2026 10:00"]


async def test_on_the_day_a_neutral_message_opens_the_question(planned: Talk) -> None:
    await prepares(planned)
    await mark(planned, "resume", "done")
    await named(planned, days=10)
    planned.clock.move(days=10)

    (message,) = await planned.tick()

    assert message.key == "life.today"
    for word in PERSONAL:
        assert word not in message.text.casefold()
    await planned.play("""
        > [day]
        < life.day [yes] [not_yet] [never]
    """)
    assert planned.content.events["released"].ask in planned.shown[-1].text
    assert (await planned.citizen()).situations == ("pre_release", "alimony")
    await planned.play("""
        > [yes]
        < life.changed [plan] [info:released] [handover] [undo]
        > [undo]
        < life.undone ...
    """)
    assert (await planned.citizen()).situations == ("pre_release", "alimony")
    assert await marks(planned) == {"resume": "done"}


async def test_not_yet_asks_again_in_a_week_at_ten(planned: Talk) -> None:
    await prepares(planned)
    await named(planned, days=1, hours=2)
    planned.clock.move(days=1, hours=2)
    await planned.tick()
    await planned.play("""
        > [day]
        < life.day ...
        > [not_yet]
        < life.not_yet [week] [date] [never]
        > [week]
        < life.later [plan] [menu]
    """)
    async with planned.database.read() as tx:
        due_at = await tx.reminders.next_due()
    assert due_at is not None
    local = render.local(due_at, planned.content.default_office.timezone)
    today = render.local(planned.clock.now(), planned.content.default_office.timezone).date()
    assert (local.date(), local.hour) == (today + timedelta(days=7), 10)

    planned.clock.move(days=6)
    assert await planned.tick() == []
    planned.clock.move(days=1)
    assert keys(await planned.tick()) == ["life.today"]


@pytest.mark.parametrize("way", [["never"], ["not_yet", "never"]])
async def test_never_again_is_never_again(planned: Talk, way: list[str]) -> None:
    await prepares(planned)
    await named(planned, days=1)
    planned.clock.move(days=1)
    await planned.tick()
    await planned.press("day")
    for choice in way:
        answers = await planned.press(choice)

    assert keys(answers) == ["life.never"]
    planned.clock.move(days=100)
    assert await planned.tick() == []


async def test_who_has_told_it_already_is_not_asked(planned: Talk) -> None:
    await prepares(planned)
    await named(planned, days=1)
    await planned.say("я на свободе")
    await planned.press("yes")
    planned.clock.move(days=1)

    assert await planned.tick() == []


async def test_the_message_of_that_day_opened_late_leads_to_what_is_true(planned: Talk) -> None:
    await prepares(planned)
    await named(planned, days=1)
    planned.clock.move(days=1)
    await planned.tick()
    data = planned.data("day")
    await planned.say("я на свободе")
    await planned.press("yes")

    assert keys(await planned.send(Kind.PRESS, data=data)) == ["life.told"]


@pytest.mark.parametrize("policy", ["information", "off"])
async def test_no_reminder_is_said_where_the_channel_is_full_no_more(planned: Talk, policy: str) -> None:
    """Neither of a step that was put off, nor of the day: both were planned in better days."""
    await prepares(planned)
    await named(planned, days=1)
    citizen = await planned.citizen()
    async with planned.database.write() as tx:
        now, item = planned.clock.now(), "papers"
        await tx.citizens.choose(citizen.id, ["pre_release", "released"], now=now)
        await tx.plan.save([PlanItemRow(citizen.id, item, "later", "open", now, 1, now)])
        await tx.reminders.add([ReminderRow("item", citizen.id, "plan_item", item, now)])
    if policy == "off":
        del planned.surfaces["telegram"]  # type: ignore[attr-defined]
    else:
        planned.surfaces["telegram"] = replace(planned.surfaces["telegram"], policy="information")  # type: ignore[index]
    planned.clock.move(days=1)

    assert await planned.tick() == []
    async with planned.database.read() as tx:
        assert await tx.reminders.next_due() is None
