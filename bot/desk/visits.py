"""
What came of a visit, said by the specialist: recorded, corrected, missed; other help offered and followed.

Each function is one act in the caller's transaction: rows, audit, and what the citizen is told of it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.booking.book import Book
from bot.booking.slots import zone_of
from bot.desk import lane, repeats
from bot.desk.day import before, free
from bot.desk.lane import Act
from bot.desk.rules import MATCHER, Report, follow
from bot.desk.shifts import DONE, UNKNOWN, Seated, to_matcher
from bot.surveys import triggers
from bot.texts import render
from bot.texts.schema import Content
from storage.booking_records import BookingRow, Slot
from storage.database import Transaction
from storage.records import ReminderRow
from storage.referrals import Outcome, ReferralRow, State, To
from storage.visits import Next, Result, VisitRow

CANCELLED, TOO_EARLY, NOTHING, NO_WAY, ALIVE = "cancelled", "too_early", "nothing", "no_way", "alive"
HELD = ("booked", "reminded", "confirmed", "served", "no_show")
REFERRED = {
    Result.REFERRED_PSYCHOLOGIST: To.PSYCHOLOGIST,
    Result.REFERRED_MEDIATOR: To.MEDIATOR,
    Result.REFERRED_SOCIAL_CONTRACT: To.SOCIAL_CONTRACT,
}
ASK_KIND, ASK_HOUR = "referral_result", 12


@dataclass(frozen=True, slots=True)
class Recorded:
    """
    code: DONE, or why nothing was kept. booked: the next visit booked along with it, or why it was not.

    referrals: offered now. tells_lead: the person was invited so often that the lead looks. to_ask: earlier referrals
    whose result nobody knows yet: ask at the desk.
    """

    code: str
    visit: VisitRow | None = None
    booked: Seated | None = None
    referrals: tuple[ReferralRow, ...] = ()
    tells_lead: bool = False
    to_ask: tuple[ReferralRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Referred:
    """code: DONE, or why nothing was changed. referral: as it is now."""

    code: str
    referral: ReferralRow | None = None


async def record(
    tx: Transaction,
    content: Content,
    booking_id: str,
    report: Report,
    *,
    actor: str,
    now: datetime,
    next_slot: Slot | None = None,
    books_next: bool = False,
) -> Recorded:
    """
    The visit took place; recorded again it is corrected, and the citizen is told anew.

    next_slot: the matcher's time agreed on at the desk. books_next: else the first free one, where the rules lead to
    the matcher.
    """
    code, booking = await _booking(tx, content, booking_id, now)
    if booking is None:
        return Recorded(code)
    if not report.results or Result.NO_SHOW in report.results:
        return Recorded(NOTHING)
    following = follow(booking.role, report, await before(tx, booking))
    visit = await tx.visits.record(
        VisitRow(
            booking_id=booking.id,
            citizen_id=booking.citizen_id,
            point=booking.point,
            role=booking.role,
            held_at=booking.starts_at,
            recorded_by=actor,
            recorded_at=now,
            results=following.results,
            next_step=following.next_step,
            resume=following.resume,
            application=following.application,
            needs_job=following.needs_job,
            repeats=following.repeats,
            papers=report.papers,
            referred_by=booking.referred_by,
            phone_find=_find(tx, booking),
        )
    )
    await Book(tx, content, now).mark(booking.id, "served", actor=actor)
    await tx.audit.add(actor=actor, act="visit_recorded", subject=f"booking {booking.id}", now=now)
    booked = await _book_next(tx, content, booking, visit, actor, now, next_slot, books_next)
    to_ask = await _unknown(tx, booking)
    await _tell(tx, booking, "visit_closed", f"{booking.id}:{visit.version}", now)
    if booking.citizen_id:
        office = content.points[booking.point].office
        await triggers.after_visit(
            tx, content, citizen_id=booking.citizen_id, visit_id=booking.id, office=office, now=now
        )
    offers = [await _offer(tx, booking, kind, actor, now) for code, kind in REFERRED.items() if code in visit.results]
    made = tuple(one.referral for one in offers if one.referral is not None and one.code == DONE)
    tells_lead = visit.repeats >= content.rules.booking.repeats_to_lead
    if tells_lead:
        await repeats.push(tx, content, booking, visit, now)
    return Recorded(DONE, visit, booked, made, tells_lead, to_ask)


async def no_show(tx: Transaction, content: Content, booking_id: str, *, actor: str, now: datetime) -> Recorded:
    """Nobody came; the citizen is asked why, kindly, and offered another time."""
    code, booking = await _booking(tx, content, booking_id, now)
    if booking is None:
        return Recorded(code)
    if booking.starts_at > now:
        return Recorded(TOO_EARLY)
    earlier = await before(tx, booking)
    last = earlier[-1] if earlier else None
    missed = VisitRow(
        booking_id=booking.id,
        citizen_id=booking.citizen_id,
        point=booking.point,
        role=booking.role,
        held_at=booking.starts_at,
        recorded_by=actor,
        recorded_at=now,
        results=(Result.NO_SHOW,),
        referred_by=booking.referred_by,
        phone_find=_find(tx, booking),
    )
    if last is not None:
        missed = replace(missed, resume=last.resume, application=last.application, needs_job=last.needs_job)
    visit = await tx.visits.record(missed)
    await Book(tx, content, now).mark(booking.id, "no_show", actor=actor)
    await tx.audit.add(actor=actor, act="visit_missed", subject=f"booking {booking.id}", now=now)
    await _tell(tx, booking, "visit_missed", booking.id, now)
    return Recorded(DONE, visit)


async def _booking(tx: Transaction, content: Content, booking_id: str, now: datetime) -> tuple[str, BookingRow | None]:
    """The booking whose visit may be recorded, its citizen's lane taken; or why it may not."""
    booking = await tx.bookings.get(booking_id)
    if booking is None or booking.point not in content.points:
        return UNKNOWN, None
    if booking.citizen_id:
        await lane.take(tx, booking.citizen_id)
        booking = await tx.bookings.get(booking_id) or booking  # as it is now that nobody else has the lane
    if booking.state not in HELD:
        return CANCELLED, None
    today = render.local(now, zone_of(content, content.points[booking.point])).date()
    return (TOO_EARLY, None) if booking.wall[:10] > today.isoformat() else (DONE, booking)


