"""
A platform that is down is asked who we are, with growing pauses, instead of being sent the whole queue.

    closed -- 5 failures in a row --> open -- pause --> asked -- answer --> one message -- answer --> closed
                                       ^ ^                |                      |
                                       | +--- failure ----+                      |
                                       +------------- failure -------------------+
Otherwise an outage would spend every message's attempts, and each broadcast message would end as "uncertain".
"""

from random import Random

FAILURES = 5
PAUSE_S, PAUSE_MAX_S = 1.0, 30.0


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
