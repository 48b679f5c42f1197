"""Numbers in what people write for a call back, and how they are dialled."""

import pytest

from bot.desk.phones import dialled, phones_in


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("8 913 555-01-02, вечером", ["8 913 555-01-02"]),
        ("Звоните +7(913)555-01-02 или 89135550103", ["+7(913)555-01-02", "89135550103"]),
        ("9135550102 9135550102", ["9135550102"]),
        ("домашний 36-55-01 после 18:00", ["36-55-01"]),
        ("наберите вечером, номер вы знаете", []),
        ("дом 12, квартира 7, в 10:30, 24.11.2026", []),
        ("номер дела 1234567890123456", []),
    ],
)
def test_numbers_are_found_as_they_were_written(words: str, found: list[str]) -> None:
    assert phones_in(words) == found


@pytest.mark.parametrize(
    ("phone", "number"),
    [
        ("8 913 555-01-02", "+79135550102"),
        ("+7 (913) 555 01 02", "+79135550102"),
        ("9135550102", "+79135550102"),
        ("36-55-01", "365501"),
    ],
)
def test_a_number_is_dialled_whole(phone: str, number: str) -> None:
    assert dialled(phone) == number
