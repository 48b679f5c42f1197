"""Every kind of mistake is told as file:line: what: remedy, in Russian, and nothing else is told beside it."""

import pytest

from bot.texts.check import report
from bot.texts.load import load
from bot.texts.mistakes import BadContent, Mistake
from tests.texts.conftest import NEEDS, Files, Spoil, lines_of

TALK = "texts/booking.yaml"
COMMON = "texts/common.yaml"
RULES = "rules.yaml"
CONSENT = "consent.yaml"
FACTS = "facts.yaml"
OFFICE = "offices/main.yaml"
PLAN = "situations/released/plan.yaml"
PAGE = "situations/released/page.yaml"
OTHER = "situations/other/situation.yaml"
WORK = "questions/work.yaml"
VISIT = "pages/visit.yaml"
DAYS = "situations/released/days.yaml"

NO_PLACES = "уберите её: здесь подстановки не действуют"
BAR = "поставьте после двоеточия знак |"

# file, what is replaced, by what, the one line told ("" before the colon: the file is the one spoiled)
CASES: list[tuple[str, str | None, str | None, str]] = [
    # placeholders
    (TALK, "{code}", "{code} {cod}", "3: в «done» нет подстановки {cod}: можно {code}"),
    (TALK, "{code}", "12", "3: «done» без подстановки {code}: впишите {code} туда, где должно стоять значение"),
    (TALK, "паспорт", "паспорт }", "3: в «done» фигурная скобка без пары: закройте её или уберите"),
    (TALK, "Возьмите", "{Что это} Возьмите", "3: в «done» непонятная подстановка {Что это}: можно {code}, {name}"),
    (TALK, "вас записать?", "{x}?", "2: в «slot» нет подстановки {x}: уберите её, здесь подстановок нет"),
    (TALK, "записать?", "записать в {office.nme}?", "2: в «slot» нет подстановки {office.nme}: можно {office.name}"),
    (TALK, "записать?", "записать за {fact.fe}?", "2: в «slot» нет подстановки {fact.fe}: можно {fact.fee}"),
    (TALK, "записать?", "записать в {contact.ui}?", "2: в «slot» нет подстановки {contact.ui}: можно {contact.uii}"),
    (CONSENT, "{raw_words_days}", "{raw_days}", "6: в «full» нет подстановки {raw_days}: можно {raw_words_days}"),
    (PLAN, "МФЦ.", "МФЦ, {code}.", "9: в «papers.where» нет подстановки {code}: уберите её, здесь подстановок нет"),
    (TALK, "Другое время", "За {fact.fee}", "9: в «confirm.buttons.no» фигурная скобка: " + NO_PLACES),
    (PLAN, "Собрать", "Собрать {office.name}", "2: в «papers.title» фигурная скобка: " + NO_PLACES),
    (WORK, "Возьмут ли меня?", "Возьмут {кого}?", "6: в «faq-001.question» фигурная скобка: " + NO_PLACES),
    (OFFICE, "ул. Мира, 2", "ул. Мира, {x}", "15: в «contacts.shelter» фигурная скобка: " + NO_PLACES),
    (
        PAGE,
        "Сюда: {office.address}.",
        "Сюда: .",
        "5: в «where_to_go» пустое место «Сюда: .»: допишите, чего не хватает, или уберите лишний пробел",
    ),
    (
        TALK,
        "Возьмите паспорт",
        "Возьмите  паспорт",
        "3: в «done» пустое место «{code}. Возьмите  п»: допишите, чего не хватает, или уберите лишний пробел",
    ),
    # texts and buttons that the code needs
    (TALK, "slot: На какое время вас записать?\n", "", "1: нет текста «slot»: добавьте строку «slot: …»"),
    (TALK, None, None, "1: нет файла: верните его; в нём тексты: slot, done, confirm"),
    (COMMON, "back: Назад\n", "", "1: нет текста «back»: добавьте строку «back: …»"),
    (TALK, "slot: На какое время вас записать?", "slot:", "2: «slot» пусто: впишите значение"),
    (TALK, "done: |", "dne: Готово\ndone: |", "3: «dne» программа такого текста не знает: возможно, done"),
    (TALK, "    no: Другое время\n", "", "5: «confirm» без кнопки «no»: добавьте под buttons строку «no: надпись»"),
    (TALK, "    no:", "    non: Не знаю\n    no:", "5: «confirm» с неизвестной кнопкой «non»: возможно, no"),
    (
        TALK,
        "Другое время",
        "Да, записать",
        "9: «confirm.buttons.no» та же надпись «Да, записать», что у другой кнопки: сделайте надписи разными",
    ),
    # lengths
    (TALK, "Другое время", "О" * 39, "9: «confirm.buttons.no» длиннее 38 знаков (сейчас 39): сократите"),
    (COMMON, "Назад", "Вернуться на экраны", "1: «back» длиннее 18 знаков (сейчас 19): сократите"),
    (TALK, "вас записать?", "да. " * 1000, "2: «slot» длиннее 3900 знаков (сейчас 4014): сократите"),
    (PLAN, "Собрать", "Собрать и ещё проверить все-все", "2: «papers.title» длиннее 38 знаков (сейчас 41): сократите"),
    (
        PLAN,
        "МФЦ.",
        "МФЦ. " * 700,
        "5: «papers.how» слишком длинно: весь шаг 3556 знаков: сократите до 3000 или разделите шаг на два",
    ),
    (
        PAGE,
        "О помощи.",
        "О помощи. " * 330,
        "4: «services» уже не поместится: вместе 3344 знаков: сократите все пять частей до 3300",
    ),
    # the tree
    (
        TALK,
        "паспорт.\n",
        "паспорт.\n  confirm: что-то\n",
        "3: в «done» внутри текста строка «confirm:»: поставьте её вровень с соседними именами или перепишите",
    ),
    (PAGE, "О помощи.", "\n  О помощи.\n  И о другом.", "3: строки текста слипнутся в одну: " + BAR),
    (PAGE, "О помощи.", "О помощи.\n\n  И о другом.", "3: строки текста слипнутся в одну: " + BAR),
    (
        "questions/bot.yaml",
        """  faq-003:
    label: Кто вы
    question: Кто вы?
    answer: Бот.
    source: мы
    confidence: high
""",
        "  {}\n",
        "3: «questions» нет ни одного вопроса: впишите вопрос или удалите файл",
    ),
    (TALK, "done: |", "slot: Да\ndone: |", "3: «slot» записано второй раз: первый раз в строке 2, оставьте одно"),
    (TALK, "  text: З", "  txt: Что\n  text: З", "6: неизвестное имя «txt» в «confirm»: возможно, text"),
    (PAGE, "services: ", "servises: Что\nservices: ", "4: неизвестное имя «servises»: возможно, services"),
    (PAGE, "services: Резюме.\n", "", "1: нет «services»: добавьте строку «services: …»"),
    (TALK, "На какое время", "[один, два]  #", "2: «slot» должно быть текстом: возьмите весь текст в кавычки"),
    (
        PLAN,
        "how: [Напишите.]",
        "how: Напишите.",
        "15: «resume.how» должно быть списком: начните каждую строку с «- » и сдвиньте вправо",
    ),
    (
        "words.yaml",
        "[назад]",
        "[назад, [туда]]",
        "1: в списке «back» не текст: возьмите строку списка целиком в кавычки",
    ),
    ("words.yaml", "[назад]", "[]", "1: «back» пустой список: впишите хотя бы одну строку"),
    (
        RULES,
        'quiet:\n  from: "21:00"\n  to: "09:00"\n',
        "quiet: да\n",
        "1: «quiet» должно состоять из строк «имя: значение»: перенесите их на новые строки и сдвиньте вправо",
    ),
    # figures and style
    (
        TALK,
        "Возьмите",
        "Должник, возьмите",
        "3: в «done» слово «должник»: напишите иначе: родитель, который платит алименты",
    ),
    (
        PAGE,
        "О помощи.",
        "Вы бывший заключенный.",
        "3: в «about» слово «бывший заключенный»: напишите иначе: человек после освобождения",
    ),
    (
        TALK,
        "паспорт",
        "паспорт и копию, и ещё одну копию, и ещё три листа бумаги, и ручку",
        "3: в «done» слишком длинное предложение «Возьмите паспорт и копию,…»: слов 15: "
        "разделите его, чтобы было не больше 12",
    ),
    (TALK, "паспорт", "350 руб.", "3: в «done» сумма «350 руб»: запишите её в facts.yaml, а здесь оставьте {fact.имя}"),
    (TALK, "паспорт", "1 500 ₽", "3: в «done» сумма «1 500 ₽»: запишите её в facts.yaml, а здесь оставьте {fact.имя}"),
    (
        PLAN,
        "справка",
        "номер 8 (3852) 12-34-56",
        "8: в «papers.take» телефон «8 (3852) 12-34-56»: "
        "запишите его в facts.yaml или offices, а здесь оставьте {fact.имя} или {contact.имя}",
    ),
    # values
    (
        RULES,
        "dedupe_days: 14",
        "dedupe_days: две недели",
        "11: «retention.dedupe_days» не число от 2 до 366: «две недели»: впишите целое число без пробелов и слов",
    ),
    (RULES, '"21:00"', '"25:00"', "2: «quiet.from» не время: «25:00»: впишите часы и минуты, например 9:00"),
    (RULES, "  week: {days: 7, hour: 10}\n", "", "4: нет «week» в «later»: добавьте строку «week: …»"),
    (
        RULES,
        "https://max",
        "max",
        "17: «other_channels.MAX» не адрес: «max.ru/centre»: впишите адрес, который начинается с https://, "
        "или оставьте пустым",
    ),
    ("channels.yaml", "2\n", "много\n", "5: «max.chat_per_second» не число от 0.05 до 100: «много»: впишите число"),
    (CONSENT, 'version: "2026-11"\n', "", "1: нет «version»: добавьте строку «version: …»"),
    (
        CONSENT,
        '"2026-11"',
        "ноябрь",
        "1: «version» не подходит: «ноябрь»: до 24 знаков: латинские буквы, цифры, точка, - и _, например 2026-11",
    ),
    (
        FACTS,
        "as_of: 2026-01-01",
        "as_of: 1 января",
        "3: «fee.as_of» не дата: «1 января»: впишите год, месяц и день, например 2026-02-01",
    ),
    (
        FACTS,
        "check_by: 2027-01-01",
        "check_by: 2025-01-01",
        "4: «fee.check_by» раньше, чем as_of: поставьте день, до которого значение можно показывать",
    ),
    (FACTS, "confidence: high", "confidence: hihg", "6: «fee.confidence» не может быть «hihg»: возможно, high"),
    (
        PLAN,
        "stage: info_search",
        "stage: info_serch",
        "3: «papers.stage» не может быть «info_serch»: возможно, info_search",
    ),
    (
        PLAN,
        "papers:",
        "Papers:",
        "1: имя «Papers» не подходит: до 24 знаков: строчные латинские буквы, цифры, - и _",
    ),
    (OTHER, "90", "сто", "3: «order» не число от 0 до 9999: «сто»: впишите целое число без пробелов и слов"),
    (
        OTHER,
        "is_ready: нет",
        "is_ready: да",
        "4: «is_ready» «да», а плана нет: добавьте в папку файл plan.yaml или напишите «нет»",
    ),
    (
        OTHER,
        "elsewhere: Задайте вопрос.\n",
        "",
        "4: «is_ready» «нет», а куда идти людям, не сказано: добавьте строку «elsewhere: …»",
    ),
    (
        OFFICE,
        "9:00-13:00, 14:00-18:00",
        "с девяти",
        "10: «hours.пн-чт» не часы работы: «с девяти»: пишите, например, 9:00-13:00, 14:00-18:00",
    ),
    (OFFICE, "  пт:", "  чт:", "11: «hours.чт» второй раз называет день «чт»: оставьте каждый день один раз"),
    (
        OFFICE,
        "  сб:",
        "  суббота:",
        "12: «hours.суббота» не день недели: пишите пн, вт, ср, чт, пт, сб, вс или промежуток, например пн-чт",
    ),
    (
        OFFICE,
        "Barnaul",
        "Barnaull",
        "5: «timezone» неизвестный часовой пояс «Asia/Barnaull»: впишите, например, Asia/Barnaul или Europe/Moscow",
    ),
    (OFFICE, "address: ул. Ленина, 1", "address:", "6: «address» пусто: впишите значение"),
    (
        WORK,
        "confidence: high",
        "confidence: да",
        "12: «faq-001.confidence» не может быть «да»: можно: high, medium, low, verify",
    ),
    (WORK, "companion", "companon", "10: «faq-001.escalation» не может быть «companon»: возможно, companion"),
    # further pages and the first days
    (
        VISIT,
        "label: Первый приём",
        "label: Первый приём в вашем центре занятости!!!",
        "1: «label» длиннее 38 знаков (сейчас 40): сократите",
    ),
    (VISIT, "с паспортом.", "с паспортом. " * 300, "3: «text» длиннее 3000 знаков (сейчас 3936): сократите"),
    (VISIT, "order: 20\n", "", "1: нет «order»: добавьте строку «order: …»"),
    (VISIT, "source:", "sourse: сайт\nsource:", "8: неизвестное имя «sourse»: возможно, source"),
    (
        VISIT,
        "{office.address}",
        "{office.adress}",
        "3: в «text» нет подстановки {office.adress}: можно {office.address}",
    ),
    (VISIT, "[released]", "[relesed]", "7: в «situations» нет жизненной ситуации «relesed»: возможно, released"),
    (VISIT, "high", "hihg", "9: «confidence» не может быть «hihg»: возможно, high"),
    (DAYS, "to_day: 3", "to_day: 1", "3: «accounting.to_day» раньше, чем from_day: 1 и 2: поменяйте их местами"),
    (
        DAYS,
        "from_day: 2",
        "from_day: второй",
        "2: «accounting.from_day» не число от 1 до 60: «второй»: впишите целое число без пробелов и слов",
    ),
    (DAYS, "to_day: 3", "to_dya: 3", "3: неизвестное имя «to_dya» в «accounting»: возможно, to_day"),
    (DAYS, "  title: Дорога\n", "", "7: нет «title» в «arrival»: добавьте строку «title: …»"),
    (DAYS, "Дорога", "Д" * 81, "9: «arrival.title» длиннее 80 знаков (сейчас 81): сократите"),
    (
        DAYS,
        "do: [Доберитесь до дома., Отдохните.]",
        "do: Отдохните.",
        "10: «arrival.do» должно быть списком: начните каждую строку с «- » и сдвиньте вправо",
    ),
    (
        DAYS,
        "[Доберитесь до дома., Отдохните.]",
        "\n" + "    - Отдохните и выспитесь.\n" * 160,
        "7: «arrival» уже не поместится: вместе 3562 знаков: сократите все дни до 3300",
    ),
    (
        "pages/Права.yaml",
        None,
        "a: b",
        "1: имя файла или папки не подходит: до 24 знаков: строчные латинские буквы, цифры, - и _",
    ),
    (
        "situations/released/dais.yaml",
        None,
        "a: b",
        "1: программа такого файла не знает: возможно, situations/…/days.yaml",
    ),
    # across files
    (
        "words.yaml",
        "[меню]",
        "[меню, НАЗАД]",
        "2: «menu» содержит «назад», а это слово уже в «back»: оставьте его в одном месте",
    ),
    (
        "sources.yaml",
        "situation: released",
        "situation: relesed",
        "3: «department» ведёт в никуда: нет жизненной ситуации «relesed»: возможно, released",
    ),
    ("sources.yaml", "faq-001", "faq-01", "5: «desk» ведёт в никуда: нет вопроса «faq-01»: возможно, faq-001"),
    (
        "sources.yaml",
        "  question:",
        "  situation: other\n  question:",
        "7: «desk.question» стоит вместе с situation: оставьте что-то одно",
    ),
    (WORK, "faq-002:", "faq-003:", "13: вопрос «faq-003» уже есть в questions/bot.yaml:4: дайте ему другое имя"),
    (WORK, "[released]", "[relesed]", "4: в «faq-001» нет жизненной ситуации «relesed»: возможно, released"),
    # files
    (CONSENT, None, None, "1: нет файла: верните его из поставки"),
    (PAGE, None, None, "1: нет файла: добавьте его по образцу соседней жизненной ситуации"),
    (OFFICE, None, None, "offices:1: нет ни одного офиса: добавьте файл offices/<имя>.yaml по образцу из поставки"),
    ("ruls.yaml", None, "a: b", "1: программа такого файла не знает: возможно, rules.yaml"),
    (
        "questions/Работа.yaml",
        None,
        "a: b",
        "1: имя файла или папки не подходит: до 24 знаков: строчные латинские буквы, цифры, - и _",
    ),
    ("questions/new.yaml", None, "", "1: файл пуст: впишите строки «имя: значение» или удалите файл"),
    (
        "questions/new.yaml",
        None,
        "- один\n",
        "1: файл должен состоять из строк «имя: значение»: допишите имена и двоеточия",
    ),
]


