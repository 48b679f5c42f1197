"""What people type when they are asked for a day and a time: read right, or asked back."""

from datetime import date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.booking.wishes import Doubt, Wish, read_wish

NOW = datetime(2026, 11, 23, 12, 0)  # noqa: DTZ001  Monday noon, local
ALL_DAY = (time.min, time(23, 59))
MORNING, AFTERNOON, EVENING = (time(7), time(12)), (time(13), time(18)), (time(17), time(21))


def at(hour: int, minute: int = 0) -> tuple[time, time]:
    return time(hour, minute), time(hour, minute)


def on(day: int, month: int = 11, hours: tuple[time, time] = ALL_DAY) -> Wish:
    return span((day, month), (day, month), hours)


def span(first: tuple[int, int], last: tuple[int, int], hours: tuple[time, time] = ALL_DAY) -> Wish:
    days = [date(2026 if month > 10 else 2027, month, day) for day, month in (first, last)]
    return Wish(days[0], days[1], *hours)


def hours(since: time, until: time) -> Wish:
    return Wish(None, None, since, until)


DAYS = {
    "сегодня": on(23),
    "завтра": on(24),
    "Завтра!": on(24),
    "послезавтра": on(25),
    "зафтра": on(24),
    "в четверг": on(26),
    "чт": on(26),
    "Во Вторник, пожалуйста": on(24),
    "вторнек": on(24),
    "в четверк": on(26),
    "в эту среду": on(25),
    "в ближайший четверг": on(26),
    "в следующий понедельник": on(30),
    "24 ноября": on(24),
    "24ноября": on(24),
    "24 нояб.": on(24),
    "двадцать четвёртого ноября": on(24),
    "первого декабря": on(1, 12),
    "24.11": on(24),
    "24/11/2026": on(24),
    "24.11.26": on(24),
    "2026-11-24": on(24),
    "24 числа": on(24),
    "24-го": on(24),
    "3 числа": on(3, 12),
    "24": on(24),
    "05.12": on(5, 12),
    "12.12": on(12, 12),
    "вторник 24 ноября": on(24),
    "во вторник, 24.11": on(24),
    "28 февраля": on(28, 2),
    "31 декабря": on(31, 12),
    "1 января": on(1, 1),
    "через день": on(25),
    "через 3 дня": on(26),
    "через три дня": on(26),
    "через неделю": on(30),
    "через две недели": on(7, 12),
    "через месяц": on(23, 12),
    "через неделю в четверг": on(3, 12),
    "на следующей неделе в четверг": on(3, 12),
    "в четверг на следующей неделе": on(3, 12),
    "на этой неделе": span((23, 11), (29, 11)),
    "на следующей неделе": span((30, 11), (6, 12)),
    "в начале следующей недели": span((30, 11), (1, 12)),
    "в конце недели": span((26, 11), (29, 11)),
    "в выходные": span((28, 11), (29, 11)),
    "в декабре": span((1, 12), (31, 12)),
    "в начале декабря": span((1, 12), (10, 12)),
    "в конце месяца": span((23, 11), (30, 11)),
    "до 3 декабря": span((23, 11), (3, 12)),
    "не позже четверга": span((23, 11), (26, 11)),
    "до 28.11": span((23, 11), (28, 11)),
    "после 1 декабря": Wish(date(2026, 12, 2)),
    "с 1 декабря": Wish(date(2026, 12, 1)),
    "начиная со среды": Wish(date(2026, 11, 25)),
    "с 25 по 27 ноября": span((25, 11), (27, 11)),
    "с 1 по 10 декабря": span((1, 12), (10, 12)),
    "со вторника по четверг": span((24, 11), (26, 11)),
    "с понедельника до среды": span((23, 11), (25, 11)),
    "после вторника": Wish(date(2026, 11, 25)),
    "в следующем месяце": span((1, 12), (31, 12)),
}
TIMES = {
    "в 10": hours(*at(10)),
    "к десяти": hours(*at(10)),
    "в 10:30": hours(*at(10, 30)),
    "в 10.30": hours(*at(10, 30)),
    "10.30": hours(*at(10, 30)),
    "в 9-30": hours(*at(9, 30)),
    "в 10 30": hours(*at(10, 30)),
    "10 часов": hours(*at(10)),
    "15 ч": hours(*at(15)),
    "к 9 часам утра": hours(*at(9)),
    "в два часа": hours(*at(14)),
    "в 2 часа дня": hours(*at(14)),
    "в час": hours(*at(13)),
    "в пять вечера": hours(*at(17)),
    "в семь вечера": hours(*at(19)),
    "в половине второго": hours(*at(13, 30)),
    "в полвторого": hours(*at(13, 30)),
    "полдесятого": hours(*at(9, 30)),
    "без четверти десять": hours(*at(9, 45)),
    "в полдень": hours(*at(12)),
    "около 11": hours(time(10, 30), time(11, 30)),
    "часов в 11": hours(time(10, 30), time(11, 30)),
    "с 10 до 12": hours(time(10), time(12)),
    "между 10 и 12": hours(time(10), time(12)),
    "10-12": hours(time(10), time(12)),
    "с 14:30 до 16:00": hours(time(14, 30), time(16)),
    "после 15": hours(time(15), time(23, 59)),
    "не раньше двух": hours(time(14), time(23, 59)),
    "до 12": hours(time.min, time(12)),
    "не позже 11": hours(time.min, time(11)),
    "утром": hours(*MORNING),
    "с утра пораньше": hours(*MORNING),
    "утром в 9": hours(*at(9)),
    "в первой половине дня": hours(time(7), time(13)),
    "до обеда": hours(time(7), time(13)),
    "в обед": hours(time(12), time(14)),
    "днём": hours(time(12), time(17)),
    "после обеда": hours(*AFTERNOON),
    "вечером": hours(*EVENING),
    "как можно скорее": Wish(),
    "на ближайшее время": Wish(),
    "всё равно когда": Wish(),
}
BOTH = {
    "в четверг утром": on(26, 11, MORNING),
    "24 ноября в 10": on(24, 11, at(10)),
    "24.11 в 10:30": on(24, 11, at(10, 30)),
    "24-го в 14": on(24, 11, at(14)),
    "1 дек в 9-30": on(1, 12, at(9, 30)),
    "через неделю после обеда": on(30, 11, AFTERNOON),
    "послезавтра к десяти": on(25, 11, at(10)),
    "можно в четверг к 11?": on(26, 11, at(11)),
    "запишите меня на завтра на 10 утра": on(24, 11, at(10)),
    "в 10 утра 24 ноября": on(24, 11, at(10)),
    "24 ноября 2026 года в 10 часов утра": on(24, 11, at(10)),
    "завтра с 9 до 11": on(24, 11, (time(9), time(11))),
    "до четверга, с 10 до 12": span((23, 11), (26, 11), (time(10), time(12))),
    "завтра, до обеда": on(24, 11, (time(7), time(13))),
    "сегодня в 15": on(23, 11, at(15)),
    "на следующей неделе вечером": span((30, 11), (6, 12), EVENING),
    "по вторникам": Wish(weekdays=frozenset({1})),
    "в любой четверг": Wish(weekdays=frozenset({3})),
    "в будни после 16": Wish(None, None, time(16), time(23, 59), frozenset(range(5))),
}
ASKED = {
    "в понедельник": ("which", (on(23), on(30))),
    "в следующий четверг": ("which", (on(26), on(3, 12))),
    "во вторник 26 ноября": ("which", (on(26), on(24))),
    "во вторник или четверг": ("which", (on(24), on(26))),
    "вторник, четверг": ("which", (on(24), on(26))),
    "завтра или в четверг утром": ("which", (on(24, 11, MORNING), on(26, 11, MORNING))),
    "завтра в 10 или в 11": ("which", (on(24, 11, at(10)), on(24, 11, at(11)))),
    "в 7": ("which", (hours(*at(7)), hours(*at(19)))),
    "вчера": ("past", ()),
    "сегодня в 10": ("past", ()),
    "24 октября": ("past", ()),
    "24.11.2025": ("past", ()),
    "30 февраля": ("no_such_day", ()),
    "32 ноября": ("no_such_day", ()),
    "с 27 по 25 ноября": ("no_such_day", ()),
    "31.11 в 10": ("no_such_day", ()),
    "в 25:00": ("no_such_time", ()),
    "в четверг в 25": ("no_such_time", ()),
    "с 15 до 12": ("no_such_time", ()),
    "только не во вторник": ("unclear", ()),
    "кроме четверга": ("unclear", ()),
    "не могу в четверг": ("unclear", ()),
}
OTHER_WORDS = (
    "", "хочу работать сварщиком", "привет", "8 900 123 45 67", "у меня двое детей", "меня зовут Марта",
    "три года без работы", "мне нужна справка за 3 года", "не знаю", "нет", "💩", "а что взять с собой",
)  # fmt: skip