def _find(tx: Transaction, booking: BookingRow) -> str | None:
    return tx.visits.find(booking.phone) if booking.phone and not booking.citizen_id else None


async def _book_next(
    tx: Transaction,
    content: Content,
    booking: BookingRow,
    visit: VisitRow,
    actor: str,
    now: datetime,
    slot: Slot | None,
    is_wanted: bool,
) -> Seated | None:
    if slot is None and not (is_wanted and visit.next_step in (Next.REPEAT, Next.MATCHER)):
        return None
    if slot is None and visit.next_step is Next.REPEAT:
        after = booking.starts_at + timedelta(days=content.rules.booking.repeat_days)
        found = await free(tx, content, booking.point, MATCHER, now=now, after=after)
        slot = found[0] if found else None
    return await to_matcher(tx, content, booking.id, actor=actor, now=now, slot=slot, is_told=False)


async def _tell(tx: Transaction, booking: BookingRow, kind: str, about: str, now: datetime) -> None:
    if booking.citizen_id:
        await lane.tell(tx, booking.citizen_id, Act(kind, about, booking.role), once=f"{kind}:{about}", now=now)


# other help


async def refer(tx: Transaction, content: Content, booking_id: str, kind: To, *, actor: str, now: datetime) -> Referred:
    """Offer other help to who sat there; a citizen of the bot is asked, for anybody else the desk writes the answer."""
    code, booking = await _booking(tx, content, booking_id, now)
    return Referred(code) if booking is None else await _offer(tx, booking, kind, actor, now)


async def answer(
    tx: Transaction, content: Content, referral_id: str, state: State, *, actor: str, now: datetime,
    outcome: Outcome = Outcome.UNKNOWN,
) -> Referred:  # fmt: skip
    """
    agreed, refused, passed, done, as the person told staff. Passed on: the citizen is asked later what came of it.
    """
    known = await tx.referrals.get(referral_id)
    if known is None:
        return Referred(UNKNOWN)
    await lane.take(tx, known.citizen_id or "")
    changed = await tx.referrals.change(referral_id, state, by=actor, now=now, outcome=outcome)
    if changed is None:
        return Referred(NO_WAY, known)
    if changed.version == known.version:
        return Referred(DONE, changed)
    await tx.audit.add(actor=actor, act=f"referral_{state}", subject=f"referral {referral_id}", now=now)
    if changed.citizen_id:
        await _plan_question(tx, content, changed, changed.citizen_id, now)
    return Referred(DONE, changed)


async def _offer(tx: Transaction, booking: BookingRow, kind: To, actor: str, now: datetime) -> Referred:
    id_ = f"{booking.id}{kind[0]}"
    made = await tx.referrals.offer(
        id_, citizen_id=booking.citizen_id, booking_id=booking.id, kind=kind, by=actor, now=now
    )
    if made is None:
        return Referred(ALIVE, await tx.referrals.get(id_))
    await tx.audit.add(actor=actor, act="referral_offered", subject=f"referral {id_}", now=now)
    await _tell(tx, booking, "referral_offered", id_, now)
    return Referred(DONE, made)


async def _plan_question(
    tx: Transaction, content: Content, referral: ReferralRow, citizen_id: str, now: datetime
) -> None:
    """What came of it is asked some days after it was passed on; not any more, once it is known."""
    await tx.bookings.silence(citizen_id, referral.id, now=now)
    if referral.state is not State.PASSED:
        return
    citizen = (await tx.citizens.load([citizen_id])).get(citizen_id)
    if citizen is None or citizen.stopped_at is not None or citizen.consent_at is None:
        return
    zone = content.office(citizen.office).timezone
    asks_on = render.local(now, zone).date() + timedelta(days=content.visits.ask_after_days)
    due_at = render.at_hour(asks_on, ASK_HOUR, zone)
    id_ = f"{citizen_id}:{referral.id}:{referral.version}"
    await tx.reminders.add([ReminderRow(id_, citizen_id, ASK_KIND, referral.id, due_at)])


async def _unknown(tx: Transaction, booking: BookingRow) -> tuple[ReferralRow, ...]:
    """Referrals of this person that were passed on and of which nothing was heard."""
    if not booking.citizen_id:
        return ()
    return tuple(one for one in await tx.referrals.of_citizen(booking.citizen_id) if one.state is State.PASSED)
