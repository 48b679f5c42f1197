"""
What staff do with a case: the same functions for the console, chats of staff and the command line.

    lane taken --> the row asks for the state it needs --> said, noted, told to the citizen --> commit --> outcome
Of two specialists at once one gets the case: the other's outcome is `other_owner`. Nothing is sent here.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from bot.clock import Clock
from bot.desk import lane
from bot.desk.actor import Actor
from bot.desk.lane import Act
from bot.texts.promises import after_working_hours, answer_due, silent_at
from bot.texts.schema import Content
from storage.case_records import Deadlines
from storage.database import Database, Transaction
from storage.records import CaseRow

ANSWER_CHARS = 3500  # one message in every channel, with the role above it
DONE = "done"
OTHER_OWNER, CLOSED, CHANGED, GONE, NOT_YOURS = "other_owner", "closed", "changed", "gone", "not_yours"
UNREACHABLE, EMPTY, TOO_LONG, REPEATED = "unreachable", "empty", "too_long", "repeated"


@dataclass(frozen=True, slots=True)
class Done:
    """
    What came of an act. code: DONE; UNREACHABLE: done, but the citizen can't be reached, somebody must call; else
    nothing was changed and the code says why. case: as it is now, None when it is gone or not to be seen.
    """

    code: str
    case: CaseRow | None = None

    @property
    def is_done(self) -> bool:
        return self.code in (DONE, UNREACHABLE)


Write = Callable[[Transaction, CaseRow, datetime], Awaitable[str]]


class Desk:
    """
    content: gives the edition in force. informing: channels that may not carry personal words.

    once: id of an act (a form's token, a message of a chat): the same one twice is done once. version: of the case as
    it was seen; 0 asks for none.
    """

    def __init__(
        self, database: Database, clock: Clock, content: Callable[[], Content], informing: frozenset[str] = frozenset()
    ) -> None:
        self.database = database
        self.clock = clock
        self.content = content
        self.informing = informing

    # reading

    async def queue(self, actor: Actor, *, role: str = "", limit: int = 50, skip: int = 0) -> list[CaseRow]:
        """Open cases that the actor may see, urgent and overdue first, without words."""
        async with self.database.read() as tx:
            return await tx.cases.queue(
                offices=actor.offices, staff_id=actor.id, is_lead=actor.is_lead, role=role, limit=limit, skip=skip
            )

    async def case(self, actor: Actor, case_id: str) -> CaseRow | None:
        """With words and context; the reading is noted in the audit."""
        async with self.database.write() as tx:
            case = await tx.cases.get(case_id)
            if case is None or not actor.may_see(case):
                return None
            await tx.audit.add(actor=f"staff:{actor.id}", act="case_read", subject=case.id, now=self.clock.now())
            return case

    # acting; `tx`: somebody else's transaction, which must have the citizen's lane first

    async def take(self, actor: Actor, case_id: str, *, tx: Transaction | None = None) -> Done:
        async def write(tx: Transaction, case: CaseRow, now: datetime) -> str:
            if case.owner == actor.id:
                return DONE
            if not await tx.cases.take(case.id, actor.id, self._deadlines(case, now), now=now):
                return _why(case, actor)
            await tx.cases.note_event(case.id, actor.id, "taken", now=now)
            return await self._tell(tx, case, Act("case_taken", case.id, actor.role), uuid4().hex, now)

        return await self._do(actor, case_id, write, tx)

    async def answer(
        self,
        actor: Actor,
        case_id: str,
        words: str,
        *,
        once: str,
        version: int = 0,
        origin: str | None = None,
        tx: Transaction | None = None,
    ) -> Done:
        """Words for the citizen; a case nobody has becomes the actor's. origin: hash of the message they came in."""

        async def write(tx: Transaction, case: CaseRow, now: datetime) -> str:
            if refusal := _unfit(words):
                return refusal
            if not await tx.cases.answer(case.id, actor.id, version=version, now=now):
                return _why(case, actor, version)
            event = f"staff:{once}"
            number = await tx.case_talk.say(
                case.id, words, author="staff", role=actor.role, actor=actor.id, now=now, origin=origin, event=event
            )
            if number is None:
                return REPEATED
            await tx.cases.note_event(case.id, actor.id, "answered", now=now)
            return await self._tell(tx, case, Act("case_answered", case.id, actor.role, words), once, now)

        return await self._do(actor, case_id, write, tx, once=once)

    async def note(
        self, actor: Actor, case_id: str, words: str, *, origin: str | None = None, tx: Transaction | None = None
    ) -> Done:
        """Words among staff."""

        async def write(tx: Transaction, case: CaseRow, now: datetime) -> str:
            if refusal := _unfit(words):
                return refusal
            said = await tx.case_talk.say(
                case.id, words, author="note", role=actor.role, actor=actor.id, now=now, origin=origin
            )
            return DONE if said is not None else REPEATED

        return await self._do(actor, case_id, write, tx)

    async def transfer(
        self,
        actor: Actor,
        case_id: str,
        *,
        role: str,
        office: str = "",
        version: int = 0,
        tx: Transaction | None = None,
    ) -> Done:
        """To the queue of another role, or of another office (empty: the same one)."""

        async def write(tx: Transaction, case: CaseRow, now: datetime) -> str:
            to = office or case.office
            due_at = answer_due(self.content(), to, case.topic, now, is_urgent=case.is_urgent)
            is_done = await tx.cases.transfer(
                case.id,
                actor.id,
                role=role,
                office=to,
                due_at=due_at,
                is_lead=actor.is_lead,
                version=version,
                now=now,
            )
            if not is_done:
                return _why(case, actor, version)
            await tx.cases.note_event(case.id, actor.id, "transferred", now=now, detail=f"{role} {to}".strip())
            return await self._tell(tx, case, Act("case_transferred", case.id, role), uuid4().hex, now)

        return await self._do(actor, case_id, write, tx)

    async def later(
        self, actor: Actor, case_id: str, *, hours: int | None = None, tx: Transaction | None = None
    ) -> Done:
        """The answer comes later; hours: working ones from now, None: as the content says. The citizen is told when."""

        async def write(tx: Transaction, case: CaseRow, now: datetime) -> str:
            content = self.content()
            office = content.office(case.office)
            due_at = after_working_hours(office, now, hours or content.routing.later_hours)
            deadlines = Deadlines(due_at, silent_at(content, case.office, due_at))
            if not case.owner:
                await tx.cases.take(case.id, actor.id, deadlines, now=now)
            if not await tx.cases.later(case.id, actor.id, deadlines, now=now):
                return _why(case, actor)
            await tx.cases.note_event(case.id, actor.id, "later", now=now)
            return await self._tell(tx, case, Act("case_later", case.id, actor.role), uuid4().hex, now)

        return await self._do(actor, case_id, write, tx)

    async def close(self, actor: Actor, case_id: str, *, version: int = 0, tx: Transaction | None = None) -> Done:
        """The citizen is asked whether it is solved."""

        async def write(tx: Transaction, case: CaseRow, now: datetime) -> str:
            if not await tx.cases.close(case.id, actor.id, is_lead=actor.is_lead, version=version, now=now):
                return _why(case, actor, version)
            await tx.cases.note_event(case.id, actor.id, "closed", now=now)
            return await self._tell(tx, case, Act("case_closed", case.id, actor.role), uuid4().hex, now)

        return await self._do(actor, case_id, write, tx)

    async def reopen(self, actor: Actor, case_id: str, *, tx: Transaction | None = None) -> Done:
        """Undo of `close`, while the citizen has no other open case."""

        async def write(tx: Transaction, case: CaseRow, now: datetime) -> str:
            due_at = answer_due(self.content(), case.office, case.topic, now, is_urgent=case.is_urgent)
            if case.state != "closed" or not await tx.cases.reopen(case.id, due_at=due_at, now=now):
                return CHANGED
            await tx.cases.note_event(case.id, actor.id, "reopened", now=now)
            return await self._tell(tx, case, Act("case_returned", case.id, actor.role), uuid4().hex, now)

        return await self._do(actor, case_id, write, tx)

    async def _do(self, actor: Actor, case_id: str, write: Write, tx: Transaction | None, *, once: str = "") -> Done:
        if tx is not None:
            return await self._written(tx, actor, case_id, write, once)
        async with self.database.write() as own:
            while (case := await own.cases.get(case_id)) is not None:
                await lane.take(own, case.citizen_id)
                again = await own.cases.get(case_id)
                if again is None or again.citizen_id == case.citizen_id:  # else: moved to another chat meanwhile
                    break
            return await self._written(own, actor, case_id, write, once)

    async def _written(self, tx: Transaction, actor: Actor, case_id: str, write: Write, once: str) -> Done:
        case = await tx.cases.get(case_id)  # as it is now that the lane is ours
        if case is None:
            return Done(GONE)
        if not actor.may_see(case):
            return Done(NOT_YOURS)
        if once and await tx.inbox.has_own(f"staff:{once}"):
            return Done(REPEATED, case)
        code = await write(tx, case, self.clock.now())
        tx.notify("desk")
        return Done(code, await tx.cases.get(case_id))

    async def _tell(self, tx: Transaction, case: CaseRow, act: Act, once: str, now: datetime) -> str:
        """Tell the citizen, or say that nobody can: their words stay in the case, somebody must call."""
        await lane.tell(tx, case.citizen_id, act, once=once, now=now)
        return DONE if await self.reaches(tx, case.citizen_id) else UNREACHABLE

    async def reaches(self, tx: Transaction, citizen_id: str) -> bool:
        """Whether words of a person reach the citizen: there is a chat, it is open, it may carry them."""
        place = (await tx.citizens.reachable_at([citizen_id])).get(citizen_id)
        return place is not None and place[2] and place[0] not in self.informing

    def _deadlines(self, case: CaseRow, now: datetime) -> Deadlines:
        content = self.content()
        due_at = answer_due(content, case.office, case.topic, now, is_urgent=case.is_urgent)
        return Deadlines(due_at, max(due_at, silent_at(content, case.office, now)))


def _unfit(words: str) -> str:
    if not words.strip():
        return EMPTY
    return TOO_LONG if len(words) > ANSWER_CHARS else ""


def _why(case: CaseRow, actor: Actor, version: int = 0) -> str:
    """Why the row refused."""
    if case.state == "closed":
        return CLOSED
    if case.owner and case.owner != actor.id:
        return OTHER_OWNER
    return CHANGED if version and version != case.version else NOT_YOURS
