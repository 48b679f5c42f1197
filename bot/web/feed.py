"""
What the bot says, pushed to open pages: one poll of the process serves all streams.

    outbox rings, or POLL_S --> round --> rows of the asked chats --> streams --> pages
                                  |-- chats that wait for an answer: asked in every round
                                  +-- idle chats: asked every IDLE_POLL_S, and when a page opens

A chat waits for an answer from the moment one of its messages is stored, in whatever process: the others hear it by a
ring of the chat's own topic. Rings are hints; a lost one costs IDLE_POLL_S at most.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Literal

import msgspec
from prometheus_client import Gauge

from bot.channels.web import NAME, shown
from bot.clock import Clock
from bot.telemetry import alarm
from storage.database import Database, Transaction
from storage.errors import Unavailable, Unreadable
from storage.records import Fed

POLL_S = 1.0
IDLE_POLL_S = 5.0
EXPECTING_S = 30.0  # how long after a message its chat is asked in every round
PAGE = 50
FRESH_SHOWN = 20  # a page that shows nothing yet gets the newest messages only
ROUND_CHATS = 500
HEARTBEAT_S = 15.0
STREAM_S = 1800.0  # then the page connects anew: proxies and balancers like no eternal request
STREAMS_PER_CHAT = 6
STREAMS = 5000
UNREADABLE_S = 60.0  # a chat with a message that no secret opens is asked again after so long

OPEN = Gauge("bot_web_streams", "Open pages of the web chat")

Ending = Literal["closing", "ended"]


@dataclass(slots=True, eq=False)
class Stream:
    """
    One open page. cursor: number of the newest message it has. is_fresh: it shows nothing yet.

    ending: why it must end: `closing` connect anew, `ended` the talk was finished.
    """

    chat: str
    cursor: int
    is_fresh: bool
    rows: deque[Fed] = field(default_factory=deque)
    is_typing: bool = False
    ending: Ending | None = None
    stir: asyncio.Event = field(default_factory=asyncio.Event)

    def end(self, why: Ending) -> None:
        self.ending = self.ending or why
        self.stir.set()


@dataclass(slots=True)
class _Chat:
    """Streams of one chat. asked_at: monotonic second. listening: hears of messages stored by other processes."""

    streams: list[Stream]
    asked_at: float = 0.0
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
                except Unavailable as error:
                    if not is_troubled:
                        alarm("feed_unavailable", error=type(error.__cause__ or error).__name__)
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
        Server-sent events of one page, ready to be sent; ends after hold_s.

        brief: ends after the first messages too, for lines that hold back what is not complete. Ask `is_full` first.
        """
        stream = self._open(chat, after, is_fresh)
        ends_at = self._time() + hold_s
        try:
            yield b"retry: 1000\n: " + b" " * 2048 + b"\n\n"  # some proxies hold back the first kilobytes
            while True:
                try:
                    async with asyncio.timeout(max(min(HEARTBEAT_S, ends_at - self._time()), 0.0)):
                        await stream.stir.wait()
                    stream.stir.clear()
                except TimeoutError:
                    yield b": \n\n"
                if stream.is_typing:
                    stream.is_typing = False
                    yield event("typing", b"{}")
                sent = bool(stream.rows)
                while stream.rows:
                    fed = stream.rows.popleft()
                    try:
                        data = shown(fed)
                    except msgspec.MsgspecError:
                        alarm("feed_message_broken", number=fed.number)
                        continue
                    yield event("message", data, id_=fed.number)
                if stream.ending or (brief and sent) or self._time() >= ends_at:
                    yield event(stream.ending or "closing", b"{}")
                    return
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
        chat.asked_at = 0.0
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
        for stream in chat.streams:
            stream.is_typing = True
            stream.stir.set()
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
                self._expect(name)

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
        async with self._database.read() as tx:
            for name in due:
                await self._ask(tx, name)

    async def _ask(self, tx: Transaction, name: str) -> None:
        chat = self._chats.get(name)
        if chat is None:
            return
        chat.asked_at = self._time()
        asked = list(chat.streams)  # who opens meanwhile is asked for in the next round
        after = min(stream.cursor for stream in asked)
        while True:
            try:
                rows = await tx.outbox.feed(name, after=after, now=self._clock.now(), limit=PAGE)
            except Unreadable:
                alarm("feed_unreadable")
                chat.asked_at, chat.expects_until = self._time() + UNREADABLE_S, 0.0
                return
            for stream in asked:
                _give(stream, rows)
            if len(rows) < PAGE:
                break
            after = rows[-1].number
        for stream in asked:
            stream.is_fresh = False
            if stream.rows:
                stream.stir.set()


def _give(stream: Stream, rows: Sequence[Fed]) -> None:
    new = [row for row in rows if row.number > stream.cursor]
    if not new:
        return
    stream.rows.extend(new)
    while stream.is_fresh and len(stream.rows) > FRESH_SHOWN:
        stream.rows.popleft()
    stream.cursor = new[-1].number


def event(name: str, data: bytes, *, id_: int | None = None) -> bytes:
    """One server-sent event. data: JSON, so it holds no line break. Source: html.spec.whatwg.org, 9.2."""
    head = f"id: {id_}\n" if id_ is not None else ""
    return f"{head}event: {name}\ndata: ".encode() + data + b"\n\n"
