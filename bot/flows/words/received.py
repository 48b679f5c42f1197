"""The part of the copy of one's data that tells what came of visits, and where else one was sent."""

from bot.booking.slots import zone_of
from bot.texts import render
from bot.texts.schema import Content, Need
from storage.extract import Extract
from storage.referrals import ReferralRow, State
from storage.visits import VisitRow

WORDS = {
    "file_visits": Need(),
    "file_visit": Need(("day", "results", "next", "resume", "application")),
    "file_visit_papers": Need(("day", "papers")),
    "file_referral": Need(("day", "kind", "state")),
    **{f"file_referral_{state}": Need() for state in State},
    "file_reminder_referral": Need(("day", "time")),
}


def lines(content: Content, extract: Extract) -> list[str]:
    """A line each, as staff recorded it; empty when nobody was received and nothing was offered."""
    found = [line for visit in extract.visits for line in _visit(content, visit)]
    found += [_referral(content, one) for one in extract.referrals]
    return [_say(content, "visits"), *found] if found else []


def _visit(content: Content, visit: VisitRow) -> list[str]:
    words, point = content.visits, content.points.get(visit.point)
    zone = zone_of(content, point) if point else content.default_office.timezone
    day = f"{render.local(visit.held_at, zone):%d.%m.%Y}"
    said = _say(
        content,
        "visit",
        day=day,
        results=", ".join(words.results.get(code, code) for code in visit.results),
        next=words.next.get(visit.next_step, visit.next_step),
        resume=words.resume.get(visit.resume, visit.resume),
        application=words.application.get(visit.application, visit.application),
    )
    papers = ", ".join(words.papers.get(one, one) for one in visit.papers)
    return [said, *([_say(content, "visit_papers", day=day, papers=papers)] if papers else [])]


def _referral(content: Content, one: ReferralRow) -> str:
    day = f"{render.local(one.offered_at, content.default_office.timezone):%d.%m.%Y}"
    words = content.visits.referrals.get(one.kind)
    state = _say(content, f"referral_{one.state}")
    return _say(content, "referral", day=day, kind=words.label if words else one.kind, state=state)


def _say(content: Content, key: str, **values: str) -> str:
    return render.say(content, f"my_data.file_{key}", values)
