"""
After a visit: what was done and what else there is; who did not come is asked why; offers of other help.

    staff booked a visit     :: booked --> booking            a notice: the citizen stays where they stand
    staff gave it back       :: unbooked --> booking
    staff recorded a visit   :: closed --> more | times of the next visit
    staff marked a no-show   :: missed --> again
    staff offered other help :: offered --> offer --> agreed
                                              +-----> why_not --> refused
    the clock, a later visit :: went --> told
                                  +----> why_not

What comes by itself is neutral: a shared phone shows it to others. What kind of help is offered is seen when opened.
"""

from datetime import datetime, timedelta

from bot.booking.slots import zone_of
from bot.engine.effects import Ask, Choice, Effect, Enter, Notice, RemindOn
from bot.engine.flow import Flow
from bot.engine.openings import openings
from bot.engine.turn import Turn
from bot.engine.visits import AnswerReferral, AskedReferral, CountReason
from bot.flows.words.services import further
from bot.flows.words.why_asked import why_asked
from bot.texts import render
from bot.texts.schema import Need
from bot.texts.visiting import Service
from storage.referrals import Outcome, ReferralRow, State
from storage.visits import Next, Result, VisitRow

MISSED = ("forgot", "ill", "busy", "far", "afraid", "found_job", "no_need", "other")
WHY_NOT = ("no_need", "no_time", "far", "shy", "no_trust", "tried", "other")
WENT = ("helped", "not_helped", "not_yet", "wont")
RESULT = "referral_result"  # the reminder that asks what came of a referral
HOUR = 12  # local time of that question
ASKED_MOST = 2
MATCHER = "job_matcher"
ADVISOR = "career_advisor"
NEXT_ROLE = {Next.REPEAT: MATCHER, Next.MATCHER: MATCHER, Next.ADVISOR: ADVISOR}
WAYS = ("booking", "handover", "menu")

flow = Flow(
    "visits",
    start="more",
    personal=True,
    says={
        "booked": Need(("day", "time"), buttons=("booking",)),
        "unbooked": Need(("day", "time"), buttons=("booking", "handover")),
        "closed": Need(("done", "next", "more"), buttons=("more", "next", "booking", "handover")),
        "done": Need(("lines",)),
        "done_nothing": Need(),
        "next_none": Need(),
        "next_advisor": Need(),
        "next_matcher": Need(),
        "next_repeat": Need(),
        "next_repeat_day": Need(("day",)),
        "next_booked": Need(("day", "time")),
        "next_centre": Need(),
        "next_centre_papers": Need(("papers",)),
        "more_lines": Need(("lines",)),
        "more": Need(("lines",), buttons=("booking", "handover", "menu")),
        "more_line": Need(("label", "about")),
        "missed": Need(buttons=MISSED),
        "again": Need(buttons=WAYS),
        "again_afraid": Need(buttons=WAYS),
        "again_good": Need(buttons=WAYS),
        "offered": Need(buttons=("look",)),
        "offer": Need(("title", "about"), buttons=("agree", "refuse", "handover")),
        "agreed": Need(buttons=("handover", "menu")),
        "why_not": Need(buttons=(*WHY_NOT, "skip")),
        "refused": Need(buttons=("handover", "menu")),
        "went": Need(buttons=WENT),
        "told_helped": Need(buttons=("handover", "menu")),
        "told_not_helped": Need(buttons=("handover", "menu")),
        "told_not_yet": Need(buttons=("handover", "menu")),
    },
)


# staff booked a visit


@flow.staff("booked_for")
async def booked_for(turn: Turn) -> list[Effect]:
    booking = await turn.reads.booking(turn.about)
    if booking is None or not booking.is_active or booking.starts_at <= turn.now:
        return []
    zone = _zone(turn, booking.point)
    day, time = render.day_words(booking.starts_at, zone, turn.now), render.time_words(booking.starts_at, zone)
    return [Notice("visits.booked", [Choice("booking")], at="visits.more", subject=None, day=day, time=time)]


