"""What staff do about a request for a person while a talk goes on, by the same functions that staff use."""

from datetime import datetime, timedelta

from bot.calls.planning import Planning
from bot.clock import FixedClock
from bot.desk import calls, lane, seats
from bot.desk.actor import Actor
from bot.desk.acts import Desk
from bot.desk.lane import Act
from bot.desk.watch import Watch
from bot.texts import scenes
from bot.texts.schema import Content
from storage.call_records import CallResult
from storage.database import Database
from storage.records import CaseRow

PETROVA = Actor("talk", "case_specialist")
TO_ROLE = "lawyer"
WORDS, CORRECTED = "Здравствуйте! Чем смогу, помогу.", "Здравствуйте! Приходите, помогу."


async def happens(what: str, database: Database, content: Content, now: datetime, citizen_id: str) -> datetime:
    """Do it; gives what time it is afterwards. Nothing happens to who has asked for nobody."""
    clock = FixedClock(now)
    desk = Desk(database, clock, lambda: content)
    if what == scenes.QUEUE:
        await _another(database, content.default_office.id, now)
        return now
    if what == scenes.UNSEATED:
        async with database.write() as tx:
            for row in (await tx.bookings.of_citizen([citizen_id], now=now)).get(citizen_id, []):
                await seats.cancel(tx, content, row.id, actor=PETROVA.id, now=now)
        return now
    if what in (scenes.REACHED, scenes.NOT_REACHED):
        await _call(database, content, now, citizen_id, is_reached=what == scenes.REACHED)
        return now
    async with database.read() as tx:
        every = await tx.cases.all_of(citizen_id)
    if not every:
        return now
    case = every[-1]
    once = f"{case.id}{case.version}"
    if what == scenes.TAKEN:
        await desk.take(PETROVA, case.id)
    elif what == scenes.ANSWERED:
        await desk.answer(PETROVA, case.id, WORDS, once=once)
    elif what == scenes.CORRECTED:
        async with database.write() as tx:
            await lane.tell(tx, citizen_id, Act("case_corrected", case.id, PETROVA.role, CORRECTED), once=once, now=now)
    elif what == scenes.LATER:
        await desk.later(PETROVA, case.id)
    elif what == scenes.HANDED_ON:
        await desk.transfer(PETROVA, case.id, role=TO_ROLE)
    elif what == scenes.SILENT:
        taken = (await desk.take(PETROVA, case.id)).case
        if taken is not None and taken.silent_at is not None:
            clock.set(taken.silent_at + timedelta(minutes=1))
            await Watch(desk).look()
    elif what == scenes.CASE_CLOSED:
        await desk.close(PETROVA, case.id)
    elif what == scenes.CASE_RETURNED:
        await desk.reopen(PETROVA, case.id)
    return clock.now()


async def _call(database: Database, content: Content, now: datetime, citizen_id: str, *, is_reached: bool) -> None:
    """Whom a call is due to is called: once, or as often as the rules say."""
    await Planning(database, content, ()).happened(now)
    result = CallResult.REACHED if is_reached else CallResult.NO_ANSWER
    async with database.write() as tx:
        for number in range(1 if is_reached else content.rules.calls.tries):
            last = (await tx.calls.last_attempts([citizen_id])).get(citizen_id)
            once, seen = f"{citizen_id}:{now:%d%H%M}:{number}", last.id if last else ""
            await calls.record(tx, content, PETROVA, citizen_id, result, once=once, seen=seen, now=now)


async def _another(database: Database, office: str, now: datetime) -> None:
    """Somebody asked earlier."""
    async with database.write() as tx:
        asked_at = now - timedelta(hours=1)
        await tx.cases.open(
            CaseRow("earlier", "somebody else", "web", "question", "new", False, asked_at, office=office)
        )
