"""
Surveys: a few questions, one tap each, every one of them may be passed over.

(survey) --> open --> four | five | ten (low) | yes_no | list | words --> ... --> person --> called
   |          |         |--- a low answer --> comment --^                   |
   |          |         +--- too late --> closed                            +--> thanks --> review --> a question
   +--> later | quiet
Which questions: of the invitation, named `survey.question`. Where one stands is kept in the session, the answers are
kept apart (storage/surveys.py). None of these turns keeps its words, else they would tell who answered what.
"""

from collections.abc import Sequence
from typing import Any

from bot.engine.cases import OpenCase
from bot.engine.effects import Ask, Choice, Effect, Enter, Goto, KeepNothing, Notice, Say
from bot.engine.flow import Flow
from bot.engine.surveys import (
    AnswerSurvey,
    CommentSurvey,
    DropSurvey,
    ShowSurvey,
    SwitchSurveys,
    WidenSurvey,
)
from bot.engine.turn import Turn
from bot.engine.words import plain
from bot.flows.words.answer_time import answer_time
from bot.flows.words.leads import follow, lead_choices
from bot.flows.words.survey_answers import SCORES, STEPS, answer_words
from bot.flows.words.survey_place import here, is_open, known, question_words, rest_of, step_of, todo_of
from bot.texts import render
from bot.texts.questionnaire import Item, Survey
from bot.texts.schema import Need

TOPIC = "survey"  # of the case that a low answer may open
WORDS_CHARS = 2000
LOW = 5  # scores below it share a button
ABOUT = ("question",)

flow = Flow(
    "survey",
    start="closed",
    personal=True,
    says={
        "invite": Need(buttons=("open", "later", "quiet")),
        "later": Need(("days",), buttons=("menu",)),
        "quiet": Need(buttons=("again", "menu")),
        "wanted": Need(buttons=("menu",)),
        "closed": Need(buttons=("menu",)),
        "four": Need(ABOUT, buttons=("yes", "rather_yes", "rather_no", "no", "skip")),
        "five": Need(ABOUT, buttons=("yes", "rather_yes", "middle", "rather_no", "no", "skip")),
        "ten": Need(ABOUT, buttons=("low", "skip")),
        "low": Need(ABOUT, buttons=("skip",)),
        "yes_no": Need(ABOUT, buttons=("yes", "no", "skip")),
        "list": Need(ABOUT, buttons=("skip",)),
        "words": Need(ABOUT, buttons=("skip",)),
        "place": Need(("number", "total", "question")),
        "no_score": Need(),
        "comment": Need(("question",), buttons=("skip",)),
        "person": Need(buttons=("yes", "no")),
        "called": Need(("when",), buttons=("menu",)),
        "already": Need(buttons=("menu",)),
        "thanks": Need(("hours",), buttons=("full", "review", "menu")),
        "review": Need(("answers",), buttons=("menu",)),
        "skipped": Need(),
    },
)


# The invitation


@flow.reminds("survey")
async def due(turn: Turn) -> list[Effect]:
    """Judged again: since it was planned the citizen may have got a person, or taken the consent back."""
    invitation = await turn.reads.invitation(turn.about)
    if invitation is None or invitation.state != "given":
        return []
    is_over = invitation.keep_until <= turn.now or turn.citizen.stopped_at is not None
    if is_over or not turn.has_consent or await turn.reads.open_case() is not None:
        return [DropSurvey(invitation.id)]
    choices = [Choice(f"{name}:{invitation.id}") for name in ("open", "later")] + [Choice("quiet")]
    return [ShowSurvey(invitation.id), Notice("survey.invite", choices, at="survey.closed", subject=turn.source)]


@flow.asks("closed")
async def ask_closed(turn: Turn) -> list[Effect]:
    return [Ask("survey.closed", [Choice("menu")])]


@flow.hears("closed", anytime=True)
async def invited(turn: Turn) -> list[Effect]:
    """The choices of the invitation are heard here."""
    if turn.heard == "open":
        return await _open(turn, turn.about)
    if turn.heard == "later":
        return [Goto("later")]
    if turn.heard == "quiet" and turn.has_consent:
        return [SwitchSurveys(is_wanted=False), Goto("quiet")]
    return [Enter("menu")]


async def _open(turn: Turn, id_: str) -> list[Effect]:
    """To the first question that has no answer yet; to the end when all have."""
    invitation = await turn.reads.invitation(id_)
    if invitation is None or not is_open(turn, invitation):
        return [Enter("survey", "closed")]
    todo = [one for one in invitation.questions if one not in invitation.answered and known(turn, one)]
    if not todo:
        return [Enter("survey", "thanks", inv=id_)]
    return [Enter("survey", step_of(turn, todo[0]), inv=id_, todo=todo)]


@flow.asks("later")
async def ask_later(turn: Turn) -> list[Effect]:
    terms = turn.content.rules.surveys
    return [Ask("survey.later", [Choice("menu")], days=terms.open_days if terms else 0)]