@flow.staff("cancelled_for")
async def cancelled_for(turn: Turn) -> list[Effect]:
    booking = await turn.reads.booking(turn.about)
    if booking is None or booking.is_active or booking.starts_at <= turn.now:
        return []
    zone = _zone(turn, booking.point)
    day, time = render.day_words(booking.starts_at, zone, turn.now), render.time_words(booking.starts_at, zone)
    ways = [Choice("booking"), Choice("handover")]
    return [Notice("visits.unbooked", ways, at="visits.more", subject=None, day=day, time=time)]


# a visit was recorded


@flow.staff("visit_closed")
async def closed(turn: Turn) -> list[Effect]:
    """about: booking:version. A record that was corrected meanwhile is told by its own act."""
    booking, _, version = turn.about.partition(":")
    visit = await _visit(turn, booking)
    if visit is None or str(visit.version) != version:
        return []
    words = await _summary(turn, visit)
    ways = [*await _way_on(turn, visit), Choice("more"), Choice("handover")]
    said: list[Effect] = [Notice("visits.closed", ways, at="visits.more", subject=None, **words), *why_asked(visit)]
    return said + await _passed(turn)


async def _way_on(turn: Turn, visit: VisitRow) -> list[Choice]:
    """To the times of whom the citizen goes to next; to the booking, where it is made already."""
    role = NEXT_ROLE.get(visit.next_step)
    if role is None:
        return []
    is_booked = any(row.role == role and not row.is_held for row in await turn.reads.bookings())
    return [Choice("booking" if is_booked else f"next:{visit.booking_id}")]


async def _to_next(turn: Turn) -> list[Effect]:
    """A repeat visit: the free times of the very day that was proposed, or of the one that is so by now."""
    visit = await _visit(turn, turn.about)
    role = NEXT_ROLE.get(visit.next_step, "") if visit else ""
    if visit is None or visit.next_step is not Next.REPEAT:
        return [Enter("booking", wanted=role)]
    if (at := await _repeat_at(turn, visit)) is None:
        return [Enter("slots", role=role, point=visit.point)]
    day = render.local(at, _zone(turn, visit.point)).date().isoformat()
    return [Enter("slots", "time", role=role, point=visit.point, day=day)]


async def _summary(turn: Turn, visit: VisitRow) -> dict[str, str]:
    content = turn.content
    told = [content.visits.told[code] for code in visit.results if code in content.visits.told]
    done = _say(turn, "done", lines=_lines(told)) if told else _say(turn, "done_nothing")
    services = [service.label for service in await _further(turn)]
    more = _say(turn, "more_lines", lines=_lines(services)) if services else ""
    return {"done": done, "next": await _next(turn, visit), "more": more}


async def _next(turn: Turn, visit: VisitRow) -> str:
    if visit.next_step is Next.CENTRE and visit.papers:
        papers = ", ".join(turn.content.visits.papers.get(one, one) for one in visit.papers)
        return _say(turn, "next_centre_papers", papers=papers)
    if visit.next_step not in (Next.MATCHER, Next.REPEAT):
        return _say(turn, f"next_{visit.next_step}")
    zone = _zone(turn, visit.point)
    if booked := [row for row in await turn.reads.bookings() if row.role == MATCHER and not row.is_held]:
        begins_at = booked[0].starts_at
        day, time = render.day_words(begins_at, zone, turn.now), render.time_words(begins_at, zone)
        return _say(turn, "next_booked", day=day, time=time)
    if visit.next_step is Next.REPEAT and (at := await _repeat_at(turn, visit)):
        return _say(turn, "next_repeat_day", day=render.day_words(at, zone, turn.now))
    return _say(turn, f"next_{visit.next_step}")


async def _repeat_at(turn: Turn, visit: VisitRow) -> datetime | None:
    """The matcher's first free time in a week from this visit."""
    after = max(visit.held_at + timedelta(days=turn.content.rules.booking.repeat_days), turn.now)
    found = await openings(turn, visit.point, MATCHER, after=after)
    return found[0].slot.starts_at if found else None


