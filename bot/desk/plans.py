"""
A citizen's plan in the hands of staff: an item taken out, put back, ticked off, or added against the answers.

The plan follows from situations and answers; a mark says what became of an item, whoever set it. What a specialist
added stays whatever the answers become; it carries why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.desk import lane
from bot.desk.lane import Act
from bot.texts.plan import PlanItem, form
from bot.texts.schema import Content
from bot.texts.situation import PlanStep
from storage.database import Transaction
from storage.records import CitizenRow, PlanItemRow

MARKS = ("open", "done", "not_mine")
STATES = ("open", "stuck", "later", "done", "not_mine")
REASONS = ("asked", "met", "mistake", "needed")  # why an item is added: codes, so that nothing personal is kept
OVER = ("done", "not_mine")


@dataclass(frozen=True, slots=True)
class Line:
    """One item of a plan. added: why a specialist added what the answers exclude, "" else."""

    id: str
    item: PlanItem
    state: str
    added: str


@dataclass(frozen=True, slots=True)
class Plan:
    """lines: in the citizen's order. left_out: items of the citizen's situations that the answers exclude."""

    lines: tuple[Line, ...] = ()
    left_out: tuple[PlanStep, ...] = ()

    @property
    def now_at(self) -> Line | None:
        """The first item that is neither done nor left out by the citizen."""
        return next((line for line in self.lines if line.state not in OVER), None)


async def plans_of(tx: Transaction, content: Content, people: Mapping[str, CitizenRow]) -> dict[str, Plan]:
    """people: by id. What does not fit the answers any more is left out unless done or added."""
    ids = list(people)
    marks, answers = await tx.plan.load(ids), await tx.profile.load(ids)
    found = {}
    for id_, citizen in people.items():
        given = {row.question: row.value for row in answers.get(id_, []) if row.value is not None}
        found[id_] = _plan(content, citizen.situations, given, marks.get(id_, []))
    return found


def _plan(content: Content, chosen: Sequence[str], answers: Mapping[str, str], marks: Sequence[PlanItemRow]) -> Plan:
    situations = [content.situations[id_] for id_ in chosen if id_ in content.situations]
    by_item = {row.item: row for row in marks}
    items = form(situations, answers, {row.item for row in marks if row.stays})
    lines = []
    for id_, item in items.items():
        mark = by_item.get(id_)
        added = mark.added if mark and not item.is_wanted else ""
        lines.append(Line(id_, item, mark.state if mark else "open", added))
    rest = {step.id: step for one in situations for step in one.plan if step.id not in items}
    return Plan(tuple(lines), tuple(rest.values()))


async def plan_of(tx: Transaction, content: Content, citizen_id: str) -> Plan:
    return (await plans_of(tx, content, await tx.citizens.load([citizen_id]))).get(citizen_id, Plan())


async def mark(
    tx: Transaction, content: Content, citizen_id: str, item: str, state: str, *, actor: str, now: datetime
) -> bool:
    """The item is marked so from now on, its reminders are off. False: no such item in this plan, or no such mark."""
    await lane.take(tx, citizen_id)
    plan = await plan_of(tx, content, citizen_id)
    if state not in MARKS or all(line.id != item for line in plan.lines):
        return False
    known = await _known(tx, citizen_id, item, now)
    if known.state == state:
        return True
    await _save(tx, replace(known, state=state, earlier=known.state), actor, "plan_changed", now)
    return True


async def add(
    tx: Transaction, content: Content, citizen_id: str, item: str, why: str, *, actor: str, now: datetime
) -> bool:
    """An item that the answers exclude is in the plan from now on; the citizen is told. False: no such item, or why."""
    await lane.take(tx, citizen_id)
    plan = await plan_of(tx, content, citizen_id)
    if why not in REASONS or all(step.id != item for step in plan.left_out):
        return False
    known = await _known(tx, citizen_id, item, now)
    version = await _save(tx, replace(known, state="open", earlier="open", added=why), actor, "plan_added", now)
    once = f"plan:{citizen_id}:{item}:{version}"
    await lane.tell(tx, citizen_id, Act("plan_added", item), once=once, now=now)
    return True


async def _known(tx: Transaction, citizen_id: str, item: str, now: datetime) -> PlanItemRow:
    rows = (await tx.plan.load([citizen_id])).get(citizen_id, [])
    fresh = PlanItemRow(citizen_id, item, "open", "open", None, 0, now)
    return next((row for row in rows if row.item == item), fresh)


async def _save(tx: Transaction, row: PlanItemRow, actor: str, act: str, now: datetime) -> int:
    kept = replace(row, later_at=None, version=row.version + 1, changed_at=now)
    await tx.plan.save([kept])
    await tx.reminders.cancel([(row.citizen_id, row.item)])
    await tx.audit.add(actor=actor, act=act, subject=f"citizen:{row.citizen_id}", now=now)
    return kept.version
