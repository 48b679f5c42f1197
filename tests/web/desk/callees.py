"""Citizens to be called, as the console's tests need them."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from storage.call_records import PlannedCall, Reason
from storage.moments import to_ms
from storage.records import CaseRow
from tests.storage.rows import SLOT, execute
from tests.web.desk.reception import a_citizen
from tests.web.site import Site

PHONE = "8 913 555-01-02"


async def to_call(
    site: Site,
    office: str = "",
    *,
    name: str = "",
    reason: Reason = Reason.INTERVAL,
    due_at: datetime | None = None,
    phone: str = "",
) -> str:
    """Somebody who has agreed and is to be called; phone: as staff noted it at a visit of last month."""
    id_, now = await a_citizen(site, name, office=office), site.clock.now()
    async with site.database.write() as tx:
        await tx.calls.plan(PlannedCall(id_, office, reason, f"{reason}:one", due_at or now), now=now)
        if phone:
            begun = now - timedelta(days=30)
            slot = replace(SLOT, id=f"past.{id_[:8]}", starts_at=begun, ends_at=begun + timedelta(minutes=30))
            await tx.bookings.take(
                uuid4().hex, slot, [1], code="AAA", state="booked", created_by="petrova", now=begun, citizen_id=id_,
                name="Иван", phone=phone,
            )  # fmt: skip
    return id_


async def asks_for_a_call(site: Site, words: str, *, name: str = "asks") -> tuple[str, str]:
    """(citizen, request) of somebody who wants to be called back."""
    id_, now = await a_citizen(site, name, office="barnaul"), site.clock.now()
    case = CaseRow(uuid4().hex[:16], id_, "web", "call_back", "new", False, now, words=(words,), office="barnaul")
    async with site.database.write() as tx:
        assert await tx.cases.open(case)
        await tx.calls.plan(PlannedCall(id_, "barnaul", Reason.CALL_BACK, case.id, now), now=now)
    return id_, case.id


async def in_chat(site: Site, citizen_id: str) -> None:
    """Written lately, so staff can write back."""
    columns = "citizen_id, channel, address, place, data, version, updated_at"
    values = f"citizen_id, channel, find, 'menu.main', x'00', 1, {to_ms(site.clock.now())}"
    await execute(
        site.database,
        f"INSERT INTO sessions ({columns}) SELECT {values} FROM addresses WHERE citizen_id = '{citizen_id}'",
    )
