"""
What came in: stored once, taken one at a time per citizen, in the platform's order.

    waiting (0) --> done (1)
        \\--> parked (2): nobody could read it, or its turn failed three times; staff may replay
"""

import json
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from storage.errors import Unreadable
from storage.handle import Handle
from storage.moments import from_ms, to_ms
from storage.records import Arrival, Claimed, Due

WAITING, DONE, PARKED = 0, 1, 2


def ids_of(handle: Handle, ids: Sequence[str]) -> Any:
    """A list of ids as the driver's one parameter: a JSON text on SQLite, an array on PostgreSQL."""
    return json.dumps(list(ids)) if handle.dialect == "sqlite" else list(ids)


async def gathered(rows: AsyncIterator[Any]) -> list[Any]:
    return [row async for row in rows]


class Inbox:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def store(self, arrivals: Sequence[Arrival], *, now: datetime) -> None:
        """
        Store what is new; citizens met for the first time get a lane. Broken arrivals are parked.

        Whoever writes can be reached again: the mark goes with the message.
        """
        await self.admit(arrivals, now=now)

    async def admit(self, arrivals: Sequence[Arrival], *, now: datetime) -> dict[tuple[str, str], str]:
        """As `store`; returns the citizen's id by (channel, chat)."""
        if not arrivals:
            return {}
        cipher, at = self._on.cipher, to_ms(now)
        finds = {(a.channel, a.chat): cipher.find("address", a.channel, a.chat) for a in arrivals if a.chat}
        lanes = await self._lanes(finds, at) if finds else {}
        rows = []
        for arrival in arrivals:
            event = cipher.find("event", arrival.channel, arrival.event)
            find = finds.get((arrival.channel, arrival.chat))
            rows.append(
                {
                    "channel": arrival.channel,
                    "event": event,
                    "citizen_id": lanes[arrival.channel, find] if find else None,
                    "address": find,
                    "kind": arrival.kind,
                    "ordinal": arrival.ordinal,
                    "payload": cipher.seal(arrival.payload, "inbox", "payload", event),
                    "state": PARKED if arrival.broken else WAITING,
                    "error": arrival.broken or None,
                    "arrived_at": at,
                }
            )
        await self._on.queries.inbox_add(self._on.connection, rows)
        return {place: lanes[place[0], find] for place, find in finds.items()}

    async def store_due(self, dues: Sequence[Due], *, now: datetime) -> None:
        """Store incomings of the clock and of staff in their citizens' lanes."""
        cipher, at = self._on.cipher, to_ms(now)
        rows = []
        for due in dues:
            event = cipher.find("event", "own", due.event)
            rows.append(
                {
                    "channel": "own",
                    "event": event,
                    "citizen_id": due.citizen_id,
                    "address": None,
                    "kind": due.kind,
                    "ordinal": 0,
                    "payload": cipher.seal(due.payload, "inbox", "payload", event),
                    "state": WAITING,
                    "error": None,
                    "arrived_at": at,
                }
            )
        await self._on.queries.inbox_add(self._on.connection, rows)

    async def has_own(self, event: str) -> bool:
        """Whether this incoming of the clock or of staff was stored before."""
        find = self._on.cipher.find("event", "own", event)
        return await self._on.queries.inbox_has(self._on.connection, channel="own", event=find) is not None

    async def lane(self, channel: str, chat: str, *, now: datetime) -> tuple[str, str]:
        """(lane, hash of the address) of this chat, made when it is not known yet."""
        find = self._on.cipher.find("address", channel, chat)
        lanes = await self._lanes({(channel, chat): find}, to_ms(now))
        return lanes[channel, find], find

    async def _lanes(self, finds: dict[tuple[str, str], str], at: int) -> dict[tuple[str, str], str]:
        known, faded = await self._known(finds)
        if all((channel, find) in known for (channel, _), find in finds.items()) and not faded:
            return known
        cipher = self._on.cipher
        new = {find: uuid4().hex for (channel, _), find in finds.items() if (channel, find) not in known}
        if new:
            await self._on.queries.addresses_add_citizens(
                self._on.connection, [{"id": citizen, "created_at": at} for citizen in sorted(new.values())]
            )
        rows = [
            {
                "channel": channel,
                "find": find,
                "citizen_id": new.get(find) or known[channel, find],
                "chat": cipher.seal(chat.encode(), "addresses", "chat", find),
                "created_at": at,
            }
            for (channel, chat), find in sorted(finds.items(), key=lambda place: place[1])
            if (channel, find) not in known or find in faded
        ]
        await self._on.queries.addresses_add(self._on.connection, rows)
        known, _ = await self._known(finds)
        won = set(known.values())
        for citizen in new.values():
            if citizen not in won:  # another process met the same citizen at the same moment
                await self._on.queries.addresses_orphans(self._on.connection, id=citizen)
        return known

    async def _known(self, finds: dict[tuple[str, str], str]) -> tuple[dict[tuple[str, str], str], set[str]]:
        """Citizens by (channel, address hash), and the hashes whose address must be written: erased, or unreachable."""
        rows = self._on.queries.addresses_known(
            self._on.connection,
            channels=ids_of(self._on, sorted({channel for channel, _ in finds})),
            finds=ids_of(self._on, list(finds.values())),
        )
        known, faded = {}, set()
        async for channel, find, citizen_id, is_erased, is_gone in rows:
            known[channel, find] = citizen_id
            if is_erased or is_gone:
                faded.add(find)
        return known, faded

    async def claim(self, *, limit: int, now: datetime) -> list[Claimed]:
        """
        The next incoming of up to `limit` citizens, one each; their lanes stay locked until the transaction ends.

        A lane whose first incoming waits for its next attempt gives nothing: order goes before speed.
        """
        at, queries, connection = to_ms(now), self._on.queries, self._on.connection
        if self._on.dialect == "sqlite":
            return await self._claimed(queries.inbox_claim(connection, now=at, limit=limit), at)
        return await self._first(
            [row[0] async for row in queries.inbox_lock_lanes(connection, now=at, limit=limit)], at
        )

    async def claim_of(self, ids: Sequence[str], *, now: datetime) -> list[Claimed]:
        """As `claim`, of these citizens, as far as nobody has their lanes."""
        if self._on.dialect == "postgres":
            rows = self._on.queries.inbox_lock(self._on.connection, ids=ids_of(self._on, ids))
            ids = [row[0] async for row in rows]
        return await self._first(ids, to_ms(now))

    async def claim_one(self, id_: int, *, now: datetime) -> Claimed | None:
        """That incoming alone, if it still waits, nobody has its lane and nothing stands before it."""
        lanes = [row[0] async for row in self._on.queries.inbox_lane(self._on.connection, id=id_)]
        return next((claimed for claimed in await self._first(lanes, to_ms(now)) if claimed.id == id_), None)

    async def _first(self, lanes: Sequence[str], at: int) -> list[Claimed]:
        if not lanes:
            return []
        return await self._claimed(self._on.queries.inbox_first(self._on.connection, ids=ids_of(self._on, lanes)), at)

    async def _claimed(self, rows: AsyncIterator[Any], at: int) -> list[Claimed]:
        claimed = []
        async for row in rows:
            id_, citizen_id, channel, address, event, attempts, payload, arrived_at, not_before, has_next, owner = row
            if owner is not None and owner != citizen_id:  # stored while its chat changed hands
                place = {"channel": channel, "address": address}
                await self._on.queries.inbox_to_lane(self._on.connection, citizen_id=citizen_id, owner=owner, **place)
                continue
            if not_before > at:
                continue
            try:
                plain = self._on.cipher.open(bytes(payload or b""), "inbox", "payload", event)
            except Unreadable:
                await self.park(id_, error="unreadable", now=from_ms(at))
                continue
            moment = from_ms(arrived_at)
            claimed.append(
                Claimed(id_, citizen_id, channel, address or "", event, attempts, plain, moment, bool(has_next))
            )
        claimed.sort(key=lambda row: row.id)
        return claimed

    async def finish(self, done: Sequence[tuple[int, bool]], *, now: datetime) -> None:
        """Mark (id, keep) as handled; the words of those not kept are erased."""
        rows = [{"id": id_, "keep": int(keep), "done_at": to_ms(now)} for id_, keep in done]
        if rows:
            await self._on.queries.inbox_finish(self._on.connection, rows)

    async def fail(self, id_: int, *, error: str, again_at: datetime) -> None:
        """Count a failed attempt; the lane waits until `again_at`. error: a class name, no personal text."""
        await self._on.queries.inbox_fail(self._on.connection, id=id_, error=error, not_before=to_ms(again_at))

    async def park(self, id_: int, *, error: str, now: datetime) -> None:
        """Put it aside for staff; the lane goes on."""
        await self._on.queries.inbox_park(self._on.connection, id=id_, error=error, done_at=to_ms(now))

    async def parked(self, *, limit: int = 100) -> list[tuple[int, str, str]]:
        """(id, channel, error) of what staff must look at."""
        rows = self._on.queries.inbox_parked(self._on.connection, limit=limit)
        return [(row[0], row[2], row[4] or "") async for row in rows]

    async def replay(self, id_: int) -> None:
        """Let a parked incoming be tried again."""
        await self._on.queries.inbox_replay(self._on.connection, id=id_)

    async def waiting(self) -> tuple[int, datetime | None]:
        """How many wait, and since when the oldest does."""
        count = await self._on.queries.inbox_count_waiting(self._on.connection)
        oldest = await self._on.queries.inbox_oldest_waiting(self._on.connection)
        return int(count or 0), from_ms(oldest) if oldest is not None else None

    async def count_parked(self) -> int:
        return int(await self._on.queries.inbox_count_parked(self._on.connection) or 0)

    async def move_cursor(self, channel: str, account: str, value: str, *, now: datetime) -> None:
        """Remember how far the platform's queue was read; in the same transaction as `store`."""
        row = {"channel": channel, "account": account, "value": value, "updated_at": to_ms(now)}
        await self._on.queries.cursor_set(self._on.connection, [row])

    async def cursor(self, channel: str, account: str) -> str:
        """Where to read on, "" at the very start."""
        value = await self._on.queries.cursor_get(self._on.connection, channel=channel, account=account)
        return str(value) if value is not None else ""
