"""On the wire: one part given to the platform, and what its answer says about the part, the pace and the channel."""

import asyncio
from random import Random

import structlog

from bot.channels.port import Broken, Channel, SendError, TooFast, Uncertain, Unreachable
from bot.delivery.breaker import Health
from bot.delivery.fate import Again, Dead, Fate, Sent, after
from bot.delivery.pace import Pace
from bot.messages import Address, Outgoing
from bot.telemetry import SENDS, alarm
from bot.timer import Timer
from storage.records import Leased

log = structlog.get_logger()

SEND_S = 90.0  # above every adapter's own limits: a send that hangs must not keep its place for ever


class Wire:
    """is_idempotent: a repeated number makes no second message there."""

    def __init__(
        self, channel: Channel, pace: Pace, health: Health, timer: Timer, random: Random, *, is_idempotent: bool
    ) -> None:
        self._channel = channel
        self._pace = pace
        self._health = health
        self._timer = timer
        self._random = random
        self._is_idempotent = is_idempotent

    async def send(self, part: Leased, message: Outgoing, number: int, begun: float) -> Fate:
        """begun: timer's time. number: by which the platform may know a repeated one. Raises nothing."""
        error: SendError
        try:
            async with asyncio.timeout(SEND_S):
                sent = await self._channel.send(Address(part.channel, part.chat), message, number)
        except SendError as failed:
            error = failed
        except Exception as failed:  # an adapter's bug must stop neither the queue nor be taken for a success
            alarm("channel_bug", channel=self._channel.name, error=type(failed).__name__, part=part.number)
            error = Uncertain(type(failed).__name__)
        else:
            self._count("repeated" if part.is_repeat else "sent")
            self._health.answered()
            self._pace.accepted(begun)
            return Sent(sent)
        fate = after(part, error, is_idempotent=self._is_idempotent, random=self._random)
        now = self._timer.time()
        if isinstance(error, TooFast) and isinstance(fate, Again):
            if error.everyone:
                told_s = error.after.total_seconds() if error.after else None
                fate = Again(self._pace.refused_all(now, told_s), fate.is_repeat, fate.reason)
            else:
                self._pace.refused(part.chat, now, fate.wait_s)
        self._learn(part, error, fate, begun)
        return fate

    def _learn(self, part: Leased, error: SendError, fate: Fate, begun: float) -> None:
        """What a failed send says about the channel."""
        name = "too_fast" if isinstance(error, TooFast) else type(error).__name__.lower()
        self._count(name)
        log.info("send_failed", channel=part.channel, part=part.number, error=name, attempt=part.attempts)
        if isinstance(fate, Dead):
            self._count("dead")
            log.warning("dead_letter", channel=part.channel, part=part.number, reason=fate.reason)
        if isinstance(error, Broken | Unreachable | Uncertain):
            self._health.failed(error, begun)
        else:
            self._health.answered()

    def _count(self, outcome: str) -> None:
        SENDS.labels(self._channel.name, outcome).inc()
