"""
«Мои ответы»: what the citizen told about themselves; each answer can be changed or forgotten, and the plan follows.

list --> answer --> (the question) --> list
           +------> forgotten -------> list
"""

from bot.engine.effects import Answer, Ask, Choice, Effect, Enter, Goto, Say
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.flows.words.answers import answer_words, asked, at_hand
from bot.texts.plan import answer_of
from bot.texts.schema import Need
from bot.texts.situation import ProfileQuestion

flow = Flow(
    "answers",
    start="list",
    personal=True,
    says={
        "list": Need(("answers",), buttons=("rest", "plan")),
        "nothing": Need(buttons=("plan",)),
        "answer": Need(("label", "answer", "why"), buttons=("change", "forget", "list")),
        "forgotten": Need(("label",)),
        "unanswered": Need(),
        "none": Need(),
    },
)


async def _told(turn: Turn) -> tuple[list[ProfileQuestion], dict[str, str]]:
    """Questions of the citizen's situations, and those answered for others; the answers."""
    answers = await turn.reads.answers()
    mine = asked(turn)
    others = [one for one in turn.content.profile.values() if one.id in answers and one not in mine]
    return [*mine, *others], answers


@flow.asks("list")
async def ask_list(turn: Turn) -> list[Effect]:
    if not turn.has_consent:
        return [Enter("plan")]
    questions, answers = await _told(turn)
    if not questions:
        return [Ask("answers.nothing", [Choice("plan")])]
    lines = [f"{one.label}: {answer_words(turn, one, answers)}" for one in questions]
    choices = [Choice(f"q:{one.id}", one.label) for one in questions]
    rest = [Choice("rest")] if any(answer_of(one, answers) is None for one in asked(turn)) else []
    return [Ask("answers.list", at_hand(choices, [*rest, Choice("plan")]), answers="\n".join(lines))]


@flow.hears("list", anytime=True)
async def list_answered(turn: Turn) -> list[Effect]:
    if turn.heard in ("rest", "plan"):
        return [Enter("profile" if turn.heard == "rest" else "plan")]
    question = turn.content.profile.get(turn.about)
    if question is None or not turn.has_consent:
        return [Enter("answers")]
    if answer_of(question, await turn.reads.answers()) is None:
        return [Enter("profile", question.kind, asked=question.id, changing=True)]
    return [Enter("answers", "answer", question=question.id)]


@flow.asks("answer")
async def ask_answer(turn: Turn) -> list[Effect]:
    question = turn.content.profile.get(str(turn.data.get("question", "")))
    if question is None or not turn.has_consent:
        return [Goto("list")]
    words = answer_words(turn, question, await turn.reads.answers())
    choices = [Choice(f"change:{question.id}"), Choice(f"forget:{question.id}"), Choice("list")]
    return [Ask("answers.answer", choices, label=question.label, answer=words, why=turn.fill(question.why))]


@flow.hears("answer", anytime=True)
async def answer_judged(turn: Turn) -> list[Effect]:
    question = turn.content.profile.get(turn.about)
    if question is None or not turn.has_consent:
        return [Enter("answers")]
    if turn.heard == "change":
        return [Enter("profile", question.kind, asked=question.id, changing=True)]
    return [Answer(question.id, None), Say("answers.forgotten", label=question.label), Enter("answers")]
