"""
Both sides of a case through every pair of channels: the citizen in one, staff in another; real adapters, vendor
clients, pollers, senders and web pages on both, one bot between.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from bot.desk.linking import invite
from bot.texts import render
from storage.database import Database
from storage.staff_chats import Invitation
from tests.desk.staff_chat import employ
from tests.platforms.driver import PLATFORMS
from tests.platforms.groups import MaxGroup, TelegramGroup
from tests.platforms.office import ACCOUNT, CONSOLE, OLGA, STRANGER, WEB, WORDS, Office, opened
from tests.platforms.seats import Chat, Console, Seat

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PAIRS = [(one, other) for one in (*sorted(PLATFORMS), WEB) for other in (*sorted(PLATFORMS), CONSOLE)]
OWN = [(one, one) for one in sorted(PLATFORMS)]
ANSWER, NOTE, MORE = "Есть место", "уточнить стаж", "Когда выходить?"


@pytest.fixture(params=PAIRS, ids=["-".join(pair) for pair in PAIRS])
def pair(request: pytest.FixtureRequest) -> tuple[str, str]:
    found: tuple[str, str] = request.param
    return found


@pytest.fixture
async def office(pair: tuple[str, str], database: Database) -> AsyncIterator[Office]:
    async with opened(pair, database) as office:
        yield office


@pytest.fixture
async def seat(office: Office) -> AsyncIterator[Seat]:
    """Where staff answer from."""
    async with AsyncExitStack() as stack:
        yield Chat(office) if office.group is not None else await stack.enter_async_context(Console(office))


async def test_a_case_from_both_sides(office: Office, seat: Seat) -> None:
    assert "Обращение" in await seat.queue()
    assert WORDS not in await seat.queue()

    await seat.take()
    assert await office.heard() == ["case.taken"]
    assert WORDS in await seat.talk()

    await seat.answer(ANSWER, note=NOTE)
    assert await office.heard() == ["case.words"]
    assert office.citizen.screen[-1].text == f"Специалист по подбору работы:\n{ANSWER}"
    assert await office.says(MORE) == ["case.passed"]
    assert MORE in await seat.talk()

    await seat.close()
    assert await office.heard() == ["case.closed"]
    assert [message.key for message in await office.citizen.press("yes")] == ["case.solved"]

    assert not any(NOTE in shown.text for shown in office.citizen.screen)
    assert await seat.is_over()
    async with office.desk.database.read() as tx:
        (case,) = await tx.cases.all_of(await citizen_of(office))
        assert (case.state, case.solved, case.owner) == ("closed", "yes", seat.actor)
        said = {(one.author, one.words) for one in await tx.case_talk.of(case.id)}
        assert said == {("citizen", WORDS), ("staff", ANSWER), ("note", NOTE), ("citizen", MORE)}
        actors = [one.actor for one in await tx.cases.history(case.id)]
        assert actors == ["citizen", *[seat.actor] * (len(actors) - 2), "citizen"]


async def citizen_of(office: Office) -> str:
    ((id_,),) = await office.citizen.select(f"SELECT citizen_id FROM cases WHERE channel = '{office.citizen.name}'")
    return str(id_)


@pytest.mark.parametrize("pair", [("max", "telegram"), ("telegram", "vk"), ("vk", "max")], indirect=True)
async def test_a_corrected_answer_is_corrected_for_the_citizen_and_closing_cleans_the_chat(office: Office) -> None:
    card = office.found("Обращение")
    await office.staff(lambda: office.group.press(ACCOUNT, card, office.button(card, "Взять")))
    assert "В работе: Olga" in card.text
    question, said = office.found(WORDS), list[str]()
    await office.staff(lambda: said.append(office.group.say(ACCOUNT, "Есть место\n//уточнить стаж", to=question)))
    await office.staff(lambda: office.group.edit(ACCOUNT, said[0], "Есть два места", to=question))
    await office.heard()
    assert any("Есть два места" in shown.text for shown in office.citizen.screen)
    assert not any(shown.text.endswith("Есть место") for shown in office.citizen.screen)

    await office.staff(lambda: office.group.press(ACCOUNT, card, office.button(card, "Закрыть")))

    assert await office.heard() == ["case.closed"]
    assert card.buttons == []
    assert not any(WORDS in shown.text for shown in office.group.screen)


@pytest.mark.parametrize("pair", OWN, indirect=True)
async def test_who_is_not_linked_is_refused_politely(office: Office) -> None:
    card = office.found("Обращение")

    await office.staff(lambda: office.group.say(STRANGER, "Я отвечу", to=card))

    assert "Отвечать здесь могут только сотрудники" in office.group.screen[-1].text
    assert await office.heard() == []


@pytest.mark.parametrize("pair", [("max", "telegram"), ("vk", "telegram")], indirect=True)
async def test_a_forum_gives_each_case_a_topic_and_a_deleted_one_is_made_anew(office: Office) -> None:
    group: TelegramGroup = office.group
    forum = TelegramGroup(group.emulator, "-100900", forum=True)
    code = await invite(office.desk.database, office.desk.clock, Invitation("", "barnaul", ""))
    await office.staff(lambda: forum.say(ACCOUNT, f"/staff {code}"))
    card = next(shown for shown in forum.screen if "Обращение" in shown.text)
    (topic,) = forum.emulator.forums[forum.chat]
    assert forum.emulator.forums[forum.chat][topic].startswith("№ ")
    assert forum.emulator.threads[forum.chat, card.id] == topic

    await office.staff(lambda: forum.say(ACCOUNT, "Слова в теме", topic=topic))
    assert await office.heard() == ["case.words"]
    del forum.emulator.forums[forum.chat][topic]
    forum.emulator.uneditable.add(card.id)
    await office.says("Ещё вопрос")

    (again,) = forum.emulator.forums[forum.chat]
    assert again != topic
    assert any("Ещё вопрос" in shown.text for shown in forum.screen)


@pytest.mark.parametrize("pair", [("max", "telegram")], indirect=True)
@pytest.mark.parametrize("is_told", [True, False])
async def test_a_group_upgraded_to_a_supergroup_goes_on(office: Office, is_told: bool) -> None:
    """Telegram tells it with an update; if that is lost, with the next refused send."""
    group: TelegramGroup = office.group
    if is_told:
        await office.staff(lambda: group.upgrade("-100777"))
    else:
        group.emulator.upgraded[group.chat] = "-100777"
        group.chat = "-100777"
        await office.says("Ещё слово")
        await office.work()

    card = office.found("Обращение")
    await office.staff(lambda: group.press(ACCOUNT, card, office.button(card, "Взять")))
    assert "case.taken" in await office.heard()


@pytest.mark.parametrize("pair", [("max", "telegram")], indirect=True)
async def test_a_group_that_put_the_bot_out_loses_nothing(office: Office) -> None:
    group: TelegramGroup = office.group
    group.emulator.put_out.add(group.chat)
    await office.says("Ещё слово")
    async with office.desk.database.read() as tx:
        (case,) = await tx.cases.waiting()
    assert case.words == (WORDS, "Ещё слово")

    group.emulator.put_out.clear()
    code = await invite(office.desk.database, office.desk.clock, Invitation("", "barnaul", ""))
    await office.staff(lambda: group.say(ACCOUNT, f"/staff {code}"))

    card = office.found("Обращение")
    await office.staff(lambda: group.press(ACCOUNT, card, office.button(card, "Взять")))
    assert any("Ещё слово" in shown.text for shown in group.screen)


@pytest.mark.parametrize("pair", [("vk", "max")], indirect=True)
async def test_an_answer_deleted_in_max_is_taken_off_the_screen(office: Office) -> None:
    group: MaxGroup = office.group
    said: list[str] = []
    await office.staff(lambda: said.append(group.say(ACCOUNT, "Ошибся чатом", to=office.found("Обращение"))))
    assert any("Ошибся чатом" in shown.text for shown in office.citizen.screen)
    await office.heard()

    await office.staff(lambda: group.delete(ACCOUNT, said[0]))

    assert not any("Ошибся чатом" in shown.text for shown in office.citizen.screen)


@pytest.mark.parametrize("pair", [("max", "telegram"), ("telegram", "vk")], indirect=True)
async def test_an_answer_made_a_note_is_taken_off_where_no_deletion_is_told(office: Office) -> None:
    card = office.found("Обращение")
    said: list[str] = []
    await office.staff(lambda: said.append(office.group.say(ACCOUNT, "Ошибся чатом", to=card)))
    assert any("Ошибся чатом" in shown.text for shown in office.citizen.screen)
    await office.heard()

    await office.staff(lambda: office.group.edit(ACCOUNT, said[0], "//Ошибся чатом", to=card))

    assert not any("Ошибся чатом" in shown.text for shown in office.citizen.screen)


@pytest.mark.parametrize("pair", [("max", "telegram"), ("telegram", "vk")], indirect=True)
async def test_a_case_taken_in_the_console_and_in_the_chat_has_one_owner(office: Office) -> None:
    async with office.desk.database.read() as tx:
        (case,) = await tx.cases.waiting()
    petr = replace(OLGA, id="petr")
    await employ(office.citizen, petr)  # type: ignore[arg-type]
    card = office.found("Обращение")
    taken = office.button(card, "Взять")

    assert (await office.desk.take(petr, case.id)).code == "done"
    await office.staff(lambda: office.group.press(ACCOUNT, card, taken))

    assert office.found(render.say(office.citizen.content, "desk.other_owner", {}))
    assert "В работе: Petr" in card.text


@pytest.mark.parametrize("pair", [("max", "telegram")], indirect=True)
async def test_twenty_a_minute_are_enough_for_many_changes(office: Office) -> None:
    group: TelegramGroup = office.group
    before = group.emulator.sent + group.emulator.edited
    async with office.desk.database.read() as tx:
        (case,) = await tx.cases.waiting()
    for number in range(30):
        await office.desk.later(OLGA, case.id, hours=number + 1)
        await office.board.show()
    await office.work()

    assert group.emulator.sent + group.emulator.edited - before <= 4
    assert group.emulator.pace.refused == 0
