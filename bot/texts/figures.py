"""Files `facts.yaml` and `offices/<id>.yaml`: figures, terms, phones, addresses, hours."""

import re
from datetime import time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.texts.fact import CONFIDENCES, Fact
from bot.texts.office import WEEKDAYS, Office
from bot.texts.reader import Reader, clock_of
from bot.texts.schema import frozen

Spans = tuple[tuple[time, time], ...]
DASH = re.compile(r"\s*[-–—]\s*")
CLOSED = ("", "выходной", "закрыто")
FACT_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")


def read_facts(reader: Reader) -> dict[str, Fact]:
    """All facts by key."""
    facts = {}
    for key, fact in reader.children(ids=FACT_KEY):
        facts[key] = Fact(
            key=key,
            value=fact.text("value", limit=300),
            as_of=fact.day("as_of"),
            check_by=fact.day("check_by"),
            source=fact.plain("source"),
            confidence=fact.choice("confidence", CONFIDENCES),
        )
        if facts[key].check_by < facts[key].as_of:
            fact.wrong("check_by", "раньше, чем as_of", "поставьте день, до которого значение можно показывать")
        fact.done()
    reader.done()
    return facts


def read_office(ident: str, reader: Reader) -> Office:
    """One office. Address and hours may be empty only while nobody confirmed them."""
    needs_verification = reader.flag("needs_verification")
    contacts: dict[str, str] = {}
    listed = reader.child("contacts", optional=True)
    if listed is not None:
        contacts = {
            key: listed.text(key, optional=True, limit=300) for key in listed.names() if listed.is_id(key, FACT_KEY)
        }
        listed.done()
    office = Office(
        id=ident,
        name=reader.text("name", limit=200),
        short_name=reader.label("short_name"),
        address=reader.text("address", optional=needs_verification, limit=300),
        landmark=reader.text("landmark", optional=True, limit=300),
        phone=reader.text("phone", optional=True, limit=100),
        hours=frozen(_read_hours(reader, optional=needs_verification)),
        timezone=_read_zone(reader),
        needs_verification=needs_verification,
        contacts=frozen(contacts),
        is_default=reader.flag("is_default", default=False),
    )
    reader.done()
    return office


def _read_zone(reader: Reader) -> str:
    name = reader.plain("timezone")
    try:
        ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        reader.wrong(
            "timezone", f"неизвестный часовой пояс «{name[:60]}»", "впишите, например, Asia/Barnaul или Europe/Moscow"
        )
        return "UTC"
    return name or "UTC"


def _read_hours(reader: Reader, *, optional: bool) -> dict[int, Spans]:
    hours = reader.child("hours", optional=optional)
    found: dict[int, Spans] = {}
    if hours is None:
        return found
    for name in hours.names():
        days = days_of(name)
        text = hours.plain(name, optional=True)
        if not days:
            hours.wrong(name, "не день недели", f"пишите {', '.join(WEEKDAYS)} или промежуток, например пн-чт")
            continue
        spans = _spans(text)
        if spans is None:
            hours.wrong(name, f"не часы работы: «{text[:60]}»", "пишите, например, 9:00-13:00, 14:00-18:00")
            continue
        for day in days:
            if day in found:
                hours.wrong(name, f"второй раз называет день «{WEEKDAYS[day]}»", "оставьте каждый день один раз")
            elif spans:
                found[day] = spans
    hours.done()
    if not found and not optional:
        reader.wrong("hours", "нет ни одного рабочего дня", "впишите часы, например «пн-пт: 9:00-18:00»")
    return dict(sorted(found.items()))


def days_of(name: str) -> range:
    """«вт» or «вт-чт» as weekdays, 0 = Monday; empty for anything else."""
    ends = DASH.split(name.strip().lower())
    if len(ends) > 2 or any(end not in WEEKDAYS for end in ends):
        return range(0)
    return range(WEEKDAYS.index(ends[0]), WEEKDAYS.index(ends[-1]) + 1)


def _spans(text: str) -> Spans | None:
    """«9:00-13:00, 14:00-18:00» as spans, in order and apart; None for anything else."""
    if text.lower() in CLOSED:
        return ()
    spans: list[tuple[time, time]] = []
    for part in text.split(","):
        ends = [clock_of(end) for end in DASH.split(part.strip())]
        if len(ends) != 2:
            return None
        start, end = ends
        if start is None or end is None or start >= end or (spans and start < spans[-1][1]):
            return None
        spans.append((start, end))
    return tuple(spans)
