"""Who read, changed, exported what: the audit, newest first, and whether its seals hold."""

from collections.abc import Sequence

from litestar.handlers import HTTPRouteHandler

from bot.accounts.roles import Right, actor
from bot.web.console.desk import Desk
from bot.web.console.visit import Answer, Missing, Visit
from storage.audit import AuditRow
from storage.database import Transaction
from storage.staff import StaffRow

ROWS = 50
NOT_STAFF = ("citizen", "scheduler", "operator", "nobody")
STAFF_PREFIX = actor("")


def routes(desk: Desk) -> Sequence[HTTPRouteHandler]:
    @desk.page("/journal", Right.JOURNAL)
    async def journal(visit: Visit) -> Answer:
        who, act, subject, before = (visit.query(name) for name in ("who", "act", "subject", "before"))
        async with desk.database.read() as tx:
            known = await tx.staff.all()
            colleagues = [person for person in known if _sees(visit.staff, person)]
            rows = await tx.audit.page(
                actors=_actors(visit.staff, who, colleagues),
                act=act,
                subject=subject,
                before=int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None,
                limit=ROWS + 1,
            )
            waiting = await tx.audit.unsealed()
        return await visit.html(
            "journal.html",
            rows=rows[:ROWS],
            older=rows[ROWS - 1].id if len(rows) > ROWS else None,
            names={name: person.name for person in known for name in _names(person)},
            colleagues=sorted(colleagues, key=lambda person: person.name.casefold()),
            others=NOT_STAFF if visit.staff.every_office else (),
            who=who,
            act=act,
            subject=subject,
            is_filtered=bool(who or act or subject),
            waiting=waiting,
        )

    @desk.page("/journal/seals", Right.JOURNAL)
    async def seals(visit: Visit) -> Answer:
        if not visit.staff.every_office:
            raise Missing  # one chain for all offices
        async with desk.database.read() as tx:
            broken_at = await tx.audit.broken_at()
            found = await _row(tx, broken_at)
            waiting = await tx.audit.unsealed()
        async with desk.database.write() as tx:
            await visit.note(tx, "seals_checked", "" if broken_at is None else f"row {broken_at}")
        return await visit.html("seals.html", broken_at=broken_at, row=found, waiting=waiting)

    return [journal, seals]


def _names(person: StaffRow) -> tuple[str, str]:
    """How rows name somebody: from the console, and from staff chats."""
    return actor(person.id), person.id


def _sees(staff: StaffRow, person: StaffRow) -> bool:
    if staff.every_office:
        return True
    return not person.every_office and bool(set(person.offices) & set(staff.offices))


def _actors(staff: StaffRow, who: str, colleagues: Sequence[StaffRow]) -> list[str] | None:
    """Whose rows: of the one who is asked for, else of everybody within reach (None: of really everybody)."""
    within = [name for person in colleagues for name in _names(person)]
    if who.startswith(STAFF_PREFIX) and who in within:
        return [who, who.removeprefix(STAFF_PREFIX)]
    if who:
        return [who] if (staff.every_office and not who.startswith(STAFF_PREFIX)) else []
    return None if staff.every_office else within


async def _row(tx: Transaction, id_: int | None) -> AuditRow | None:
    if id_ is None:
        return None
    rows = await tx.audit.page(actors=None, before=id_ + 1, limit=1)
    return rows[0] if rows and rows[0].id == id_ else None
