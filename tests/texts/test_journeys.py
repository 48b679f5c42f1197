"""Questions about the citizen, conditions of plan items, items taken from elsewhere, obstacles: read and checked."""

from collections.abc import Mapping

import pytest

from bot.texts.load import load
from bot.texts.schema import Content
from bot.texts.situation import Condition, Extra
from tests.texts.conftest import NEEDS, Files, lines_of
from tests.texts.sample import SAMPLE

PROFILE = "profile.yaml"
RELEASED = "situations/released/situation.yaml"
PLAN = "situations/released/plan.yaml"
ALIMONY = "situations/alimony/plan.yaml"
OBSTACLES = "obstacles.yaml"

JOURNEYS: Mapping[str, str] = {
    PROFILE: """papers:
  label: Документы
  ask: Какие документы у вас есть?
  why: Подскажем, с чего начать.
  kind: one
  choices:
    all: Всё на руках
    no_passport: Нет паспорта
wishes:
  label: Пожелания
  ask: Чего хочется?
  why: Покажем нужное.
  kind: many
  choices:
    job: Работа
    training: Учёба
day:
  label: День
  ask: Какого числа?
  why: Посчитаем дни.
  kind: date
unasked:
  label: Другое
  ask: Что ещё?
  why: Просто так.
  kind: one
  choices:
    "yes": Да
    "no": Нет
""",
    RELEASED: SAMPLE[RELEASED] + "asks: [papers, wishes, day]\n",
    PLAN: """papers:
  first_if: [papers=no_passport]
  title: Собрать документы
  stage: info_search
  why: Без паспорта никак.
  how: [Проверьте.]
  where: МФЦ.
  who: Специалист.
resume:
  only_if: [wishes=job, wishes=training]
  skip_if:
    - papers=all
  title: Составить резюме
  stage: czn_contact
  why: Его читают до встречи.
  how: [Напишите.]
  take: [ручка]
  where: Здесь.
  who: Специалист.
  extra:
    learn:
      only_if: [wishes=training]
      say: Впишите учёбу.
""",
    "situations/alimony/situation.yaml": """label: Плачу алименты
citizen_says: я плачу алименты
order: 20
is_ready: да
""",
    "situations/alimony/page.yaml": SAMPLE["situations/released/page.yaml"],
    ALIMONY: """resume:
  from: released
  why: С работой платить легче.
  who: Пристав не нужен.
  take: []
bailiff:
  title: Сходить к приставу
  stage: referral
  why: Чтобы знать сумму.
  how: [Сходите.]
  where: У пристава.
  who: Пристав.
""",
    OBSTACLES: """no_internet:
  label: Нет интернета
  help: "Приходите. Адрес: {office.address}."
  leads: [booking, item:resume, question:faq-001]
afraid:
  label: Страшно
  help: Так бывает.
  leads: [handover]
""",
}


@pytest.fixture
def files() -> Files:
    return {name: text.encode() for name, text in {**SAMPLE, **JOURNEYS}.items()}


@pytest.fixture
def content(files: Files) -> Content:
    return load(files, NEEDS)


def test_questions_keep_kind_order_and_answers(content: Content) -> None:
    assert [(one.id, one.kind, list(one.choices)) for one in content.profile.values()] == [
        ("papers", "one", ["all", "no_passport"]),
        ("wishes", "many", ["job", "training"]),
        ("day", "date", []),
        ("unasked", "one", ["yes", "no"]),
    ]
    assert content.profile["papers"].choices["all"] == "Всё на руках"
    assert content.situations["released"].asks == ("papers", "wishes", "day")
    assert content.situations["alimony"].asks == ()


def test_an_item_keeps_its_conditions(content: Content) -> None:
    papers, resume = content.situations["released"].plan

    assert papers.first_if == (Condition("papers", "no_passport"),)
    assert (papers.only_if, papers.skip_if, papers.extra) == ((), (), ())
    assert resume.only_if == (Condition("wishes", "job"), Condition("wishes", "training"))
    assert resume.skip_if == (Condition("papers", "all"),)
    assert resume.extra == (Extra("learn", (Condition("wishes", "training"),), "Впишите учёбу."),)


def test_an_item_takes_from_another_situation_what_it_does_not_say_itself(content: Content) -> None:
    whole = content.situations["released"].plan[1]
    taken = content.situations["alimony"].plan[0]

    assert (taken.title, taken.stage, taken.how, taken.where) == (whole.title, whole.stage, whole.how, whole.where)
    assert (taken.only_if, taken.skip_if, taken.extra) == (whole.only_if, whole.skip_if, whole.extra)
    assert (taken.why, taken.who, taken.take) == ("С работой платить легче.", "Пристав не нужен.", ())


