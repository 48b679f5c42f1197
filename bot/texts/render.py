"""
Content → words on the screen. The only place where times become local.

All functions are pure: the same content, values and day give the same words. Values (a citizen's own words among them)
are put in as they are and never read as placeholders.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.texts.office import WEEKDAYS, Office
from bot.texts.schema import Content
from bot.texts.template import NAMESPACES, Sentence, sentences

ON_DAY = (
    "в понедельник", "во вторник", "в среду", "в четверг", "в пятницу", "в субботу", "в воскресенье",
)  # fmt: skip
MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
MONTH_NAMES = (
    "январь", "февраль", "март", "апрель", "май", "июнь",
    "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip
BAR_CELLS = 10
NOTHING: Mapping[str, object] = {}


def say(
    content: Content, key: str, values: Mapping[str, object], *, office: Office | None = None, today: date | None = None
) -> str:
    """
    The text of this key with values put in. office, today: as in `fill`, for texts with facts and contacts.

    Raises KeyError: no such text, or a value that the text needs was not given.
    """
    text = content.texts[key]
    if not text.is_simple:
        return _filled(content, text.text, values, office, today)
    if not text.names:
        return text.text
    return text.pattern % tuple([values[name] for name in text.names])


def button(content: Content, key: str, choice: str) -> str:
    """The label of a choice of this text. Raises KeyError when the text has no such choice."""
    return content.texts[key].buttons[choice]


def fill(content: Content, template: str, office: Office | None, *, today: date | None = None) -> str:
    """
    An answer, a line of a plan or a page with facts, office and contacts put in.

    office: None = the default one. A sentence whose contact is empty is dropped and «Контакты уточните у специалиста.»
    added (once). A sentence with something unconfirmed gets «Уточните это у специалиста.» after it; so does one with an
    expired fact when `today` (the office's local day) is given.
    """
    return _filled(content, template, NOTHING, office, today)


def local(moment: datetime, zone: str) -> datetime:
    """The moment in local time. zone: IANA name. Raises ValueError for a moment without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment.astimezone(ZoneInfo(zone))


def day_words(moment: datetime, zone: str, now: datetime | None = None) -> str:
    """
    «во вторник, 24 ноября». now: given, near days are «сегодня, 24 ноября», «завтра, …», and another year is named.
    """
    day = local(moment, zone).date()
    words = f"{ON_DAY[day.weekday()]}, {day.day} {MONTHS[day.month - 1]}"
    if now is None:
        return words
    this = local(now, zone).date()
    if day in (this, this + timedelta(days=1)):
        return f"{'сегодня' if day == this else 'завтра'}, {day.day} {MONTHS[day.month - 1]}"
    return words if day.year == this.year else f"{words} {day.year} года"


def date_words(day: date) -> str:
    """«12 июня 2027 года»."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year} года"


def span_words(first: date, last: date) -> str:
    """«сб 12 июня», «пн 14 – вт 15 июня», «ср 30 июня – пт 2 июля»."""
    end = f"{WEEKDAYS[last.weekday()]} {last.day} {MONTHS[last.month - 1]}"
    if first == last:
        return end
    month = "" if first.month == last.month else f" {MONTHS[first.month - 1]}"
    return f"{WEEKDAYS[first.weekday()]} {first.day}{month} – {end}"


def month_words(day: date) -> str:
    """«июнь 2027»."""
    return f"{MONTH_NAMES[day.month - 1]} {day.year}"


def short_day(moment: datetime, zone: str) -> str:
    """«вт 24.11», for button labels."""
    day = local(moment, zone).date()
    return f"{WEEKDAYS[day.weekday()]} {day:%d.%m}"


def time_words(moment: datetime, zone: str) -> str:
    """«14:00», «9:30»."""
    return _clock(local(moment, zone).time())


def at_hour(day: date, hour: int, zone: str) -> datetime:
    """The moment, UTC, at which the clocks of the zone show this full hour on that day."""
    return datetime.combine(day, time(hour), ZoneInfo(zone)).astimezone(UTC)


def next_hour(now: datetime, hour: int, zone: str) -> datetime:
    """The next moment, UTC, at which the clocks of the zone show this full hour; never now itself."""
    today = local(now, zone).date()
    moment = at_hour(today, hour, zone)
    return moment if moment > now else at_hour(today + timedelta(days=1), hour, zone)


def hours_words(office: Office) -> str:
    """«пн–чт 9:00–13:00 и 14:00–18:00, пт 9:00–17:00»; empty when the hours are not known. Days left out are closed."""
    groups: list[tuple[list[int], tuple[tuple[time, time], ...]]] = []
    for day, spans in sorted(office.hours.items()):
        if not spans:
            continue
        if groups and groups[-1][1] == spans and groups[-1][0][-1] == day - 1:
            groups[-1][0].append(day)
        else:
            groups.append(([day], spans))
    words = []
    for days, spans in groups:
        name = WEEKDAYS[days[0]] if len(days) == 1 else f"{WEEKDAYS[days[0]]}–{WEEKDAYS[days[-1]]}"
        words.append(f"{name} {' и '.join(f'{_clock(start)}–{_clock(end)}' for start, end in spans)}")
    return ", ".join(words)


def progress(done: int, total: int) -> str:
    """«3 из 9  ▰▰▰▱▱▱▱▱▱»; above ten items the bar shows tenths, and the first step already shows."""
    cells = min(total, BAR_CELLS)
    full = done if total <= BAR_CELLS else max(min(done, 1), done * cells // total)
    return f"{done} из {total}  {'▰' * full}{'▱' * (cells - full)}".rstrip()


def counted(number: int, one: str, few: str, many: str) -> str:
    """«1 шаг», «2 шага», «5 шагов»."""
    if number % 10 == 1 and number % 100 != 11:
        return f"{number} {one}"
    return f"{number} {few if 2 <= number % 10 <= 4 and not 12 <= number % 100 <= 14 else many}"


def _clock(moment: time) -> str:
    return f"{moment.hour}:{moment.minute:02}"


def _filled(
    content: Content, text: str, values: Mapping[str, object], office: Office | None, today: date | None
) -> str:
    if "{" not in text:
        return text
    place = office or content.default_office
    kept: list[list[str]] = []  # words, gap
    doubtful: list[bool] = []
    is_missing = False
    for sentence in sentences(text):
        words, is_empty, is_doubtful = _sentence(content, sentence, values, place, today)
        if is_empty:
            is_missing = True
            if kept and "\n" in sentence.gap and "\n" not in kept[-1][1]:
                kept[-1][1] = sentence.gap
            continue
        kept.append([words, sentence.gap])
        doubtful.append(is_doubtful)
    mark = content.texts["common.not_sure"].text
    for index, (line, is_doubtful) in enumerate(zip(kept, doubtful, strict=True)):
        ends = index + 1 == len(kept) or "\n" in line[1] or not doubtful[index + 1]
        is_said = index + 1 < len(kept) and kept[index + 1][0] == mark  # the whole answer is unconfirmed too
        if is_doubtful and ends and not is_said:
            line[0] += f" {mark}"
    said = "".join(words + gap for words, gap in kept).strip()
    if not is_missing:
        return said
    ask = content.texts["common.no_contact"].text
    gap = "\n" if "\n" in text else " "
    return f"{said}{gap}{ask}" if said else ask


def _sentence(
    content: Content, sentence: Sentence, values: Mapping[str, object], office: Office, today: date | None
) -> tuple[str, bool, bool]:
    """Words of one sentence; something in it is empty; something in it is doubtful."""
    words = []
    is_empty = is_doubtful = False
    for index, part in enumerate(sentence.parts):
        if index % 2 == 0:
            words.append(part)
            continue
        space, _, key = part.partition(".")
        if space not in NAMESPACES or not key:
            words.append(str(values[part]))
            continue
        if space == "fact":
            fact = content.facts[key]
            value, is_sure = fact.value, not fact.is_doubtful(today)
        elif space == "office":
            value, is_sure = _office_field(office, key), key in ("name", "short_name") or not office.needs_verification
        else:
            value, is_sure = (office.phone if key == "czn_phone" else office.contacts.get(key, "")), True
        words.append(value)
        is_empty = is_empty or not value
        is_doubtful = is_doubtful or not is_sure
    return "".join(words), is_empty, is_doubtful


def _office_field(office: Office, field: str) -> str:
    if field == "hours":
        return hours_words(office)
    value = getattr(office, field)
    assert isinstance(value, str)
    return value
