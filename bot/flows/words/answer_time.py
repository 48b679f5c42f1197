"""When a specialist answers, honestly: by the office's hours, days off and short days."""

from bot.booking.promises import is_open, next_opening
from bot.engine.turn import Turn
from bot.texts import render


def answer_time(turn: Turn) -> str:
    """Open now: within so many working hours. Closed: from the next opening. Hours unknown: says so."""
    content, office = turn.content, turn.office
    if is_open(content, office, turn.now):
        hours = render.counted(content.rules.answer_hours, "рабочего часа", "рабочих часов", "рабочих часов")
        return render.say(content, "handover.when_open", {"hours": hours}, today=turn.today)
    opening = next_opening(content, office, turn.now)
    if opening is None:
        return render.say(content, "handover.when_unknown", {}, today=turn.today)
    day = render.day_words(opening, office.timezone, turn.now)
    values = {"day": day, "time": render.time_words(opening, office.timezone)}
    return render.say(content, "handover.when_closed", values, today=turn.today)
