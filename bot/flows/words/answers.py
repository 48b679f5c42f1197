"""What a citizen is asked about themselves, and their answers as words."""

from collections.abc import Mapping, Sequence
from datetime import date

from bot.engine.effects import Choice
from bot.engine.screen import CHOICES_MAX
from bot.engine.turn import Turn
from bot.texts import render
from bot.texts.plan import answer_of
from bot.texts.situation import ProfileQuestion


def asked(turn: Turn) -> list[ProfileQuestion]:
    """Questions of the citizen's situations, each once, in the order of the content."""
    content = turn.content
    chosen = [content.situations[id_] for id_ in turn.citizen.situations if id_ in content.situations]
    ids = dict.fromkeys(id_ for situation in chosen for id_ in situation.asks)
    return [content.profile[id_] for id_ in ids if id_ in content.profile]


def at_hand(choices: Sequence[Choice], ways: Sequence[Choice]) -> list[Choice]:
    """Choices with ways on behind them; before them where there are pages, so that nobody must turn one to go on."""
    return [*choices, *ways] if len(choices) + len(ways) <= CHOICES_MAX else [*ways, *choices]


def answer_words(turn: Turn, question: ProfileQuestion, answers: Mapping[str, str]) -> str:
    """The answer by its labels, a day written out, or a word for none of the choices and for no answer."""
    words = said(question, answers)
    if words is None:
        return render.say(turn.content, "answers.unanswered", {}, today=turn.today)
    return words or render.say(turn.content, "answers.none", {}, today=turn.today)


def said(question: ProfileQuestion, answers: Mapping[str, str]) -> str | None:
    """The answer by its labels, or a day written out; empty for none of the choices, None for no answer."""
    chosen = answer_of(question, answers)
    if chosen is None:
        return None
    if question.kind == "date" and chosen:
        return render.date_words(date.fromisoformat(chosen[0]))
    return ", ".join(question.choices[choice] for choice in chosen)
