"""
A channel that only informs: whatever is pressed, typed or sent there, nothing about a citizen is kept.

The walk presses every button of every screen it can come to and says everything else at every step. As nothing is kept
but the session, putting the session back is all it takes to stand at a screen again.
"""

from collections import deque
from collections.abc import Sequence
from typing import Any

import pytest

from bot.channels.port import Limits
from bot.engine.taken import Surface
from bot.engine.words import COMMANDS
from bot.flows import FLOWS
from bot.messages import Kind, Outgoing
from bot.transcript import buttons
from storage.database import Database
from storage.records import SessionRow
from tests.talk import Talk, real_content

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PERSONAL = {flow.name for flow in FLOWS.by_name.values() if flow.personal}
ELSEWHERE = ["elsewhere.info"]
KEPT = """
    SELECT (SELECT count(*) FROM citizens WHERE consent_at IS NOT NULL OR consent_version IS NOT NULL),
      (SELECT count(*) FROM situations), (SELECT count(*) FROM answers),
      (SELECT count(*) FROM plan_items), (SELECT count(*) FROM reminders),
      (SELECT count(*) FROM cases), (SELECT count(*) FROM case_words) + (SELECT count(*) FROM nudges)
        + (SELECT count(*) FROM survey_invitations) + (SELECT count(*) FROM survey_sheets),
      (SELECT count(*) FROM inbox WHERE state <> 1 OR payload IS NOT NULL OR attempts > 0),
      (SELECT count(*) FROM outbox WHERE body IS NOT NULL OR keep <> 0)
"""
OWN_WORDS = ("не хочу жить", "скоро на свободу с чего начинать")
TYPED = (
    *(f"/{command}" for command in COMMANDS),
    *("назад", "меню", "стоп", "человек", "помощь", "мои данные", "мои ответы", "привет", "да", "нет", "1", "10", "99"),
    *("мой план", "Записаться на приём", "Подобрать вакансии", "Задать вопрос", "Позвать специалиста", "Ещё"),
    *("2222AA2222", "/start move-2222AA2222"),
    *("меня зовут Иван Петров, телефон +7 900 000-00-00", "я освободился", "ыва", "💩", "/nonsense"),
    *OWN_WORDS,
)
WISHES = ("/plan", "/human", "мой план", "мои ответы", "человек", "Позвать специалиста", "2222AA2222")
# what only a citizen with consent changes, or is asked by itself
CHANGES = {f"life.{step}" for step in FLOWS["life"].hearing} - {"life.list", "life.told"}
MEDIA = [kind for kind in Kind if kind not in (Kind.TEXT, Kind.PRESS, Kind.CLOCK, Kind.STAFF, Kind.STOPPED)]


class Walker:
    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.steps: set[str] = set()
        self.presses = 0

    async def here(self) -> SessionRow:
        id_ = (await self.talk.citizen()).id
        async with self.talk.database.read() as tx:
            return (await tx.sessions.load([id_]))[id_]

    async def stand(self, session: SessionRow) -> None:
        async with self.talk.database.write() as tx:
            await tx.sessions.save([session])

    async def judge(self, answers: Sequence[Outgoing], what: str) -> None:
        """Nothing was kept, nothing personal was asked, the citizen was answered and can go on."""
        async with self.talk.database.read() as tx:
            (kept,) = await tx.handle.connection.execute_fetchall(KEPT)
        assert tuple(kept) == (0,) * 9, what
        keys = [message.key for message in answers]
        assert keys, f"silence: {what}"
        assert not [key for key in keys if key.partition(".")[0] in PERSONAL], f"{what}: {keys}"
        assert buttons(answers[-1]), f"no way on: {what}"

    async def press_everything(self) -> None:
        answers = await self.talk.say("/start")
        await self.judge(answers, "/start")
        queue: deque[tuple[SessionRow, dict[str, str], str]] = deque()
        seen: set[tuple[str, tuple[str, ...]]] = set()

        async def arrived(answers: Sequence[Outgoing]) -> None:
            newest = answers[-1]
            screen = (newest.key, tuple(buttons(newest)))
            if screen not in seen:
                seen.add(screen)
                session = await self.here()
                queue.append((session, buttons(newest), newest.key))
                if session.place not in self.steps:
                    self.steps.add(session.place)
                    await self.say_everything(session)

        await arrived(answers)
        for words in OWN_WORDS:
            await arrived(await self.talk.say(words))
        while queue:
            session, choices, key = queue.popleft()
            for choice, data in choices.items():
                await self.stand(session)
                answers = await self.talk.send(Kind.PRESS, data=data)
                self.presses += 1
                await self.judge(answers, f"{key} [{choice}]")
                if choice in PERSONAL or choice == "_human":
                    assert [message.key for message in answers] == ELSEWHERE, f"{key} [{choice}]"
                await arrived(answers)

    async def say_everything(self, session: SessionRow) -> None:
        for text in TYPED:
            await self.stand(session)
            answers = await self.talk.say(text)
            await self.judge(answers, f"{session.place}: {text}")
            if text in WISHES:
                wanted = ["cover.links"] if session.place == "cover.links" else ELSEWHERE
                assert [message.key for message in answers] == wanted, f"{session.place}: {text}"
        for kind in MEDIA:
            await self.stand(session)
            answers = await self.talk.send(kind)
            if kind is Kind.RETURNED:
                assert answers == []
            else:
                await self.judge(answers, f"{session.place}: {kind}")


