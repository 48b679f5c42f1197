"""A day as people type it."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.texts.dates import read_day
from bot.texts.render import date_words, span_words

MONDAY = date(2026, 11, 23)
JUNE = date(2027, 6, 12)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("12.06.2027", JUNE),
        ("12.6.27", JUNE),
        ("12/06/2027", JUNE),
        ("12-06-2027", JUNE),
        ("12 06 2027", JUNE),
        ("12 . 06 . 2027", JUNE),
        ("2027-06-12", JUNE),
        ("12 июня 2027", JUNE),
        ("12 ИЮНЯ 2027 года.", JUNE),
        ("12-го июня 27 г.", JUNE),
        ("12 июн", JUNE),
        ("В субботу, 12 июня", JUNE),
        ("3 мая", date(2027, 5, 3)),
        ("15 марта", date(2027, 3, 15)),
        ("29.02.2028", date(2028, 2, 29)),
        ("сегодня", MONDAY),
        ("Завтра!", date(2026, 11, 24)),
        ("послезавтра", date(2026, 11, 25)),
        ("вчера", date(2026, 11, 22)),
        # without a year: the one to come, unless it has just been
        ("24.11", date(2026, 11, 24)),
        ("20.11", date(2026, 11, 20)),
        ("20.08", date(2027, 8, 20)),
        ("1 января", date(2027, 1, 1)),
    ],
)
def test_a_day_is_read_however_it_is_written(said: str, day: date) -> None:
    assert read_day(said, MONDAY) == day


def test_just_after_new_year_december_is_the_one_that_was() -> None:
    assert read_day("30 декабря", date(2027, 1, 4)) == date(2026, 12, 30)


@pytest.mark.parametrize(
    "said",
    ["", "12", "ыва", "31.02", "31.02.2027", "0.0", "12 абв", "99.99.99", "12.06.20277", "12.06.0000", "скоро", "летом",
     "12 июня в 10", "²³.06", "1" * 500],
)  # fmt: skip
def test_what_is_no_day_is_none(said: str) -> None:
    assert read_day(said, MONDAY) is None


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.one_of(st.text(max_size=80), st.from_regex(r"\d{1,4}[./ -]\d{1,4}[./ -]?\d{0,5}")))
def test_any_words_are_a_day_or_none(said: str) -> None:
    found = read_day(said, MONDAY)

    assert found is None or isinstance(found, date)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_what_we_write_we_can_read(day: date) -> None:
    assert read_day(date_words(day), MONDAY) == read_day(f"{day:%d.%m.%Y}", MONDAY) == day


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2027, 6, 12), date(2027, 6, 12), "сб 12 июня"),
        (date(2027, 6, 14), date(2027, 6, 15), "пн 14 – вт 15 июня"),
        (date(2027, 6, 30), date(2027, 7, 2), "ср 30 июня – пт 2 июля"),
        (date(2026, 12, 31), date(2027, 1, 1), "чт 31 декабря – пт 1 января"),
    ],
)
def test_days_in_words_name_their_weekday(first: date, last: date, words: str) -> None:
    assert span_words(first, last) == words
