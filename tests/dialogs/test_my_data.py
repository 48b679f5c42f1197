"""«Мои данные»: what is kept, a copy of it, and every way to take it back."""

import dataclasses
import re

import pytest

from bot.booking.book import Book
from bot.flows import FLOWS
from bot.flows.words.buttons import Labels, screen_words
from bot.messages import Button, Kind, Outgoing
from storage.database import Database
from tests.booking.desk import every_visit
from tests.dialogs.journeys import with_journeys
from tests.dialogs.transcripts import TO_PLAN
from tests.storage.rows import table
from tests.talk import Talk, real_content

MARKED = f"""
    {TO_PLAN}
    > 1
    < plan.item ...
    > [done]
    < plan.changed_done ...
    > [next]
    < plan.item ...
    > [later]
    < plan.later ...
    > [tomorrow]
    < plan.changed_later ...
    > [next]
    < plan.item ...
    > [not_mine]
    < plan.changed_not_mine ...
    > [next]
    < plan.item ...
    > [done]
    < plan.changed_done ...
    > [undo]
    < plan.changed_open ...
    > [next]
    < plan.item ...
    > [stuck]
    < plan.stuck ...
    > /human
    < handover.words [skip]
    > Хочу работать сварщиком
    < handover.sent ...
"""


@pytest.fixture
def phone(talk: Talk) -> Talk:
    """A messenger: nothing can be downloaded there."""
    talk.surfaces["vk"] = talk.surfaces["web"]  # type: ignore[index]
    talk.channel, talk.chat = "vk", "ivan's phone"
    return talk


async def read(talk: Talk) -> str:
    """The copy, all parts."""
    await talk.say("/data")
    answers = await talk.press("file")
    parts = [answers[-1]]
    while any(choice == "more" for choice in talk._buttons):
        parts += await talk.press("more")
    assert {part.key for part in parts} == {"my_data.file"}
    assert all(len(part.text) <= 3900 for part in parts)
    return "\n".join(part.text for part in parts)


async def test_the_copy_holds_everything_that_is_kept(phone: Talk) -> None:
    await phone.play(MARKED)

    text = await read(phone)

    plan = phone.content.situations["released"].plan
    for words in ("сделано", "не получается", "отложено", "не нужно", "ещё не сделано"):
        assert words in text
    assert plan[0].title in text
    assert "Хочу работать сварщиком" in text
    assert phone.content.situations["released"].label in text
    assert "vk ivan's phone" in text
    assert "Вы: /human" in text
    assert "Перед этим бот показывал: «" in text, "what the specialist sees is in the copy, too"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_copy_speaks_in_words_and_knows_no_ids(phone: Talk) -> None:
    await phone.play(MARKED)
    await phone.send(Kind.PHOTO)

    text = await read(phone)

    labels = phone.content.texts["plan.item"].buttons
    assert f"Вы: кнопка «{labels['done']}»" in text
    assert f"Вы: кнопка «{labels['stuck']}»" in text
    assert "Вы: сообщение без слов" in text
    assert re.findall(r"\[\w+(?::[\w=]+)?\]|\b(?:menu|plan|handover|profile)\.\w+", text) == []


@pytest.mark.parametrize(
    ("place", "choice", "label"),
    [
        ("plan.item", "done:papers", "Сделано"),
        ("profile.one", "a:wishes=training", "Учёба"),
        ("answers.list", "q:papers", "Документы"),
        ("plan.list", "item:resume", "Шаг resume"),
        ("situation.choose", "alimony", "Плачу алименты"),
        ("plan.list", "_next:1", "Далее"),
        ("menu.main", "_menu", "Меню"),
        ("gone.gone", "long_gone", "long_gone"),
    ],
)
def test_a_button_whose_screen_is_not_kept_is_named_by_the_edition_in_force(
    place: str, choice: str, label: str
) -> None:
    assert Labels(with_journeys(real_content(FLOWS)), []).of(f"1|01|{place}|{choice}|mac") == label


