"""
The way in: raw updates become stored incomings before the platform is told "received".

`Inbox.store` groups what arrives at the same moment (many webhook calls) into one transaction; it returns after the
commit. A few that arrive while nothing waits are taken by the runner of this process in that very transaction:

    stored, decided, answers leased --> commit --> "received" is said, answers are sent
      +-- the database refuses it: rolled back, stored alone, taken by the usual batches
"""

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import msgspec
import structlog

from bot.channels.port import Channel, Raw
from bot.clock import Clock
from bot.guard import guarded
from bot.messages import Incoming
from bot.telemetry import BROKEN, STORED, alarm
from storage.database import Database, Transaction
from storage.errors import Unavailable
from storage.records import Arrival

log = structlog.get_logger()

GROUP_MAX = 200
FEW = 16  # more of them make a batch of their own
WRITTEN = ("text", "caption", "body", "title", "comment")  # names of what a person wrote, on every platform

_encoder = msgspec.json.Encoder()


def arrival(incoming: Incoming) -> Arrival:
    """
    The incoming as a row to store, without the personal numbers that were written.

    Raises ValueError for what no database takes: half an emoji, an absurd number.
    """
    incoming = _guarded(incoming)
    if abs(incoming.order) >= 2**63:
        raise ValueError("the order is no 64-bit number")
    return Arrival(
        channel=incoming.address.channel,
        event=incoming.event,
        chat=incoming.address.chat,
        kind=str(incoming.kind),
        ordinal=incoming.order,
        payload=_encoder.encode(incoming),
    )


def _guarded(incoming: Incoming) -> Incoming:
    if incoming.group is not None:  # staff: a number they give is part of the answer
        return incoming
    safe = guarded(incoming.text)
    source = "" if guarded(incoming.source).kinds else incoming.source
    if not safe.kinds and source == incoming.source:
        return incoming
    return msgspec.structs.replace(incoming, text=safe.text, source=source, hidden=safe.kinds, phone=safe.phone)


def read(channel: Channel, updates: Sequence[Raw]) -> tuple[list[Arrival], list[Incoming]]:
    """
    Raw updates as rows, and those that can be acknowledged. What the channel does not listen to is left out.

    A broken update becomes a parked row with the raw JSON, so that it never blocks the ones behind it.
    """
    arrivals, heard = [], []
    for raw in updates:
        try:
            incoming = channel.heard(raw)
            row = arrival(incoming) if incoming is not None else None
        except Exception as error:  # whatever is wrong with one update, the next ones must come through
            BROKEN.labels(channel.name).inc()
            name = type(error).__name__
            log.warning("update_broken", channel=channel.name, error=name)
            arrivals.append(Arrival(channel.name, channel.event(raw), "", "broken", 0, _raw_bytes(raw), broken=name))
            continue
        if incoming is not None and row is not None:
            arrivals.append(row)
            heard.append(incoming)
    return arrivals, heard


def _raw_bytes(raw: Raw) -> bytes:
    try:
        return _encoder.encode(_quiet(raw))
    except Exception:
        return guarded(repr(raw)).text.encode("utf-8", "replace")


def _quiet(raw: Any, name: str = "") -> Any:
    """The same without personal numbers in what a person wrote; ids of the platform stay."""
    if isinstance(raw, Mapping):
        return {key: _quiet(value, str(key)) for key, value in raw.items()}
    if isinstance(raw, list | tuple):
        return [_quiet(value, name) for value in raw]
    return guarded(raw).text if isinstance(raw, str) and name in WRITTEN else raw


class Prompt(Protocol):
    """The runner, as the inbox sees it."""

    async def join(self, tx: Transaction, citizens: Collection[str], committed: ExitStack, *, now: datetime) -> bool:
        """Take what these citizens said, now; false when something is left for the batches."""
        ...


@dataclass(slots=True)
class _Waiting:
    arrivals: Sequence[Arrival]
    cursor: tuple[str, str, str] | None
    stored: asyncio.Future[None]


class Inbox:
    """Stores arrivals; many callers share one transaction and one commit. prompt: takes a few along."""

    def __init__(self, database: Database, clock: Clock, prompt: Prompt | None = None) -> None:
        self._database = database
        self._clock = clock
        self._prompt = prompt
        self._waiting: list[_Waiting] = []
        self._writer: asyncio.Task[None] | None = None
        self._is_refusing = False

    async def take(
        self, channel: Channel, updates: Sequence[Raw], *, cursor: tuple[str, str] | None = None
    ) -> list[Incoming]:
        """
        Store raw updates of the channel, with (account, cursor) in the same transaction. Returns after the commit.

        Returns what may be acknowledged now (presses, typing). Raises Unavailable: nothing was stored.
        """
        arrivals, heard = read(channel, updates)
        await self.store(arrivals, cursor=(channel.name, *cursor) if cursor else None)
        return heard

    async def store(self, arrivals: Sequence[Arrival], *, cursor: tuple[str, str, str] | None = None) -> None:
        """Store rows and, given (channel, account, value), the cursor. Returns after the commit. Raises Unavailable."""
        if not arrivals and cursor is None:
            return
        waiting = _Waiting(arrivals, cursor, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        await waiting.stored

    async def _write(self) -> None:
        while self._waiting:
            group: list[_Waiting] = []
            size = 0
            while self._waiting and (not group or size + len(self._waiting[0].arrivals) <= GROUP_MAX):
                group.append(self._waiting.pop(0))
                size += len(group[-1].arrivals)
            try:
                await self._keep(group)
            except BaseException as error:
                for waiting in group:
                    if not waiting.stored.done():
                        waiting.stored.set_exception(error)
                if not isinstance(error, Exception):
                    raise
                if not self._is_refusing:  # told once, until something is stored again
                    alarm("nothing_is_stored", error=type(error.__cause__ or error).__name__)
                self._is_refusing = True
            else:
                self._is_refusing = False
                for waiting in group:
                    if not waiting.stored.done():
                        waiting.stored.set_result(None)

    async def _keep(self, group: Sequence[_Waiting]) -> None:
        arrivals = [arrival for waiting in group for arrival in waiting.arrivals]
        prompt = self._prompt if len(arrivals) <= FEW else None
        try:
            await self._commit(group, arrivals, prompt)
        except Unavailable:
            raise
        except Exception as error:
            if prompt is None:
                raise
            log.warning("stored_alone", error=type(error).__name__)
            await self._commit(group, arrivals, None)
        for channel, number in Counter(row.channel for row in arrivals).items():
            STORED.labels(channel).inc(number)

    async def _commit(self, group: Sequence[_Waiting], arrivals: Sequence[Arrival], prompt: Prompt | None) -> None:
        now = self._clock.now()
        with ExitStack() as committed:
            async with self._database.write() as tx:
                citizens = await tx.inbox.admit(arrivals, now=now)
                for waiting in group:
                    if waiting.cursor is not None:
                        channel, account, value = waiting.cursor
                        await tx.inbox.move_cursor(channel, account, value, now=now)
                owners = set(citizens.values())
                if not owners or prompt is None or not await prompt.join(tx, owners, committed, now=now):
                    tx.notify("inbox")
