"""
Chats of staff, heard: a press or a reply becomes the act that the console would do.

    /staff CODE --> the chat or the account is linked
    press under a card, reply to it or to the citizen's words, words in its topic --> act; «//» at a line's start: note
    an answer edited or deleted later --> follows to the citizen as far as their messenger allows
Only linked members of an open account are heard; whoever else replies is told so. Everything else said in the chat is
not ours and not kept. Taken in a transaction of its own: it needs two lanes, the chat's and then the citizen's.
"""

from datetime import datetime

import msgspec

from bot.desk import cards, lane
from bot.desk.actor import Actor
from bot.desk.acts import DONE, Desk, Done
from bot.desk.lane import Act
from bot.desk.linking import said_code
from bot.desk.words import say
from bot.engine.press import Presses
from bot.messages import ERASE_KEY, Group, Incoming, Kind, Outgoing
from storage.database import Transaction
from storage.records import Claimed, Lane, Part
from storage.staff_chats import StaffChat

NOTE = "//"
EDITED_IN_PLACE = ("telegram", "vk", "max")

_encoder = msgspec.json.Encoder()


class StaffRoom:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._presses = Presses(desk.database.cipher)

    async def take(self, tx: Transaction, claimed: Claimed, incoming: Incoming, now: datetime) -> None:
        group = incoming.group
        assert group is not None, "the runner asks for nothing else"
        if code := said_code(incoming.text):
            await self._link(tx, claimed, incoming, code, now)
            return
        chat = await tx.staff_chats.get(claimed.citizen_id)
        if chat is None:
            return
        if group.moved_to:
            await tx.staff_chats.move(chat, group.moved_to, now=now)
            await tx.posts.show_all()
            return
        turn = _Turn(self, tx, chat, claimed, incoming, group, now)
        actor = await self._actor(tx, chat.channel, group.sender)
        if actor is None:
            if not group.is_gone and incoming.kind is not Kind.EDITED:
                await turn.say("not_linked")
            return
        await turn.hear(actor)

    async def _actor(self, tx: Transaction, channel: str, account: str) -> Actor | None:
        id_ = await tx.staff_chats.member(channel, account)
        person = await tx.staff.get(id_) if id_ else None
        return Actor.of(person) if person is not None and person.is_active else None

    async def _link(self, tx: Transaction, claimed: Claimed, incoming: Incoming, code: str, now: datetime) -> None:
        group, content = incoming.group, self._desk.content()
        assert group is not None
        channel = incoming.address.channel
        chat = StaffChat(claimed.citizen_id, channel, claimed.address, "", "")
        turn = _Turn(self, tx, chat, claimed, incoming, group, now)
        invitation = await tx.staff_chats.spend(code, now=now)
        if invitation is None:
            if await tx.staff_chats.get(claimed.citizen_id) is not None:  # a chat that nobody linked gets no answer
                await turn.say("bad_code")
            return
        if invitation.staff_id:
            await tx.staff_chats.link(channel, group.sender, invitation.staff_id, now=now)
            person = await tx.staff.get(invitation.staff_id)
            await turn.say("linked", name=person.name if person else "")
            return
        await tx.staff_chats.open(chat.id, channel, chat.find, invitation.office, invitation.role, now=now)
        await tx.posts.show_all()
        office = content.offices.get(invitation.office)
        await turn.say("chat_linked", office=office.short_name if office else say(content, "all_offices"))


