"""«Позвать специалиста»: with and without consent, in and out of hours, twice; and stop, and one's own data."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.dialogs.transcripts import (
    DATA_DELETED,
    MAY_NOT_PASS,
    MAY_PASS,
    MORE_WORDS,
    STOPPED_AND_RESUMED,
    TO_PLAN,
)
from tests.talk import Talk


@pytest.fixture
async def planned(talk: Talk) -> Talk:
    await talk.play(TO_PLAN)
    return talk


async def test_words_are_passed_on_with_their_context(planned: Talk) -> None:
    await planned.play("""
        > 1
        < plan.item ...
        > человек
        < handover.words [skip]
        > Нет паспорта, что делать?
        < handover.sent [add] [topic] [menu]
    """)
    async with planned.database.read() as tx:
        (case,) = await tx.cases.waiting()
    assert case.words == ("Нет паспорта, что делать?",)
    assert "released" in case.context
    assert "plan.item" in case.context
    assert not case.without_consent


async def test_without_consent_the_bot_asks_once_whether_words_may_be_passed(talk: Talk) -> None:
    await talk.play(MAY_PASS)
    async with talk.database.read() as tx:
        (case,) = await tx.cases.waiting()
    assert case.without_consent
    assert "released" not in case.context
    assert (await talk.citizen()).consent_at is None


async def test_no_shows_phone_and_hours_and_keeps_nothing(talk: Talk) -> None:
    await talk.play(MAY_NOT_PASS)
    assert talk.content.default_office.address in talk.shown[-1].text
    async with talk.database.read() as tx:
        assert await tx.cases.count_open() == 0


async def test_more_words_join_the_open_case(talk: Talk) -> None:
    await talk.play(MORE_WORDS)
    async with talk.database.read() as tx:
        (case,) = await tx.cases.waiting()
    assert case.words == ("Забыл сказать: живу далеко",)


@pytest.mark.parametrize(
    ("local_hour", "key_words"),
    [(11, "в течение"), (3, "Сейчас специалисты не работают")],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_promise_of_an_answer_is_honest(planned: Talk, local_hour: int, key_words: str) -> None:
    planned.clock.set(datetime(2026, 11, 24, 0, 0, tzinfo=UTC) + timedelta(hours=local_hour - 7))

    await planned.say("/human")
    answers = await planned.press("skip")

    hours = planned.content.default_office.hours
    assert key_words in answers[-1].text if hours else "Точное время пока назвать не могу" in answers[-1].text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_nobody_is_promised_an_answer_on_a_day_off(planned: Talk) -> None:
    assert planned.content.default_office.hours
    planned.clock.set(datetime(2026, 11, 4, 4, 0, tzinfo=UTC))  # Wednesday 11:00 in Barnaul, Unity Day

    await planned.say("/human")
    answers = await planned.press("skip")

    assert "завтра, 5 ноября" in answers[-1].text
    async with planned.database.read() as tx:
        (case,) = await tx.cases.waiting()
    assert case.due_at is not None
    assert case.due_at > datetime(2026, 11, 5, 2, 0, tzinfo=UTC)  # the door opens at 9:00


async def test_stop_ends_reminders_at_once_and_can_be_taken_back(planned: Talk) -> None:
    await planned.play("""
        > 1
        < plan.item ...
        > [later]
        < plan.later ...
        > [tomorrow]
        < plan.changed_later ...
        > стоп
        < stop.done [resume] [my_data] [menu]
    """)
    planned.clock.move(days=3)
    assert await planned.tick() == []
    await planned.play("""
        > /plan
        < plan.list ...
        > 2
        < plan.item ...
        > [later]
        < plan.stopped [resume] [list]
        > [resume]
        < plan.resumed
        < plan.later ...
        > [tomorrow]
        < plan.changed_later ...
    """)
    planned.clock.move(days=1)
    assert [message.key for message in await planned.tick()] == ["plan.reminder"]


async def test_back_to_the_stop_screen_does_not_stop_again(talk: Talk) -> None:
    await talk.play(STOPPED_AND_RESUMED)
    assert (await talk.citizen()).stopped_at is None


async def test_own_data_are_told_and_deleted(planned: Talk, another: Callable[..., Talk]) -> None:
    olga = another("olga")
    await olga.play(TO_PLAN)
    await planned.play("""
        > 1
        < plan.item ...
        > [done]
        < plan.changed_done ...
        > /human
        < handover.words ...
        > помогите с паспортом
        < handover.sent ...
        > /data
        < my_data.kept ...
    """)
    told = planned.shown[-1].text
    assert planned.content.situations["released"].label in told
    assert "отметки в плане: 1" in told
    assert "обращения к специалисту: 1" in told
    await planned.play("""
        > [delete]
        < my_data.confirm [yes] [no]
        > [yes]
        < my_data.erased
        < menu.main ...
        > /data
        < my_data.nothing ...
        > /plan
        < situation.choose ...
    """)
    citizen = await planned.citizen()
    assert (citizen.consent_at, citizen.situations) == (None, ())
    async with planned.database.read() as tx:
        held = await tx.citizens.holdings(citizen.id)
        assert (held.plan_items, held.reminders, held.cases, held.kept_messages) == (0, 0, 0, 0)
        assert len(await tx.erasures.since(0)) == 1
    assert (await olga.citizen()).situations == ("released",)


async def test_deletion_is_asked_once_more_and_leaves_nothing(talk: Talk) -> None:
    await talk.play(DATA_DELETED)

    citizen = await talk.citizen()
    async with talk.database.read() as tx:
        held = await tx.citizens.holdings(citizen.id)
    assert (citizen.consent_at, citizen.situations) == (None, ())
    assert (held.plan_items, held.reminders, held.cases, held.kept_messages) == (0, 0, 0, 0)


async def test_messages_waiting_at_the_moment_of_deletion_are_not_lost(planned: Talk) -> None:
    """What came after the deletion is answered; nothing of before stays."""
    await planned.say("/data")
    await planned.press("delete")
    from bot.messages import Kind

    await planned.store(Kind.PRESS, data=planned.data("yes"))
    planned.clock.move(seconds=1)
    await planned.store(Kind.TEXT, text="/help")

    answers = await planned.work()

    assert [message.key for message in answers] == ["my_data.erased", "menu.main", "help.text"]


async def test_without_consent_words_are_erased_once_answered(talk: Talk) -> None:
    await talk.say("/start")
    await talk.say("личное слово")

    async with talk.database.read() as tx:
        kept = (await tx.citizens.holdings((await talk.citizen()).id)).kept_messages
    assert kept == 0
