"""
Cases in the chats of staff: each chat shows what it should, as of now, with as few messages as there can be.

    a case changed --> its card is posted, or edited once the sending before has ended --> shown as of this version
    a post is dead --> the group has another number: it moves; the topic is gone: posted anew; 3 times in vain: alarm
    the case went elsewhere, was closed or deleted --> the card says so, words of the citizen are taken off the screen
Whatever changes meanwhile is one edit: a group takes 20 messages a minute. Planned here, sent by the outbox.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import msgspec

from bot.desk import cards
from bot.desk.acts import Desk
from bot.engine.press import Presses
from bot.messages import ERASE_KEY, Outgoing
from bot.telemetry import alarm
from bot.texts.routes import AFTER_TAKE, LEAD
from storage.database import Transaction
from storage.records import CaseRow, Lane, Part
from storage.staff_chats import Post, StaffChat

AT_ONCE = 20  # cases in one transaction
TRIES = 3
WAITING, SENT, DEAD, CANCELLED = (0, 1), 2, 4, 5
MOVED = "moved:"
DOT = "·"

_encoder = msgspec.json.Encoder()


def _turn(chat: StaffChat, case: CaseRow, tries: int) -> str:
    """One sending of a card; another number of the group makes it another one."""
    return f"card:{chat.id}:{chat.find[:8]}:{case.id}:{case.version}:{tries}"


def fits(chat: StaffChat, case: CaseRow) -> bool:
    """Whether people of this chat should see the case."""
    if case.is_urgent:
        return True
    if chat.office and case.office and chat.office != case.office:
        return False
    if case.role == LEAD:
        return chat.role == LEAD
    if chat.role == LEAD:
        return case.overdue_at is not None
    return not chat.role or chat.role == case.role


class Board:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._presses = Presses(desk.database.cipher)
        self._lost: set[str] = set()

    async def show(self) -> int:
        """Plan what chats lack; returns how many cases were looked at. Raises Unavailable."""
        async with self._desk.database.read() as tx:
            if not await tx.staff_chats.all() or not await tx.posts.to_show(limit=1):
                return 0
        async with self._desk.database.write() as tx:
            await tx.posts.settle()
            chats = await self._open_chats(tx)
            found = await tx.posts.to_show(limit=AT_ONCE)
            for case_id in found:
                await self._case(tx, case_id, chats)
            tx.notify("outbox")
        return len(found)

    async def _open_chats(self, tx: Transaction) -> list[StaffChat]:
        """Those that take messages; one that does so no more is told once."""
        reachable, chats = await tx.posts.reachable(), await tx.staff_chats.all()
        lost = {chat.id for chat in chats} - reachable
        for id_ in lost - self._lost:
            alarm("staff_chat_lost", chat=id_)
        self._lost = lost
        return [chat for chat in chats if chat.id in reachable]

    async def _case(self, tx: Transaction, case_id: str, chats: Sequence[StaffChat]) -> None:
        case = await tx.cases.get(case_id)
        posts: dict[str, list[Post]] = {}
        for post in await tx.posts.of(case_id):
            posts.setdefault(post.chat_id, []).append(post)
        is_whole = True
        for chat in chats:
            own = {(post.kind, post.number): post for post in posts.get(chat.id, ())}
            if case is None:
                is_whole = await self._deleted(tx, chat, own) and is_whole
            else:
                is_whole = await self._in(tx, chat, case, own) and is_whole
        if case is not None and is_whole:
            await tx.posts.shown(case_id, case.version)

    async def _in(self, tx: Transaction, chat: StaffChat, case: CaseRow, own: Mapping[tuple[str, int], Post]) -> bool:
        """Bring one chat up to date; whether nothing is left to do there."""
        card = own.get(("card", 0))
        is_wanted = fits(chat, case)
        if card is None or card.state == CANCELLED:
            if not is_wanted or (case.state == "closed" and card is None):
                return True
            await self._post_card(tx, chat, case, replace(card, tries=card.tries + 1) if card else None)
            return False  # words follow the card
        if card.state == DEAD:
            return await self._dead(tx, chat, case, card, is_wanted)
        if card.state in WAITING:
            return False
        is_current = card.version == case.version
        if not is_current:
            await self._edit_card(tx, chat, case, card, "" if is_wanted else "elsewhere")
        if not is_wanted or case.state == "closed":
            await self._take_off(tx, chat, own)
            return is_current
        return await self._post_words(tx, chat, case, card, own) and is_current

    async def _dead(self, tx: Transaction, chat: StaffChat, case: CaseRow, card: Post, is_wanted: bool) -> bool:
        if card.reason.startswith(MOVED):
            await tx.staff_chats.move(chat, card.reason.removeprefix(MOVED), now=self._desk.clock.now())
            await tx.posts.show_all()
            return False
        await tx.posts.bury(card.turn)
        if card.tries + 1 >= TRIES:
            alarm("staff_card_lost", chat=chat.id, case=case.id)
            return True
        await tx.posts.drop(chat.id, case.id)  # the topic may be deleted: words go with it
        if is_wanted:
            await self._post_card(tx, chat, case, replace(card, tries=card.tries + 1))
        return False

    async def _post_card(self, tx: Transaction, chat: StaffChat, case: CaseRow, before: Post | None) -> None:
        tries = before.tries if before else 0
        message = await self._card(tx, chat, case, "")
        message = msgspec.structs.replace(message, topic=cards.title(self._desk.content(), case))
        turn = _turn(chat, case, tries)
        await self._plan(tx, chat, message, turn)
        await tx.posts.put(
            Post(chat.id, case.id, "card", 0, turn, case.version, tries=tries), now=self._desk.clock.now()
        )

    async def _edit_card(self, tx: Transaction, chat: StaffChat, case: CaseRow, card: Post, state: str) -> None:
        message = await self._card(tx, chat, case, state)
        turn = _turn(chat, case, card.tries)
        await self._plan(tx, chat, msgspec.structs.replace(message, edits=card.message, under=card.message), turn)
        await tx.posts.put(replace(card, turn=turn, version=case.version), now=self._desk.clock.now())

    async def _card(self, tx: Transaction, chat: StaffChat, case: CaseRow, state: str) -> Outgoing:
        content = self._desk.content()
        name = (await tx.staff.names([case.owner])).get(case.owner, "") if case.owner else ""
        is_open = not state and case.state != "closed"
        how = ("how" if self._shows_words(chat) else "how_elsewhere") if is_open else ""
        text = cards.text(content, case, name=name or "—", how=how, now=self._desk.clock.now(), state=state)
        rows = cards.buttons(content, case, chat.id, self._presses) if is_open else ()
        return Outgoing(cards.CARD, text, rows)

    def _shows_words(self, chat: StaffChat) -> bool:
        return chat.channel not in self._desk.informing and self._desk.content().routing.words_in_chats == AFTER_TAKE

    async def _post_words(
        self, tx: Transaction, chat: StaffChat, case: CaseRow, card: Post, own: Mapping[tuple[str, int], Post]
    ) -> bool:
        if not case.owner or not self._shows_words(chat):
            return True
        is_whole = True
        for said in await tx.case_talk.of(case.id):
            post = own.get(("words", said.number))
            if said.author != "citizen" or said.words is None:
                continue
            tries = 0
            if post is not None:
                if post.state != DEAD:
                    is_whole = is_whole and post.state not in WAITING
                    continue
                await tx.posts.bury(post.turn)
                tries = post.tries + 1
                if tries >= TRIES:
                    alarm("staff_words_lost", chat=chat.id, case=case.id)
                    continue
            if not card.message:
                return False
            turn = f"words:{said.number}:{tries}:{card.turn}"
            await self._plan(tx, chat, cards.words(self._desk.content(), case, said, under=card.message), turn)
            fresh = Post(chat.id, case.id, "words", said.number, turn, case.version, tries=tries)
            await tx.posts.put(fresh, now=self._desk.clock.now())
            is_whole = False  # until it is sent
        return is_whole

    async def _take_off(self, tx: Transaction, chat: StaffChat, own: Mapping[tuple[str, int], Post]) -> None:
        """Words of the citizen need not stand in a chat any longer."""
        words = [post for (kind, _), post in own.items() if kind == "words" and post.message]
        if not words:
            return
        erases = tuple(post.message for post in words)
        turn = f"off:{chat.id}:{words[0].case_id}:{len(words)}:{words[-1].version}"
        await self._plan(tx, chat, Outgoing(ERASE_KEY, DOT, erases=erases), turn)

    async def _deleted(self, tx: Transaction, chat: StaffChat, own: Mapping[tuple[str, int], Post]) -> bool:
        """The citizen had everything deleted: the card says so, the words go."""
        if not own:
            return True
        if any(post.state in WAITING for post in own.values()):
            return False
        card = own.get(("card", 0))
        await self._take_off(tx, chat, own)
        if card is not None and card.message:
            words = self._desk.content().texts["desk.state_deleted"].text
            text = f"{cards.number_of(card.case_id)}. {words}"
            await self._plan(tx, chat, Outgoing(cards.CARD, text, edits=card.message), f"deleted:{chat.id}:{card.turn}")
        await tx.posts.drop(chat.id, next(iter(own.values())).case_id)
        return True

    async def _plan(self, tx: Transaction, chat: StaffChat, message: Outgoing, turn: str) -> None:
        now: datetime = self._desk.clock.now()
        body = _encoder.encode(message)
        part = Part(chat.id, chat.channel, chat.find, turn, 0, Lane.REPLY, message.key, body, False, now)
        await tx.outbox.add([part], now=now)
