"""
Seats of slots: kept, booked, moved, given back, and their history.

    held --> booked --> reminded --> confirmed --> served | no_show
      |         \\----------\\------------\\------> cancelled_citizen | cancelled_staff
      +--> gone, without a trace; `moved` is a line of the history: the booking goes on at another slot

No more than a slot's places, one active booking per citizen and specialist: the database refuses, whoever races. What
follows for reminders, waiting list and other people is bot/booking/book.py's.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from storage.booking_records import BookingEvent, BookingRow, Closure, Slot, State, ToldResume
from storage.errors import Unreadable
from storage.handle import Handle
from storage.inbox import ids_of
from storage.moments import from_ms, to_ms
from storage.records import ReminderRow


class _Person(msgspec.Struct, omit_defaults=True):
    name: str = ""
    phone: str = ""


_person = msgspec.json.Decoder(_Person)


class Bookings:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    # taking a seat

    async def take(
        self,
        id_: str,
        slot: Slot,
        seats: Sequence[int],
        *,
        code: str,
        state: State,
        created_by: str,
        now: datetime,
        citizen_id: str | None = None,
        held_until: datetime | None = None,
        referred_by: str = "",
        name: str = "",
        phone: str = "",
    ) -> BookingRow | None:
        """
        The first of these seats that is free. None: all are taken, or the citizen has a booking of this specialist.

        id_ given again gives None, too: the row is there already.
        """
        queries, connection = self._on.queries, self._on.connection
        sealed = None
        if name or phone:
            plain = msgspec.json.encode(_Person(name, phone))
            sealed = self._on.cipher.seal(plain, "bookings", "person", id_)
        taken = {row[0] async for row in queries.bookings_seats(connection, slot=slot.id)}
        for place in seats:
            if place in taken:
                continue
            row = await queries.bookings_take(
                connection,
                id=id_,
                code=code,
                citizen_id=citizen_id,
                **_seat(slot, place),
                role=slot.role,
                state=state,
                held_until=to_ms(held_until),
                created_by=created_by,
                referred_by=referred_by,
                person=sealed,
                at=to_ms(now),
            )
            if row is not None:
                return await self.get(id_)
        return None

    async def is_full(self, slot: Slot, seats: Sequence[int], *, now: datetime, but_for: str) -> bool:
        """Each of these seats is somebody else's, who still wants it: asked before anything is written."""
        rows = self._on.queries.bookings_seats(self._on.connection, slot=slot.id)
        others = {
            place
            async for place, citizen_id, held_until in rows
            if citizen_id != but_for and (held_until is None or held_until > to_ms(now))
        }
        return others >= set(seats)

    async def keep(self, citizen_id: str, slot: Slot, *, until: datetime, now: datetime) -> BookingRow | None:
        """The seat that the citizen keeps in this slot already, for longer now. None: there is none."""
        row = await self._on.queries.bookings_keep(
            self._on.connection, citizen_id=citizen_id, slot=slot.id, until=to_ms(until), at=to_ms(now)
        )
        return await self.get(row[0]) if row is not None else None

    async def let_go(self, citizen_id: str, slot: Slot) -> bool:
        """Give back what the citizen keeps of this specialist at other times; whether there was any."""
        rows = self._on.queries.bookings_let_go(
            self._on.connection, citizen_id=citizen_id, role=slot.role, slot=slot.id
        )
        return bool([row async for row in rows])

    async def confirm(self, id_: str, citizen_id: str, *, now: datetime) -> bool:
        """The kept seat is booked. False: nothing is kept, or the time has come."""
        row = await self._on.queries.bookings_confirm(self._on.connection, id=id_, citizen_id=citizen_id, at=to_ms(now))
        return row is not None

    async def hand_over(self, id_: str, citizen_id: str, *, now: datetime) -> bool:
        """The seat that an offer keeps is booked for the citizen. False: no such seat, or they have an active one."""
        row = await self._on.queries.bookings_hand_over(
            self._on.connection, id=id_, citizen_id=citizen_id, at=to_ms(now)
        )
        return row is not None

    async def lock(self, id_: str, *, now: datetime) -> bool:
        """Nobody else changes this active booking until the transaction ends. False: there is none."""
        return await self._on.queries.bookings_lock(self._on.connection, id=id_, at=to_ms(now)) is not None

    async def reseat(self, id_: str, slot: Slot, place: int, *, now: datetime) -> None:
        """The booking goes on at another slot, in a seat that this transaction has just given back."""
        await self._on.queries.bookings_reseat(self._on.connection, id=id_, **_seat(slot, place), at=to_ms(now))

    # giving it back

    async def cancel(self, id_: str, state: State, *, now: datetime) -> bool:
        """The booking is over before its time. False: it was not active."""
        row = await self._on.queries.bookings_cancel(self._on.connection, id=id_, state=state, at=to_ms(now))
        return row is not None

    async def release(self, id_: str) -> None:
        """A seat that was only kept is free, and nothing tells of it."""
        await self._on.queries.bookings_release(self._on.connection, id=id_)

    async def expire(self, *, now: datetime, slot: str = "") -> int:
        """Give back kept seats whose time is over, all or those of one slot, but no offers; returns how many."""
        queries, connection = self._on.queries, self._on.connection
        if slot:
            return len([row async for row in queries.bookings_expire_slot(connection, slot=slot, now=to_ms(now))])
        return len([row async for row in queries.bookings_expire(connection, now=to_ms(now))])

    async def lapse(self, *, now: datetime, citizen_id: str = "", role: str = "") -> None:
        """Visits that are over take no seat any more: everybody's, or those of one citizen with one specialist."""
        queries, connection = self._on.queries, self._on.connection
        if citizen_id:
            await queries.bookings_lapse_own(connection, citizen_id=citizen_id, role=role, now=to_ms(now))
        else:
            await queries.bookings_lapse(connection, now=to_ms(now))

    async def has_ended(self, *, now: datetime) -> bool:
        """Whether `expire`, `lapse` or the waiting list's `missed` and `over` would find anything."""
        found = await self._on.queries.bookings_has_ended(self._on.connection, now=to_ms(now), day=past_day(now))
        return bool(found)

    # marks

    async def mark(self, id_: str, state: State, *, now: datetime) -> bool:
        """
        reminded, confirmed: of an active booking; served, no_show: also of one that is over. False: no change.
        """
        is_active = state in ("reminded", "confirmed")
        row = await self._on.queries.bookings_mark(
            self._on.connection, id=id_, state=state, active=int(is_active), at=to_ms(now)
        )
        return row is not None

    async def reminded(self, rows: Sequence[tuple[str, str]], *, now: datetime) -> None:
        """
        The clock reminds of these (booking, citizen) now, with a line of the history each. What was confirmed since, is
        over or not theirs stays as it is. Set-wise: a thousand may be due in one minute.
        """
        given = [{"id": id_, "citizen_id": citizen_id, "at": to_ms(now)} for id_, citizen_id in rows]
        if given:
            await self._on.queries.bookings_remind_note(self._on.connection, given)
            await self._on.queries.bookings_reminded(self._on.connection, given)

    async def late(self, id_: str, *, now: datetime) -> bool:
        row = await self._on.queries.bookings_late(self._on.connection, id=id_, at=to_ms(now))
        return row is not None

    async def tell_resume(self, id_: str, citizen_id: str, resume: ToldResume, *, now: datetime) -> bool:
        """What the citizen said of the résumé for this visit. False: it is over, or not theirs."""
        row = await self._on.queries.bookings_resume(
            self._on.connection, id=id_, citizen_id=citizen_id, resume=resume, at=to_ms(now)
        )
        return row is not None

    async def note(self, id_: str, state: str, *, actor: str, now: datetime, reason: str = "") -> None:
        """A line of the history. actor: citizen, clock, or who of the staff. reason: a code, no words."""
        await self._on.queries.booking_event(
            self._on.connection, booking_id=id_, state=state, actor=actor, at=to_ms(now), reason=reason
        )

    async def history(self, id_: str) -> list[BookingEvent]:
        rows = self._on.queries.booking_history(self._on.connection, booking_id=id_)
        return [BookingEvent(row[0], row[1], row[2], from_ms(row[3]), row[4]) async for row in rows]

    async def remind(self, reminders: Sequence[ReminderRow]) -> None:
        """Plan them; one that was given out already is not planned again."""
        rows = [
            {"id": r.id, "citizen_id": r.citizen_id, "kind": r.kind, "subject": r.subject, "due_at": to_ms(r.due_at)}
            for r in reminders
        ]
        if rows:
            await self._on.queries.bookings_remind(self._on.connection, rows)

    async def silence(self, citizen_id: str, subject: str, *, now: datetime) -> None:
        """Reminders of this subject are cancelled, those on their way too."""
        queries, connection = self._on.queries, self._on.connection
        live = queries.reminders_live_of(connection, citizen_id=citizen_id, subject=subject)
        unsent = [{"subject": row[0], "at": to_ms(now)} async for row in live]
        if unsent:
            await queries.outbox_drop_subject(connection, unsent)
            await queries.reminders_cancel(connection, [{"citizen_id": citizen_id, "subject": subject}])

    # looking

    async def get(self, id_: str) -> BookingRow | None:
        row = await self._on.queries.bookings_get(self._on.connection, id=id_)
        return self._row(row) if row is not None else None

    async def of_citizen(self, ids: Sequence[str], *, now: datetime) -> dict[str, list[BookingRow]]:
        """Active bookings of each, kept seats too, the soonest first; visits that are over are none."""
        found: dict[str, list[BookingRow]] = {}
        async for row in self._on.queries.bookings_load(self._on.connection, ids=ids_of(self._on, ids), now=to_ms(now)):
            found.setdefault(row[2], []).append(self._row(row))
        return found

    async def all_of(self, citizen_id: str) -> list[BookingRow]:
        """Every booking of the citizen, the oldest visit first."""
        rows = self._on.queries.bookings_of(self._on.connection, citizen_id=citizen_id)
        return [self._row(row) async for row in rows]

    async def taken(
        self, point: str, role: str, *, after: datetime, before: datetime, places: int, now: datetime
    ) -> dict[str, int]:
        """Slot id → how many of its first `places` seats are taken or kept, for slots that begin in [after, before)."""
        rows = self._on.queries.bookings_taken(
            self._on.connection,
            point=point,
            role=role,
            after=to_ms(after),
            before=to_ms(before),
            places=places,
            now=to_ms(now),
        )
        return {row[0]: row[1] async for row in rows}

    async def day(self, point: str, role: str, *, after: datetime, before: datetime) -> list[BookingRow]:
        """All bookings of a specialist in this time, whatever became of them, kept seats too."""
        rows = self._on.queries.bookings_day(
            self._on.connection, point=point, role=role, after=to_ms(after), before=to_ms(before)
        )
        return [self._row(row) async for row in rows]

    async def ahead(self, *, now: datetime, after: str = "", limit: int = 500) -> list[BookingRow]:
        """Taken seats of slots to come, a page at a time by id: those after the id `after`."""
        rows = self._on.queries.bookings_ahead(self._on.connection, now=to_ms(now), id=after, limit=limit)
        return [self._row(row) async for row in rows]

    # shifts that do not take place

    async def close(self, closure: Closure) -> bool:
        """False: it was closed already."""
        row = await self._on.queries.closures_add(
            self._on.connection,
            point=closure.point,
            role=closure.role,
            day=closure.day,
            reason=closure.reason,
            actor=closure.actor,
            at=to_ms(closure.at),
        )
        return row is not None

    async def reopen(self, point: str, role: str, day: str) -> bool:
        """False: it was not closed."""
        row = await self._on.queries.closures_remove(self._on.connection, point=point, role=role, day=day)
        return row is not None

    async def closures(self, *, since: str) -> list[Closure]:
        """Closed shifts from this local day on."""
        rows = self._on.queries.closures_since(self._on.connection, day=since)
        return [Closure(row[0], row[1], row[2], row[3], row[4], from_ms(row[5])) async for row in rows]

    async def is_closed(self, slot: Slot) -> bool:
        found = await self._on.queries.closures_has(self._on.connection, point=slot.point, role=slot.role, day=slot.day)
        return found is not None

    def _row(self, row: Sequence[Any]) -> BookingRow:
        id_, code, citizen_id, point, role, slot, place, starts_at, ends_at, wall, state, version, sequence, *rest = row
        active, created_by, created_at, held_until, referred_by, sealed, is_late, resume = rest
        person = self._person_of(sealed, id_)
        return BookingRow(
            id=id_,
            code=code,
            citizen_id=citizen_id,
            point=point,
            role=role,
            slot=slot,
            place=place,
            starts_at=from_ms(starts_at),
            ends_at=from_ms(ends_at),
            wall=wall,
            state=state,
            version=version,
            sequence=sequence,
            is_active=bool(active),
            created_by=created_by,
            created_at=from_ms(created_at),
            held_until=from_ms(held_until),
            referred_by=referred_by,
            name=person.name,
            phone=person.phone,
            is_late=bool(is_late),
            resume=resume,
        )

    def _person_of(self, sealed: Any, id_: str) -> _Person:
        """What no secret opens is nobody's: the day list must not fail for it."""
        if sealed is None:
            return _Person()
        try:
            return _person.decode(self._on.cipher.open(bytes(sealed), "bookings", "person", id_))
        except Unreadable:
            return _Person()


def _seat(slot: Slot, place: int) -> dict[str, Any]:
    return {
        "point": slot.point,
        "slot": slot.id,
        "place": place,
        "starts_at": to_ms(slot.starts_at),
        "ends_at": to_ms(slot.ends_at),
        "wall": slot.wall,
    }


def past_day(now: datetime) -> str:
    """A local day before this one is over in every time zone."""
    return (now - timedelta(hours=12)).date().isoformat()
