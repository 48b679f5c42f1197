"""Surveys: read, compared with each other and with other files, each mistake told with its place."""

from collections.abc import Mapping

import pytest

from bot.texts.load import load
from bot.texts.questionnaire import POINTS, Asking, Item, SurveyTerms
from bot.texts.schema import Content
from tests.texts.conftest import NEEDS, Files, lines_of
from tests.texts.sample import SAMPLE

RULES, EVENTS = "rules.yaml", "events.yaml"
NPS, CES = "surveys/nps.yaml", "surveys/ces.yaml"

ASKED: Mapping[str, str] = {
    NPS: """version: "2026-11"
label: Посоветуете ли нас
measure: nps
source: методика
questions:
  recommend:
    label: Посоветует ли
    ask: Посоветуете ли нас?
    scale: ten
low: 6
comment: Что исправить?
offers_person: да
thresholds:
  promoters_from: 9
  detractors_to: 6
  recommend_from: 7
targets:
  nps_classic: 30
  recommend_share: 89.3
leads: [handover]
asked:
  month:
    trigger: start
    after_hours: 720
    keep_days: 30
    every_days: 90
  job:
    trigger: event:found_job
    after_hours: 24
    keep_days: 30
    also: [ces]
""",
    CES: """version: "1"
label: Легко ли
measure: ces
source: методика
questions:
  documents:
    label: Много ли документов
    ask: Много ли документов?
    scale: four
    reverse: да
  steps:
    label: Ясно ли
    ask: Всё ясно?
    scale: four
    weight: 2
rotation: 1
thresholds:
  easy_from: 3
asked:
  silent:
    trigger: stage
    stages: [info_search]
    after_hours: 1
    keep_days: 1
    again_days: 42
    ended_by: ["event:found_job", plan_done]
  quarter:
    trigger: quarter
    after_hours: 1
    keep_days: 1
    whole: да
    people: 60
""",
    EVENTS: """found_job:
  label: Есть работа
  text: Поздравляем!
  leads: [plan]
""",
    RULES: SAMPLE[RULES]
    + """surveys:
  every_days: 14
  open_days: 7
  change_hours: 24
  trouble_days: 30
  few: 30
""",
}

CASES = [
    (NPS, "measure: nps", "measure: npss", "3: «measure» не может быть «npss»: возможно, nps"),
    (NPS, "    scale: ten\n", "", "6: нет «scale» в «recommend»: добавьте строку «scale: …»"),
    (NPS, "scale: ten", "scale: four", "9: «recommend.scale» «four» не для «nps»: в таком опросе бывает: ten"),
    (NPS, "low: 6\n", "", "10: «comment» есть, а low нет: впишите low: с какой оценки и ниже это делать"),
    (NPS, "low: 6", "low: 11", "10: «low» не число от 0 до 10: «11»: впишите целое число без пробелов и слов"),
    (NPS, "  recommend_from: 7\n", "", "13: нет «recommend_from» в «thresholds»: добавьте строку «recommend_from: …»"),
    (
        NPS,
        "detractors_to: 6",
        "detractors_to: 9",
        "15: «thresholds.detractors_to» не ниже promoters_from: первое число должно быть меньше второго",
    ),
    (NPS, "nps_classic: 30", "nps_clasic: 30", "18: неизвестное имя «nps_clasic» в «targets»: возможно, nps_classic"),
    (NPS, "leads: [handover]", "leads: [handovr]", "20: в «leads» нет кнопки «handovr»: возможно, handover"),
    (NPS, "trigger: start", "trigger: stat", "23: «asked.month.trigger» не повод: «stat»: возможно, start"),
    (
        NPS,
        "event:found_job",
        "event:found",
        "28: «asked.job.trigger» ведёт к перемене «found», такой нет: возможно, found_job",
    ),
    (
        NPS,
        "also: [ces]",
        "also: [cse]",
        "31: «asked.job.also» содержит «cse», такого опроса нет: возможно, ces",
    ),
    (NPS, "also: [ces]", "also: [nps]", "31: «asked.job.also» содержит «nps», такого опроса нет: есть: ces"),
    (NPS, "keep_days: 30\n    every", "every", "22: нет «keep_days» в «asked.month»: добавьте строку «keep_days: …»"),
    (NPS, 'version: "2026-11"', "version: вторая", None),
    (NPS, "ask: Посоветуете ли нас?", "ask: Посоветуете ли нас, должник?", None),
    (NPS, "label: Посоветует ли\n", "label: Посоветует ли нас тем, кто похож на него самого\n", None),
    (CES, "reverse: да", "reverse: может", None),
    (CES, "rotation: 1", "rotation: 3", "16: «rotation» больше, чем вопросов: 3: поставьте не больше 2"),
    (
        CES,
        "stages: [info_search]",
        "stages: [info_serch]",
        "22: «asked.silent.stages» содержит «info_serch», такого этапа в планах нет: возможно, info_search",
    ),
    (
        CES,
        "    stages: [info_search]\n",
        "",
        "21: «asked.silent.trigger» «stage» без этапов: впишите stages: [имена этапов плана]",
    ),
    (
        CES,
        "    people: 60\n",
        "",
        "28: «asked.quarter.trigger» «quarter» без числа людей: впишите people: сколько человек спросить",
    ),
    (
        CES,
        "plan_done]",
        "plan_dne]",
        "26: «asked.silent.ended_by» не повод: «plan_dne»: возможно, plan_done",
    ),
    (RULES, "  few: 30\n", "", "21: нет «few» в «surveys»: добавьте строку «few: …»"),
    (RULES, "change_hours: 24", "change_hours: 0", None),
    (RULES, "open_days", "opn_days", None),
]