def test_a_button_is_named_as_it_was_when_it_was_pressed() -> None:
    kept = Outgoing(key="x", text="?", rows=[[Button("Как тогда", data="1|01|plan.item|done:papers|mac")]])
    labels = Labels(with_journeys(real_content(FLOWS)), [kept])

    assert labels.of("1|07|plan.item|done:papers|another") == "Как тогда"
    assert labels.of("not ours") == ""


def test_a_screen_that_is_gone_keeps_its_name() -> None:
    content = real_content(FLOWS)

    assert screen_words(content, "menu.main").startswith("Чем помочь?")
    assert screen_words(content, "plan.changed") == content.texts["menu.main"].buttons["plan"]
    assert screen_words(content, "gone.gone") == "gone.gone"
    assert len(screen_words(content, "start.hello")) <= 61


async def test_the_copy_tells_of_visits_and_of_what_is_waited_for(phone: Talk) -> None:
    await phone.play(TO_PLAN)
    citizen = await phone.citizen()
    async with phone.database.write() as tx:
        await every_visit(Book(tx, phone.content, phone.clock.now()), citizen.id)

    text = await read(phone)

    for words in (
        "Карьерный консультант: 24.11.2026 в 9:00, отменена",
        "Карьерный консультант: 24.11.2026 в 9:30, приём не состоялся",
        "Карьерный консультант: 24.11.2026 в 10:00, вы были на приёме",
        "Специалист по подбору работы: 26.11.2026 в 9:00, вы записаны",
        "вы ждали места, Карьерный консультант: с 01.12.2026 по 08.12.2026",
        "вы ждёте места, Карьерный консультант: с 02.12.2026 по 09.12.2026",
        "запись на приём: 25.11.2026 в 19:00",  # nine is too early to be reminded the same day
    ):
        assert words in text
    async with phone.database.read() as tx:
        assert (await tx.citizens.holdings(citizen.id)).bookings == 6


async def test_withdrawing_gives_the_seat_back_and_forgets_whose_visits_they_were(phone: Talk) -> None:
    await phone.play(TO_PLAN)
    citizen = await phone.citizen()
    async with phone.database.write() as tx:
        await every_visit(Book(tx, phone.content, phone.clock.now()), citizen.id)

    for line in ("/data", "[withdraw]", "[yes]"):
        await (phone.press(line[1:-1]) if line.startswith("[") else phone.say(line))

    assert await table(phone.database, "SELECT state, active FROM bookings WHERE citizen_id IS NOT NULL") == []
    states = await table(phone.database, "SELECT state, COUNT(*) FROM bookings GROUP BY state ORDER BY state")
    assert states == [("cancelled_citizen", 1), ("cancelled_staff", 1), ("no_show", 1), ("served", 1)]
    assert await table(phone.database, "SELECT 1 FROM waiting") == []


async def test_every_kept_row_is_in_the_copy(phone: Talk) -> None:
    await phone.play(MARKED)
    citizen = await phone.citizen()
    async with phone.database.read() as tx:
        held, extract = await tx.citizens.holdings(citizen.id), await tx.extracts.of(citizen.id)

    assert len(extract.plan) == held.plan_items
    assert len(extract.reminders) == held.reminders == 1
    assert len(extract.cases) == held.cases
    assert len(extract.messages) == held.kept_messages
    assert extract.citizen == citizen


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_long_copy_comes_in_parts_and_an_endless_word_does_not_stop_it(phone: Talk) -> None:
    await phone.play(TO_PLAN)
    for _ in range(3):
        await phone.say("z" * 4000)
    await phone.play("""
        > /stop
        < stop.done ...
    """)

    text = await read(phone)

    assert text.count("z") == 12_000
    assert "Напоминания выключены" in text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_without_consent_the_copy_holds_the_request(phone: Talk) -> None:
    await phone.play("""
        > /start
        < start.hello
        < situation.choose ...
        > человек
        < handover.may_pass ...
        > да
        < handover.words ...
        > Хочу работать
        < handover.sent ...
    """)
    citizen = await phone.citizen()
    async with phone.database.write() as tx:
        case = (await tx.cases.load([citizen.id]))[citizen.id]
        on = tx.handle
        await on.queries.moves_close_case(on.connection, id=case.id, at=0)

    text = await read(phone)

    assert "Согласия нет." in text
    assert "Закрытое обращение" in text
    assert "Хочу работать" in text


