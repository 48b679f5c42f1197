"""
Calls of staff, the citizen's side: whether they may call, and a kind word when they reached nobody.

    (my data) --> on --> stopped --> allowed
                  off -> allowed
    (nobody was reached) :: missed --> write: a specialist, call: ask for a call, off --> stopped
"""

from bot.engine.calls import SwitchCalls
from bot.engine.effects import Ask, Choice, Effect, Enter, Goto, Notice
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.texts.schema import Need

MISSED = ("write", "call", "off")

flow = Flow(
    "calls",
    start="show",
    personal=True,
    says={
        "missed": Need(buttons=MISSED),
        "on": Need(buttons=("off", "call", "my_data")),
        "off": Need(buttons=("on", "my_data")),
        "stopped": Need(buttons=("on", "my_data", "menu")),
        "allowed": Need(buttons=("my_data", "menu")),
    },
)


@flow.reminds("call_missed")
async def missed(turn: Turn) -> list[Effect]:
    """Judged again: since the last try the citizen may have said that nobody should call, or got a person."""
    is_over = turn.citizen.stopped_at is not None or not turn.has_consent
    if is_over or await turn.reads.no_calls_at() is not None:
        return []
    return [Notice("calls.missed", [Choice(name) for name in MISSED], at="calls.show", subject=turn.source)]


@flow.asks("show")
async def ask_show(turn: Turn) -> list[Effect]:
    if not turn.has_consent:
        return [Enter("my_data")]
    if await turn.reads.no_calls_at() is not None:
        return [Ask("calls.off", [Choice("on"), Choice("my_data")])]
    return [Ask("calls.on", [Choice("off"), Choice("call"), Choice("my_data")])]


@flow.hears("show", anytime=True)
async def show_answered(turn: Turn) -> list[Effect]:
    """The choices of the message that comes by itself are heard here too."""
    if turn.heard == "write":
        return [Enter("handover")]
    if turn.heard == "call":
        return [Enter("booking", "call")]
    return await _switched(turn)


async def _switched(turn: Turn) -> list[Effect]:
    if turn.heard in ("on", "off") and turn.has_consent:
        is_wanted = turn.heard == "on"
        return [SwitchCalls(is_wanted), Goto("allowed" if is_wanted else "stopped")]
    return [Enter("menu" if turn.heard == "menu" else "my_data")]


@flow.asks("stopped")
async def ask_stopped(turn: Turn) -> list[Effect]:
    return [Ask("calls.stopped", [Choice("on"), Choice("my_data"), Choice("menu")])]


@flow.hears("stopped", anytime=True)
async def stopped_answered(turn: Turn) -> list[Effect]:
    return await _switched(turn)


@flow.asks("allowed")
async def ask_allowed(turn: Turn) -> list[Effect]:
    return [Ask("calls.allowed", [Choice("my_data"), Choice("menu")])]


@flow.hears("allowed", anytime=True)
async def allowed_answered(turn: Turn) -> list[Effect]:
    return await _switched(turn)
