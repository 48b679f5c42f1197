"""When a specialist answers, honestly, from the office's hours."""

from datetime import datetime, timedelta

from bot.engine.turn import Turn
from bot.texts import render
from bot.texts.office import Office

DAYS_AHEAD = 14  # longer than any row of holidays we promise over


def answer_time(turn: Turn) -> str:
    """Open now: within so many working hours. Closed: from the next opening. Hours unknown: says so."""
    content, office = turn.content, turn.office
    now = render.local(turn.now, office.timezone)
    if any(opens <= now.time() < closes for opens, closes in office.hours.get(now.weekday(), ())):
        hours = render.counted(content.rules.answer_hours, "рабочего часа", "рабочих часов", "рабочих часов")
        return render.say(content, "handover.when_open", {"hours": hours}, today=turn.today)
    opening = next_opening(office, now)
    if opening is None:
        return render.say(content, "handover.when_unknown", {}, today=turn.today)
    day = render.day_words(opening, office.timezone, turn.now)
    values = {"day": day, "time": render.time_words(opening, office.timezone)}
    return render.say(content, "handover.when_closed", values, today=turn.today)


def next_opening(office: Office, now: datetime) -> datetime | None:
    """The next local time at which the office opens; now: local."""
    for ahead in range(DAYS_AHEAD):
        day = now + timedelta(days=ahead)
        for opens, _ in office.hours.get(day.weekday(), ()):
            moment = day.replace(hour=opens.hour, minute=opens.minute, second=0, microsecond=0)
            if moment > now:
                return moment
    return None
