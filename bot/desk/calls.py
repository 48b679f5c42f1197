"""
What came of a call, said by one of the staff: kept for every reason at once, followed by what follows, undone.

    reached, booked, passed      the call is over; a request that asked for it counts as answered
    no answer, busy              again after a pause; after the last try a kind message waits till it can't be undone
    wrong number                 another phone, if one is known; else as after the last try
    not to call                  never again, until the citizen asks for it
    later                        then

Each act holds the citizen's lane: of two who call one citizen the second is told what the first did.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from bot.booking.promises import answer_due, silent_at
from bot.calls.reasons import TOPICS
from bot.desk import lane
from bot.desk.actor import Actor
from bot.desk.phones import phones_in
from bot.quiet import Quiet
from bot.texts.schema import Content
from storage.call_records import FRUITLESS, GIVEN_UP, Attempt, CallResult, CallRow
from storage.calls import CallEyes
from storage.case_records import Deadlines
from storage.database import Transaction
from storage.records import CaseRow, ReminderRow

DONE, CHANGED, REPEATED, NOTHING, NO_TIME, TOO_LATE = "done", "changed", "repeated", "nothing", "no_time", "too_late"
KIND = "call_missed"  # the reminder that says that nobody was reached
LATER_MOST = timedelta(days=60)
TALK = "calls"  # topic of a case that staff begin: no request stands behind it


@dataclass(frozen=True, slots=True)
class Outcome:
    """code: DONE, or why nothing was kept. is_over: nobody is to call any more for now."""

    code: str
    attempt: Attempt | None = None
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    """words: what the citizen wrote for a call back, opened. phones: without those known to be wrong."""

    words: tuple[str, ...]
    phones: tuple[str, ...]


def eyes_of(actor: Actor) -> CallEyes:
    return CallEyes(actor.id, actor.offices, actor.is_lead)


async def contact(tx: Transaction, actor: Actor, citizen_id: str) -> Contact:
    """How the citizen is called: from the open request first, then from bookings."""
    case = await tx.cases.of_citizen(citizen_id)
    words: tuple[str, ...] = ()
    if case is not None and case.topic in TOPICS and actor.may_see(case):
        words = tuple(one.words for one in await tx.case_talk.of(case.id) if one.author == "citizen" and one.words)
    wrong = (await tx.calls.mark(citizen_id))[1]
    said = [phone for one in words for phone in phones_in(one) if tx.calls.find(phone) not in wrong]
    noted = (await tx.calls.phones([citizen_id])).get(citizen_id, [])
    finds = {tx.calls.find(phone): phone for phone in [*noted, *said]}
    return Contact(words, tuple(dict.fromkeys(finds[tx.calls.find(phone)] for phone in [*said, *noted])))


async def record(
    tx: Transaction,
    content: Content,
    actor: Actor,
    citizen_id: str,
    result: CallResult,
    *,
    once: str,
    seen: str,
    now: datetime,
    again_at: datetime | None = None,
    wrong: str = "",
) -> Outcome:
    """
    One attempt. once: id of the attempt: the same one twice is one. seen: id of the newest attempt that the actor saw,
    "" for none. again_at: of LATER. wrong: hash of the phone that is not theirs.
    """
    await lane.take(tx, citizen_id)
    rows = await tx.calls.open_of(eyes_of(actor), [citizen_id])
    last = (await tx.calls.last_attempts([citizen_id])).get(citizen_id)
    if last is not None and last.id == once:
        return Outcome(REPEATED, last)
    if not rows:
        return Outcome(NOTHING, last)
    if last is not None and last.id != seen:
        return Outcome(CHANGED, last)
    if result is CallResult.LATER and (again_at is None or not now < again_at <= now + LATER_MOST):
        return Outcome(NO_TIME)
    attempt = Attempt(once, citizen_id, rows[0].office, actor.id, now, result)
    if not await tx.calls.attempt(attempt):
        return Outcome(REPEATED, last)
    await tx.audit.add(actor=f"staff:{actor.id}", act=f"call_{result}", subject=f"citizen:{citizen_id}", now=now)
    is_over = await _follow(tx, content, actor, attempt, rows, now, again_at, wrong)
    tx.notify("desk")
    return Outcome(DONE, attempt, is_over)


async def _follow(
    tx: Transaction,
    content: Content,
    actor: Actor,
    attempt: Attempt,
    rows: list[CallRow],
    now: datetime,
    again_at: datetime | None,
    wrong: str,
) -> bool:
    """What follows from the result; whether the call is over."""
    result, citizen_id, rules = attempt.result, rows[0].citizen_id, content.rules.calls
    tries = max(row.tries for row in rows)
    if result is CallResult.LATER and again_at is not None:
        await tx.calls.put_off(citizen_id, attempt.id, again_at, tries=tries)
        return False
    if result in FRUITLESS:
        if tries + 1 < rules.tries:
            hours, minutes = (rules.no_answer_hours, 0) if result is CallResult.NO_ANSWER else (0, rules.busy_minutes)
            again = now + timedelta(hours=hours, minutes=minutes)
            again = Quiet.of(content, attempt.office).until(again) or again  # nobody is called at night
            await tx.calls.put_off(citizen_id, attempt.id, again, tries=tries + 1)
            return False
        return await _give_up(tx, content, attempt, citizen_id, GIVEN_UP, now)
    if result is CallResult.WRONG_NUMBER:
        marks = (await tx.calls.mark(citizen_id))[1]
        await tx.calls.keep_wrong(citizen_id, [*marks, wrong or attempt.id])
        if (await contact(tx, actor, citizen_id)).phones:
            await tx.calls.put_off(citizen_id, attempt.id, now, tries=tries)
            return False
        return await _give_up(tx, content, attempt, citizen_id, result, now)
    if result is CallResult.NOT_TO_CALL:
        await tx.calls.switch(citizen_id, is_wanted=False, now=now)
    await tx.calls.close(citizen_id, attempt.id, result, now=now)
    await _answered(tx, actor, rows, result, now)
    return True


async def _give_up(
    tx: Transaction, content: Content, attempt: Attempt, citizen_id: str, result: str, now: datetime
) -> bool:
    """The citizen gets a kind message, when nobody can take the result back any more."""
    await tx.calls.close(citizen_id, attempt.id, result, now=now)
    due_at = now + timedelta(minutes=content.rules.calls.undo_minutes)
    await tx.reminders.add([ReminderRow(_reminder(attempt), citizen_id, KIND, attempt.id, due_at)])
    return True


def _reminder(attempt: Attempt) -> str:
    return f"call:{attempt.id}"


async def _answered(tx: Transaction, actor: Actor, rows: list[CallRow], result: CallResult, now: datetime) -> None:
    """A request that asked for the call is answered by it; whoever has it goes on with it."""
    for row in rows:
        case = await tx.cases.get(row.subject) if row.reason in TOPICS.values() else None
        if case is not None and case.state != "closed" and actor.may_see(case):
            if result is CallResult.REACHED:
                await tx.cases.answer(case.id, actor.id, version=0, now=now)
            await tx.cases.note_event(case.id, actor.id, f"call_{result}", now=now)


async def undo(tx: Transaction, content: Content, actor: Actor, *, now: datetime) -> Outcome:
    """The actor's newest result is taken back, while it is the newest of that citizen and not too old."""
    since = now - timedelta(minutes=content.rules.calls.undo_minutes)
    mine = await tx.calls.last_of(actor.id, since=since)
    if mine is None or mine.citizen_id is None:
        return Outcome(TOO_LATE)
    citizen_id = mine.citizen_id
    await lane.take(tx, citizen_id)
    newest = (await tx.calls.last_attempts([citizen_id])).get(citizen_id)
    if newest is None or newest.id != mine.id:
        return Outcome(CHANGED, newest)
    if not await tx.calls.undo(mine, now=now):
        return Outcome(CHANGED, newest)
    await tx.bookings.silence(citizen_id, mine.id, now=now)
    if mine.result is CallResult.NOT_TO_CALL:
        await tx.calls.switch(citizen_id, is_wanted=True, now=now)
    if mine.result is CallResult.WRONG_NUMBER:
        await tx.calls.keep_wrong(citizen_id, (await tx.calls.mark(citizen_id))[1][:-1])
    await _unanswered(tx, content, actor, mine, now)
    await tx.audit.add(actor=f"staff:{actor.id}", act="call_undone", subject=f"citizen:{citizen_id}", now=now)
    tx.notify("desk")
    return Outcome(DONE, mine)


