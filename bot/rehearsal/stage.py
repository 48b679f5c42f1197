"""One talk beside the content, line by line: acts are done, the bot's words compared, what was met is noted."""

import dataclasses
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.booking.rounds import Rounds
from bot.channels.port import Limits
from bot.chores.nudges import Nudging
from bot.chores.surveying import Surveying
from bot.clock import FixedClock
from bot.engine.flow import Flows
from bot.engine.press import Presses
from bot.engine.session import Place, decode, encode
from bot.engine.taken import Surface
from bot.engine.words import plain
from bot.messages import Kind, Outgoing
from bot.rehearsal import crowd, requests, staff
from bot.rehearsal.player import MONDAY_NOON, NoButton, Player
from bot.surveys.triggers import happened
from bot.texts import scenes
from bot.texts.office import Office
from bot.texts.schema import Content, Text
from bot.transcript import labels
from storage.scratch import ScratchDatabase

if TYPE_CHECKING:
    from bot.texts.scenes import Act

WEB, MESSENGER, INFORMING = "web", "messenger", "informing"
SURFACES = {
    WEB: Surface(Limits(text_chars=12_000, edits=False)),
    MESSENGER: Surface(Limits(edits=False)),
    INFORMING: Surface(Limits(text_chars=12_000, edits=False), "information"),
}
SITE = "https://chat.example.ru"  # of the messenger; the web chat here is an installation without a public address
CODE = re.compile(r"\b\w{3}-\w{3}-\w{4}\b")  # as bot/engine/code.py shows it


@dataclass
class Met:
    """
    keys: of texts that words were made of. places: screens with their data, as (flow.step, name, value).

    typed: what citizens wrote.
    """

    keys: set[str] = field(default_factory=set)
    places: set[tuple[str, str, str]] = field(default_factory=set)
    typed: set[str] = field(default_factory=set)


class _Noted(Mapping[str, Text]):
    """Texts that note which of them are used."""

    def __init__(self, texts: Mapping[str, Text], used: set[str]) -> None:
        self._texts = texts
        self._used = used

    def __getitem__(self, key: str) -> Text:
        self._used.add(key)
        return self._texts[key]

    def get(self, key: str, default: object = None) -> object:  # type: ignore[override]
        return self._texts.get(key, default)  # a look, not a use

    def __contains__(self, key: object) -> bool:
        return key in self._texts

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


