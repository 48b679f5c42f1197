"""The post room of a test: plans parts as a turn does, looks into the table, runs a sender over it."""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, time, timedelta
from itertools import count
from random import Random
from types import MappingProxyType
from typing import Any
from uuid import uuid4

import msgspec

from bot.channels.port import Channel
from bot.messages import Outgoing
from bot.outbox import Sender
from bot.texts.office import Office
from bot.texts.rules import ChannelRules, Consent, Operator, Retention, Rules, Style
from bot.texts.schema import Content, Text
from storage.database import Database, Transaction
from storage.locks import Election
from storage.records import Arrival, Lane, Part, ReminderRow
from tests.delivery.world import World

APOLOGY = "Извините, что ответ пришёл поздно."
QUICK = ChannelRules(per_second=10_000, chat_per_second=10_000)
STATES = {0: "waiting", 1: "leased", 2: "sent", 4: "dead", 5: "cancelled"}


def content(
    rules: ChannelRules = QUICK, *, quiet: tuple[time, time] = (time(21), time(9)), zone: str = "Asia/Barnaul"
) -> Content:
    """An edition with what delivery reads of it."""
    office = Office("o", "Центр", "Центр", "", "", "", {}, zone, False, {}, True)
    none: MappingProxyType[str, Any] = MappingProxyType({})
    return Content(
        texts={"fallback.late": Text("fallback.late", APOLOGY, {}, APOLOGY, (), True)},
        words=none,
        situations=none,
        topics=none,
        questions=none,
        facts=none,
        offices={"o": office},
        default_office=office,
        rules=Rules(quiet[0], quiet[1], none, Retention(90, 14, 30, 24), 8, 15, (), ""),
        channels=dict.fromkeys(("telegram", "vk", "max"), rules),
        consent=Consent("1", "", "", Operator("", False)),
        sources=none,
        style=Style(),
        fingerprint="",
    )


