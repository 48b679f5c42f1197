"""
A citizen at random on the real content: types, presses anything ever shown, sends media, waits, leaves, comes back.

Deliveries are repeated and shuffled, content changes under the citizen's feet, reminders come due. What must always
hold stands in the invariants. HYPOTHESIS_PROFILE=nightly walks for minutes instead of half a one.
"""

import asyncio
import dataclasses
import os
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.channels.port import Limits
from bot.engine.runner import Runner
from bot.engine.screen import BACK, HUMAN, MENU
from bot.engine.session import decode
from bot.engine.taken import Surface
from bot.engine.words import COMMANDS
from bot.flows import FLOWS
from bot.inbox import arrival
from bot.messages import Address, Incoming, Kind, Outgoing
from bot.texts.schema import Content
from bot.transcript import buttons
from storage.database import Database, open_database
from storage.records import Lane
from storage.scratch import template
from tests.databases import SECRETS
from tests.talk import FixedClock, Talk, real_content

SIZES = {"ci": (40, 50), "nightly": (400, 80)}  # examples, steps of each
WAYS = {"menu", "handover", "questions", "list", "plan"}  # choices that lead on, beside navigation
UNANSWERED = (Kind.STOPPED, Kind.RETURNED, Kind.CLOCK)
MEDIA = [kind for kind in Kind if kind not in (Kind.TEXT, Kind.PRESS, Kind.START, Kind.STAFF, *UNANSWERED)]

_outgoing = msgspec.json.Decoder(Outgoing)

EVERYWHERE = ("назад", "меню", "стоп", "человек", "помощь", "мои данные", "да", "нет", "привет", "ещё", "мой план")
HERE = (
    "2222AA2222",
    "скрыть переписку",
    "сделано",
    "не получается",
    "завтра",
    "паспорта нет",
    "/start leaflet",
    "/start@bot x",
    "/nonsense",
)
ITEM = (
    "done",
    "stuck",
    "later",
    "not_mine",
    "reopen",
    "tomorrow",
    "week",
    "undo",
    "next",
    "list",
    "dropped",
    "o",
    "item",
    "question",
)
ASKED = ("answers", "rest", "q", "a", "t", "done", "skip", "later", "months", "m", "change", "forget", "plan", "list")
days = st.sampled_from(["15 марта", "15.03.2027", "3", "32", "1.1.1990", "31.12.2099", "завтра", "мои ответы"])
words = st.one_of(
    st.sampled_from([f"/{name}" for name in COMMANDS]),
    st.sampled_from(EVERYWHERE),
    st.integers(0, 12).map(str),
    st.sampled_from(HERE),
    st.text(max_size=40),
)


empty = cache(template)  # migrated once, not for every example


