"""
People invited again and again without result (domain, section 6, rule 3): the lead hears of them.

    the third invitation is recorded --> a line in the chats of leads --> «Сегодня» of the console, until the lead has
    seen it. No name and no reason in the chat: day, time and code find the person in the console.
"""

from collections.abc import Collection
from datetime import datetime

import msgspec

from bot.booking.slots import zone_of
from bot.desk.words import say
from bot.messages import Outgoing
from bot.texts import render
from bot.texts.routes import LEAD
from bot.texts.schema import Content
from storage.booking_records import BookingRow
from storage.database import Transaction
from storage.records import Lane, Part
from storage.visits import VisitRow

KEY = "desk.repeats"

_encoder = msgspec.json.Encoder()


async def push(tx: Transaction, content: Content, booking: BookingRow, visit: VisitRow, now: datetime) -> None:
    """To every chat of leads of this office, once however often the visit is corrected."""
    if visit.told_lead_at is not None:
        return
    point = content.points[booking.point]
    zone = zone_of(content, point)
    text = say(
        content,
        "repeats",
        count=visit.repeats,
        day=render.day_words(booking.starts_at, zone, now),
        time=render.time_words(booking.starts_at, zone),
        code=booking.code,
        office=content.office(point.office).short_name or say(content, "all_offices"),
    )
    body = _encoder.encode(Outgoing(KEY, text.strip()))
    reachable = await tx.posts.reachable()
    parts = [
        Part(chat.id, chat.channel, chat.find, f"repeats:{chat.id}:{booking.id}", 0, Lane.REPLY, KEY, body, False, now)
        for chat in await tx.staff_chats.all()
        if chat.role == LEAD and chat.id in reachable and chat.office in ("", point.office)
    ]
    await tx.outbox.add(parts, now=now)
    tx.notify("outbox")


async def unseen(tx: Transaction, content: Content, points: Collection[str]) -> list[tuple[VisitRow, BookingRow]]:
    """Those whom no lead has seen yet, at these points, the oldest visit first."""
    visits = await tx.visits.for_lead(repeats=content.rules.booking.repeats_to_lead)
    rows = [(visit, await tx.bookings.get(visit.booking_id)) for visit in visits if visit.point in points]
    return [(visit, row) for visit, row in rows if row is not None]


async def seen(
    tx: Transaction, content: Content, points: Collection[str], ids: Collection[str], *, actor: str, now: datetime
) -> int:
    """A lead has looked at these; how many of them nobody had seen."""
    found = [visit.booking_id for visit, _ in await unseen(tx, content, points) if visit.booking_id in ids]
    await tx.visits.told_lead(found, now=now)
    if found:
        await tx.audit.add(actor=actor, act="repeats_seen", subject=f"visits {len(found)}", now=now)
    return len(found)
