"""
«Позвать специалиста»: a person takes over. Stores the request with its context and says honestly when the answer comes.

may_pass (asked once, without consent) -- no --> phone
   |-- yes --> words --> sent --> topic (guessed; another one may be named)
   +-----------^  |
                  +--> already (a case is open): more words are added to it, or a complaint is made of it
What follows while the case is open: bot/flows/case.py
"""

from bot.engine.cases import AddWords, Complain, OpenCase, RouteCase
from bot.engine.effects import Ask, Choice, Effect, Enter, Goto, Keep
from bot.engine.flow import Flow
from bot.engine.surveys import PauseSurveys
from bot.engine.turn import Turn
from bot.flows.words.answer_time import answer_time
from bot.flows.words.case_context import context
from bot.flows.words.expected import expected
from bot.flows.words.topic import guessed
from bot.texts.routes import QUESTION
from bot.texts.schema import Need

CRISIS = "crisis"  # topic of a case that an alarm opened: without words, so nobody has asked whether they may be passed

flow = Flow(
    "handover",
    start="call",
    personal=True,
    says={
        "may_pass": Need(buttons=("yes", "no")),
        "words": Need(buttons=("skip",)),
        "words_about": Need(("question",), buttons=("skip",)),
        "sent": Need(("when", "topic"), buttons=("add", "topic", "menu")),
        "topic": Need(),
        "routed": Need(("when", "topic"), buttons=("add", "topic", "menu")),
        "already": Need(("when",), buttons=("add", "talk", "complain", "menu")),
        "complain": Need(buttons=("yes", "no")),
        "more": Need(buttons=("menu",)),
        "added": Need(("when",), buttons=("add", "menu")),
        "phone": Need(("contacts",), buttons=("questions", "menu")),
        "when_open": Need(("hours",)),
        "when_closed": Need(("day", "time")),
        "when_unknown": Need(),
        "ahead": Need(("requests",)),
    },
)


@flow.asks("call")
async def call(turn: Turn) -> list[Effect]:
    case = await turn.reads.open_case()
    if case is not None and (turn.has_consent or case.topic != CRISIS or turn.data.get("may_pass")):
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
    question = str(turn.data.get("question") or "")
    topic = guessed(turn, turn.text, question=question)
    opened = OpenCase(turn.id[:16], topic, turn.text, await context(turn, question), refused=taken)
    return [opened, Keep(may_pass=None, about=topic), Goto("sent")]


@flow.asks("sent")
async def ask_sent(turn: Turn) -> list[Effect]:
    topic = str(turn.data.get("about") or QUESTION)
    return [_told(turn, "handover.sent", await expected(turn, topic), topic)]


def _told(turn: Turn, key: str, when: str, topic: str) -> Ask:
    label = turn.content.routing.topic(topic).label
    return Ask(key, [Choice("add"), Choice("topic"), Choice("menu")], when=when, topic=label)


@flow.hears("sent", anytime=True)
async def sent_answered(turn: Turn) -> list[Effect]:
    if turn.heard == "topic":
        return [Enter("handover", "topic")]
    return [Enter("handover", "more")] if turn.heard == "add" else [Enter("menu")]


@flow.asks("topic")
async def ask_topic(turn: Turn) -> list[Effect]:
    if await turn.reads.open_case() is None:
        return [Enter("handover")]
    topics = turn.content.routing.topics.values()
    return [Ask("handover.topic", [Choice(f"t:{topic.id}", topic.label) for topic in topics])]


@flow.hears("topic", anytime=True)
async def topic_named(turn: Turn) -> list[Effect]:
    if await turn.reads.open_case() is None:
        return [Enter("handover")]
    topic = turn.content.routing.topic(turn.about).id
    return [RouteCase(topic), Keep(about=topic), Goto("routed")]


@flow.asks("routed")
async def ask_routed(turn: Turn) -> list[Effect]:
    return [_told(turn, "handover.routed", await expected(turn), str(turn.data.get("about", "")))]


@flow.hears("routed", anytime=True)
async def routed_answered(turn: Turn) -> list[Effect]:
    return await sent_answered(turn)


@flow.asks("already")
async def ask_already(turn: Turn) -> list[Effect]:
    case = await turn.reads.open_case()
    has_owner = case is not None and bool(case.owner)
    more = [Choice("talk"), Choice("complain")] if has_owner else []
    return [Ask("handover.already", [Choice("add"), *more, Choice("menu")], when=await expected(turn))]


@flow.hears("already", anytime=True)
async def already_answered(turn: Turn) -> list[Effect]:
    if turn.heard == "complain":
        return [Enter("handover", "complain")]
    if turn.heard == "talk":
        return [Enter("case")]
    return await sent_answered(turn)


@flow.asks("complain")
async def ask_complain(turn: Turn) -> list[Effect]:
    return [Ask("handover.complain", [Choice("yes"), Choice("no")])]


@flow.hears("complain")
async def complained(turn: Turn) -> list[Effect]:
    case = await turn.reads.open_case()
    if turn.heard != "yes" or case is None or not case.owner:
        return [Enter("handover")]
    private = next((topic.id for topic in turn.content.routing.topics.values() if topic.is_private), None)
    return [*([Complain(private), PauseSurveys()] if private else []), Enter("handover", "more")]


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