class Bot:
    """The bot, its database and one citizen on a channel; all real, only the disk is not waited for."""

    def __init__(self, folder: str) -> None:
        self.clock = FixedClock()
        self.content: Content = real_content(FLOWS)
        self.content.matcher.prepare()  # as a start does: else the first question waits for it inside its turn
        self.surface = Surface(Limits(edits=False))
        self.file = Path(folder) / "bot.db"
        self.file.write_bytes(empty())
        self.numbers = count(1)
        self.shown: list[Outgoing] = []
        self.reminders_after_stop = 0

    async def open(self) -> None:
        self.database: Database = await open_database(f"sqlite:///{self.file}", SECRETS)
        await self.database._writer.execute_fetchall("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]
        self.runner = Runner(self.database, FLOWS, lambda: self.content, {"web": self.surface}, self.clock)

    def incoming(self, kind: Kind, **fields: Any) -> Incoming:
        number = next(self.numbers)
        return Incoming(f"u{number}", Address("web", "ivan"), kind, number, **fields)

    async def take(self, *incomings: Incoming) -> list[Outgoing]:
        """Deliver in this order, take all turns, read what was said."""
        async with self.database.write() as tx:
            await tx.inbox.store([arrival(one) for one in incomings], now=self.clock.now())
        return await self.work()

    async def work(self) -> list[Outgoing]:
        while await self.runner.run_once():
            pass
        heard: list[Outgoing] = []
        while True:
            async with self.database.write() as tx:
                leased = await tx.outbox.lease("web", now=self.clock.now(), limit=50)
                await tx.outbox.sent([(part.number, str(part.number)) for part in leased], now=self.clock.now())
            if not leased:
                break
            self.reminders_after_stop += sum(part.lane is not Lane.REPLY and part.is_stopped for part in leased)
            heard += [_outgoing.decode(part.body) for part in leased]
        self.shown += heard
        return heard

    tick = Talk.tick

    async def ask(self, sql: str) -> tuple[Any, ...]:
        async with self.database.read() as tx:
            rows = await tx.handle.connection.execute_fetchall(sql)
        return tuple(rows[0]) if rows else ()


class CitizenAtRandom(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = TemporaryDirectory()
        self.bot = Bot(self.folder.name)
        self.answered = True
        self.newest: Outgoing | None = None
        self.run(self.bot.open())

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        self.run(self.bot.database.close())
        self.loop.close()
        self.folder.cleanup()

    def hear(self, answers: list[Outgoing], *, expects: int = 1) -> None:
        """At least so many messages came; the last one is the newest screen, if it is one."""
        self.answered = len(answers) >= expects
        for message in answers:
            self.newest = message

    # the citizen's hands

    @initialize(source=st.sampled_from(["", "leaflet", "made-up"]), agrees=st.booleans())
    def begins(self, source: str, agrees: bool) -> None:
        self.hear(self.run(self.bot.take(self.bot.incoming(Kind.START, source=source))))
        if agrees:  # else most walks would never come to a plan
            self.types("/plan")
            self.press_named("released", "enough", "plan", "yes", "later")

    # what a walk needs to come to the interesting places

    @rule(step=st.integers(0, 8), ways=st.lists(st.sampled_from(ITEM), max_size=3))
    def works_at_a_step(self, step: int, ways: list[str]) -> None:
        self.types("/plan")
        self.types(str(step + 1))
        self.press_named(*ways)

    @rule(step=st.integers(0, 6))
    def puts_a_step_off_and_stops(self, step: int) -> None:
        self.types("/plan")
        self.types(str(step + 1))
        self.press_named("later", "tomorrow")
        self.types("/stop")

    @rule(starts=st.sampled_from(["мои ответы", "/plan"]), ways=st.lists(st.sampled_from(ASKED), max_size=5), text=days)
    def answers_questions(self, starts: str, ways: list[str], text: str) -> None:
        self.types(starts)
        self.press_named(*ways)
        self.types(text)

    @rule(text=words)
    def calls_a_person(self, text: str) -> None:
        self.types("/human")
        self.press_named("yes")
        self.types(text)

    @rule(which=st.integers(0, 1000))
    def presses_an_old_button_of_the_plan(self, which: int) -> None:
        data = [d for message in self.bot.shown for d in buttons(message).values() if "|plan." in d]
        if data:
            self.press(data[which % len(data)])

    def press_named(self, *choices: str) -> None:
        """The newest button that begins so, one after the other; the first that is not offered ends it."""
        for choice in choices:
            newest = next((message for message in reversed(self.bot.shown) if message.rows), None)
            offered = buttons(newest) if newest else {}
            found = [data for id_, data in offered.items() if id_.partition(":")[0] == choice]
            if not found:
                return
            self.press(found[0])

    def press(self, data: str) -> None:
        self.hear(self.run(self.bot.take(self.bot.incoming(Kind.PRESS, data=data, message="m"))))

    @rule(text=words)
    def types(self, text: str) -> None:
        self.hear(self.run(self.bot.take(self.bot.incoming(Kind.TEXT, text=text))))

    @rule(which=st.integers(0, 10))
    def presses_the_newest(self, which: int) -> None:
        data = [d for message in reversed(self.bot.shown) for d in buttons(message).values() if message.rows][:11]
        if data:
            self.press(data[which % len(data)])

    @rule(which=st.integers(0, 10_000))
    def presses_any_button_ever_shown(self, which: int) -> None:
        data = [d for message in self.bot.shown for d in buttons(message).values()]
        if data:
            self.press(data[which % len(data)])

    @rule(data=st.text(max_size=64))
    def presses_something_made_up(self, data: str) -> None:
        self.hear(self.run(self.bot.take(self.bot.incoming(Kind.PRESS, data=data))))

    @rule(kind=st.sampled_from(MEDIA))
    def sends_what_is_no_text(self, kind: Kind) -> None:
        self.hear(self.run(self.bot.take(self.bot.incoming(kind))))

    @rule(texts=st.lists(words, min_size=2, max_size=6), shuffle=st.randoms(use_true_random=False))
    def many_at_once_shuffled_and_twice(self, texts: list[str], shuffle: Any) -> None:
        """Each is answered once, whatever the order of arrival and however often it arrives."""
        incomings = [self.bot.incoming(Kind.TEXT, text=text) for text in texts]
        delivered = [*incomings, *incomings]
        shuffle.shuffle(delivered)
        self.hear(self.run(self.bot.take(*delivered)), expects=len(texts))
        assert self.run(self.bot.take(*incomings)) == []

    @rule(is_back=st.booleans())
    def blocks_the_bot_and_returns(self, is_back: bool) -> None:
        assert self.run(self.bot.take(self.bot.incoming(Kind.STOPPED))) == []
        if is_back:
            assert self.run(self.bot.take(self.bot.incoming(Kind.RETURNED))) == []

    @rule()
    def erases_everything(self) -> None:
        self.types("/data")
        self.press_named("delete", "yes")
        assert [message.key for message in self.bot.shown[-2:]] == ["my_data.erased", "menu.main"]
        held = self.run(
            self.bot.ask(
                "SELECT (SELECT count(*) FROM plan_items), (SELECT count(*) FROM cases),"
                " (SELECT count(*) FROM case_words), (SELECT count(*) FROM situations),"
                " (SELECT count(*) FROM reminders), (SELECT count(*) FROM answers),"
                " (SELECT count(*) FROM citizens WHERE consent_at > 0)"
            )
        )
        assert held == (0, 0, 0, 0, 0, 0, 0)

    # the world

    @rule(hours=st.sampled_from([0.1, 1, 20, 24, 24 * 7, 24 * 90]))
    def time_passes_and_reminders_come(self, hours: float) -> None:
        self.bot.clock.move(hours=hours)
        before = self.run(self.bot.ask("SELECT count(*) FROM citizens WHERE stopped_at IS NOT NULL"))[0]
        answers = self.run(self.bot.tick())
        assert {message.key for message in answers} <= {"plan.reminder"}
        assert not (before and answers), "a reminder to who stopped the bot"
        if answers:
            self.newest = answers[-1]

    @rule(step=st.integers(0, 8), is_gone=st.booleans(), which=st.integers(0, 1000))
    def content_changes(self, step: int, is_gone: bool, which: int) -> None:
        """A step of the plan and a question vanish, and a button of the step is pressed; or all is back again."""
        whole = real_content(FLOWS)
        if not is_gone:
            self.bot.content = whole
            return
        released = whole.situations["released"]
        plan = released.plan[:step] + released.plan[step + 1 :]
        situations = {**whole.situations, "released": dataclasses.replace(released, plan=plan)}
        if step % 3 == 0:
            del situations["alimony"]
        gone = list(whole.questions)[step]
        topics = {
            id_: dataclasses.replace(topic, questions=tuple(one for one in topic.questions if one.id != gone))
            for id_, topic in whole.topics.items()
        }
        questions = {id_: one for id_, one in whole.questions.items() if id_ != gone}
        self.bot.content = dataclasses.replace(
            whole,
            situations=MappingProxyType(situations),
            topics=MappingProxyType(topics),
            questions=MappingProxyType(questions),
        )
        about = f":{released.plan[step].id}|"
        buttons_of_it = [d for message in self.bot.shown for d in buttons(message).values() if about in d]
        if buttons_of_it:
            self.press(buttons_of_it[which % len(buttons_of_it)])

    # what always holds

    @invariant()
    def every_message_that_must_be_answered_is(self) -> None:
        assert self.answered

    @invariant()
    def nothing_failed_and_nothing_waits(self) -> None:
        rows = self.run(self.bot.ask("SELECT count(*) FROM inbox WHERE state <> 1 OR attempts > 0"))
        assert rows == (0,)

    @precondition(lambda self: self.newest is not None)
    @invariant()
    def the_newest_screen_leads_somewhere(self) -> None:
        assert self.newest is not None
        names = {choice.partition(":")[0] for choice in buttons(self.newest)}
        assert names & ({BACK, MENU, HUMAN} | WAYS), self.newest.key

    @invariant()
    def screens_fit_the_narrowest_platform(self) -> None:
        for message in self.bot.shown[-8:]:
            assert len(message.text) <= 3900
            rows = [row for row in message.rows if not {_choice(b.data) for b in row} & {MENU, HUMAN}]
            assert len(rows) <= 6, message.key
            assert sum(map(len, rows)) <= 10, message.key
            assert all(len(b.label) <= 38 and len(b.data.encode()) <= 64 for row in message.rows for b in row)

    @invariant()
    def at_most_one_case_is_open_and_consent_is_respected(self) -> None:
        of = "citizens c ON c.id = {0}.citizen_id WHERE c.consent_at IS NULL"
        cases, plan, answers, situations, kept = self.run(
            self.bot.ask(
                "SELECT (SELECT count(*) FROM cases WHERE state <> 'closed'),"
                f" (SELECT count(*) FROM plan_items p JOIN {of.format('p')}),"
                f" (SELECT count(*) FROM answers a JOIN {of.format('a')}),"
                f" (SELECT count(*) FROM situations s JOIN {of.format('s')}),"
                f" (SELECT count(*) FROM inbox i JOIN {of.format('i')} AND i.payload IS NOT NULL)"
            )
        )
        assert cases <= 1
        assert (plan, answers, situations, kept) == (0, 0, 0, 0)

    @invariant()
    def nobody_who_stopped_is_reminded(self) -> None:
        assert self.bot.reminders_after_stop == 0
        waiting = self.run(
            self.bot.ask(
                "SELECT count(*) FROM reminders r JOIN citizens c ON c.id = r.citizen_id"
                " WHERE c.stopped_at IS NOT NULL AND r.state IN (0, 1)"
            )
        )
        assert waiting == (0,)

    @invariant()
    def the_session_can_be_read_and_stands_at_a_step(self) -> None:
        async def sessions() -> list[Any]:
            async with self.bot.database.read() as tx:
                ids = [row[0] for row in await tx.handle.connection.execute_fetchall("SELECT id FROM citizens")]
                return list((await tx.sessions.load(ids)).values())

        for row in self.run(sessions()):
            place = decode(row.data).place
            assert FLOWS.has(place.flow, place.step)


def _choice(data: str) -> str:
    parts = data.split("|")
    return parts[3] if len(parts) == 5 else ""


def test_a_citizen_at_random() -> None:
    examples, steps = SIZES.get(os.environ.get("HYPOTHESIS_PROFILE", "ci"), SIZES["ci"])
    is_ci = examples == SIZES["ci"][0]
    run_state_machine_as_test(
        CitizenAtRandom,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=is_ci,  # CI walks the same walks every time; the nightly run looks for new ones
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
