"""How often one identity and one address may ask: token buckets in memory, the longest unused are forgotten."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

KEYS_MAX = 20_000


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Rate:
    """
    `burst` at once, then `per_minute`. One process counts for itself: N web processes allow up to N times as much.

    A forgotten key begins anew, so who would flood with made-up keys must be held by a limit on what he can't make up.
    """

    def __init__(
        self, *, burst: int, per_minute: float, time: Callable[[], float] = monotonic, keys_max: int = KEYS_MAX
    ) -> None:
        self._burst = burst
        self._per_s = per_minute / 60
        self._time = time
        self._keys_max = keys_max
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, key: str) -> float:
        """0 when allowed, else seconds until the next one is."""
        now = self._time()
        bucket = self._buckets.pop(key, None) or _Bucket(self._burst, now)
        bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.at) * self._per_s)
        bucket.at = now
        self._buckets[key] = bucket
        if len(self._buckets) > self._keys_max:
            self._buckets.popitem(last=False)
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return 0.0
        return (1 - bucket.tokens) / self._per_s


@dataclass(frozen=True, slots=True)
class Rates:
    """
    identity: messages of one citizen. messages, sessions, streams: of one address, where a whole centre may sit behind.
    """

    identity: Rate
    messages: Rate
    sessions: Rate
    streams: Rate


def rates(time: Callable[[], float] = monotonic) -> Rates:
    """The shipped limits."""
    return Rates(
        identity=Rate(burst=10, per_minute=30, time=time),
        messages=Rate(burst=200, per_minute=900, time=time),
        sessions=Rate(burst=60, per_minute=60, time=time),
        streams=Rate(burst=120, per_minute=240, time=time),
    )
