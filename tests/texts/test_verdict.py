"""What `check` says beside mistakes: each remark with file and line, facts and readability as tables."""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from time import process_time

import pytest

from bot.texts.factsheet import factsheet
from bot.texts.load import look
from bot.texts.readability import hard_sentences, measures
from bot.texts.verdict import Verdict, judged
from tests.texts.conftest import FOLDER, NEEDS, Files
from tests.texts.editor import ALL_NEEDS

TODAY = date(2026, 6, 1)
WORK = "questions/work.yaml"
PLAN = "situations/released/plan.yaml"
FACTS = "facts.yaml"
OFFICE = "offices/main.yaml"


def verdict(files: Files, today: date = TODAY, **asked: bool) -> Verdict:
    return judged(look(files, NEEDS, root=""), NEEDS, today, **asked)


def remarks(files: Files, today: date = TODAY) -> list[str]:
    found = verdict(files, today)
    assert found.mistakes == ()
    return [str(one) for one in found.remarks]


# file, what is replaced, by what, the remark that follows
REMARKS = [
    (FACTS, "verify", "high", None),
    (
        FACTS,
        "check_by: 2027-01-01",
        "check_by: 2026-05-31",
        "1: «fee» (350 ₽): срок проверки вышел 31.05.2026: проверьте значение, поправьте as_of и check_by",
    ),
    (
        FACTS,
        "confidence: high",
        "confidence: low",
        "1: «fee» (350 ₽): не подтверждено: проверьте по источнику и поставьте confidence: high или medium",
    ),
    (WORK, " Пошлина {fact.fee}.", "", "1: «fee» нигде не показано: вставьте {fact.fee} в текст или удалите"),
    (
        WORK,
        "Дают немного.",
        "Государственные исполнительные учреждения города систематически осуществляли межведомственное взаимодействие.",
        "16: в «faq-002.answer» трудное предложение «Государственные исполнительные учреждения города…»: "
        "индекс -74: возьмите слова короче или разделите, чтобы было от 20",
    ),
    (
        WORK,
        "label: Сколько дают",
        "label: Возьмут ли",
        "14: у «faq-002» та же надпись «Возьмут ли», что у «faq-001»: сделайте надписи разными: люди их не различат",
    ),
    (
        "questions/bot.yaml",
        "О боте",
        "Работа",
        "1: у «bot» та же надпись «Работа», что у «work»: сделайте надписи разными: люди их не различат",
    ),
    (
        PLAN,
        "title: Составить резюме",
        "title: Собрать документы",
        "12: у «resume» та же надпись «Собрать документы», что у «papers»: сделайте надписи разными: "
        "люди их не различат",
    ),
    (
        "situations/other/situation.yaml",
        "citizen_says: другое",
        "citizen_says: Помощь",
        "2: слова «помощь» уже заняты: команда «help» в words.yaml: оставьте их в одном месте",
    ),
    (
        "situations/other/situation.yaml",
        "citizen_says: другое",
        "citizen_says: откинулся",
        "2: слова «откинулся» уже заняты: ситуация «released»: оставьте их в одном месте",
    ),
    (
        WORK,
        "Дают немного.",
        "Дают 13 % с 1 февраля.",
        "16: в «faq-002.answer» стоит «13 %»: когда его пора проверить, никто не узнает: запишите его в facts.yaml, "
        "а здесь оставьте {fact.имя}",
    ),
    (WORK, "Дают немного.", "Дают с 1 февраля 2026 года.", "стоит «1 февраля 2026»"),
    (WORK, "Дают немного.", "Дают по 565-ФЗ.", "стоит «565-ФЗ»"),
    (OFFICE, "needs_verification: нет", "needs_verification: да", "4: офис не подтверждён: проверьте адрес"),
    (OFFICE, "phone: 8 (3852) 12-34-56", "phone:", "8: пусто: phone: впишите телефон"),
    (OFFICE, "  shelter:", "  helper:", "15: контакт «helper» нигде не показан: вставьте {contact.helper}"),
]