async def _further(turn: Turn) -> list[Service]:
    done = {code for visit in await turn.reads.visits() for code in visit.results}
    return further(turn.content, turn.citizen.situations, done)


def _lines(words: list[str]) -> str:
    return "\n".join(f"• {one}" for one in words)


def _say(turn: Turn, key: str, **values: str) -> str:
    return render.say(turn.content, f"visits.{key}", values, office=turn.office, today=turn.today)


@flow.asks("more")
async def ask_more(turn: Turn) -> list[Effect]:
    services = await _further(turn)
    lines = "\n\n".join(_say(turn, "more_line", label=one.label, about=turn.fill(one.about)) for one in services)
    return [Ask("visits.more", [Choice(way) for way in WAYS], lines=lines)] if lines else [Enter("menu")]


@flow.hears("more", anytime=True)
async def more_answered(turn: Turn) -> list[Effect]:
    if turn.heard == "next":
        return await _to_next(turn)
    return [Enter("visits", "more")] if turn.heard == "more" else await way_chosen(turn)


async def way_chosen(turn: Turn) -> list[Effect]:
    return [Enter(turn.heard if turn.heard in WAYS else "menu")]


# nobody came


@flow.staff("visit_missed")
async def missed(turn: Turn) -> list[Effect]:
    visit = await _visit(turn, turn.about)
    if visit is None or Result.NO_SHOW not in visit.results:
        return []
    choices = [Choice(f"{reason}:{visit.booking_id}") for reason in MISSED]
    return [Notice("visits.missed", choices, at="visits.again", subject=None)]


@flow.asks("again")
async def ask_again(turn: Turn) -> list[Effect]:
    reason = turn.data.get("reason")
    kind = {"afraid": "again_afraid", "found_job": "again_good", "no_need": "again_good"}.get(str(reason), "again")
    return [Ask(f"visits.{kind}", [Choice(way) for way in WAYS])]


@flow.hears("again", anytime=True)
async def again_answered(turn: Turn) -> list[Effect]:
    """A reason, with the visit it is about; or a way on."""
    if turn.heard not in MISSED:
        return await way_chosen(turn)
    visit = await _visit(turn, turn.about)
    if visit is None or Result.NO_SHOW not in visit.results:
        return [Enter("visits", "again")]
    counted = CountReason("no_show", visit.booking_id, turn.heard, visit.point)
    return [counted, Enter("visits", "again", reason=turn.heard)]


# other help


@flow.staff("referral_offered")
async def offered(turn: Turn) -> list[Effect]:
    """The help is not named here: others may see the screen of the phone."""
    referral = await _referral(turn, turn.about)
    if referral is None or referral.state is not State.OFFERED:
        return []
    return [Notice("visits.offered", [Choice(f"look:{referral.id}")], at="visits.offer", subject=None)]


@flow.asks("offer")
async def ask_offer(turn: Turn) -> list[Effect]:
    referral = await _referral(turn, str(turn.data.get("referral", "")))
    words = turn.content.visits.referrals.get(referral.kind) if referral else None
    if referral is None or words is None:
        return [Enter("menu")]
    choices = [Choice(f"agree:{referral.id}"), Choice(f"refuse:{referral.id}"), Choice("handover")]
    return [Ask("visits.offer", choices, title=words.title, about=turn.fill(words.about))]


@flow.hears("offer", anytime=True)
async def offer_answered(turn: Turn) -> list[Effect]:
    if turn.heard == "handover":
        return [Enter("handover")]
    referral = await _referral(turn, turn.about)
    if referral is None:
        return [Enter("menu")]
    if turn.heard == "agree":
        return [AnswerReferral(referral.id, State.AGREED), Enter("visits", "agreed")]
    if turn.heard == "refuse":
        refused = AnswerReferral(referral.id, State.REFUSED)
        return [refused, Enter("visits", "why_not", referral=referral.id)]
    return [Enter("visits", "offer", referral=referral.id)]


