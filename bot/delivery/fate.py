"""
What becomes of one message: before it leaves, and after the platform's answer. Pure: no time passes, nothing is stored.

    leased --> Cancelled, or it leaves --> Sent | Again | Cancelled | Dead

    TooFast      again when the platform says, else after a growing pause
    Unreachable  again after growing pauses, until its life ends
    Uncertain    reply, reminder: once more after 30 s, marked; broadcast: dead, staff decide; where the platform drops
                 a repeated number, every lane: again after growing pauses; an erasure: three times, then let be
    Blocked      cancelled, with all that waits for the address
    Refused      dead, staff decide
    Moved        dead: whoever planned it plans it for the other number (bot/desk/board.py)
    Broken       again in a minute; the whole channel waits

Source: reliability, section 3, points 5 and 6.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from bot.channels.port import Blocked, Broken, Moved, Refused, SendError, TooFast, Uncertain
from bot.messages import ERASE_KEY, FROM_A_PERSON
from bot.quiet import Quiet
from storage.records import Lane, Leased

LIFE = {Lane.REPLY: timedelta(hours=24), Lane.REMINDER: timedelta(hours=24), Lane.BROADCAST: timedelta(hours=6)}
PERSON_LIFE = timedelta(days=7)  # what a specialist wrote, and what staff must see
ONCE_MORE = timedelta(seconds=30)
PAUSE_S, PAUSE_MAX_S = 1.0, 900.0
BROKEN_S = 60.0
ERASE_ATTEMPTS = 3  # an erasure is best effort: the answers behind it must not wait for a method that fails


@dataclass(frozen=True, slots=True)
class Sent:
    """id: the platform's, may be empty."""

    id: str


@dataclass(frozen=True, slots=True)
class Again:
    """is_repeat: it may have arrived already."""

    wait_s: float
    is_repeat: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    reason: str


@dataclass(frozen=True, slots=True)
class Dead:
    reason: str


Fate = Sent | Again | Cancelled | Dead


def forbidden(
    part: Leased, now: datetime, *, late_after: timedelta, quiet: Quiet, only_informs: bool = False
) -> Cancelled | None:
    """
    Why the part must never leave, judged at the last moment; what only has to wait is not asked here.

    only_informs: the channel was full when a reminder was planned, and is no longer.
    """
    if not part.chat:
        return Cancelled("no address")
    if part.is_unreachable:
        return Cancelled("blocked")
    if part.lane is not Lane.REPLY and part.is_stopped:
        return Cancelled("stopped")
    if part.is_withdrawn:
        return Cancelled("withdrawn")
    if only_informs and part.lane is Lane.REMINDER:
        return Cancelled("policy")
    age = now - part.created_at
    if part.key.startswith(FROM_A_PERSON):
        return Cancelled("too late") if age > PERSON_LIFE else None
    if part.lane is Lane.REPLY:
        if age > LIFE[part.lane] or (age > late_after and not part.newest and part.key != ERASE_KEY):
            return Cancelled("too late")
    elif age > LIFE[part.lane] and quiet.awake(part.created_at, now) > LIFE[part.lane]:
        return Cancelled("too late")
    return None


def is_late(part: Leased, now: datetime, late_after: timedelta) -> bool:
    """The reply comes with an apology."""
    if part.key.startswith(FROM_A_PERSON):
        return False
    return part.lane is Lane.REPLY and part.key != ERASE_KEY and now - part.created_at > late_after


def after(part: Leased, error: SendError, *, is_idempotent: bool, random: Random) -> Fate:
    """What follows from a failed send. is_idempotent: the platform drops a second message of the same number."""
    is_idempotent = is_idempotent or part.key == ERASE_KEY
    match error:
        case TooFast():
            wait_s = error.after.total_seconds() if error.after else pause_s(part.attempts, random)
            return Again(wait_s, part.is_repeat, "too fast")
        case Blocked():
            return Cancelled("blocked")
        case Refused():
            return Dead(f"refused: {error}")
        case Moved():
            return Dead(f"moved:{error.chat}")
        case Broken():
            return Again(BROKEN_S, part.is_repeat, "broken")
        case Uncertain() if part.key == ERASE_KEY and part.attempts >= ERASE_ATTEMPTS:
            return Sent("")
        case Uncertain():
            return uncertain(part.lane, is_repeat=part.is_repeat, is_idempotent=is_idempotent) or Again(
                pause_s(part.attempts, random), True, "uncertain"
            )
    return Again(pause_s(part.attempts, random), part.is_repeat, "unreachable")


def uncertain(lane: Lane, *, is_repeat: bool, is_idempotent: bool) -> Fate | None:
    """Nobody knows whether it arrived. None: repeating does no harm."""
    if is_idempotent:
        return None
    if lane is Lane.BROADCAST or is_repeat:
        return Dead("uncertain")
    return Again(ONCE_MORE.total_seconds(), True, "uncertain")


def pause_s(attempts: int, random: Random) -> float:
    """Seconds before the next attempt: full jitter, 1 s after the first one up to 15 min. attempts: made, 1 or more."""
    most = min(PAUSE_MAX_S, PAUSE_S * 2 ** min(attempts, 12))
    return random.uniform(PAUSE_S, most)
