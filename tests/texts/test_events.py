"""Changes in life and the question after a long silence: read, compared, each mistake told with its place."""

from collections.abc import Mapping

import pytest

from bot.texts.load import load
from bot.texts.rules import Nudge
from bot.texts.schema import Content
from tests.texts.conftest import NEEDS, Files, lines_of
from tests.texts.sample import SAMPLE

EVENTS = "events.yaml"
RULES = "rules.yaml"

LIFE: Mapping[str, str] = {
    EVENTS: """found_job:
  label: Есть работа
  says: [Нашёл работу, есть работа]
  text: Поздравляем! Пошлина {fact.fee}.
  opens: [resume]
  leads: [plan, "item:papers", "question:faq-001", "info:released"]
released:
  label: Я на свободе
  situations: [other]
  text: Здравствуйте!
  adds: [released]
  removes: [other]
  leads: [plan]
  asked_on: day
  ask: Вы уже дома?
moved:
  label: Переезд
  text: Где вы теперь?
  leads: [handover]
""",
    RULES: SAMPLE[RULES]
    + """nudge:
  after_days: 21
  every_days: 30
  times: 3
  hour: 12
  events: [found_job]
""",
    "profile.yaml": """day:
  label: День
  ask: Какого числа?
  why: Посчитаем дни.
  kind: date
papers:
  label: Документы
  ask: Какие?
  why: Подскажем.
  kind: one
  choices:
    all: Все
    none: Никаких
""",
}

CASES = [
    (EVENTS, "opens: [resume]", "opens: [resme]", "5: в «found_job.opens» нет шага плана «resme»: возможно, resume"),
    (
        EVENTS,
        "adds: [released]",
        "adds: [relesed]",
        "11: в «released.adds» нет жизненной ситуации «relesed»: возможно, released",
    ),
    (
        EVENTS,
        "removes: [other]",
        "removes: [another]",
        "12: в «released.removes» нет жизненной ситуации «another»: возможно, other",
    ),
    (
        EVENTS,
        "removes: [other]",
        "removes: [released]",
        "12: «released.removes» убирает «released», а adds добавляет: оставьте что-то одно",
    ),
    (EVENTS, "leads: [handover]", "leads: [handovr]", "19: в «moved.leads» нет кнопки «handovr»: возможно, handover"),
    (
        EVENTS,
        "leads: [handover]",
        'leads: ["info:relesed"]',
        "19: в «moved.leads» «info:relesed» ведёт в никуда: нет жизненной ситуации «relesed»: возможно, released",
    ),
    (
        EVENTS,
        "leads: [handover]",
        'leads: ["item:paper"]',
        "19: в «moved.leads» «item:paper» ведёт в никуда: нет шага плана «paper»: возможно, papers",
    ),
    (
        EVENTS,
        "leads: [handover]",
        "leads: [plan, jobs, booking, questions, handover]",
        "19: «moved.leads» кнопок 5: оставьте не больше 4",
    ),
    (EVENTS, "  leads: [handover]\n", "", "16: нет «leads» в «moved»: добавьте строку «leads: …»"),
    (
        EVENTS,
        "label: Переезд",
        "label: Меню",
        "16: «moved.says» содержит «меню», а это слово уже в «menu» (words.yaml): уберите его",
    ),
    (
        EVENTS,
        "label: Переезд",
        "label: Переезд\n  says: [нашел работу]",
        "18: «moved.says» содержит «нашел работу», а это слово уже в «found_job»: оставьте его в одном месте",
    ),
    (EVENTS, "asked_on: day", "asked_on: dya", "14: «released.asked_on» нет вопроса «dya»: возможно, day"),
    (EVENTS, "asked_on: day", "asked_on: papers", "14: «released.asked_on» «papers» — вопрос не о дате: есть: day"),
    (EVENTS, "  ask: Вы уже дома?\n", "", "7: нет «ask» в «released»: добавьте строку «ask: …»"),
    (
        EVENTS,
        "leads: [handover]",
        "leads: [handover]\n  adds: [other]\n  asked_on: day\n  ask: Так ли это?",
        "21: «moved.asked_on» уже есть в «released»: оставьте у одной перемены",
    ),
    (
        EVENTS,
        "  adds: [released]\n  removes: [other]\n",
        "",
        "12: «released.asked_on» есть, а менять нечего: впишите adds или removes",
    ),
    (EVENTS, "text: Где вы теперь?", "txt: Где?", "16: нет «text» в «moved»: добавьте строку «text: …»"),
    (EVENTS, "Где вы теперь?", "Где вы, должник?", None),
    (RULES, "events: [found_job]", "events: [found]", "21: «nudge» в events нет перемены «found»: возможно, found_job"),
    (
        RULES,
        "events: [found_job]",
        "events: [found_job, moved, released]",
        "21: «nudge» в events больше 2 строк: оставьте главное",
    ),
    (
        RULES,
        "hour: 12",
        "hour: 22",
        "21: «nudge» спрашивает в тихие часы: hour 22: поставьте час вне раздела quiet",
    ),
    (RULES, "times: 3", "times: 0", None),
    (RULES, "times: 3", "time: 3", None),
]


@pytest.fixture
def files() -> Files:
    return {name: text.encode() for name, text in {**SAMPLE, **LIFE}.items()}


@pytest.fixture
def content(files: Files) -> Content:
    return load(files, NEEDS)


def test_changes_keep_order_words_and_what_follows(content: Content) -> None:
    found = content.events["found_job"]

    assert list(content.events) == ["found_job", "released", "moved"]
    assert found.says == ("есть работа", "нашел работу")
    assert (found.opens, found.leads[0], found.asked_on) == (("resume",), "plan", "")
    released = content.events["released"]
    assert (released.situations, content.events["moved"].situations) == (("other",), ())
    assert (released.adds, released.removes, released.asked_on) == (("released",), ("other",), "day")
    assert content.rules.nudge == Nudge(21, 30, 3, 12, ("found_job",))


@pytest.mark.parametrize("absent", [EVENTS, "nudge"])
def test_all_of_it_may_be_absent(files: Files, absent: str) -> None:
    files[RULES] = SAMPLE[RULES].encode()
    if absent == EVENTS:
        del files[EVENTS]

    content = load(files, NEEDS)

    assert content.rules.nudge is None
    assert bool(content.events) == (absent != EVENTS)


@pytest.mark.parametrize(("file", "old", "new", "told"), CASES)
def test_a_mistake_is_told_with_its_place_and_remedy(
    files: Files, file: str, old: str, new: str, told: str | None
) -> None:
    text = files[file].decode()
    assert old in text
    files[file] = text.replace(old, new, 1).encode()

    lines = lines_of(files, NEEDS)

    if told is None:
        assert lines
    else:
        assert f"{file}:{told}" in lines


def test_an_unreadable_file_of_changes_is_one_mistake_not_two(files: Files) -> None:
    """What the rules name there is not missing, only nobody could read it."""
    files[EVENTS] += b"\n\tbad: tab\n"

    told = lines_of(files, NEEDS)

    assert [line.split(":")[0].rpartition("/")[2] for line in told] == [EVENTS]
