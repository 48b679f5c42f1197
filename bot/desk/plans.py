"""
A citizen's plan in the hands of staff: an item taken out, put back, ticked off.

The plan follows from situations and answers; a mark says what became of an item, whoever set it.
"""

from datetime import datetime

from bot.desk import lane
from bot.texts.plan import PlanItem, form
from bot.texts.schema import Content
from storage.database import Transaction
from storage.records import PlanItemRow

MARKS = ("open", "done", "not_mine")


async def plan_of(tx: Transaction, content: Content, citizen_id: str) -> list[tuple[str, PlanItem, str]]:
    """(id, item, state), in the citizen's order; what does not fit the answers any more is left out unless done."""
    citizen = (await tx.citizens.load([citizen_id])).get(citizen_id)
    if citizen is None:
        return []
    marks = {row.item: row.state for row in (await tx.plan.load([citizen_id])).get(citizen_id, [])}
    rows = (await tx.profile.load([citizen_id])).get(citizen_id, [])
    answers = {row.question: row.value for row in rows if row.value is not None}
    situations = [content.situations[id_] for id_ in citizen.situations if id_ in content.situations]
    items = form(situations, answers, {id_ for id_, state in marks.items() if state == "done"})
    return [(id_, item, marks.get(id_, "open")) for id_, item in items.items()]


async def mark(
    tx: Transaction, content: Content, citizen_id: str, item: str, state: str, *, actor: str, now: datetime
) -> bool:
    """The item is marked so from now on, its reminders are off. False: no such item in this plan, or no such mark."""
    await lane.take(tx, citizen_id)
    if state not in MARKS or all(id_ != item for id_, _, _ in await plan_of(tx, content, citizen_id)):
        return False
    known = next((row for row in (await tx.plan.load([citizen_id])).get(citizen_id, []) if row.item == item), None)
    earlier = known.state if known else "open"
    if earlier == state:
        return True
    version = (known.version if known else 0) + 1
    await tx.plan.save([PlanItemRow(citizen_id, item, state, earlier, None, version, now)])
    await tx.reminders.cancel([(citizen_id, item)])
    await tx.audit.add(actor=actor, act="plan_changed", subject=f"citizen:{citizen_id}", now=now)
    return True