@flow.hears("later", anytime=True)
async def later_answered(turn: Turn) -> list[Effect]:
    return [Enter("menu")]


@flow.asks("quiet")
async def ask_quiet(turn: Turn) -> list[Effect]:
    return [Ask("survey.quiet", [Choice("again"), Choice("menu")])]


@flow.hears("quiet", anytime=True)
async def quiet_answered(turn: Turn) -> list[Effect]:
    if turn.heard == "again" and turn.has_consent:
        return [SwitchSurveys(is_wanted=True), Goto("wanted")]
    return [Enter("menu")]


@flow.asks("wanted")
async def ask_wanted(turn: Turn) -> list[Effect]:
    return [Ask("survey.wanted", [Choice("menu")])]


@flow.hears("wanted", anytime=True)
async def wanted_answered(turn: Turn) -> list[Effect]:
    return [Enter("menu")]


# A question


def _asked(turn: Turn, choices: Sequence[str | Choice], *, key: str = "") -> list[Effect]:
    """key: of the text, the scale's own without one."""
    place = here(turn)
    if place is None:
        return [Enter("survey", "closed")]
    item = place[2]
    shown = [Choice(one) if isinstance(one, str) else one for one in choices]
    return [Ask(f"survey.{key or item.scale}", shown, question=question_words(turn, item))]


@flow.asks("four")
async def ask_four(turn: Turn) -> list[Effect]:
    return _asked(turn, ["yes", "rather_yes", "rather_no", "no", "skip"])


@flow.asks("five")
async def ask_five(turn: Turn) -> list[Effect]:
    return _asked(turn, ["yes", "rather_yes", "middle", "rather_no", "no", "skip"])


@flow.asks("yes_no")
async def ask_yes_no(turn: Turn) -> list[Effect]:
    return _asked(turn, ["yes", "no", "skip"])


@flow.asks("ten")
async def ask_ten(turn: Turn) -> list[Effect]:
    """
    A screen takes eight choices: «0–4» opens the rest. A number may be typed at once; where no button is shown it must
    be, so nothing there is numbered.
    """
    if turn.is_bare:
        return _asked(turn, [])
    return _asked(turn, ["low", *(Choice(f"n:{score}", score) for score in SCORES[LOW:]), "skip"])


@flow.asks("low")
async def ask_low(turn: Turn) -> list[Effect]:
    return _asked(turn, [*(Choice(f"n:{score}", score) for score in SCORES[:LOW]), "skip"], key="low")


@flow.asks("list")
async def ask_list(turn: Turn) -> list[Effect]:
    place = here(turn)
    answers = place[2].choices or {} if place else {}
    return _asked(turn, [*(Choice(f"c:{answer}", label) for answer, label in answers.items()), "skip"])


@flow.asks("words")
async def ask_words(turn: Turn) -> list[Effect]:
    return _asked(turn, ["skip"])


@flow.hears("four")
@flow.hears("five")
@flow.hears("yes_no")
@flow.hears("list")
@flow.hears("words", words=True)
async def answered(turn: Turn) -> list[Effect]:
    place = here(turn)
    if place is None:
        return [Enter("survey", "closed")]
    _, survey, item = place
    if item.scale == "words":
        return _kept(turn, survey, item, None, turn.text[:WORDS_CHARS] or None)
    answer = turn.about if turn.heard in ("c", "n") else turn.heard
    return _kept(turn, survey, item, answer if item.takes(answer) else None, None)


@flow.hears("ten", words=True, numbers=True)
@flow.hears("low", words=True, numbers=True)
async def scored(turn: Turn) -> list[Effect]:
    """A typed number is the score, not the number of a button."""
    if turn.heard == "low":
        return [Goto("low")]
    typed = turn.text.strip(" .")
    if typed in SCORES:
        turn.heard, turn.about = "n", typed
    elif typed and plain(typed) != plain(render.button(turn.content, "survey.ten", "skip")):
        return [KeepNothing(), Say("survey.no_score"), Goto("ten")]
    return await answered(turn)


def _kept(turn: Turn, survey: Survey, item: Item, value: str | None, words: str | None) -> list[Effect]:
    """Keep the answer, then on: to a comment after a low one, else to what follows."""
    id_ = str(turn.data.get("inv", ""))
    kept = AnswerSurvey(id_, survey.id, item.id, value, words, refused=[Enter("survey", "closed")])
    is_low = value is not None and survey.is_low(item, value)
    person = True if turn.data.get("person") or (is_low and survey.offers_person) else None
    if is_low and survey.comment:
        return [KeepNothing(), kept, _go(turn, "comment", person=person)]
    return [KeepNothing(), kept, _on(turn, survey, person=person)]


def _go(turn: Turn, step: str, **changes: Any) -> Enter:
    """To another step with other data: what this screen keeps stays as it is, for the way back."""
    return Enter("survey", step, **{**turn.data, **changes})


