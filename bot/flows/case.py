"""
The talk with a specialist while a case is open. Words of both sides come in this chat; the citizen stays where they are
and the buttons of the bot go on working.

    a specialist writes --> words, by role -- free words of the citizen --> passed
          [bot]: free words are the bot's again, until the specialist writes anew
    closed: «Решили вопрос?» -- yes --> solved   no --> reopened   comment --> thanks
Staff acts: bot/desk/acts.py. How a case is opened: bot/flows/handover.py
"""

from collections.abc import Sequence

from bot.engine.cases import AddWords, JudgeCase, ReopenCase
from bot.engine.effects import Again, Ask, Choice, Effect, Enter, Goto, PutAside, Say, Tell
from bot.engine.flow import Flow
from bot.engine.overhearing import talk_of
from bot.engine.surveys import RecordAnswer
from bot.engine.turn import Turn
from bot.engine.words import plain
from bot.flows.words.expected import expected
from bot.messages import Kind
from bot.texts import render
from bot.texts.schema import Need

CRISIS = "crisis"  # a case that an alarm opened: no question follows it, and its first words need a yes
LAST_CHARS = 1500

flow = Flow(
    "case",
    start="talk",
    personal=True,
    says={
        "taken": Need(("role",)),
        "words": Need(("role", "words"), buttons=("bot",)),
        "corrected": Need(("role", "words"), buttons=("bot",)),
        "covered": Need(),
        "later": Need(("role", "day", "time")),
        "transferred": Need(("role",)),
        "released": Need(),
        "returned": Need(),
        "passed": Need(buttons=("bot",)),
        "passed_edit": Need(buttons=("bot",)),
        "not_words": Need(buttons=("bot",)),
        "bot": Need(),
        "talk": Need(("last", "when"), buttons=("bot", "menu")),
        "nothing": Need(),
        "closed": Need(buttons=("yes", "no", "comment")),
        "closed_quietly": Need(),
        "solved": Need(buttons=("comment", "menu")),
        "reopened": Need(("when",), buttons=("menu",)),
        "comment": Need(buttons=("menu",)),
        "thanks": Need(buttons=("menu",)),
        "someone": Need(),
    },
)


def named(turn: Turn, role: str) -> str:
    """How the citizen knows a specialist of this role."""
    return turn.content.routing.roles.get(role) or render.say(turn.content, "case.someone", {})


# what staff did


@flow.staff("case_taken")
async def taken(turn: Turn) -> list[Effect]:
    return [] if turn.is_covered else [Tell("case.taken", role=named(turn, turn.source))]


@flow.staff("case_answered")
async def answered(turn: Turn) -> list[Effect]:
    return _words(turn, "case.words")


@flow.staff("case_corrected")
async def corrected(turn: Turn) -> list[Effect]:
    """The specialist changed words that can't be replaced where they were said."""
    return _words(turn, "case.corrected")


def _words(turn: Turn, key: str) -> list[Effect]:
    if turn.is_covered:
        return [Tell("case.covered")]
    return [Tell(key, [Choice("bot")], at="case.talk", role=named(turn, turn.source), words=turn.text)]


@flow.staff("case_later")
async def later(turn: Turn) -> list[Effect]:
    case = await turn.reads.open_case()
    if turn.is_covered or case is None or case.due_at is None:
        return []
    zone = turn.office.timezone
    day, time = render.day_words(case.due_at, zone, turn.now), render.time_words(case.due_at, zone)
    return [Tell("case.later", role=named(turn, turn.source), day=day, time=time)]


@flow.staff("case_transferred")
async def transferred(turn: Turn) -> list[Effect]:
    return [] if turn.is_covered else [Tell("case.transferred", role=named(turn, turn.source))]


@flow.staff("case_released")
async def released(turn: Turn) -> list[Effect]:
    return [] if turn.is_covered else [Tell("case.released")]


@flow.staff("case_returned")
async def returned(turn: Turn) -> list[Effect]:
    return [] if turn.is_covered else [Tell("case.returned")]


@flow.staff("case_closed")
async def closed(turn: Turn) -> list[Effect]:
    if turn.is_covered:
        return []
    last = await turn.reads.last_case()
    if last is not None and (last.is_urgent or last.topic == CRISIS):
        return [Tell("case.closed_quietly")]
    return [Tell("case.closed", [Choice("yes"), Choice("no"), Choice("comment")], at="case.closed")]


# what the citizen says while the case is open