def name_of(case: tuple[str, str | None, str | None, str]) -> str:
    return f"{case[0]} {case[3][:40]}"


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_mistake_is_told_once_with_file_and_line(spoil: Spoil, case: tuple[str, str | None, str | None, str]) -> None:
    file, old, new, line = case

    found = spoil(file, old, new)

    assert found == [line if line.startswith("offices:") else f"{file}:{line}"]


# what the YAML parser or a look at the bytes says: the file is not read further, so nothing follows from it
RAW: list[tuple[str | bytes, str]] = [
    (
        "a: Код: {x}\n",
        "1: лишнее двоеточие: возьмите весь текст в кавычки или напишите его после знака | с новой строки",
    ),
    ('slot: "На какое\n', "2: кавычка или скобка не закрыта: закройте её"),
    ("slot: *x\n", "1: ссылки & и * здесь не действуют: возьмите текст в кавычки или напишите его целиком"),
    ("slot: &x Да\n", "1: ссылки & и * здесь не действуют: возьмите текст в кавычки или напишите его целиком"),
    ("slot: !!python/object:os.system Да\n", "1: знак ! в начале значения: возьмите текст в кавычки"),
    ("slot: @Да\n", "1: текст начинается со служебного знака: возьмите текст в кавычки"),
    (
        "slot: Да\n  done: Нет\n",
        "2: лишнее двоеточие: возьмите весь текст в кавычки или напишите его после знака | с новой строки",
    ),
    (
        "slot: Да\nпросто слова\nдальше: Нет\n",
        "3: после имени нет двоеточия: пишите «имя: значение», а продолжение текста сдвиньте пробелами вправо",
    ),
    (
        'slot: "C:\\дом"\n',
        "1: обратная косая черта в двойных кавычках: уберите её или возьмите текст в одинарные кавычки",
    ),
    ("slot: Да\n---\nslot: Нет\n", "2: в файле два документа (строка ---): уберите строку ---"),
    ("slot: Да\n\tещё\n", "2: знак табуляции: замените его пробелами"),
    ("slot: Да\u200b\n", "1: невидимый знак U+200B: удалите его и наберите это место заново"),
    ("slot: Да\u202eтен\n", "1: невидимый знак U+202E: удалите его и наберите это место заново"),
    ("slot: Да\x07\n", "1: невидимый знак U+0007: удалите его и наберите это место заново"),
    (b"slot: ok\ndone: \x00\n", "2: в тексте нулевой байт: файл повреждён: верните прежний и повторите правку"),
    (
        "# ок\nslot: Да\n".encode("cp1251"),
        "1: текст не в кодировке UTF-8 (возможно, Windows-1251): сохраните файл в кодировке UTF-8",
    ),
    ("slot: Да\n".encode("utf-16"), "1: файл в кодировке UTF-16 или UTF-32: сохраните его в кодировке UTF-8"),
    ("slot: Да\n".encode("utf-32"), "1: файл в кодировке UTF-16 или UTF-32: сохраните его в кодировке UTF-8"),
    ("[" * 50_000, "1: слишком много вложенных уровней: уберите лишние отступы или скобки"),
    ("? [a]\n: b\n", "1: вместо имени скобка: возьмите весь текст в кавычки"),
    (b"# " + b"x" * 5_000_000, "1: файл больше 5 МБ: разделите его или уберите лишнее"),
    ("a: b\n" * 10_001, "10000: в файле больше 20000 значений: разделите файл на несколько"),
]


