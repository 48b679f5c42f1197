"""
Files `roles.yaml`, `points/<id>.yaml` and `calendar.yaml`: who receives, where, when; days off and moved working days.
"""

import re
from collections.abc import Collection, Mapping
from datetime import date, time, timedelta

from bot.texts.booking import BookingRules, Point, Role, Shift, Spans
from bot.texts.figures import CLOSED, DASH, days_of
from bot.texts.office import WEEKDAYS
from bot.texts.profile import near
from bot.texts.reader import Reader, clock_of
from bot.texts.schema import frozen

CODE = re.compile(r"[a-z0-9]\Z")
PERIOD = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\s*(?:\.\.|—|–|\s-\s)\s*(\d{4}-\d{2}-\d{2}))?\Z")
PERIOD_DAYS = 366
WORKING = "рабочий"
AS_WEEKDAY = re.compile(rf"как ({'|'.join(WEEKDAYS)})\Z")
FORM = "пишите, например, 9:00-13:00, 14:00-18:00"


def read_booking_rules(reader: Reader) -> BookingRules:
    """The part `booking` of rules.yaml."""
    found = BookingRules(
        hold_minutes=reader.whole("hold_minutes", 1, 60),
        remind_day_before_hour=reader.whole("remind_day_before_hour", 0, 23),
        remind_hours_before=reader.whole("remind_hours_before", 1, 12),
        offer_minutes=reader.whole("offer_minutes", 5, 1440),
        reoffer_hours=reader.whole("reoffer_hours", 1, 168),
        repeat_days=reader.whole("repeat_days", 1, 60),
        repeats_to_lead=reader.whole("repeats_to_lead", 1, 12),
    )
    reader.done()
    return found


def read_roles(reader: Reader) -> dict[str, Role]:
    """Every specialist one can book."""
    found: dict[str, Role] = {}
    taken: dict[str, str] = {}
    for ident, role in reader.children():
        code = role.plain("code")
        if code and not CODE.match(code):
            role.wrong("code", f"не подходит: «{code[:20]}»", "впишите одну строчную латинскую букву или цифру")
        elif other := taken.get(code):
            role.wrong("code", f"уже у «{other}»", "дайте каждому специалисту свою букву")
        taken.setdefault(code, ident)
        found[ident] = Role(ident, code, role.label("name"), role.text("does", limit=300))
        role.done()
    reader.done()
    return found


def read_calendar(reader: Reader) -> dict[date, int | None]:
    """Local day → weekday whose shifts hold on it, None for a day off."""
    found: dict[date, int | None] = {}
    for name in reader.names():
        says = reader.plain(name, optional=True).lower()
        days = _period(reader, name)
        as_weekday = AS_WEEKDAY.match(says)
        if says not in (WORKING, *CLOSED) and not as_weekday:
            remedy = "напишите выходной, рабочий или, например, «как вт»: по расписанию вторника"
            reader.wrong(name, f"непонятное слово «{says[:60]}»", remedy)
        for day in days:
            if day in found:
                reader.wrong(name, f"второй раз называет день {day}", "оставьте каждый день один раз")
            weekday = WEEKDAYS.index(as_weekday[1]) if as_weekday else day.weekday()
            found[day] = None if says in CLOSED else weekday
    reader.done()
    return found


def read_point(
    ident: str,
    reader: Reader,
    *,
    offices: Collection[str] | None,
    situations: Collection[str],
    roles: Mapping[str, Role] | None,
) -> Point:
    """One point. offices, roles: None while nobody can read them."""
    needs_verification = reader.flag("needs_verification")
    office = reader.ident("office")
    if office and offices is not None and office not in offices:
        reader.wrong("office", f"нет офиса «{office}»", near(office, offices, "offices"))
    slot_minutes = reader.whole("slot_minutes", 5, 240)
    point = Point(
        id=ident,
        office=office,
        name=reader.text("name", limit=200),
        address=reader.text("address", limit=300),
        landmark=reader.text("landmark", optional=True, limit=300),
        is_bailiffs=reader.text("is_bailiffs", optional=True, limit=600),
        bring=reader.lines("bring", limit=120),
        situations=_situations(reader, situations),
        slot_minutes=slot_minutes,
        places=reader.whole("places", 1, 50),
        walk_in_places=reader.whole("walk_in_places", 0, 50),
        lead_hours=reader.whole("lead_hours", 0, 336),
        horizon_days=reader.whole("horizon_days", 1, 90),
        shifts=_shifts(reader, roles, slot_minutes),
        closed=frozen(_closed(reader)),
        exceptions=frozen(_exceptions(reader, roles, slot_minutes)),
        needs_verification=needs_verification,
    )
    if both := point.closed.keys() & point.exceptions.keys():
        reader.wrong("exceptions", f"называет день {min(both)}, а он есть и в closed", "оставьте что-то одно")
    reader.done()
    return point