@pytest.mark.parametrize(("file", "old", "new", "line"), REMARKS)
def test_a_remark_names_its_line_and_does_not_refuse(
    files: Files, file: str, old: str, new: str, line: str | None
) -> None:
    before = remarks(files)
    assert old in files[file].decode()
    files[file] = files[file].decode().replace(old, new, 1).encode()

    fresh = [remark for remark in remarks(files) if remark not in before]

    if line is None:
        assert len(remarks(files)) < len(before)
    else:
        assert any(line in remark for remark in fresh), fresh


def test_a_plan_that_is_not_announced_is_noticed(files: Files) -> None:
    other = "situations/other/situation.yaml"
    files["situations/other/plan.yaml"] = files[PLAN].replace(b"papers:", b"papers2:").replace(b"resume:", b"resume2:")

    assert f"{other}:4: «is_ready» «нет», а план есть: люди его видят: напишите да, когда план готов, " in "\n".join(
        remarks(files)
    )


def test_words_of_a_talk_that_the_program_does_not_have_are_noticed(files: Files) -> None:
    files["texts/dance.yaml"] = "hello: Потанцуем?\n".encode()

    found = [line for line in remarks(files) if "dance" in line]

    assert found == ["texts/dance.yaml:1: такого разговора в программе нет, слова никто не увидит: удалите файл"]


def test_a_file_cut_in_the_middle_of_a_line_is_noticed(files: Files) -> None:
    files["questions/bot.yaml"] = files["questions/bot.yaml"].removesuffix(b"gh\n") + b"gh"

    assert any(line.startswith("questions/bot.yaml:9: файл обрывается посреди строки") for line in remarks(files))


def test_files_with_mistakes_get_no_remarks(files: Files) -> None:
    files[FACTS] = files[FACTS].replace(b"high", b"hihg", 1)

    found = verdict(files)

    assert [mistake.file for mistake in found.mistakes] == [FACTS]
    assert not any(one.file == FACTS for one in found.remarks)
    assert any(one.file == "consent.yaml" for one in found.remarks)
    assert str(found).endswith(f"\nОшибок: 1. Замечаний: {len(found.remarks)}.")


def test_facts_are_listed_with_their_places_and_the_doubtful_ones_first(files: Files) -> None:
    files[PLAN] = files[PLAN].replace("МФЦ.".encode(), "МФЦ, пошлина {fact.fee}.".encode())

    entries = factsheet(look(files, NEEDS), TODAY)
    shown = str(verdict(files, facts=True))

    assert [(entry.fact.key, entry.doubt) for entry in entries] == [
        ("guess", "не подтверждено"),
        ("fee", ""),
        ("phone", ""),
    ]
    assert entries[1].used == (f"{PLAN}:9", f"{WORK}:8")
    assert "\nguess  850 ₽               01.01.2026  01.01.2027  verify\n" in shown
    assert f"    откуда: приказ\n    где: {PLAN}:9, {WORK}:8\n" in shown
    assert "    проверьте: не подтверждено\n    откуда: слухи\n    где: нигде\n" in shown
    assert "Всего: 3, проверить: 1." in shown


def test_readability_follows_length_of_words_and_sentences(files: Files) -> None:
    def index(answer: str) -> float:
        files[WORK] = files[WORK].decode().replace("Дают немного.", answer).encode()
        found = {one.file: one.index for one in measures(look(files, NEEDS))}
        files[WORK] = files[WORK].decode().replace(answer, "Дают немного.").encode()
        return found[WORK]

    easy = index("Мы дома. Мы ждем вас. Вот чай и мед.")
    hard = index("Осуществление трудоустройства предполагает предварительное профилирование.")

    assert easy > 70 > 40 > hard