class _Turn:
    """One thing said in a staff chat."""

    def __init__(
        self,
        room: StaffRoom,
        tx: Transaction,
        chat: StaffChat,
        claimed: Claimed,
        incoming: Incoming,
        group: Group,
        now: datetime,
    ) -> None:
        self._desk, self._presses = room._desk, room._presses
        self._tx, self._chat, self._claimed, self._now = tx, chat, claimed, now
        self._incoming, self._group = incoming, group

    async def hear(self, actor: Actor) -> None:
        kind = self._incoming.kind
        if self._group.is_gone:
            await self._took_back(actor)
        elif kind is Kind.EDITED:
            await self._corrected(actor)
        elif kind is Kind.PRESS:
            await self._pressed(actor)
        else:
            await self._replied(actor)

    async def _pressed(self, actor: Actor) -> None:
        press = self._presses.read(self._chat.id, self._incoming.data)
        if press is None or press.place != cards.PLACE:
            return
        name, _, about = press.choice.partition(":")
        role, _, to_case = about.partition(":")
        case_id = to_case if name == "to" else about
        if not await self._has_lane(case_id):
            await self.say("gone")
            return
        desk, tx = self._desk, self._tx
        if name == "take":
            done = await desk.take(actor, case_id, tx=tx)
        elif name == "later":
            done = await desk.later(actor, case_id, tx=tx)
        elif name == "close":
            done = await desk.close(actor, case_id, tx=tx)
        elif name == "to":
            done = await desk.transfer(actor, case_id, role=role, tx=tx)
        else:
            rows = cards.roles(desk.content(), case_id, self._chat.id, self._presses)
            await self.say("transfer", rows=rows)
            return
        await self._tell(done)

    async def _replied(self, actor: Actor) -> None:
        case_id = await self._tx.posts.case_at(self._chat.id, message=self._group.reply, topic=self._group.topic)
        if case_id is None:
            await self.say("no_case")
            return
        if not await self._has_lane(case_id):
            await self.say("gone")
            return
        if self._incoming.kind is not Kind.TEXT and not self._incoming.text:
            await self.say("no_files")
            return
        notes, words = parted(self._incoming.text)
        origin = self._origin()
        if notes:
            await self._tell(await self._desk.note(actor, case_id, notes, origin=f"{origin}//", tx=self._tx))
        if words:
            once = f"chat:{self._claimed.event}"
            await self._tell(await self._desk.answer(actor, case_id, words, once=once, origin=origin, tx=self._tx))

    async def _corrected(self, actor: Actor) -> None:
        """The author changed an answer: the citizen's message changes, or another one says how it should read."""
        found = await self._tx.case_talk.by_origin(self._origin())
        words = parted(self._incoming.text)[1]
        if found is None or found.author != "staff" or found.actor != actor.id or not words:
            return
        await lane.take(self._tx, found.citizen_id)
        await self._tx.case_talk.edit(found.case_id, found.number, words, now=self._now)
        sent = await self._tx.outbox.sent_as(found.turn)
        place = (await self._tx.citizens.reachable_at([found.citizen_id])).get(found.citizen_id)
        is_there = sent is not None and place is not None and place[:2] == (sent.channel, sent.address)
        edits = sent.id if sent is not None and is_there and sent.channel in EDITED_IN_PLACE else ""
        act = Act("case_answered" if edits else "case_corrected", found.case_id, actor.role, words, edits)
        await lane.tell(self._tx, found.citizen_id, act, once=f"edit:{self._claimed.event}", now=self._now)
        await self._tx.cases.note_event(found.case_id, actor.id, "corrected", now=self._now)

    async def _took_back(self, actor: Actor) -> None:
        """The author deleted an answer: so is the citizen's message, where that is possible."""
        found = await self._tx.case_talk.by_origin(self._origin())
        if found is None or found.author != "staff" or found.actor != actor.id:
            return
        await lane.take(self._tx, found.citizen_id)
        sent = await self._tx.outbox.sent_as(found.turn)
        if sent is None or not sent.id:
            await self._tx.outbox.withdraw_turn(found.turn, now=self._now)
        else:
            message = _encoder.encode(Outgoing(ERASE_KEY, "·", erases=(sent.id,)))
            turn = f"{ERASE_KEY}:{self._claimed.event}"
            part = Part(
                found.citizen_id, sent.channel, sent.address, turn, 0, Lane.REPLY, ERASE_KEY, message, False, self._now
            )
            await self._tx.outbox.add([part], now=self._now)
        await self._tx.cases.note_event(found.case_id, actor.id, "taken_back", now=self._now)

    async def _has_lane(self, case_id: str) -> bool:
        case = await self._tx.cases.get(case_id)
        if case is None:
            return False
        await lane.take(self._tx, case.citizen_id)
        return True

    def _origin(self) -> str:
        address = self._incoming.address
        return self._tx.handle.cipher.find("said", address.channel, address.chat, self._group.message)

    async def _tell(self, done: Done) -> None:
        """What went well shows on the card; everything else is said."""
        if done.code != DONE:
            await self.say(done.code)

    async def say(self, key: str, *, rows: cards.Rows = (), **values: object) -> None:
        text = say(self._desk.content(), key, **values)
        under = "/".join(filter(None, (self._group.topic, self._group.message or self._incoming.message)))
        body = _encoder.encode(Outgoing(f"desk.{key}", text, rows, under=under))
        turn = f"room:{self._claimed.event}:{key}"
        part = Part(
            self._chat.id,
            self._chat.channel,
            self._chat.find,
            turn,
            0,
            Lane.REPLY,
            f"desk.{key}",
            body,
            False,
            self._now,
        )
        await self._tx.outbox.add([part], now=self._now)
        self._tx.notify("outbox")


def parted(text: str) -> tuple[str, str]:
    """Lines that stay among staff, without their mark, and lines for the citizen."""
    lines = text.strip().split("\n")
    notes = [line.lstrip().removeprefix(NOTE).strip() for line in lines if line.lstrip().startswith(NOTE)]
    words = [line for line in lines if not line.lstrip().startswith(NOTE)]
    return "\n".join(notes).strip(), "\n".join(words).strip()
