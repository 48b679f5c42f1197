"""How the MAX platform delivers updates to a webhook: again and again the same body, until a 200."""

import asyncio
import random
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp

GROWTH = 2.5  # of the pause between retries, dev.max.ru
LANES_WHEN_SHUFFLED = 16


@dataclass
class Hook:
    """
    One subscription. types: update types delivered, empty: all. shuffle: order is lost. copies: deliveries of each.

    retry_s: pause before the first retry, growing 2.5 times up to retry_max_s; after `retries` of one update the
    subscription is dropped (the platform: 60 s at first, 10 retries, 8 h).
    """

    url: str
    secret: str = ""
    types: tuple[str, ...] = ()
    shuffle: bool = False
    copies: int = 1
    concurrency: int = 50
    retry_s: float = 0.05
    retry_max_s: float = 1.0
    retries: int = 600


@dataclass
class _Parcel:
    lane: str
    body: bytes
    counts: bool
    tries: int = 0


class Delivery:
    """Delivers to one hook, in order within a chat until a delivery fails. delivered: called at an update's 200."""

    def __init__(self, hook: Hook, *, delivered: Callable[[], None], dropped: Callable[[], None]) -> None:
        self.hook = hook
        self.attempts = 0
        self.waiting = 0
        self._delivered = delivered
        self._dropped = dropped
        self._chance = random.Random(7)
        self._lanes: defaultdict[str, deque[_Parcel]] = defaultdict(deque)
        self._ready: asyncio.Queue[str] = asyncio.Queue()
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30))
        self._workers = [asyncio.create_task(self._work()) for _ in range(hook.concurrency)]

    def put(self, chat: str, body: bytes) -> None:
        for copy in range(self.hook.copies):
            lane = f"lane{self._chance.randrange(LANES_WHEN_SHUFFLED)}" if self.hook.shuffle else chat
            self.waiting += 1
            self._queue(_Parcel(lane, body, counts=copy == 0))

    async def close(self) -> None:
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        await self._session.close()

    def _queue(self, parcel: _Parcel) -> None:
        lane = self._lanes[parcel.lane]
        lane.insert(self._chance.randrange(len(lane) + 1) if self.hook.shuffle else len(lane), parcel)
        if len(lane) == 1:
            self._ready.put_nowait(parcel.lane)

    async def _work(self) -> None:
        """A lane is in `_ready` once while it holds parcels, so that one worker at a time serves it."""
        while True:
            name = await self._ready.get()
            lane = self._lanes[name]
            parcel = lane[0]
            is_taken = await self._post(parcel.body)
            lane.remove(parcel)
            if lane:
                self._ready.put_nowait(name)
            else:
                del self._lanes[name]
            self._settle(parcel, is_taken=is_taken)

    def _settle(self, parcel: _Parcel, *, is_taken: bool) -> None:
        if is_taken:
            self.waiting -= 1
            if parcel.counts:
                self._delivered()
        elif parcel.tries >= self.hook.retries:
            self._dropped()
        else:  # later updates do not wait for this one
            pause_s = min(self.hook.retry_s * GROWTH**parcel.tries, self.hook.retry_max_s)
            parcel.tries += 1
            asyncio.get_running_loop().call_later(pause_s, self._queue, parcel)

    async def _post(self, body: bytes) -> bool:
        headers = {"Content-Type": "application/json"}
        if self.hook.secret:
            headers["X-Max-Bot-Api-Secret"] = self.hook.secret
        self.attempts += 1
        try:
            async with self._session.post(self.hook.url, data=body, headers=headers) as answer:
                return answer.status == 200
        except (aiohttp.ClientError, OSError, TimeoutError):
            return False
