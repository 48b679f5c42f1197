"""
A change in life that is asked about on a day which the citizen named, as the answer to a question of kind `date`.

The reminder follows the answer: named anew it moves, forgotten it goes. Its subject is «on:» and the change.
"""

from datetime import date, datetime

from bot.engine.effects import RemindOn
from bot.engine.turn import Turn
from bot.texts import render
from bot.texts.situation import Event

KIND = "release"
HOUR = 10  # local
_SUBJECT = "on:"  # no plan item's id has a colon


def event_of(turn: Turn) -> Event | None:
    """The change that a due reminder asks about."""
    return turn.content.events.get(turn.about.removeprefix(_SUBJECT))


def ask_on(turn: Turn, event: Event, day: date | None) -> RemindOn:
    """Ask about the change on that local day, the next morning if it is over. None: never."""
    return RemindOn(KIND, f"{_SUBJECT}{event.id}", moment_on(turn, day) if day else None)


def moment_on(turn: Turn, day: date) -> datetime:
    zone = turn.office.timezone
    return max(render.at_hour(day, HOUR, zone), render.next_hour(turn.now, HOUR, zone))


def after_answer(turn: Turn, question: str, value: str | None) -> list[RemindOn]:
    """What follows from an answer as stored. A day that is over is asked about only where it would change something."""
    found = []
    for event in turn.content.events.values():
        if event.asked_on != question:
            continue
        day = _day(value)
        is_over = day is not None and day <= turn.today and not set(event.removes) & set(turn.citizen.situations)
        found.append(ask_on(turn, event, None if is_over else day))
    return found


async def after_resume(turn: Turn) -> list[RemindOn]:
    """Reminders are wanted again: days still to come are asked about as if they had been named now."""
    asked = [event for event in turn.content.events.values() if event.asked_on]
    if not asked or not turn.has_consent or turn.policy != "full":
        return []
    answers = await turn.reads.answers()
    days = [(event, _day(answers.get(event.asked_on))) for event in asked]
    return [ask_on(turn, event, day) for event, day in days if day is not None and day > turn.today]


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value or "")
    except ValueError:
        return None
