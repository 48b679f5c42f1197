"""Content to words."""

from dataclasses import replace
from datetime import UTC, date, datetime
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.texts.load import load
from bot.texts.render import (
    button,
    counted,
    day_words,
    fill,
    hours_words,
    local,
    progress,
    say,
    short_day,
    time_words,
)
from bot.texts.schema import Content
from bot.texts.template import sentences
from tests.texts.conftest import NEEDS, Files

ASK = "Контакты уточните у специалиста."
MARK = "Уточните это у специалиста."


def test_values_stand_where_the_text_wants_them(content: Content) -> None:
    assert say(content, "booking.done", {"code": "K7"}) == "Вы записаны. Код записи: K7. Возьмите паспорт."
    assert say(content, "booking.slot", {}) == "На какое время вас записать?"
    assert button(content, "booking.confirm", "yes") == "Да, записать"


@pytest.mark.parametrize("words", ["{code}", "{fact.fee}", "%s %d %%", "{", "Иван\n{contact.uii}. Пока"])
def test_words_of_a_citizen_are_never_read_as_placeholders(files: Files, words: str) -> None:
    files["texts/booking.yaml"] = files["texts/booking.yaml"].replace(
        b"{when}?", "{when}, 100 % за {fact.fee}?".encode()
    )
    content = load(files, NEEDS)

    assert say(content, "booking.done", {"code": words}) == f"Вы записаны. Код записи: {words}. Возьмите паспорт."
    assert say(content, "booking.confirm", {"when": words}) == f"Записать вас на {words}, 100 % за 350 ₽?"


def test_a_value_that_code_forgot_is_an_error_of_code(content: Content) -> None:
    with pytest.raises(KeyError, match="code"):
        say(content, "booking.done", {})
    with pytest.raises(KeyError, match=r"booking\.none"):
        say(content, "booking.none", {})


def test_saying_is_pure_and_quick(content: Content) -> None:
    values = {"code": "K7"}
    said = {say(content, "booking.done", values) for _ in range(100)}
    started = perf_counter()
    for _ in range(20_000):
        say(content, "booking.done", values)
    spent_s = perf_counter() - started

    assert len(said) == 1
    assert values == {"code": "K7"}
    assert spent_s / 20_000 < 50e-6  # about 0.5 µs on an idle machine


FILLED = [
    ("Просто слова.", "Просто слова."),
    ("Пошлина {fact.fee}. Приходите.", "Пошлина 350 ₽. Приходите."),
    ("Дают {fact.guess}. Приходите.", f"Дают 850 ₽. {MARK} Приходите."),
    ("Дают {fact.guess}. Или {fact.guess}. Вот.", f"Дают 850 ₽. Или 850 ₽. {MARK} Вот."),
    ("Дают {fact.guess}.\nИли {fact.guess}.", f"Дают 850 ₽. {MARK}\nИли 850 ₽. {MARK}"),
    ("Идите: {office.name}, {office.address}.", "Идите: ЦЗН на Ленина, ул. Ленина, 1."),
    (
        "Звоните: {contact.czn_phone}. Или так: {office.phone}.",
        "Звоните: 8 (3852) 12-34-56. Или так: 8 (3852) 12-34-56.",
    ),
    ("Часы: {office.hours}.", "Часы: пн–чт 9:00–13:00 и 14:00–18:00, пт 9:00–17:00."),
    ("Ночлег: {contact.shelter}. Берегите себя.", "Ночлег: ул. Мира, 2. Берегите себя."),
    ("Инспекция: {contact.uii}. Берегите себя.", f"Берегите себя. {ASK}"),
    ("Скажем. Инспекция: {contact.uii}. Берегите себя.", f"Скажем. Берегите себя. {ASK}"),
    ("Инспекция: {contact.uii}.", ASK),
    ("Скажем.\nИнспекция: {contact.uii}.\nБерегите себя.", f"Скажем.\nБерегите себя.\n{ASK}"),
    ("Скажем. Инспекция: {contact.uii}.\n\nДальше: {contact.uii}. Вот.", f"Скажем.\n\nВот.\n{ASK}"),
    ("• раз;\n• {contact.uii};\n• два.", f"• раз;\n• два.\n{ASK}"),
    ("1. Инспекция: {contact.uii}.\n2. Дома.", f"2. Дома.\n{ASK}"),
    ("Приходите на ул. Ленина. Там {contact.uii}.", f"Приходите на ул. Ленина. {ASK}"),
    ("Дают {fact.guess}. Инспекция: {contact.uii}.", f"Дают 850 ₽. {MARK} {ASK}"),
    (f"Дают {{fact.guess}}. {MARK}", f"Дают 850 ₽. {MARK}"),
    (f"Дают {{fact.guess}}.\n\n{MARK}", f"Дают 850 ₽.\n\n{MARK}"),
]


@pytest.mark.parametrize(("template", "words"), FILLED)
def test_figures_and_contacts_are_filled_dropped_or_marked(content: Content, template: str, words: str) -> None:
    assert fill(content, template, None) == words
    assert fill(content, template, content.default_office) == words


