"""
A citizen goes on in another chat: a one-time code made in the old one is said in the new one.

    issued --> spent, by the one chat that is first
       \\----> void: a newer one, or its time is over

Two citizens become one. The id of the history survives; the new chat's address and all that its citizen had come to
it; that citizen's row stays empty and says whose it became. The old chat gets a stranger of its own, so whoever writes
there begins anew.

What both had is merged by one rule, without a question:
- a mark on a plan item: the newest one, with its reminder; the reminder of the other one is cancelled;
- the office: the history's, if it has one; consent: the older one; a stop mark of either stays; situations: of both;
- bookings: all; of two to come with one specialist the earlier visit stays, the other seat is given back;
- requests for a person: all are kept; of two open ones the older stays open and hears the words of the other;
- visits: of both; of two referrals of one kind that are alive the newer goes on;
- calls of staff: of both, one of those planned twice; who wanted none is not called;
- the word that uncovers the menu: the history's.

What waits in the old chat when the move commits is answered in the new one, before anything that waits there. What
arrives in the old chat later belongs to its stranger (storage/inbox.py sends a message into the lane of whoever has
the address). A part that is under way to the old chat may still arrive there; if it fails it is not tried again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from storage.alarms import Alarms
from storage.belongings import BELONGINGS, bring
from storage.calls import Calls
from storage.cases import Cases
from storage.citizens import Citizens
from storage.errors import Unreadable
from storage.handle import Handle
from storage.inbox import WAITING, ids_of
from storage.moments import from_ms, to_ms
from storage.nudges import Nudges
from storage.outbox import Outbox
from storage.plan import Plan, Reminders
from storage.records import CaseRow, CitizenRow, Lane, PlanItemRow
from storage.referrals import Referrals
from storage.rivals import merge_bookings
from storage.surveys import Surveys

HOUR = timedelta(hours=1)

# every table that says whose a row is; a test holds this against the schema
TABLES = {
    "bookings": "all, the earlier of two visits to one specialist",
    "waiting": "all, one wish for each specialist",
    "addresses": "the new chat comes, the old one gets a stranger",
    "alarms": "all, with their cases",
    "calls": "all, one of those planned twice",
    "call_attempts": "all",
    "call_marks": "of both, what either wanted",
    "cases": "all, one open",
    "inbox": "what waits, and words that are kept",
    "move_codes": "spent, or void",
    "move_tries": "stay with who tried",
    "nudges": "of both, what either wanted",
    "outbox": "all; what has not left is planned anew",
    "own_words": "the history's",
    "plan_items": "the newest mark, added if either was",
    "referrals": "all, one of a kind alive",
    "reminders": "all but those of a mark that lost",
    "sessions": "written by the turn that moved",
    "visits": "all",
    "survey_invitations": "of both, one of those planned twice",
    "survey_marks": "of both, what either wanted",
    **{one.table: "of both, the newer row" for one in BELONGINGS},
}


@dataclass(frozen=True, slots=True)
class Left:
    """A chat that was left. address: its hash. citizen_id: who begins anew there."""

    channel: str
    address: str
    citizen_id: str


@dataclass(frozen=True, slots=True)
class Unsent:
    """A part that had not left for the old chat yet: to be planned anew for the new one. body: as JSON bytes."""

    lane: Lane
    key: str
    body: bytes
    subject: str | None
    keep: bool
    not_before: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of a claim. citizen: the one that both are now."""

    citizen: CitizenRow
    left: tuple[Left, ...]
    unsent: tuple[Unsent, ...]


