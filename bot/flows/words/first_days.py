"""«Первые 10 дней» in words: dates counted from the day of release, or the number of the day."""

from collections.abc import Callable
from datetime import date, timedelta

from bot.texts import render
from bot.texts.dates import read_day
from bot.texts.schema import Content, Need
from bot.texts.situation import Days

AGO = timedelta(days=31)  # who has just come back may still want to count
AHEAD = timedelta(days=3 * 365)
NEEDS = {"part": Need(("days", "title", "do")), "day": Need(("day",)), "several": Need(("first", "last"))}


def counted_from(text: str, today: date) -> date | None:
    """The day of release as typed, None for what is no day or too far from today."""
    day = read_day(text, today)
    return day if day is not None and today - AGO <= day <= today + AHEAD else None


def bounds(today: date) -> dict[str, str]:
    """The first and the last day that is taken, in words."""
    return {"first": render.date_words(today - AGO), "last": render.date_words(today + AHEAD)}


def span(content: Content, part: Days, released: date | None, today: date) -> str:
    """«пн 14 – вт 15 июня»; without a date «день 1», «дни 2–3»."""
    if released is not None:
        first, last = (released + timedelta(days=number - 1) for number in (part.from_day, part.to_day))
        return render.span_words(first, last)
    if part.from_day == part.to_day:
        return render.say(content, "days.day", {"day": part.from_day}, today=today)
    return render.say(content, "days.several", {"first": part.from_day, "last": part.to_day}, today=today)


def days_text(
    content: Content, parts: tuple[Days, ...], released: date | None, fill: Callable[[str], str], today: date
) -> str:
    """All days as paragraphs. fill: puts facts and contacts in."""
    return "\n\n".join(
        render.say(
            content,
            "days.part",
            {
                "days": span(content, part, released, today),
                "title": fill(part.title),
                "do": fill("\n".join(f"• {line}" for line in part.do)),
            },
            today=today,
        ).rstrip()
        for part in parts
    )