@pytest.mark.parametrize("text", [*DAYS, *TIMES, *BOTH])
def test_the_words_mean_this(text: str) -> None:
    assert read_wish(text, NOW) == {**DAYS, **TIMES, **BOTH}[text]


@pytest.mark.parametrize("text", ASKED)
def test_what_can_be_read_in_two_ways_or_not_at_all_is_asked_back(text: str) -> None:
    assert read_wish(text, NOW) == Doubt(*ASKED[text])  # type: ignore[arg-type]


@pytest.mark.parametrize("text", OTHER_WORDS)
def test_other_words_are_no_wish(text: str) -> None:
    assert read_wish(text, NOW) is None


def test_a_bare_number_is_what_was_asked_for() -> None:
    assert read_wish("10", NOW, asked="day") == on(10, 12)
    assert read_wish("10", NOW, asked="time") == hours(*at(10))
    assert read_wish("24", NOW, asked="time") == on(24)
    assert read_wish("99", NOW, asked="time") == Doubt("unclear")


def test_near_the_end_of_the_year_days_of_january_are_those_to_come() -> None:
    new_years_eve = datetime(2026, 12, 31, 9, 0)  # noqa: DTZ001
    for text in ("завтра", "1 января", "01.01", "1 числа", "в пятницу"):
        assert read_wish(text, new_years_eve) == on(1, 1), text
    assert read_wish("в следующем месяце", new_years_eve) == span((1, 1), (31, 1))
    assert read_wish("через месяц", new_years_eve) == on(31, 1)


