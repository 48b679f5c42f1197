"""
Turns in batches: claim the next incoming of up to 64 citizens, decide all, write set-wise, one commit.

    batch --> done
      |-- a turn raises while deciding: it leaves the batch, its attempt is counted
      +-- the database refuses the batch: rolled back, each turn retaken alone in its own transaction
    three failed attempts: parked, the citizen gets an apology and a person, staff an alarm
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial

import msgspec
import structlog

from bot.clock import Clock
from bot.engine.apply import Apply, apology
from bot.engine.carrier import Carrier
from bot.engine.effects import ClaimMove
from bot.engine.flow import Flows
from bot.engine.press import Presses
from bot.engine.reads import BatchReads, Reads
from bot.engine.room import Room
from bot.engine.session import Session, decode
from bot.engine.taken import Surface, Taken
from bot.engine.talk import Talk
from bot.engine.turn import Turn
from bot.messages import Incoming, Kind
from bot.telemetry import TURN_S, TURNS, alarm
from bot.texts import render
from bot.texts.schema import Content
from storage.database import Database, Transaction
from storage.errors import Unavailable
from storage.records import CitizenRow, Claimed, SessionRow

log = structlog.get_logger()

BATCH = 64
ATTEMPTS = 3
DECIDE_S = 5.0
IDLE_S = 1.0
IN_GROUP = b'"group"'  # a quick look that may be wrong, before the message is read

Moving = tuple[Claimed, str]  # a turn put aside, and the code of the move it asks for
Known = tuple[Mapping[str, CitizenRow], Mapping[str, SessionRow]]

_incoming = msgspec.json.Decoder(Incoming)


class Runner:
    """
    Takes turns until told to stop. content: gives the edition in force at the moment of the turn.

    surfaces: by channel name; a channel that is off is absent, and its waiting turns are still taken. site: public
    address of the installation's pages, empty without one. room: takes what is said in chats of staff.
    """

    def __init__(
        self,
        database: Database,
        flows: Flows,
        content: Callable[[], Content],
        surfaces: Mapping[str, Surface],
        clock: Clock,
        *,
        batch: int = BATCH,
        site: str = "",
        room: Room | None = None,
    ) -> None:
        self._database = database
        self._flows = flows
        self._content = content
        self._surfaces = surfaces
        self._clock = clock
        self._batch = batch
        self._site = site
        self._room = room
        self._presses = Presses(database.cipher)
        self._apply = Apply(surfaces, self._presses)
        self._has_more = self._is_on = self._is_busy = False
        self._carriers: list[Carrier] = []

    @property
    def has_more(self) -> bool:
        """Whether something was left to the next batch, as far as the last one saw."""
        return self._has_more

    def carry(self, carrier: Carrier) -> None:
        """From now on answers of the carrier's channel ride with the batch that plans them."""
        self._carriers.append(carrier)

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set; the turns in hand are finished first. A database that is gone is waited for."""
        self._is_on = True
        try:
            await self._serve(stop)
        finally:
            self._is_on = False

    async def _serve(self, stop: asyncio.Event) -> None:
        listener = self._database.listen("inbox")
        pause = IDLE_S
        while not stop.is_set():
            try:
                taken = await self.run_once()
                pause = IDLE_S
            except Unavailable as error:
                alarm("database_unavailable", error=type(error.__cause__ or error).__name__)
                taken, pause = 0, min(pause * 2, 5.0)
                await _sleep(stop, pause)
                continue
            if not taken or not self._has_more:  # what arrives meanwhile rings
                await listener.wait(IDLE_S)

    async def run_once(self) -> int:
        """One batch; returns how many incomings were claimed. Raises Unavailable: nothing was taken then."""
        try:
            return await self._batch_of_all()
        finally:
            self._is_busy = False

    async def _batch_of_all(self) -> int:
        now = self._clock.now()
        claimed: list[Claimed] = []
        moving: list[Moving] = []
        try:
            with TURN_S.time(), ExitStack() as committed:
                async with self._database.write() as tx:
                    claimed = await tx.inbox.claim(limit=self._batch, now=now)
                    self._is_busy = bool(claimed)
                    if claimed:
                        known = await self._known(tx, [one.citizen_id for one in claimed])
                        moving = await self._take(tx, claimed, known, now)
                        await self._hand_over(tx, claimed, committed)
        except Unavailable:
            raise
        except Exception as error:
            log.warning("batch_failed", error=type(error).__name__, turns=len(claimed))
            moving = [(one, "") for one in claimed]
        for one, code in moving:
            await self._alone(one, now, code)
        self._has_more = len(claimed) == self._batch or bool(moving) or any(one.has_next for one in claimed)
        return len(claimed)

    async def join(self, tx: Transaction, citizens: Collection[str], committed: ExitStack, *, now: datetime) -> bool:
        """
        Take what these citizens just said in the transaction that stores it: one commit less on the way of an answer.

        Only while nothing else waits for a turn. committed: to be closed after the commit. False: something is left, so
        ring for the batches. What it raises undoes the storing as well: store again without it.
        """
        if not self._is_on or self._is_busy or self._has_more:
            return False
        with TURN_S.time():
            ids = sorted(citizens)
            claimed, known = await asyncio.gather(tx.inbox.claim_of(ids, now=now), self._known(tx, ids))
            if not claimed:
                return False
            moving = await self._take(tx, claimed, known, now)
            await self._hand_over(tx, claimed, committed)
        return len(claimed) == len(citizens) and not moving and not any(one.has_next for one in claimed)

    async def _hand_over(self, tx: Transaction, claimed: Sequence[Claimed], committed: ExitStack) -> None:
        """What the batch planned goes with the senders of this process; the others are rung for."""
        waiting = {one.channel for one in claimed}
        for carrier in self._carriers:
            if carrier.channel in waiting and (board := committed.enter_context(carrier.ride())) is not None:
                await board(tx)
                waiting.discard(carrier.channel)
        if waiting:
            tx.notify("outbox")

    async def _alone(self, claimed: Claimed, now: datetime, code: str) -> None:
        """code: of the chat that this turn brings along, "" as far as is known."""
        moving: list[Moving] = []
        try:
            async with self._database.write() as tx:
                if code:
                    owner = await tx.moves.owner(code, now=now)
                    await tx.moves.lock([claimed.citizen_id, *([owner] if owner else [])])
                again = await tx.inbox.claim_one(claimed.id, now=now)
                if again is not None:
                    known = await self._known(tx, [again.citizen_id])
                    moving = await self._take(tx, [again], known, now, code, is_alone=True)
                    tx.notify("outbox")
                    tx.notify("inbox")  # what waited for the other chat waits in this lane now
        except Unavailable:
            raise
        except Exception as error:
            async with self._database.write() as tx:
                await self._failed(tx, claimed, error, now)
        for one, found in moving:
            await self._alone(one, now, found)

    async def _known(self, tx: Transaction, ids: Sequence[str]) -> Known:
        """Asked at once, so that they share a hop."""
        return await asyncio.gather(tx.citizens.load(ids), tx.sessions.load(ids))

    async def _take(
        self,
        tx: Transaction,
        claimed: Sequence[Claimed],
        known: Known,
        now: datetime,
        code: str = "",
        *,
        is_alone: bool = False,
    ) -> list[Moving]:
        """
        Decide and write these turns. Gives those put aside: a move, and what staff said in a chat, need two lanes,
        taken in order, so each goes alone.

        code: of the move whose lanes the transaction has.
        """
        in_groups = [one for one in claimed if IN_GROUP in one.payload and self._heard(one).group is not None]
        aside: list[Moving] = [(one, "") for one in in_groups]
        if aside and is_alone:
            await self._in_group(tx, claimed[0], now)
            return []
        if aside:
            left = {one.id for one, _ in aside}
            return [*aside, *await self._take(tx, [one for one in claimed if one.id not in left], known, now, code)]
        if not claimed:
            return []
        citizens, sessions = known
        own = [one.citizen_id for one in claimed if not one.address]
        reachable = await tx.citizens.reachable_at(own) if own else {}
        reads = BatchReads(tx, now)
        content = self._content()
        decided = await asyncio.gather(
            *(
                self._decide(
                    one, citizens.get(one.citizen_id), sessions.get(one.citizen_id), reachable, reads, content, now
                )
                for one in claimed
            ),
            return_exceptions=True,
        )
        batch: list[Taken] = []
        moving: list[Moving] = []
        for one, outcome in zip(claimed, decided, strict=True):
            if isinstance(outcome, Unavailable):
                raise outcome
            if isinstance(outcome, Exception):
                await self._failed(tx, one, outcome, now)
            elif isinstance(outcome, BaseException):
                raise outcome
            elif (found := _moves(outcome)) and found != code:
                moving.append((one, found))
            else:
                batch.append(outcome)
        await self._apply.write(tx, batch, now=now)
        TURNS.labels("done").inc(len(batch))
        return moving

    async def _in_group(self, tx: Transaction, one: Claimed, now: datetime) -> None:
        """Its words are erased at once: what was an answer or a note stands in the case."""
        if self._room is not None:
            await self._room.take(tx, one, self._heard(one), now)
        await tx.inbox.finish([(one.id, False)], now=now)
        TURNS.labels("done").inc()

    async def _decide(
        self,
        one: Claimed,
        citizen: CitizenRow | None,
        row: SessionRow | None,
        reachable: Mapping[str, tuple[str, str, bool]],
        reads: BatchReads,
        content: Content,
        now: datetime,
    ) -> Taken:
        incoming = self._heard(one)
        target: tuple[str, str] | None = (one.channel, one.address)
        if not one.address:
            place = reachable.get(one.citizen_id)
            target = place[:2] if place and place[2] and place[0] in self._surfaces else None
        channel = target[0] if target else one.channel
        surface = self._surfaces.get(channel)
        turn = Turn(
            id=one.event,
            citizen=citizen or CitizenRow(one.citizen_id, None, None, None),
            channel=channel,
            policy=surface.policy if surface else "full",
            now=now,
            content=content,
            reads=Reads(reads, one.citizen_id),
            kind=incoming.kind,
            source=incoming.source,
            site=self._site,
            sign=partial(self._database.cipher.mac, "turn"),
        )
        has_keyboard = surface.limits.bottom_keyboard if surface else False
        talk = Talk(self._flows, turn, _session(row), has_bottom_keyboard=has_keyboard)
        press = self._presses.read(one.citizen_id, incoming.data) if incoming.kind is Kind.PRESS else None
        async with asyncio.timeout(DECIDE_S):
            await talk.hear(incoming, press)
        return Taken(one, incoming, talk, target if surface else None)

    def _heard(self, one: Claimed) -> Incoming:
        """What was said. A press that came along from another chat edits nothing: that message is not in this one."""
        incoming = _incoming.decode(one.payload)
        if not incoming.message or not one.address:
            return incoming
        find = self._database.cipher.find("address", incoming.address.channel, incoming.address.chat)
        return incoming if find == one.address else msgspec.structs.replace(incoming, message="", answer="")

    async def _failed(self, tx: Transaction, one: Claimed, error: Exception, now: datetime) -> None:
        name = type(error).__name__
        log.warning(
            "turn_failed", turn=one.event, attempt=one.attempts + 1, error=name, notes=getattr(error, "__notes__", [])
        )
        if one.attempts + 1 < ATTEMPTS:
            TURNS.labels("failed").inc()
            await tx.inbox.fail(one.id, error=name, again_at=now + timedelta(seconds=one.attempts + 1))
            return
        TURNS.labels("parked").inc()
        alarm("turn_parked", turn=one.event, error=name)
        await tx.inbox.park(one.id, error=name, now=now)
        if one.address and one.channel in self._surfaces:
            content = self._content()
            today = render.local(now, content.default_office.timezone).date()
            text = render.say(content, "fallback.trouble", {}, today=today)
            await tx.outbox.add([apology(one, text, now=now)], now=now)
            tx.notify("outbox")


def _moves(taken: Taken) -> str:
    """The code by which this turn brings another chat's history, "" for any other turn."""
    return next((effect.code for effect in taken.talk.writes if isinstance(effect, ClaimMove)), "")


def _session(row: SessionRow | None) -> Session | None:
    if row is None:
        return None
    try:
        return decode(row.data)
    except msgspec.MsgspecError:
        log.warning("session_unreadable", citizen=row.citizen_id)
        return None


async def _sleep(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