@pytest.mark.parametrize(("data", "line"), RAW, ids=lambda value: value[:30] if isinstance(value, str) else "bytes")
def test_a_file_that_cannot_be_read_is_told_in_one_line(spoil: Spoil, data: str | bytes, line: str) -> None:
    found = [one for one in spoil(TALK, None, data) if "второй раз" not in one and "показаны первые" not in one]

    assert found == [f"{TALK}:{line}"]


def test_marks_of_another_editor_are_told_and_the_rest_is_still_checked(spoil: Spoil, files: Files) -> None:
    windows = b"\xef\xbb\xbf" + files[TALK].replace(b"{code}", b"{cod}").replace(b"\n", b"\r\n")

    assert spoil(TALK, None, windows) == [
        f"{TALK}:1: в начале файла метка BOM: сохраните файл в кодировке «UTF-8 без BOM»",
        f"{TALK}:1: концы строк не такие, как нужно (CRLF): сохраните файл с концами строк LF («Unix»)",
        f"{TALK}:3: «done» без подстановки {{code}}: впишите {{code}} туда, где должно стоять значение",
        f"{TALK}:3: в «done» нет подстановки {{cod}}: можно {{code}}",
    ]


@pytest.mark.parametrize("words", ["На какое время, кабинет #5?", "Кабинет #5", "Room a #5"])
def test_words_lost_behind_a_number_sign_are_noticed(spoil: Spoil, words: str) -> None:
    assert spoil(TALK, "На какое время вас записать?", words) == [
        f"{TALK}:2: текст обрезан: после пробела знак #: возьмите весь текст в кавычки или уберите #"
    ]


