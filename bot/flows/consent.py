"""
Consent to keeping a plan: a document of its own, asked before anything personal is kept.

ask <--> full
 |-- yes --> profile --> plan
 +-- no ---> declined: everything informational goes on

Asked on the way to something else (`to`), it leads there; a no leads to its step `otherwise`.
"""

from bot.engine.effects import Agree, Ask, Choice, ChooseSituations, Effect, Enter, Goto, Say
from bot.engine.flow import Flow
from bot.engine.surveys import InviteTo
from bot.engine.turn import Turn
from bot.texts.schema import Need

flow = Flow(
    "consent",
    start="ask",
    personal=True,
    holds=True,
    says={
        "ask": Need(("short",), buttons=("yes", "no", "full")),
        "full": Need(("full", "version"), buttons=("yes", "no")),
        "agreed": Need(),
        "agreed_there": Need(),
        "declined": Need(buttons=("info", "questions", "handover")),
    },
)


@flow.asks("ask")
async def ask_consent(turn: Turn) -> list[Effect]:
    if turn.has_consent:
        return [Enter(_to(turn) or "plan")]
    short = turn.fill(turn.content.consent.short)
    return [Ask("consent.ask", [Choice("yes"), Choice("no"), Choice("full")], short=short)]


@flow.hears("ask")
async def answered(turn: Turn) -> list[Effect]:
    if turn.heard == "full":
        return [Goto("full")]
    to, otherwise = _to(turn), str(turn.data.get("otherwise") or "")
    if turn.heard == "no":
        return [Enter(to, otherwise)] if to and otherwise else [Goto("declined")]
    picked = [id_ for id_ in turn.data.get("picked", ()) if id_ in turn.content.situations]
    chosen: list[Effect] = [ChooseSituations(picked)] if picked else []
    agreed = [Agree(turn.content.consent.version), *chosen, InviteTo("start")]
    if to:
        return [*agreed, Say("consent.agreed_there"), Enter(to)]
    return [*agreed, Say("consent.agreed"), Enter("profile")]


def _to(turn: Turn) -> str:
    """The flow that sent the citizen here."""
    return str(turn.data.get("to") or "")


@flow.asks("full")
async def ask_full(turn: Turn) -> list[Effect]:
    consent = turn.content.consent
    full = turn.fill(consent.full)
    return [Ask("consent.full", [Choice("yes"), Choice("no")], full=full, version=consent.version)]


@flow.hears("full")
async def full_answered(turn: Turn) -> list[Effect]:
    return await answered(turn)


@flow.asks("declined")
async def ask_declined(turn: Turn) -> list[Effect]:
    return [Ask("consent.declined", [Choice("info"), Choice("questions"), Choice("handover")])]


@flow.hears("declined", anytime=True)
async def declined_answered(turn: Turn) -> list[Effect]:
    return [Enter(turn.heard)]