async def _unanswered(tx: Transaction, content: Content, actor: Actor, attempt: Attempt, now: datetime) -> None:
    """The request waits for its answer again."""
    case = await tx.cases.of_citizen(attempt.citizen_id or "")
    if attempt.result is not CallResult.REACHED or case is None or case.topic not in TOPICS or case.owner != actor.id:
        return
    due_at = answer_due(content, case.office, case.topic, now, is_urgent=case.is_urgent)
    await tx.cases.later(case.id, actor.id, Deadlines(due_at, silent_at(content, case.office, due_at)), now=now)
    await tx.cases.note_event(case.id, actor.id, "call_undone", now=now)


async def talk(tx: Transaction, content: Content, actor: Actor, citizen_id: str, *, now: datetime) -> CaseRow | None:
    """
    The citizen's request, to write to them there; without one it is begun, the actor's own. None: it is not theirs to
    see. The citizen hears of it with the first words.
    """
    await lane.take(tx, citizen_id)
    case = await tx.cases.of_citizen(citizen_id)
    if case is not None:
        return case if actor.may_see(case) else None
    citizen = (await tx.citizens.load([citizen_id]))[citizen_id]
    place = (await tx.citizens.reachable_at([citizen_id])).get(citizen_id)
    begun = CaseRow(
        id=uuid4().hex[:16],
        citizen_id=citizen_id,
        channel=place[0] if place else "",
        topic=TALK,
        state="taken",
        without_consent=False,
        created_at=now,
        owner=actor.id,
        office=citizen.office or content.default_office.id,
    )
    await tx.cases.open(begun)
    tx.notify("desk")
    return begun
