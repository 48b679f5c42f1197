"""Where a citizen stands in a survey: the question of this screen, what is still to come, whether it is open at all."""

from datetime import timedelta

from bot.engine.turn import Turn
from bot.surveys.rotation import named
from bot.texts import render
from bot.texts.questionnaire import Item, Survey
from storage.survey_records import InvitationRow


def is_open(turn: Turn, invitation: InvitationRow) -> bool:
    """Its questions may be answered: for so many days, and once begun, for so many hours."""
    terms = turn.content.rules.surveys
    if terms is None or not turn.has_consent:
        return False
    if invitation.state == "begun" and invitation.begun_at is not None:
        return turn.now < invitation.begun_at + timedelta(hours=terms.change_hours)
    return invitation.state in ("given", "asked") and turn.now < invitation.keep_until


def known(turn: Turn, name: str) -> tuple[Survey, Item] | None:
    """`survey.question`, None for what the content has no more."""
    survey, _, item = name.partition(".")
    found = turn.content.surveys.get(survey)
    return (found, found.items[item]) if found and item in found.items else None


def step_of(turn: Turn, name: str) -> str:
    found = known(turn, name)
    return found[1].scale if found else "closed"


def todo_of(turn: Turn) -> list[str]:
    """Questions of this round, from the first on."""
    return [one for one in turn.data.get("todo", ()) if known(turn, one)]


def here(turn: Turn) -> tuple[str, Survey, Item] | None:
    """The present question: invitation, its survey, itself."""
    todo, at = todo_of(turn), int(turn.data.get("at", 0))
    found = known(turn, todo[at]) if at < len(todo) else None
    return (str(turn.data.get("inv", "")), *found) if found else None


def question_words(turn: Turn, item: Item) -> str:
    """With its place among several."""
    question, total = turn.fill(item.ask), len(todo_of(turn))
    if total < 2:
        return question
    values = {"number": int(turn.data.get("at", 0)) + 1, "total": total, "question": question}
    return render.say(turn.content, "survey.place", values)


def rest_of(turn: Turn, invitation: InvitationRow) -> list[str]:
    """Questions of the invitation's surveys that rotation left out."""
    surveys = dict.fromkeys(one.partition(".")[0] for one in invitation.questions)
    every = [turn.content.surveys[one] for one in surveys if one in turn.content.surveys]
    return [one for survey in every for one in named(survey, survey.items) if one not in invitation.questions]
