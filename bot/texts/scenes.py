"""
Files `talks/*.md`: talks that must go as written, for admins; `check` plays them.

    # Человек собирает план                          a heading begins a talk, with a citizen nobody knows
    Слова до первой строки разговора ничего не значат.

        > /start                                     the citizen typed this
        > [Мой план]                                 pressed the button with this label, the newest that has it
        > (фото)                                     sent something that is no text
        (прошёл 1 день)                              a remark: what happens meanwhile
        < Ваш план: … [Сделано] [Не получается]      the bot said this, with these buttons

In the bot's lines «…» stands for any words, `[…]` at the end for any further buttons; a line without buttons does not
compare them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.messages import Kind
from bot.texts.mistakes import Mistakes, listed, nearest
from bot.texts.tree import decoded

FOLDER = "talks/"
MORE = ("…", "...")
MEDIA = {
    "голосовое": Kind.VOICE, "фото": Kind.PHOTO, "видео": Kind.VIDEO, "файл": Kind.FILE, "стикер": Kind.STICKER,
    "место": Kind.LOCATION, "контакт": Kind.CONTACT, "правка": Kind.EDITED, "другое": Kind.OTHER,
}  # fmt: skip
MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
ONLY_TELLS = "мессенджер только рассказывает"
IS_GONE = "эта часть бота исчезла"
NO_HOURS = "часы офиса не указаны"
ALL_DONE = "все шаги плана сделаны"
ELSEWHERE = "другой мессенджер"
OFFICES = "офисов несколько"
SERVED = "приём состоялся"
CASE_OVER = "обращение закрыто"
FULL = "все места заняты"
FREED = "место освободилось"
CLOSED = "приём отменили"
NO_TIMES = "времени для записи нет"
NO_POINT = "пункта с записью нет"
POINTS = "пунктов несколько"
WEATHER = (
    ONLY_TELLS, IS_GONE, NO_HOURS, ALL_DONE, ELSEWHERE, OFFICES, SERVED, CASE_OVER, FULL, FREED, CLOSED, NO_TIMES,
    NO_POINT, POINTS,
)  # fmt: skip
# what staff do meanwhile
SEATED = "специалист записал на приём"
RECEIVED = "приём прошёл"
TO_ADVISOR = "приём прошёл, дальше консультант"
TO_MATCHER = "приём прошёл, дальше подбор"
SEATED_AGAIN = "приём прошёл, записали на следующий"
REPEAT = "приём прошёл, прийти через неделю"
NO_HELP = "приём прошёл, от помощи отказались"
HANDED_OVER = "приём прошёл, заявление подано"
COPIED = "приём прошёл, документы скопировали"
MISSED = "человек не пришёл"
OFFERED = "специалист предложил другую помощь"
ADDED = "специалист добавил шаг"
PASSED_ON = "просьбу передали"
DONE = "другую помощь получили"
STAFF = (
    SEATED, RECEIVED, TO_ADVISOR, TO_MATCHER, SEATED_AGAIN, REPEAT, NO_HELP, HANDED_OVER, COPIED, MISSED, OFFERED,
    ADDED, PASSED_ON, DONE,
)  # fmt: skip
REQUESTS = (
    TAKEN := "специалист взял обращение",
    ANSWERED := "специалист ответил",
    CORRECTED := "специалист поправил ответ",
    LATER := "специалист ответит позже",
    HANDED_ON := "обращение передали",
    SILENT := "специалист промолчал",
    CASE_CLOSED := "специалист закрыл обращение",
    CASE_RETURNED := "специалист вернулся к обращению",
    QUEUE := "в очереди есть другие",
    UNSEATED := "специалист отменил запись",
    REACHED := "специалист дозвонился",
    NOT_REACHED := "специалист не дозвонился",
)
CODE = "код"  # `> (код)`: the citizen copies the code that the bot showed
REMARKS = (
    "прошёл 1 день", "прошло 3 часа", "прошла неделя", "сейчас 23 ноября 2026, 3:00", *WEATHER,
    "старая кнопка plan.item done:papers", *STAFF, *REQUESTS,
)  # fmt: skip

LINE_CHARS, LINES = 1000, 5000  # of one line; of all talks, or a look at them would take minutes

_PASSED = re.compile(r"прош(?:ёл|ел|ла|ло|ли)\s+(?:(\d{1,3})\s+)?(минут|час|день|дня|дней|недел)\w*\Z")
_NOW = re.compile(rf"сейчас\s+(\d{{1,2}})\s+({'|'.join(MONTHS)})\s+(\d{{4}}),\s*(\d{{1,2}}):(\d{{2}})\Z")
_OLD = re.compile(r"старая кнопка\s+([a-z_]+\.[a-z_]+)\s+([a-z0-9_:-]+)\Z")
_FENCE = ("```", "~~~")


@dataclass(frozen=True, slots=True)
class Typed:
    text: str


@dataclass(frozen=True, slots=True)
class Pressed:
    label: str


@dataclass(frozen=True, slots=True)
class Sent:
    kind: Kind


@dataclass(frozen=True, slots=True)
class Copied:
    """The newest code among the bot's words is typed."""


