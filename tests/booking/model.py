"""
Random histories of a small point: three times on each of two Tuesdays, four people who press whatever there is.

After every step the tables are held against what must be true whatever happened; what is to be said is taken as the
clock takes it, and sent as the sender sends it.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from bot.booking import reminding
from bot.booking.book import Book
from bot.booking.line import Line
from bot.booking.rounds import Rounds
from bot.booking.slots import day_slots
from bot.clock import FixedClock
from bot.texts.booking import Shift
from bot.texts.schema import Content
from storage.booking_records import BookingRow, WaitingRow
from storage.database import Database, Transaction
from storage.records import Arrival, Lane, Part, SessionRow
from tests.booking.desk import ADVISOR, NOW, POINT, TUESDAY, content
from tests.storage.rows import fetch

WEEK = timedelta(days=7)
DAYS = (TUESDAY, TUESDAY + WEEK)
PEOPLE = ("anna", "boris", "vera", "gleb")
LAST_CALL = timedelta(minutes=15)
HOURS = ((time(9), time(10)), (time(14), time(14, 30)))  # two times before the quiet hours let anybody know, one after
TERMS = {"shifts": (Shift(ADVISOR, 1, HOURS),), "horizon_days": 10, "lead_hours": 1}
BASE = content(point=TERMS)
OFFICE = BASE.offices["barnaul"]
EDITIONS: dict[str, Content] = {
    "as it was": BASE,
    "mornings only": content(point={**TERMS, "shifts": (Shift(ADVISOR, 1, HOURS[:1]),)}),
    "two seats": content(point={**TERMS, "places": 2}),
    "other zone": content(
        point=TERMS,
        offices={"barnaul": replace(OFFICE, timezone="Asia/Omsk")},
        default_office=replace(OFFICE, timezone="Asia/Omsk"),
    ),
    "a day off": content(point=TERMS, calendar={DAYS[0]: None}),
    "a Saturday instead": content(point=TERMS, calendar={DAYS[1]: None, DAYS[1] + timedelta(days=4): 1}),
    "no point": replace(BASE, points={}),
}
TIMES = [slot for day in DAYS for slot in day_slots(BASE, POINT, ADVISOR, day)]


class History:
    """One history. Each step is a method; `check` follows every one."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = FixedClock(NOW)
        self.content = BASE
        self.people: dict[str, str] = {}
        self.erased: set[str] = set()
        self.stopped: set[str] = set()
        self.resumed: dict[str, datetime] = {}
        self.given: list[str] = []  # ids of reminders that entered a lane
        self.owed: dict[str, datetime] = {}  # of reminders that were planned and not taken back -> due
        self.displaced = 0
        self.is_settled = True  # the clock has looked since anything but a turn happened
        self._number = 0

    async def begin(self) -> None:
        async with self.database.write() as tx:
            arrivals = [Arrival("telegram", f"hello {name}", name, "text", 0, b"{}") for name in PEOPLE]
            met = await tx.inbox.admit(arrivals, now=NOW)
            for name in PEOPLE:
                id_ = self.people[name] = met["telegram", name]
                place = self.database.cipher.find("address", "telegram", name)
                await tx.sessions.save([SessionRow(id_, "telegram", place, "menu.main", b"{}", 1, NOW)])

    # what people do

    async def hold(self, name: str, time: int) -> None:
        id_ = self._fresh()
        await self._act(lambda book: book.hold(id_, TIMES[time], self.people[name]))

    async def confirm(self, name: str) -> None:
        for row in await self._own(name):
            await self._act(lambda book, row=row: book.confirm(row.id, self.people[name]))  # type: ignore[misc]

    async def book(self, name: str, time: int) -> None:
        await self.hold(name, time)
        await self.confirm(name)

    async def release(self, name: str) -> None:
        for row in await self._own(name):
            await self._act(lambda book, row=row: book.release(row.id, self.people[name]))  # type: ignore[misc]

    async def move(self, name: str, time: int) -> None:
        for row in await self._own(name):
            await self._act(
                lambda book, row=row: book.move(row.id, TIMES[time], citizen_id=self.people[name])  # type: ignore[misc]
            )

    async def cancel(self, name: str) -> None:
        for row in await self._own(name):
            await self._act(lambda book, row=row: book.cancel(row.id, citizen_id=self.people[name]))  # type: ignore[misc]

    async def come(self, name: str) -> None:
        for row in await self._own(name):
            await self._act(lambda book, row=row: book.mark(row.id, "confirmed", actor="citizen"))  # type: ignore[misc]

    async def wait(self, name: str) -> None:
        id_, last = self._fresh(), DAYS[1] + WEEK
        await self._act(lambda book: book.wait(id_, self.people[name], POINT, ADVISOR, from_day=DAYS[0], to_day=last))

    async def leave(self, name: str) -> None:
        for wish in await self._wishes(name):
            await self._act(lambda book, wish=wish: book.leave(wish.id, self.people[name]))  # type: ignore[misc]

    async def take(self, name: str) -> None:
        for wish in await self._wishes(name):
            await self._act(lambda book, wish=wish: book.take_offer(wish.id, self.people[name]))  # type: ignore[misc]

    async def stop(self, name: str) -> None:
        self.stopped.add(self.people[name])
        async with self.database.write() as tx:
            await tx.citizens.stop([(self.people[name], self.clock.now())])
            await tx.reminders.cancel_all([self.people[name]])
            await tx.outbox.stop([self.people[name]], now=self.clock.now())

    async def resume(self, name: str) -> None:
        if self.people[name] not in self.stopped:
            return
        self.stopped.discard(self.people[name])
        self.resumed[self.people[name]] = self.clock.now()
        async with self.database.write() as tx:
            await tx.citizens.stop([(self.people[name], None)])
            for row in await self._own(name, tx):
                await Book(tx, self.content, self.clock.now()).remind(row)

    async def erase(self, name: str) -> None:
        self.is_settled = False
        self.erased.add(self.people[name])
        async with self.database.write() as tx:
            await tx.citizens.erase(self.people[name], now=self.clock.now())

    # what staff do

    async def close(self, day: int) -> None:
        found = await self._act(lambda book: book.close(POINT, ADVISOR, DAYS[day], actor="staff", reason="illness"))
        self.displaced += len([one for one in found or [] if one.booking.citizen_id])

    async def give(self, time: int) -> None:
        id_ = self._fresh()
        await self._act(lambda book: book.book_for(id_, TIMES[time], actor="staff", name="Пётр", phone="1"))

    async def publish(self, name: str) -> None:
        self.content = EDITIONS[name]
        self.is_settled = False

    # what the clock does

    async def passes(self, **by: float) -> None:
        self.clock.move(**by)
        self.is_settled = False

    async def look(self) -> None:
        """As the scheduler does, then the workers, then the sender."""
        before = await self._count(
            "SELECT COUNT(*) FROM bookings WHERE state = 'cancelled_staff' AND citizen_id IS NOT NULL"
        )
        await Rounds(self.database, self.clock, lambda: self.content).go()
        after = await self._count(
            "SELECT COUNT(*) FROM bookings WHERE state = 'cancelled_staff' AND citizen_id IS NOT NULL"
        )
        self.displaced += after - before
        await self.deliver()
        self.is_settled = True

    async def deliver(self) -> None:
        now = self.clock.now()
        async with self.database.write() as tx:
            due = await tx.reminders.take_due(now=now, limit=100)
            parts = []
            for one in due:
                assert one.id not in self.given, f"{one.id} twice"
                assert one.due_at <= now
                if one.kind in (reminding.DAY, reminding.SOON):
                    row = await tx.bookings.get(one.subject)
                    assert row is not None, "a reminder of what is gone"
                    assert row.citizen_id == one.citizen_id
                    is_over = row.ends_at <= now  # noticed late: the sender drops it
                    assert is_over or (row.is_active and f":{row.version}:" in one.id)
                self.given.append(one.id)
                place = await self._address(one.citizen_id)
                if place:
                    parts.append(
                        Part(
                            one.citizen_id,
                            "telegram",
                            place,
                            one.id,
                            0,
                            Lane.REMINDER,
                            one.kind,
                            b"{}",
                            False,
                            now,
                            one.id,
                        )
                    )
            await tx.outbox.add(parts, now=now)

    async def send(self) -> None:
        """What waits to leave is judged: a reminder only for a visit as it stands, an offer only while it holds."""
        now = self.clock.now()
        while True:
            async with self.database.write() as tx:
                leased = await tx.outbox.lease("telegram", now=now, limit=50)
                for part in leased:
                    assert part.subject is not None
                    is_live = await self._is_live(tx, part.subject, part.key, now)
                    is_silent = part.citizen_id in self.stopped or part.is_stopped
                    assert part.is_withdrawn == (not is_live) or is_silent, part.subject
                await tx.outbox.sent([(part.number, str(part.number)) for part in leased], now=now)
            if not leased:
                return

    # what must be true

    async def check(self) -> None:
        async with self.database.read() as tx:
            await self._seats(tx)
            await self._reminders(tx)
            await self._offers(tx)
            await self._told(tx)
            if self.is_settled:
                await self._line(tx)

    async def _seats(self, tx: Transaction) -> None:
        """No seat twice, no more of a slot than its seats, one booking each, nothing of who was forgotten."""
        places = {name: edition.points[POINT].places for name, edition in EDITIONS.items() if edition.points}
        for slot, count, most in await fetch(
            tx, "SELECT slot, COUNT(*), MAX(place) FROM bookings WHERE active = 1 GROUP BY slot"
        ):
            assert count <= most <= max(places.values()), slot
        for citizen_id, count in await fetch(
            tx,
            "SELECT citizen_id, COUNT(*) FROM bookings WHERE active = 1 AND citizen_id IS NOT NULL GROUP BY citizen_id",
        ):
            assert count == 1, citizen_id
        if self.is_settled and self.content.points:
            capacity = self.content.points[POINT].places + self.content.points[POINT].walk_in_places
            now = int(self.clock.now().timestamp() * 1000)
            most = await fetch(
                tx, f"SELECT COALESCE(MAX(place), 0) FROM bookings WHERE active = 1 AND starts_at > {now}"
            )
            assert most[0][0] <= capacity

    async def _reminders(self, tx: Transaction) -> None:
        """None for what is gone; none missing for what stands. (Those given out already are judged when they leave.)"""
        now = self.clock.now()
        rows = await fetch(
            tx,
            "SELECT id, citizen_id, subject, due_at FROM reminders"
            " WHERE state = 0 AND kind IN ('booking_day', 'booking_soon')",
        )
        planned = {row[0] for row in rows}
        expected = set()
        for row in await self._active(tx):
            if row.citizen_id is None or row.citizen_id in self.stopped or row.is_held:
                continue
            wanted = reminding.plan(self._content_of(row), row, max(now, await self._planned_at(tx, row)))
            assert {one.id for one in wanted} <= planned, "a reminder is missing"
            expected |= {reminding.reminder_id(row, kind) for kind in (reminding.DAY, reminding.SOON)}
        late = {id_ for id_, _, _, due_at in rows if due_at <= int(now.timestamp() * 1000)}
        assert planned - late <= expected, "a reminder of what is gone"

    async def _offers(self, tx: Transaction) -> None:
        """Each offer keeps one seat, each kept seat of nobody is an offer's or waits for a call."""
        rows = await fetch(tx, "SELECT id, slot, created_by FROM bookings WHERE state = 'held' AND citizen_id IS NULL")
        kept = {id_: (slot, created_by) for id_, slot, created_by in rows}
        offers = await fetch(tx, "SELECT booking_id, slot FROM waiting WHERE state = 'offered'")
        assert len({booking for booking, _ in offers}) == len(offers)
        for booking, slot in offers:
            assert kept[booking][0] == slot
        for id_ in kept.keys() - {booking for booking, _ in offers}:
            assert kept[id_][1] not in ("waiting", "citizen")

    async def _told(self, tx: Transaction) -> None:
        """A booking that was lost is told of, once each."""
        rows = await fetch(tx, "SELECT COUNT(*) FROM reminders WHERE kind = 'booking_closed'")
        assert rows[0][0] <= self.displaced
        if not self.erased:
            assert rows[0][0] == self.displaced

    async def _line(self, tx: Transaction) -> None:
        """Nobody waits for what is free."""
        now = self.clock.now()
        for wish in await tx.waiting.line(POINT, ADVISOR):
            own = (await tx.bookings.of_citizen([wish.citizen_id], now=now)).get(wish.citizen_id, [])
            before = next((row.starts_at for row in own if not row.is_held), None)
            for opening in await Line(tx, self.content, now).openings(POINT, ADVISOR):
                is_wanted = wish.from_day <= opening.slot.day <= wish.to_day
                assert not is_wanted or (before is not None and opening.slot.starts_at >= before)

    # how

    def _content_of(self, row: BookingRow) -> Content:
        """The edition under which the row's times were told: reminders follow the schedule when it is displaced."""
        same = [one for one in EDITIONS.values() if one.points and _zone_shows(one, row)]
        return self.content if self.content in same else same[0]

    async def _planned_at(self, tx: Transaction, row: BookingRow) -> datetime:
        """When its reminders were planned: what was past by then is not owed, even if the clock is set back."""
        moments = [event.at for event in await tx.bookings.history(row.id) if event.state in ("booked", "moved")]
        return max([*moments[-1:], self.resumed.get(row.citizen_id or "", NOW)])

    async def _is_live(self, tx: Transaction, subject: str, kind: str, now: datetime) -> bool:
        _, id_, version, *_ = subject.split(":")
        if kind in (reminding.DAY, reminding.SOON):
            row = await tx.bookings.get(id_)
            is_same = row is not None and row.is_active and str(row.version) == version
            return bool(is_same and row and row.starts_at > now + LAST_CALL) and await self._is_waiting(tx, subject)
        wish = await tx.waiting.get(id_)
        if kind == "booking_offer":
            is_same = wish is not None and wish.state == "offered" and str(wish.version) == version
            return is_same and await self._is_waiting(tx, subject)
        return await self._is_waiting(tx, subject)

    async def _is_waiting(self, tx: Transaction, subject: str) -> bool:
        rows = await fetch(tx, f"SELECT state FROM reminders WHERE id = '{subject}'")
        return bool(rows) and rows[0][0] == 1

    async def _act(self, what: Callable[[Book], Any]) -> Any:
        async with self.database.write() as tx:
            return await what(Book(tx, self.content, self.clock.now()))

    async def _own(self, name: str, tx: Transaction | None = None) -> list[BookingRow]:
        if tx is not None:
            found = await tx.bookings.of_citizen([self.people[name]], now=self.clock.now())
            return found.get(self.people[name], [])
        async with self.database.read() as reading:
            return await self._own(name, reading)

    async def _wishes(self, name: str) -> list[WaitingRow]:
        async with self.database.read() as tx:
            return (await tx.waiting.of_citizen([self.people[name]])).get(self.people[name], [])

    async def _active(self, tx: Transaction) -> list[BookingRow]:
        ids = await fetch(tx, "SELECT id FROM bookings WHERE active = 1 ORDER BY id")
        rows = [await tx.bookings.get(id_) for (id_,) in ids]
        return [row for row in rows if row is not None and row.ends_at > self.clock.now()]

    async def _address(self, citizen_id: str) -> str:
        name = next(name for name, id_ in self.people.items() if id_ == citizen_id)
        return self.database.cipher.find("address", "telegram", name)

    async def _count(self, sql: str) -> int:
        async with self.database.read() as tx:
            return int((await fetch(tx, sql))[0][0])

    def _fresh(self) -> str:
        self._number += 1
        return f"id{self._number}"


def _zone_shows(edition: Content, row: BookingRow) -> bool:
    from bot.booking.slots import zone_of
    from bot.texts import render

    zone = zone_of(edition, edition.points[POINT])
    return render.local(row.starts_at, zone).strftime("%Y-%m-%dT%H:%M") == row.wall
