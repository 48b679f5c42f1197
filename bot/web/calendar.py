"""
GET /calendar/<pass>    a booked visit as a calendar file, as it stands now: moved, or cancelled

The link stands under a booking in the chat. A phone fetches it in another program than the messenger, so it asks for no
identity; it names nobody, opens one entry, and stops a week after the visit.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from bot.booking.link import PATH, booking_of
from bot.booking.slots import zone_of
from bot.clock import Clock
from bot.texts import render
from bot.texts.schema import Content
from bot.web.gate import AnyRequest, Gate
from storage.booking_records import BookingRow
from storage.database import Database

AFTERWARDS = timedelta(days=7)
HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


def calendar_route(database: Database, clock: Clock, content: Callable[[], Content], gate: Gate) -> HTTPRouteHandler:
    sign = partial(database.cipher.mac, "turn")

    @get(f"{PATH}/{{given:str}}")
    async def calendar(request: AnyRequest, given: FromPath[str]) -> Response[bytes]:
        gate.spare(gate.rates.streams, gate.household(request))
        ident, now = booking_of(sign, given), clock.now()
        row = None
        if ident is not None:
            async with database.read() as tx:
                row = await tx.bookings.get(ident)
        point = content().points.get(row.point) if row else None
        if row is None or point is None or row.is_held or now > row.ends_at + AFTERWARDS:
            missing = render.say(content(), "web.calendar_missing", {}).strip()
            return Response(missing.encode(), media_type="text/plain", headers=HEADERS, status_code=404)
        from bot.booking.entry import Entry, calendar_file  # 0.2 s and 10 MB: loaded when the first file is fetched

        zone = zone_of(content(), point)
        entry = Entry(
            id=row.id,
            sequence=row.sequence,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            zone=zone,
            title=_say(content(), "title", row, zone),
            place=point.address,
            note=_say(content(), "note", row, zone),
            made_at=now,
            is_cancelled=row.state.startswith("cancelled"),
        )
        name = "".join(one for one in _say(content(), "name", row, zone) if one.isascii() and one not in '"\\')
        headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
        media_type = f"text/calendar; method={entry.method}"
        return Response(calendar_file(entry), media_type=media_type, headers=headers)

    return calendar


def _say(content: Content, key: str, row: BookingRow, zone: str) -> str:
    """The words of the entry, neutral: they stand on a screen that others may see."""
    values = {"time": render.time_words(row.starts_at, zone), "code": row.code}
    return render.say(content, f"web.calendar_{key}", values).strip()
