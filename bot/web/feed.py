"""
What the bot says, pushed to open pages: one poll of the process serves all streams.

    outbox rings, or POLL_S --> round --> rows of the asked chats --> streams --> pages
                                  |-- chats that wait for an answer: asked in every round
                                  +-- idle chats: asked every IDLE_POLL_S, and when a page opens

A chat waits for an answer from the moment one of its messages is stored, in whatever process: the others hear it by a
ring of the chat's own topic. Rings are hints; a lost one costs IDLE_POLL_S at most.
"""

import asyncio
import math
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from time import monotonic

from prometheus_client import Gauge

from bot.channels.web import NAME
from bot.clock import Clock
from bot.telemetry import alarm
from bot.web.stream import Stream
from storage.database import Database, Transaction
from storage.errors import Unavailable

POLL_S = 1.0
IDLE_POLL_S = 5.0
EXPECTING_S = 30.0  # how long after a message its chat is asked in every round
PAGE = 500  # messages in one answer of the database, of all chats together
ROUND_CHATS = 500
STREAM_S = 1800.0  # then the page connects anew: proxies and balancers like no eternal request
STREAMS_PER_CHAT = 6
STREAMS = 5000

OPEN = Gauge("bot_web_streams", "Open pages of the web chat")


@dataclass(slots=True)
class _Chat:
    """Streams of one chat. asked_at: monotonic second. listening: hears of messages stored by other processes."""

    streams: list[Stream]
    asked_at: float = -math.inf
    expects_until: float = 0.0
    listening: asyncio.Task[None] | None = None


class Hub:
    """Opens streams, fills them, ends them. `run` must run beside."""

    def __init__(self, database: Database, clock: Clock, *, time: Callable[[], float] = monotonic) -> None:
        self._database = database
        self._clock = clock
        self._time = time
        self._chats: dict[str, _Chat] = {}
        self._expected: OrderedDict[str, float] = OrderedDict()  # of chats whose page is about to connect, oldest first
        self._stir = asyncio.Event()
        self._is_closing = False
        self.streams = 0

    @property
    def is_full(self) -> bool:
        """This process can serve no further page."""
        return self._is_closing or self.streams >= STREAMS

    async def run(self) -> None:
        """Until cancelled. A database that is gone is waited for."""
        ear = asyncio.create_task(self._hear())
        is_troubled = False
        try:
            while True:
                await self._stir.wait()
                self._stir.clear()
                try:
                    await self._round()
                    is_troubled = False
                except Exception as error:  # whatever it is, the pages wait for the next round
                    if not is_troubled:
                        alarm("feed_failed", error=type(error.__cause__ or error).__name__)
                    is_troubled = True
                    await asyncio.sleep(POLL_S)
        finally:
            ear.cancel()
            for chat in self._chats.values():
                if chat.listening is not None:
                    chat.listening.cancel()

    async def accepted(self, chat: str) -> None:
        """A message of the chat was stored: an answer is due. Tells the other processes."""
        self._expect(chat)
        for stream in self._streams_of(chat):
            stream.is_typing = True
            stream.stir.set()
        if self._database.dialect == "postgres":
            with suppress(Unavailable):
                await self._database.notify(self._topic(chat))

    def end(self, chat: str) -> None:
        """The citizen finished the talk: close the chat's pages in this process."""
        for stream in self._streams_of(chat):
            stream.end("ended")

    def close(self) -> None:
        """The process stops: every page is told to connect anew, no new stream opens."""
        self._is_closing = True
        for chat in self._chats.values():
            for stream in chat.streams:
                stream.end("closing")

    async def events(
        self, chat: str, *, after: int, is_fresh: bool, hold_s: float = STREAM_S, brief: bool = False
    ) -> AsyncIterator[bytes]:
        """
        Server-sent events of one page, as Stream.events gives them. Ask `is_full` before the first step.

        after: number of the newest message the page has. is_fresh: it shows nothing yet.
        """
        stream = self._open(chat, after, is_fresh)
        try:
            async for event in stream.events(self._time, hold_s, is_brief=brief):
                yield event
        finally:
            self._leave(stream)

    def _open(self, name: str, after: int, is_fresh: bool) -> Stream:
        stream = Stream(name, after, is_fresh, ending="closing" if self._is_closing else None)
        if stream.ending:
            stream.stir.set()
        chat = self._chats.get(name)
        if chat is None:
            chat = self._chats[name] = _Chat([], expects_until=self._expected.pop(name, 0.0))
            if self._database.dialect == "postgres":
                chat.listening = asyncio.create_task(self._overhear(name))
        for old in chat.streams[: max(0, len(chat.streams) + 1 - STREAMS_PER_CHAT)]:
            old.end("ended")
        chat.streams.append(stream)
        chat.asked_at = -math.inf
        self.streams += 1
        OPEN.set(self.streams)
        self._stir.set()
        return stream

    def _leave(self, stream: Stream) -> None:
        self.streams -= 1
        OPEN.set(self.streams)
        chat = self._chats[stream.chat]
        chat.streams.remove(stream)
        if not chat.streams:
            del self._chats[stream.chat]
            if chat.listening is not None:
                chat.listening.cancel()

    def _streams_of(self, name: str) -> Sequence[Stream]:
        chat = self._chats.get(name)
        return chat.streams if chat else ()

    def _expect(self, name: str) -> None:
        until = self._time() + EXPECTING_S
        chat = self._chats.get(name)
        if chat is None:
            self._expected[name] = until
            self._expected.move_to_end(name)
            while next(iter(self._expected.values())) <= until - EXPECTING_S:
                self._expected.popitem(last=False)
            return
        chat.expects_until = until
        self._stir.set()

    async def _hear(self) -> None:
        listener = self._database.listen("outbox")
        while True:
            await listener.wait(POLL_S)
            self._stir.set()

    async def _overhear(self, name: str) -> None:
        listener = self._database.listen(self._topic(name))
        while True:
            if await listener.wait(3600.0):
                self._expect(name)  # no "typing": after a lost connection every topic rings once

    def _topic(self, name: str) -> str:
        """A topic is seen by the database's administrators, so it holds no chat id."""
        return f"web:{self._database.cipher.find('address', NAME, name)}"

    def _due(self) -> list[str]:
        """Chats to ask now: those that expect an answer first, then the longest not asked."""
        now = self._time()
        due = [
            (chat.expects_until <= now, chat.asked_at, name)
            for name, chat in self._chats.items()
            if chat.expects_until > now or now - chat.asked_at >= IDLE_POLL_S
        ]
        return [name for _, _, name in sorted(due)[:ROUND_CHATS]]

    async def _round(self) -> None:
        due = self._due()
        if not due:
            return
        asked: dict[str, list[Stream]] = {}
        for name in due:
            chat = self._chats[name]
            chat.asked_at = self._time()
            asked[name] = list(chat.streams)  # who opens meanwhile is asked for in the next round
        async with self._database.read() as tx:
            await self._fill(tx, asked)
        for stream in chain.from_iterable(asked.values()):
            stream.is_fresh = False
            if stream.rows:
                stream.stir.set()

    async def _fill(self, tx: Transaction, asked: Mapping[str, Sequence[Stream]]) -> None:
        """What is new for these streams, page after page."""
        newest = {name: min(stream.cursor for stream in streams) for name, streams in asked.items()}
        count = PAGE
        while count == PAGE:
            fed = await tx.outbox.feeds(newest, now=self._clock.now(), limit=PAGE)
            count = sum(map(len, fed.values()))
            for name, rows in fed.items():
                newest[name] = rows[-1].number
                for stream in asked[name]:
                    stream.take(rows)
