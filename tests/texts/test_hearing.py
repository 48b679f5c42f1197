"""How words are understood and by which of them danger is heard: read, compared, each mistake told with its place."""

from collections.abc import Mapping

import pytest

from bot.matching.rules import BadRule, Rules, check
from bot.texts.load import load
from tests.texts.conftest import NEEDS, Files, lines_of

HEARING, CRISIS = "hearing.yaml", "crisis.yaml"
TOLD: Mapping[str, str] = {
    HEARING: """zones:
  answer: 0.3
  clear: 0.85
  covers: 0.4
  guess: 0.2
  touches: 0.3
  crisis: 0.2
person: [позов* человек*, =оператор]
warnings:
  scam:
    says: [предоплат* за]
    spares: [предоплата за такси]
synonyms:
  ксива: паспорт
  Центр Занятость: биржа
""",
    CRISIS: """kinds:
  suicide:
    question: bad-hour
    marks: [жить]
    says: [не хоч* жить]
    spares: [жить в]
soft: [нет сил]
""",
    "pages/scam.yaml": """label: Обман
order: 10
text: Не платите вперёд.
source: правила
confidence: high
""",
    "questions/hard.yaml": """label: Тяжело
order: 20
questions:
  bad-hour:
    label: Мне плохо
    question: Мне очень плохо
    also: [не хочу жить]
    keywords: [тоска]
    not: [плохая погода]
    answer: Позвоните {fact.phone}.
    escalation: crisis
    source: правила
    confidence: high
""",
}

CASES = [
    (HEARING, "answer: 0.3", "answer: много", "2: «zones.answer» не число от 0 до 1: «много»: впишите число"),
    (
        HEARING,
        "guess: 0.2",
        "guess: 0.9",
        "5: «zones.guess» больше, чем answer: переспрашивать бот должен раньше, чем отвечать: поставьте меньше",
    ),
    (HEARING, "  covers: 0.4\n", "", "1: нет «covers» в «zones»: добавьте строку «covers: …»"),
    (HEARING, "позов* человек*", "позов** человек", "8: в «person» правило не понять: «позов** человек»"),
    (HEARING, "позов* человек*", "позов* чело|", "8: в «person» правило не понять: «позов* чело|»"),
    (HEARING, "  scam:", "  scan:", "10: «warnings.scan» не имя страницы: возможно, scam"),
    (HEARING, "ксива: паспорт", "ксива моя родная: паспорт", "«synonyms.ксива моя родная» длиннее двух слов"),
    (CRISIS, "question: bad-hour", "question: bad-our", "3: «suicide.question» нет вопроса «bad-our»"),
    (CRISIS, "question: bad-hour", "question: faq-001", "3: «suicide.question» «faq-001» не для беды"),
    (CRISIS, "    says: [не хоч* жить]\n", "", "2: нет «says» в «suicide»: добавьте строку «says: …»"),
    (CRISIS, "[не хоч* жить]", "[не хоч* «жить»]", "5: в «suicide.says» правило не понять: «не хоч* «жить»»"),
    (CRISIS, "soft: [нет сил]", "sof: [нет сил]", "7: неизвестное имя «sof»: возможно, soft"),
]  # fmt: skip


def told(files: Files) -> Files:
    return {**files, **{name: text.encode() for name, text in TOLD.items()}}


def test_the_matcher_of_the_content_knows_them(files: Files) -> None:
    matcher = load(told(files), NEEDS).matcher

    assert matcher.terms.guess == 0.2
    assert matcher.synonyms["центр занятость"] == "биржа"
    assert matcher.cried("я не хочу больше жить") == "suicide"
    assert matcher.cried("не хочу жить в бараке") == ""
    assert matcher.warned("просят предоплату за работу") == "scam"
    assert matcher.warned("предоплата за такси") == ""
    assert matcher.person.hears("позовите человека")
    assert matcher.soft.hears("совсем нет сил")
    (entry,) = [one for one in matcher.entries if one.id == "bad-hour"]
    assert (entry.keywords, entry.excluded) == (("тоска",), ("плохая погода",))


def test_without_these_files_nothing_is_heard_and_questions_are_still_found(files: Files) -> None:
    matcher = load(files, NEEDS).matcher

    assert matcher.cried("не хочу жить") == ""
    assert [one.id for one in matcher.entries] != []


@pytest.mark.parametrize(("name", "old", "new", "line"), CASES)
def test_a_mistake_is_told_with_its_place(files: Files, name: str, old: str, new: str, line: str) -> None:
    spoilt = told(files)
    text = spoilt[name].decode()
    assert old in text
    spoilt[name] = text.replace(old, new, 1).encode()

    found = lines_of(spoilt, NEEDS)
    assert [one for one in found if one.startswith(f"{name}:") and line in one], found


@pytest.mark.parametrize(
    ("rule", "text", "is_heard"),
    [
        ("не хоч* жить", "не хочу жить", True),
        ("не хоч* жить", "Я НЕ ХОЧУ, понимаете, больше ЖИТЬ", True),
        ("не хоч* жить", "не хочу никуда больше сегодня жить", False),
        ("жить", "пережить", False),
        ("=жить", "жить", True),
        ("=жить", "как жить", False),
        ("а|б в", "б в", True),
        ("жить", ";bnm", True),
        ("жить", "zhit", True),
        ("жёлтый", "желтый", True),
    ],
)
def test_what_a_rule_hears(rule: str, text: str, is_heard: bool) -> None:
    assert Rules([rule]).hears(text) is is_heard


@pytest.mark.parametrize("rule", ["", "=", "слово**", "*слово", "а||б", "а|", "слово!", "(слово)", "[а]"])
def test_a_rule_that_is_none_is_refused(rule: str) -> None:
    with pytest.raises(BadRule):
        check(rule)
