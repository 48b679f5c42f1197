"""Refused content is told in the chats of staff, once for each edition, and so is that it was mended."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.desk.acts import Desk
from bot.desk.news import MISTAKE_CHARS, News
from bot.texts.routes import LEAD
from tests.desk.conftest import LEAD as VERA
from tests.desk.conftest import OLGA
from tests.desk.staff_chat import StaffChat
from tests.talk import Talk

BAD = ("bot/content/texts/menu.yaml", 4, "в «main.text» нет подстановки {nichego}", "можно {site}")


@pytest.fixture
async def chat(talk: Talk, desk: Desk) -> StaffChat:
    chat = StaffChat(talk, desk)
    await chat.link(OLGA)
    return chat


async def judged(talk: Talk, fingerprint: str, mistakes: Sequence[tuple[str, int, str, str]] = ()) -> None:
    state = "refused" if mistakes else "published"
    talk.clock.set(talk.clock.now() + timedelta(minutes=1))
    async with talk.database.write() as tx:
        await tx.editions.judge_files(fingerprint, state, mistakes=mistakes, now=talk.clock.now())  # type: ignore[arg-type]


async def told(desk: Desk, chat: StaffChat) -> list[str]:
    """What the chat hears now, whoever restarted meanwhile."""
    before = [*chat.shown]
    await News(desk).tell()
    await chat.work()
    return [message.text for number, message in chat.shown.items() if number not in before]


async def test_a_refused_edition_is_told_once_and_once_that_it_is_mended(
    talk: Talk, desk: Desk, chat: StaffChat
) -> None:
    await judged(talk, "good")
    assert await told(desk, chat) == []

    await judged(talk, "bad", [BAD])
    (text,) = await told(desk, chat)
    assert "bot/content/texts/menu.yaml:4: в «main.text» нет подстановки {nichego}: можно {site}" in text
    assert "прежние слова" in text
    await judged(talk, "bad", [BAD])  # a restart finds the same files
    assert await told(desk, chat) == []

    await judged(talk, "worse", [BAD, BAD])
    assert len(await told(desk, chat)) == 1
    await judged(talk, "mended")
    assert await told(desk, chat) == ["Тексты исправлены. Люди уже видят новые слова."]
    assert await told(desk, chat) == []
    await judged(talk, "bad", [BAD])
    assert len(await told(desk, chat)) == 1, "the same mistake, made again"


async def test_of_many_mistakes_the_first_are_shown_and_the_rest_counted(
    talk: Talk, desk: Desk, chat: StaffChat
) -> None:
    long = ("bot/content/texts/menu.yaml", 9, "слово " * 500, "короче")
    await judged(talk, "bad", [long, *(("a.yaml", line, "не то", "так") for line in range(1, 8))])

    (text,) = await told(desk, chat)

    assert "a.yaml:2: не то: так" in text
    assert "a.yaml:3:" not in text
    assert "дальше ошибок: 5" in text
    assert len(text) < 2 * MISTAKE_CHARS


async def test_words_that_are_live_and_break_a_talk_are_told_as_such(talk: Talk, desk: Desk, chat: StaffChat) -> None:
    async with talk.database.write() as tx:
        await tx.editions.accept(fingerprint="bad", files=b"", now=talk.clock.now())
    await judged(talk, "bad", [BAD])

    (text,) = await told(desk, chat)

    assert "люди их уже видят" in text


async def test_leads_and_chats_of_everybody_hear_it_and_others_do_not(talk: Talk, desk: Desk) -> None:
    lawyers, leads = StaffChat(talk, desk, number="-1"), StaffChat(talk, desk, number="-2")
    await lawyers.link(OLGA, role="lawyer")
    await judged(talk, "first", [BAD])
    assert len(await told(desk, lawyers)) == 1, "there is no other chat"

    await leads.link(VERA, role=LEAD)
    await judged(talk, "second", [BAD])

    assert await told(desk, lawyers) == []
    assert len([text for text in leads.texts if "menu.yaml:4" in text]) == 1


async def test_a_chat_linked_later_hears_of_what_is_still_refused(talk: Talk, desk: Desk) -> None:
    await judged(talk, "bad", [BAD])
    assert not await News(desk).tell()
    chat = StaffChat(talk, desk)
    await chat.link(OLGA)

    assert len(await told(desk, chat)) == 1