class Stage:
    """
    A fresh citizen in a database that is emptied for them, Monday noon, one office, so that talks stay as they are when
    a centre adds another. met: gathers over many talks.

    is_stuck: a turn failed: the bot has not taken what it was told.
    """

    is_stuck = False

    def __init__(self, database: ScratchDatabase, flows: Flows, content: Content, met: Met) -> None:
        database.empty()
        self._met = met
        self._clock = FixedClock(MONDAY_NOON)
        self._offices = content.offices
        own = content.default_office
        noted = dataclasses.replace(content, texts=_Noted(content.texts, met.keys), offices={own.id: own})
        self._database = database
        self._flows = flows
        self._player = self._met_in(WEB, noted)
        self._left: list[Player] = []  # chats where the citizen wrote before
        self._id: str | None = None
        self._labels: list[dict[str, str]] = []  # of the screens shown, newest last
        self._words: list[str] = []

    def _met_in(self, channel: str, content: Content) -> Player:
        return Player(
            self._database,
            self._flows,
            content,
            chat="citizen",
            channel=channel,
            surfaces=SURFACES,
            clock=self._clock,
            site=SITE if channel == MESSENGER else "",
        )

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What is done inside is undone afterwards: talks that begin alike go on from here, one after the other."""
        player, left, id_, is_stuck, now = self._player, [*self._left], self._id, self.is_stuck, self._clock.now()
        labels, words = [*self._labels], [*self._words]
        with self._database.aside(), ExitStack() as hands:
            for one in (player, *left):
                hands.enter_context(one.aside())
            yield
        self._player, self._left, self._id, self.is_stuck = player, left, id_, is_stuck
        self._labels, self._words = labels, words
        self._clock.set(now)

    async def do(self, act: "Act") -> list[Outgoing]:
        """Do it; what the bot said to it, oldest first. Raises NoButton with the labels there are."""
        said = [message for message in await self._done(act) if message.key]
        self._words += [message.text for message in said]
        for message in said:
            if found := labels(message, all_of_them=True):
                self._labels.append(found)
        for player in self._left:
            said += [message for message in await player.heard() if message.key]
        await self._look()
        return said

    async def _done(self, act: "Act") -> list[Outgoing]:
        player = self._player
        if isinstance(act, scenes.Typed):
            self._met.typed.add(act.text)
            return await player.say(act.text)
        if isinstance(act, scenes.Pressed):
            return await player.send(Kind.PRESS, data=self._data(act.label), message="shown")
        if isinstance(act, scenes.Sent):
            return await player.send(act.kind)
        if isinstance(act, scenes.Copied):
            codes = [code for words in self._words for code in CODE.findall(words)]
            if not codes:
                raise NoButton
            return await player.say(codes[-1])
        if isinstance(act, scenes.OldButton):
            return await self._press_old(act.place, act.choice)
        if isinstance(act, scenes.Weather):
            await self._turn_bad(act.what)
            return await player.tick() if act.what in crowd.EVERY else []
        if isinstance(act, scenes.Staff):
            me, now = await self._me(), self._clock.now()
            happens = requests.happens if act.what in scenes.REQUESTS else staff.happens
            self._clock.set(await happens(act.what, self._database, player.content, now, me))
            return await player.work()
        if isinstance(act, scenes.Passed):
            self._clock.set(self._clock.now() + act.by)
        else:
            zone = ZoneInfo(player.content.default_office.timezone)
            self._clock.set(act.local.replace(tzinfo=zone).astimezone(MONDAY_NOON.tzinfo))
        await Rounds(self._database, self._clock, lambda: player.content).go()
        await Nudging(self._database, self._clock, player.content, {MESSENGER}).plan()
        await Surveying(self._database, self._clock, player.content, {WEB, MESSENGER}).plan()
        return await player.tick()

    async def _press_old(self, place: str, choice: str) -> list[Outgoing]:
        data = Presses(self._database.cipher).make(await self._me(), place, choice, 0)
        return await self._player.send(Kind.PRESS, data=data, message="shown")

    async def _turn_bad(self, what: str) -> None:
        player = self._player
        if what in (scenes.ONLY_TELLS, scenes.ELSEWHERE):
            self._left.append(player)
            self._player = self._met_in(INFORMING if what == scenes.ONLY_TELLS else MESSENGER, player.content)
            self._id, self._labels = None, []
        elif what == scenes.NO_HOURS:
            office = dataclasses.replace(player.content.default_office, hours={})
            player.content = dataclasses.replace(player.content, default_office=office, offices={office.id: office})
        elif what in (scenes.SERVED, scenes.CASE_OVER):
            await self._staff_did("visit" if what == scenes.SERVED else "case_closed")
        elif what in crowd.EVERY:
            me, now = await self._me(), self._clock.now()
            player.content = await crowd.happens(what, self._database, player.content, now, me)
        elif what == scenes.OFFICES:
            player.content = dataclasses.replace(player.content, offices=self._several())
        elif what == scenes.ALL_DONE:
            for step in {step.id for one in player.content.situations.values() for step in one.plan}:
                await self._press_old("plan.item", f"done:{step}")
        elif what == scenes.IS_GONE:
            me = await self._me()
            async with self._database.write() as tx:
                row = (await tx.sessions.load([me]))[me]
                session = decode(row.data)
                session.place = Place("gone", "gone")
                await tx.sessions.save([dataclasses.replace(row, place="gone.gone", data=encode(session))])

    async def _staff_did(self, trigger: str) -> None:
        """What surveys follow from; the act itself is played by its own talk."""
        me, now = await self._me(), self._clock.now()
        async with self._database.write() as tx:
            await happened(tx, self._player.content, trigger, citizen_id=me, subject=trigger, office="", now=now)

    def _several(self) -> Mapping[str, Office]:
        """Those of the content, or the only one and another like it."""
        if len(self._offices) > 1:
            return self._offices
        (own,) = self._offices.values()
        return {own.id: own, "another": dataclasses.replace(own, id="another", short_name="Другой офис")}

    def _data(self, label: str) -> str:
        for shown in reversed(self._labels):
            if label in shown:
                return shown[label]
        for shown in reversed(self._labels):
            for known, data in shown.items():
                if plain(known) == plain(label):
                    return data
        raise NoButton(" ".join(f"[{known}]" for known in (self._labels[-1] if self._labels else {})))

    async def _me(self) -> str:
        if self._id is None:
            self._id = await self._player.citizen_id()
        return self._id or ""

    async def _look(self) -> None:
        """Note where the citizen stands now, and whether the bot took what it was told."""
        me = await self._me()
        async with self._database.read() as tx:
            row = (await tx.sessions.load([me])).get(me)
            waiting, _ = await tx.inbox.waiting()
        self.is_stuck = bool(waiting)
        if row is not None:
            place = decode(row.data).place
            self._met.places.add((place.name, "", ""))
            self._met.places |= {(place.name, name, str(value)) for name, value in place.data.items()}
