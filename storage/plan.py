"""What citizens said of their plan items, and the reminders they asked for."""

from collections.abc import Sequence
from datetime import datetime

from storage.handle import Handle
from storage.inbox import ids_of
from storage.moments import from_ms, to_ms
from storage.records import PlanItemRow, ReminderRow


class Plan:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def load(self, ids: Sequence[str]) -> dict[str, list[PlanItemRow]]:
        plans: dict[str, list[PlanItemRow]] = {}
        async for row in self._on.queries.plan_load(self._on.connection, ids=ids_of(self._on, ids)):
            citizen_id, item, state, earlier, later_at, version, changed_at, added = row
            moment = from_ms(later_at) if later_at is not None else None
            item_row = PlanItemRow(citizen_id, item, state, earlier, moment, version, from_ms(changed_at), added)
            plans.setdefault(citizen_id, []).append(item_row)
        return plans

    async def save(self, items: Sequence[PlanItemRow]) -> None:
        rows = [
            {
                "citizen_id": item.citizen_id,
                "item": item.item,
                "state": item.state,
                "earlier": item.earlier,
                "later_at": to_ms(item.later_at) if item.later_at else None,
                "version": item.version,
                "changed_at": to_ms(item.changed_at),
                "added": item.added,
            }
            for item in items
        ]
        if rows:
            await self._on.queries.plan_save(self._on.connection, rows)

    async def forget(self, citizen_id: str, items: Sequence[str], *, now: datetime) -> None:
        """Marks and reminders of these items are gone; a reminder that is a message already never leaves."""
        queries, connection = self._on.queries, self._on.connection
        rows = [{"citizen_id": citizen_id, "item": item} for item in items]
        for item in items:
            found = queries.reminders_live_of(connection, citizen_id=citizen_id, subject=item)
            unsent = [{"subject": row[0], "at": to_ms(now)} async for row in found]
            if unsent:
                await queries.outbox_drop_subject(connection, unsent)
        if rows:
            await queries.plan_forget_items(connection, rows)
            await queries.reminders_forget_items(connection, rows)


class Reminders:
    """
    waiting (0) --> given to the citizen's lane (1): what became of it the outbox knows
         \\--------------\\--> cancelled (3)
    """

    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def add(self, reminders: Sequence[ReminderRow]) -> None:
        rows = [
            {"id": r.id, "citizen_id": r.citizen_id, "kind": r.kind, "subject": r.subject, "due_at": to_ms(r.due_at)}
            for r in reminders
        ]
        if rows:
            await self._on.queries.reminders_add(self._on.connection, rows)

    async def cancel(self, subjects: Sequence[tuple[str, str]]) -> None:
        """(citizen_id, subject): those not yet sent never leave."""
        rows = [{"citizen_id": citizen_id, "subject": subject} for citizen_id, subject in subjects]
        if rows:
            await self._on.queries.reminders_cancel(self._on.connection, rows)

    async def cancel_all(self, citizens: Sequence[str]) -> None:
        rows = [{"citizen_id": citizen_id} for citizen_id in citizens]
        if rows:
            await self._on.queries.reminders_cancel_all(self._on.connection, rows)

    async def take_due(self, *, now: datetime, limit: int) -> list[ReminderRow]:
        """Those due, each given out once."""
        rows = self._on.queries.reminders_take(self._on.connection, now=to_ms(now), limit=limit)
        return [ReminderRow(row[0], row[1], row[2], row[3], from_ms(row[4])) async for row in rows]

    async def next_due(self) -> datetime | None:
        moment = await self._on.queries.reminders_next_due(self._on.connection)
        return from_ms(moment) if moment is not None else None
