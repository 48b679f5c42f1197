"""
The long poll server of the VK emulator: a queue read by cursor, never emptied by reading.

ts N means "all up to the Nth event is known". failed 1: older than what is kept; 2: the key expired; 3: a ts that was
never given. Two pollers with a ts each both get every event.
"""

import asyncio
import re
from collections.abc import Callable
from time import monotonic

from aiohttp import web

BATCH = 1000


class Queue:
    """confirmed: the highest ts asked with; pollers: waiting now; retention: events kept."""

    def __init__(self, note: Callable[[], None]) -> None:
        self.key = "key1"
        self.confirmed = 0
        self.pollers = 0
        self.retention = 1_000_000
        self._note = note
        self._first = 0
        self._events: list[bytes] = []
        self._more = asyncio.Event()

    @property
    def newest(self) -> int:
        return self._first + len(self._events)

    def add(self, event: bytes) -> None:
        self._events.append(event)
        if len(self._events) > self.retention:
            del self._events[0]
            self._first += 1
        self._more.set()

    def expire_key(self) -> None:
        """Long polls with the old key get failed 2, those under way included."""
        self.key = f"key{int(self.key[3:]) + 1}"
        self._more.set()

    def forget(self) -> None:
        """What stands in the queue is lost: an older ts gets failed 1."""
        self._first = self.newest
        self._events.clear()

    async def check(self, request: web.Request) -> web.Response:
        """Events after `ts`, at once or within `wait` seconds."""
        query = request.query
        if query.get("act") != "a_check" or query.get("key") != self.key:
            return json_answer(b'{"failed":2}')
        if not re.fullmatch(r"[0-9]{1,18}", query.get("ts", "")) or int(query["ts"]) > self.newest:
            return json_answer(b'{"failed":3}')
        ts = int(query["ts"])
        if ts >= self._first:
            self.confirmed = max(self.confirmed, ts)
            await self._wait(ts, query["key"], min(float(query.get("wait", "25")), 90.0))
        if query["key"] != self.key:
            return json_answer(b'{"failed":2}')
        if ts < self._first:
            return json_answer(b'{"failed":1,"ts":%d}' % self._first)
        skip = ts - self._first
        batch = self._events[skip : skip + BATCH]
        return json_answer(b'{"ts":"%d","updates":[%b]}' % (ts + len(batch), b",".join(batch)))

    async def _wait(self, ts: int, key: str, wait_s: float) -> None:
        ends = monotonic() + wait_s
        self.pollers += 1
        self._note()
        try:
            while self.newest <= ts and key == self.key:
                self._more.clear()
                await asyncio.wait_for(self._more.wait(), ends - monotonic())
        except TimeoutError:
            return
        finally:
            self.pollers -= 1


def json_answer(body: bytes) -> web.Response:
    return web.Response(body=body, content_type="application/json")
