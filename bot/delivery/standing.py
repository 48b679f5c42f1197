"""How one channel stands: up while everything it does works. Tells of a change once: alarm, log, gauge."""

import structlog

from bot.channels.port import Presence
from bot.telemetry import UP, alarm

log = structlog.get_logger()


class Standing:
    """
    presence: for /readyz and the console. Sides ("send", "receive", "webhook", "open") go down and up by themselves.

    A side that goes down again for the same reason is not told again.
    """

    def __init__(self, channel: str) -> None:
        self.presence = Presence(why="not started")
        self._channel = channel
        self._down: dict[str, str] = {}
        UP.labels(channel).set(0)

    def up(self, side: str) -> None:
        if self._down.pop(side, None) is not None:
            log.info("channel_works_again", channel=self._channel, side=side)
        elif self.presence.is_up:
            return  # told after every send
        self._show()

    def down(self, side: str, why: str, *, what: str = "channel_down") -> None:
        """why: fit to be shown and logged, with no words of a citizen. what: name of the alarm."""
        if self._down.get(side) != why:
            alarm(what, channel=self._channel, side=side, why=why)
        self._down[side] = why
        self._show()

    def idle(self) -> None:
        """This process does nothing for the channel (any more)."""
        self._down.clear()
        self.presence.is_up, self.presence.why = False, "another process has the duty"
        UP.labels(self._channel).set(0)

    def _show(self) -> None:
        self.presence.is_up = not self._down
        self.presence.why = "; ".join(f"{side}: {why}" for side, why in self._down.items())
        UP.labels(self._channel).set(int(self.presence.is_up))