@flow.asks("agreed")
async def ask_agreed(turn: Turn) -> list[Effect]:
    return [Ask("visits.agreed", [Choice("handover"), Choice("menu")])]


@flow.hears("agreed", anytime=True)
async def agreed_answered(turn: Turn) -> list[Effect]:
    return await way_chosen(turn)


@flow.asks("why_not")
async def ask_why_not(turn: Turn) -> list[Effect]:
    id_ = str(turn.data.get("referral", ""))
    return [Ask("visits.why_not", [*(Choice(f"{reason}:{id_}") for reason in WHY_NOT), Choice("skip")])]


@flow.hears("why_not", anytime=True)
async def why_not_answered(turn: Turn) -> list[Effect]:
    referral = await _referral(turn, turn.about)
    if referral is None or turn.heard not in WHY_NOT:
        return [Enter("visits", "refused")]
    visits = [one for one in await turn.reads.visits() if one.booking_id == referral.booking_id]
    point = visits[0].point if visits else ""
    return [CountReason("refused", referral.id, turn.heard, point), Enter("visits", "refused")]


@flow.asks("refused")
async def ask_refused(turn: Turn) -> list[Effect]:
    return [Ask("visits.refused", [Choice("handover"), Choice("menu")])]


@flow.hears("refused", anytime=True)
async def refused_answered(turn: Turn) -> list[Effect]:
    return await way_chosen(turn)


# what came of it


@flow.reminds(RESULT)
async def time_to_ask(turn: Turn) -> list[Effect]:
    referral = await _referral(turn, turn.about)
    if referral is None or referral.state is not State.PASSED or referral.asked >= ASKED_MOST or not turn.has_consent:
        return []
    return [AskedReferral(referral.id), _went(referral, turn.source)]


async def _passed(turn: Turn) -> list[Effect]:
    """At the next contact it is asked at once; the clock need not ask any more."""
    if not turn.has_consent:
        return []
    waiting = [one for one in await turn.reads.referrals() if one.state is State.PASSED and not one.asked]
    asked: list[Effect] = []
    for referral in waiting[:1]:
        asked += [RemindOn(RESULT, referral.id, None), AskedReferral(referral.id), _went(referral, None)]
    return asked


def _went(referral: ReferralRow, subject: str | None) -> Notice:
    return Notice("visits.went", [Choice(f"{way}:{referral.id}") for way in WENT], at="visits.told", subject=subject)


def _ask_at(turn: Turn) -> datetime:
    day = turn.today + timedelta(days=turn.content.visits.ask_after_days)
    return render.at_hour(day, HOUR, turn.office.timezone)


@flow.asks("told")
async def ask_told(turn: Turn) -> list[Effect]:
    how = str(turn.data.get("how", ""))
    key = how if how in WENT[:3] else "not_yet"
    return [Ask(f"visits.told_{key}", [Choice("handover"), Choice("menu")])]


@flow.hears("told", anytime=True)
async def told_answered(turn: Turn) -> list[Effect]:
    if turn.heard not in WENT:
        return await way_chosen(turn)
    referral = await _referral(turn, turn.about)
    if referral is None or not turn.has_consent:
        return [Enter("menu")]
    if turn.heard == "wont":
        return [AnswerReferral(referral.id, State.REFUSED), Enter("visits", "why_not", referral=referral.id)]
    told = Enter("visits", "told", how=turn.heard)
    if turn.heard == "not_yet":
        return [RemindOn(RESULT, referral.id, _ask_at(turn)), told]
    return [AnswerReferral(referral.id, State.DONE, Outcome(turn.heard)), told]


async def _visit(turn: Turn, booking: str) -> VisitRow | None:
    return next((one for one in await turn.reads.visits() if one.booking_id == booking), None)


def _zone(turn: Turn, point: str) -> str:
    found = turn.content.points.get(point)
    return zone_of(turn.content, found) if found else turn.office.timezone


async def _referral(turn: Turn, id_: str) -> ReferralRow | None:
    return next((one for one in await turn.reads.referrals() if one.id == id_), None)