def _situations(reader: Reader, known: Collection[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for line, ident in reader.words("situations", limit=60):
        if ident not in known:
            what = f"нет жизненной ситуации «{ident}»"
            reader.wrong_at(line, "situations", what, near(ident, known, "situations"))
        found[ident] = None
    return tuple(found)


def _shifts(reader: Reader, roles: Mapping[str, Role] | None, slot_minutes: int) -> tuple[Shift, ...]:
    week = reader.child("shifts")
    found: dict[tuple[int, str], Shift] = {}
    if week is None:
        return ()
    for name in week.names():
        weekdays = days_of(name)
        if not weekdays:
            remedy = f"пишите {', '.join(WEEKDAYS)} или промежуток, например вт-чт"
            week.wrong(name, "не день недели", remedy)
        if (day := week.child(name)) is None:
            continue
        hours = _hours_by_role(day, roles, slot_minutes, week, name)
        for weekday in weekdays:
            for role, spans in hours.items():
                if (weekday, role) in found:
                    what = f"часы пересекаются: «{role}» в «{WEEKDAYS[weekday]}» уже есть выше"
                    week.wrong(name, what, "оставьте его в этом дне один раз, часы через запятую")
                elif spans:
                    found[weekday, role] = Shift(role, weekday, spans)
    week.done()
    if not found:
        reader.wrong("shifts", "нет ни одной смены", "впишите день, специалиста и часы")
    return tuple(found[key] for key in sorted(found))


def _exceptions(reader: Reader, roles: Mapping[str, Role] | None, slot_minutes: int) -> dict[date, Mapping[str, Spans]]:
    found: dict[date, Mapping[str, Spans]] = {}
    days = reader.child("exceptions", optional=True)
    for name in days.names() if days is not None else ():
        assert days is not None
        period = _period(days, name)
        if (day := days.child(name)) is None:
            continue
        hours = _hours_by_role(day, roles, slot_minutes, days, name)
        for one in period:
            if one in found:
                days.wrong(name, f"второй раз называет день {one}", "оставьте каждый день один раз")
            found[one] = frozen(hours)
    if days is not None:
        days.done()
    return found


def _hours_by_role(
    reader: Reader, roles: Mapping[str, Role] | None, slot_minutes: int, above: Reader, day: str
) -> dict[str, Spans]:
    found = {}
    for role in reader.names():
        if roles is not None and role not in roles:
            reader.wrong(role, "нет такого специалиста", near(role, roles, "roles.yaml"))
        found[role] = _spans(reader, role, slot_minutes)
    if not found:
        above.wrong(day, "смена без специалиста", "впишите, кто принимает, и часы")
    reader.done()
    return found


def _spans(reader: Reader, name: str, slot_minutes: int) -> Spans:
    """«9:00-13:00, 14:00-17:00», in order; what is wrong with it is noted."""
    text = reader.plain(name, optional=True, limit=200)
    if text.lower() in CLOSED:
        return ()
    found: list[tuple[time, time]] = []
    for part in text.split(","):
        ends = [clock_of(end) for end in DASH.split(part.strip())]
        start, end = ends if len(ends) == 2 else (None, None)
        if start is None or end is None:
            reader.wrong(name, f"не часы приёма: «{part.strip()[:60]}»", FORM)
        elif start >= end:
            remedy = "смена кончается в тот же день: разделите её на два дня"
            reader.wrong(name, f"часы вне дня: «{part.strip()[:60]}»", remedy)
        elif found and start < found[-1][1]:
            remedy = "начните после того, как кончатся предыдущие часы"
            reader.wrong(name, f"часы пересекаются: «{part.strip()[:60]}»", remedy)
        elif _minutes(end) - _minutes(start) < slot_minutes:
            what = f"часы короче одной записи: «{part.strip()[:60]}»"
            reader.wrong(name, what, f"дайте не меньше {slot_minutes} минут или поменяйте slot_minutes")
        else:
            found.append((start, end))
    return tuple(found)


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _closed(reader: Reader) -> dict[date, str]:
    days = reader.child("closed", optional=True)
    found: dict[date, str] = {}
    for name in days.names() if days is not None else ():
        assert days is not None
        reason = days.text(name, limit=120, is_filled=False)
        for day in _period(days, name):
            if day in found:
                days.wrong(name, f"второй раз называет день {day}", "оставьте каждый день один раз")
            found[day] = reason
    if days is not None:
        days.done()
    return found


def _period(reader: Reader, name: str) -> list[date]:
    """«2027-01-11» or «2027-01-11..2027-01-15» as days, empty (noted) for anything else."""
    form = PERIOD.match(name.strip())
    try:
        first, last = (date.fromisoformat(one) for one in (form[1], form[2] or form[1])) if form else (None, None)
    except ValueError:
        first, last = None, None
    if first is None or last is None or not timedelta(0) <= last - first < timedelta(days=PERIOD_DAYS):
        remedy = "пишите год, месяц и день: 2027-01-11 или 2027-01-11..2027-01-15"
        reader.wrong(name, "не день и не промежуток", remedy)
        return []
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
