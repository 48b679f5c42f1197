"""
The way out: what turns have planned leaves here, in order, at the platform's pace, after the commit.

    one cycle = one transaction:  results of what was sent meanwhile --> what may leave in the next 0.1 s is leased
                                  and judged --> commit --> sent side by side, one at a time to each chat

A turn in the same process takes the cycle along in its own transaction (`ride`).

A part is leased only when it can leave at once, so few are uncertain after a crash; what must wait stays in the table.
The elected process of a channel runs one `Sender` (bot/duty.py). One send: bot/delivery/wire.py; what follows
from each answer: bot/delivery/fate.py.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush
from random import Random

import msgspec

from bot.channels.port import Channel
from bot.clock import Clock
from bot.delivery.apology import Apologies
from bot.delivery.breaker import Health
from bot.delivery.fate import Again, Cancelled, Dead, Sent, forbidden, is_late
from bot.delivery.ledger import Ledger, Result
from bot.delivery.pace import Pace
from bot.delivery.standing import Standing
from bot.delivery.wire import Wire
from bot.engine.carrier import Board
from bot.messages import Outgoing
from bot.quiet import Quiet
from bot.telemetry import SENDS, alarm
from bot.texts.rules import ChannelRules
from bot.texts.schema import Content
from bot.timer import LoopTimer, Timer
from storage.database import Database, Transaction
from storage.errors import Unavailable
from storage.installation import Epoch
from storage.records import Lane, Leased

IN_FLIGHT = 50
RESERVED = 0.2  # share of those that only replies may take: hanging broadcasts must not hold them up
HORIZON_S = 0.1
POLL_S = 1.0
WAKES_S = 10.0
ROUNDS = 8  # leases in one transaction, when what was leased must wait or is cancelled
BUSY_CHAT_S = 0.2
DRAIN_S = 10.0
IDEMPOTENT = frozenset({"vk"})  # a repeated number makes no second message there
USUAL = ChannelRules(per_second=20, chat_per_second=1)

_outgoing = msgspec.json.Decoder(Outgoing)


@dataclass(frozen=True, slots=True)
class _Flight:
    part: Leased
    message: Outgoing
    starts: float  # timer's time


@dataclass(frozen=True, slots=True)
class _Load:
    """What one transaction stored (so many results, the oldest) and leased."""

    results: int
    flights: list[_Flight]


class Sender:
    """
    Sends what waits for one channel. content: gives the edition in force. only_informs: no reminder leaves there.

    Only one may run per channel at a time: whoever calls holds the election. Nothing it does raises.
    """

    def __init__(
        self,
        channel: Channel,
        database: Database,
        clock: Clock,
        content: Callable[[], Content],
        *,
        standing: Standing | None = None,
        timer: Timer | None = None,
        random: Random | None = None,
        only_informs: bool = False,
        in_flight: int = IN_FLIGHT,
    ) -> None:
        self.standing = standing or Standing(channel.name)
        self.pace = Pace(content().channels.get(channel.name, USUAL))
        self._channel = channel
        self._database = database
        self._clock = clock
        self._content = content
        self._timer = timer or LoopTimer()
        self._only_informs = only_informs
        self._most = in_flight
        random = random or Random()  # noqa: S311  jitter, no secret
        self._stir = asyncio.Event()
        self._health = Health(channel, self.pace, self.standing, self._timer, random, self._stir)
        self._is_idempotent = channel.name in IDEMPOTENT
        self._wire = Wire(channel, self.pace, self._health, self._timer, random, is_idempotent=self._is_idempotent)
        self._ledger = Ledger(channel.name, database, clock, is_idempotent=self._is_idempotent)
        self._epoch: Epoch | None = None
        self._is_on = self._is_working = self._is_unsure = self._is_skipped = False
        self._ridden: asyncio.Event | None = None
        self._flights: dict[int, asyncio.Task[None]] = {}
        self._chats: set[str] = set()
        self._results: list[Result] = []
        self._wakes: list[float] = []
        self._has_more = False
        self._failures = 0
        self._apologies = Apologies(channel.limits.text_chars)
        self._lost: asyncio.Event | None = None

    @property
    def channel(self) -> str:
        return self._channel.name

    async def run(self, stop: asyncio.Event, lost: asyncio.Event | None = None) -> None:
        """
        Until `stop`: what is under way is waited for (10 s) and stored.

        lost: of the election; breaks off at once.
        """
        self._lost = lost
        self._is_on = True
        self._health.up()
        watchers = [asyncio.create_task(self._hear())]
        watchers += [asyncio.create_task(self._watch(event)) for event in (stop, lost) if event is not None]
        try:
            while not stop.is_set() and not (lost and lost.is_set()):
                self._stir.clear()
                wait_s = await self._cycle()
                if wait_s > 0:
                    await self._timer.wait(self._stir, wait_s)
        finally:
            for watcher in watchers:
                watcher.cancel()
            await self._finish(is_lost=bool(lost and lost.is_set()))

    async def run_once(self) -> int:
        """One cycle, its sends and their results; returns how many sends were tried. For tests."""
        await self._cycle()
        tried = len(self._flights)
        while self._flights:
            await asyncio.wait(self._flights.values())
        if self._results:
            await self._work(may_lease=False)
        return tried

    # One cycle

    async def _cycle(self) -> float:
        """One transaction if there is work for one; returns the seconds to wait for the next, unless stirred."""
        if self._ridden is not None:
            self._is_skipped = True
            return POLL_S
        now = self._timer.time()
        self._adopt()
        while self._wakes and self._wakes[0] <= now:
            heappop(self._wakes)
        if self._health.must_ask and not self._flights:
            self._health.ask()
        if self._room(now)[0] > 0 or self._results:
            try:
                await self._work()
            except Exception as error:
                return self._failed(error)
            self._failures = 0
        return self._wait_s(self._timer.time())

    async def _work(self, *, may_lease: bool = True) -> None:
        if self._epoch is None:
            self._epoch = await self._ledger.recover()
        self._is_working = True
        try:
            async with self._database.write() as tx:
                load = await self._load(tx, may_lease=may_lease)
        finally:
            self._is_working = False
        self._depart(load)

    async def _load(self, tx: Transaction, *, may_lease: bool = True) -> _Load:
        """Everything that one cycle writes."""
        now = self._timer.time()
        results, flights = list(self._results), []
        await self._ledger.store(tx, results)
        if self._is_unsure:
            await self._ledger.release(tx, self._flights.keys() | {part.number for part, _ in self._results})
        if may_lease and self._room(now)[0] > 0:
            flights = await self._lease(tx, now)
        if self._health.is_doubtful and not flights and await tx.outbox.next_at(self._channel.name) is None:
            self._health.up()  # nothing is left that could show that it works again
        return _Load(len(results), flights)

    def _depart(self, load: _Load) -> None:
        """The load is committed: its results are stored, its flights may start."""
        del self._results[: load.results]
        self._is_unsure = False
        if self._lost is not None and self._lost.is_set():
            return
        for flight in load.flights:
            self._start(flight)

    @contextmanager
    def ride(self) -> Iterator[Board | None]:
        """
        The next cycle in somebody else's transaction: one commit less on the way of an answer.

        Gives what writes it there; the sends start when the context is left, so leave it after the commit. None when
        the sender is not on duty or has a transaction of its own under way: ring for it then.
        """
        if not self._is_on or self._is_working or self._is_unsure or self._ridden is not None or self._epoch is None:
            yield None
            return
        loads: list[_Load] = []

        async def board(tx: Transaction) -> None:
            self._adopt()
            loads.append(await self._load(tx))
            self._is_unsure = True  # until it is known that this was committed

        self._ridden = asyncio.Event()
        self._is_skipped, wakes = False, self._wakes[:1]
        try:
            yield board
            for load in loads:
                self._depart(load)
        finally:
            self._ridden.set()
            self._ridden = None
            if self._is_skipped or self._is_unsure or self._has_more or self._wakes[:1] != wakes:
                self._stir.set()

    def _failed(self, error: Exception) -> float:
        """The transaction failed: results stay here; what may have been leased is put back by the next one."""
        self._is_unsure = True
        self._failures += 1
        what = "database_unavailable" if isinstance(error, Unavailable) else "sender_failed"
        if self._failures == 1 or what == "sender_failed":
            alarm(what, channel=self._channel.name, error=type(error.__cause__ or error).__name__)
        return min(0.2 * 2.0 ** min(self._failures, 5), 5.0)

    def _wait_s(self, now: float) -> float:
        if self._results:
            return 0.0
        wait_s = max(min([POLL_S, *(at - now for at in self._wakes[:1])]), 0.001)
        if not self._has_more or self._health.is_doubtful or len(self._flights) >= self._most:
            return wait_s
        if self._room(now)[0]:
            return 0.0
        return max(min(wait_s, self.pace.next_at(now) - now - HORIZON_S / 2), 0.001)

    def _adopt(self) -> None:
        self.pace.adopt(self._content().channels.get(self._channel.name, USUAL))

    def _room(self, now: float) -> tuple[int, Lane]:
        """How many parts may be leased now, and of which lanes."""
        free = self._most - len(self._flights)
        if self._health.is_doubtful:
            free = 0 if self._health.must_ask or self._flights else 1
        if free <= 0:
            return 0, Lane.REPLY
        reserved = 0 if self._health.is_doubtful else int(self._most * RESERVED)
        lane = Lane.BROADCAST
        if free <= reserved or Quiet.is_everywhere(self._content(), self._clock.now()):
            lane, reserved = Lane.REPLY, 0
        return min(free - reserved, self.pace.room(now, HORIZON_S)), lane

    # Before the wire

    async def _lease(self, tx: Transaction, now: float) -> list[_Flight]:
        flights: list[_Flight] = []
        content, today = self._content(), self._clock.now()
        room, lane = self._room(now)
        for _ in range(ROUNDS):
            leased = await tx.outbox.lease(self._channel.name, now=today, limit=room, lane=lane)
            cancelled: list[tuple[int, str]] = []
            dead: list[tuple[int, str]] = []
            back: list[tuple[int, datetime]] = []
            accepted = len(flights)
            for part in leased:
                match self._judged(part, content, today, now, {flight.part.chat for flight in flights}):
                    case Cancelled(reason):
                        cancelled.append((part.number, reason))
                    case Dead(reason):
                        dead.append((part.number, reason))
                    case float(wait_s):
                        back.append((part.number, today + timedelta(seconds=wait_s)))
                        self._wake(now + wait_s)
                    case Outgoing() as message:
                        flights.append(_Flight(part, message, self.pace.take(part.chat, now)))
            await tx.outbox.cancel(cancelled, now=today)
            await tx.outbox.bury(dead, now=today)
            await tx.outbox.put_back(back)
            if cancelled:
                SENDS.labels(self._channel.name, "cancelled").inc(len(cancelled))
            self._has_more = len(leased) == room
            room -= len(flights) - accepted
            if not self._has_more or room <= 0:
                break
        return flights

    def _judged(
        self, part: Leased, content: Content, today: datetime, now: float, taken: set[str]
    ) -> Cancelled | Dead | float | Outgoing:
        """Why the part won't leave, or after how many seconds it may, or the message to send."""
        late_after = timedelta(minutes=content.rules.apology_after_minutes)
        quiet = Quiet.of(content, part.office)
        refusal = forbidden(part, today, late_after=late_after, quiet=quiet, only_informs=self._only_informs)
        if refusal is not None:
            return refusal
        if part.lane is not Lane.REPLY and (ends_at := quiet.until(today)) is not None:
            return (ends_at - today).total_seconds()
        if part.chat in self._chats or part.chat in taken:
            return BUSY_CHAT_S
        wait_s = self.pace.chat_at(part.chat, now) - now
        if wait_s > HORIZON_S:
            return wait_s
        try:
            message = _outgoing.decode(part.body)
            return self._apologies.put(message, part, content, today) if is_late(part, today, late_after) else message
        except Exception as error:  # one part must not hold up the others
            alarm("part_unreadable", channel=part.channel, part=part.number, error=type(error).__name__)
            return Dead("unreadable")

    # On the wire

    def _start(self, flight: _Flight) -> None:
        self._chats.add(flight.part.chat)
        self._flights[flight.part.number] = asyncio.create_task(self._fly(flight))

    async def _fly(self, flight: _Flight) -> None:
        part = flight.part
        begun = self._timer.time()
        try:
            if flight.starts > begun:
                await self._timer.sleep(flight.starts - begun)
                begun = self._timer.time()
            number = self._epoch.random_id(part.number) if self._epoch and self._is_idempotent else part.number
            fate = await self._wire.send(part, flight.message, number, begun)
            self._results.append((part, fate))
            if isinstance(fate, Again):
                self._wake(self._timer.time() + fate.wait_s)
        finally:
            self._chats.discard(part.chat)
            del self._flights[part.number]
            self._stir.set()

    # The end

    async def _finish(self, *, is_lost: bool) -> None:
        self._is_on = False
        if self._ridden is not None:
            await self._ridden.wait()
        flights = list(self._flights.values())
        if flights and not is_lost:
            await asyncio.wait(flights, timeout=DRAIN_S)
        await self._health.close()
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)
        if is_lost:  # the next owner decides about the rest; that these were sent is true for it as well
            self._results = [(part, fate) for part, fate in self._results if isinstance(fate, Sent)]
        with suppress(Exception):
            if self._results:
                async with self._database.write() as tx:
                    await self._ledger.store(tx, self._results)
                self._results.clear()
        if self._results:
            alarm("results_not_stored", channel=self._channel.name, count=len(self._results))
        self._epoch = None  # whoever sends next asks again what is in flight

    # Wake-ups

    async def _hear(self) -> None:
        ear = self._database.listen("outbox")
        while True:
            if await ear.wait(60.0):
                self._stir.set()

    async def _watch(self, event: asyncio.Event) -> None:
        await event.wait()
        self._stir.set()

    def _wake(self, at: float) -> None:
        """Those that come much later are found by the poll."""
        if at - self._timer.time() <= WAKES_S:
            heappush(self._wakes, at)
