"""A walk through the talk with a specialist: all that staff can do, every button of what the citizen sees of it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.desk import lane
from bot.desk.actor import Actor
from bot.desk.acts import Desk
from bot.desk.lane import Act
from bot.engine.session import decode, encode
from bot.messages import Kind
from storage.records import CaseRow
from tests.dialogs.transcripts import TO_PLAN
from tests.talk import Talk

OLGA, LEAD = Actor("olga", "job_matcher"), Actor("vera", "lead")
Meet = Callable[[], Awaitable[Talk]]


class Cases:
    def __init__(self, meet: Meet) -> None:
        self._meet = meet

    async def everything(self) -> None:
        for walk in (self._talked, self._complained, self._judged, self._kept, self._hidden, self._in_danger):
            await walk()

    async def _asked(self) -> tuple[Talk, Desk, CaseRow]:
        talk = await self._meet()
        await talk.play(TO_PLAN)
        for words in ("/human", "нужна работа"):
            await talk.say(words)
        return talk, Desk(talk.database, talk.clock, lambda: talk.content), await self._case(talk)

    async def _case(self, talk: Talk) -> CaseRow:
        citizen = await talk.citizen()
        async with talk.database.read() as tx:
            return (await tx.cases.all_of(citizen.id))[-1]

    async def _talked(self) -> None:
        talk, desk, case = await self._asked()
        await talk.say("/human")
        await desk.take(OLGA, case.id)
        await talk.work()
        await talk.say("/human")
        await talk.press("talk")  # nobody has answered yet
        await talk.press("menu")
        await desk.answer(replace(OLGA, role="nobody"), case.id, "Подойдёт склад?", once=f"{case.id}:1")
        await talk.work()
        await talk.press("bot")
        await talk.say("/human")
        await talk.press("talk")
        await talk.say("Подойдёт")
        await talk.press("bot")
        talk.clock.move(minutes=1)
        await desk.answer(OLGA, case.id, "Ждём", once=f"{case.id}:2")
        await desk.later(OLGA, case.id)
        await desk.transfer(OLGA, case.id, role="lawyer")
        await self._tell(talk, Act("case_corrected", case.id, "lawyer", "Верно так"))
        await self._tell(talk, Act("case_released", case.id))
        await talk.work()
        for kind in (Kind.VOICE, Kind.EDITED, Kind.TEXT):
            await talk.send(kind, text="и ещё")
        await talk.say("вернуться к боту")

    async def _complained(self) -> None:
        for way in ("yes", "no"):
            talk, desk, case = await self._asked()
            await desk.take(OLGA, case.id)
            await talk.work()
            await talk.say("/human")
            await talk.press("complain")
            await talk.press(way)

    async def _judged(self) -> None:
        for ways in (
            ("yes", "comment", "menu"),
            ("yes", "menu"),
            ("no", "menu"),
            ("comment", "спасибо", "menu"),
        ):
            talk, desk, case = await self._asked()
            await desk.close(OLGA, case.id)
            await talk.work()
            for way in ways:
                await (talk.say(way) if way == "спасибо" else talk.press(way))
        await desk.reopen(OLGA, case.id)
        await talk.work()

    async def _kept(self) -> None:
        """Screens that one comes back to, when what they are of is over or has begun anew."""
        talk, desk, case = await self._asked()
        await desk.close(OLGA, case.id)
        await talk.work()
        no, yes = talk.data("no"), talk.data("yes")
        await talk.send(Kind.PRESS, data=no)
        await talk.send(Kind.PRESS, data=no)  # open again already
        await talk.say("всё ещё непонятно")
        await talk.send(Kind.PRESS, data=yes)
        await self._stand(talk, "case", "closed")
        await talk.say("назад")

    async def _hidden(self) -> None:
        talk, desk, case = await self._asked()
        citizen = await talk.citizen()
        async with talk.database.write() as tx:
            row = (await tx.sessions.load([citizen.id]))[citizen.id]
            session = decode(row.data)
            session.is_covered = True
            await tx.sessions.save([replace(row, data=encode(session))])
        await desk.answer(OLGA, case.id, "Про работу", once=f"{case.id}:covered")
        await talk.work()

    async def _in_danger(self) -> None:
        talk, desk, case = await self._asked()
        async with talk.database.write() as tx:
            await tx.cases.urge(case.id, now=talk.clock.now())
        await desk.close(LEAD, case.id)
        await talk.work()

    async def _stand(self, talk: Talk, flow: str, step: str) -> None:
        """The screen before the present one is this step."""
        citizen = await talk.citizen()
        async with talk.database.write() as tx:
            row = (await tx.sessions.load([citizen.id]))[citizen.id]
            session = decode(row.data)
            session.trail = [type(session.place)(flow, step)]
            await tx.sessions.save([replace(row, data=encode(session))])

    async def _tell(self, talk: Talk, act: Act) -> None:
        citizen = await talk.citizen()
        async with talk.database.write() as tx:
            await lane.take(tx, citizen.id)
            await lane.tell(tx, citizen.id, act, once=f"{act.kind}:{act.about}", now=talk.clock.now())
