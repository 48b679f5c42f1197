"""A request for a person, written: whom it goes to and until when follows from its topic and the citizen's office."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.engine.effects import Effect, Refusable
from bot.engine.taken import Grant, Taken, Write
from bot.texts.promises import answer_due, silent_at
from storage.case_records import Deadlines
from storage.database import Transaction
from storage.records import CaseRow


@dataclass(frozen=True, slots=True)
class OpenCase(Refusable):
    """
    Ask for a person. refused: what follows when a case is open already (nothing after this effect then happens).

    words: the citizen's, may be empty. context: what was talked about, for the specialist. id: of the new case.
    """

    id: str
    topic: str
    words: str
    context: str
    refused: Sequence[Effect]
    personal: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class AddWords(Effect):
    """
    More words to the case that is open at the moment of writing, whoever opened it.

    kind: what came instead of words ("voice", "photo" …), or "edited": words that replace earlier ones.
    """

    words: str
    kind: str = "text"
    personal: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class RouteCase(Effect):
    """The open case that nobody has taken yet is about another topic."""

    topic: str
    personal: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Complain(Effect):
    """The open case becomes a complaint about whoever has it: the lead hears it, they never see it again."""

    topic: str
    personal: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class JudgeCase(Effect):
    """Whether the case that was closed last is solved: "yes", "no", "" for a comment only. words: the comment."""

    solved: str
    words: str = ""
    personal: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class ReopenCase(Refusable):
    """The case that was closed last is open again. refused: what follows when another one is open, or none is left."""

    refused: Sequence[Effect]
    personal: ClassVar[bool] = True


def office_of(taken: Taken) -> str:
    """The citizen's office; where none is chosen, the main one: somebody must see the case."""
    turn = taken.talk.turn
    return turn.office.id or turn.content.default_office.id


async def _open(tx: Transaction, taken: Taken, effect: OpenCase, now: datetime) -> bool:
    content, office = taken.talk.turn.content, office_of(taken)
    topic = content.routing.topic(effect.topic)
    excluded = ""
    if topic.is_private:
        last = await tx.cases.last_closed(taken.citizen_id)
        excluded = last.owner if last is not None else ""
    case = CaseRow(
        id=effect.id,
        citizen_id=taken.citizen_id,
        channel=taken.claimed.channel,
        topic=effect.topic,
        state="new",
        without_consent=taken.talk.turn.citizen.consent_at is None,
        created_at=now,
        words=(effect.words,) if effect.words else (),
        context=effect.context,
        role=topic.role,
        office=office,
        excluded=excluded,
        due_at=answer_due(content, office, effect.topic, now),
    )
    if not await tx.cases.open(case):
        return False
    tx.notify("desk")
    return True


async def _add_words(tx: Transaction, taken: Taken, effect: AddWords, now: datetime) -> None:
    case = (await tx.cases.load([taken.citizen_id])).get(taken.citizen_id)
    if case is None:
        return  # closed in the same turn
    content = taken.talk.turn.content
    due_at = answer_due(content, case.office, case.topic, now, is_urgent=case.is_urgent)
    deadlines = Deadlines(due_at, silent_at(content, case.office, now))
    await tx.cases.add_words(case.id, effect.words, now=now, kind=effect.kind, deadlines=deadlines)
    tx.notify("desk")


async def _route(tx: Transaction, taken: Taken, effect: RouteCase, now: datetime) -> None:
    case = (await tx.cases.load([taken.citizen_id])).get(taken.citizen_id)
    if case is None:
        return
    content = taken.talk.turn.content
    topic = content.routing.topic(effect.topic)
    if topic.is_private:
        await _complain(tx, taken, Complain(topic.id), now)
        return
    due_at = answer_due(content, case.office, topic.id, now, is_urgent=case.is_urgent)
    if await tx.cases.route(case.id, topic=topic.id, role=topic.role, office=case.office, due_at=due_at, now=now):
        await tx.cases.note_event(case.id, "citizen", "routed", now=now, detail=topic.id)
        tx.notify("desk")


async def _complain(tx: Transaction, taken: Taken, effect: Complain, now: datetime) -> None:
    case = (await tx.cases.load([taken.citizen_id])).get(taken.citizen_id)
    if case is None:
        return
    content = taken.talk.turn.content
    topic = content.routing.topic(effect.topic)
    due_at = answer_due(content, case.office, topic.id, now)
    if await tx.cases.complain(case.id, topic=topic.id, role=topic.role, due_at=due_at, now=now):
        await tx.cases.note_event(case.id, "citizen", "complained", now=now, detail=case.owner)
        tx.notify("desk")


async def _judge(tx: Transaction, taken: Taken, effect: JudgeCase, now: datetime) -> None:
    last = await tx.cases.last_closed(taken.citizen_id)
    if last is None:
        return
    if effect.words:
        await tx.cases.comment(last.id, effect.words, now=now)
    if effect.solved:
        await tx.cases.judge(last.id, effect.solved)
    act = f"solved_{effect.solved}" if effect.solved else "commented"
    await tx.cases.note_event(last.id, "citizen", act, now=now)


async def _reopen(tx: Transaction, taken: Taken, effect: ReopenCase, now: datetime) -> bool:
    last = await tx.cases.last_closed(taken.citizen_id)
    if last is None:
        return False
    due_at = answer_due(taken.talk.turn.content, last.office, last.topic, now)
    if not await tx.cases.reopen(last.id, due_at=due_at, now=now):
        return False
    for act in ("solved_no", "reopened"):
        await tx.cases.note_event(last.id, "citizen", act, now=now)
    tx.notify("desk")
    return True


WRITES: dict[type, Write] = {
    AddWords: _add_words,
    RouteCase: _route,
    Complain: _complain,
    JudgeCase: _judge,
}
GRANTS: dict[type, Grant] = {OpenCase: _open, ReopenCase: _reopen}