def test_hours_nobody_confirmed_are_marked(content: Content) -> None:
    office = replace(content.default_office, needs_verification=True)

    assert fill(content, "{office.name}. Часы: {office.hours}.", office).endswith(f"пт 9:00–17:00. {MARK}")
    assert fill(content, "Это {office.name}.", office) == "Это ЦЗН на Ленина."


def test_an_office_without_hours_or_without_a_contact_of_another_office_drops_the_sentence(content: Content) -> None:
    office = replace(content.default_office, hours={}, contacts={})

    assert fill(content, "Ждём. Часы: {office.hours}. Ночлег: {contact.shelter}.", office) == f"Ждём. {ASK}"


def test_a_figure_past_its_date_is_marked(content: Content) -> None:
    assert fill(content, "Пошлина {fact.fee}.", None, today=date(2027, 1, 1)) == "Пошлина 350 ₽."
    assert fill(content, "Пошлина {fact.fee}.", None, today=date(2027, 1, 2)) == f"Пошлина 350 ₽. {MARK}"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Раз. Два! Три? Четыре… Пять.", 5),
        ("Идите на ул. Ленина, д. 5, каб. 7. Там ждут.", 2),
        ("По ст. 64 ТК. Ответят за 7 дней.", 2),
        ("Скажите: «Да.» Потом идите.", 2),
        ("Налог 4.5 % в месяц.", 1),
        ("1. Один. Ещё.\n12. Два.", 3),
        ("Один\nдва\n\nтри", 3),
        ("Телефон {contact.uii}. {office.name}. Всё.", 3),
    ],
)
def test_a_text_is_cut_into_sentences_that_join_back(text: str, number: int) -> None:
    assert len(sentences(text)) == number
    assert joined(text) == text


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(alphabet="АаЯя1. !?\n«»•{}x", max_size=60))
def test_no_word_is_lost_between_sentences(text: str) -> None:
    assert joined(text) == text.strip()


def joined(text: str) -> str:
    return "".join(
        "".join(part if index % 2 == 0 else f"{{{part}}}" for index, part in enumerate(sentence.parts)) + sentence.gap
        for sentence in sentences(text)
    )


MOMENT = datetime(2026, 11, 24, 20, 30, tzinfo=UTC)  # 25 November, 3:30 in Barnaul


def test_times_are_local_only_in_words() -> None:
    assert local(MOMENT, "Asia/Barnaul").isoformat() == "2026-11-25T03:30:00+07:00"
    assert day_words(MOMENT, "Asia/Barnaul") == "в среду, 25 ноября"
    assert day_words(MOMENT, "Europe/Moscow") == "во вторник, 24 ноября"
    assert time_words(MOMENT, "Asia/Barnaul") == "3:30"
    assert time_words(MOMENT.replace(hour=7, minute=0), "Asia/Barnaul") == "14:00"
    assert short_day(MOMENT, "Asia/Barnaul") == "ср 25.11"


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (datetime(2026, 11, 24, 18, 0, tzinfo=UTC), "сегодня, 25 ноября"),
        (datetime(2026, 11, 24, 16, 0, tzinfo=UTC), "завтра, 25 ноября"),
        (datetime(2026, 11, 20, 16, 0, tzinfo=UTC), "в среду, 25 ноября"),
        (datetime(2025, 12, 30, 16, 0, tzinfo=UTC), "в среду, 25 ноября 2026 года"),
    ],
)
def test_a_near_day_is_named_as_people_name_it(now: datetime, words: str) -> None:
    assert day_words(MOMENT, "Asia/Barnaul", now) == words


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        local(MOMENT.replace(tzinfo=None), "Asia/Barnaul")


def test_hours_are_grouped_by_equal_neighbouring_days(content: Content) -> None:
    office = content.default_office
    day = office.hours[4]

    assert hours_words(replace(office, hours={0: day, 1: day, 3: day})) == "пн–вт 9:00–17:00, чт 9:00–17:00"
    assert hours_words(replace(office, hours={})) == ""


@pytest.mark.parametrize(
    ("done", "total", "words"),
    [
        (3, 9, "3 из 9  ▰▰▰▱▱▱▱▱▱"),
        (0, 3, "0 из 3  ▱▱▱"),
        (7, 23, "7 из 23  ▰▰▰▱▱▱▱▱▱▱"),
        (23, 23, "23 из 23  ▰▰▰▰▰▰▰▰▰▰"),
        (0, 0, "0 из 0"),
    ],
)
def test_progress_is_counted_and_drawn(done: int, total: int, words: str) -> None:
    assert progress(done, total) == words


def test_things_are_counted_in_russian() -> None:
    said = [counted(number, "шаг", "шага", "шагов") for number in (1, 2, 5, 11, 12, 21, 22, 111)]

    assert said == ["1 шаг", "2 шага", "5 шагов", "11 шагов", "12 шагов", "21 шаг", "22 шага", "111 шагов"]
