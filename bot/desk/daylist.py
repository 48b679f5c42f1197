"""
The day list for the department: who was received, and with what result. The least there can be: number, name as given,
time, who sent the person, result, next step.

    looked at --> confirmed by its seal --> file

The seal is of what was seen: a list that has changed since is not given out. Left out: who did not come, and results
that tell of health, family or work without papers.
"""

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime
from hashlib import sha256

from bot.booking.slots import zone_of
from bot.desk.day import Seat, day
from bot.desk.sheets import as_csv, as_xlsx
from bot.texts import render
from bot.texts.schema import Content
from storage.database import Transaction
from storage.visits import Result

UNTOLD = {
    Result.REFERRED_PSYCHOLOGIST,
    Result.REFERRED_MEDIATOR,
    Result.INFORMAL_DETAILS,
    Result.INFORMAL_NO_DETAILS,
    Result.NO_SHOW,
}
SEAL_CHARS = 6


@dataclass(frozen=True, slots=True)
class Line:
    """All that the department learns of one person."""

    number: str
    name: str
    time: str
    sender: str
    results: str
    next_step: str


@dataclass(frozen=True, slots=True)
class DayList:
    """seal: of these lines, to confirm them by. unrecorded: people whose visit nobody has recorded yet."""

    point: str
    role: str
    on: date
    lines: tuple[Line, ...]
    seal: str
    unrecorded: int


async def look(tx: Transaction, content: Content, point: str, role: str, on: date) -> DayList:
    """The list as it stands. Raises KeyError: no such point."""
    return made(content, point, role, on, await day(tx, content, point, role, on))


def made(content: Content, point: str, role: str, on: date, seats: Sequence[Seat]) -> DayList:
    """The list of these seats."""
    served = [seat for seat in seats if seat.visit is not None and Result.NO_SHOW not in seat.visit.results]
    lines = tuple(_line(content, number, seat) for number, seat in enumerate(served, start=1))
    unrecorded = sum(seat.visit is None and seat.booking.state != "no_show" for seat in seats)
    return DayList(point, role, on, lines, _seal(point, role, on, lines), unrecorded)


async def confirm(
    tx: Transaction, content: Content, point: str, role: str, on: date, *, seal: str, actor: str, now: datetime
) -> DayList | None:
    """The list that was seen, to be given out; noted in the audit. None: it is another one by now."""
    found = await look(tx, content, point, role, on)
    if found.seal != seal.strip().upper():
        return None
    subject = f"{point} {role} {on.isoformat()} {found.seal} {len(found.lines)}"
    await tx.audit.add(actor=actor, act="day_list_given", subject=subject, now=now)
    return found


def to_csv(content: Content, found: DayList) -> bytes:
    return as_csv(_head(content), [astuple(line) for line in found.lines])


def to_xlsx(content: Content, found: DayList) -> bytes:
    return as_xlsx(_head(content), [astuple(line) for line in found.lines], title=found.on.strftime("%d.%m.%Y"))


def _head(content: Content) -> Sequence[str]:
    words = content.visits.day_list
    return [words.number, words.name, words.time, words.sender, words.results, words.next_step]


def _line(content: Content, number: int, seat: Seat) -> Line:
    words, booking, visit = content.visits, seat.booking, seat.visit
    assert visit is not None
    zone = zone_of(content, content.points[booking.point])
    codes = [code for code in visit.results if code not in UNTOLD]
    return Line(
        number=str(number),
        name=booking.name or words.day_list.unnamed,
        time=render.time_words(booking.starts_at, zone),
        sender=words.senders.get(visit.referred_by, visit.referred_by),
        results=", ".join(words.results.get(code, code) for code in codes) or words.day_list.received,
        next_step=words.next.get(visit.next_step, visit.next_step),
    )


def _seal(point: str, role: str, on: date, lines: Sequence[Line]) -> str:
    said = json.dumps([point, role, on.isoformat(), [astuple(line) for line in lines]], ensure_ascii=False)
    return sha256(said.encode()).hexdigest()[:SEAL_CHARS].upper()
