"""
Walks of the real content: every button of every screen, on paths from the first word, and a record of what was met.

    path: ["/start", "[released]", "[enough]"]      as in transcripts, for a citizen nobody has met
"""

import re
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any

from bot.engine.effects import Ask, Effect, Notice
from bot.engine.flow import Flow, Flows, Handler
from bot.engine.screen import NAVIGATION
from bot.engine.turn import Turn
from bot.messages import Outgoing
from bot.transcript import buttons
from tests.talk import Talk

Path = tuple[str, ...]
NAMED = re.compile(r"\w+:[0-9a-f]{12}")  # a button with the beginning of an id


@dataclass
class Record:
    """asked: steps whose question was put. offered, heard: choices by step. effects: classes. keys: of said texts."""

    asked: set[str] = field(default_factory=set)
    offered: dict[str, set[str]] = field(default_factory=dict)
    heard: dict[str, set[str]] = field(default_factory=dict)
    unanswered: set[str] = field(default_factory=set)
    effects: set[type[Effect]] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)

    def note(self, place: str, effects: Sequence[Effect]) -> None:
        """What a step returned, what it would do when refused included."""
        for effect in effects:
            self.effects.add(type(effect))
            if isinstance(effect, Ask | Notice):
                at = effect.at if isinstance(effect, Notice) else place
                heard = [choice.id.partition(":")[0] for choice in effect.choices if not choice.url]
                self.offered.setdefault(at, set()).update(heard)
            if is_dataclass(effect):
                for one in fields(effect):
                    value: Any = getattr(effect, one.name)
                    if isinstance(value, list | tuple) and value and isinstance(value[0], Effect):
                        self.note(place, value)


def recorded(flows: Flows, record: Record) -> Flows:
    """The same flows; each step they take is noted."""
    return Flows([_recorded(flow, record) for flow in flows.by_name.values()])


def _recorded(flow: Flow, record: Record) -> Flow:
    copy = Flow(flow.name, start=flow.start, says=flow.says, personal=flow.personal, holds=flow.holds)
    for step, handler in flow.asking.items():
        copy.asking[step] = _asking(f"{flow.name}.{step}", handler, record)
    for step, hearing in flow.hearing.items():
        heard = _hearing(f"{flow.name}.{step}", hearing.handler, record)
        copy.hearing[step] = replace(hearing, handler=heard)
    copy.acts = {kind: _asking(f"{flow.name}.{kind}", handler, record) for kind, handler in flow.acts.items()}
    if flow.overhearing is not None:
        copy.overhearing = _asking(f"{flow.name}.overhears", flow.overhearing, record)
    copy.due = {kind: _asking(f"{flow.name}.{kind}", handler, record) for kind, handler in flow.due.items()}
    return copy


def _asking(place: str, handler: Handler, record: Record) -> Handler:
    async def ask(turn: Turn) -> Sequence[Effect]:
        effects = await handler(turn)
        record.asked.add(place)
        record.note(place, effects)
        return effects

    return ask


def _hearing(place: str, handler: Handler, record: Record) -> Handler:
    async def hear(turn: Turn) -> Sequence[Effect]:
        effects = await handler(turn)
        record.heard.setdefault(place, set()).add(turn.heard)
        if not effects:
            record.unanswered.add(f"{place} [{turn.heard}]")
        record.note(place, effects)
        return effects

    return hear


async def act(talk: Talk, line: str) -> list[Outgoing]:
    """`[move*]` presses the first button of its kind: one that names a booking reads otherwise for each citizen."""
    if line.endswith("*]"):
        line = f"[{next(one for one in talk._buttons if one.partition(':')[0] == line[1:-2])}]"
    return await (talk.press(line[1:-1]) if line.startswith("[") else talk.say(line))


async def explore(
    meet: Callable[[], Awaitable[Talk]],
    starts: Sequence[Path],
    *,
    look: Callable[[Talk, Path, list[Outgoing]], Awaitable[None]] | None = None,
) -> dict[str, Path]:
    """
    Breadth-first: each screen that is seen for the first time is come to again for each of its buttons.

    Two screens are the same when key and kinds of buttons are; of several buttons of one kind the first is pressed.
    meet: a citizen nobody knows. look: called after the last act of each path. Gives a path to every screen.
    """
    found: dict[str, Path] = {}
    queue = deque(starts)
    while queue:
        path = queue.popleft()
        talk = await meet()
        answers: list[Outgoing] = []
        for line in path:
            answers = await act(talk, line)
        assert answers, f"silence after {path}"
        if look is not None:
            await look(talk, path, answers)
        newest = next((message for message in reversed(answers) if message.rows), None)
        assert newest is not None, f"no way on after {path}: {[message.key for message in answers]}"
        kinds: dict[str, str] = {}
        for choice in buttons(newest):
            name = choice if choice in NAVIGATION else choice.partition(":")[0]
            kinds.setdefault(name, f"{name}*" if NAMED.fullmatch(choice) else choice)
        screen = f"{answers[-1].key} {sorted(kinds.keys() - set(NAVIGATION))}"
        if screen not in found:
            found[screen] = path
            queue += [(*path, f"[{choice}]") for choice in kinds.values()]
    return found
