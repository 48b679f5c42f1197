"""Keeps a channel's webhook subscribed: MAX drops it silently after 8 h of failures, anybody with the token can."""

import asyncio

from bot.channels.port import Channel, ReceiveError, SendError
from bot.delivery.standing import Standing
from bot.telemetry import alarm
from bot.timer import LoopTimer, Timer

CHECK_S = 300.0
RETRY_S = 60.0
SIDE = "webhook"


class Subscription:
    """url: where the platform shall call. secret: what it must bring."""

    def __init__(
        self, channel: Channel, url: str, secret: str, *, standing: Standing | None = None, timer: Timer | None = None
    ) -> None:
        self.standing = standing or Standing(channel.name)
        self._channel = channel
        self._url = url
        self._secret = secret
        self._timer = timer or LoopTimer()

    async def run(self, stop: asyncio.Event) -> None:
        """At once, then every 5 minutes, a minute after a failure, until `stop`. Nothing it does raises."""
        while not stop.is_set():
            is_kept = await self.check()
            await self._timer.wait(stop, CHECK_S if is_kept else RETRY_S)

    async def check(self) -> bool:
        """Subscribe where that is needed; false: it failed, which is an alarm."""
        try:
            await self._channel.prepare_webhook(self._url, self._secret)
        except (SendError, ReceiveError) as error:
            self.standing.down(SIDE, str(error), what="webhook_not_subscribed")
            return False
        except Exception as error:
            alarm("channel_bug", channel=self._channel.name, error=type(error).__name__)
            self.standing.down(SIDE, type(error).__name__, what="webhook_not_subscribed")
            return False
        self.standing.up(SIDE)
        return True