def test_a_leap_day_is_taken_only_where_there_is_one() -> None:
    assert read_wish("29 февраля", NOW) == Doubt("no_such_day")
    leap = datetime(2028, 2, 1, 9, 0)  # noqa: DTZ001
    assert read_wish("29 февраля", leap) == Wish(date(2028, 2, 29), date(2028, 2, 29))


def test_a_wish_fits_the_moments_it_spans() -> None:
    wish = read_wish("в четверг утром", NOW)
    assert isinstance(wish, Wish)
    assert wish.fits(datetime(2026, 11, 26, 12, 0))  # noqa: DTZ001
    assert not wish.fits(datetime(2026, 11, 26, 12, 30))  # noqa: DTZ001
    assert not wish.fits(datetime(2026, 11, 24, 10, 0))  # noqa: DTZ001
    assert (wish.names_day, wish.names_time) == (True, True)
    assert [day for day in range(24, 31) if Wish(weekdays=frozenset({1})).fits_day(date(2026, 11, day))] == [24]


WORDS = [*DAYS, *TIMES, *BOTH, *ASKED, "или", "не", "с", "до", "31.02", "00:00", "24:00", "-", "половина", "без 99 2"]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=12)), max_size=5))
def test_whatever_is_typed_is_read_or_refused(pieces: list[str]) -> None:
    read = read_wish(" ".join(pieces), NOW)

    if isinstance(read, Wish):
        assert read.last is None or read.last >= NOW.date()
        assert read.first is None or read.last is None or read.first <= read.last
    if isinstance(read, Doubt) and read.why == "which":
        assert len(read.options) > 1
