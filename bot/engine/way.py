"""
The way of a turn through the flows: effects one after the other, until nothing follows.

A write that the database may refuse leaves a mark, to which the turn goes back to take its other way.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass

from bot.engine.changes import Changes
from bot.engine.effects import (
    Again,
    Ask,
    Back,
    Effect,
    Enter,
    Finish,
    Goto,
    Keep,
    Notice,
    Refusable,
    Say,
    Unclear,
)
from bot.engine.flow import Flows, Handler
from bot.engine.outcome import Overrun
from bot.engine.reads import Mark
from bot.engine.session import Place, Session
from bot.engine.speech import Speech
from bot.engine.stand import Stand

STEPS_MAX = 100


@dataclass(slots=True)
class _Checkpoint:
    session: Session
    said: int
    writes: int
    reads: Mark


class Way:
    def __init__(self, flows: Flows, stand: Stand, speech: Speech, changes: Changes) -> None:
        self.flows = flows
        self.stand = stand
        self._speech = speech
        self._changes = changes
        self._steps = 0
        self._checkpoints: dict[int, _Checkpoint] = {}

    async def run(self, effects: Sequence[Effect]) -> None:
        """Raises Overrun for a loop."""
        for effect in effects:
            self._steps += 1
            if self._steps > STEPS_MAX:
                raise Overrun(f"over {STEPS_MAX} steps at {self.stand.at.name}")
            if isinstance(effect, Say):
                self._speech.say(effect)
            elif isinstance(effect, Ask):
                self._speech.ask(effect)
            elif isinstance(effect, Notice):
                self._speech.notice(effect)
            elif isinstance(effect, Keep):
                data = {**self.stand.at.data, **effect.data}
                self.stand.at.data = {name: value for name, value in data.items() if value is not None}
            elif isinstance(effect, Goto):
                at = self.stand.at
                page = at.page if effect.step == at.step else 0
                self.stand.at = Place(at.flow, effect.step, dict(at.data), page)
                await self.ask_here()
            elif isinstance(effect, Enter):
                await self._enter(effect)
            elif isinstance(effect, Finish):
                await self._enter(Enter("menu"))
            elif isinstance(effect, Back):
                await self._back()
            elif isinstance(effect, Again):
                await self._again()
            elif isinstance(effect, Unclear):
                await self.run(effect.otherwise)
            else:
                await self._write(effect)

    async def refuse(self, effect: Refusable) -> None:
        """Take back all that came after this write and go its other way."""
        checkpoint, stand = self._checkpoints[id(effect)], self.stand
        stand.turn.reads.go_back(checkpoint.reads)
        stand.session = checkpoint.session
        stand.at = stand.session.place
        del self._speech.said[checkpoint.said :]
        del self._changes.writes[checkpoint.writes :]
        await self.run(effect.refused)

    async def handle(self, handler: Handler, *, heard: str = "", about: str = "", text: str = "") -> Sequence[Effect]:
        """What follows from this at the place come to."""
        turn = self.stand.turn
        turn.heard, turn.about, turn.text = heard, about, text
        turn.data = self.stand.at.data
        turn.is_bare = self.stand.session.is_bare
        turn.before = self.stand.before()
        return await handler(turn)

    async def ask_here(self) -> None:
        """Show the screen of the place come to."""
        stand = self.stand
        if stand.is_elsewhere(self.flows[stand.at.flow]):  # by a page, back or again: the channel was full once
            stand.at = Place("elsewhere", self.flows["elsewhere"].start)
        handler = self.flows[stand.at.flow].asking[stand.at.step]
        await self.run(await self.handle(handler))

    async def _enter(self, effect: Enter) -> None:
        if not self.flows.has(effect.flow, effect.step or self.flows.start_of(effect.flow)):
            effect = Enter("fallback", "stale")  # a choice of an older edition or version
        flow = self.flows[effect.flow]
        data = {name: value for name, value in effect.data.items() if value is not None}
        self.stand.at = Place(flow.name, effect.step or flow.start, data)
        await self.ask_here()

    async def _back(self) -> None:
        while self.stand.session.trail:
            place = self.stand.session.trail.pop()
            if self.flows.has(place.flow, place.step):
                self.stand.at, self.stand.is_returning = place, True
                await self.ask_here()
                return
        await self._enter(Enter("menu"))

    async def _again(self) -> None:
        place = self.stand.session.place
        if self.flows.has(place.flow, place.step):
            self.stand.at = place
            await self.ask_here()
        else:
            await self._enter(Enter("fallback", "moved"))

    async def _write(self, effect: Effect) -> None:
        if isinstance(effect, Refusable):
            session, mark = copy.deepcopy(self.stand.session), self.stand.turn.reads.mark()
            said, writes = len(self._speech.said), len(self._changes.writes)
            self._checkpoints[id(effect)] = _Checkpoint(session, said, writes, mark)
        await self._changes.write(effect)
