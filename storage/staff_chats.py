"""
Where staff work in their messengers: group chats of offices, accounts of members, one-time codes that link both.

    a code is made at the centre --> said once in the chat --> the chat, or whoever said it, is linked
Numbers of chats and accounts are stored as keyed hashes; the chat's own one lies sealed in `addresses`, as anybody's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.handle import Handle
from storage.moments import to_ms

FIRST = (-1, "")  # where a round of all cases begins


@dataclass(frozen=True, slots=True)
class StaffChat:
    """id: its lane. find: hash of its address. office: "" for all. role: "" for everybody's chat, "lead" for leads'."""

    id: str
    channel: str
    find: str
    office: str
    role: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a code stands for: a member's account (staff_id), or a chat of an office."""

    staff_id: str
    office: str
    role: str


@dataclass(frozen=True, slots=True)
class Post:
    """
    kind: card, words, note. version: of the case it shows, -1 when the case is deleted. message: the platform's number,
    "" until it is known. tries: how often it was posted in vain. state, reason: of its newest sending: 0 and 1 wait,
    2 sent, 4 dead, 5 cancelled, None: long ago.
    """

    chat_id: str
    case_id: str
    kind: str
    number: int
    turn: str
    version: int
    message: str = ""
    tries: int = 0
    state: int | None = None
    reason: str = ""


class StaffChats:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def invite(self, code: str, invitation: Invitation, *, expires_at: datetime, now: datetime) -> None:
        await self._on.queries.staff_codes_purge(self._on.connection, now=to_ms(now))
        await self._on.queries.staff_codes_put(
            self._on.connection,
            find=self._on.cipher.find("staff code", code),
            staff_id=invitation.staff_id,
            office=invitation.office,
            role=invitation.role,
            expires_at=to_ms(expires_at),
        )

    async def spend(self, code: str, *, now: datetime) -> Invitation | None:
        """What the code stands for; of two that say it at once one gets it."""
        find = self._on.cipher.find("staff code", code)
        row = await self._on.queries.staff_codes_spend(self._on.connection, find=find, now=to_ms(now))
        return Invitation(*row) if row is not None else None

    async def link(self, channel: str, account: str, staff_id: str, *, now: datetime) -> None:
        """This account of a messenger is that member's."""
        find = self._on.cipher.find("staff account", channel, account)
        await self._on.queries.staff_links_put(
            self._on.connection, channel=channel, find=find, staff_id=staff_id, at=to_ms(now)
        )

    async def member(self, channel: str, account: str) -> str | None:
        """Staff id of whoever has this account."""
        find = self._on.cipher.find("staff account", channel, account)
        found = await self._on.queries.staff_links_get(self._on.connection, channel=channel, find=find)
        return str(found) if found is not None else None

    async def unlink(self, staff_id: str) -> None:
        await self._on.queries.staff_links_forget(self._on.connection, staff_id=staff_id)

    async def open(self, id_: str, channel: str, find: str, office: str, role: str, *, now: datetime) -> None:
        """The chat with this lane and address is one of staff from now on."""
        await self._on.queries.staff_chats_put(
            self._on.connection, id=id_, channel=channel, find=find, office=office, role=role, at=to_ms(now)
        )

    async def all(self) -> list[StaffChat]:
        return [StaffChat(*row) async for row in self._on.queries.staff_chats_all(self._on.connection)]

    async def get(self, id_: str) -> StaffChat | None:
        """The staff chat with this lane."""
        row = await self._on.queries.staff_chats_get(self._on.connection, id=id_)
        return StaffChat(*row) if row is not None else None

    async def forget(self, id_: str) -> None:
        """It is no staff chat any more; what was posted there stays there."""
        await self._on.queries.staff_chats_forget(self._on.connection, id=id_)
        await self._on.queries.case_posts_lost(self._on.connection, chat_id=id_)

    async def move(self, chat: StaffChat, number: str, *, now: datetime) -> None:
        """The platform gave the group another number; messages keep neither number nor topic there."""
        queries, connection, cipher = self._on.queries, self._on.connection, self._on.cipher
        find = cipher.find("address", chat.channel, number)
        sealed = cipher.seal(number.encode(), "addresses", "chat", find)
        place: dict[str, Any] = {"id": chat.id, "find": find}
        await queries.staff_chats_address(connection, channel=chat.channel, chat=sealed, at=to_ms(now), **place)
        await queries.staff_chats_move(connection, **place)
        await queries.staff_chats_readdress(connection, channel=chat.channel, **place)
        await queries.case_posts_lost(connection, chat_id=chat.id)


