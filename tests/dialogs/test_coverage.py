"""Nothing of the talks is there unseen: every step asks, every text is shown, every button acts."""

import asyncio
import dataclasses
import fcntl
import inspect
import os
import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count, cycle
from types import MappingProxyType
from typing import cast

import pytest

from bot.booking.book import Book
from bot.channels.port import Limits
from bot.chores.nudges import Nudging
from bot.chores.surveying import Surveying
from bot.engine import alarms, calls, cases, effects, surveys, visits
from bot.engine.effects import Effect
from bot.engine.flow import Flows
from bot.engine.taken import Surface
from bot.flows import FLOWS
from bot.messages import Kind
from bot.outbox import Sender
from bot.surveys import triggers
from bot.texts import render
from bot.texts.plan import form
from storage.database import Database
from storage.records import CaseRow, PlanItemRow, ReminderRow
from storage.scratch import ScratchDatabase, template
from tests.booking.desk import every_visit
from tests.delivery.platform import Platform
from tests.delivery.world import World
from tests.dialogs.booking_walk import roomy, walk_booking
from tests.dialogs.calls_walk import called, walk_calls
from tests.dialogs.cases import Cases
from tests.dialogs.offices import several_offices
from tests.dialogs.plans import added
from tests.dialogs.transcripts import EVERYWHERE, TO_PLAN
from tests.dialogs.visits_walk import received, walk_visits
from tests.dialogs.walk import Record, act, explore, recorded
from tests.talk import FixedClock, Talk, real_content

pytestmark = pytest.mark.timeout(900)  # whichever test comes first waits for the walk

PLANNED = tuple(
    line.strip()[2:] for line in TO_PLAN.splitlines() if line.strip().startswith("> ")
)  # the citizen's lines
FIRST_DAYS = ("/start", "/menu", "[more]", "[info]", "[pre_release]", "[days]")
ALL_NUMBERS = (
    "паспорт 45 10 687901, снилс 112-233-445 95, инн 500100732259, карта 4111111111111111, тел +79135551231, "
    "код из смс 482911, пароль Qwerty12"
)
AGREED = PLANNED[: PLANNED.index("[yes]") + 1]  # the first question is asked
NIGHT = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)  # 03:00 in Barnaul
# made by the engine itself, or for flows to come
ENGINES_OWN = (
    effects.Effect, effects.Refusable, effects.Foreseen, effects.Again, effects.Back, effects.MarkReachable,
    effects.Finish, surveys.PauseSurveys,
)  # fmt: skip
EFFECTS = (alarms, calls, cases, effects, surveys, visits)  # modules whose effects every flow together asks for


