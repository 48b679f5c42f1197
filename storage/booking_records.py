"""Rows of booking. Times are aware UTC; `wall` is the local time that was told, 2026-11-24T09:00."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

State = Literal["held", "booked", "reminded", "confirmed", "served", "no_show", "cancelled_citizen", "cancelled_staff"]
WaitState = Literal["waiting", "offered", "taken", "left", "missed", "over"]
ToldResume = Literal["", "portal", "paper", "promised", "help"]
Cause = Literal["wish", "closed", "schedule"]


@dataclass(frozen=True, slots=True)
class Slot:
    """A time at which a specialist receives. id: ASCII, at most 40 characters."""

    id: str
    point: str
    role: str
    starts_at: datetime
    ends_at: datetime
    wall: str

    @property
    def day(self) -> str:
        """The local day, 2026-11-24."""
        return self.wall[:10]


@dataclass(frozen=True, slots=True)
class BookingRow:
    """
    A seat of a slot, kept or booked for somebody.

    code: said at the desk. citizen_id: None for who has no chat, and for a seat that an offer keeps. version: counts
    what makes earlier reminders wrong; sequence: what makes an earlier calendar file wrong. held_until: of a seat that
    is only kept. created_by: citizen, or who of the staff. referred_by: who sent. name, phone: as given by staff, may
    be empty. is_active: the seat is taken. is_late: the citizen said so. resume: what they said of it for this visit,
    empty for nothing; `help` asks for it.
    """

    id: str
    code: str
    citizen_id: str | None
    point: str
    role: str
    slot: str
    place: int
    starts_at: datetime
    ends_at: datetime
    wall: str
    state: State
    version: int
    sequence: int
    is_active: bool
    created_by: str
    created_at: datetime
    held_until: datetime | None = None
    referred_by: str = ""
    name: str = ""
    phone: str = ""
    is_late: bool = False
    resume: ToldResume = ""

    @property
    def is_held(self) -> bool:
        return self.state == "held"

    @property
    def as_slot(self) -> Slot:
        return Slot(self.slot, self.point, self.role, self.starts_at, self.ends_at, self.wall)


@dataclass(frozen=True, slots=True)
class BookingEvent:
    """One line of a booking's history. state: as of a booking, or `moved`. reason: a code, no words."""

    number: int
    state: str
    actor: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """
    Somebody waits for a time of a specialist, from_day to to_day (local, 2026-11-24, inclusive).

    cause: the citizen's wish; or a booking of theirs was lost, because the shift is closed or the schedule has changed:
    lost_at says what time it was. offered: a slot kept until offer_until in the booking `booking_id`. version counts
    offers.
    """

    id: str
    citizen_id: str
    point: str
    role: str
    from_day: str
    to_day: str
    state: WaitState
    cause: Cause
    since: datetime
    version: int = 0
    offered: Slot | None = None
    booking_id: str | None = None
    offer_until: datetime | None = None
    lost_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Closure:
    """A shift that does not take place. day: local. reason: for staff."""

    point: str
    role: str
    day: str
    reason: str
    actor: str
    at: datetime
