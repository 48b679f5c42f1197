"""
Consent to keeping a plan: a document of its own, asked before anything personal is kept.

ask <--> full
 |-- yes --> profile --> plan
 +-- no ---> declined: everything informational goes on
"""

from bot.engine.effects import Agree, Ask, Choice, ChooseSituations, Effect, Enter, Goto, Say
from bot.engine.flow import Flow
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
        "declined": Need(buttons=("info", "questions", "handover")),
    },
)


@flow.asks("ask")
async def ask_consent(turn: Turn) -> list[Effect]:
    if turn.has_consent:
        return [Enter("plan")]
    short = turn.fill(turn.content.consent.short)
    return [Ask("consent.ask", [Choice("yes"), Choice("no"), Choice("full")], short=short)]


@flow.hears("ask")
async def answered(turn: Turn) -> list[Effect]:
    if turn.heard == "full":
        return [Goto("full")]
    if turn.heard == "no":
        return [Goto("declined")]
    picked = [id_ for id_ in turn.data.get("picked", ()) if id_ in turn.content.situations]
    chosen: list[Effect] = [ChooseSituations(picked)] if picked else []
    return [Agree(turn.content.consent.version), *chosen, Say("consent.agreed"), Enter("profile")]


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