class Walk:
    """One database, one bot, ever new citizens."""

    def __init__(self, database: Database, flows: Flows) -> None:
        self.database = database
        self.flows = flows
        self.content = roomy(real_content(FLOWS))
        self._names = count(1)

    async def meet(self, *, policy: str = "full", clock: FixedClock | None = None, channel: str = "web") -> Talk:
        surfaces = {channel: Surface(Limits(edits=False), policy)}  # type: ignore[arg-type]
        return Talk(
            self.database,
            self.flows,
            self.content,
            chat=f"citizen{next(self._names)}",
            channel=channel,
            surfaces=surfaces,
            clock=clock,
        )

    async def everything(self) -> None:
        for transcript in EVERYWHERE.values():
            await (await self.meet()).play(transcript)
        to_many, to_day, to_end = (self._asked(kind) for kind in ("many", "date", ""))
        answered = (*PLANNED, "мои ответы", "[q:papers]", "1")
        sent = (*PLANNED, "/human", "что делать без паспорта")
        item = (*PLANNED, "1")
        starts = (
            ("/start",),
            PLANNED,
            sent,
            (*sent, "/human"),
            (*sent, "[add]", "и ещё одно"),
            (*item, "[done]", "/plan", "[_next]", "[_prev]"),
            (*item, "[done]", "[list]", "1"),
            (*item, "[not_mine]", "/plan", "[_next]", "[dropped]"),
            (*PLANNED, "/stop", "/plan", "2", "[later]"),
            ("/start", "/human", "нет"),
            ("/start", "/data"),
            (*PLANNED, "/data"),
            ("/start", "Ещё", "[move]", "[get]"),
            ("ыва", "ыва"),
            ("/start", "ыва", "ыва"),
            ("/start", "скоро на свободу с чего начинать"),
            ("/start", "скоро на свободу с чего начинать", "[other]"),
            ("/start", "не хочу жить"),
            ("/start", "совсем нет сил, везде отказ"),
            ("/start", ALL_NUMBERS),
            (*AGREED[:-1], "вы передадите мои слова приставам?"),
            (*FIRST_DAYS, "послезавтра"),
            (*FIRST_DAYS, "когда-нибудь"),
            AGREED,
            to_many,
            (*to_many, "[done]", "мои ответы"),
            to_day,
            (*to_day, "скоро"),
            (*to_day, "1.1.1900"),
            (*to_day, "1.1.2100"),
            (*to_day, "15.03.2027"),
            (*to_day, "[months]", "2", "15"),
            to_end,
            (*answered, "[q:papers]"),
            (*answered, "[q:papers]", "[change]"),
            (*PLANNED, "/menu", "[more]", "[situation]", "[other]", "[enough]", "мои ответы"),
            (*item, "[stuck]", "1"),
            (*item, "[stuck]", "3"),
            *((*PLANNED, event.says[-1]) for event in self.content.events.values()),
        )
        await explore(self.meet, starts)
        told_only = [("/start",), ("/start", "/plan"), ("/start", "не хочу жить")]
        await explore(lambda: self.meet(policy="information", channel="telegram"), told_only)
        await self._rare()

    def _asked(self, kind: str) -> tuple[str, ...]:
        """The way to the first question of this kind; of none: to the end of the questions."""
        for situation in self.content.situations.values():
            kinds = [*(self.content.profile[id_].kind for id_ in situation.asks), ""]
            if situation.plan and kind in kinds:
                agreed = ("/start", f"[{situation.id}]", "[enough]", "[plan]", "[yes]")
                return (*agreed, *["[skip]"] * kinds.index(kind))
        raise LookupError(f"nobody asks a question of kind {kind}")

    async def _rare(self) -> None:
        """What comes only in odd weather."""
        talk = await self.meet()
        await talk.play(TO_PLAN)
        for kind in Kind:
            if kind not in (Kind.TEXT, Kind.PRESS, Kind.CLOCK, Kind.STAFF, Kind.STOPPED, Kind.RETURNED):
                await talk.send(kind)
        await self._finished()
        await self._copied()
        await self._moved()
        await self._covered()
        await self._reminded()
        await self._added()
        await self._life()
        await self._surveyed()
        await self._withdrawn()
        await self._at_night()
        await self._twice_at_once()
        await self._late()
        await self._broken()
        await self._printable()
        await Cases(self.meet).everything()
        await walk_booking(self.meet)
        await walk_visits(self.meet)
        await walk_calls(self.meet)
        await self._many_offices()

    async def _many_offices(self) -> None:
        content, self.content = self.content, roomy(several_offices())
        await explore(self.meet, [("/start",), ("/start", "1", "меню", "[more]", "[office]")])
        talk = await self.meet(channel="vk")
        for line in ("/start", "1", *PLANNED[1:], "/data", "[file]"):
            await act(talk, line)
        self.content = content

    async def _finished(self) -> None:
        talk = await self.meet()
        await talk.play(TO_PLAN)
        await talk.say("1")
        for _ in form([talk.content.situations["released"]], {}):  # of who answered nothing
            await talk.press("done")
            if any(choice.startswith("next") for choice in talk._buttons):
                await talk.press("next")
        for way in ("jobs", "handover"):
            await talk.say("/plan")
            await talk.press(way)

    async def _copied(self) -> None:
        """«Мои данные» with something of every kind, read in a messenger."""
        talk = await self.meet(channel="vk")
        await talk.play(TO_PLAN)
        for line in ("мои ответы", "[q:papers]", "[a:papers=all]", "/plan", "1"):
            await act(talk, line)
        for marks in (("done",), ("later", "tomorrow"), ("not_mine",), ("done", "undo")):
            for mark in marks:
                await talk.press(mark)
            await talk.press("next")
        await talk.press("stuck")
        citizen, due_at = await talk.citizen(), talk.clock.now() + timedelta(days=30)
        async with self.database.write() as tx:
            await tx.reminders.add(
                [
                    ReminderRow("day", citizen.id, "release", "on:released", due_at),
                    ReminderRow("silence", citizen.id, "nudge", "", due_at),
                    ReminderRow("survey", citizen.id, "survey", "", due_at),
                ]
            )
            await every_visit(Book(tx, talk.content, talk.clock.now()), citizen.id)
            await received(tx, citizen.id, talk.clock.now())
            await called(tx, citizen.id, talk.clock.now())
        for line in ("/human", "первое", "/data", "[file]", "не хочу жить", "/data", "[file]"):
            await act(talk, line)
        for line in ("/stop", "/data", "[file]"):
            await act(talk, line)
        while "more" in talk._buttons:
            await talk.press("more")
        await talk.press("data")
        async with self.database.write() as tx:
            case = (await tx.cases.load([citizen.id]))[citizen.id]
            await tx.handle.queries.moves_close_case(tx.handle.connection, id=case.id, at=0)
        for line in ("[file]", "/data", "[withdraw]", "[no]", "[withdraw]", "[yes]", "/data", "[file]"):
            await act(talk, line)

    async def _moved(self) -> None:
        """Two chats of one citizen, every way to the code and with it."""
        for way in ("plan", "menu"):
            old, new = await self.meet(channel="vk"), await self.meet(channel="telegram")
            for talk in (old, new):
                talk.surfaces = {**old.surfaces, **new.surfaces}
                talk.runner._surfaces = talk.runner._apply._surfaces = talk.surfaces
            for line in (*PLANNED, "/data", "[move]", "[get]"):
                await act(old, line)
            code = old.shown[-1].text.split("\n")[0].rpartition(" ")[2]
            assert [message.key for message in await new.say(code)][-1] == "move.moved"
            assert [message.key for message in await old.heard()] == ["move.goodbye"]
            await new.press(way)

    async def _covered(self) -> None:
        """A word of one's own, the talk hidden and shown again."""
        talk = await self.meet()
        await talk.play(TO_PLAN)
        to_word = ("Ещё", "[cover]", "[word]")
        for line in (*to_word, "[menu]", *to_word, "а", "синий трактор", "[menu]", *to_word[:2], "[menu]"):
            await act(talk, line)
        for line in (*to_word, "белый пароход", "[hide]", "меню", "не хочу жить", "белый пароход"):
            answers = await act(talk, line)
        assert [message.key for message in answers] == ["menu.main"]
        again = await self.meet(channel="vk")
        for line in (*PLANNED, *to_word, "белый пароход"):
            await act(again, line)
        await again.send(Kind.PHOTO)
        for line in ("/data", "[file]"):
            await act(again, line)

    async def _reminded(self) -> None:
        for choice in ("item", "list", "stop"):
            talk = await self.meet(clock=FixedClock())
            await talk.play(TO_PLAN)
            for line in ("1", "[later]", "[tomorrow]"):
                await (talk.press(line[1:-1]) if line.startswith("[") else talk.say(line))
            talk.clock.move(days=1)
            assert [message.key for message in await talk.tick()] == ["plan.reminder"]
            await talk.press(choice)

    async def _added(self) -> None:
        """A specialist adds what the answers exclude. The copy comes as messages where there is no page."""
        for choice in ("item", "list"):
            talk = await self.meet(channel="vk")
            await talk.play(TO_PLAN)
            assert await added(talk) == ["plan.added_for"]
            await talk.press(choice)
        for line in ("/data", "[file]"):
            await act(talk, line)

    async def _life(self) -> None:
        """What a change does and how it is undone; the questions that come by themselves."""
        for ways in (
            ["yes", "undo", "plan"],
            ["yes", "undo", "list"],
            ["yes", "plan"],
            ["yes", "info:released"],
            ["yes", "handover"],
            ["no"],
        ):
            talk = await self._prepares()
            await talk.say("освободился")
            for way in ways:
                await talk.press(way)
        await self._opened_again()
        for ways in (["fine"], ["help"], ["told"], ["quiet", "again"]):
            talk = await self._nudged()
            for way in ways:
                await talk.press(way)
        talk = await self._nudged()
        for choice in ("quiet", "menu", "more", "_next", "ask_again", "plan"):
            await talk.press(choice)
        for way in ("plan", "menu"):
            talk = await self._nudged()
            for choice in ("quiet", "again", way):
                await talk.press(choice)
            talk = await self._nudged()
            await talk.press("fine")
            await talk.press(way)
        for way in ("handover", "booking", "questions", "jobs", "plan"):
            talk = await self._nudged()
            await talk.press("help")
            await talk.press(way)
        for ways in (["stop"], ["day", "yes"], ["day", "never", "plan"], ["day", "never", "menu"]):
            await self._on_the_day(*ways)
        for ways in (["week", "plan"], ["week", "menu"], ["date"], ["never"]):
            await self._on_the_day("day", "not_yet", *ways)

    async def _surveyed(self) -> None:
        """Each survey with good answers and bad ones, every way out of the invitation."""
        for ways in (["later", "menu"], ["quiet", "again", "menu"], ["quiet", "menu"]):
            await self._answers("visit", *ways)
        for answers in (
            ("yes", "no"),
            ("no", "yes"),
            ("rather_yes",),
            ("rather_no",),
            ("middle", "rather_yes"),
            ("skip",),
        ):
            talk = await self._through(await self._answers("visit", "open"), *answers)
            await talk.press("full")
            await self._through(talk, *answers)
        await talk.press("review")
        await talk.press(next(one for one in talk._buttons if one.startswith("q:")))
        await talk.press("yes")
        for way in ("review", "menu"):
            await (await self._through(await self._answers("visit", "open"), "skip")).press(way)
        await talk.press("menu")
        talk = await self._through(await self._answers("visit", "open"), "skip")
        await talk.press("review")
        await talk.press("menu")
        for ways in (
            ["open", "low", "n:1", "skip", "yes", "menu"],
            ["open", "low", "skip", "menu"],
            ["open", "n:9", "review", "q", "skip"],
            ["open", "skip"],
        ):
            await self._answers("plan_done", *ways)
        await self._answers(
            "event:found_job", "open", *["yes", "rather_yes", "rather_no", "skip", "no", "skip"], "skip"
        )
        await self._answers("event:found_job", "open", *["skip"] * 7)
        for ways in (["booking"], ["handover"]):
            await self._answers("stage", "open", "c:skills", "skip", *ways)
        await self._answers("event:refused", "open", "c:record", "questions")
        await self._answers("event:refused", "open", "_next", "skip", "handover")
        for ways in (["yes", "menu"], ["no", "skip", "no"], ["skip"]):
            await self._answers("case_closed", "open", *ways)
        talk = await self._answers("plan_done")
        opens = talk.data("open")
        await talk.send(Kind.TEXT, text="меню", bare=True)
        await talk.send(Kind.PRESS, data=opens)
        for words in ("одиннадцать", "9"):
            await talk.send(Kind.TEXT, text=words, bare=True)
        talk = await self._answers("plan_done", "open", "n:9", channel="vk")
        for line in ("/data", "[file]"):
            await act(talk, line)
        late = await self._answers("plan_done")
        opens = late.data("open")
        late.clock.move(days=40)
        await late.send(Kind.PRESS, data=opens)
        await late.press("menu")
        await (await self._answers("plan_done", "open", "low", "n:2")).say("долго ждал")
        await self._answered_meanwhile()
        stopped = await self._answers("visit", asks=False)
        await stopped.say("/human")
        await stopped.press("skip")
        assert await stopped.tick() == []

    async def _answered_meanwhile(self) -> None:
        """A person was called already, by another worker."""
        talk = await self._answers("plan_done", "open", "low", "n:0", "skip")
        citizen = await talk.citizen()
        case = CaseRow("meanwhile", citizen.id, "web", "question", "new", False, talk.clock.now())
        async with self.database.write() as tx:
            await tx.cases.open(case)
        await talk.press("yes")
        await talk.press("menu")

    async def _answers(self, trigger: str, *ways: str, asks: bool = True, channel: str = "web") -> Talk:
        """A citizen who is invited because of this, and presses so."""
        talk = await self.meet(clock=FixedClock(), channel=channel)
        await talk.play(TO_PLAN)
        citizen = await talk.citizen()
        now, stages = talk.clock.now(), frozenset(("matching",))
        async with self.database.write() as tx:
            about = {"citizen_id": citizen.id, "office": "", "now": now}
            if trigger == "stage":
                await triggers.stage_moved(tx, talk.content, stages, **about)
            else:
                await triggers.happened(tx, talk.content, trigger, subject="one", **about)
            await tx.surveys.end(citizen.id, "nps", "month")
        talk.clock.move(days=28 if trigger == "stage" else 1)
        await Surveying(self.database, talk.clock, talk.content, {channel}).plan()
        if asks:
            assert [message.key for message in await talk.tick()] == ["survey.invite"]
        for way in ways:
            await talk.press(way)
        return talk

    async def _through(self, talk: Talk, *answers: str) -> Talk:
        """To the end of the questions with these answers in turn, passing over what takes others; no person."""
        said = cycle(answers)
        while talk.shown[-1].key not in ("survey.thanks", "survey.person"):
            answer = next(said)
            await talk.press(answer if answer in talk._buttons else "skip")
        if talk.shown[-1].key == "survey.person":
            await talk.press("no")
        return talk

    async def _prepares(self, *, clock: FixedClock | None = None, channel: str = "web") -> Talk:
        talk = await self.meet(clock=clock, channel=channel)
        await talk.play(TO_PLAN)
        citizen = await talk.citizen()
        async with self.database.write() as tx:
            await tx.citizens.choose(citizen.id, ["pre_release"], now=talk.clock.now())
        return talk

    async def _opened_again(self) -> None:
        for way in ("jobs", "booking"):
            talk = await self.meet()
            await talk.play(TO_PLAN)
            row = PlanItemRow((await talk.citizen()).id, "resume", "done", "open", None, 1, talk.clock.now())
            async with self.database.write() as tx:
                await tx.plan.save([row])
            await talk.say("меня уволили")
            await talk.press("yes")
            await talk.press(way)

    async def _nudged(self) -> Talk:
        """A citizen who is asked how it goes."""
        talk = await self.meet(clock=FixedClock(), channel="telegram")
        await talk.play(TO_PLAN)
        for days in (22, 1):
            await Nudging(self.database, talk.clock, self.content, {"telegram"}).plan()
            talk.clock.move(days=days)
        await Nudging(self.database, talk.clock, self.content, {"telegram"}).plan()
        talk.clock.move(days=1)
        assert [message.key for message in await talk.tick()] == ["life.nudge"]
        return talk

    async def _on_the_day(self, *ways: str) -> None:
        talk = await self._prepares(clock=FixedClock())
        citizen = await talk.citizen()
        async with self.database.write() as tx:
            day = ReminderRow(f"{citizen.id}:day", citizen.id, "release", "on:released", talk.clock.now())
            await tx.reminders.add([day])
        assert [message.key for message in await talk.tick()] == ["life.today"]
        for way in ways:
            await talk.press(way)

    async def _withdrawn(self) -> None:
        """Steps and whole flows that vanish under a citizen's feet; a button nobody knows; an old consent button."""
        talk = await self.meet()
        await talk.play(TO_PLAN)
        await talk.say("1")
        done = talk.data("done")
        situation = talk.content.situations["released"]
        shorter = dataclasses.replace(situation, plan=situation.plan[1:])
        talk.content = dataclasses.replace(
            talk.content, situations=MappingProxyType({**talk.content.situations, "released": shorter})
        )
        await talk.send(Kind.PRESS, data=done)
        await talk.send(Kind.PRESS, data="made up")
        fewer = Flows([flow for name, flow in self.flows.by_name.items() if name != "plan"])
        newer = Talk(self.database, fewer, self.content, chat=talk.chat)
        newer._numbers = talk._numbers
        for way in ("menu", "questions", "handover"):
            await newer.say("/ask")
            citizen = await newer.citizen()
            async with self.database.write() as tx:  # the citizen stands where nothing is any more
                session = (await tx.sessions.load([citizen.id]))[citizen.id]
                moved = session.data.replace(b'"flow":"questions"', b'"flow":"plan"').replace(b"topics", b"list", 1)
                await tx.sessions.save([dataclasses.replace(session, data=moved)])
            assert [message.key for message in await newer.say("ыва")] == ["fallback.moved"]
            await newer.press(way)
        for way in ("menu", "questions", "handover"):
            await talk.send(Kind.PRESS, data="made up")
            await talk.press(way)
        agreed = await self.meet()
        for line in AGREED[:-1]:
            await (agreed.press(line[1:-1]) if line.startswith("[") else agreed.say(line))
        yes = agreed.data("yes")
        await agreed.press("yes")
        await agreed.send(Kind.PRESS, data=yes)

    async def _at_night(self) -> None:
        talk = await self.meet(clock=FixedClock(NIGHT))
        await talk.play(TO_PLAN)
        await talk.say("/human")
        hours = dataclasses.replace(talk.content.default_office, hours={})
        talk.content = dataclasses.replace(talk.content, default_office=hours)
        await talk.say("паспорта нет")
        talk.content = dataclasses.replace(talk.content, default_office=self.content.default_office)
        await talk.say("/human")

    async def _twice_at_once(self) -> None:
        """Another worker opened the case meanwhile: words join it, silence only tells of it."""
        for words in ("паспорта нет", ""):
            talk = await self.meet()
            await talk.play(TO_PLAN)
            await talk.say("/human")
            skip = talk.data("skip")
            await talk.say("первое")
            if words:
                await talk.press("add")
                await talk.say(words)
            else:
                await talk.send(Kind.PRESS, data=skip)

    async def _late(self) -> None:
        """Sent only twenty minutes after it was said."""
        world = World()
        platform = Platform(world, "telegram")
        talk = Talk(
            self.database,
            self.flows,
            self.content,
            chat="late",
            channel="telegram",
            surfaces={"telegram": Surface(platform.limits)},
            clock=world,  # type: ignore[arg-type]  # a clock it is
        )
        await talk.store(Kind.TEXT, text="/start")
        while await talk.runner.run_once():
            pass
        world.move(minutes=20)
        sender = Sender(platform, self.database, world, lambda: self.content, timer=world)
        await sender.run_once()
        words = render.say(self.content, "fallback.late", {})
        assert platform.shown["late"][0].startswith(words)

    async def _printable(self) -> None:
        """An installation with a public address: what may be taken along has a link."""
        talk = await self.meet()
        talk.runner._site = "https://bot.example"
        for line in ("/start", "/menu", "[more]", "[info]", "[relatives]", "[pre_release]"):
            answers = await act(talk, line)
        assert [message.key for message in answers] == ["relatives.share_link"]

    async def _broken(self) -> None:
        """A flow with a bug: three attempts, then an apology."""

        async def raising(turn: object) -> list[Effect]:
            raise RuntimeError("a bug")

        flows = recorded(FLOWS, Record())
        flows["help"].asking["text"] = raising
        talk = Talk(self.database, flows, self.content, chat="unlucky", clock=FixedClock())
        await talk.say("/start")
        answers = await talk.say("/help")
        for _ in range(3):
            talk.clock.move(minutes=1)
            answers += await talk.work()
        assert [message.key for message in answers] == ["fallback.trouble"]


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    """What a walk of everything met, walked once for all processes of one run."""
    run = tmp_path_factory.getbasetemp().parent if "PYTEST_XDIST_WORKER" in os.environ else tmp_path_factory.mktemp("w")
    with (run / "walk.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        walked = run / "walk.pickle"
        if not walked.exists():
            walked.write_bytes(pickle.dumps(_walked()))
        return cast(Record, pickle.loads(walked.read_bytes()))


def _walked() -> Record:
    """The keys are those that words were really made of."""
    record = Record()
    say = render.say

    def noted(content: object, key: str, *more: object, **named: object) -> str:
        record.keys.add(key)
        return say(content, key, *more, **named)  # type: ignore[arg-type]

    async def walk(empty: bytes) -> None:
        database = ScratchDatabase(empty)
        await Walk(database, recorded(FLOWS, record)).everything()
        async with database.read() as tx:
            assert await tx.inbox.count_parked() == 1  # the broken flow's, nothing else
        await database.close()

    def run() -> None:
        real_content(FLOWS).matcher.prepare()  # as a start does: else the first question waits for it inside its turn
        asyncio.run(walk(template()))

    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(1) as thread:
        patch.setattr(render, "say", noted)
        thread.submit(run).result()
    return record


@pytest.mark.parametrize(
    "step", sorted(f"{flow.name}.{step}" for flow in FLOWS.by_name.values() for step in flow.asking)
)
def test_every_step_is_met(record: Record, step: str) -> None:
    assert step in record.asked


@pytest.mark.parametrize("key", sorted(FLOWS.needs()))
def test_every_text_is_shown(record: Record, key: str) -> None:
    assert key in record.keys


def test_every_effect_follows_from_some_step(record: Record) -> None:
    known = {
        one
        for module in EFFECTS
        for _, one in inspect.getmembers(module, inspect.isclass)
        if issubclass(one, Effect) and one.__module__ == module.__name__
    }
    met = {one for one in record.effects if one.__module__ in {module.__name__ for module in EFFECTS}}

    assert known - set(ENGINES_OWN) == met - set(ENGINES_OWN)


@pytest.mark.parametrize(
    "step", sorted(f"{flow.name}.{step}" for flow in FLOWS.by_name.values() for step in flow.hearing)
)
def test_every_button_of_the_step_is_heard_and_answered(record: Record, step: str) -> None:
    assert record.offered.get(step), f"{step} hears, but no screen of it was met"
    assert record.offered[step] - record.heard.get(step, set()) == set()
    assert not {one for one in record.unanswered if one.startswith(f"{step} ")}
