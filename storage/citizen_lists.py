"""The base of citizens for the console: who agreed, filtered, page by page, without words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from storage.handle import Handle
from storage.inbox import ids_of
from storage.moments import from_ms, to_ms

Bond = Literal["case", "visit", "invited", "centre", "plan", "quiet"]
BONDS: tuple[Bond, ...] = get_args(Bond)
QUIET = timedelta(days=14)
EVER = 2**53


@dataclass(frozen=True, slots=True)
class CitizenLine:
    """
    heard_at: the last message, the consent for who wrote none since. visit_at: of the next booking. next_step: of the
    last visit. bond: how things stand with this person.

        case     a request waits      visit   a booking is to come    invited  was asked to come, did not book
        centre   the central office   plan    on their own with it    quiet    nothing was heard for QUIET
    """

    id: str
    office: str
    consent_at: datetime
    is_stopped: bool
    channel: str
    heard_at: datetime
    visit_at: datetime | None
    next_step: str
    bond: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    "" and None: any. heard_since, heard_before: when last heard.

    item: a plan item; homes: the situations whose plans have it. mark: what was said of it, "open" for nothing yet;
    whether answers, which are sealed, leave it out of this very plan is not asked.
    """

    situation: str = ""
    item: str = ""
    homes: tuple[str, ...] = ()
    mark: str = ""
    bond: str = ""
    next_step: str = ""
    heard_since: datetime | None = None
    heard_before: datetime | None = None


class CitizenLists:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def page(
        self, offices: Sequence[str] | None, wanted: Wanted, *, now: datetime, limit: int, skip: int = 0
    ) -> list[CitizenLine]:
        """The last heard first. offices: whose, None for all; who has no office yet is everybody's."""
        asked = self._asked(offices, wanted, now)
        rows = self._on.queries.citizen_list(self._on.connection, **asked, limit=limit, skip=skip)
        return [
            CitizenLine(
                id=row[0],
                office=row[1],
                consent_at=from_ms(row[2]),
                is_stopped=row[3] is not None,
                channel=row[4],
                heard_at=from_ms(row[5]),
                visit_at=from_ms(row[6]) if row[6] is not None else None,
                next_step=row[7],
                bond=row[8],
            )
            async for row in rows
        ]

    async def count(self, offices: Sequence[str] | None, wanted: Wanted, *, now: datetime) -> int:
        asked = self._asked(offices, wanted, now)
        return int(await self._on.queries.citizen_list_count(self._on.connection, **asked) or 0)

    def _asked(self, offices: Sequence[str] | None, wanted: Wanted, now: datetime) -> dict[str, object]:
        return {
            "everywhere": int(offices is None),
            "offices": ids_of(self._on, list(offices or ())),
            "situation": wanted.situation,
            "item": wanted.item,
            "homes": ids_of(self._on, list(wanted.homes)),
            "mark": wanted.mark,
            "state": wanted.bond,
            "next_step": wanted.next_step,
            "since": to_ms(wanted.heard_since) if wanted.heard_since else 0,
            "until": to_ms(wanted.heard_before) if wanted.heard_before else EVER,
            "quiet": to_ms(now - QUIET),
            "now": to_ms(now),
        }
