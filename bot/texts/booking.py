"""Content of booking as the program sees it: roles, consultation points, their hours, terms."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time

Spans = tuple[tuple[time, time], ...]


@dataclass(frozen=True, slots=True)
class Role:
    """A specialist one can book. does: one sentence. code: one sign, the role's name inside slot ids."""

    id: str
    code: str
    name: str
    does: str


@dataclass(frozen=True, slots=True)
class Shift:
    """A specialist's hours on one day of the week (0 = Monday), local time, in order and apart."""

    role: str
    weekday: int
    hours: Spans


@dataclass(frozen=True, slots=True)
class Point:
    """
    A place where specialists receive by appointment; its time zone is its office's.

    is_bailiffs: plain sentences saying whose building it is, empty where there is nothing to say. landmark may be
    empty. bring: what to take along. situations: whom it serves. places: bookable seats of one slot; walk_in_places:
    more seats for who comes without a booking. lead_hours, horizon_days: how soon and how far ahead one may book.
    closed: local day → reason. exceptions: local day → role → hours of that day, whatever calendar and shifts
    say; no hours: that specialist doesn't receive.
    """

    id: str
    office: str
    name: str
    address: str
    landmark: str
    is_bailiffs: str
    bring: tuple[str, ...]
    situations: tuple[str, ...]
    slot_minutes: int
    places: int
    walk_in_places: int
    lead_hours: int
    horizon_days: int
    shifts: tuple[Shift, ...]
    closed: Mapping[date, str]
    exceptions: Mapping[date, Mapping[str, Spans]]
    needs_verification: bool

    @property
    def roles(self) -> tuple[str, ...]:
        """Ids of the specialists who receive here, in the order of the week."""
        return tuple(dict.fromkeys(shift.role for shift in sorted(self.shifts, key=lambda one: one.weekday)))


@dataclass(frozen=True, slots=True)
class BookingRules:
    """
    hold_minutes: a chosen place is kept so long for who chose it. remind_day_before_hour: local. offer_minutes: a freed
    place is offered so long to the next in the waiting list. reoffer_hours: a place offered instead of a lost booking
    is kept so long. repeat_days: a repeat visit is offered so many days later. repeats_to_lead: after so many the lead
    is told.
    """

    hold_minutes: int = 5
    remind_day_before_hour: int = 18
    remind_hours_before: int = 2
    offer_minutes: int = 60
    reoffer_hours: int = 24
    repeat_days: int = 7
    repeats_to_lead: int = 3