@pytest.fixture
def talk(database: Database) -> Talk:
    surfaces = {"telegram": Surface(Limits(edits=False), "information")}
    return Talk(database, FLOWS, real_content(FLOWS), channel="telegram", surfaces=surfaces)


@pytest.mark.timeout(300)
async def test_nothing_is_kept_wherever_a_citizen_goes(talk: Talk) -> None:
    await _no_disk(talk)
    walker = Walker(talk)

    await walker.press_everything()

    reached = {
        f"{flow.name}.{step}"
        for flow in FLOWS.by_name.values()
        for step in flow.hearing
        if flow.name not in (PERSONAL | {"fallback"})
    }
    # a choice opens its page at once; no date is asked
    not_for_informing = {"situation.more", "situation.ready", "days.date", "days.wrong", "days.dated"}
    not_for_informing |= CHANGES | {"office.ask"}  # asked where there are several
    not_for_informing |= {f"my_data.{step}" for step in ("file", "link", "situations", "hide", "withdraw")}
    not_for_informing |= {f"move.{step}" for step in FLOWS["move"].hearing}  # nothing to take away, nothing comes here
    not_for_informing |= {"cover.word", "cover.ready"}  # a word of one's own would be kept
    assert reached - walker.steps == not_for_informing
    assert walker.presses > 200


async def test_old_buttons_of_the_days_before_the_policy_lead_elsewhere(talk: Talk) -> None:
    """The centre's channel was full once: the citizen has a plan, screens full of buttons, and goes on pressing."""
    talk.surfaces["telegram"] = Surface(Limits(edits=False))  # type: ignore[index]
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
        > [yes]
        < consent.agreed
        < profile.intro
        < profile.one ...
        > [later]
        < plan.list ...
        > 1
        < plan.item ...
        > [later]
        < plan.later ...
        > /human
        < handover.words [skip]
    """)
    old = [(message.key, data) for message in talk.shown for data in buttons(message).values()]
    kept = await _kept(talk)
    talk.surfaces["telegram"] = Surface(Limits(edits=False), "information")  # type: ignore[index]

    for key, data in old:
        answers = await talk.send(Kind.PRESS, data=data)
        assert answers, key
        assert not [one.key for one in answers if one.key.partition(".")[0] in PERSONAL], key

    assert await _kept(talk) == kept


async def test_words_of_a_citizen_who_agreed_elsewhere_are_not_kept_either(talk: Talk) -> None:
    talk.surfaces["telegram"] = Surface(Limits(edits=False))  # type: ignore[index]
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
        > [yes]
        < consent.agreed
        < profile.intro
        < profile.one ...
        > [later]
        < plan.list ...
    """)
    talk.surfaces["telegram"] = Surface(Limits(edits=False), "information")  # type: ignore[index]
    id_ = (await talk.citizen()).id
    async with talk.database.read() as tx:
        before = (await tx.citizens.holdings(id_)).kept_messages

    await talk.say("у меня болит спина, телефон +7 900 000-00-00")

    async with talk.database.read() as tx:
        assert (await tx.citizens.holdings(id_)).kept_messages == before


async def _kept(talk: Talk) -> tuple[Any, ...]:
    async with talk.database.read() as tx:
        (row,) = await tx.handle.connection.execute_fetchall(KEPT)
    return tuple(row)[:7]


async def _no_disk(talk: Talk) -> None:
    """No power is cut in this test: thousands of commits need not wait for the disk."""
    await talk.database._writer.execute_fetchall("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]
