"""
Whether the platform answers at all. One that is down is asked who we are, with growing pauses, instead of being sent
the whole queue.

    closed -- 5 failures in a row --> open -- pause --> asked -- answer --> one message -- answer --> closed
                                       ^ ^                |                      |
                                       | +--- failure ----+                      |
                                       +------------- failure -------------------+
Otherwise an outage would spend every message's attempts, and each broadcast message would end as "uncertain".
"""

import asyncio
from random import Random

from bot.channels.port import Broken, Channel, SendError, Unreachable
from bot.delivery.fate import BROKEN_S
from bot.delivery.pace import Pace
from bot.delivery.standing import Standing
from bot.telemetry import alarm
from bot.timer import Timer

FAILURES = 5
PAUSE_S, PAUSE_MAX_S = 1.0, 30.0
ASK_S = 90.0  # above every adapter's own limits
SIDE = "send"


class Breaker:
    def __init__(self, random: Random) -> None:
        self._random = random
        self._failures = 0
        self._opened_at = float("-inf")
        self.needs_asking = False

    @property
    def is_open(self) -> bool:
        """At most one message may be under way, and none while `needs_asking`."""
        return self._failures >= FAILURES

    def answered(self) -> None:
        """A message was answered, be it with a refusal."""
        self._failures, self.needs_asking = 0, False

    def asked(self) -> None:
        """The platform told who we are: a message may be tried."""
        self.needs_asking = False

    def failed(self, begun: float, now: float, *, is_broken: bool = False) -> bool:
        """
        No answer to what was begun then. True: pause before anything else leaves.

        is_broken: the platform does not know us, which opens at once. Those begun before the opening say nothing new.
        """
        if self.is_open and begun <= self._opened_at:
            return False
        self._failures = max(self._failures + 1, FAILURES if is_broken else 0)
        if not self.is_open:
            return False
        self._opened_at, self.needs_asking = now, True
        return True

    def pause_s(self) -> float:
        most = min(PAUSE_MAX_S, PAUSE_S * 2 ** min(self._failures - FAILURES, 10))
        return self._random.uniform(most / 2, most)


class Health:
    """pace: paused while the platform is down. stir: set when asking is over."""

    def __init__(
        self, channel: Channel, pace: Pace, standing: Standing, timer: Timer, random: Random, stir: asyncio.Event
    ) -> None:
        self._channel = channel
        self._pace = pace
        self._standing = standing
        self._timer = timer
        self._stir = stir
        self._breaker = Breaker(random)
        self._asking: asyncio.Task[None] | None = None

    @property
    def is_doubtful(self) -> bool:
        """At most one message may be under way, and none while `must_ask`."""
        return self._breaker.is_open

    @property
    def must_ask(self) -> bool:
        return self._breaker.needs_asking

    def answered(self) -> None:
        """A message was answered, be it with a refusal."""
        self._breaker.answered()
        self.up()

    def up(self) -> None:
        """As far as is known all is well."""
        self._standing.up(SIDE)

    def failed(self, error: SendError, begun: float) -> None:
        """No answer to what was begun then, or one that says that we are nobody."""
        now, is_broken = self._timer.time(), isinstance(error, Broken)
        if self._breaker.failed(begun, now, is_broken=is_broken):
            self._pace.pause(now, BROKEN_S if is_broken else self._breaker.pause_s())
            self._standing.down(SIDE, str(error) if is_broken else "no answer")

    def ask(self) -> None:
        """Ask in the background, unless that is being done or a pause lasts."""
        now = self._timer.time()
        if self._asking is None and self._pace.next_at(now) <= now:
            self._asking = asyncio.create_task(self._ask())

    async def _ask(self) -> None:
        begun = self._timer.time()
        try:
            async with asyncio.timeout(ASK_S):
                await self._channel.open()
        except SendError as error:
            self.failed(error, begun)
        except Exception as error:
            alarm("channel_bug", channel=self._channel.name, error=type(error).__name__)
            self.failed(Unreachable(type(error).__name__), begun)
        else:
            self._breaker.asked()
        finally:
            self._asking = None
            self._stir.set()

    async def close(self) -> None:
        """Break off asking."""
        if self._asking is not None:
            asking = self._asking
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
