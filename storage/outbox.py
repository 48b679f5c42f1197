"""
What goes out: planned in the turn's transaction, sent after it.

    waiting (0) --> leased (1) --> sent (2)
        ^               |--> waiting again, later
        |               |--> dead (4): for staff, who may replay it
        +---------------+--> cancelled (5): stop, cancel, blocked, too late

A leased row whose process died is `in_flight`: nobody knows whether it arrived.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.errors import Unreadable
from storage.handle import Handle
from storage.inbox import gathered, ids_of
from storage.moments import from_ms, to_ms
from storage.records import Fed, Lane, Leased, Letter, Part

LIVE_REMINDER = 1
LAST_CALL = timedelta(minutes=15)  # before a visit: a reminder that would come later does not leave


@dataclass(frozen=True, slots=True)
class Placed:
    """A sent message. id: the platform's. address: hash of the chat's."""

    id: str
    channel: str
    address: str


class Outbox:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def add(self, parts: Sequence[Part], *, now: datetime) -> None:
        """
        Plan the parts, in this order. The life of one planned for later begins when it may leave.

        What may leave now is not held back by the clock of another process that is slow, or of this one set back.
        """
        rows = [
            {
                "citizen_id": part.citizen_id,
                "channel": part.channel,
                "address": part.address,
                "turn": part.turn,
                "part": part.part,
                "lane": int(part.lane),
                "key": part.key,
                "body": self._on.cipher.seal(part.body, "outbox", "body", f"{part.turn}:{part.part}"),
                "subject": part.subject,
                "keep": int(part.keep),
                "not_before": to_ms(part.not_before) if part.not_before > now else 0,
                "created_at": to_ms(part.since or max(now, part.not_before)),
            }
            for part in parts
        ]
        if rows:
            await self._on.queries.outbox_add(self._on.connection, rows)

    async def lease(self, channel: str, *, now: datetime, limit: int, lane: Lane = Lane.BROADCAST) -> list[Leased]:
        """
        Take up to `limit` parts for sending, the oldest of each citizen and lane, replies first; lanes up to `lane`.

        A part that can't be decrypted is buried, so that it never blocks the ones behind it.
        """
        queries, connection = self._on.queries, self._on.connection
        rows = await gathered(
            queries.outbox_lease(connection, channel=channel, now=to_ms(now), limit=limit, lane=int(lane))
        )
        if not rows:
            return []
        if self._on.dialect == "sqlite":
            await queries.outbox_take(connection, [{"id": row[0]} for row in rows])
        checks = {}
        ids = [row[0] for row in rows] if self._on.dialect == "postgres" else ids_of(self._on, [row[0] for row in rows])
        async for id_, chat, stopped_at, unreachable_at, office, reminder, newest in self._on.queries.outbox_check(
            self._on.connection, ids=ids, late=to_ms(now + LAST_CALL)
        ):
            checks[id_] = (chat, stopped_at, unreachable_at, office, reminder, newest)
        leased, unreadable = [], []
        for row in rows:
            id_, citizen_id, address, turn, part, lane, key, body, attempts, is_repeat, created_at, subject = row
            chat, stopped_at, unreachable_at, office, reminder, newest = checks[id_]
            try:
                place = self._on.cipher.open(bytes(chat), "addresses", "chat", address).decode() if chat else ""
                plain = self._on.cipher.open(bytes(body), "outbox", "body", f"{turn}:{part}")
            except Unreadable:
                unreadable.append((id_, "unreadable"))
                continue
            leased.append(
                Leased(
                    number=id_,
                    citizen_id=citizen_id,
                    channel=channel,
                    chat=place,
                    lane=Lane(lane),
                    key=key,
                    body=plain,
                    attempts=attempts,
                    is_repeat=bool(is_repeat),
                    created_at=from_ms(created_at),
                    subject=subject,
                    is_stopped=stopped_at is not None,
                    is_unreachable=unreachable_at is not None,
                    is_withdrawn=reminder != LIVE_REMINDER,
                    newest=bool(newest),
                    office=office or "",
                )
            )
        await self.bury(unreadable, now=now)
        leased.sort(key=lambda part: (part.lane, part.number))
        return leased

    async def sent(self, done: Sequence[tuple[int, str]], *, now: datetime) -> None:
        """(number, platform's message id). The text is erased unless the citizen agreed to keep it."""
        rows = [{"id": number, "sent_id": sent_id, "at": to_ms(now)} for number, sent_id in done]
        if rows:
            await self._on.queries.outbox_sent(self._on.connection, rows)

    async def again(self, later: Sequence[tuple[int, datetime, bool, str]]) -> None:
        """(number, not before, may have arrived already, reason)."""
        rows = [
            {"id": number, "not_before": to_ms(at), "is_repeat": int(is_repeat), "reason": reason}
            for number, at, is_repeat, reason in later
        ]
        if rows:
            await self._on.queries.outbox_again(self._on.connection, rows)

    async def put_back(self, untried: Sequence[tuple[int, datetime]]) -> None:
        """(number, not before): leased, but nobody tried to send it; the attempt does not count."""
        rows = [{"id": number, "not_before": to_ms(at)} for number, at in untried]
        if rows:
            await self._on.queries.outbox_put_back(self._on.connection, rows)

    async def cancel(self, cancelled: Sequence[tuple[int, str]], *, now: datetime) -> None:
        """(number, reason): will not be sent, and nobody needs to act."""
        rows = [{"id": number, "reason": reason, "at": to_ms(now)} for number, reason in cancelled]
        if rows:
            await self._on.queries.outbox_cancel(self._on.connection, rows)

    async def bury(self, dead: Sequence[tuple[int, str]], *, now: datetime) -> None:
        """(number, reason): staff must look at it."""
        rows = [{"id": number, "reason": reason, "at": to_ms(now)} for number, reason in dead]
        if rows:
            await self._on.queries.outbox_dead(self._on.connection, rows)

    async def in_flight(self, channel: str) -> list[tuple[int, Lane, bool]]:
        """(number, lane, is_repeat) of parts leased by a sender that is gone."""
        rows = self._on.queries.outbox_in_flight(self._on.connection, channel=channel)
        return [(row[0], Lane(row[1]), bool(row[2])) async for row in rows]

    async def next_at(self, channel: str) -> datetime | None:
        """When the next waiting part may leave."""
        moment = await self._on.queries.outbox_next(self._on.connection, channel=channel)
        return from_ms(moment) if moment is not None else None

    async def stop(self, citizens: Sequence[str], *, now: datetime) -> None:
        """Nothing but replies leaves for these citizens."""
        rows = [{"citizen_id": citizen_id, "at": to_ms(now)} for citizen_id in citizens]
        if rows:
            await self._on.queries.outbox_stop(self._on.connection, rows)

    async def drop_subjects(self, subjects: Sequence[str], *, now: datetime) -> None:
        rows = [{"subject": subject, "at": to_ms(now)} for subject in subjects]
        if rows:
            await self._on.queries.outbox_drop_subject(self._on.connection, rows)

    async def blocked(self, channel: str, address: str, *, now: datetime) -> None:
        """The citizen left: cancel what waits for that address."""
        await self._on.queries.outbox_blocked(self._on.connection, channel=channel, address=address, at=to_ms(now))

    async def withdraw(self, channel: str, *, now: datetime, limit: int) -> int:
        """Cancel up to `limit` reminders that wait for the channel; returns how many."""
        rows = self._on.queries.outbox_withdraw(self._on.connection, channel=channel, at=to_ms(now), limit=limit)
        return len([row async for row in rows])

    async def sent_as(self, turn: str) -> Placed | None:
        """Where the first part of this turn was sent, None when it was not."""
        row = await self._on.queries.outbox_sent_as(self._on.connection, turn=turn)
        return Placed(row[0] or "", row[1], row[2]) if row is not None else None

    async def withdraw_turn(self, turn: str, *, now: datetime) -> None:
        """What has not left of this turn never leaves."""
        await self._on.queries.outbox_withdraw_turn(self._on.connection, turn=turn, at=to_ms(now))

    async def letters(self, *, limit: int = 100) -> list[Letter]:
        """Dead letters, newest first."""
        rows = self._on.queries.outbox_letters(self._on.connection, limit=limit)
        return [
            Letter(row[0], row[1], row[2], row[3], row[4] or "", from_ms(row[5]) if row[5] is not None else None)
            async for row in rows
        ]

    async def replay(self, number: int, *, now: datetime) -> None:
        """Send a dead letter once more."""
        await self._on.queries.outbox_replay(self._on.connection, id=number, now=to_ms(now))

    async def waiting(self) -> dict[tuple[str, Lane], int]:
        """Unsent parts by channel and lane, web excluded (its page fetches them)."""
        rows = self._on.queries.outbox_count_waiting(self._on.connection)
        return {(row[0], Lane(row[1])): row[2] async for row in rows}

    async def unanswered(self, channel: str) -> int:
        """Citizens of the channel whose replies are not sent yet."""
        return int(await self._on.queries.outbox_count_unanswered(self._on.connection, channel=channel) or 0)

    async def count_dead(self) -> int:
        return int(await self._on.queries.outbox_count_dead(self._on.connection) or 0)

    async def recent(
        self, citizen_id: str, channel: str, address: str, *, since: datetime, limit: int = 100
    ) -> list[str]:
        """The platform's ids of what was sent to this chat since then, newest first."""
        rows = self._on.queries.outbox_recent(
            self._on.connection,
            citizen_id=citizen_id,
            channel=channel,
            address=address,
            since=to_ms(since),
            limit=limit,
        )
        return [row[0] async for row in rows]

    async def off_feed(self, address: str, *, now: datetime) -> None:
        """The web page of this address (its hash) shows nothing of what was said so far."""
        await self._on.queries.outbox_off_feed(self._on.connection, address=address, at=to_ms(now))

    async def feed(self, chat: str, *, after: int, now: datetime, limit: int = 50) -> list[Fed]:
        """Messages of the web page whose chat this is, newer than `after`, oldest first."""
        return (await self.feeds({chat: after}, now=now, limit=limit)).get(chat, [])

    async def feeds(self, asked: Mapping[str, int], *, now: datetime, limit: int) -> dict[str, list[Fed]]:
        """
        As `feed`, of many chats by their newest number; up to `limit` messages in all, so many: there may be more.

        A message that no secret opens has an empty body: those around it are none the worse for it.
        """
        chats = {self._on.cipher.find("address", "web", chat): chat for chat in asked}
        numbers = json.dumps({find: asked[chat] for find, chat in chats.items()})
        fed: dict[str, list[Fed]] = {}
        async for find, id_, key, turn, part, body, created_at in self._on.queries.outbox_feed(
            self._on.connection, asked=numbers, now=to_ms(now), limit=limit
        ):
            try:
                plain = self._on.cipher.open(bytes(body), "outbox", "body", f"{turn}:{part}")
            except Unreadable:
                plain = b""
            fed.setdefault(chats[find], []).append(Fed(id_, key, plain, from_ms(created_at)))
        return fed

    async def fed(self, chat: str, *, seen: int, now: datetime) -> None:
        """The page showed everything up to `seen`."""
        address = self._on.cipher.find("address", "web", chat)
        await self._on.queries.outbox_feed_seen(self._on.connection, address=address, seen=seen, at=to_ms(now))
        await self._on.queries.outbox_feed_erase(self._on.connection, address=address)
