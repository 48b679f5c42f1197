"""
One open page: what is to be sent to it, as server-sent events.

    message   {number, text, rows}, its id is the number      typing   an answer is under way
    closing   connect anew                                    ended    the talk was finished
Source: html.spec.whatwg.org, 9.2 Server-sent events.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from bot.channels.web import shown
from bot.telemetry import alarm
from storage.records import Fed

HEARTBEAT_S = 15.0
FRESH_SHOWN = 20  # a page that shows nothing yet gets the newest messages only

Ending = Literal["closing", "ended"]


@dataclass(slots=True, eq=False)
class Stream:
    """
    chat: whose page. cursor: number of the newest message it has or will be sent. is_fresh: it shows nothing yet.

    stir: set when there is something to send. ending: why it must end.
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

    def take(self, rows: Sequence[Fed]) -> None:
        """Messages to send, in order; those the page has are passed over. Set `stir` after the last."""
        new = [row for row in rows if row.number > self.cursor]
        if not new:
            return
        self.rows.extend(new)
        while self.is_fresh and len(self.rows) > FRESH_SHOWN:
            self.rows.popleft()
        self.cursor = new[-1].number

    async def events(self, time: Callable[[], float], hold_s: float, *, is_brief: bool) -> AsyncIterator[bytes]:
        """
        Ready to be sent, until hold_s seconds of `time` are over; a heartbeat in between.

        is_brief: ends after the first messages too, for lines that hold back what is not complete.
        """
        ends_at = time() + hold_s
        padding = b"" if is_brief else b" " * 2048  # some proxies hold back the first kilobytes
        yield b"retry: 1000\n: " + padding + b"\n\n"
        while True:
            try:
                async with asyncio.timeout(max(min(HEARTBEAT_S, ends_at - time()), 0.0)):
                    await self.stir.wait()
                self.stir.clear()
            except TimeoutError:
                yield b": \n\n"
            if self.is_typing:
                self.is_typing = False
                yield event("typing", b"{}")
            has_news = bool(self.rows)
            while self.rows:
                fed = self.rows.popleft()
                try:
                    data = shown(fed)
                except msgspec.MsgspecError:
                    alarm("feed_message_broken", number=fed.number)
                    continue
                yield event("message", data, id_=fed.number)
            if self.ending or (is_brief and has_news) or time() >= ends_at:
                yield event(self.ending or "closing", b"{}")
                return


def event(name: str, data: bytes, *, id_: int | None = None) -> bytes:
    """One event. data: JSON, so it holds no line break."""
    head = f"id: {id_}\n" if id_ is not None else ""
    return f"{head}event: {name}\ndata: ".encode() + data + b"\n\n"