@dataclass(frozen=True, slots=True)
class Passed:
    """Time goes by."""

    by: timedelta


@dataclass(frozen=True, slots=True)
class Moment:
    """It is this local time of the office now."""

    local: datetime


@dataclass(frozen=True, slots=True)
class OldButton:
    """A button of long ago is pressed: place is "flow.step"."""

    place: str
    choice: str


@dataclass(frozen=True, slots=True)
class Staff:
    """What staff do: one of STAFF or REQUESTS."""

    what: str


@dataclass(frozen=True, slots=True)
class Weather:
    """Odd circumstances: one of WEATHER."""

    what: str


Act = Typed | Pressed | Sent | Copied | Passed | Moment | OldButton | Weather | Staff


@dataclass(frozen=True, slots=True)
class Heard:
    """What the bot must say. labels: None when its buttons do not matter. has_more: other buttons may follow."""

    words: str
    labels: tuple[str, ...] | None
    has_more: bool


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    does: Act | Heard


@dataclass(frozen=True, slots=True)
class Scene:
    """One talk. file: relative to the content's folder. line: of its heading."""

    file: str
    line: int
    title: str
    lines: tuple[Line, ...]


class Unclear(Exception):
    """A line that nobody can play. what, remedy: as in a Mistake."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


def read_scenes(files: Mapping[str, bytes], mistakes: Mistakes) -> list[Scene]:
    """All talks of the content; what cannot be read goes to `mistakes`."""
    scenes: list[Scene] = []
    for name in sorted(files):
        if name.startswith(FOLDER) and name.endswith(".md"):
            text = decoded(name, files[name], mistakes)
            if text is not None:
                scenes += _read(name, text, mistakes)
    if (count := sum(len(scene.lines) for scene in scenes)) > LINES:
        mistakes.add(
            scenes[-1].file, 1, f"во всех разговорах строк больше {LINES}: {count}", "уберите лишние разговоры"
        )
    return scenes


def _read(file: str, text: str, mistakes: Mistakes) -> list[Scene]:
    scenes: list[Scene] = []
    title, start, lines = "", 1, list[Line]()

    def end() -> None:
        if lines:
            scenes.append(Scene(file, start, title, tuple(lines)))

    for number, row in enumerate(text.split("\n"), start=1):
        line = row.strip()
        if not line or line.startswith(_FENCE):
            continue
        if line.startswith("#"):
            end()
            title, start, lines = line.lstrip("# "), number, []
            continue
        is_ours = line[0] in "<>" or (line[0] == "(" and (lines or line[-1] == ")"))
        if not is_ours and not lines:
            continue  # words about the talk
        try:
            lines.append(Line(number, line_of(line)))
        except Unclear as unclear:
            mistakes.add(file, number, unclear.what, unclear.remedy)
        if len(lines) == 1 and isinstance(lines[0].does, Heard):
            mistakes.add(file, number, "разговор начинает бот", "первым говорит человек: начните со строки «> /start»")
    end()
    return scenes


def line_of(line: str) -> Act | Heard:
    """One line of a talk. Raises Unclear."""
    if len(line) > LINE_CHARS:
        raise Unclear(f"строка длиннее {LINE_CHARS} знаков", "оставьте первые слова и «…»")
    if line.startswith("<"):
        return _heard(line[1:].strip())
    if line.startswith(">"):
        return act_of(line[1:].strip())
    if line.startswith("("):
        return _remark(line)
    raise Unclear(
        f"непонятная строка «{line[:40]}»",
        "строка человека начинается с «> », строка бота с «< », ремарка стоит в скобках; пояснения пишите до разговора",
    )


def act_of(said: str) -> Act:
    """What the citizen does: words, `[label]`, `(фото)`. Raises Unclear."""
    if not said:
        raise Unclear("после знака > пусто", "впишите слова человека или [кнопку]")
    if said.startswith("[") and said.endswith("]") and said[1:-1].strip():
        return Pressed(said[1:-1].strip())
    if said.startswith("(") and said.endswith(")"):
        word = said[1:-1].strip().lower()
        if word == CODE:
            return Copied()
        if word not in MEDIA:
            close, known = nearest(word, (*MEDIA, CODE)), listed((*MEDIA, CODE))
            raise Unclear(
                f"неизвестное сообщение «{said[:40]}»", f"возможно, ({close})" if close else f"можно: {known}"
            )
        return Sent(MEDIA[word])
    return Typed(said)


def _heard(said: str) -> Heard:
    rest, labels = _split(said)
    words = " ".join(rest.split())
    has_more = bool(labels) and labels[-1] in MORE
    if has_more:
        labels.pop()
    if not words and not labels:
        raise Unclear("после знака < пусто", "впишите первые слова бота и «…»")
    return Heard(words or "…", tuple(labels) if labels or has_more else None, has_more)


def _split(said: str) -> tuple[str, list[str]]:
    """The words, and the labels of the [buttons] at the end. From the right: the words may be long and full of [."""
    labels: list[str] = []
    while said.endswith("]") and (start := said.rfind("[")) >= 0:
        label = said[start + 1 : -1]
        if not label or "]" in label:
            break
        labels.append(" ".join(label.split()))
        said = said[:start].rstrip()
    return said, labels[::-1]


def _remark(line: str) -> Act:
    said = " ".join(line.removeprefix("(").removesuffix(")").lower().split())
    if match := _PASSED.match(said):
        number, unit = int(match[1] or 1), match[2]
        names = {"минут": "minutes", "час": "hours", "недел": "weeks"}
        return Passed(timedelta(**{names.get(unit, "days"): number}))
    if match := _NOW.match(said):
        day, month, year, hour, minute = match.groups()
        try:
            local = datetime(int(year), MONTHS.index(month) + 1, int(day), int(hour), int(minute))  # noqa: DTZ001
        except ValueError:
            raise Unclear(f"такого времени нет: «{said[:40]}»", "проверьте число и часы") from None
        return Moment(local)
    if match := _OLD.match(said):
        return OldButton(match[1], match[2])
    if said in WEATHER:
        return Weather(said)
    if said in STAFF or said in REQUESTS:
        return Staff(said)
    close = nearest(said, REMARKS)
    shown = f"возможно, ({close})" if close else "можно: " + listed((f"({one})" for one in REMARKS), limit=9)
    raise Unclear(f"непонятная ремарка «{line[:40]}»", shown)


def fits(expected: str, said: str) -> bool:
    """Whether these words were said; «…» stands for any. White space does not matter."""
    said = " ".join(said.split())
    parts = [part.strip() for part in expected.replace("...", "…").split("…")]
    if len(parts) == 1:
        return said == parts[0]
    if not said.startswith(parts[0]):
        return False
    place = len(parts[0])
    for part in parts[1:-1]:
        found = said.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    return len(said) - place >= len(parts[-1]) and said.endswith(parts[-1])
