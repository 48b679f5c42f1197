"""
The clock of cases: an answer that is overdue goes to the lead, a silent owner loses the case, one who has left, too.

Each is one row at a time in its citizen's lane, as an act of staff is: looked at twice it happens once.
"""

import structlog

from bot.booking.promises import answer_due
from bot.desk import lane
from bot.desk.acts import Desk
from bot.desk.lane import Act

log = structlog.get_logger()

AT_ONCE = 100
CLOCK = "clock"


class Watch:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def look(self) -> int:
        """What is due now; returns how many cases changed. Raises Unavailable: what is committed by then stays."""
        now = self._desk.clock.now()
        async with self._desk.database.read() as tx:
            next_due = await tx.cases.next_due()
            gone = await tx.cases.left_behind(limit=AT_ONCE)
            is_due = next_due is not None and next_due <= now
            overdue = await tx.cases.overdue(now=now, limit=AT_ONCE) if is_due else []
            silent = await tx.cases.silent(now=now, limit=AT_ONCE) if is_due else []
        changed = 0
        for case_id, citizen_id in overdue:
            changed += await self._escalate(case_id, citizen_id)
        for case_id, citizen_id, owner in [*silent, *gone]:
            changed += await self._release(case_id, citizen_id, owner)
        return changed

    async def _escalate(self, case_id: str, citizen_id: str) -> bool:
        now = self._desk.clock.now()
        async with self._desk.database.write() as tx:
            await lane.take(tx, citizen_id)
            if not await tx.cases.escalate(case_id, now=now):
                return False
            await tx.cases.note_event(case_id, CLOCK, "overdue", now=now)
        log.warning("case_overdue", case=case_id)
        return True

    async def _release(self, case_id: str, citizen_id: str, owner: str) -> bool:
        """Back to the queue; the answer is due as soon as a first one."""
        now = self._desk.clock.now()
        async with self._desk.database.write() as tx:
            await lane.take(tx, citizen_id)
            case = await tx.cases.get(case_id)
            if case is None or case.owner != owner:
                return False
            due_at = answer_due(self._desk.content(), case.office, case.topic, now, is_urgent=case.is_urgent)
            if not await tx.cases.release(case_id, owner, due_at=due_at, now=now):
                return False
            await tx.cases.note_event(case_id, CLOCK, "released", now=now, detail=owner)
            once = f"released:{case_id}:{case.version}"
            await lane.tell(tx, case.citizen_id, Act("case_released", case_id), once=once, now=now)
        return True
