"""Other people and staff in a talk: they take the places, give one back, close a shift; points come and go."""

import dataclasses
from datetime import datetime, timedelta
from hashlib import sha256

from bot.booking.book import Book
from bot.booking.slots import slots, zone_of
from bot.texts import render, scenes
from bot.texts.schema import Content
from storage.database import Database

STAFF = "staff"
EVERY = (scenes.FULL, scenes.FREED, scenes.CLOSED, scenes.NO_TIMES, scenes.NO_POINT, scenes.POINTS)


async def happens(what: str, database: Database, content: Content, now: datetime, citizen_id: str) -> Content:
    """Let it happen to this citizen; gives the content that holds from then on."""
    async with database.write() as tx:
        book = Book(tx, content, now)
        if what == scenes.FULL:
            for point in content.points.values():
                times = [slot for role in point.roles for slot in slots(content, point.id, role, now=now)]
                for slot in times * point.places:
                    count = await tx.bookings.taken(
                        point.id, slot.role, after=slot.starts_at, before=slot.ends_at, places=point.places, now=now
                    )
                    ident = sha256(f"{slot.id}:{count}".encode()).hexdigest()[:32]
                    await book.book_for(ident, slot, actor=STAFF)
        elif what == scenes.FREED:
            rows = [row for row in await tx.bookings.ahead(now=now, after="", limit=500) if row.citizen_id is None]
            first = min((row for row in rows if not row.is_held), key=lambda row: row.starts_at, default=None)
            if first is not None:
                await book.cancel(first.id, citizen_id=None, actor=STAFF)
        elif what == scenes.CLOSED:
            for row in (await tx.bookings.of_citizen([citizen_id], now=now)).get(citizen_id, []):
                day = render.local(row.starts_at, zone_of(content, content.points[row.point])).date()
                await book.close(row.point, row.role, day, actor=STAFF, reason="")
    return _changed(what, content, now)


def _changed(what: str, content: Content, now: datetime) -> Content:
    points = dict(content.points)
    if what == scenes.NO_POINT:
        points = {}
    elif what == scenes.NO_TIMES:
        shut = {now.date() + timedelta(days=number): "" for number in range(-1, 400)}
        points = {id_: dataclasses.replace(point, closed=shut) for id_, point in points.items()}
    elif what == scenes.POINTS and len(points) == 1:
        (own,) = points.values()
        points["another"] = dataclasses.replace(own, id="another", address="другой адрес", landmark="вход со двора")
    return dataclasses.replace(content, points=points)