def test_readability_of_one_sentence_is_that_of_the_library(files: Files) -> None:
    """206.835 - 1.3 x words - 60.1 x syllables a word, and the library finds 14 syllables in these 6 words."""
    files[WORK] = files[WORK].decode().replace("Дают немного.", "Найдите паспорт и покажите его коллегам.").encode()
    files["style.yaml"] += b"hard_sentence: {index_below: 100, from_words: 6}\n"

    (hard,) = [one for one in hard_sentences(look(files, NEEDS)) if "Найдите" in one.what]

    assert hard.what.endswith("индекс 59")


def test_labels_and_words_of_citizens_are_not_measured(files: Files) -> None:
    before = measures(look(files, NEEDS))[-1]
    files[WORK] = files[WORK].replace("берут ли]".encode(), "возьмут ли меня с судимостью на предприятие]".encode())

    assert measures(look(files, NEEDS))[-1] == before


def test_programs_get_the_same(files: Files) -> None:
    whole = json.loads(verdict(files, facts=True, measures=True).as_json())

    assert set(whole) == {"mistakes", "remarks", "facts", "measures"}
    assert whole["facts"][0]["key"] == "guess"
    assert whole["remarks"][0].keys() == {"file", "line", "what", "remedy"}
    assert whole["measures"][-1]["file"] == ""


def test_what_we_ship_has_no_orphans_and_reads_easily(shipped: Mapping[str, bytes]) -> None:
    seen = look(shipped, ALL_NEEDS)
    whole = measures(seen)[-1]

    assert seen.mistakes == ()
    assert whole.sentence_words <= 15
    assert whole.hard <= 0.03
    assert whole.index >= 55
    told = judged(seen, ALL_NEEDS, date(2026, 11, 21)).remarks
    assert [one for one in told if "надпись" in one.what or "заняты" in one.what or "никто" in one.what] == []


def test_check_of_what_we_ship_is_quick(shipped: Mapping[str, bytes]) -> None:
    judged(look(shipped, ALL_NEEDS), ALL_NEEDS, TODAY)  # imports the library
    started = process_time()

    str(judged(look(shipped, ALL_NEEDS), ALL_NEEDS, TODAY))

    assert process_time() - started < 1


def test_a_running_bot_does_not_carry_the_library_of_readability() -> None:
    code = "import sys, bot.app, bot.doctor, bot.texts.load; print('textstat' in sys.modules or 'nltk' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(FOLDER).parents[1])

    assert done.stdout == "False\n"


PROFILE = """papers:
  label: Документы
  ask: Какие документы есть?
  why: Так понятнее.
  kind: one
  choices:
    all: Все
    none: Никаких
"""


def test_a_question_nobody_asks_is_noticed(files: Files) -> None:
    files["profile.yaml"] = PROFILE.encode()

    found = [line for line in remarks(files) if "profile" in line]

    assert found == [
        "profile.yaml:1: вопрос «papers» никто не задаёт: добавьте его в asks файла situation.yaml или удалите"
    ]


def test_a_step_that_waits_for_an_answer_asked_elsewhere_only_is_noticed(files: Files) -> None:
    files["profile.yaml"] = PROFILE.encode()
    files["situations/other/situation.yaml"] += b"asks: [papers]\n"
    files[PLAN] = files[PLAN].replace(b"papers:\n", b"papers:\n  only_if: [papers=all]\n", 1)

    found = [line for line in remarks(files) if line.startswith(PLAN)]

    assert found == [
        f"{PLAN}:2: шаг «papers» ждёт ответа, о котором здесь не спрашивают: papers: добавьте вопрос в asks файла "
        "situation.yaml или уберите only_if"
    ]


def test_a_plan_that_is_empty_without_answers_is_noticed(files: Files) -> None:
    files["profile.yaml"] = PROFILE.encode()
    files["situations/released/situation.yaml"] += b"asks: [papers]\n"
    for step in (b"papers:\n", b"resume:\n"):
        files[PLAN] = files[PLAN].replace(step, step + b"  only_if: [papers=all]\n", 1)

    assert any("без ответов план пуст" in line for line in remarks(files))
