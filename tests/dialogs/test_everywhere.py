"""Words, numbers, commands and odd messages, at any step."""

from collections.abc import Callable

import pytest

from bot.engine.flow import Flows
from bot.engine.screen import HUMAN, MENU
from bot.flows import FLOWS
from bot.messages import Kind
from bot.transcript import buttons
from tests.dialogs.transcripts import ALWAYS_AT_HAND, NOT_UNDERSTOOD, NUMBERS_AND_LABELS, TO_PLAN, WAYS_BACK
from tests.talk import Talk

POLITE = {
    Kind.VOICE: "voice",
    Kind.PHOTO: "photo",
    Kind.VIDEO: "photo",
    Kind.FILE: "file",
    Kind.STICKER: "sticker",
    Kind.LOCATION: "location",
    Kind.CONTACT: "contact",
    Kind.EDITED: "edited",
    Kind.OTHER: "other",
}


@pytest.fixture
async def planned(talk: Talk) -> Talk:
    await talk.play(TO_PLAN)
    return talk


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("/menu", "menu.main"),
        ("меню", "menu.main"),
        ("МЕНЮ!!!", "menu.main"),
        ("/plan", "plan.list"),
        ("мой план", "plan.list"),
        ("/book", "booking.role"),
        ("Записаться на приём", "booking.role"),
        ("записаться на прием", "booking.role"),
        ("/jobs", "jobs.info"),
        ("Подобрать вакансии", "jobs.info"),
        ("/ask", "questions.topics"),
        ("Задать вопрос", "questions.topics"),
        ("/human", "handover.words"),
        ("человек", "handover.words"),
        ("Позвать специалиста", "handover.words"),
        ("/data", "my_data.kept"),
        ("/stop", "stop.done"),
        ("стоп", "stop.done"),
        ("/help", "help.text"),
        ("помощь", "help.text"),
        ("Ещё", "more.list"),
        ("еще", "more.list"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_commands_and_words_are_heard_inside_a_step(planned: Talk, said: str, heard: str) -> None:
    await planned.play("""
        > 1
        < plan.item ...
    """)
    assert [message.key for message in await planned.say(said)] == [heard]


async def test_menu_person_and_every_command_are_heard_at_any_step(talk: Talk) -> None:
    await talk.play(ALWAYS_AT_HAND)


async def test_back_leads_through_the_screens_to_the_menu(talk: Talk) -> None:
    await talk.play(WAYS_BACK)


async def test_buttons_work_as_numbers_and_as_typed_labels(talk: Talk) -> None:
    await talk.play(NUMBERS_AND_LABELS)


async def test_a_number_beyond_the_list_and_odd_words_are_not_understood(talk: Talk) -> None:
    await talk.play(NOT_UNDERSTOOD)


@pytest.mark.parametrize("kind", sorted(POLITE))
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_is_no_text_gets_a_short_polite_answer_and_the_place_is_kept(planned: Talk, kind: Kind) -> None:
    answers = await planned.send(kind)

    assert [message.key for message in answers] == [f"fallback.{POLITE[kind]}"]
    assert len(answers[0].text) < 150
    assert set(buttons(answers[0])) == {MENU, HUMAN}
    assert [message.key for message in await planned.say("1")] == ["plan.item"]


@pytest.mark.parametrize(
    "text",
    [
        "ыва",
        "/nonsense",
        "💩",
        "‮перевёрнуто",
        "\u200b",
        "а" * 4096,
        "{fact.mrot} {0} %s %(x)s",
        "<b>жир</b>",
        "=1+1",
        "🏳️‍🌈",
        "ไทย",
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_words_that_fit_nothing_get_a_useful_answer(planned: Talk, text: str) -> None:
    answers = await planned.say(text)

    assert [message.key for message in answers] == ["fallback.unknown"]
    assert "menu" in buttons(answers[0])
    assert "handover" in buttons(answers[0])


async def test_a_button_pressed_twice_acts_once(planned: Talk) -> None:
    await planned.play("""
        > 1
        < plan.item ...
    """)
    data = planned.data("done")
    await planned.store(Kind.PRESS, data=data)
    await planned.store(Kind.PRESS, data=data)

    answers = await planned.work()

    assert [message.key for message in answers] == ["plan.changed_done", "plan.changed_done"]
    assert answers[0].text == answers[1].text
    await planned.play("""
        > [undo]
        < plan.changed_open ...
    """)


async def test_a_consent_pressed_twice_is_given_once(talk: Talk) -> None:
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
    """)
    data = talk.data("yes")
    await talk.send(Kind.PRESS, data=data)

    answers = await talk.send(Kind.PRESS, data=data)

    assert [message.key for message in answers] == ["fallback.old_button", "profile.one"]


async def test_old_buttons_months_later_lead_somewhere(planned: Talk) -> None:
    """Every button of every screen shown so far, pressed 90 days later: a meaningful answer each, no silence."""
    await planned.play("""
        > 1
        < plan.item ...
        > [later]
        < plan.later ...
        > меню
        < menu.main ...
        > [questions]
        < questions.topics ...
        > /human
        < handover.words ...
        > /data
        < my_data.kept ...
        > [delete]
        < my_data.confirm ...
        > [no]
        < my_data.kept ...
    """)
    old = [data for message in planned.shown for data in buttons(message).values()]
    planned.clock.move(days=90)
    assert len(old) > 50

    for data in old:
        answers = await planned.send(Kind.PRESS, data=data)
        assert answers, data
        assert any(message.rows for message in answers), data

    assert (await planned.citizen()).consent_at is not None  # no old button deletes anything by itself


async def test_a_button_of_a_vanished_step_leads_to_a_sensible_screen(planned: Talk) -> None:
    data = planned.runner._presses.make((await planned.citizen()).id, "gone.step", "x", 1)

    answers = await planned.send(Kind.PRESS, data=data)

    assert [message.key for message in answers] == ["fallback.stale"]


async def test_a_button_cannot_be_carried_to_another_citizen(planned: Talk, another: Callable[..., Talk]) -> None:
    await planned.play("""
        > 1
        < plan.item ...
    """)
    olga = another("olga")
    await olga.say("/start")

    answers = await olga.send(Kind.PRESS, data=planned.data("done"))

    assert [message.key for message in answers] == ["fallback.stale"]


@pytest.mark.parametrize(
    "data", ["", "x", "1|2|3|4|5", "1|00|plan.item|done:papers|AAAAAAAA", "9" * 64, "|" * 30, "\x00"]
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_made_up_button_data_do_no_harm(planned: Talk, data: str) -> None:
    answers = await planned.send(Kind.PRESS, data=data)

    assert [message.key for message in answers] == ["fallback.stale"]


async def test_the_talk_survives_flows_that_lost_a_step(planned: Talk) -> None:
    """A new version of the bot has no `plan` flow any more; the citizen stands in it."""
    flows = Flows([flow for name, flow in FLOWS.by_name.items() if name != "plan"])
    newer = Talk(planned.database, flows, planned.content, clock=planned.clock)
    newer._numbers = planned._numbers

    await newer.play("""
        > какой у меня шаг
        < fallback.moved [menu] [questions] [handover]
    """)


async def test_twenty_messages_at_once_are_answered_in_order(planned: Talk) -> None:
    for number in range(20):
        await planned.store(Kind.TEXT, text="/menu" if number % 2 else "/plan")

    answers = await planned.work()

    assert [message.key for message in answers] == ["plan.list", "menu.main"] * 10


async def test_shuffled_and_repeated_deliveries_change_nothing_twice(planned: Talk) -> None:
    from bot.inbox import arrival
    from bot.messages import Address, Incoming

    texts = ["/menu", "/plan", "1", "/help"]
    incomings = [
        Incoming(f"u{number}", Address("web", "ivan"), Kind.TEXT, 1000 + number, text=text)
        for number, text in enumerate(texts)
    ]
    shuffled = [incomings[place] for place in (2, 0, 3, 0, 1, 2, 3, 1)]
    async with planned.database.write() as tx:
        await tx.inbox.store([arrival(one) for one in shuffled], now=planned.clock.now())

    answers = await planned.work()

    assert [message.key for message in answers] == ["menu.main", "plan.list", "plan.item", "help.text"]
