"""One turn of a batch between deciding and writing, and who writes its effects."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.channels.port import Limits
from bot.engine.talk import Talk
from bot.engine.turn import Policy
from bot.messages import Incoming
from storage.database import Transaction
from storage.records import Claimed


@dataclass(frozen=True, slots=True)
class Surface:
    """What of a channel matters to the engine."""

    limits: Limits
    policy: Policy = "full"


@dataclass(slots=True)
class Taken:
    """What was claimed, what it decided, where its answer goes (None: nowhere)."""

    claimed: Claimed
    incoming: Incoming
    talk: Talk
    target: tuple[str, str] | None

    @property
    def citizen_id(self) -> str:
        return self.claimed.citizen_id


Write = Callable[[Transaction, Taken, Any, datetime], Awaitable[None]]
Grant = Callable[[Transaction, Taken, Any, datetime], Awaitable[bool]]
