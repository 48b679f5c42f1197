"""
Citizens who type while the product is killed under them, and what must stand on their screens in the end.

A walker types the next message when the last one is answered; a flooder types all of them at once. Nobody presses
buttons: an edited message would hide how often it was sent.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random

from tests.faults.books import Effects
from tests.faults.script import Script, timeless
from tests.platforms.emulator import Emulator

FIRST_CHAT = 5000


@dataclass
class Citizen:
    """typed: how many messages of the script are out. expected: what must stand on the screen, in this order."""

    chat: str
    script: Script
    typed: int = 0
    expected: list[str] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        return self.typed == len(self.script.typed)

    def type(self, emulator: Emulator) -> None:
        emulator.type(self.chat, self.script.typed[self.typed])
        self.expected += self.script.said[self.typed]
        self.typed += 1

    def seen(self, emulator: Emulator) -> tuple[list[str], int]:
        """What stands on the screen, copies of the same message left out, and how many these are."""
        seen: list[str] = []
        copies = 0
        for shown in emulator.shown(self.chat):
            text = timeless(shown.text)
            if seen and seen[-1] == text:
                copies += 1
            else:
                seen.append(text)
        return seen, copies

    def is_answered(self, emulator: Emulator) -> bool:
        return len(self.seen(emulator)[0]) >= len(self.expected)


class Crowd:
    """
    walkers, flooders: how many of each at a time; those who are done make room for new ones until `finish`.
    """

    def __init__(
        self,
        emulator: Emulator,
        *,
        walk: Script,
        flood: Script,
        walkers: int,
        flooders: int,
        random: Random,
        pause_s: float = 0.05,
    ) -> None:
        self.citizens: list[Citizen] = []
        self._emulator = emulator
        self._slots = [(walk, True)] * walkers + [(flood, False)] * flooders
        self._random = random
        self._pause_s = pause_s
        self._chats = count(FIRST_CHAT)
        self._is_over = False
        self._rounds: int | None = None
        self._tasks: list[asyncio.Task[None]] = []

    def begin(self, *, rounds: int | None = None) -> None:
        """rounds: talks of each, at most."""
        self._rounds = rounds
        self._tasks = [asyncio.create_task(self._live(*slot)) for slot in self._slots]

    def join(self, walkers: int) -> None:
        """So many more come, one talk each: those who wait for an uncertain send give the product nothing to do."""
        walk, _ = self._slots[0]
        self._tasks += [asyncio.create_task(self._talk(walk, is_patient=True)) for _ in range(walkers)]

    async def finish(self) -> None:
        """Nobody new comes; those who talk say the rest. Returns when all is typed and, by walkers, answered."""
        self._is_over = True
        await asyncio.gather(*self._tasks)

    def cancel(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def _live(self, script: Script, is_patient: bool) -> None:
        """One citizen after another."""
        done = 0
        while not (self._is_over and done) and done != self._rounds:
            done += 1
            await self._talk(script, is_patient=is_patient)

    async def _talk(self, script: Script, *, is_patient: bool) -> None:
        """A citizen comes, and leaves when everything is answered, so that no backlog grows."""
        citizen = Citizen(str(next(self._chats)), script)
        self.citizens.append(citizen)
        while not citizen.is_done:
            citizen.type(self._emulator)
            await asyncio.sleep(self._random.uniform(0, 2 * self._pause_s))  # how fast people type
            if is_patient:
                await self._answered(citizen)
        await self._answered(citizen)

    async def _answered(self, citizen: Citizen) -> None:
        while not citizen.is_answered(self._emulator):
            changed = self._emulator.changed
            if not citizen.is_answered(self._emulator):
                await changed.wait()

    # The end

    @property
    def typed(self) -> int:
        return sum(citizen.typed for citizen in self.citizens)

    def unanswered(self) -> list[Citizen]:
        return [citizen for citizen in self.citizens if not citizen.is_answered(self._emulator)]

    def differences(self) -> list[str]:
        """Screens that differ from what the scripts say: an answer lost, out of order, or of another talk."""
        found = []
        for citizen in self.citizens:
            seen, _ = citizen.seen(self._emulator)
            if seen != citizen.expected:
                place = next(
                    (n for n, pair in enumerate(zip(seen, citizen.expected, strict=False)) if pair[0] != pair[1]),
                    min(len(seen), len(citizen.expected)),
                )
                here, there = (texts[place][:60] if place < len(texts) else "-" for texts in (seen, citizen.expected))
                found.append(f"{citizen.chat}: at {place} «{here}» instead of «{there}»")
        return found

    def copies(self) -> dict[str, int]:
        """Copies of messages on the screens, by chat."""
        found = {citizen.chat: citizen.seen(self._emulator)[1] for citizen in self.citizens}
        return {chat: number for chat, number in found.items() if number}

    def most_copies(self) -> int:
        """Of one message, beyond the first."""
        most = 0
        for citizen in self.citizens:
            run, last = 0, ""
            for shown in self._emulator.shown(citizen.chat):
                run = run + 1 if shown.text == last else 0
                last = shown.text
                most = max(most, run)
        return most

    def expected_effects(self) -> dict[str, Effects]:
        return {citizen.chat: citizen.script.effects for citizen in self.citizens}

    def chats(self) -> Sequence[str]:
        return [citizen.chat for citizen in self.citizens]
