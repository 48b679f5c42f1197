"""Where each citizen stands in the talk, between two turns."""

from collections.abc import Sequence

from storage.handle import Handle
from storage.inbox import ids_of
from storage.moments import from_ms, to_ms
from storage.records import SessionRow


class Sessions:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def load(self, ids: Sequence[str]) -> dict[str, SessionRow]:
        sessions = {}
        async for row in self._on.queries.sessions_load(self._on.connection, ids=ids_of(self._on, ids)):
            citizen_id, channel, address, place, data, version, updated_at = row
            plain = self._on.cipher.open(bytes(data), "sessions", "data", citizen_id)
            moment = from_ms(updated_at)
            sessions[citizen_id] = SessionRow(citizen_id, channel, address, place, plain, version, moment)
        return sessions

    async def save(self, sessions: Sequence[SessionRow]) -> None:
        rows = [
            {
                "citizen_id": session.citizen_id,
                "channel": session.channel,
                "address": session.address,
                "place": session.place,
                "data": self._on.cipher.seal(session.data, "sessions", "data", session.citizen_id),
                "version": session.version,
                "updated_at": to_ms(session.updated_at),
            }
            for session in sessions
        ]
        if rows:
            await self._on.queries.sessions_save(self._on.connection, rows)
