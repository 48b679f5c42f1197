"""Two citizens turn out to be one: their bookings and wishes become one person's, one of each specialist."""

from datetime import datetime

from storage.bookings import Bookings
from storage.handle import Handle
from storage.moments import to_ms
from storage.waiting import Waiting


async def merge_bookings(handle: Handle, *, kept: str, gone: str, now: datetime) -> None:
    """
    Of two booked visits to one specialist the earlier stays, the other is given back; a seat only kept goes first. Of
    two wishes the one with an offer stays, else the older. Reminders are the kept citizen's by now.
    """
    queries, connection = handle.queries, handle.connection
    both = {"to_id": kept, "from_id": gone}
    bookings, waiting = Bookings(handle), Waiting(handle)
    roles: set[str] = set()
    for id_, _, role, state in [row async for row in queries.bookings_rivals(connection, **both)]:
        if role not in roles:
            roles.add(role)
        elif state == "held":
            await bookings.release(id_)
        elif await bookings.cancel(id_, "cancelled_citizen", now=now):
            await bookings.note(id_, "cancelled_citizen", actor="citizen", now=now, reason="moved")
            await bookings.silence(kept, id_, now=now)
    roles.clear()
    for id_, citizen_id, role, booking_id in [row async for row in queries.waiting_rivals(connection, **both)]:
        if role in roles:
            await waiting.end(id_, citizen_id, "left", now=now)
            await bookings.silence(kept, id_, now=now)
            if booking_id is not None:
                await bookings.release(booking_id)
        roles.add(role)
    await queries.bookings_moved(connection, **both)
    await queries.waiting_moved(connection, **both)


async def forget_bookings(handle: Handle, citizen_id: str, *, now: datetime) -> None:
    """That somebody came stays in the figures, who it was does not; seats to come are free, nobody waits."""
    queries, connection = handle.queries, handle.connection
    ahead = (await Bookings(handle).of_citizen([citizen_id], now=now)).get(citizen_id, [])
    await queries.bookings_forget_offers(connection, citizen_id=citizen_id)
    for row in ahead:
        if not row.is_held:
            await queries.booking_event(
                connection,
                booking_id=row.id,
                state="cancelled_citizen",
                actor="citizen",
                at=to_ms(now),
                reason="erased",
            )
    await queries.bookings_forget(connection, citizen_id=citizen_id)
    await queries.waiting_forget(connection, citizen_id=citizen_id)