def test_a_comment_may_follow_a_number_an_id_or_yes(spoil: Spoil, files: Files) -> None:
    files[RULES] = files[RULES].replace(b"answer_hours: 8", "answer_hours: 8  # часов".encode())
    files[FACTS] = files[FACTS].replace(b"confidence: high", "confidence: high  # закон".encode())

    assert spoil(OFFICE, "needs_verification: нет", "needs_verification: нет  # проверено") == []


def test_all_mistakes_of_all_files_are_told_at_once_and_in_order(files: Files) -> None:
    files[TALK] = files[TALK].replace(b"{code}", b"{cod}")
    files[FACTS] = files[FACTS].replace(b"high", b"hgih")
    files[OFFICE] = b"\xff"

    found = lines_of(files, NEEDS)

    assert [line.split(": ")[0] for line in found] == [
        f"{FACTS}:6", f"{FACTS}:18", f"{OFFICE}:1", f"{TALK}:3", f"{TALK}:3",
    ]  # fmt: skip


@pytest.mark.parametrize(("file", "line"), [(FACTS, "1"), (OFFICE, "1")])
def test_a_file_that_cannot_be_read_spoils_no_text_that_names_it(spoil: Spoil, file: str, line: str) -> None:
    found = spoil(file, None, 'fee: "')

    assert found == [f"{file}:{line}: кавычка или скобка не закрыта: закройте её"]


