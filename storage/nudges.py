"""
Who is asked how it goes after a long silence: one row for each citizen with consent, looked at when its time has come.

    look_at --> due --> move: asked (a reminder of kind `nudge` is planned), or looked at again later

What a citizen writes touches none of these rows: the look compares with the session's age.
"""

from collections.abc import Sequence
from datetime import datetime

from storage.handle import Handle
from storage.inbox import ids_of
from storage.moments import from_ms, to_ms
from storage.records import Look, NudgeRow, Silence


class Nudges:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def next_look(self) -> datetime | None:
        """When somebody is to be looked at next."""
        moment = await self._on.queries.nudges_next_look(self._on.connection)
        return from_ms(moment) if moment is not None else None

    async def due(self, *, now: datetime, limit: int) -> list[Silence]:
        """Those to be looked at, the longest awaited first."""
        found = []
        async for row in self._on.queries.nudges_due(self._on.connection, now=to_ms(now), limit=limit):
            citizen_id, looked, asked, asked_at, off, consent, stopped, heard, channel, reachable, chosen, case = row
            silence = Silence(
                citizen_id=citizen_id,
                looked_at=from_ms(looked),
                asked=asked,
                asked_at=from_ms(asked_at),
                is_off=off is not None,
                has_consent=consent is not None,
                is_stopped=stopped is not None,
                heard_at=from_ms(heard),
                channel=channel or "",
                is_reachable=bool(reachable),
                has_situation=bool(chosen),
                has_case=bool(case),
            )
            found.append(silence)
        return found

    async def move(self, looks: Sequence[Look]) -> None:
        """Plan the questions and the next looks. Of two schedulers that looked at once one is heard."""
        looks = sorted(looks, key=lambda look: look.citizen_id)  # who writes several rows locks them in one order
        reminders = [
            {
                "id": f"{look.citizen_id}:nudge:{to_ms(look.looked_at)}",
                "citizen_id": look.citizen_id,
                "due_at": to_ms(look.remind_at),
            }
            for look in looks
            if look.remind_at is not None
        ]
        if reminders:
            await self._on.queries.nudges_remind(self._on.connection, reminders)
        rows = [
            {
                "citizen_id": look.citizen_id,
                "looked_at": to_ms(look.looked_at),
                "look_at": to_ms(look.at),
                "asked": look.asked,
                "asked_at": to_ms(look.asked_at),
            }
            for look in looks
        ]
        if rows:
            await self._on.queries.nudges_move(self._on.connection, rows)

    async def load(self, ids: Sequence[str]) -> dict[str, NudgeRow]:
        """What is known of these citizens, a row for each that exists."""
        found = {}
        async for row in self._on.queries.nudges_load(self._on.connection, ids=ids_of(self._on, ids)):
            citizen_id, asked, asked_at, off_at, heard_at = row
            found[citizen_id] = NudgeRow(citizen_id, asked or 0, from_ms(asked_at), from_ms(off_at), from_ms(heard_at))
        return found

    async def switch(self, marks: Sequence[tuple[str, bool]], *, now: datetime) -> None:
        """(citizen, wanted): never ask again, or from a new silence on; a question not yet sent is cancelled."""
        rows = [
            {
                "citizen_id": citizen_id,
                "look_at": to_ms(now) if is_wanted else None,
                "off_at": None if is_wanted else to_ms(now),
            }
            for citizen_id, is_wanted in sorted(marks)
        ]
        if rows:
            await self._on.queries.nudges_switch(self._on.connection, rows)
            gone = [{"citizen_id": citizen_id, "subject": ""} for citizen_id, is_wanted in marks if not is_wanted]
            if gone:
                await self._on.queries.reminders_cancel(self._on.connection, gone)

    async def merge(self, kept: str, gone: str) -> None:
        """Two citizens turned out to be one."""
        queries, connection = self._on.queries, self._on.connection
        await queries.nudges_merge(connection, to_id=kept, from_id=gone)
        await queries.nudges_forget(connection, citizen_id=gone)
