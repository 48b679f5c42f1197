"""Every screen that follows from a visit: what staff recorded, offered, asked; each with all its buttons."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.booking.slots import slots
from bot.desk import seats, shifts, visits
from bot.desk.rules import Report
from bot.desk.shifts import Person
from bot.flows.words.why_asked import NO_HELP, NO_JOB
from bot.messages import Kind
from storage.booking_records import BookingRow
from storage.database import Transaction
from storage.records import ReminderRow
from storage.referrals import State, To
from storage.visits import Application, Next, Paper, Result, Resume, VisitRow
from tests.dialogs.booking_scenes import bookings
from tests.dialogs.transcripts import TO_PLAN
from tests.talk import FixedClock, Talk

POINT, MATCHER, STAFF = "barnaul_alimony", "job_matcher", "staff:petrova"
MISSED = ("forgot", "ill", "busy", "far", "afraid", "found_job", "no_need", "other")
WHY_NOT = ("no_need", "no_time", "far", "shy", "no_trust", "tried", "other", "skip")
UNTOLD = (Result.INFORMAL_NO_DETAILS,)  # nothing that the citizen hears of
Meet = Callable[..., Awaitable[Talk]]


async def walk_visits(meet: Meet) -> None:
    """meet: a citizen nobody knows."""
    await _given_back(meet)
    await _recorded(meet)
    await _missed(meet)
    await _asked_why(meet)
    await _offered(meet)
    await _asked_later(meet)


async def received(tx: Transaction, citizen_id: str, now: datetime) -> None:
    """Something of every kind to be shown in the copy of one's data."""
    visit = VisitRow(
        f"{citizen_id[:12]}v", citizen_id, POINT, MATCHER, now, STAFF, now, tuple(Result)[:3], Next.CENTRE,
        Resume.PAPER, Application.DRAFT, papers=(Paper.PASSPORT,),
    )  # fmt: skip
    await tx.visits.record(visit)
    ways = {
        State.OFFERED: (),
        State.AGREED: (State.AGREED,),
        State.PASSED: (State.PASSED,),
        State.REFUSED: (State.REFUSED,),
        State.DONE: (State.PASSED, State.DONE),
    }
    kinds = iter((To.MEDIATOR, To.MEDIATOR, *To))
    for state in (State.REFUSED, State.DONE, State.OFFERED, State.AGREED, State.PASSED):
        id_ = f"{citizen_id[:12]}{state}"
        kind = next(kinds)
        assert await tx.referrals.offer(id_, citizen_id=citizen_id, booking_id=id_, kind=kind, by=STAFF, now=now)
        for step in ways[state]:
            assert await tx.referrals.change(id_, step, by=STAFF, now=now)
    due_at = now + timedelta(days=30)
    await tx.reminders.add([ReminderRow(f"{citizen_id}:r", citizen_id, "referral_result", "r", due_at)])


async def _visitor(meet: Meet) -> tuple[Talk, BookingRow]:
    """A citizen whom staff booked; the visit has just begun."""
    talk = await meet(clock=FixedClock())
    await talk.play(TO_PLAN)
    points = {POINT: replace(talk.content.points[POINT], places=1000)}
    talk.content = replace(talk.content, points=points)
    slot = slots(talk.content, POINT, MATCHER, now=talk.clock.now())[0]
    person = Person((await talk.citizen()).id)
    async with talk.database.write() as tx:
        seated = await shifts.book(
            tx, talk.content, slot, person, actor=STAFF, once=f"walk {talk.chat}", now=talk.clock.now()
        )
    assert seated.booking is not None, seated.code
    assert [message.key for message in await talk.work()] == ["visits.booked"]
    talk.clock.set(slot.starts_at)
    return talk, seated.booking


async def _record(talk: Talk, booking: BookingRow, report: Report, *, books_next: bool = False) -> list[str]:
    async with talk.database.write() as tx:
        done = await visits.record(
            tx, talk.content, booking.id, report, actor=STAFF, now=talk.clock.now(), books_next=books_next
        )
    assert done.code == "done"
    return [message.key for message in await talk.work()]


async def _press(talk: Talk, *choices: str) -> None:
    for choice in choices:
        await talk.press(choice)