def test_a_second_default_office_is_told(spoil: Spoil, files: Files) -> None:
    assert spoil("offices/second.yaml", None, files[OFFICE]) == [
        "offices/second.yaml:1: главных офисов больше одного: напишите «is_default: да» ровно в одном файле"
    ]


def test_a_step_missing_in_the_middle_of_a_plan_item_is_told_with_the_name_written_instead(spoil: Spoil) -> None:
    assert spoil(PLAN, "why: Без", "wy: Без") == [
        f"{PLAN}:1: нет «why» в «papers»: добавьте строку «why: …»",
        f"{PLAN}:4: неизвестное имя «wy» в «papers»: возможно, why",
    ]


def test_a_file_replaced_by_garbage_gives_a_readable_number_of_lines(spoil: Spoil) -> None:
    found = spoil(TALK, None, "".join(f"key{number}: Да {{x}}\n" for number in range(5000)))

    assert len(found) == 101
    assert found[-1].endswith("показаны первые 100 ошибок: исправьте их и проверьте снова")


def test_slang_is_heard_but_not_said(spoil: Spoil) -> None:
    assert spoil(WORK, "берут ли", "берут ли должников") == []


def test_a_text_may_leave_out_a_value_that_the_code_only_offers(spoil: Spoil) -> None:
    assert spoil(TALK, "Вы записаны", "Вы записаны, {name}") == []


def test_a_mistake_reads_like_a_compiler_line(files: Files) -> None:
    files[TALK] = files[TALK].replace(b"{code}", b"{code} {cod}")

    with pytest.raises(BadContent) as raised:
        load(files, NEEDS, root="/etc/czn/content/")

    line = "/etc/czn/content/texts/booking.yaml:3: в «done» нет подстановки {cod}: можно {code}"
    assert str(raised.value) == line
    assert report(raised.value.mistakes) == f"{line}\nОшибок: 1."
    assert report([]) == "Ошибок нет."
    assert raised.value.mistakes == (
        Mistake("/etc/czn/content/texts/booking.yaml", 3, "в «done» нет подстановки {cod}", "можно {code}"),
    )