def test_an_item_may_take_from_one_that_takes_itself(files: Files) -> None:
    files["situations/other/plan.yaml"] = "resume:\n  from: alimony\n  why: И здесь.\n".encode()

    step = load(files, NEEDS).situations["other"].plan[0]

    assert (step.title, step.why, step.who, step.take) == ("Составить резюме", "И здесь.", "Пристав не нужен.", ())


def test_obstacles_keep_order_and_leads(content: Content) -> None:
    assert list(content.obstacles) == ["no_internet", "afraid"]
    assert content.obstacles["no_internet"].leads == ("booking", "item:resume", "question:faq-001")


def test_all_of_it_may_be_absent(files: Files) -> None:
    content = load({name: text.encode() for name, text in SAMPLE.items()}, NEEDS)

    assert (dict(content.profile), dict(content.obstacles)) == ({}, {})


CASES: list[tuple[str, str, str, list[str]]] = [
    # questions
    (PROFILE, "kind: many", "kind: mani", ["13: «wishes.kind» не может быть «mani»: возможно, many"]),
    (PROFILE, "  why: Подскажем, с чего начать.\n", "", ["1: нет «why» в «papers»: добавьте строку «why: …»"]),
    (
        PROFILE,
        "label: Документы",
        "lable: Документы",
        [
            "1: нет «label» в «papers»: добавьте строку «label: …»",
            "2: неизвестное имя «lable» в «papers»: возможно, label",
        ],
    ),
    (
        PROFILE,
        "  kind: date\n",
        "  kind: date\n  choices: {a: Б}\n",
        [
            "22: «day.choices» стоит у вопроса о дате: уберите: дату человек напишет сам",
        ],
    ),
    (PROFILE, '    "no": Нет\n', "", ["27: «unasked.choices» ответов 1: впишите от 2 до 14"]),
    (
        PROFILE,
        "no_passport: Нет паспорта",
        "no_passport: Всё на руках",
        [
            "8: «papers.choices.no_passport» та же надпись «Всё на руках», что у другого ответа: "
            "сделайте надписи разными",
        ],
    ),
    (
        PROFILE,
        '"yes": Да',
        f'"yes": {"Д" * 37}',
        ["28: «unasked.choices.yes» длиннее 36 знаков (сейчас 37): сократите"],
    ),
    # asks
    (RELEASED, "papers, wishes", "papes, wishes", ["6: в «asks» нет вопроса «papes»: возможно, papers"]),
    (RELEASED, "papers, wishes", "papers, papers, wishes", ["6: в «asks» вопрос «papers» второй раз: оставьте один"]),
    # conditions
    (
        PLAN,
        "papers=no_passport",
        "papers",
        [
            "2: в «papers.first_if» не условие: «papers»: напишите вопрос=ответ, например papers=all",
        ],
    ),
    (PLAN, "papers=no_passport", "pappers=all", ["2: в «papers.first_if» нет вопроса «pappers»: возможно, papers"]),
    (
        PLAN,
        "papers=no_passport",
        "papers=no_pasport",
        [
            "2: в «papers.first_if» у вопроса «papers» нет ответа «no_pasport»: возможно, no_passport",
        ],
    ),
    (
        PLAN,
        "- papers=all",
        "- day=1",
        [
            "12: в «resume.skip_if» «day» — вопрос о дате: условием бывает только вопрос с ответами",
        ],
    ),
    (
        PLAN,
        "papers=no_passport",
        "unasked=yes",
        [
            "2: в «papers.first_if» вопрос «unasked» никто не задаёт: добавьте unasked в «asks» файла situation.yaml",
        ],
    ),
    (
        PLAN,
        "      only_if: [wishes=training]\n",
        "",
        [
            "21: нет «only_if» в «resume.extra.learn»: добавьте строку «only_if: …»",
        ],
    ),
    (
        PLAN,
        "only_if: [wishes=training]",
        "only_if: [wishes=trainng]",
        [
            "22: в «resume.extra.learn.only_if» у вопроса «wishes» нет ответа «trainng»: возможно, training",
        ],
    ),
    (PLAN, "skip_if:", "skipif:", ["11: неизвестное имя «skipif» в «resume»: возможно, skip_if"]),
    # items taken from another situation
    (
        ALIMONY,
        "from: released",
        "from: releasd",
        [
            "2: «resume.from» ведёт в никуда: нет жизненной ситуации «releasd» с планом: возможно, released",
        ],
    ),
    (
        ALIMONY,
        "from: released",
        "from: alimony",
        [
            "2: «resume.from» ходит по кругу: alimony → alimony: в одном из планов уберите from и опишите шаг целиком",
        ],
    ),
    (
        ALIMONY,
        "bailiff:\n",
        "bailiff:\n  from: released\n",
        [
            "7: «bailiff.from» ведёт в никуда: в плане «released» нет шага «bailiff»: "
            "уберите from и опишите шаг целиком",
        ],
    ),
    (ALIMONY, "  why: С работой платить легче.\n", "", ["1: нет «why» в «resume»: добавьте строку «why: …»"]),
    (
        ALIMONY,
        "bailiff:\n",
        "papers:\n",
        [
            "6: шаг «papers» уже есть в situations/released/plan.yaml:1: "
            "это он же — оставьте здесь «from: released» и свой «why»; другой — дайте другое имя",
        ],
    ),
    # obstacles
    (OBSTACLES, "[handover]", "[handver]", ["8: в «afraid.leads» нет кнопки «handver»: возможно, handover"]),
    (
        OBSTACLES,
        "item:resume",
        "item:resum",
        [
            "4: в «no_internet.leads» «item:resum» ведёт в никуда: нет шага плана «resum»: возможно, resume",
        ],
    ),
    (
        OBSTACLES,
        "question:faq-001",
        "question:faq-01",
        [
            "4: в «no_internet.leads» «question:faq-01» ведёт в никуда: нет вопроса «faq-01»: возможно, faq-001",
        ],
    ),
    (
        OBSTACLES,
        "booking, ",
        "page:closed, ",
        [
            "4: в «no_internet.leads» «page:closed» ведёт в никуда: нет страницы «closed»: есть: visit, rights",
        ],
    ),
    (
        OBSTACLES,
        "booking, ",
        "itm:resume, ",
        ["4: в «no_internet.leads» непонятная кнопка «itm:resume»: возможно, item"],
    ),
    (OBSTACLES, "booking, ", "item:resume, ", ["4: в «no_internet.leads» «item:resume» второй раз: оставьте одну"]),
    (OBSTACLES, "  leads: [handover]\n", "", ["5: нет «leads» в «afraid»: добавьте строку «leads: …»"]),
    (
        OBSTACLES,
        "{office.address}",
        "{office.adress}",
        [
            "3: в «no_internet.help» нет подстановки {office.adress}: можно {office.address}",
        ],
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "told"), CASES)
def test_a_mistake_is_told_with_its_place_and_remedy(
    files: Files, file: str, old: str, new: str, told: list[str]
) -> None:
    text = files[file].decode()
    assert old in text
    files[file] = text.replace(old, new, 1).encode()

    assert lines_of(files, NEEDS) == [f"{file}:{line}" for line in told]


