"""A specialist's day as staff see it: who comes when, who sent them, what is known of résumé and application."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.booking.slots import slots, zone_of
from bot.texts import render
from bot.texts.schema import Content
from storage.booking_records import BookingRow, Slot
from storage.database import Transaction
from storage.visits import Application, Resume, VisitRow

SEATED = ("booked", "reminded", "confirmed", "served", "no_show")
TOLD = {"portal": Resume.PORTAL, "paper": Resume.PAPER, "promised": Resume.PROMISED}  # before this very visit
ANSWERED = {"portal": Resume.PORTAL, "paper": Resume.PAPER, "old": Resume.PROMISED}  # of the question «resume»
A_DAY = timedelta(hours=26)  # from midnight, the longest day of a change of clocks included


@dataclass(frozen=True, slots=True)
class Seat:
    """
    One line of the day. visit: None until it is recorded. resume, application: the newest that is known before it.

    repeats: how often the person was invited to come again before. wants_help: they asked for help with the résumé.
    """

    booking: BookingRow
    visit: VisitRow | None
    resume: Resume
    application: Application
    repeats: int

    @property
    def wants_help(self) -> bool:
        return self.booking.resume == "help"


async def day(tx: Transaction, content: Content, point: str, role: str, on: date) -> list[Seat]:
    """Everybody who is or was booked but those who cancelled, in order of time. Raises KeyError: no such point."""
    rows = await bookings(tx, content, point, role, on)
    return [await seat(tx, row) for row in rows if row.state in SEATED]


async def bookings(tx: Transaction, content: Content, point: str, role: str, on: date) -> list[BookingRow]:
    """All bookings of that local day, whatever became of them."""
    after = midnight(content, point, on)
    rows = await tx.bookings.day(point, role, after=after, before=after + A_DAY)
    return sorted((row for row in rows if row.wall[:10] == on.isoformat()), key=lambda one: (one.starts_at, one.place))


def midnight(content: Content, point: str, on: date) -> datetime:
    """When that local day begins."""
    return render.at_hour(on, 0, zone_of(content, content.points[point]))


async def seat(tx: Transaction, booking: BookingRow) -> Seat:
    """The booking with what is known of who comes."""
    earlier = await before(tx, booking)
    last = earlier[-1] if earlier else None
    application = last.application if last else Application.NONE
    repeats = max((one.repeats for one in earlier), default=0)
    return Seat(booking, await tx.visits.get(booking.id), await _resume(tx, booking, last), application, repeats)


async def _resume(tx: Transaction, booking: BookingRow, last: VisitRow | None) -> Resume:
    """As the specialist saw it, or as the citizen said since."""
    seen = last.resume if last else Resume.NONE
    if booking.resume in TOLD:
        return TOLD[booking.resume]
    if not booking.citizen_id:
        return seen
    answers = (await tx.profile.load([booking.citizen_id])).get(booking.citizen_id, [])
    said = next((one for one in answers if one.question == "resume"), None)
    if said is None or (last is not None and said.changed_at < last.recorded_at):
        return seen
    return ANSWERED.get(said.value or "", seen)


async def before(tx: Transaction, booking: BookingRow) -> list[VisitRow]:
    """Earlier visits of the same person, oldest first: of the citizen, else of the phone."""
    if booking.citizen_id:
        visits: Sequence[VisitRow] = await tx.visits.of_citizen(booking.citizen_id)
    else:
        visits = await tx.visits.of_phone(booking.phone) if booking.phone else []
    return [one for one in visits if one.booking_id != booking.id and one.held_at <= booking.starts_at]


async def free(
    tx: Transaction, content: Content, point: str, role: str, *, now: datetime, after: datetime
) -> list[Slot]:
    """Slots with a bookable seat, the soonest first, that begin at `after` or later."""
    offered = slots(content, point, role, now=now, after=after)
    if not offered:
        return []
    places = content.points[point].places
    span = {"after": offered[0].starts_at, "before": offered[-1].ends_at}
    taken = await tx.bookings.taken(point, role, **span, places=places, now=now)
    closures = await tx.bookings.closures(since=offered[0].day)
    closed = {one.day for one in closures if (one.point, one.role) == (point, role)}
    return [slot for slot in offered if taken.get(slot.id, 0) < places and slot.day not in closed]