def _on(turn: Turn, survey: Survey, *, person: bool | None) -> Enter:
    """To the next question, or to the end."""
    todo, at = todo_of(turn), int(turn.data.get("at", 0)) + 1
    if at < len(todo):
        return _go(turn, step_of(turn, todo[at]), at=at, person=person)
    return _go(turn, "person" if person else "thanks", at=None, todo=None, person=None, last=survey.id)


@flow.asks("comment")
async def ask_comment(turn: Turn) -> list[Effect]:
    place = here(turn)
    if place is None or not place[1].comment:
        return [Enter("survey", "closed")]
    return [Ask("survey.comment", [Choice("skip")], question=turn.fill(place[1].comment))]


@flow.hears("comment", words=True)
async def commented(turn: Turn) -> list[Effect]:
    place = here(turn)
    if place is None:
        return [Enter("survey", "closed")]
    id_, survey, item = place
    said = [CommentSurvey(id_, survey.id, item.id, turn.text[:WORDS_CHARS])] if turn.text else []
    return [KeepNothing(), *said, _on(turn, survey, person=turn.data.get("person"))]


# The end


@flow.asks("person")
async def ask_person(turn: Turn) -> list[Effect]:
    if await turn.reads.open_case() is not None:
        return [Goto("already")]
    return [Ask("survey.person", [Choice("yes"), Choice("no")])]


@flow.hears("person")
async def person_answered(turn: Turn) -> list[Effect]:
    """The specialist learns that the citizen wants to talk, and nothing of the answers."""
    if turn.heard != "yes":
        return [Goto("thanks")]
    return [OpenCase(turn.id[:16], TOPIC, "", "", refused=[Goto("already")]), Goto("called")]


@flow.asks("called")
async def ask_called(turn: Turn) -> list[Effect]:
    return [Ask("survey.called", [Choice("menu")], when=answer_time(turn))]


@flow.hears("called", anytime=True)
async def called_answered(turn: Turn) -> list[Effect]:
    return [Enter("menu")]


@flow.asks("already")
async def ask_already(turn: Turn) -> list[Effect]:
    return [Ask("survey.already", [Choice("menu")])]


@flow.hears("already", anytime=True)
async def already_answered(turn: Turn) -> list[Effect]:
    return [Enter("menu")]


@flow.asks("thanks")
async def ask_thanks(turn: Turn) -> list[Effect]:
    invitation, terms = await turn.reads.invitation(str(turn.data.get("inv", ""))), turn.content.rules.surveys
    if invitation is None or terms is None:
        return [Enter("survey", "closed")]
    full = [Choice(f"full:{invitation.id}")] if rest_of(turn, invitation) else []
    survey = turn.content.surveys.get(str(turn.data.get("last", "")))
    leads = lead_choices(turn, survey.leads) if survey else []
    choices = [*leads, *full, Choice(f"review:{invitation.id}"), Choice("menu")]
    return [Ask("survey.thanks", choices, hours=terms.change_hours)]


@flow.hears("thanks", anytime=True)
async def thanks_answered(turn: Turn) -> list[Effect]:
    if turn.heard not in ("full", "review"):
        return follow(turn) or [Enter("menu")]
    invitation = await turn.reads.invitation(turn.about)
    if invitation is None or not is_open(turn, invitation):
        return [Enter("survey", "closed")]
    if turn.heard == "review":
        return [Enter("survey", "review", inv=invitation.id)]
    rest = rest_of(turn, invitation)
    if not rest:
        return await _open(turn, invitation.id)
    widened = WidenSurvey(invitation.id, (*invitation.questions, *rest))
    return [widened, Enter("survey", step_of(turn, rest[0]), inv=invitation.id, todo=rest)]


@flow.asks("review")
async def ask_review(turn: Turn) -> list[Effect]:
    """What was answered; each can be answered anew while the answers are the citizen's."""
    invitation = await turn.reads.invitation(str(turn.data.get("inv", "")))
    if invitation is None or not is_open(turn, invitation):
        return [Enter("survey", "closed")]
    lines, choices = [], []
    for number, name in enumerate(invitation.questions):
        found = known(turn, name)
        if found is not None and name in invitation.answered:
            said = answer_words(turn.content, found[1], invitation.answered[name])
            lines.append(f"• {found[1].label}: {said}")
            choices.append(Choice(f"q:{invitation.id}.{number}", found[1].label))
    return [KeepNothing(), Ask("survey.review", [*choices, Choice("menu")], answers="\n".join(lines))]


@flow.hears("review", anytime=True)
async def reviewed(turn: Turn) -> list[Effect]:
    if turn.heard != "q":
        return [Enter("menu")]
    id_, _, number = turn.about.rpartition(".")
    invitation = await turn.reads.invitation(id_)
    if invitation is None or not is_open(turn, invitation) or not number.isdecimal():
        return [Enter("survey", "closed")]
    names = invitation.questions[int(number) : int(number) + 1]
    if not names or not known(turn, names[0]):
        return [Enter("survey", "review", inv=id_)]
    return [Enter("survey", step_of(turn, names[0]), inv=id_, todo=list(names))]


assert flow.asking.keys() >= STEPS, "every scale of a question is a step here"
