"""Buildings of the centre: where, when and how to reach."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time
from types import MappingProxyType

OFFICE_FIELDS = ("name", "short_name", "address", "landmark", "phone", "hours")
WEEKDAYS = ("пн", "вт", "ср", "чт", "пт", "сб", "вс")


@dataclass(frozen=True, slots=True)
class Office:
    """
    A building of the centre. address, landmark, phone and values of contacts may be empty: nobody knows them yet.

    hours: weekday (0 = Monday) → spans of local time, a day left out is closed. contacts: key → how to reach.
    needs_verification: nobody at the centre confirmed it: shown with the mark. timezone: IANA name.
    """

    id: str
    name: str
    short_name: str
    address: str
    landmark: str
    phone: str
    hours: Mapping[int, tuple[tuple[time, time], ...]]
    timezone: str
    needs_verification: bool
    contacts: Mapping[str, str]
    is_default: bool


def nowhere(like: Office) -> Office:
    """An office without name, address and contacts, in the time zone of this one."""
    return replace(
        like,
        id="",
        name="",
        short_name="",
        address="",
        landmark="",
        phone="",
        hours=MappingProxyType({}),
        contacts=MappingProxyType({}),
    )
