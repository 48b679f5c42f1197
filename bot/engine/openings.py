"""What a citizen can be booked for now: the schedule, less closed shifts, less taken and kept seats."""

from datetime import datetime

from bot.booking.slots import Opening, open_slots, slots
from bot.engine.turn import Turn


async def openings(
    turn: Turn, point_id: str, role: str, *, after: datetime | None = None, before: datetime | None = None
) -> list[Opening]:
    """
    Slots with room, oldest first, inside lead time and horizon; [after, before) narrows it.

    The citizen's own kept seat counts as taken: `turn.reads.bookings()` tells of it.
    """
    offered = slots(turn.content, point_id, role, now=turn.now, after=after, before=before)
    if not offered:
        return []
    closed = await turn.reads.closed_days(point_id, role, since=offered[0].day)
    taken = await turn.reads.taken(
        point_id,
        role,
        after=offered[0].starts_at,
        before=offered[-1].ends_at,
        places=turn.content.points[point_id].places,
    )
    return open_slots(turn.content, [slot for slot in offered if slot.day not in closed], taken)
