"""A citizen who talks with the bot, the desk across the room, and one clock for both."""

from datetime import date

from bot.booking.slots import day_slots
from bot.desk import day, shifts, visits
from bot.desk.rules import Report
from bot.desk.shifts import Person, Seated
from bot.desk.visits import Recorded, Referred
from bot.flows import FLOWS
from bot.messages import Outgoing
from storage.booking_records import BookingRow, Slot
from storage.database import Database
from storage.referrals import State, To
from storage.visits import Result
from tests.booking.desk import ADVISOR, MATCHER, NOW, POINT, THURSDAY, TUESDAY
from tests.dialogs.transcripts import TO_PLAN
from tests.storage.rows import table
from tests.talk import FixedClock, Talk, real_content

__all__ = ["ADVISOR", "MATCHER", "NOW", "POINT", "THURSDAY", "TUESDAY", "Desk", "consulted"]
PETROVA = "staff:petrova"


def consulted(*results: Result, **more: object) -> Report:
    return Report((Result.CONSULTED, *results), **more)  # type: ignore[arg-type]


class Desk:
    """Acts of one member of staff, each in a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = FixedClock()
        self.content = real_content(FLOWS)
        self._ids = 0

    async def citizen(self, chat: str = "ivan") -> Talk:
        """Somebody who has agreed and has a plan."""
        talk = Talk(self.database, FLOWS, self.content, chat=chat, clock=self.clock)
        await talk.play(TO_PLAN)
        return talk

    def at(self, on: date, clock: str, role: str = MATCHER) -> Slot:
        found = day_slots(self.content, POINT, role, on)
        return next(slot for slot in found if slot.wall.endswith(f"T{clock}"))

    async def book(
        self, who: Talk | Person, on: date, clock: str, role: str = MATCHER, *, once: str = "", sender: str = ""
    ) -> Seated:
        self._ids += 1
        person = Person((await who.citizen()).id) if isinstance(who, Talk) else who
        async with self.database.write() as tx:
            return await shifts.book(
                tx,
                self.content,
                self.at(on, clock, role),
                person,
                actor=PETROVA,
                once=once or f"booking{self._ids:04}",
                now=self.clock.now(),
                referred_by=sender,
            )

    async def booked(self, who: Talk | Person, on: date, clock: str, role: str = MATCHER, **more: str) -> BookingRow:
        seated = await self.book(who, on, clock, role, **more)
        assert seated.booking is not None, seated.code
        return seated.booking

    async def received(self, who: Talk | Person, on: date, clock: str, role: str = MATCHER, **more: str) -> BookingRow:
        """Booked, and the visit has just begun; what the bot said of the booking was heard."""
        booking = await self.booked(who, on, clock, role, **more)
        if isinstance(who, Talk):
            await who.work()
        self.clock.set(booking.starts_at)
        return booking

    async def record(self, booking: BookingRow, report: Report, **more: object) -> Recorded:
        async with self.database.write() as tx:
            return await visits.record(
                tx,
                self.content,
                booking.id,
                report,
                actor=PETROVA,
                now=self.clock.now(),
                **more,  # type: ignore[arg-type]
            )

    async def no_show(self, booking: BookingRow) -> Recorded:
        async with self.database.write() as tx:
            return await visits.no_show(tx, self.content, booking.id, actor=PETROVA, now=self.clock.now())

    async def refer(self, booking: BookingRow, kind: To = To.PSYCHOLOGIST) -> Referred:
        async with self.database.write() as tx:
            return await visits.refer(tx, self.content, booking.id, kind, actor=PETROVA, now=self.clock.now())

    async def answer(self, referral_id: str, state: State) -> Referred:
        async with self.database.write() as tx:
            return await visits.answer(tx, self.content, referral_id, state, actor=PETROVA, now=self.clock.now())

    async def day(self, on: date = THURSDAY, role: str = MATCHER) -> list[day.Seat]:
        async with self.database.read() as tx:
            return await day.day(tx, self.content, POINT, role, on)

    async def audit(self) -> list[tuple[str, str]]:
        """(actor, act) of everything noted, oldest first."""
        return [(row[0], row[1]) for row in await table(self.database, "SELECT actor, act FROM audit ORDER BY id")]


def keys(messages: list[Outgoing]) -> list[str]:
    return [message.key for message in messages]
