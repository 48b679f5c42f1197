"""Staff in their messenger: cards, presses, answers, notes, and who is not heard."""

from datetime import timedelta

import pytest

from bot.desk.acts import Desk
from bot.messages import Kind
from tests.desk.conftest import ASKED, LEAD, OLGA, PETR, keys, the_case
from tests.desk.staff_chat import StaffChat, employ
from tests.talk import Talk

WORDS = "Нужна работа рядом с домом"


@pytest.fixture
async def chat(talk: Talk, desk: Desk) -> StaffChat:
    chat = StaffChat(talk, desk)
    await chat.link(OLGA, PETR)
    return chat


async def told(talk: Talk) -> list[str]:
    """What the citizen has heard since they asked."""
    heard = [message for message in talk.shown if message.key.startswith("case.")]
    return [message.key for message in heard]


async def test_a_new_case_is_a_card_without_a_word_of_the_citizen(talk: Talk, chat: StaffChat) -> None:
    await talk.play(ASKED)
    await chat.work()

    (card,) = chat.shown.values()
    assert [button.label for row in card.rows for button in row] == ["Взять", "Отвечу позже", "Передать", "Закрыть"]
    assert "Работа, вакансии, резюме" in card.text
    assert WORDS not in card.text
    assert card.topic.startswith("№ ")
    await chat.work()
    assert chat.posted == 4  # three lines about linking, one card


async def test_taking_shows_the_words_and_a_reply_goes_to_the_citizen(talk: Talk, chat: StaffChat) -> None:
    await talk.play(ASKED)
    await chat.work()
    card = chat.found("Обращение")

    await chat.press("olga", card, "Взять")

    assert "В работе: Olga" in chat.shown[card].text
    words = chat.found(WORDS)
    assert chat.shown[words].under == card
    await chat.say("olga", "Добрый день\n// проверить стаж\nПодойдёт склад?", to=words)

    case = await the_case(talk)
    assert (case.owner, case.state, case.answers) == ("olga", "waiting_citizen", ("Добрый день\nПодойдёт склад?",))
    assert await told(talk) == ["case.taken", "case.words"]
    async with talk.database.read() as tx:
        assert [said.words for said in await tx.case_talk.of(case.id) if said.author == "note"] == ["проверить стаж"]
    await talk.say("Подойдёт")
    await chat.work()
    assert "Подойдёт" in chat.shown[chat.found("Подойдёт")].text
    assert "Человек написал" in chat.shown[card].text


async def test_the_second_who_presses_is_told_whose_it_is(talk: Talk, chat: StaffChat) -> None:
    await talk.play(ASKED)
    await chat.work()
    card = chat.found("Обращение")
    old = chat.shown[card]
    await chat.press("olga", card, "Взять")
    chat.shown["old"] = old

    assert "desk.other_owner" in keys(await chat.press("petr", "old", "Взять"))
    assert "desk.other_owner" in keys(await chat.say("petr", "И я", to=card))
    assert (await the_case(talk)).owner == "olga"
    assert "case.words" not in await told(talk)


@pytest.mark.parametrize("who", ["nobody", "fired"])
async def test_only_linked_members_of_an_open_account_are_heard(talk: Talk, chat: StaffChat, who: str) -> None:
    await talk.play(ASKED)
    await chat.work()
    card = chat.found("Обращение")
    if who == "fired":
        async with talk.database.write() as tx:
            await tx.staff.activate("olga", is_active=False)
        who = "olga"

    assert "desk.not_linked" in keys(await chat.say(who, "Отвечу я", to=card))
    assert "desk.not_linked" in keys(await chat.press(who, card, "Закрыть"))
    assert (await the_case(talk)).state == "new"
    assert await told(talk) == []


async def test_words_of_nobodys_chat_are_neither_answered_nor_kept(talk: Talk, desk: Desk) -> None:
    strange = StaffChat(talk, desk, number="-1")

    assert await strange.say("nobody", "Всем привет", to="5") == []
    assert await strange.say("nobody", "/staff WRONGCODE") == []
    async with talk.database.read() as tx:
        on = tx.handle
        sql = "SELECT COUNT(*) FROM inbox WHERE payload IS NOT NULL"
        rows = await (on.connection.fetch(sql) if on.dialect == "postgres" else on.connection.execute_fetchall(sql))
    assert rows[0][0] == 0


async def test_a_code_works_once_and_not_for_ever(talk: Talk, desk: Desk, chat: StaffChat) -> None:
    from bot.desk.linking import invite
    from storage.staff_chats import Invitation

    code = await invite(desk.database, desk.clock, Invitation("petr", "", ""))
    assert keys(await chat.say("phone", f"/staff {code.lower()}")) == ["desk.linked"]
    assert keys(await chat.say("thief", f"/staff {code}")) == ["desk.bad_code"]
    late = await invite(desk.database, desk.clock, Invitation("petr", "", ""))
    talk.clock.move(minutes=31)
    assert keys(await chat.say("phone", f"/staff {late}")) == ["desk.bad_code"]


