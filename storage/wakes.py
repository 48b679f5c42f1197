"""Wake-up hints inside one process. A hint may come twice or for nothing; a poll beside it is the guarantee."""

import asyncio
from collections.abc import Iterable
from weakref import WeakSet


class Ear:
    """One listener of one topic, for one waiting task."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def wait(self, timeout_s: float) -> bool:
        """Until rung or timeout_s later; true when rung. A ring since the last wait answers at once."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._rung.wait()
        except TimeoutError:
            return False
        self._rung.clear()
        return True


class Bell:
    """The ears of this process by topic. An ear nobody keeps is forgotten by itself."""

    def __init__(self) -> None:
        self._ears: dict[str, WeakSet[Ear]] = {}

    def listen(self, topic: str) -> Ear:
        ear = Ear()
        self._ears.setdefault(topic, WeakSet()).add(ear)
        return ear

    def ring(self, topics: Iterable[str]) -> None:
        for topic in topics:
            for ear in self._ears.get(topic, ()):
                ear.ring()

    def ring_all(self) -> None:
        self.ring(list(self._ears))
