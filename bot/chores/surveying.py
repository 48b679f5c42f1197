"""
Surveys that come by themselves: those due are judged, invited to, or left alone; a sample is drawn every quarter.

    planned, due --> judged --> given: a reminder of kind `survey`, never in quiet hours
                        +-----> waits for a request to close, or for the pause between two invitations
                        +-----> dropped
The invitation is judged once more in its turn (bot/flows/survey.py) and when it is leased (sql/*/outbox.sql).
Answers older than the term in which they can be changed are untied from whoever gave them.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from hashlib import sha256
from heapq import nsmallest

from bot.clock import Clock
from bot.quiet import Quiet
from bot.surveys.limits import Drop, Give, Wait, judge
from bot.surveys.rotation import questions_of
from bot.surveys.triggers import planned
from bot.texts import render
from bot.texts.questionnaire import Asking, Survey
from bot.texts.schema import Content
from storage.database import Database, Transaction
from storage.survey_records import Candidate

AT_ONCE = 100  # in one transaction: turns of citizens wait for it
PAGE = 1000
KNOWN_DAYS, HEARD_DAYS = 30, 90  # of a sample: who has known us so long, and wrote so lately
HOUR = timedelta(hours=1)


class Surveying:
    """The scheduler's part. channels: those where a message may be personal."""

    def __init__(self, database: Database, clock: Clock, content: Content, channels: Collection[str]) -> None:
        self._database = database
        self._clock = clock
        self._content = content
        self._channels = channels

    async def plan(self) -> int:
        """Judge everything due, AT_ONCE at a time; returns how many are invited. Raises Unavailable."""
        invited = 0
        await self.settle()
        while self._content.rules.surveys is not None:
            now = self._clock.now()
            async with self._database.read() as tx:
                next_due = await tx.surveys.next_due()
            if next_due is None or next_due > now:
                break
            async with self._database.write() as tx:
                due = await tx.surveys.due(now=now, limit=AT_ONCE)
                invited += await self._judge(tx, due, now)
            if not due:
                break
        return invited

    async def settle(self) -> None:
        """Untie what can't be changed any more, close what nobody followed."""
        terms, now = self._content.rules.surveys, self._clock.now()
        hours = timedelta(hours=terms.change_hours if terms else 0)
        found = AT_ONCE
        while found == AT_ONCE:
            async with self._database.write() as tx:
                found = await tx.surveys.untie(before=now - hours, limit=AT_ONCE)
        found = AT_ONCE
        while found == AT_ONCE:
            async with self._database.write() as tx:
                found = await tx.surveys.close(now=now, limit=AT_ONCE)

    async def _judge(self, tx: Transaction, due: list[Candidate], now: datetime) -> int:
        terms, seen, invited = self._content.rules.surveys, set[str](), 0
        assert terms is not None
        for known in due:
            survey = self._content.surveys.get(known.survey)
            asking = survey.asked.get(known.asking) if survey else None
            verdict = judge(known, asking, terms, self._channels, now=now)
            if isinstance(verdict, Give) and known.citizen_id in seen:
                verdict = Wait(now + HOUR)  # judged again beside the one that was just given
            match verdict:
                case Give():
                    assert survey is not None
                    assert asking is not None
                    seen.add(known.citizen_id)
                    invited += await self._give(tx, known, survey, asking, now)
                case Wait(until):
                    await tx.surveys.wait(known.id, until)
                case Drop():
                    await tx.surveys.drop(known.id, known.citizen_id)
        return invited

    async def _give(self, tx: Transaction, known: Candidate, survey: Survey, asking: Asking, now: datetime) -> bool:
        terms = self._content.rules.surveys
        assert terms is not None
        before = await tx.surveys.asked_before(known.citizen_id)
        questions = questions_of(asking, survey, self._content.surveys, known.citizen_id, before)
        at = Quiet.of(self._content, known.office).until(now) or now
        until = at + timedelta(days=terms.open_days)
        if not await tx.surveys.give(known.id, questions, at=at, keep_until=until):
            return False
        if asking.again_days:
            again = now + timedelta(days=asking.again_days) - timedelta(hours=asking.after_hours)
            await tx.surveys.plan(planned(survey, asking, known.citizen_id, "", known.office, again))
        return True

    async def sample(self) -> int:
        """In a new quarter: draw those who are asked the whole survey; returns how many. Raises Unavailable."""
        drawn = 0
        for survey in self._content.surveys.values():
            for asking in survey.asked.values():
                if asking.trigger == "quarter" and self._content.rules.surveys is not None:
                    drawn += await self._draw(survey, asking)
        return drawn

    async def _draw(self, survey: Survey, asking: Asking) -> int:
        now, name = self._clock.now(), f"{survey.id}.{asking.id}"
        today = render.local(now, self._content.default_office.timezone).date()
        round_ = quarter(today)
        async with self._database.read() as tx:  # the walk over everybody holds up no turn
            if await tx.surveys.has_begun(name, round_):
                return 0
            people = await self._people(tx, asking.people, f"{name}:{round_}", now)
        async with self._database.write() as tx:  # a kill before the end leaves the quarter to the next look
            if not await tx.surveys.begin_round(name, round_):
                return 0
            for citizen_id, office in people:
                await tx.surveys.plan(planned(survey, asking, citizen_id, round_, office, now))
        return len(people)

    async def _people(self, tx: Transaction, count: int, seed: str, now: datetime) -> list[tuple[str, str]]:
        """So many of the active citizens, by chance: the same for the same quarter."""
        chosen: list[tuple[str, str]] = []
        known_since, heard_since = now - timedelta(days=KNOWN_DAYS), now - timedelta(days=HEARD_DAYS)

        def lot(person: tuple[str, str]) -> bytes:
            return sha256(f"{seed}:{person[0]}".encode()).digest()

        after = ""
        while page := await tx.surveys.active(
            after=after, known_since=known_since, heard_since=heard_since, limit=PAGE
        ):
            chosen = nsmallest(count, [*chosen, *page], key=lot)
            after = page[-1][0]
        return chosen


def quarter(day: date) -> str:
    """«2026-q4»."""
    return f"{day.year}-q{(day.month + 2) // 3}"
