"""A point with people booked there, as the console's tests need them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import uuid4

from bot.booking.slots import day_slots
from bot.desk import shifts, visits
from bot.desk.rules import Report
from bot.desk.shifts import Person
from storage.booking_records import BookingRow, Slot
from storage.referrals import ReferralRow, To
from tests.storage.rows import meet
from tests.web.site import Site

POINT, ADVISOR, MATCHER, STAFF = "barnaul_alimony", "career_advisor", "job_matcher", "staff:petrova"
MONDAY, TUESDAY, THURSDAY = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 26)
LATER = date(2026, 12, 3)
MANY = 1000  # seats, for who books without looking


def point_in(site: Site, office: str) -> str:
    """A point of this office, with room for many; the office need not be one of the content."""
    ident = POINT if office == "barnaul" else f"{office}_point"
    point = replace(site.content.points[POINT], id=ident, office=office, places=MANY)
    site.content = replace(site.content, points={**site.content.points, ident: point})
    return ident


def at(site: Site, clock: str, on: date = THURSDAY, role: str = MATCHER, point: str = POINT) -> Slot:
    found = day_slots(site.content, point, role, on)
    return next(slot for slot in found if slot.wall.endswith(f"T{clock}"))


async def booked(site: Site, slot: Slot, person: Person, *, sender: str = "") -> BookingRow:
    async with site.database.write() as tx:
        seated = await shifts.book(
            tx, site.content, slot, person, actor=STAFF, once=uuid4().hex[:16], now=site.clock.now(), referred_by=sender
        )
    assert seated.booking is not None, seated.code
    return seated.booking


async def a_booking(site: Site, office: str) -> BookingRow:
    """Somebody without a messenger, on a day to come that nobody closes."""
    point = point_in(site, office)
    return await booked(site, at(site, "10:00", LATER, point=point), Person(name="Сосед Коля", phone="9130000000"))


async def recorded(site: Site, booking: BookingRow, report: Report) -> None:
    async with site.database.write() as tx:
        done = await visits.record(tx, site.content, booking.id, report, actor=STAFF, now=site.clock.now())
    assert done.code == shifts.DONE


async def an_offer(site: Site, booking: BookingRow, kind: To = To.MEDIATOR) -> ReferralRow:
    async with site.database.write() as tx:
        made = await tx.referrals.offer(
            f"{booking.id}o",
            citizen_id=booking.citizen_id,
            booking_id=booking.id,
            kind=kind,
            by=STAFF,
            now=site.clock.now(),
        )
    assert made is not None
    return made


async def a_citizen(site: Site, name: str = "", *, office: str = "", situations: Sequence[str] = ("alimony",)) -> str:
    """Somebody who has agreed and told their situations; without a name a new one each time."""
    now = site.clock.now()
    id_ = await meet(site.database, name or uuid4().hex, now=now)
    async with site.database.write() as tx:
        await tx.citizens.agree(id_, version="1", now=now)
        await tx.citizens.place(id_, office)
        await tx.citizens.choose(id_, situations, now=now)
    return id_
