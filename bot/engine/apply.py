"""
Writes what a batch of talks decided, set by set, inside the batch's transaction.

Refusable effects go first; a refused talk goes its other way before anything else of it is written.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec

from bot.channels.fit import fit
from bot.engine import alarms, bookings, calls, cases, citizens, surveys, visits
from bot.engine.effects import (
    AskAgain,
    AskNoMore,
    ClaimMove,
    Conceal,
    CountAnswer,
    CountStart,
    Effect,
    EraseAll,
    Forget,
    KeepQuestion,
    Refusable,
    RemindOn,
    ResumeReminders,
    StopReminders,
)
from bot.engine.moving import move
from bot.engine.outcome import Answered, Marked, Said
from bot.engine.press import Presses
from bot.engine.screen import HUMAN, MENU, Option
from bot.engine.session import encode
from bot.engine.taken import Grant, Surface, Taken, Write
from bot.messages import ERASE_KEY, ERASES_ALL, Button, Kind, Outgoing
from bot.texts import render
from storage.database import Transaction
from storage.records import Claimed, Lane, Part, ReminderRow, SessionRow

_encoder = msgspec.json.Encoder()
FOOTER_PLACE = "menu.main"
DOT = "·"  # what is left of a message that can be edited but not deleted


class Apply:
    def __init__(self, surfaces: Mapping[str, Surface], presses: Presses) -> None:
        self._surfaces = surfaces
        self._presses = presses
        self._writes: dict[type[Effect], Write] = {
            **citizens.WRITES,
            **cases.WRITES,
            **bookings.WRITES,
            **visits.WRITES,
            **surveys.WRITES,
            **alarms.WRITES,
            **calls.WRITES,
            Conceal: self._conceal,
        }
        self._grants: dict[type[Effect], Grant] = {
            **cases.GRANTS,
            **bookings.GRANTS,
            **surveys.GRANTS,
            ClaimMove: self._claim,
        }

    async def write(self, tx: Transaction, batch: Sequence[Taken], *, now: datetime) -> None:
        """All effects of the batch, its messages, sessions and the handled marks."""
        for taken in batch:
            await self._refusable(tx, taken, now)
        for taken in batch:
            for effect in taken.talk.writes:
                if write := self._writes.get(type(effect)):
                    await write(tx, taken, effect, now)
        await bookings.reminded(tx, batch, now)
        await self._marks(tx, batch, now)
        await self._talk(tx, batch, now)

    async def _refusable(self, tx: Transaction, taken: Taken, now: datetime) -> None:
        granted: set[int] = set()
        while effect := next((one for one in taken.talk.writes if _is_open(one, granted)), None):
            if await self._grants[type(effect)](tx, taken, effect, now):
                granted.add(id(effect))
            else:
                await taken.talk.refuse(effect)  # what follows may be refused as well

    async def _claim(self, tx: Transaction, taken: Taken, effect: ClaimMove, now: datetime) -> bool:
        limits = {channel: surface.limits for channel, surface in self._surfaces.items()}
        survivor = await move(tx, taken.claimed, taken.talk, effect, limits, now=now)
        if survivor is None:
            return False
        taken.claimed = replace(taken.claimed, citizen_id=survivor)
        return True

    async def _conceal(self, tx: Transaction, taken: Taken, _: Conceal, now: datetime) -> None:
        """Plans one message that erases, before what the turn says: it leaves first, and is retried like any other."""
        if taken.target is None:
            return
        channel, address = taken.target
        limits, citizen_id = self._surfaces[channel].limits, taken.claimed.citizen_id
        erases: Sequence[str] = ERASES_ALL if limits.is_feed else ()
        if limits.is_feed:
            await tx.outbox.off_feed(address, now=now)
        elif limits.erases_hours:
            since = now - timedelta(hours=limits.erases_hours)
            erases = await tx.outbox.recent(citizen_id, channel, address, since=since)
        if not erases:
            return
        body = _encoder.encode(Outgoing(key=ERASE_KEY, text=DOT, erases=tuple(erases)))
        turn = f"{ERASE_KEY}:{taken.claimed.event}"
        part = Part(citizen_id, channel, address, turn, 0, Lane.REPLY, ERASE_KEY, body, False, now)
        await tx.outbox.add([part], now=now)

    async def _marks(self, tx: Transaction, batch: Sequence[Taken], now: datetime) -> None:
        effects = [(taken, effect) for taken in batch for effect in taken.talk.writes]
        await tx.starts.count(
            [
                (effect.tag, taken.claimed.channel, now.date())
                for taken, effect in effects
                if isinstance(effect, CountStart)
            ]
        )
        await tx.verdicts.count(
            [(effect.question, effect.verdict, now.date()) for _, effect in effects if isinstance(effect, CountAnswer)]
        )
        await tx.unanswered.add([effect.words for _, effect in effects if isinstance(effect, KeepQuestion)], now=now)
        stops = [
            (taken.claimed.citizen_id, now if isinstance(effect, StopReminders) else None)
            for taken, effect in effects
            if isinstance(effect, StopReminders | ResumeReminders)
        ]
        if stops:
            await tx.citizens.stop(stops)
            stopped = [citizen_id for citizen_id, at in stops if at is not None]
            await tx.reminders.cancel_all(stopped)
            await tx.outbox.stop(stopped, now=now)
        answered = [effect.row for _, effect in effects if isinstance(effect, Answered)]
        if answered:
            await tx.profile.save(answered)
        await tx.nudges.switch(
            [
                (taken.claimed.citizen_id, isinstance(effect, AskAgain))
                for taken, effect in effects
                if isinstance(effect, AskAgain | AskNoMore)
            ],
            now=now,
        )
        await self._days(tx, batch)
        marked = [effect.row for _, effect in effects if isinstance(effect, Marked)]
        if marked:
            await tx.plan.save(marked)
            await tx.reminders.cancel([(row.citizen_id, row.item) for row in marked])
            await tx.outbox.drop_subjects([f"{row.citizen_id}:{row.item}:{row.version - 1}" for row in marked], now=now)
            stopped_ids = {taken.claimed.citizen_id for taken in batch if taken.talk.turn.citizen.stopped_at}
            await tx.reminders.add(
                [
                    ReminderRow(
                        f"{row.citizen_id}:{row.item}:{row.version}",
                        row.citizen_id,
                        "plan_item",
                        row.item,
                        row.later_at,
                    )
                    for row in marked
                    if row.later_at is not None and row.citizen_id not in stopped_ids
                ]
            )

    async def _days(self, tx: Transaction, batch: Sequence[Taken]) -> None:
        """What is to be asked on a day that the citizen named; the last word of a turn counts."""
        planned = {
            (taken.claimed.citizen_id, effect.subject): (taken, effect)
            for taken in batch
            for effect in taken.talk.writes
            if isinstance(effect, RemindOn)
        }
        await tx.reminders.cancel(list(planned))
        await tx.reminders.add(
            [
                ReminderRow(f"{id_}:{subject}:{taken.claimed.id}", id_, effect.kind, subject, effect.at)
                for (id_, subject), (taken, effect) in planned.items()
                if effect.at is not None and taken.talk.turn.citizen.stopped_at is None
            ]
        )

    async def _talk(self, tx: Transaction, batch: Sequence[Taken], now: datetime) -> None:
        await tx.outbox.add([part for taken in batch for part in self._parts(taken, now)], now=now)
        await tx.sessions.save(
            [
                SessionRow(
                    citizen_id=taken.claimed.citizen_id,
                    channel=taken.claimed.channel,
                    address=taken.claimed.address,
                    place=taken.talk.session.place.name,
                    data=encode(taken.talk.session),
                    version=taken.talk.session.number,
                    updated_at=now,
                )
                for taken in batch
                if taken.claimed.address and not _is_unmet(taken)
            ]
        )
        await tx.inbox.finish([(taken.claimed.id, _keeps_words(taken)) for taken in batch], now=now)

    def _parts(self, taken: Taken, now: datetime) -> list[Part]:
        if taken.target is None:
            return []
        channel, address = taken.target
        keep = _keeps_words(taken)
        planned: list[tuple[Said, Outgoing]] = []
        for number, said in enumerate(taken.talk.said):
            planned += [(said, message) for message in self._messages(taken, channel, number, said)]
        return [
            Part(
                citizen_id=taken.claimed.citizen_id,
                channel=channel,
                address=address,
                turn=taken.claimed.event,
                part=number,
                lane=said.lane,
                key=message.key,
                body=_encoder.encode(message),
                keep=keep,
                not_before=now,
                subject=said.subject,
                since=taken.claimed.arrived_at if said.lane is Lane.REPLY else None,
            )
            for number, (said, message) in enumerate(planned)
        ]

    def _messages(self, taken: Taken, channel: str, number: int, said: Said) -> list[Outgoing]:
        limits = self._surfaces[channel].limits
        content = taken.talk.turn.content
        is_last = number == len(taken.talk.said) - 1
        rows = (
            [[self._button(taken, said, option) for option in row] for row in said.screen.rows] if said.screen else []
        )
        if not said.screen and is_last and not limits.bottom_keyboard and not taken.talk.session.is_bare:
            footer = Said("", "", place=FOOTER_PLACE, number=taken.talk.session.number)
            labels = {MENU: render.say(content, "common.menu", {}), HUMAN: render.say(content, "common.human", {})}
            rows = [[self._button(taken, footer, Option(id_, label)) for id_, label in labels.items()]]
        menu: Sequence[Sequence[str]] = ()
        if said.shows_keyboard and limits.bottom_keyboard:
            menu = [[render.say(content, "common.menu", {}), render.say(content, "common.human", {})]]
        edits = taken.talk.edits and number == 0 and limits.edits
        return fit(
            said.key,
            said.text,
            rows,
            limits,
            menu=menu,
            edits=taken.incoming.message if edits else "",
            answer=taken.incoming.answer if edits else "",
        )

    def _button(self, taken: Taken, said: Said, option: Option) -> Button:
        if option.url:
            return Button(option.label, url=option.url)
        data = self._presses.make(taken.claimed.citizen_id, said.place, option.id, said.number)
        return Button(option.label, data=data)


def _is_open(effect: Effect, granted: Container[int]) -> bool:
    return isinstance(effect, Refusable) and id(effect) not in granted


def _is_unmet(taken: Taken) -> bool:
    """Allowing or blocking the bot begins no talk: the first words that follow are still greeted."""
    kind = taken.incoming.kind
    return kind is Kind.STOPPED or (kind is Kind.RETURNED and taken.talk.is_new)


def _keeps_words(taken: Taken) -> bool:
    """The citizen agreed, did not take it back in this turn, and writes where personal words may be kept; no code."""
    turn = taken.talk.turn
    return turn.has_consent and turn.policy == "full" and not _is_forgotten(taken) and not taken.talk.is_secret


def _is_forgotten(taken: Taken) -> bool:
    return any(isinstance(effect, EraseAll | Forget) for effect in taken.talk.writes)


def apology(claimed: Claimed, text: str, *, now: datetime) -> Part:
    """What a citizen gets whose message could not be handled."""
    body = _encoder.encode(Outgoing(key="fallback.trouble", text=text))
    return Part(
        claimed.citizen_id,
        claimed.channel,
        claimed.address,
        f"parked:{claimed.event}",
        0,
        Lane.REPLY,
        "fallback.trouble",
        body,
        False,
        now,
    )
