"""Nothing of the talks is there unseen: every step asks, every text is shown, every button acts."""

import asyncio
import dataclasses
import inspect
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from types import MappingProxyType

import pytest

from bot.channels.port import Limits
from bot.engine import effects
from bot.engine.apply import Surface
from bot.engine.effects import Effect
from bot.engine.flow import Flows
from bot.flows import FLOWS
from bot.messages import Kind
from bot.outbox import Sender
from bot.texts import render
from storage.database import Database, open_database
from tests.databases import SECRETS
from tests.delivery.platform import Platform
from tests.delivery.world import World
from tests.dialogs.transcripts import EVERYWHERE, TO_PLAN
from tests.dialogs.walk import Record, explore, recorded
from tests.talk import FixedClock, Talk, real_content

PLANNED = tuple(
    line.strip()[2:] for line in TO_PLAN.splitlines() if line.strip().startswith("> ")
)  # the citizen's lines
NIGHT = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)  # 03:00 in Barnaul
# made by the engine itself, or for flows to come
ENGINES_OWN = (effects.Again, effects.Back, effects.MarkReachable, effects.Finish)


class Walk:
    """One database, one bot, ever new citizens."""

    def __init__(self, database: Database, flows: Flows) -> None:
        self.database = database
        self.flows = flows
        self.content = real_content(FLOWS)
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
            ("ыва", "ыва"),
        )
        await explore(self.meet, starts)
        await explore(lambda: self.meet(policy="information", channel="telegram"), [("/start",), ("/start", "/plan")])
        await self._rare()

    async def _rare(self) -> None:
        """What comes only in odd weather."""
        talk = await self.meet()
        await talk.play(TO_PLAN)
        for kind in Kind:
            if kind not in (Kind.TEXT, Kind.PRESS, Kind.CLOCK, Kind.STAFF, Kind.STOPPED, Kind.RETURNED):
                await talk.send(kind)
        await self._finished()
        await self._reminded()
        await self._withdrawn()
        await self._at_night()
        await self._twice_at_once()
        await self._late()
        await self._broken()

    async def _finished(self) -> None:
        talk = await self.meet()
        await talk.play(TO_PLAN)
        await talk.say("1")
        for _ in talk.content.situations["released"].plan:
            await talk.press("done")
            if any(choice.startswith("next") for choice in talk._buttons):
                await talk.press("next")
        for way in ("jobs", "handover"):
            await talk.say("/plan")
            await talk.press(way)

    async def _reminded(self) -> None:
        for choice in ("item", "list", "stop"):
            talk = await self.meet(clock=FixedClock())
            await talk.play(TO_PLAN)
            for line in ("1", "[later]", "[tomorrow]"):
                await (talk.press(line[1:-1]) if line.startswith("[") else talk.say(line))
            talk.clock.move(days=1)
            assert [message.key for message in await talk.tick()] == ["plan.reminder"]
            await talk.press(choice)

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
        for line in PLANNED[:-1]:
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
    """What a walk of everything met. The keys are those that words were really made of."""
    record = Record()
    say = render.say

    def noted(content: object, key: str, *more: object, **named: object) -> str:
        record.keys.add(key)
        return say(content, key, *more, **named)  # type: ignore[arg-type]

    async def walk(folder: Path) -> None:
        database = await open_database(f"sqlite:///{folder / 'walk.db'}", SECRETS)
        try:
            await database._writer.execute_fetchall("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]
            async with asyncio.timeout(110):  # no power is cut here: the disk need not be waited for
                await Walk(database, recorded(FLOWS, record)).everything()
            async with database.read() as tx:
                assert await tx.inbox.count_parked() == 1  # the broken flow's, nothing else
        finally:
            await database.close()

    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(1) as thread:
        patch.setattr(render, "say", noted)
        thread.submit(asyncio.run, walk(tmp_path_factory.mktemp("walk"))).result()
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
    known = {one for _, one in inspect.getmembers(effects, inspect.isclass) if issubclass(one, Effect)}

    assert known - {Effect} - set(ENGINES_OWN) == record.effects - set(ENGINES_OWN)


@pytest.mark.parametrize(
    "step", sorted(f"{flow.name}.{step}" for flow in FLOWS.by_name.values() for step in flow.hearing)
)
def test_every_button_of_the_step_is_heard_and_answered(record: Record, step: str) -> None:
    assert record.offered.get(step), f"{step} hears, but no screen of it was met"
    assert record.offered[step] - record.heard.get(step, set()) == set()
    assert not {one for one in record.unanswered if one.startswith(f"{step} ")}
