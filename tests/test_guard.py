"""What is taken out of a text before it is stored, and what stays because it is an answer."""

from random import Random

import pytest

from bot.guard import MASK, guarded
from tests.people import canaries

HIDDEN = [
    ("мой номер +7 913 555-12-31", "phone"),
    ("89135551231", "phone"),
    ("8 (913) 555-12-31", "phone"),
    ("9135551231", "phone"),
    ("+375 29 123-45-67", "phone"),
    ("тел. 55-12-33", "phone"),
    ("паспорт 45 10 687901", "passport"),
    ("4510 687901", "passport"),
    ("4510687901", "passport"),
    ("серия 4510 номер 687901", "passport"),
    ("45 10 № 687901", "passport"),
    ("112-233-445 95", "snils"),
    ("11223344595", "snils"),
    ("112 233 445 95", "snils"),
    ("снилс 12345678901", "snils"),
    ("инн 220912345678", "inn"),
    ("500100732259", "inn"),
    ("4276 1600 1234 5675", "card"),
    ("4111111111111111", "card"),
    ("2200-1234-5678-9019", "card"),
    ("40817810099910004312", "card"),
    ("код 482911", "sms"),
    ("код из смс 4821", "sms"),
    ("пришло смс с кодом 4821", "sms"),
    ("sms code 1234", "sms"),
    ("cvv 123", "sms"),
    ("пароль от госуслуг Qwerty123", "password"),
    ("пароль: солнышко", "password"),
    ("мой пароль qwerty", "password"),
]
ANSWERS = [
    "15.03.2027", "15 03 2027", "15 марта 2027 в 14:30", "2027-03-15", "24.11.2026 14:30", "24.11 в 10 30",
    "с 9:00 до 18:00", "зарплата 45 000 - 60 000 рублей", "45000-60000", "от 100 000 до 150 000", "150000",
    "долг 1 250 000 руб", "350 тысяч", "1234", "12", "0", "4K7-0MT-9A52", "2222AA2222", "2222АА2222", "4k7 0mt 9a52",
    "код записи 4821", "код 4821", "мой код 4821", "код обращения 123456", "код города 3852", "код вакансии 123456",
    "статья 157", "у меня 2 детей 2015 и 2018 года", "сижу с 2019 по 2024", "забыл пароль от госуслуг",
    "пароль не подходит", "не могу войти на госуслуги пароль потерял", "паспорт просрочен с 2019 года",
    "паспорт выдан 12.05.2010", "прописка на ленина 45 кв 12", "10 классов", "8 лет стажа и 3 года",
    "ПП 1908 от 02.11.2021", "№ 229-ФЗ", "инн потерял в 2019 году", "смс пришло 12.05", "телефон кнопочный 2010 года",
    "112", "8-800", "/start leaflet", "5 10 15 20 25 30 35 40",
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), HIDDEN)
def test_a_personal_number_is_taken_out(text: str, kind: str) -> None:
    safe = guarded(text)

    assert safe.kinds == (kind,)
    assert MASK in safe.text
    assert sum(character.isdigit() for character in safe.text) <= 1


@pytest.mark.parametrize("text", ANSWERS)
def test_an_answer_stays_as_it_is(text: str) -> None:
    assert guarded(text).text == text
    assert guarded(text).kinds == ()


@pytest.mark.parametrize("canary", canaries(Random(7), 300))
def test_none_of_many_made_up_numbers_stays(canary: str) -> None:
    digits = [one for one in canary.split() if sum(map(str.isdigit, one)) >= 4]

    left = guarded(f"здравствуйте, вот {canary}, подойдёт?").text
    assert [one for one in digits if one in left] == []
    assert canary not in left


def test_several_numbers_are_all_named_and_the_words_between_stay() -> None:
    safe = guarded("паспорт 45 10 687901, снилс 112-233-445 95 и телефон +79135551231. Приду 24.11.2026 в 14:30")

    assert safe.kinds == ("snils", "phone", "passport")
    assert safe.text == f"паспорт {MASK}, снилс {MASK} и телефон {MASK}. Приду 24.11.2026 в 14:30"


def test_a_bare_number_says_nothing_else() -> None:
    assert guarded("4111 1111 1111 1111!").is_bare
    assert not guarded("карта 4111 1111 1111 1111").is_bare
    assert not guarded("привет").is_bare


def test_a_long_text_takes_no_longer_than_a_blink() -> None:
    from time import perf_counter

    begun = perf_counter()
    guarded("12 34 5 " * 500)
    guarded("код " * 1000)
    assert perf_counter() - begun < 1
