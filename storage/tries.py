"""How often something was tried within a window: all processes count together, and a restart forgets nothing."""

from datetime import datetime, timedelta

from storage.handle import Handle
from storage.moments import from_ms, to_ms


class Tries:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def take(self, kind: str, *of: str, window: timedelta, now: datetime) -> tuple[int, datetime]:
        """Count one more; gives (how many within the window, this one included; when the window is over)."""
        row = await self._on.queries.tries_take(
            self._on.connection,
            kind=kind,
            find=self._find(kind, of),
            now=to_ms(now),
            before=to_ms(now - window),
        )
        return int(row[0]), from_ms(int(row[1])) + window

    async def clear(self, kind: str, *of: str) -> None:
        """It went well: the count begins anew."""
        await self._on.queries.tries_clear(self._on.connection, kind=kind, find=self._find(kind, of))

    def _find(self, kind: str, of: tuple[str, ...]) -> str:
        return self._on.cipher.find("tries", kind, *of)
