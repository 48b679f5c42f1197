"""
A flow: the named steps of one talk, what each asks, and what follows from what it hears.

    flow = Flow("plan", start="list", says={"list": Need(("done", "total"))})

    @flow.asks("list")
    async def ask_list(turn: Turn) -> list[Effect]: ...

    @flow.hears("list", anytime=True)
    async def item_chosen(turn: Turn) -> list[Effect]: ...

Dispatch is a lookup by "flow.step": its cost does not grow with the content.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.engine.effects import Effect
from bot.engine.turn import Turn
from bot.texts.schema import Need

Handler = Callable[[Turn], Awaitable[Sequence[Effect]]]
H = TypeVar("H", bound=Handler)


@dataclass(frozen=True, slots=True)
class Hearing:
    """
    How a step hears.

    anytime: choices mean the same from an old message too, because they carry all they need.
    words: free text is an answer. numbers: so is a typed number, which elsewhere stands for a choice. phones: so is a
    phone, which elsewhere is taken out of the words.
    """

    handler: Handler
    anytime: bool = False
    words: bool = False
    numbers: bool = False
    phones: bool = False


class Flow:
    """
    One talk. start: its first step. personal: keeps something about the citizen, so a channel that only informs does
    not enter it. holds: wants to be finished, so a question asked meanwhile is answered and the step asked again.
    says: what each text key of the flow (without the flow's name) takes and which buttons it shows.
    """

    def __init__(
        self, name: str, *, start: str, says: Mapping[str, Need], personal: bool = False, holds: bool = False
    ) -> None:
        self.name = name
        self.holds = holds
        self.start = start
        self.says = says
        self.personal = personal
        self.asking: dict[str, Handler] = {}
        self.hearing: dict[str, Hearing] = {}
        self.due: dict[str, Handler] = {}
        self.acts: dict[str, Handler] = {}
        self.overhearing: Handler | None = None

    def asks(self, step: str) -> Callable[[H], H]:
        """The step's question: must end in an Ask, or go elsewhere."""

        def register(handler: H) -> H:
            self.asking[step] = handler
            return handler

        return register

    def hears(
        self, step: str, *, anytime: bool = False, words: bool = False, numbers: bool = False, phones: bool = False
    ) -> Callable[[H], H]:
        """What follows from the answer: `turn.heard` is the choice, or `turn.text` where the step takes words."""

        def register(handler: H) -> H:
            self.hearing[step] = Hearing(handler, anytime, words, numbers, phones)
            return handler

        return register

    def reminds(self, kind: str) -> Callable[[H], H]:
        """What to say when a reminder of this kind is due (`turn.about` is its subject)."""

        def register(handler: H) -> H:
            self.due[kind] = handler
            return handler

        return register

    def overhears(self, handler: H) -> H:
        """
        What follows from words that are for no step, while the citizen has an open case.

        turn.about: the case. turn.heard: kind of the message. turn.text: its words.
        """
        self.overhearing = handler
        return handler

    def staff(self, kind: str) -> Callable[[H], H]:
        """
        What follows for the citizen when staff did this: said or written, the citizen stays at their screen.

        turn.about: id of the row it is about. turn.source: role of who did it. turn.text: words for the citizen.
        """

        def register(handler: H) -> H:
            self.acts[kind] = handler
            return handler

        return register


class Flows:
    """All flows of the bot, by name. Raises ValueError for flows that do not fit together."""

    def __init__(self, flows: Iterable[Flow]) -> None:
        self.by_name = {flow.name: flow for flow in flows}
        self.due: dict[str, Handler] = {}
        self.acts: dict[str, Handler] = {}
        overhearing = [flow.overhearing for flow in self.by_name.values() if flow.overhearing is not None]
        if len(overhearing) > 1:
            raise ValueError("two flows overhear words for no step")
        self.overhears = overhearing[0] if overhearing else None
        for flow in self.by_name.values():
            if flow.start not in flow.asking:
                raise ValueError(f"flow {flow.name} has no step {flow.start} to start at")
            for step in flow.hearing:
                if step not in flow.asking:
                    raise ValueError(f"step {flow.name}.{step} hears but never asks")
            for kind, handler in flow.due.items():
                if kind in self.due:
                    raise ValueError(f"two flows remind of {kind}")
                self.due[kind] = handler
            for kind, handler in flow.acts.items():
                if kind in self.acts:
                    raise ValueError(f"two flows hear that staff did {kind}")
                self.acts[kind] = handler

    def __getitem__(self, name: str) -> Flow:
        return self.by_name[name]

    def start_of(self, name: str) -> str:
        """The first step of the flow, "" for a name that is none."""
        return self.by_name[name].start if name in self.by_name else ""

    def has(self, flow: str, step: str) -> bool:
        return flow in self.by_name and step in self.by_name[flow].asking

    def needs(self) -> dict[str, Need]:
        """What the code asks of the content's texts: full key -> placeholders and buttons."""
        return {f"{flow.name}.{key}": need for flow in self.by_name.values() for key, need in flow.says.items()}
