"""Files of talks: what each line means, and what is said of a line that means nothing."""

from datetime import datetime, timedelta

import pytest

from bot.messages import Kind
from bot.texts.mistakes import Mistakes
from bot.texts.scenes import (
    Act,
    Heard,
    Moment,
    OldButton,
    Passed,
    Pressed,
    Sent,
    Typed,
    Unclear,
    Weather,
    fits,
    line_of,
    read_scenes,
)

TALK = """# Первый план

Человек (он вернулся) собирает план.

    > /start
    < Здравствуйте! … [Да] [Нет]
    (прошёл 1 день)
    < Напоминаю …

## Второй
```
> (фото)
< …
```
"""


def test_each_heading_begins_a_talk() -> None:
    mistakes = Mistakes("bot/content")

    first, second = read_scenes({"talks/a.md": TALK.encode(), "README.md": b"> no talk"}, mistakes)

    assert (first.title, first.line, [line.number for line in first.lines]) == ("Первый план", 1, [5, 6, 7, 8])
    assert (second.title, [line.does for line in second.lines]) == (
        "Второй",
        [Sent(Kind.PHOTO), Heard("…", None, False)],
    )
    assert mistakes.sorted() == []


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("> хочу работу", Typed("хочу работу")),
        ("> [Мой план]", Pressed("Мой план")),
        ("> 1", Typed("1")),
        ("> (голосовое)", Sent(Kind.VOICE)),
        ("(прошёл 1 день)", Passed(timedelta(days=1))),
        ("(прошла неделя)", Passed(timedelta(weeks=1))),
        ("(прошло 90 минут)", Passed(timedelta(minutes=90))),
        ("(прошло 5 дней)", Passed(timedelta(days=5))),
        ("(сейчас 23 ноября 2026, 3:05)", Moment(datetime(2026, 11, 23, 3, 5))),  # noqa: DTZ001
        ("(старая кнопка plan.item done:papers)", OldButton("plan.item", "done:papers")),
        ("(часы офиса не указаны)", Weather("часы офиса не указаны")),
        ("< Готово.", Heard("Готово.", None, False)),
        ("< Что выбрать? [Да, всё] [Нет]", Heard("Что выбрать?", ("Да, всё", "Нет"), False)),
        ("< Что выбрать? … [Да] […]", Heard("Что выбрать? …", ("Да",), True)),
        ("< [Да]", Heard("…", ("Да",), False)),
    ],
)
def test_a_line_means(line: str, meaning: Act | Heard) -> None:
    assert line_of(line) == meaning


@pytest.mark.parametrize(
    ("line", "what", "remedy"),
    [
        (">", "после знака > пусто", "впишите слова человека"),
        ("<", "после знака < пусто", "впишите первые слова бота"),
        ("> (фотка)", "неизвестное сообщение", "возможно, (фото)"),
        ("(прашёл 1 день)", "непонятная ремарка", "возможно, (прошёл 1 день)"),
        ("(сейчас 31 ноября 2026, 3:00)", "такого времени нет", "проверьте число"),
        ("Здравствуйте!", "непонятная строка", "строка бота с «< »"),
        ("< " + " " * 100_000 + "[", "строка длиннее 1000 знаков", "оставьте первые слова"),
    ],
)
def test_a_line_that_means_nothing_is_told_with_its_remedy(line: str, what: str, remedy: str) -> None:
    with pytest.raises(Unclear) as caught:
        line_of(line)

    assert what in caught.value.what
    assert remedy in caught.value.remedy


def test_mistakes_name_file_and_line() -> None:
    mistakes = Mistakes("bot/content")
    broken = "# a\n> /start\n< Да …\nзабытый знак\n# b\n< бот первым\n# c\n> (фотка)\n"

    read_scenes({"talks/a.md": broken.encode(), "talks/b.md": b"\xff\xfe> \x00"}, mistakes)

    told = [str(mistake) for mistake in mistakes.sorted()]
    assert [line.partition(": ")[0] for line in told] == [
        "bot/content/talks/a.md:4",
        "bot/content/talks/a.md:6",
        "bot/content/talks/a.md:8",
        "bot/content/talks/b.md:1",
    ]


@pytest.mark.parametrize(
    ("expected", "is_said"),
    [
        ("Ваш план: 0 из 12", True),
        ("Ваш план: …", True),
        ("Ваш …: 0 из …", True),
        ("…", True),
        ("... из 12", True),
        ("Ваш план", False),
        ("план …", False),
        ("Ваш план: … из 13", False),
        ("Ваш … 12 из …", False),
        ("Ваш план: 0 из 12 … 12", False),
    ],
)
def test_dots_stand_for_any_words(expected: str, is_said: bool) -> None:
    assert fits(expected, "Ваш план:\n\n0 из   12") is is_said


def test_more_talks_than_anybody_plays_are_refused() -> None:
    mistakes = Mistakes("bot/content")

    read_scenes({"talks/a.md": b"# a\n" + b"> /start\n" * 5001}, mistakes)

    assert "строк больше 5000: 5001" in str(mistakes.sorted()[0])