def test_a_lead_to_no_page_is_told(files: Files) -> None:
    files[OBSTACLES] = files[OBSTACLES].replace(b"booking, ", b"page:closed, ")

    (told,) = lines_of(files, NEEDS)

    assert told.startswith(
        f"{OBSTACLES}:4: в «no_internet.leads» «page:closed» ведёт в никуда: нет страницы «closed»: "
    )


def test_two_items_that_take_from_each_other_are_told_once_each(files: Files) -> None:
    head, _, rest = files[PLAN].decode().partition("resume:\n")
    files[PLAN] = f"{head}resume:\n  from: alimony\n{rest}".encode()

    assert lines_of(files, NEEDS) == [
        f"{ALIMONY}:2: «resume.from» ходит по кругу: alimony → released → alimony: "
        "в одном из планов уберите from и опишите шаг целиком",
        f"{PLAN}:10: «resume.from» ходит по кругу: released → alimony → released: "
        "в одном из планов уберите from и опишите шаг целиком",
    ]


def test_one_item_of_two_situations_fits_one_screen_with_all_it_says(files: Files) -> None:
    long = "Так бывает. " * 45
    files[ALIMONY] = files[ALIMONY].decode().replace("С работой платить легче.", long * 3).encode()
    files[PLAN] = files[PLAN].decode().replace("Его читают до встречи.", long * 4).encode()

    assert lines_of(files, NEEDS) == [
        f"{ALIMONY}:3: «resume.why» слишком длинно: с причинами и extra всех планов (released, alimony) 3824 знаков: "
        "сократите до 3500"
    ]


def test_an_unreadable_file_gives_no_mistakes_about_what_may_stand_in_it(files: Files) -> None:
    for file in (PROFILE, PLAN):
        told = lines_of({**files, file: b"a: [\n"}, NEEDS)

        assert [line.partition(":")[0] for line in told] == [file], told


def test_a_name_for_a_press_is_short_enough(files: Files) -> None:
    longer = files[PROFILE].decode().replace("papers:", "papers_that_are_there:").replace("all:", "all_of_them_here:")
    files[PROFILE] = longer.encode()

    assert any("имена вопроса и ответа вместе больше 32 знаков" in line for line in lines_of(files, NEEDS))