class Moves:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def issue(self, citizen_id: str, code: str, *, expires_at: datetime) -> None:
        """The citizen's one active code from now on; stored as a keyed hash."""
        await self._on.queries.moves_issue(
            self._on.connection, citizen_id=citizen_id, find=self._find(code), expires_at=to_ms(expires_at)
        )

    async def owner(self, code: str, *, now: datetime) -> str | None:
        """Who made this code, while it holds."""
        found = await self._on.queries.moves_owner(self._on.connection, find=self._find(code), now=to_ms(now))
        return str(found) if found is not None else None

    async def lock(self, ids: Sequence[str]) -> None:
        """Take these lanes, in the order of their ids; waits for whoever has one. Ask it first in a transaction."""
        async for _ in self._on.queries.moves_lock(self._on.connection, ids=ids_of(self._on, sorted(set(ids)))):
            pass

    async def claim(
        self, code: str, *, by: str, channel: str, address: str, tries: int, stays: Sequence[str], now: datetime
    ) -> Moved | None:
        """
        Move the history of the code's owner to this chat; None when the code does not fit, and nothing tells why.

        by: the citizen of the new chat (whose lane the transaction has). channel, address: the new chat. tries: the
        most in an hour, right ones included. stays: kinds of incomings that mean the chat they came from.
        """
        if not await self._may_try(by, tries, now):
            return None
        owner = await self.owner(code, now=now)
        if owner is None or owner == by:
            return None
        await self.lock([owner, by])
        spent = await self._on.queries.moves_spend(
            self._on.connection, find=self._find(code), citizen_id=owner, now=to_ms(now)
        )
        if spent is None:
            return None
        return await self._merge(owner, by, channel, address, stays, now)

    async def _may_try(self, citizen_id: str, tries: int, now: datetime) -> bool:
        queries, connection = self._on.queries, self._on.connection
        tried = await queries.moves_tries(connection, citizen_id=citizen_id, since=to_ms(now - HOUR))
        await queries.moves_try(connection, citizen_id=citizen_id, at=to_ms(now))
        return int(tried or 0) < tries

    async def _merge(
        self, kept: str, gone: str, channel: str, address: str, stays: Sequence[str], now: datetime
    ) -> Moved:
        """kept: whose history it is. gone: the citizen of the new chat."""
        queries, connection = self._on.queries, self._on.connection
        both = {"to_id": kept, "from_id": gone}
        known = await Citizens(self._on).load([kept, gone])
        await queries.sessions_forget(connection, citizen_id=gone)  # the turn writes the one that goes on
        left = await self._leave(kept, now)
        await queries.moves_bring(connection, **both)
        await self._take_waiting(kept, {place.address for place in left}, channel, address, stays, now)
        await queries.moves_lane(connection, **both)
        await queries.moves_words(connection, **both)
        unsent = await self._take_unsent(kept, now)
        await queries.moves_off_the_feed(connection, citizen_id=kept)
        await queries.moves_outbox(connection, **both)
        await self._merge_plans(kept, gone, now)
        await self._merge_cases(kept, gone, now)
        await merge_bookings(self._on, kept=kept, gone=gone, now=now)
        for one in BELONGINGS:
            await bring(self._on, one, kept=kept, gone=gone)
        await Nudges(self._on).merge(kept, gone)
        await queries.moves_visits(connection, **both)
        await Referrals(self._on).merge(kept, gone)
        await Calls(self._on).merge(kept, gone)
        await Surveys(self._on).merge(kept, gone)
        await queries.own_words_forget(connection, citizen_id=gone)
        await queries.moves_forget_code(connection, citizen_id=gone)
        await self._join(known[kept], known[gone])
        await queries.audit_add(connection, at=to_ms(now), actor="citizen", act="moved", subject=kept)
        return Moved((await Citizens(self._on).load([kept]))[kept], tuple(left), tuple(unsent))

    async def _leave(self, citizen_id: str, now: datetime) -> list[Left]:
        queries, connection = self._on.queries, self._on.connection
        left = []
        for channel, find in [row async for row in queries.addresses_of(connection, citizen_id=citizen_id)]:
            stranger = uuid4().hex
            await queries.moves_stranger(connection, id=stranger, at=to_ms(now))
            await queries.moves_rebind(connection, channel=channel, find=find, to_id=stranger)
            left.append(Left(channel, find, stranger))
        return left

    async def _take_waiting(
        self, citizen_id: str, left: set[str], channel: str, address: str, stays: Sequence[str], now: datetime
    ) -> None:
        """
        What waits from the old chats goes on as if it had been said in the new one, in its order, before the rest.

        Another platform's numbers say nothing about the order here, so they get numbers below all others.
        """
        cipher, queries, connection = self._on.cipher, self._on.queries, self._on.connection
        waiting = [row async for row in queries.moves_waiting(connection, citizen_id=citizen_id)]
        rows, done = [], []
        for id_, _, event, kind, payload, arrived_at, place in waiting:
            if place not in left or kind in stays:
                continue
            try:
                plain = cipher.open(bytes(payload), "inbox", "payload", event)
            except Unreadable:
                continue  # parked by whoever takes it
            again = cipher.find("event", "moved", event)
            rows.append(
                {
                    "channel": channel,
                    "event": again,
                    "citizen_id": citizen_id,
                    "address": address,
                    "kind": kind,
                    "payload": cipher.seal(plain, "inbox", "payload", again),
                    "state": WAITING,
                    "error": None,
                    "arrived_at": arrived_at,
                }
            )
            done.append({"id": id_, "at": to_ms(now)})
        for number, row in enumerate(rows):
            row["ordinal"] = number - len(rows)
        if rows:
            await queries.inbox_add(connection, rows)
            await queries.moves_answered_elsewhere(connection, done)

    async def _take_unsent(self, citizen_id: str, now: datetime) -> list[Unsent]:
        cipher, queries, connection = self._on.cipher, self._on.queries, self._on.connection
        unsent, done = [], []
        for row in [row async for row in queries.moves_unsent(connection, citizen_id=citizen_id)]:
            id_, turn, part, lane, key, body, subject, keep, not_before, created_at = row
            done.append({"id": id_, "at": to_ms(now)})
            try:
                plain = cipher.open(bytes(body or b""), "outbox", "body", f"{turn}:{part}")
            except Unreadable:
                continue
            unsent.append(Unsent(Lane(lane), key, plain, subject, bool(keep), from_ms(not_before), from_ms(created_at)))
        if done:
            await queries.moves_sent_elsewhere(connection, done)
        return unsent

    async def _merge_plans(self, kept: str, gone: str, now: datetime) -> None:
        queries, connection = self._on.queries, self._on.connection
        plans = await Plan(self._on).load([kept, gone])
        own = {row.item: row for row in plans.get(kept, [])}
        merged: list[PlanItemRow] = []
        for theirs in plans.get(gone, []):
            mine = own.get(theirs.item)
            version = max(theirs.version, mine.version if mine else 0)
            added = theirs.added or (mine.added if mine else "")
            loser = gone
            if mine is None or theirs.changed_at > mine.changed_at:
                merged.append(replace(theirs, citizen_id=kept, version=version, added=added))
                loser = kept
            else:
                merged.append(replace(mine, version=version, added=added))
            if mine is not None:
                await self._cancel_reminders(loser, theirs.item, now)
        await Plan(self._on).save(merged)
        await queries.plan_forget(connection, citizen_id=gone)
        await queries.moves_reminders(connection, to_id=kept, from_id=gone)

    async def _cancel_reminders(self, citizen_id: str, item: str, now: datetime) -> None:
        """Those of the mark that lost; one that is a message already never leaves."""
        queries, connection = self._on.queries, self._on.connection
        rows = queries.reminders_live_of(connection, citizen_id=citizen_id, subject=item)
        ids = [row[0] async for row in rows]
        await Reminders(self._on).cancel([(citizen_id, item)])
        await Outbox(self._on).drop_subjects(ids, now=now)

    async def _merge_cases(self, kept: str, gone: str, now: datetime) -> None:
        queries, connection = self._on.queries, self._on.connection
        cases = Cases(self._on)
        mine, theirs = await cases.of_citizen(kept), await cases.of_citizen(gone)
        if mine is not None and theirs is not None:
            older, newer = sorted((mine, theirs), key=_opened)
            await cases.join(older.id, newer.id, now=now)
            await queries.moves_close_case(connection, id=newer.id, at=to_ms(now))
            await Alarms(self._on).pass_on(from_case=newer.id, to_case=older.id)
        await queries.moves_cases(connection, to_id=kept, from_id=gone)
        await Alarms(self._on).bring(kept=kept, gone=gone)

    async def _join(self, kept: CitizenRow, gone: CitizenRow) -> None:
        queries, connection = self._on.queries, self._on.connection
        consents = [(one.consent_at, one.consent_version) for one in (kept, gone) if one.consent_at is not None]
        consent_at, version = min(consents, key=lambda given: given[0]) if consents else (None, None)
        stops = [one.stopped_at for one in (kept, gone) if one.stopped_at is not None]
        await queries.moves_citizen(
            connection,
            id=kept.id,
            version=version,
            consent_at=to_ms(consent_at),
            stopped_at=to_ms(min(stops)) if stops else None,
            office=kept.office or gone.office or None,
        )
        await queries.moves_followed(connection, to_id=kept.id, from_id=gone.id)
        await queries.moves_husk(connection, id=gone.id, to_id=kept.id)

    def _find(self, code: str) -> str:
        return self._on.cipher.find("move", code)


def _opened(case: CaseRow) -> datetime:
    return case.created_at