async def _recorded(meet: Meet) -> None:
    said = (Result.CONSULTED,)
    papers = (Paper.PASSPORT, Paper.SNILS)
    reports = (
        (Report(UNTOLD, next_step=Next.NONE), False, ["more", "menu"]),
        (Report(said, next_step=Next.ADVISOR), False, ["next"]),
        (Report(said, next_step=Next.MATCHER), False, ["more", "booking"]),
        (Report(said, Resume.PAPER), False, ["more", "handover"]),
        (Report(said, Resume.PAPER), False, ["next"]),
        (Report(said, Resume.PAPER), True, ["booking"]),
        (Report(said, Resume.PAPER), True, ["handover"]),
        (Report(said, application=Application.ACCEPTED), False, ["more"]),
        (Report(said, application=Application.ACCEPTED, papers=papers), False, ["more"]),
    )
    for report, books_next, ways in reports:
        talk, booking = await _visitor(meet)
        assert await _record(talk, booking, report, books_next=books_next) == ["visits.closed"]
        await _press(talk, *ways)
    talk, booking = await _visitor(meet)
    await _press(talk, "booking")
    talk, booking = await _visitor(meet)
    point = talk.content.points[POINT]
    talk.content = replace(talk.content, points={POINT: replace(point, horizon_days=1)})
    await _record(talk, booking, Report(said, Resume.PAPER))


async def _given_back(meet: Meet) -> None:
    """Staff cancelled the booking."""
    for way in ("booking", "handover"):
        talk, booking = await _visitor(meet)
        talk.clock.set(booking.starts_at - timedelta(hours=20))
        async with talk.database.write() as tx:
            done = await seats.cancel(tx, talk.content, booking.id, actor=STAFF, now=talk.clock.now())
        assert done.code == "done"
        assert [message.key for message in await talk.work()] == ["visits.unbooked"]
        await talk.press(way)


async def _missed(meet: Meet) -> None:
    talk, booking = await _visitor(meet)
    async with talk.database.write() as tx:
        await visits.no_show(tx, talk.content, booking.id, actor=STAFF, now=talk.clock.now())
    assert [message.key for message in await talk.work()] == ["visits.missed"]
    asked = {reason: talk.data(reason) for reason in MISSED}
    for data in asked.values():
        await _pressed_old(talk, data)
    for way in ("booking", "handover", "menu"):
        await _pressed_old(talk, asked["forgot"])
        await talk.press(way)
    await _pressed_old(talk, asked["forgot"])
    await talk.press("_back")


async def _asked_why(meet: Meet) -> None:
    """A second invitation, help that was refused: each answer, each way on."""
    for kind, report, answers in (
        ("no_help", Report((Result.REFUSED_HELP,)), NO_HELP),
        ("no_job", Report((Result.CONSULTED,), Resume.PAPER), NO_JOB),
    ):
        talk, booking = await _visitor(meet)
        if kind == "no_job":
            assert await _record(talk, booking, report, books_next=True) == ["visits.closed"]
            (booking,) = (row for row in await bookings(talk) if row.id != booking.id)
            talk.clock.set(booking.starts_at)
        assert await _record(talk, booking, report) == ["visits.closed", f"reasons.why_{kind}"]
        asked = {reason: talk.data(reason) for reason in answers}
        for data in asked.values():
            await _pressed_old(talk, data)
        for way in ("booking", "handover", "menu"):
            await _pressed_old(talk, asked["other"])
            await talk.press(way)
        await _pressed_old(talk, asked["other"])
        await talk.press("_back")


async def _pressed_old(talk: Talk, data: str) -> None:
    await talk.send(Kind.PRESS, data=data)


async def _offer(meet: Meet) -> tuple[Talk, str]:
    talk, booking = await _visitor(meet)
    async with talk.database.write() as tx:
        made = await visits.refer(tx, talk.content, booking.id, To.MEDIATOR, actor=STAFF, now=talk.clock.now())
    assert made.referral is not None
    assert [message.key for message in await talk.work()] == ["visits.offered"]
    await talk.press("look")
    return talk, made.referral.id


async def _offered(meet: Meet) -> None:
    ways: Sequence[Sequence[str]] = (
        ["handover"],
        ["agree", "handover"],
        ["agree", "menu"],
        *(["refuse", reason] for reason in WHY_NOT),
        ["refuse", "skip", "handover"],
        ["refuse", "skip", "menu"],
    )
    for way in ways:
        talk, _ = await _offer(meet)
        await _press(talk, *way)


async def _asked_later(meet: Meet) -> None:
    for way in (
        ["helped", "handover"], ["helped", "menu"], ["not_helped"], ["not_yet"], ["wont", "other"],
    ):  # fmt: skip
        talk, id_ = await _offer(meet)
        async with talk.database.write() as tx:
            await visits.answer(tx, talk.content, id_, State.PASSED, actor=STAFF, now=talk.clock.now())
        talk.clock.move(days=talk.content.visits.ask_after_days, hours=9)
        assert "visits.went" in [message.key for message in await talk.tick()]
        await _press(talk, *way)
