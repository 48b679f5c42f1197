"""
«Позвать специалиста»: a person takes over. Stores the request with its context and says honestly when the answer comes.

may_pass (asked once, without consent) -- no --> phone
   |-- yes --> words --> sent
   +-----------^  |
                  +--> already (a case is open): more words are added to it
"""

from bot.engine.effects import AddWords, Ask, Choice, Effect, Enter, Goto, Keep, OpenCase
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.flows.words.answer_time import answer_time
from bot.texts.schema import Need

TOPIC = "question"  # of a case that follows from no answer; else it is the question's id

flow = Flow(
    "handover",
    start="call",
    personal=True,
    says={
        "may_pass": Need(buttons=("yes", "no")),
        "words": Need(buttons=("skip",)),
        "words_about": Need(("question",), buttons=("skip",)),
        "sent": Need(("when",), buttons=("add", "menu")),
        "already": Need(("when",), buttons=("add", "menu")),
        "more": Need(buttons=("menu",)),
        "added": Need(("when",), buttons=("add", "menu")),
        "phone": Need(("contacts",), buttons=("questions", "menu")),
        "when_open": Need(("hours",)),
        "when_closed": Need(("day", "time")),
        "when_unknown": Need(),
    },
)


@flow.asks("call")
async def call(turn: Turn) -> list[Effect]:
    if await turn.reads.open_case() is not None:
        return [Goto("already")]
    return [Goto("words" if turn.has_consent or turn.data.get("may_pass") else "may_pass")]


@flow.asks("may_pass")
async def ask_may_pass(turn: Turn) -> list[Effect]:
    return [Ask("handover.may_pass", [Choice("yes"), Choice("no")])]


@flow.hears("may_pass")
async def may_pass_answered(turn: Turn) -> list[Effect]:
    return [Keep(may_pass=True), Goto("words")] if turn.heard == "yes" else [Goto("phone")]


@flow.asks("phone")
async def ask_phone(turn: Turn) -> list[Effect]:
    contacts = turn.fill("{office.name}\n{office.address}\n{office.phone}\n{office.hours}")
    return [Ask("handover.phone", [Choice("questions"), Choice("menu")], contacts=contacts)]


@flow.hears("phone", anytime=True)
async def phone_answered(turn: Turn) -> list[Effect]:
    return [Enter("questions" if turn.heard == "questions" else "menu")]


@flow.asks("words")
async def ask_words(turn: Turn) -> list[Effect]:
    question = turn.content.questions.get(str(turn.data.get("question", "")))
    if question is not None:
        return [Ask("handover.words_about", [Choice("skip")], question=question.question)]
    return [Ask("handover.words", [Choice("skip")])]


@flow.hears("words", words=True)
async def words_said(turn: Turn) -> list[Effect]:
    if not (turn.has_consent or turn.data.get("may_pass")):
        return [Goto("may_pass")]
    taken: list[Effect] = [AddWords(turn.text), Goto("added")] if turn.text else [Goto("already")]
    topic = str(turn.data.get("question") or TOPIC)
    opened = OpenCase(turn.id[:16], topic, turn.text, _context(turn), refused=taken)
    return [opened, Keep(may_pass=None), Goto("sent")]


def _context(turn: Turn) -> str:
    """What was talked about, for the specialist: situations only with consent, the last screens by their names."""
    situations = ",".join(turn.citizen.situations) if turn.has_consent else ""
    return f"situations: {situations}\nscreens: {' '.join(turn.before)}"


@flow.asks("sent")
async def ask_sent(turn: Turn) -> list[Effect]:
    return [Ask("handover.sent", [Choice("add"), Choice("menu")], when=answer_time(turn))]


@flow.hears("sent", anytime=True)
async def sent_answered(turn: Turn) -> list[Effect]:
    return [Enter("handover", "more")] if turn.heard == "add" else [Enter("menu")]


@flow.asks("already")
async def ask_already(turn: Turn) -> list[Effect]:
    return [Ask("handover.already", [Choice("add"), Choice("menu")], when=answer_time(turn))]


@flow.hears("already", anytime=True)
async def already_answered(turn: Turn) -> list[Effect]:
    return await sent_answered(turn)


@flow.asks("more")
async def ask_more(turn: Turn) -> list[Effect]:
    if await turn.reads.open_case() is None:
        return [Enter("handover")]
    return [Ask("handover.more", [Choice("menu")])]


@flow.hears("more", words=True)
async def more_said(turn: Turn) -> list[Effect]:
    if not turn.text:
        return [Enter("menu")]
    if await turn.reads.open_case() is None:
        return [Enter("handover")]
    return [AddWords(turn.text), Goto("added")]


@flow.asks("added")
async def ask_added(turn: Turn) -> list[Effect]:
    return [Ask("handover.added", [Choice("add"), Choice("menu")], when=answer_time(turn))]


@flow.hears("added", anytime=True)
async def added_answered(turn: Turn) -> list[Effect]:
    return await sent_answered(turn)
