"""«Мой план»: open a step, mark it, take it back, put it off; the reminder comes."""

import dataclasses
from datetime import timedelta

import pytest

from bot.desk import plans
from bot.messages import Kind
from bot.texts import render
from bot.texts.plan import form
from storage.records import AnswerRow
from tests.dialogs.plans import added, left_out
from tests.dialogs.transcripts import PAGES_TURNED, STEPS_MARKED, TO_PLAN
from tests.talk import Talk


@pytest.fixture
async def planned(talk: Talk) -> Talk:
    await talk.play(TO_PLAN)
    return talk


def items(talk: Talk) -> list[str]:
    """What the plan of a citizen is who answered nothing."""
    return list(form([talk.content.situations["released"]], {}))


async def test_a_plan_has_at_least_nine_steps_each_told_in_full(planned: Talk) -> None:
    steps = planned.content.situations["released"].plan

    assert len(steps) >= 9
    for step in steps:
        assert all((step.why, step.how, step.where, step.who))


async def test_steps_are_opened_done_and_counted(planned: Talk) -> None:
    first, second, third = items(planned)[:3]
    await planned.play(f"""
        > 1
        < plan.item [done:{first}] [stuck:{first}] [later:{first}] [not_mine:{first}]
        > [done]
        < plan.changed_done [next:{second}] [undo:{first}] [list]
        > [next]
        < plan.item ...
        > сделано
        < plan.changed_done [next:{third}] [undo:{second}] [list]
        > [next]
        < plan.item ...
        > [done]
        < plan.changed_done ...
    """)
    assert render.progress(3, len(items(planned))) in planned.shown[-1].text


async def test_every_mark_is_given_and_taken_back_in_one_talk(talk: Talk) -> None:
    await talk.play(STEPS_MARKED)


async def test_a_mark_is_taken_back(planned: Talk) -> None:
    first = items(planned)[0]
    await planned.play(f"""
        > 1
        < plan.item ...
        > [done]
        < plan.changed_done ...
        > [undo]
        < plan.changed_open ...
        > [list]
        < plan.list ...
        > 1
        < plan.item [done:{first}] ...
    """)
    assert render.progress(0, len(items(planned))) in planned.shown[-2].text


async def test_a_done_step_can_be_reopened(planned: Talk) -> None:
    first = items(planned)[0]
    await planned.play(f"""
        > 1
        < plan.item ...
        > [done]
        < plan.changed_done ...
        > [list]
        < plan.list ...
        > 1
        < plan.item [reopen:{first}]
        > [reopen]
        < plan.changed_open ...
    """)


async def test_a_stuck_step_leads_to_help(planned: Talk) -> None:
    second = items(planned)[1]
    obstacles = " ".join(f"[o:{id_}]" for id_ in planned.content.obstacles)
    await planned.play(f"""
        > 1
        < plan.item ...
        > не получается
        < plan.stuck {obstacles} ...
        > 1
        < plan.obstacle ...
        > [next:{second}]
        < plan.item ...
    """)


async def test_a_step_that_is_not_mine_leaves_the_count_and_comes_back(planned: Talk) -> None:
    first, total = items(planned)[0], len(items(planned))
    await planned.play("""
        > 1
        < plan.item ...
        > [not_mine]
        < plan.changed_not_mine ...
    """)
    assert render.progress(0, total - 1) in planned.shown[-1].text
    await planned.play(f"""
        > мой план
        < plan.list ...
        > [_next:1]
        < plan.list ...
        > [dropped]
        < plan.dropped [item:{first}]
        > [item]
        < plan.item [reopen:{first}]
        > [reopen]
        < plan.changed_open ...
    """)


async def test_a_finished_plan_says_what_is_next(planned: Talk) -> None:
    await planned.play("""
        > 1
        < plan.item ...
    """)
    for _ in items(planned):
        answers = await planned.press("done")
        if any(choice.startswith("next") for choice in planned._buttons):
            answers = await planned.press("next")
    assert answers[-1].key == "plan.changed_done"
    assert [message.key for message in await planned.say("/plan")] == ["plan.finished"]


async def test_a_reminder_comes_on_the_chosen_day_with_neutral_words(planned: Talk) -> None:
    first = items(planned)[0]
    await planned.play(f"""
        > 1
        < plan.item ...
        > [later]
        < plan.later [tomorrow:{first}] [three_days:{first}] [week:{first}] [month:{first}]
        > завтра
        < plan.changed_later ...
    """)
    assert "завтра, 24 ноября" in planned.shown[-1].text
    assert await planned.tick() == []

    planned.clock.move(days=1)
    (reminder,) = await planned.tick()

    assert reminder.key == "plan.reminder"
    step = planned.content.situations["released"].plan[0]
    for word in (step.title, "приста", "алимент", "освобо", "план"):
        assert word.casefold() not in reminder.text.casefold()
    assert await planned.tick() == []

    answers = await planned.press("item")
    assert [message.key for message in answers] == ["plan.item"]


