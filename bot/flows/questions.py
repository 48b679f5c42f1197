"""
own words --> answer, or meant --> answer
topics --> list --> answer --> helped
                      +------> not_helped --> a person, told which question it was

How often an answer was shown and judged is counted by question, not by person. A shown answer counts once, however
often its buttons are pressed: its place in the session remembers.
"""

from bot.engine.effects import Ask, Choice, CountAnswer, Effect, Enter, Goto, Keep, KeepQuestion
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.texts.question import CRISIS
from bot.texts.schema import Need

GUESSED = 3  # offered when it is not clear which question is meant

flow = Flow(
    "questions",
    start="topics",
    says={
        "aside": Need(("question", "answer")),
        "meant": Need(buttons=("other", "handover")),
        "topics": Need(),
        "list": Need(("topic",)),
        "answer": Need(("question", "answer"), buttons=("helped", "not_helped", "handover")),
        "helped": Need(buttons=("topics", "menu")),
        "not_helped": Need(buttons=("handover", "topics", "menu")),
    },
)


@flow.asks("topics")
async def ask_topics(turn: Turn) -> list[Effect]:
    return [Ask("questions.topics", [Choice(topic.id, topic.label) for topic in turn.content.topics.values()])]


@flow.hears("topics", anytime=True)
async def topic_chosen(turn: Turn) -> list[Effect]:
    return [Enter("questions", "list", topic=turn.heard)] if turn.heard in turn.content.topics else [Goto("topics")]


@flow.asks("list")
async def ask_list(turn: Turn) -> list[Effect]:
    topic = turn.content.topics.get(str(turn.data.get("topic", "")))
    if topic is None:
        return [Goto("topics")]
    return [Ask("questions.list", [Choice(f"q:{one.id}", one.label) for one in topic.questions], topic=topic.label)]


@flow.hears("list", anytime=True)
async def question_chosen(turn: Turn) -> list[Effect]:
    return [Enter("questions", "answer", question=turn.about)]


@flow.asks("answer")
async def ask_answer(turn: Turn) -> list[Effect]:
    question = turn.content.questions.get(str(turn.data.get("question", "")))
    if question is None:
        return [Goto("topics")]
    judging = [] if question.escalation == CRISIS else [Choice("helped"), Choice("not_helped")]
    choices = [*judging, Choice("handover")]
    said = Ask("questions.answer", choices, question=question.question, answer=turn.fill(question.answer))
    if turn.data.get("is_shown"):  # once more: back, or an old button
        return [said]
    return [CountAnswer(question.id, "shown"), Keep(is_shown=True), said]


@flow.hears("answer")
async def answer_judged(turn: Turn) -> list[Effect]:
    question = str(turn.data.get("question", ""))
    if turn.heard == "handover":
        return [Enter("handover", question=question)]
    judged = [] if turn.data.get("is_judged") else [CountAnswer(question, turn.heard), Keep(is_judged=True)]
    return [*judged, Goto(turn.heard)]


@flow.asks("helped")
async def ask_helped(turn: Turn) -> list[Effect]:
    return [Ask("questions.helped", [Choice("topics"), Choice("menu")])]


@flow.hears("helped", anytime=True)
async def helped_answered(turn: Turn) -> list[Effect]:
    return [Enter("menu")] if turn.heard == "menu" else [Enter("questions")]


@flow.asks("not_helped")
async def ask_not_helped(turn: Turn) -> list[Effect]:
    return [Ask("questions.not_helped", [Choice("handover"), Choice("topics"), Choice("menu")])]


@flow.hears("not_helped", anytime=True)
async def not_helped_answered(turn: Turn) -> list[Effect]:
    if turn.heard == "handover":
        return [Enter("handover", question=turn.data.get("question"))]
    return await helped_answered(turn)


@flow.asks("meant")
async def ask_meant(turn: Turn) -> list[Effect]:
    ids = [id_ for id_ in turn.data.get("ids", ()) if id_ in turn.content.questions][:GUESSED]
    if not ids:
        return [Goto("topics")]
    guessed = [Choice(f"q:{id_}", turn.content.questions[id_].label) for id_ in ids]
    return [Ask("questions.meant", [*guessed, Choice("other"), Choice("handover")])]


@flow.hears("meant", anytime=True)
async def meant_chosen(turn: Turn) -> list[Effect]:
    if turn.heard == "q":
        return [Enter("questions", "answer", question=turn.about)]
    if turn.heard == "handover":
        return [Enter("handover")]
    words = turn.data.get("words")
    lost: list[Effect] = [KeepQuestion(str(words)), Keep(words=None)] if words and turn.policy == "full" else []
    return [*lost, Enter("fallback", "not_these")]
