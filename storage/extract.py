"""Everything that is kept about one citizen, opened, for the citizen's own eyes."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.alarms import AlarmRow, Alarms
from storage.booking_records import BookingRow, WaitingRow
from storage.bookings import Bookings
from storage.call_records import Attempt
from storage.calls import Calls
from storage.cases import Cases
from storage.citizens import Citizens
from storage.errors import Unreadable
from storage.handle import Handle
from storage.moments import from_ms
from storage.plan import Plan
from storage.profile import Profile
from storage.records import AnswerRow, CaseRow, CitizenRow, PlanItemRow
from storage.referrals import ReferralRow, Referrals
from storage.survey_records import InvitationRow
from storage.surveys import Surveys
from storage.visits import VisitRow, Visits
from storage.waiting import Waiting


@dataclass(frozen=True, slots=True)
class Kept:
    """A message that is kept. body: of an Incoming when the citizen said it, else of an Outgoing; JSON bytes."""

    at: datetime
    is_heard: bool
    body: bytes


@dataclass(frozen=True, slots=True)
class Extract:
    """
    chats: (channel, the platform's id of the dialog; empty when it was erased). reminders: (kind, subject, when), those
    to come. cases: closed ones too, with their words. messages: oldest first. has_word: that uncovers the menu.

    bookings: visits, past ones too. wishes: for what times the citizen waited.
    visits, referrals: oldest first.
    surveys: with answers only while they are tied to the citizen.
    alarms: cries for help.
    calls: attempts of staff, oldest first. no_calls_at: since when the citizen wants none.
    """

    citizen: CitizenRow
    chats: tuple[tuple[str, str], ...]
    answers: tuple[AnswerRow, ...]
    plan: tuple[PlanItemRow, ...]
    reminders: tuple[tuple[str, str, datetime], ...]
    cases: tuple[CaseRow, ...]
    messages: tuple[Kept, ...]
    has_word: bool
    bookings: tuple[BookingRow, ...] = ()
    wishes: tuple[WaitingRow, ...] = ()
    visits: tuple[VisitRow, ...] = ()
    referrals: tuple[ReferralRow, ...] = ()
    surveys: tuple[InvitationRow, ...] = ()
    alarms: tuple[AlarmRow, ...] = ()
    calls: tuple[Attempt, ...] = ()
    no_calls_at: datetime | None = None


class Extracts:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def of(self, citizen_id: str) -> Extract:
        """Raises KeyError for a citizen nobody knows. What no secret opens is left out: nobody can read it."""
        queries, connection = self._on.queries, self._on.connection
        answers = (await Profile(self._on).load([citizen_id])).get(citizen_id, [])
        plan = (await Plan(self._on).load([citizen_id])).get(citizen_id, [])
        messages = [one async for one in self._heard(citizen_id)] + [one async for one in self._said(citizen_id)]
        rows = queries.extract_reminders(connection, id=citizen_id)
        return Extract(
            citizen=(await Citizens(self._on).load([citizen_id]))[citizen_id],
            chats=tuple([chat async for chat in self._chats(citizen_id)]),
            answers=tuple(sorted(answers, key=lambda row: row.changed_at)),
            plan=tuple(sorted(plan, key=lambda row: row.changed_at)),
            reminders=tuple([(row[0], row[1], from_ms(row[2])) async for row in rows]),
            cases=tuple(await Cases(self._on).all_of(citizen_id)),
            messages=tuple(sorted(messages, key=lambda kept: kept.at)),
            bookings=tuple([row for row in await Bookings(self._on).all_of(citizen_id) if not row.is_held]),
            wishes=tuple(await Waiting(self._on).all_of(citizen_id)),
            alarms=tuple(await Alarms(self._on).of_citizen(citizen_id)),
            has_word=await queries.own_words_get(connection, citizen_id=citizen_id) is not None,
            visits=tuple(await Visits(self._on).of_citizen(citizen_id)),
            referrals=tuple(await Referrals(self._on).of_citizen(citizen_id)),
            surveys=tuple(await Surveys(self._on).of_citizen(citizen_id)),
            calls=tuple([one for one in await Calls(self._on).attempts(citizen_id) if not one.is_undone]),
            no_calls_at=(await Calls(self._on).mark(citizen_id))[0],
        )

    async def _chats(self, citizen_id: str) -> AsyncIterator[tuple[str, str]]:
        async for channel, find, chat in self._on.queries.extract_addresses(self._on.connection, id=citizen_id):
            plain = self._opened(chat, "addresses", "chat", find) if chat is not None else b""
            yield channel, (plain or b"").decode()

    async def _heard(self, citizen_id: str) -> AsyncIterator[Kept]:
        async for at, payload, event in self._on.queries.extract_heard(self._on.connection, id=citizen_id):
            if (plain := self._opened(payload, "inbox", "payload", event)) is not None:
                yield Kept(from_ms(at), True, plain)

    async def _said(self, citizen_id: str) -> AsyncIterator[Kept]:
        async for at, body, turn, part in self._on.queries.extract_said(self._on.connection, id=citizen_id):
            if (plain := self._opened(body, "outbox", "body", f"{turn}:{part}")) is not None:
                yield Kept(from_ms(at), False, plain)

    def _opened(self, sealed: Any, *place: str) -> bytes | None:
        try:
            return self._on.cipher.open(bytes(sealed), *place)
        except Unreadable:
            return None
