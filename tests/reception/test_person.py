"""Names and phones as staff type them."""

import pytest

from bot.desk.person import name_of, phone_of


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Иван", "Иван"),
        ("  Иван \n Петров ", "Иван Петров"),
        ("Сосед с Ленина, 5", "Сосед с Ленина, 5"),
        ("Ив\x1b[31mан", "Ив [31mан"),
        ("\u200b", None),
        ("", None),
        ("   ", None),
        ("я" * 61, None),
    ],
)
def test_a_name_is_one_line_of_words(typed: str, name: str | None) -> None:
    assert name_of(typed) == name


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("8 (913) 000-00-00", "79130000000"),
        ("+7 913 000 00 00", "79130000000"),
        ("9130000000", "79130000000"),
        ("+375 29 123-45-67", "375291234567"),
        ("", ""),
        ("  ", ""),
        ("12345", None),
        ("позвонить маме", None),
        ("8 913 000 00 00 доб. 5", None),
        ("1" * 16, None),
    ],
)
def test_a_phone_is_digits_with_the_country(typed: str, phone: str | None) -> None:
    assert phone_of(typed) == phone
