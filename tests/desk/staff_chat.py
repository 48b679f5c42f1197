"""A group chat of staff: its members type, press, edit; what the bot posts there is read from the outbox."""

import itertools
from typing import Any
from weakref import WeakKeyDictionary

import msgspec

from bot.desk.actor import Actor
from bot.desk.acts import Desk
from bot.desk.board import Board
from bot.desk.linking import invite
from bot.desk.room import StaffRoom
from bot.desk.watch import Watch
from bot.engine.runner import Runner
from bot.inbox import arrival
from bot.messages import Address, Group, Incoming, Kind, Outgoing
from storage.staff import StaffRow
from storage.staff_chats import Invitation
from tests.talk import Talk

_chats: WeakKeyDictionary[Desk, dict[str, "StaffChat"]] = WeakKeyDictionary()
_outgoing = msgspec.json.Decoder(Outgoing)


class StaffChat:
    """
    One group of an office. shown: what stands in the chat, by the platform's number of the message; edits replace.

    topics: it is a forum: a post with a title opens a topic, numbers are then "topic/message".
    """

    def __init__(
        self, talk: Talk, desk: Desk, *, channel: str = "telegram", number: str = "-100500", topics: bool = False
    ) -> None:
        self.talk, self.desk = talk, desk
        self.channel, self.number, self.topics = channel, number, topics
        self.others = _chats.setdefault(desk, {})
        self.others[number] = self
        self.board = Board(desk)
        self.watch = Watch(desk)
        talk.runner = Runner(
            talk.database, talk.runner._flows, lambda: talk.content, talk.surfaces, talk.clock, room=StaffRoom(desk)
        )
        self.shown: dict[str, Outgoing] = {}
        self.posted = 0
        self.refuses: list[str] = []
        self._numbers = itertools.count(1)

    async def link(self, *actors: Actor, office: str = "barnaul", role: str = "") -> None:
        """The chat is one of staff, these are its members; what the bot said to that is forgotten."""
        code = await invite(self.desk.database, self.desk.clock, Invitation("", office, role))
        await self.say("admin", f"/staff {code}")
        for actor in actors:
            await employ(self.talk, actor)
            code = await invite(self.desk.database, self.desk.clock, Invitation(actor.id, "", ""))
            await self.say(actor.id, f"/staff {code}")
        self.shown.clear()

    async def say(self, sender: str, text: str, *, to: str = "", **about: Any) -> list[Outgoing]:
        return await self.send(sender, Kind.TEXT, text=text, to=to, **about)

    async def press(self, sender: str, message: str, label: str) -> list[Outgoing]:
        buttons = {button.label: button.data for row in self.shown[message].rows for button in row}
        return await self.send(sender, Kind.PRESS, data=buttons[label], message=message)

    async def send(
        self,
        sender: str,
        kind: Kind,
        *,
        to: str = "",
        said: str = "",
        moved_to: str = "",
        is_gone: bool = False,
        **fields: Any,
    ) -> list[Outgoing]:
        """to: number of the bot's message that it answers. said: number of one's own message."""
        number = next(self._numbers)
        topic, _, reply = to.rpartition("/")
        group = Group(f"account of {sender}", said or f"m{number}", reply, topic, moved_to, is_gone)
        incoming = Incoming(
            f"{self.number}:{number}", Address(self.channel, self.number), kind, number, group=group, **fields
        )
        async with self.talk.database.write() as tx:
            await tx.inbox.store([arrival(incoming)], now=self.talk.clock.now())
        return await self.work()

    async def work(self) -> list[Outgoing]:
        """Turns are taken, cards are planned and leave, until nothing more follows."""
        heard: list[Outgoing] = []
        while True:
            await self.talk.work()
            await self.board.show()
            leased = await self._leave()
            if leased is None:
                return heard
            heard += leased

    async def _leave(self) -> list[Outgoing] | None:
        now, is_over = self.talk.clock.now(), True
        heard: list[Outgoing] = []
        async with self.talk.database.write() as tx:
            for part in await tx.outbox.lease(self.channel, now=now, limit=50):
                chat = self.others.get(part.chat)
                if chat is None:
                    await tx.outbox.sent([(part.number, str(part.number))], now=now)
                    continue
                message = _outgoing.decode(part.body)
                heard += [message] if chat is self else []
                if chat.refuses:
                    await tx.outbox.bury([(part.number, chat.refuses.pop(0))], now=now)
                else:
                    await tx.outbox.sent([(part.number, chat._post(message, part.number))], now=now)
                is_over = False
        return None if is_over else heard

    def _post(self, message: Outgoing, number: int) -> str:
        self.posted += 1
        for one in message.erases:
            self.shown.pop(one, None)
        if message.erases:
            return ""
        topic = message.under.rpartition("/")[0] or (f"t{number}" if self.topics and message.topic else "")
        name = message.edits or (f"{topic}/{number}" if topic else str(number))
        self.shown[name] = message
        return name

    def found(self, words: str) -> str:
        """Number of the newest message with these words."""
        return next(name for name, message in reversed(self.shown.items()) if words in message.text)

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.shown.values()]


async def employ(talk: Talk, actor: Actor, *, is_active: bool = True) -> None:
    row = StaffRow(
        actor.id, actor.id, actor.id.title(), actor.role, actor.offices, not actor.offices, False, is_active,
        False, False, talk.clock.now(),
    )  # fmt: skip
    async with talk.database.write() as tx:
        await tx.staff.add(row)
