"""
What goes wrong between a citizen and staff: nothing is lost, and staff see it.

Elsewhere: a deleted topic, a group with another number, one that put the bot out (test_staff.py); a specialist who
left, a citizen who blocked the bot (tests/desk/test_room.py, test_acts.py).
"""

from collections.abc import AsyncIterator
from random import Random

import pytest

from bot.desk.linking import invite
from storage.database import Database
from storage.records import CaseRow
from storage.staff_chats import Invitation
from tests.people import hits, secrets
from tests.platforms.groups import VkGroup
from tests.platforms.office import ACCOUNT, OLGA, WORDS, Office, opened
from tests.platforms.seats import Chat
from tests.platforms.telegram_methods import GROUP_PER_MINUTE, Pace
from tests.storage.rows import execute, meet

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

OUTAGE_S = 20 * 60


@pytest.fixture
async def office(request: pytest.FixtureRequest, database: Database) -> AsyncIterator[Office]:
    async with opened(request.param, database) as office:
        yield office


def pair(citizen: str, staff: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("office", [(citizen, staff)], indirect=True, ids=[f"{citizen}-{staff}"])


async def requests(
    office: Office, count: int, *, where: str = "barnaul", chat: str = "", urgent: bool = False
) -> list[str]:
    """So many people ask at once; gives the ids of their cases."""
    database, now, made = office.desk.database, office.desk.clock.now(), []
    for number in range(count):
        citizen = await meet(database, f"{chat or where} {number}", now=now)
        case = CaseRow(
            f"{number:04x}{chat or where}"[:16], citizen, "web", "question", "new", False, now, ("слова",),
            office=where, is_urgent=urgent,
        )  # fmt: skip
        async with database.write() as tx:
            assert await tx.cases.open(case)
        made.append(case.id)
    await execute(database, "UPDATE inbox SET state = 1, payload = NULL WHERE state = 0")  # their first words are none
    return made


async def pass_time(office: Office, seconds: float, *, step_s: float = 2) -> None:
    """The bot works, the clock goes."""
    clock = office.citizen.clock
    until = clock.time() + seconds
    while clock.time() < until:
        while await office._runner.run_once():
            pass
        await office.board.show()
        for sender in office._senders:
            await sender.run_once()
        clock.move(seconds=step_s)


def cards(office: Office) -> list[str]:
    return [shown.text for shown in office.group.screen if "Тема:" in shown.text]


def numbers(office: Office) -> list[str]:
    """Of the cases that the cards are about."""
    return sorted(text.partition("\n")[0].split()[-1] for text in cards(office))


@pair("max", "telegram")
async def test_sixty_requests_in_a_minute_stay_within_what_a_group_takes(office: Office) -> None:
    emulator, clock = office.group.emulator, office.citizen.clock
    emulator.limits, emulator.pace = True, Pace(clock.time)
    clock.move(seconds=60)
    sent = emulator.sent + emulator.edited
    made = await requests(office, 59)
    await pass_time(office, 20)
    made += await requests(office, 1, chat="crisis", urgent=True)
    await pass_time(office, 40)
    assert 0 < emulator.sent + emulator.edited - sent <= GROUP_PER_MINUTE
    assert any("СРОЧНО" in text.upper() for text in cards(office)), "what cannot wait does not stand behind the others"
    for number in range(3):  # every one of them changes again and again meanwhile
        for case_id in made:
            await office.desk.later(OLGA, case_id, hours=number + 2)
        await pass_time(office, 20)
    await pass_time(office, 600, step_s=4)

    assert len(cards(office)) == 61
    assert not any("Ждёт ответа" in text for text in cards(office)[1:]), "each shows how it stands now"
    assert emulator.sent + emulator.edited - sent <= 60 * 3, "changes of one card in a row are one edit"
    assert emulator.pace.refused == 0


@pair("max", "telegram")
async def test_a_staff_channel_that_was_down_shows_everything_afterwards(office: Office) -> None:
    emulator = office.group.emulator
    emulator.faults.outage = True
    await requests(office, 25)
    async with office.desk.database.read() as tx:
        (ivans,) = [case for case in await tx.cases.waiting() if case.words == (WORDS,)]
    assert (await office.desk.answer(OLGA, ivans.id, "Отвечаю из кабинета", once="1")).is_done
    await pass_time(office, OUTAGE_S, step_s=30)
    assert "case.words" in await office.heard()
    assert len(cards(office)) == 1

    emulator.faults.outage = False
    await pass_time(office, 600, step_s=4)

    assert len(set(numbers(office))) == 26
    assert len(numbers(office)) <= 27, "of an edit nobody knows the end of, the card is posted anew"
    assert any("В работе: Olga" in text or "ждём человека" in text for text in cards(office))
    assert not any("извин" in shown.text.lower() for shown in office.group.screen)


@pair("vk", "telegram")
async def test_one_office_whose_messenger_is_down_does_not_silence_another(office: Office) -> None:
    """The second office has its chat in VK."""
    other = VkGroup(office.citizen.emulator)
    code = await invite(office.desk.database, office.desk.clock, Invitation("", "biysk", ""))
    await office.staff(lambda: other.say(ACCOUNT, f"/staff {code}"))
    office.group.emulator.faults.outage = True
    await requests(office, 25)
    await pass_time(office, 5)

    await requests(office, 1, where="biysk")
    await pass_time(office, 60)

    assert any("Обращение" in shown.text for shown in other.screen)


@pytest.mark.parametrize("kind", ["voice", "photo", "file"])
@pair("telegram", "max")
async def test_a_file_or_a_voice_is_seen_by_staff_and_asked_for_in_words(office: Office, kind: str) -> None:
    await Chat(office).take()
    await office.heard()

    answers = await office.citizen.attach(kind)

    assert [message.key for message in answers] == ["case.not_words"]
    assert any("прислал" in shown.text.lower() for shown in office.group.screen)


@pair("vk", "max")
async def test_cards_and_notices_hold_no_personal_string(office: Office) -> None:
    """Typed before anybody took the case, and after others let it go."""
    typed = secrets(Random(5), 24)
    for secret in typed:
        await office.citizen.say(f"это я: {secret.text}")
    assert hits(typed, "\n".join(shown.text for shown in office.group.screen)) == []

    seat = Chat(office)
    await seat.take()
    assert hits([one for one in typed if not one.is_masked], await seat.talk()), "whoever has it reads the words"
    assert hits([one for one in typed if one.is_masked], await seat.talk()) == []
    assert hits(typed, "\n".join(cards(office))) == []
    await seat.close()
    assert hits(typed, await seat.talk()) == []