class Busy:
    """The database, with a count of transactions under way: the world's time stands still meanwhile."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.open = 0
        self.writes = 0
        self._rest: asyncio.Future[None] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    def write(self) -> AbstractAsyncContextManager[Transaction]:
        self.writes += 1
        return self._counted(self._database.write())

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        return self._counted(self._database.read())

    def elect(self, name: str) -> Any:
        return _Candidate(self, self._database.elect(name))

    @asynccontextmanager
    async def _counted(self, transaction: AbstractAsyncContextManager[Transaction]) -> Any:
        self.begin()
        try:
            async with transaction as tx:
                yield tx
        finally:
            self.end()

    def begin(self) -> None:
        self.open += 1

    def end(self) -> None:
        self.open -= 1
        if not self.open and self._rest is not None:
            self._rest.set_result(None)
            self._rest = None

    async def rest(self) -> bool:
        """Until nothing is under way; false when nothing was. Asleep meanwhile: the database needs the processor."""
        if not self.open:
            return False
        if self._rest is None:
            self._rest = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._rest)
        return True


class _Candidate:
    """An election whose asking counts as work under way."""

    def __init__(self, busy: Busy, election: Election) -> None:
        self._busy = busy
        self._election = election
        self.lost = election.lost

    async def acquire(self) -> bool:
        self._busy.begin()
        try:
            return await self._election.acquire()
        finally:
            self._busy.end()

    async def release(self) -> None:
        self._busy.begin()
        try:
            await self._election.release()
        finally:
            self._busy.end()


class Post:
    """One channel's table of outgoing parts, and whom they are for."""

    def __init__(self, database: Database, world: World, channel: Channel, edition: Content | None = None) -> None:
        self.busy = Busy(database)
        self.world = world
        self.channel = channel
        self.edition = edition or content()
        self._turns = count(1)
        self._citizens: dict[str, str] = {}

    @property
    def database(self) -> Database:
        return self.busy  # type: ignore[return-value]  # the same, counted

    def sender(self, **more: Any) -> Sender:
        return Sender(
            self.channel, self.database, self.world, lambda: self.edition, timer=self.world, random=Random(1), **more
        )

    async def meet(self, *chats: str) -> None:
        """These citizens have written once."""
        new = [chat for chat in chats if chat not in self._citizens]
        if not new:
            return
        arrivals = [Arrival(self.channel.name, f"hello {chat}", chat, "text", 0, b"{}") for chat in new]
        async with self.database.write() as tx:
            met = await tx.inbox.admit(arrivals, now=self.world.now())
        self._citizens |= {chat: citizen for (_, chat), citizen in met.items()}

    def citizen(self, chat: str) -> str:
        return self._citizens[chat]

    def find(self, chat: str) -> str:
        return self.database.cipher.find("address", self.channel.name, chat)

    async def plan(
        self,
        *said: tuple[str, str],
        lane: Lane = Lane.REPLY,
        subject: str | None = None,
        at: datetime | None = None,
        edits: str = "",
    ) -> None:
        """Plan (chat, text), all of one turn. at: not before."""
        await self.meet(*{chat for chat, _ in said})
        parts = self._parts(said, lane, subject, at, edits)
        async with self.database.write() as tx:
            await tx.outbox.add(parts, now=self.world.now())
            tx.notify("outbox")

    async def plan_riding(self, sender: Sender, *said: tuple[str, str], failure: Exception | None = None) -> bool:
        """Plan as a turn in the sender's own process does; failure: the transaction fails. False: nobody took it."""
        await self.meet(*{chat for chat, _ in said})
        parts = self._parts(said, Lane.REPLY, None, None, "")
        await self.at_rest(sender)
        with sender.ride() as board:
            async with self.database.write() as tx:
                await tx.outbox.add(parts, now=self.world.now())
                if board is not None:
                    await board(tx)
                else:
                    tx.notify("outbox")
                if failure is not None:
                    raise failure
        return board is not None

    @staticmethod
    async def at_rest(sender: Sender) -> None:
        """Until no transaction of the sender's own is under way: a ring of the database may have begun one."""
        while sender._is_working:  # noqa: ASYNC110  nobody would set an event
            await asyncio.sleep(0)

    def _parts(
        self, said: Sequence[tuple[str, str]], lane: Lane, subject: str | None, at: datetime | None, edits: str
    ) -> list[Part]:
        turn = f"turn {next(self._turns)} {uuid4().hex}"
        return [
            Part(
                citizen_id=self._citizens[chat],
                channel=self.channel.name,
                address=self.find(chat),
                turn=turn,
                part=number,
                lane=lane,
                key="test.said",
                body=msgspec.json.encode(Outgoing(key="test.said", text=text, edits=edits)),
                keep=False,
                not_before=at or self.world.now(),
                subject=subject,
            )
            for number, (chat, text) in enumerate(said)
        ]

    async def remind(self, chat: str, text: str, id_: str) -> None:
        """Plan a reminder that is in its citizen's lane."""
        await self.meet(chat)
        async with self.database.write() as tx:
            await tx.reminders.add([ReminderRow(id_, self._citizens[chat], "plan_item", id_, self.world.now())])
            await tx.reminders.take_due(now=self.world.now(), limit=100)
        await self.plan((chat, text), lane=Lane.REMINDER, subject=id_)

    async def table(self) -> list[tuple[str, str, bool]]:
        """(state, reason, is_repeat) of every part, in the order planned."""
        rows = await self.select("SELECT state, reason, is_repeat FROM outbox ORDER BY id")
        return [(STATES[row[0]], row[1] or "", bool(row[2])) for row in rows]

    async def states(self) -> list[str]:
        return [state for state, _, _ in await self.table()]

    async def select(self, sql: str) -> Sequence[Any]:
        async with self.database.read() as tx:
            connection = tx.handle.connection
            if tx.handle.dialect == "postgres":
                return list(await connection.fetch(sql))
            return list(await connection.execute_fetchall(sql))

    async def lease_and_die(self, limit: int = 100) -> int:
        """What a sender does that is killed while its messages are under way."""
        async with self.database.write() as tx:
            return len(await tx.outbox.lease(self.channel.name, now=self.world.now(), limit=limit))

    async def play(
        self, seconds: float, *, sender: Sender | None = None, events: Any = None, until: Any = None
    ) -> Sender:
        """Run a sender through so many simulated seconds, then stop it."""
        stop = asyncio.Event()
        sender = sender or self.sender()
        await self.world.play(sender.run(stop), stop, seconds=seconds, rest=self.busy.rest, events=events, until=until)
        return sender

    async def drain(self, sender: Sender | None = None, *, step_s: float = 1.0, steps: int = 50) -> Sender:
        """Cycle by cycle with time moving between, until nothing waits."""
        sender = sender or self.sender()
        for _ in range(steps):
            await sender.run_once()
            if not {"waiting", "leased"} & set(await self.states()):
                break
            self.world.move(seconds=step_s)
        return sender


def minutes(number: float) -> float:
    return timedelta(minutes=number).total_seconds()