async def test_transfer_later_and_close_by_buttons(talk: Talk, chat: StaffChat) -> None:
    await talk.play(ASKED)
    await chat.work()
    card = chat.found("Обращение")

    await chat.press("olga", card, "Отвечу позже")
    await chat.press("olga", card, "Передать")
    await chat.press("olga", chat.found("Кому передать"), "Юрист")
    assert "Кому: Юрист" in chat.shown[card].text
    await chat.press("petr", card, "Закрыть")

    assert (await the_case(talk)).state == "closed"
    assert chat.shown[card].rows == ()
    assert await told(talk) == ["case.later", "case.transferred", "case.closed"]


async def test_closing_takes_the_words_off_the_screen(talk: Talk, chat: StaffChat) -> None:
    await talk.play(ASKED)
    await chat.work()
    card = chat.found("Обращение")
    await chat.press("olga", card, "Взять")
    assert any(WORDS in text for text in chat.texts)

    await chat.press("olga", card, "Закрыть")

    assert not any(WORDS in text for text in chat.texts)


async def test_in_a_forum_each_case_has_its_topic(talk: Talk, desk: Desk) -> None:
    forum = StaffChat(talk, desk, topics=True)
    await forum.link(OLGA)
    await talk.play(ASKED)
    await forum.work()
    card = forum.found("Обращение")
    topic = card.split("/")[0]
    await forum.press("olga", card, "Взять")

    await forum.say("olga", "Просто слова в теме", to=f"{topic}/")

    assert forum.found(WORDS).startswith(f"{topic}/")
    assert (await the_case(talk)).answers == ("Просто слова в теме",)


async def test_an_edited_answer_is_edited_for_the_citizen(talk: Talk, chat: StaffChat) -> None:
    from bot.channels.port import Limits
    from bot.engine.taken import Surface

    talk.surfaces["vk"] = Surface(Limits())  # type: ignore[index]
    talk.channel = "vk"
    await talk.play(ASKED)
    await chat.work()
    card = chat.found("Обращение")
    await chat.say("olga", "Приходите в среду", to=card, said="mine")
    first = await _last_sent(talk)

    await chat.send("olga", Kind.EDITED, text="Приходите в четверг", said="mine")
    await chat.send("petr", Kind.EDITED, text="Приходите в ад", said="mine")

    said = talk.shown[-1]
    assert (said.key, said.edits) == ("case.words", first)
    assert said.text.endswith("Приходите в четверг")
    assert (await the_case(talk)).answers == ("Приходите в четверг",)


async def test_where_nothing_can_be_edited_the_correction_is_said(talk: Talk, chat: StaffChat) -> None:
    await talk.play(ASKED)
    await chat.work()
    await chat.say("olga", "Приходите в среду", to=chat.found("Обращение"), said="mine")

    await chat.send("olga", Kind.EDITED, text="Приходите в четверг", said="mine")

    assert await told(talk) == ["case.words", "case.corrected"]


async def test_a_deleted_answer_is_taken_off_the_citizens_screen(talk: Talk, chat: StaffChat) -> None:
    await talk.play(ASKED)
    await chat.work()
    await chat.say("olga", "Не туда", to=chat.found("Обращение"), said="mine")
    sent = await _last_sent(talk)

    await chat.send("olga", Kind.OTHER, said="mine", is_gone=True)

    assert talk.shown[-1].erases == (sent,)


async def test_files_are_not_passed_on_and_lost_replies_are_told(talk: Talk, chat: StaffChat) -> None:
    await talk.play(ASKED)
    await chat.work()
    card = chat.found("Обращение")
    assert keys(await chat.send("olga", Kind.FILE, to=card)) == ["desk.no_files"]
    assert keys(await chat.say("olga", "Кому это?", to="999")) == ["desk.no_case"]
    assert (await the_case(talk)).answers == ()


async def test_an_answer_to_who_blocked_the_bot_says_to_call(talk: Talk, chat: StaffChat) -> None:
    await talk.play(ASKED)
    await chat.work()
    await talk.send(Kind.STOPPED)
    assert "desk.unreachable" in keys(await chat.say("olga", "Позвоните", to=chat.found("Обращение")))


