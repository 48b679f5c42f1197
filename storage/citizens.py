"""A citizen's lane and profile: consent, stop mark, situations, where they are reached."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from storage.calls import Calls
from storage.handle import Handle
from storage.inbox import gathered, ids_of
from storage.moments import from_ms, to_ms
from storage.records import CitizenRow, Holdings
from storage.retention import BY_ID, CONSENT
from storage.rivals import forget_bookings
from storage.surveys import Surveys


class Citizens:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def load(self, ids: Sequence[str]) -> dict[str, CitizenRow]:
        queries, connection, wanted = self._on.queries, self._on.connection, ids_of(self._on, ids)
        chosen, rows = await asyncio.gather(  # asked at once: on SQLite they share a hop
            gathered(queries.situations_load(connection, ids=wanted)),
            gathered(queries.citizens_load(connection, ids=wanted)),
        )
        situations: dict[str, list[str]] = {}
        for citizen_id, situation in chosen:
            situations.setdefault(citizen_id, []).append(situation)
        citizens = {}
        for id_, stopped, version, at, office in rows:
            citizens[id_] = CitizenRow(
                id_,
                from_ms(stopped) if stopped is not None else None,
                version,
                from_ms(at) if at is not None else None,
                tuple(situations.get(id_, ())),
                office or "",
            )
        return citizens

    async def agree(self, citizen_id: str, *, version: str, now: datetime) -> None:
        """Remember which consent text was agreed to, and when."""
        await self._on.queries.citizens_consent(self._on.connection, id=citizen_id, version=version, at=to_ms(now))
        await self._on.queries.nudges_begin(self._on.connection, citizen_id=citizen_id, at=to_ms(now))

    async def place(self, citizen_id: str, office: str) -> None:
        """The citizen belongs to this office."""
        await self._on.queries.citizens_place(self._on.connection, id=citizen_id, office=office or None)

    async def stop(self, marks: Sequence[tuple[str, datetime | None]]) -> None:
        """Set or lift (None) the mark "no reminders" of each citizen."""
        rows = [{"id": citizen_id, "at": to_ms(at) if at else None} for citizen_id, at in marks]
        await self._on.queries.citizens_stop(self._on.connection, rows)

    async def choose(self, citizen_id: str, situations: Sequence[str], *, now: datetime) -> None:
        """The citizen's situations are these from now on."""
        await self._on.queries.situations_clear(self._on.connection, citizen_id=citizen_id)
        rows = [
            {"citizen_id": citizen_id, "situation": situation, "at": to_ms(now) + place}
            for place, situation in enumerate(situations)
        ]
        if rows:
            await self._on.queries.situations_add(self._on.connection, rows)

    async def mark_reachable(self, marks: Sequence[tuple[str, str, bool]], *, now: datetime) -> None:
        """(channel, address, is_reachable): set or lift the mark "cannot be reached here"."""
        rows = [
            {"channel": channel, "find": find, "at": None if is_reachable else to_ms(now)}
            for channel, find, is_reachable in marks
        ]
        if rows:
            await self._on.queries.addresses_unreachable(self._on.connection, rows)

    async def reachable_at(self, ids: Sequence[str]) -> dict[str, tuple[str, str, bool]]:
        """(channel, address, is_reachable) where each citizen was last heard; absent without a known chat."""
        rows = self._on.queries.reachable_at(self._on.connection, ids=ids_of(self._on, ids))
        return {row[0]: (row[1], row[2], row[3] is None) async for row in rows}

    async def holdings(self, citizen_id: str) -> Holdings:
        """What is kept about the citizen, counted."""
        row = await self._on.queries.holdings(self._on.connection, id=citizen_id)
        situations = [row_[0] async for row_ in self._on.queries.situations_of(self._on.connection, id=citizen_id)]
        consent_at = from_ms(row[4]) if row[4] is not None else None
        return Holdings(tuple(situations), consent_at, row[0], row[1], row[2], row[3], row[5], row[6])

    async def erase(self, citizen_id: str, *, now: datetime) -> None:
        """
        Delete everything personal of the citizen; what stays: the address hash, dedupe hashes and the stop mark.

        Messages that still wait for their turn are not lost: they are answered and then erased like everybody's.
        Each address is noted in `erasures`, so that a restored backup forgets it again.
        """
        queries, connection, at = self._on.queries, self._on.connection, to_ms(now)
        for channel, find in [row async for row in queries.addresses_of(connection, citizen_id=citizen_id)]:
            await queries.erasures_add(connection, channel=channel, find=find, erased_at=at)
        former = [row[0] async for row in queries.moves_former(connection, id=citizen_id)]
        for id_ in [citizen_id, *former] if former else []:  # at other addresses in a backup made before the move
            await queries.erasures_add(connection, channel=BY_ID, find=id_, erased_at=at)
        await queries.citizens_erased(connection, id=citizen_id, at=at)
        await queries.situations_clear(connection, citizen_id=citizen_id)
        await queries.plan_forget(connection, citizen_id=citizen_id)
        await queries.profile_forget_citizen(connection, citizen_id=citizen_id)
        await queries.reminders_forget(connection, citizen_id=citizen_id)
        await forget_bookings(self._on, citizen_id, now=now)
        await queries.nudges_forget(connection, citizen_id=citizen_id)
        await Surveys(self._on).forget(citizen_id)
        await queries.sessions_forget(connection, citizen_id=citizen_id)
        await queries.case_posts_gone(connection, citizen_id=citizen_id)
        await queries.case_words_forget(connection, citizen_id=citizen_id)
        await queries.case_events_forget(connection, citizen_id=citizen_id)
        await queries.cases_forget(connection, citizen_id=citizen_id)
        await queries.alarms_forget(connection, citizen_id=citizen_id)
        await queries.outbox_forget(connection, citizen_id=citizen_id)
        await queries.inbox_forget_citizen(connection, citizen_id=citizen_id)
        await queries.moves_forget_code(connection, citizen_id=citizen_id)
        await queries.own_words_forget(connection, citizen_id=citizen_id)
        await self._forget_visits(citizen_id)
        await queries.audit_add(connection, at=at, actor="citizen", act="erased", subject=citizen_id)

    async def withdraw(self, citizen_id: str, *, now: datetime) -> None:
        """
        Take the consent back: what was kept because of it goes. What stays: requests for a person, the place in the
        talk, the address and marks without words. Noted like an erasure, for a restored backup.
        """
        queries, connection, at = self._on.queries, self._on.connection, to_ms(now)
        await queries.erasures_add(connection, channel=CONSENT, find=citizen_id, erased_at=at)
        await queries.citizens_withdrawn(connection, id=citizen_id)
        await queries.situations_clear(connection, citizen_id=citizen_id)
        await queries.plan_forget(connection, citizen_id=citizen_id)
        await queries.profile_forget_citizen(connection, citizen_id=citizen_id)
        await forget_bookings(self._on, citizen_id, now=now)
        await queries.nudges_forget(connection, citizen_id=citizen_id)
        await Surveys(self._on).forget(citizen_id)
        await queries.reminders_forget(connection, citizen_id=citizen_id)
        await queries.outbox_stop(connection, [{"citizen_id": citizen_id, "at": at}])
        await queries.outbox_unkeep(connection, citizen_id=citizen_id)
        await queries.inbox_forget_citizen(connection, citizen_id=citizen_id)
        await queries.own_words_forget(connection, citizen_id=citizen_id)
        await self._forget_visits(citizen_id)
        await queries.audit_add(connection, at=at, actor="citizen", act="withdrew", subject=citizen_id)

    async def _forget_visits(self, citizen_id: str) -> None:
        queries, connection = self._on.queries, self._on.connection
        await queries.visits_forget(connection, citizen_id=citizen_id)
        await queries.referrals_forget(connection, citizen_id=citizen_id)
        await Calls(self._on).forget(citizen_id)

    async def keep_word(self, citizen_id: str, find: str) -> None:
        """The word that uncovers the menu, as a keyed hash."""
        await self._on.queries.own_words_put(self._on.connection, citizen_id=citizen_id, find=find)

    async def word(self, citizen_id: str) -> str | None:
        """The hash of that word, None when there is none."""
        found = await self._on.queries.own_words_get(self._on.connection, citizen_id=citizen_id)
        return str(found) if found is not None else None