async def test_on_the_page_the_copy_is_a_link(talk: Talk) -> None:
    await talk.play(f"""
        {TO_PLAN}
        > /data
        < my_data.kept [file] [situations] [calls] [withdraw] [move] [delete] [menu]
        > [file]
        < my_data.link [data]
    """)

    urls = [button.url for row in talk.shown[-1].rows for button in row if button.url]
    assert [url.partition("?")[0] for url in urls] == ["/chat/data"]


async def test_a_hidden_situation_takes_its_marks_along_but_no_mark_of_another(talk: Talk) -> None:
    released, alimony = talk.content.situations["released"], talk.content.situations["alimony"]
    shared = dataclasses.replace(alimony, plan=released.plan[:1])
    situations = {**talk.content.situations, "alimony": shared}
    talk.content = dataclasses.replace(talk.content, situations=situations)
    await talk.play("""
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
        < profile.one ...
        > [later]
        < plan.list ...
        > 1
        < plan.item ...
        > [done]
        < plan.changed_done ...
        > [next]
        < plan.item ...
        > [later]
        < plan.later ...
        > [tomorrow]
        < plan.changed_later ...
        > /data
        < my_data.kept ...
        > [situations]
        < my_data.situations [hide:released] [hide:alimony] [change]
        > [hide:released]
        < my_data.hide [yes] [no]
        > [yes]
        < my_data.hidden
        < my_data.kept ...
    """)

    citizen = await talk.citizen()
    assert citizen.situations == ("alimony",)
    async with talk.database.read() as tx:
        plan = (await tx.plan.load([citizen.id]))[citizen.id]
        assert [row.item for row in plan] == [released.plan[0].id]
        assert (await tx.citizens.holdings(citizen.id)).reminders == 0
    talk.clock.move(days=1)
    assert await talk.tick() == []


async def test_a_reminder_on_its_way_is_called_back_with_its_situation(talk: Talk) -> None:
    await talk.play(f"""
        {TO_PLAN}
        > 1
        < plan.item ...
        > [later]
        < plan.later ...
        > [tomorrow]
        < plan.changed_later ...
        > /data
        < my_data.kept ...
        > [situations]
        < my_data.situations ...
        > [hide]
        < my_data.hide ...
    """)
    yes = talk.data("yes")
    talk.clock.move(days=1)
    async with talk.database.write() as tx:
        await tx.reminders.take_due(now=talk.clock.now(), limit=10)

    answers = await talk.send(Kind.PRESS, data=yes)

    assert [message.key for message in answers] == ["my_data.hidden", "my_data.kept"]


async def test_a_withdrawn_consent_leaves_the_request_and_nothing_else(talk: Talk) -> None:
    await talk.play(MARKED)
    await talk.play("""
        > /data
        < my_data.kept ...
        > [withdraw]
        < my_data.withdraw [yes] [no]
        > [yes]
        < my_data.withdrawn
        < menu.main ...
    """)

    citizen = await talk.citizen()
    assert (citizen.consent_at, citizen.situations) == (None, ())
    async with talk.database.read() as tx:
        held = await tx.citizens.holdings(citizen.id)
        assert (held.plan_items, held.reminders, held.kept_messages, held.cases) == (0, 0, 0, 1)
        case = await tx.cases.of_citizen(citizen.id)
        assert case is not None
        assert case.words == ("Хочу работать сварщиком",)
    talk.clock.move(days=1)
    assert await talk.tick() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_the_screen_counts_is_what_is_there(talk: Talk, database: Database) -> None:
    await talk.play(MARKED)
    shown: list[Outgoing] = await talk.say("/data")
    async with database.read() as tx:
        held = await tx.citizens.holdings((await talk.citizen()).id)

    text = shown[-1].text
    assert f"отметки в плане: {held.plan_items}" in text
    assert f"обращения к специалисту: {held.cases}" in text