async def test_a_complaint_stands_in_the_leads_chat_only(talk: Talk, desk: Desk, chat: StaffChat) -> None:
    leads = StaffChat(talk, desk, number="-7")
    await leads.link(LEAD, role="lead")
    await talk.play(ASKED)
    await chat.work()
    await chat.press("olga", chat.found("Обращение"), "Взять")
    await talk.say("/human")
    await talk.press("complain")
    await talk.press("yes")
    await talk.say("Он грубит")
    await chat.work()

    assert not any("грубит" in text or WORDS in text for text in chat.texts)
    assert "Передано" in chat.shown[chat.found("Обращение")].text
    assert any("Пожаловаться" in text for text in leads.texts)
    assert "desk.not_yours" in keys(await chat.say("olga", "Я не грубил", to=chat.found("Обращение")))


async def test_what_is_overdue_reaches_the_lead_and_a_silent_owner_loses_it(
    talk: Talk, desk: Desk, chat: StaffChat
) -> None:
    leads = StaffChat(talk, desk, number="-7")
    await leads.link(LEAD, role="lead")
    await talk.play(ASKED)
    await chat.work()
    card = chat.found("Обращение")
    await chat.press("olga", card, "Взять")
    talk.clock.move(days=2)

    assert await chat.watch.look() == 2
    assert await chat.watch.look() == 0
    await chat.work()

    assert "ПРОСРОЧЕНО" in chat.shown[card].text
    assert any("ПРОСРОЧЕНО" in text for text in leads.texts)
    case = await the_case(talk)
    assert (case.owner, case.state) == ("", "new")
    assert await told(talk) == ["case.taken", "case.released"]
    await chat.press("petr", card, "Взять")
    assert (await the_case(talk)).owner == "petr"


async def test_cases_of_who_works_here_no_more_go_back(talk: Talk, chat: StaffChat) -> None:
    await talk.play(ASKED)
    await chat.work()
    await chat.press("olga", chat.found("Обращение"), "Взять")
    async with talk.database.write() as tx:
        await tx.staff.activate("olga", is_active=False)

    assert await chat.watch.look() == 1

    await chat.work()
    assert (await the_case(talk)).owner == ""
    assert (await told(talk))[-1] == "case.released"


async def test_many_changes_are_one_edit(talk: Talk, desk: Desk, chat: StaffChat) -> None:
    await talk.play(ASKED)
    await chat.work()
    before, case = chat.posted, await the_case(talk)
    for number in range(10):
        await desk.note(OLGA, case.id, "заметка")
        await desk.later(OLGA, case.id, hours=number + 1)
    await chat.work()

    cards = [message for message in chat.shown.values() if message.key == "desk.card"]
    assert len(cards) == 1
    assert chat.posted - before <= 3  # the words, and one edit


async def test_deleted_data_leave_the_chat_too(talk: Talk, chat: StaffChat) -> None:
    await talk.play(ASKED)
    await chat.work()
    card = chat.found("Обращение")
    await chat.press("olga", card, "Взять")
    id_ = await talk.citizen_id()
    assert id_ is not None
    async with talk.database.write() as tx:
        await tx.citizens.erase(id_, now=talk.clock.now())

    await chat.work()

    assert not any(WORDS in text for text in chat.texts)
    assert chat.shown[card].rows == ()
    assert "Данные удалены" in chat.shown[card].text
    assert keys(await chat.say("olga", "Где вы?", to=card)) == ["desk.no_case"]


async def test_an_urgent_case_stands_in_every_chat_at_once(talk: Talk, desk: Desk, chat: StaffChat) -> None:
    other = StaffChat(talk, desk, number="-8")
    await other.link(LEAD, office="biysk")
    await talk.play(ASKED)
    case = await the_case(talk)
    async with talk.database.write() as tx:
        await tx.cases.urge(case.id, now=talk.clock.now())
    await chat.work()

    for one in (chat, other):
        assert any(text.startswith("СРОЧНО") for text in one.texts)
    assert not any(WORDS in text for text in other.texts)
    assert talk.clock.now() + timedelta(minutes=1) > case.created_at


async def test_an_informing_messenger_shows_cards_but_no_words(talk: Talk, desk: Desk) -> None:
    chat = StaffChat(talk, desk)
    desk.informing = frozenset({"telegram"})
    await chat.link(OLGA)
    await talk.play(ASKED)
    await chat.work()
    card = chat.found("Обращение")
    await chat.press("olga", card, "Взять")

    assert not any(WORDS in text for text in chat.texts)
    assert "в кабинете" in chat.shown[card].text
    await employ(talk, OLGA)


async def _last_sent(talk: Talk) -> str:
    async with talk.database.read() as tx:
        on = tx.handle
        sql = "SELECT sent_id FROM outbox WHERE key = 'case.words' ORDER BY id DESC LIMIT 1"
        rows = await (on.connection.fetch(sql) if on.dialect == "postgres" else on.connection.execute_fetchall(sql))
    return str(rows[0][0])
