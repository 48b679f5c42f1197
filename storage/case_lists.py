"""Lists of cases for the console: what one of the staff may see, filtered, page by page, without words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from storage.cases import case_of
from storage.handle import Handle
from storage.inbox import ids_of
from storage.records import CaseRow

View = Literal["open", "mine", "free", "overdue", "urgent", "closed"]
VIEWS: tuple[View, ...] = get_args(View)


@dataclass(frozen=True, slots=True)
class Eyes:
    """Whose list it is. offices: none sees every office. is_lead: sees what leads alone may see."""

    staff_id: str
    offices: tuple[str, ...] = ()
    is_lead: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """view: open ones of all, mine, nobody's, overdue, urgent; or closed ones. topic, office: "" for any."""

    view: View = "open"
    topic: str = ""
    office: str = ""


class CaseLists:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def page(self, eyes: Eyes, wanted: Filter, *, limit: int, skip: int = 0) -> list[CaseRow]:
        """Open ones: urgent, overdue, then the oldest; closed ones: the newest first."""
        queries = self._on.queries
        query = queries.case_list_closed if wanted.view == "closed" else queries.case_list_open
        rows = query(self._on.connection, **self._asked(eyes, wanted), limit=limit, skip=skip)
        return [case_of(row) async for row in rows]

    async def count(self, eyes: Eyes, wanted: Filter) -> int:
        queries = self._on.queries
        query = queries.case_list_count_closed if wanted.view == "closed" else queries.case_list_count_open
        return int(await query(self._on.connection, **self._asked(eyes, wanted)) or 0)

    async def waiting_for(self, eyes: Eyes) -> int:
        """Nobody's cases and the person's own that wait for an answer."""
        asked = self._asked(eyes, Filter())
        del asked["view"], asked["topic"], asked["office"]
        return int(await self._on.queries.case_list_waiting(self._on.connection, **asked) or 0)

    async def of_citizen(self, citizen_id: str, *, except_id: str = "") -> Sequence[CaseRow]:
        """Every other case of the citizen, newest first, without words."""
        rows = self._on.queries.case_list_of(self._on.connection, citizen_id=citizen_id, except_id=except_id)
        return [case_of(row) async for row in rows]

    def _asked(self, eyes: Eyes, wanted: Filter) -> dict[str, object]:
        return {
            "everywhere": int(not eyes.offices),
            "offices": ids_of(self._on, list(eyes.offices)),
            "staff": eyes.staff_id,
            "is_lead": int(eyes.is_lead),
            "view": wanted.view,
            "topic": wanted.topic,
            "office": wanted.office,
        }
