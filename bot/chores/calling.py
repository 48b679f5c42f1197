"""The scheduler's part of calls: the list is made in the morning and kept true all day."""

from collections.abc import Callable, Collection

from bot.calls.planning import Planning
from bot.clock import Clock
from bot.texts.schema import Content
from storage.database import Database


class Calling:
    """channels: those where staff may write to citizens."""

    def __init__(
        self, database: Database, clock: Clock, content: Callable[[], Content], channels: Collection[str]
    ) -> None:
        self._database = database
        self._clock = clock
        self._content = content
        self._channels = channels

    async def plan(self) -> int:
        """Returns how many calls were planned. Raises Unavailable; what is committed by then stays."""
        planning, now = Planning(self._database, self._content(), self._channels), self._clock.now()
        return await planning.happened(now) + await planning.mornings(now)
