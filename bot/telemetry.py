"""Counters for `/metrics`, and the alarm. Ids and kinds only: no words, names, addresses."""

from collections import Counter as Counts

import structlog
from prometheus_client import Counter, Gauge, Histogram

log = structlog.get_logger()

STORED = Counter("bot_incoming_stored_total", "Incoming messages stored", ["channel"])
BROKEN = Counter("bot_incoming_broken_total", "Updates that nobody could read", ["channel"])
TURNS = Counter("bot_turns_total", "Turns by outcome: done, failed, parked", ["outcome"])
TURN_S = Histogram(
    "bot_batch_seconds", "Time of one batch of turns", buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2)
)
SENDS = Counter("bot_sends_total", "Sends by outcome", ["channel", "outcome"])
ALARMS = Counter("bot_alarms_total", "Alarms by what happened", ["what"])
WAITING = Gauge("bot_incoming_waiting", "Incoming messages that wait for their turn")
UNSENT = Gauge("bot_outgoing_waiting", "Messages that wait for sending", ["channel", "lane"])
DEAD = Gauge("bot_dead_letters", "Messages that could not be delivered")
PARKED = Gauge("bot_parked_updates", "Updates put aside for staff")
CONTENT_MISTAKES = Gauge("bot_content_mistakes", "Mistakes that keep the content files from going live")
UP = Gauge("bot_channel_up", "1: the channel works", ["channel"])


_raised: Counts[str] = Counts()


def alarm(what: str, **facts: object) -> None:
    """Somebody must look: an ERROR line and a counter. what: a fixed short name; facts: ids, counts, class names."""
    ALARMS.labels(what).inc()
    _raised[what] += 1
    log.error("alarm", what=what, **facts)


def take_alarms() -> dict[str, int]:
    """How often each alarm was raised in this process since the last call."""
    taken = dict(_raised)
    _raised.clear()
    return taken