@pytest.fixture
def files() -> Files:
    return {name: text.encode() for name, text in {**SAMPLE, **ASKED}.items()}


@pytest.fixture
def content(files: Files) -> Content:
    return load(files, NEEDS)


def test_a_survey_keeps_order_scale_polarity_and_occasions(content: Content) -> None:
    nps, ces = content.surveys["nps"], content.surveys["ces"]

    assert (nps.version, nps.low, nps.comment, nps.offers_person) == ("2026-11", 6, "Что исправить?", True)
    assert nps.targets == {"nps_classic": 30, "recommend_share": 89.3}
    assert nps.asked["job"] == Asking("job", "event:found_job", 24, 30, also=("ces",))
    assert list(ces.items) == ["documents", "steps"]
    assert (ces.items["documents"].is_reverse, ces.items["steps"].weight, ces.rotation, ces.low) == (True, 2, 1, None)
    assert ces.asked["silent"].ended_by == ("event:found_job", "plan_done")
    assert (ces.asked["quarter"].whole, ces.asked["quarter"].people) == (True, 60)
    assert content.rules.surveys == SurveyTerms(14, 7, 24, 30, 30)


def test_all_of_it_may_be_absent(files: Files) -> None:
    for name in (NPS, CES):
        del files[name]
    files[RULES] = SAMPLE[RULES].encode()

    content = load(files, NEEDS)

    assert (content.surveys, content.rules.surveys) == ({}, None)


@pytest.mark.parametrize(("file", "old", "new", "told"), CASES)
def test_a_mistake_is_told_with_its_place_and_remedy(
    files: Files, file: str, old: str, new: str, told: str | None
) -> None:
    text = files[file].decode()
    assert old in text
    files[file] = text.replace(old, new, 1).encode()

    lines = lines_of(files, NEEDS)

    if told is None:
        assert [line for line in lines if line.startswith(file)]
    else:
        assert f"{file}:{told}" in lines


def test_an_unreadable_neighbour_is_one_mistake_not_two(files: Files) -> None:
    """What a survey names in it is not missing, only nobody could read it."""
    for broken in (EVENTS, CES, "situations/released/plan.yaml"):
        spoiled = {**files, broken: files[broken] + b"\n\tbad: tab\n"}
        assert {line.split(":")[0] for line in lines_of(spoiled, NEEDS)} == {broken}


@pytest.mark.parametrize("scale", ["ten", "five", "four", "yes_no"])
def test_turned_the_best_answer_is_the_worst(scale: str) -> None:
    plain = Item("q", "Вопрос", "Да?", scale)
    turned = Item("q", "Вопрос", "Да?", scale, is_reverse=True)
    ends = {*POINTS[scale].values()}
    for answer, points in POINTS[scale].items():
        assert plain.points(answer) == points
        assert turned.points(answer) == max(ends) + min(ends) - points
    assert plain.points("nonsense") is None
    assert not plain.takes("nonsense")