class Posts:
    """What of which case stands in which staff chat."""

    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def settle(self) -> None:
        """Learn the platform's numbers of what has been sent."""
        await self._on.queries.case_posts_settle(self._on.connection)

    async def put(self, post: Post, *, now: datetime) -> None:
        await self._on.queries.case_posts_put(
            self._on.connection,
            chat_id=post.chat_id,
            case_id=post.case_id,
            kind=post.kind,
            number=post.number,
            turn=post.turn,
            version=post.version,
            tries=post.tries,
            at=to_ms(now),
        )

    async def of(self, case_id: str) -> list[Post]:
        rows = self._on.queries.case_posts_of(self._on.connection, case_id=case_id)
        return [
            Post(row[0], row[1], row[2], row[3], row[4], row[5], row[6] or "", row[7], row[8], row[9] or "")
            async for row in rows
        ]

    async def case_at(self, chat_id: str, *, message: str, topic: str) -> str | None:
        """The case that this message or this topic of the chat is about."""
        await self.settle()
        queries, connection = self._on.queries, self._on.connection
        for name in [f"{topic}/{message}", message] if message else []:
            row = await queries.case_posts_at(connection, chat_id=chat_id, message=name)
            if row is not None:
                return str(row[0])
        if topic:
            row = await queries.case_posts_in_topic(connection, chat_id=chat_id, topic=topic)
            return str(row[0]) if row is not None else None
        return None

    async def drop(self, chat_id: str, case_id: str) -> None:
        """Nothing of the case stands there any more."""
        await self._on.queries.case_posts_drop(self._on.connection, chat_id=chat_id, case_id=case_id)

    async def bury(self, turn: str) -> None:
        """Its message could not be sent; another one is tried, or none."""
        await self._on.queries.case_posts_bury(self._on.connection, turn=turn)

    async def to_show(self, *, limit: int, after: tuple[int, str] = FIRST) -> tuple[Sequence[str], tuple[int, str]]:
        """
        Cases of which a chat shows less than is known, deleted ones, those whose post is dead; and where to go on.

        after: as given before, FIRST at the beginning and after the last. Urgent ones come first, and every time.
        """
        query = self._on.queries.cases_to_show(self._on.connection, limit=limit, after_at=after[0], after_id=after[1])
        rows = [row async for row in query]
        usual = [(row[2], row[0]) for row in rows if not row[1]]
        return [row[0] for row in rows], (usual[-1] if usual else after) if len(rows) == limit else FIRST

    async def lines(self) -> dict[str, int]:
        """How many messages each staff chat has yet to get."""
        return {row[0]: row[1] async for row in self._on.queries.staff_chats_lines(self._on.connection)}

    async def shown(self, case_id: str, version: int) -> None:
        """Every chat that should shows the case as of this version."""
        await self._on.queries.cases_shown(self._on.connection, id=case_id, version=version)

    async def show_all(self) -> None:
        """Every open case is looked at again."""
        await self._on.queries.cases_show_all(self._on.connection)

    async def reachable(self) -> set[str]:
        """Lanes of the staff chats that take messages."""
        return {row[0] async for row in self._on.queries.staff_chats_reachable(self._on.connection)}