@flow.overhears
async def overheard(turn: Turn) -> list[Effect]:
    if await must_ask(turn):
        return [Enter("handover")]
    if turn.heard in ("", Kind.TEXT):  # "" in a step that takes words
        if plain(turn.text) == plain(render.button(turn.content, "case.passed", "bot")):
            return await _to_the_bot(turn)
        return [AddWords(turn.text), _tell("case.passed")]
    if turn.heard == Kind.EDITED:
        return [AddWords(turn.text, kind="edited"), _tell("case.passed_edit")]
    return [AddWords(turn.text, kind=turn.heard), _tell("case.not_words")]


def _tell(key: str) -> Tell:
    return Tell(key, [Choice("bot")], at="case.talk")


async def must_ask(turn: Turn) -> bool:
    """An alarm opened the case without a word: whether words may be passed on was never asked."""
    case = await turn.reads.open_case()
    if turn.has_consent or case is None or case.topic != CRISIS:
        return False
    return not any(said.author == "citizen" for said in await turn.reads.case_talk(case.id))


async def _to_the_bot(turn: Turn) -> list[Effect]:
    case = await turn.reads.open_case()
    return [PutAside(talk_of(case) if case else ""), Say("case.bot"), Again()]


# the talk as a screen


@flow.asks("talk")
async def ask_talk(turn: Turn) -> list[Effect]:
    case = await turn.reads.open_case()
    if case is None:
        return [Enter("handover")]
    said = [one for one in await turn.reads.case_talk(case.id) if one.author == "staff" and one.words]
    if said:
        last = f"{named(turn, said[-1].role)}:\n{said[-1].words}"[:LAST_CHARS]
    else:
        last = render.say(turn.content, "case.nothing", {})
    when = await expected(turn) if case.state != "waiting_citizen" else ""
    return [PutAside(""), Ask("case.talk", [Choice("bot"), Choice("menu")], last=last, when=when)]


@flow.hears("talk", anytime=True, words=True)
async def talk_answered(turn: Turn) -> Sequence[Effect]:
    case = await turn.reads.open_case()
    if turn.text:
        return await overheard(turn) if case is not None else [Enter("handover")]
    if turn.heard == "menu" or case is None:
        return [Enter("menu")]
    return await _to_the_bot(turn)


# after it is closed


@flow.asks("closed")
async def ask_closed(turn: Turn) -> list[Effect]:
    return [Ask("case.closed", [Choice("yes"), Choice("no"), Choice("comment")])]


@flow.hears("closed", anytime=True)
async def judged(turn: Turn) -> list[Effect]:
    if turn.heard == "comment":
        return [Enter("case", "comment")]
    if await turn.reads.last_case() is None or await turn.reads.open_case() is not None:
        return [Enter("handover")]
    if turn.heard == "yes":
        return [JudgeCase("yes"), _counted("yes"), Enter("case", "solved")]
    return [_counted("no"), ReopenCase(refused=[JudgeCase("no"), Enter("handover")]), Enter("case", "reopened")]


def _counted(value: str) -> RecordAnswer:
    """The same question as the survey's «Решили вопрос?»: nobody is asked it twice."""
    return RecordAnswer("helped", "helped", value, "case_closed")


@flow.asks("solved")
async def ask_solved(turn: Turn) -> list[Effect]:
    return [Ask("case.solved", [Choice("comment"), Choice("menu")])]


@flow.hears("solved", anytime=True)
async def solved_answered(turn: Turn) -> list[Effect]:
    return [Enter("case", "comment")] if turn.heard == "comment" else [Enter("menu")]


@flow.asks("reopened")
async def ask_reopened(turn: Turn) -> list[Effect]:
    return [Ask("case.reopened", [Choice("menu")], when=await expected(turn))]


@flow.hears("reopened", anytime=True, words=True)
async def reopened_answered(turn: Turn) -> Sequence[Effect]:
    return await talk_answered(turn) if turn.text else [Enter("menu")]


@flow.asks("comment")
async def ask_comment(turn: Turn) -> list[Effect]:
    if await turn.reads.last_case() is None:
        return [Enter("menu")]
    return [Ask("case.comment", [Choice("menu")])]


@flow.hears("comment", words=True)
async def commented(turn: Turn) -> list[Effect]:
    if not turn.text:
        return [Enter("menu")]
    return [JudgeCase("", words=turn.text), Goto("thanks")]


@flow.asks("thanks")
async def ask_thanks(turn: Turn) -> list[Effect]:
    return [Ask("case.thanks", [Choice("menu")])]


@flow.hears("thanks", anytime=True)
async def thanked(turn: Turn) -> list[Effect]:
    return [Enter("menu")]
