"""Surveys in a turn: what a step may ask to happen, and how it is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from bot.engine.effects import Effect, Refusable
from bot.engine.outcome import Marked
from bot.engine.taken import Grant, Taken, Write
from bot.surveys import triggers
from storage.database import Transaction
from storage.survey_records import Sheet, SheetAnswer


@dataclass(frozen=True, slots=True)
class InviteTo(Effect):
    """Something happened that a survey may follow from: a trigger of the content. subject: asked about once."""

    trigger: str
    subject: str = ""
    personal: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class ShowSurvey(Effect):
    """The invitation is said in this turn."""

    invitation: str
    personal: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class DropSurvey(Effect):
    """The invitation is not said after all, and does not count."""

    invitation: str


@dataclass(frozen=True, slots=True)
class AnswerSurvey(Refusable):
    """
    One answer. value: None = skipped. refused: what follows when the invitation is over or nobody's by now.

    words: an answer in words.
    """

    invitation: str
    survey: str
    question: str
    value: str | None
    words: str | None
    refused: Sequence[Effect]
    personal: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class CommentSurvey(Effect):
    """Words beside an answer that was given."""

    invitation: str
    survey: str
    question: str
    words: str
    personal: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class WidenSurvey(Effect):
    """These questions, `survey.question`, belong to the invitation from now on."""

    invitation: str
    questions: tuple[str, ...]
    personal: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class SwitchSurveys(Effect):
    """Invite never again, or again."""

    is_wanted: bool


@dataclass(frozen=True, slots=True)
class PauseSurveys(Effect):
    """A complaint or a cry for help: no survey for a while."""


@dataclass(frozen=True, slots=True)
class RecordAnswer(Effect):
    """An answer to a survey's question that another talk asked; from whom is not kept."""

    survey: str
    question: str
    value: str
    trigger: str
    words: str = ""
    personal: ClassVar[bool] = True


async def _invite(tx: Transaction, taken: Taken, effect: InviteTo, now: datetime) -> None:
    turn = taken.talk.turn
    if turn.has_consent:
        await triggers.happened(
            tx,
            turn.content,
            effect.trigger,
            citizen_id=taken.citizen_id,
            subject=effect.subject,
            office=turn.chosen_office,
            now=now,
        )


async def _marked(tx: Transaction, taken: Taken, effect: Marked, now: datetime) -> None:
    turn = taken.talk.turn
    stages = frozenset(
        step.stage for one in turn.content.situations.values() for step in one.plan if step.id == effect.row.item
    )
    await triggers.stage_moved(
        tx, turn.content, stages, citizen_id=taken.citizen_id, office=turn.chosen_office, now=now
    )


async def _show(tx: Transaction, taken: Taken, effect: ShowSurvey, now: datetime) -> None:
    await tx.surveys.show(effect.invitation, taken.citizen_id)


async def _drop(tx: Transaction, taken: Taken, effect: DropSurvey, now: datetime) -> None:
    await tx.surveys.drop(effect.invitation, taken.citizen_id)


async def _answer(tx: Transaction, taken: Taken, effect: AnswerSurvey, now: datetime) -> bool:
    turn = taken.talk.turn
    terms, survey = turn.content.rules.surveys, turn.content.surveys[effect.survey]
    if terms is None:
        return False
    answer = SheetAnswer(effect.survey, effect.question, survey.version, effect.value, effect.words)
    since = now - timedelta(hours=terms.change_hours)
    return await tx.surveys.answer(effect.invitation, taken.citizen_id, answer, day=turn.today, since=since, now=now)


async def _comment(tx: Transaction, taken: Taken, effect: CommentSurvey, now: datetime) -> None:
    await tx.surveys.comment(effect.invitation, taken.citizen_id, effect.survey, effect.question, effect.words)


async def _widen(tx: Transaction, taken: Taken, effect: WidenSurvey, now: datetime) -> None:
    await tx.surveys.widen(effect.invitation, taken.citizen_id, effect.questions)


async def _switch(tx: Transaction, taken: Taken, effect: SwitchSurveys, now: datetime) -> None:
    await tx.surveys.switch(taken.citizen_id, is_wanted=effect.is_wanted, now=now)


async def _pause(tx: Transaction, taken: Taken, effect: PauseSurveys, now: datetime) -> None:
    await tx.surveys.pause(taken.citizen_id, now=now)


async def _record(tx: Transaction, taken: Taken, effect: RecordAnswer, now: datetime) -> None:
    turn = taken.talk.turn
    survey = turn.content.surveys.get(effect.survey)
    if survey is None or effect.question not in survey.items:
        return  # the centre took this survey out of its content
    answer = SheetAnswer(survey.id, effect.question, survey.version, effect.value, effect.words or None)
    await tx.surveys.record(Sheet(turn.today, turn.chosen_office, "bot", effect.trigger, (answer,)))


WRITES: dict[type, Write] = {
    InviteTo: _invite,
    Marked: _marked,
    ShowSurvey: _show,
    DropSurvey: _drop,
    CommentSurvey: _comment,
    WidenSurvey: _widen,
    SwitchSurveys: _switch,
    PauseSurveys: _pause,
    RecordAnswer: _record,
}
GRANTS: dict[type, Grant] = {AnswerSurvey: _answer}