async def test_the_reminder_hour_is_local_and_outside_quiet_hours(planned: Talk) -> None:
    await planned.play("""
        > 1
        < plan.item ...
        > [later]
        < plan.later ...
        > [tomorrow]
        < plan.changed_later ...
    """)
    async with planned.database.read() as tx:
        due = await tx.reminders.next_due()

    assert due is not None
    local = render.local(due, planned.content.default_office.timezone)
    assert (local.hour, local.date()) == (10, planned.clock.now().date() + timedelta(days=1))


@pytest.mark.parametrize("answer", ["[done:{item}]", "[not_mine:{item}]"])
async def test_a_step_marked_meanwhile_reminds_no_more(planned: Talk, answer: str) -> None:
    first = items(planned)[0]
    await planned.play("""
        > 1
        < plan.item ...
    """)
    marks = dict(planned._buttons)
    await planned.press("later")
    await planned.press("tomorrow")
    await planned.send(Kind.PRESS, data=marks[answer[1:-1].format(item=first)])

    planned.clock.move(days=2)

    assert await planned.tick() == []


async def test_a_reminder_already_planned_is_cancelled_by_the_mark(planned: Talk) -> None:
    """Between planning and sending the citizen says "done": the unsent row goes."""
    first = items(planned)[0]
    await planned.play("""
        > 1
        < plan.item ...
    """)
    done = planned.data("done")
    await planned.press("later")
    await planned.press("tomorrow")
    planned.clock.move(days=1)
    due = []
    async with planned.database.write() as tx:
        due = await tx.reminders.take_due(now=planned.clock.now(), limit=10)
    assert [one.subject for one in due] == [first]

    await planned.send(Kind.PRESS, data=done)

    async with planned.database.write() as tx:
        leased = await tx.outbox.lease("web", now=planned.clock.now(), limit=10)
    assert [part for part in leased if part.key == "plan.reminder"] == []


async def test_a_second_later_replaces_the_first(planned: Talk) -> None:
    await planned.play("""
        > 1
        < plan.item ...
        > [later]
        < plan.later ...
        > [tomorrow]
        < plan.changed_later ...
        > [list]
        < plan.list ...
        > 1
        < plan.item ...
        > [later]
        < plan.later ...
        > [week]
        < plan.changed_later ...
    """)
    planned.clock.move(days=1)
    assert await planned.tick() == []
    planned.clock.move(days=6)
    assert [message.key for message in await planned.tick()] == ["plan.reminder"]


async def test_pages_of_a_long_plan_turn_both_ways(talk: Talk) -> None:
    await talk.play(PAGES_TURNED)
    first, second, back, again = talk.shown[-5:-1]
    assert first.text == back.text != second.text == again.text


async def test_a_step_removed_from_content_under_the_citizens_feet(planned: Talk) -> None:
    await planned.play("""
        > 1
        < plan.item ...
    """)
    data = planned.data("done")
    released = planned.content.situations["released"]
    shorter = dataclasses.replace(released, plan=released.plan[1:])
    planned.content = dataclasses.replace(
        planned.content, situations={**planned.content.situations, "released": shorter}
    )

    answers = await planned.send(Kind.PRESS, data=data)

    assert [message.key for message in answers] == ["plan.gone", "plan.list"]


async def test_what_a_specialist_adds_is_marked_and_outlives_new_answers(talk: Talk) -> None:
    """registered: only for who told that they stand registered."""
    await talk.play(TO_PLAN)
    before = items(talk)
    assert "registered" in await left_out(talk)

    assert await added(talk, "registered") == ["plan.added_for"]
    await talk.play("""
        > [item]
        < plan.item [done:registered] [stuck:registered] [later:registered] [not_mine:registered]
    """)
    words = render.say(talk.content, "plan.added", {}).strip()
    assert words in talk.shown[-1].text

    await talk.say("/plan")
    assert render.progress(0, len(before) + 1) in talk.shown[-1].text
    citizen = await talk.citizen()
    async with talk.database.write() as tx:
        row = AnswerRow(citizen.id, "application", "none", talk.clock.now())
        await tx.profile.save([row])
    await talk.say("/plan")
    title = next(step.title for step in talk.content.situations["released"].plan if step.id == "registered")
    assert title in "\n".join([talk.shown[-1].text, *(button.label for row in talk.shown[-1].rows for button in row)])

    await talk.press("item:registered") if "item:registered" in talk._buttons else await talk.say(title)
    for choice, key in (("done", "plan.changed_done"), ("undo", "plan.changed_open")):
        assert [message.key for message in await talk.press(choice)] == [key]
    async with talk.database.read() as tx:
        (mark,) = (await tx.plan.load([row.citizen_id]))[row.citizen_id]
    assert (mark.item, mark.state, mark.added) == ("registered", "open", "met")


async def test_an_item_that_answers_ask_for_again_is_nobodys_addition(talk: Talk) -> None:
    await talk.play(TO_PLAN)
    await added(talk, "registered")
    citizen = await talk.citizen()
    async with talk.database.write() as tx:
        row = AnswerRow(citizen.id, "application", "registered", talk.clock.now())
        await tx.profile.save([row])

    async with talk.database.read() as tx:
        plan = await plans.plan_of(tx, talk.content, row.citizen_id)
    assert [(line.id, line.added) for line in plan.lines if line.id == "registered"] == [("registered", "")]
