"""
Both sides of a case through every pair of messengers: the citizen in one, staff in a group of another; real adapters,
vendor clients, pollers and senders on both, one bot between.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from bot.desk.actor import Actor
from bot.desk.acts import Desk
from bot.desk.board import Board
from bot.desk.linking import invite
from bot.desk.room import StaffRoom
from bot.engine.runner import Runner
from bot.engine.taken import Surface
from bot.flows import FLOWS
from bot.inbox import Inbox
from bot.outbox import Sender
from bot.texts import render
from storage.database import Database
from storage.staff_chats import Invitation
from tests.delivery.world import World
from tests.desk.staff_chat import employ
from tests.platforms.driver import PATIENCE_S, PLATFORMS, Citizen, _poll
from tests.platforms.emulator import Shown
from tests.platforms.groups import GROUPS, MaxGroup, TelegramGroup
from tests.talk import real_content

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

OLGA = Actor("olga", "job_matcher", ("barnaul",))
ACCOUNT, STRANGER = "501", "502"
WORDS = "Нужна работа рядом с домом"
PAIRS = [(one, other) for one in sorted(PLATFORMS) for other in sorted(PLATFORMS)]


class Office:
    """A citizen in one messenger, a group of staff in another (or the same), and the bot of both."""

    def __init__(self, citizen: Citizen, group: Any, desk: Desk, runner: Runner, senders: list[Sender]) -> None:
        self.citizen, self.group, self.desk = citizen, group, desk
        self.board = Board(desk)
        self._runner, self._senders = runner, senders

    async def staff(self, do: Callable[[], Any], *, updates: int = 1) -> None:
        """Let a member do it; what follows is done on both sides."""
        await self._stored(do, updates)
        await self.work()

    async def says(self, text: str) -> list[str]:
        """The citizen types; keys of what they hear."""
        return [message.key for message in await self.citizen.say(text)]

    async def work(self) -> None:
        """Turns, cards and sends until nothing more follows."""
        while True:
            while await self._runner.run_once():
                pass
            await self.board.show()
            if not await self._count("SELECT count(*) FROM outbox WHERE state IN (0, 1)"):
                return
            if not sum([await sender.run_once() for sender in self._senders]):
                self.citizen.clock.move(seconds=0.5)

    async def heard(self) -> list[str]:
        """Keys of what has come to the citizen since they were asked last."""
        return [message.key for message in await self.citizen._look()]

    def found(self, words: str) -> Shown:
        return next(shown for shown in reversed(self.group.screen) if words in shown.text)

    def button(self, shown: Shown, label: str) -> str:
        return next(data for row in shown.buttons for name, data in row if name == label)

    async def _stored(self, do: Callable[[], Any], updates: int) -> None:
        wanted = await self._count("SELECT count(*) FROM inbox") + updates
        do()
        async with asyncio.timeout(PATIENCE_S):
            while await self._count("SELECT count(*) FROM inbox") < wanted:
                await self.citizen.ear.wait(PATIENCE_S)

    async def _count(self, sql: str) -> int:
        return int((await self.citizen.select(sql))[0][0])


@pytest.fixture(params=PAIRS, ids=["-".join(pair) for pair in PAIRS])
def pair(request: pytest.FixtureRequest) -> tuple[str, str]:
    found: tuple[str, str] = request.param
    return found


@pytest.fixture
async def office(pair: tuple[str, str], database: Database) -> AsyncIterator[Office]:
    """The citizen has asked; the group is linked, and so is Olga."""
    world, content, stop = World(), real_content(FLOWS), asyncio.Event()
    desk = Desk(database, world, lambda: content)
    async with AsyncExitStack() as stack:
        emulators, channels, senders = {}, {}, []
        for name in dict.fromkeys(pair):
            make_emulator, make_channel = PLATFORMS[name]
            emulators[name] = await stack.enter_async_context(make_emulator())
            channels[name] = make_channel(emulators[name].url)
            stack.push_async_callback(channels[name].close)
            await channels[name].open()
        surfaces = {name: Surface(channel.limits) for name, channel in channels.items()}
        runner = Runner(database, FLOWS, lambda: content, surfaces, world, room=StaffRoom(desk))
        for channel in channels.values():
            senders.append(Sender(channel, database, world, lambda: content, timer=world, random=Random(1)))
            await stack.enter_async_context(_poll(channel, Inbox(database, world), database, world, stop))
        side, staff_side = pair
        citizen = Citizen(side, emulators[side], channels[side], database, world)
        citizen.runner = runner
        group = GROUPS[staff_side](emulators[staff_side])
        one = Office(citizen, group, desk, runner, senders)
        citizen.work = _both(one, citizen)  # type: ignore[method-assign]
        await _begin(one)
        yield one
        for emulator in emulators.values():
            assert emulator.violations == []  # type: ignore[attr-defined]


def _both(office: Office, citizen: Citizen) -> Any:
    async def work() -> list[Any]:
        await office.work()
        return await citizen._look()

    return work


async def _begin(office: Office) -> None:
    desk = office.desk
    await employ(office.citizen, OLGA)  # type: ignore[arg-type]
    for invitation in (Invitation("", "barnaul", ""), Invitation("olga", "", "")):
        code = await invite(desk.database, desk.clock, invitation)
        await office.staff(lambda code=code: office.group.say(ACCOUNT, f"/staff {code}"))  # type: ignore[misc]
    await office.citizen.start()
    for words in ("/human", "да", WORDS):
        await office.citizen.say(words)
    await office.heard()


async def test_a_case_from_both_sides(office: Office) -> None:
    card = office.found("Обращение")
    assert WORDS not in card.text

    await office.staff(lambda: office.group.press(ACCOUNT, card, office.button(card, "Взять")))

    assert await office.heard() == ["case.taken"]
    assert "В работе: Olga" in card.text
    question = office.found(WORDS)
    said: list[str] = []
    await office.staff(lambda: said.append(office.group.say(ACCOUNT, "Есть место\n//уточнить стаж", to=question)))
    assert await office.heard() == ["case.words"]
    assert office.citizen.screen[-1].text == "Специалист по подбору работы:\nЕсть место"

    assert await office.says("Когда выходить?") == ["case.passed"]
    assert "Когда выходить?" in office.found("Когда выходить?").text
    await office.staff(lambda: office.group.edit(ACCOUNT, said[0], "Есть два места", to=question))
    await office.heard()
    assert any("Есть два места" in shown.text for shown in office.citizen.screen)
    assert not any(shown.text.endswith("Есть место") for shown in office.citizen.screen)

    await office.staff(lambda: office.group.press(ACCOUNT, card, office.button(card, "Закрыть")))

    assert await office.heard() == ["case.closed"]
    assert card.buttons == []
    assert not any(WORDS in shown.text for shown in office.group.screen)
    async with office.desk.database.read() as tx:
        case = (await tx.cases.all_of((await office.citizen.citizen()).id))[0]
        assert [one.actor for one in await tx.cases.history(case.id)] == [
            "citizen", "olga", "olga", "olga", "olga",
        ]  # fmt: skip


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
