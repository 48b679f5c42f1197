"""
A channel of the port for delivery tests: answers as scripted, or as a platform with limits, in the world's time.

It notes every call that reached it and what stands on each screen.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from bot.channels.port import Broken, Delivery, Finding, Limits, Polled, Raw, SendError, TooFast
from bot.messages import Address, Incoming, Kind, Outgoing
from tests.delivery.world import World

Outcome = Callable[[str, Outgoing, int], SendError | None]


@dataclass(frozen=True)
class Call:
    """One send that reached the platform. at: the world's time."""

    at: float
    chat: str
    text: str
    number: int
    error: str


@dataclass
class Rules:
    """What a platform enforces, in sliding windows: per second for all, per second for one chat."""

    per_second: int
    per_chat: int = 1
    says_after: bool = True
    everyone: bool = False
    _all: deque[float] = field(default_factory=deque)
    _chats: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def admit(self, chat: str, now: float) -> TooFast | None:
        waits = [
            _wait(self._all, self.per_second, now),
            _wait(self._chats[chat], self.per_chat, now),
        ]
        if max(waits) > 0:
            return TooFast(timedelta(seconds=max(waits)) if self.says_after else None, everyone=self.everyone)
        self._all.append(now)
        self._chats[chat].append(now)
        return None


def _wait(recent: deque[float], most: int, now: float) -> float:
    while recent and now - recent[0] >= 1.0:
        recent.popleft()
    return 0.0 if len(recent) < most else recent[0] + 1.0 - now


class Platform:
    """
    outcome: decides what a send gives, None is success. arrives: the message appears even when the outcome is an error.
    latency_s: how long a send takes, more or less. Repeated numbers make no second message when name is "vk".
    """

    limits = Limits(bottom_keyboard=True)

    def __init__(self, world: World, name: str = "telegram", *, latency_s: float = 0.0) -> None:
        self.name = name
        self.latency_s = latency_s
        self.calls: list[Call] = []
        self.shown: dict[str, list[str]] = defaultdict(list)
        self.messages: list[Outgoing] = []
        self.under_way: dict[str, int] = defaultdict(int)
        self.most_at_once = 0
        self.outcome: Outcome = lambda chat, message, number: None
        self.arrives: Callable[[SendError], bool] = lambda error: False
        self.rules: Rules | None = None
        self.opening: SendError | None = None
        self.opened = 0
        self.polls: deque[Polled | Exception] = deque()
        self.cursors: list[str] = []
        self.prepared = 0
        self.preparing: Exception | None = None
        self.subscribed: list[tuple[str, str]] = []
        self.subscribing: Exception | None = None
        self.acknowledged: list[Incoming] = []
        self.gate: asyncio.Event | None = None
        self._called = asyncio.Event()
        self._world = world
        self._random = Random(3)
        self._numbers: dict[tuple[str, int], str] = {}

    async def reached(self, calls: int) -> None:
        """Wait for so many calls."""
        while len(self.calls) < calls:
            self._called.clear()
            await self._called.wait()

    async def open(self) -> None:
        self.opened += 1
        if self.opening is not None:
            raise self.opening

    async def send(self, address: Address, message: Outgoing, number: int) -> str:
        chat = address.chat
        self.under_way[chat] += 1
        self.most_at_once = max(self.most_at_once, self.under_way[chat])
        try:
            if self.latency_s:
                await self._world.sleep(self.latency_s * self._random.uniform(0.25, 0.75))
            error = self.rules.admit(chat, self._world.time()) if self.rules else None
            error = error or self.outcome(chat, message, number)
            self.calls.append(
                Call(self._world.time(), chat, message.text, number, type(error).__name__ if error else "")
            )
            self._called.set()
            if error is None or self.arrives(error):
                self._show(chat, message, number)
            if self.gate is not None:
                await self.gate.wait()
            if self.latency_s:
                await self._world.sleep(self.latency_s / 2)
            if error is not None:
                raise error
            return f"id{len(self.calls)}"
        finally:
            self.under_way[chat] -= 1

    def _show(self, chat: str, message: Outgoing, number: int) -> None:
        if self.name == "vk" and (chat, number) in self._numbers:
            return
        self._numbers[chat, number] = message.text
        self.shown[chat].append(message.text)
        self.messages.append(message)

    async def prepare_polling(self) -> None:
        self.prepared += 1
        if self.preparing is not None:
            raise self.preparing

    async def prepare_webhook(self, url: str, secret: str) -> None:
        if self.subscribing is not None:
            raise self.subscribing
        self.subscribed.append((url, secret))

    async def poll(self, cursor: str) -> Polled:
        self.cursors.append(cursor)
        if not self.polls:
            await self._world.sleep(25.0)
            return Polled((), cursor)
        polled = self.polls.popleft()
        if isinstance(polled, Exception):
            raise polled
        return polled

    def webhook(self, headers: Mapping[str, str], body: bytes) -> Delivery:
        raise Broken("no webhooks here")

    def heard(self, raw: Raw) -> Incoming | None:
        if "broken" in raw:
            raise ValueError("broken")
        return Incoming(
            self.event(raw), Address(self.name, str(raw["chat"])), Kind.TEXT, int(raw["id"]), str(raw["text"])
        )

    def event(self, raw: Raw) -> str:
        return str(raw.get("id", raw))

    async def acknowledge(self, incoming: Incoming) -> None:
        self.acknowledged.append(incoming)

    async def doctor(self) -> Sequence[Finding]:
        return ()

    async def close(self) -> None:
        return None


def update(number: int, chat: str, text: str = "привет") -> dict[str, Any]:
    return {"id": number, "chat": chat, "text": text}
