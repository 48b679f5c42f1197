"""Files `pages/<id>.yaml` and `situations/<id>/days.yaml`: what one reads on, and takes along."""

from bot.texts.fact import CONFIDENCES, UNSURE
from bot.texts.reader import Reader
from bot.texts.situation import Days, FurtherPage

PAGE_CHARS = 3000  # one screen, with room for the marks of unconfirmed figures
DAYS_CHARS = 3300  # all days together are one message to pass on, with dates about two sheets of paper
LAST_DAY = 60
TITLE_CHARS = 80


def read_page(ident: str, reader: Reader, not_sure: str) -> FurtherPage:
    """One page of further reading. not_sure: sentence added to a page that nobody confirmed."""
    confidence = reader.choice("confidence", CONFIDENCES)
    text = reader.text("text", limit=PAGE_CHARS)
    page = FurtherPage(
        id=ident,
        label=reader.label("label"),
        order=reader.whole("order", 0, 9999),
        text=f"{text}\n\n{not_sure}" if confidence in UNSURE else text,
        situations=reader.lines("situations", optional=True, is_heard=True),
        source=reader.plain("source"),
        confidence=confidence,
    )
    reader.done()
    return page


def read_days(reader: Reader) -> tuple[Days, ...]:
    """«Первые 10 дней» by day."""
    found = [_read_days(name, part) for name, part in reader.children()]
    reader.done()
    chars = sum(len(part.title) + sum(map(len, part.do)) for part in found)
    if chars > DAYS_CHARS and found:
        reader.wrong(found[-1].id, f"уже не поместится: вместе {chars} знаков", f"сократите все дни до {DAYS_CHARS}")
    return tuple(sorted(found, key=lambda part: (part.from_day, part.to_day)))


def _read_days(ident: str, part: Reader) -> Days:
    from_day = part.whole("from_day", 1, LAST_DAY)
    to_day = part.whole("to_day", 1, LAST_DAY) if part.has("to_day") else from_day
    is_sure = part.plain("from_day", optional=True).isdecimal()  # a wrong one is told already
    if to_day < from_day and is_sure:
        part.wrong("to_day", f"раньше, чем from_day: {to_day} и {from_day}", "поменяйте их местами")
    title = part.text("title", limit=TITLE_CHARS)
    if "\n" in title:
        part.wrong("title", "в несколько строк", "напишите в одну строку")
    found = Days(ident, from_day, to_day, title, part.lines("do"))
    part.node("to_day")  # may be left out
    part.done()
    return found
