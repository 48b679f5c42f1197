"""The layout of a screen: within the narrowest platform's limits, nothing left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.fit import TextDoesNotFit, fit, pieces
from bot.channels.port import Limits
from bot.engine.screen import (
    BACK,
    CHOICES_MAX,
    HUMAN,
    MENU,
    NEXT,
    PREVIOUS,
    ROWS_MAX,
    Labels,
    Option,
    Screen,
    lay_out,
)
from bot.messages import Button

LABELS = Labels("Назад", "Раньше", "Далее", "Меню", "Специалист")
options = st.lists(st.integers(1, 38).map(lambda size: "я" * size), min_size=0, max_size=40).map(
    lambda labels: [Option(f"o{number}", label) for number, label in enumerate(labels)]
)


def laid(options: list[Option], *, page: int = 0, has_back: bool = True, bare: bool = False) -> Screen:
    return lay_out("Текст", options, labels=LABELS, has_back=has_back, page=page, footer=(MENU, HUMAN), bare=bare)


@given(options, st.booleans(), st.integers(-2, 50))
def test_a_screen_fits_the_narrowest_platform(options: list[Option], has_back: bool, page: int) -> None:
    screen = laid(options, has_back=has_back, page=page)
    *rows, footer = screen.rows

    assert [option.id for option in footer] == [MENU, HUMAN]
    assert len(rows) <= ROWS_MAX
    assert sum(len(row) for row in rows) <= 10
    assert all(1 <= len(row) <= 4 for row in rows)
    assert all(len(option.label) <= 18 for row in rows if len(row) > 1 for option in row)


@given(options, st.booleans())
def test_every_choice_stands_on_exactly_one_page(options: list[Option], has_back: bool) -> None:
    page, seen = 0, []
    while True:
        screen = laid(options, has_back=has_back, page=page)
        assert screen.page == page
        seen += [option.id for option in screen.options]
        ids = {option.id for row in screen.rows for option in row}
        assert (f"{PREVIOUS}:{page - 1}" in ids) == (page > 0)
        if f"{NEXT}:{page + 1}" not in ids:
            break
        page += 1

    assert seen == [option.id for option in options]


@given(options)
def test_a_numbered_list_names_what_the_buttons_cannot(options: list[Option]) -> None:
    screen = laid(options)

    shown = {option.label for row in screen.rows for option in row}
    for number, option in enumerate(screen.options, 1):
        assert option.label in shown or f"{number}. {option.label}" in screen.full_text.split("\n")


def test_short_labels_stand_two_a_row_and_long_ones_alone() -> None:
    short = laid([Option(str(n), "коротко") for n in range(8)])
    long = laid([Option(str(n), "ц" * 30) for n in range(5)])

    assert [len(row) for row in short.rows] == [2, 2, 2, 2, 1, 2]
    assert [len(row) for row in long.rows] == [1, 1, 1, 1, 1, 1, 2]


def test_more_long_labels_than_rows_become_numbers() -> None:
    screen = laid([Option(str(n), "ц" * 30) for n in range(CHOICES_MAX)])

    assert [option.label for row in screen.rows[:2] for option in row] == [str(n) for n in range(1, 9)]
    assert screen.numbered == ("ц" * 30,) * 8


def test_a_bare_client_gets_everything_as_a_list() -> None:
    screen = laid([Option(str(n), f"выбор {n}") for n in range(12)], bare=True)

    assert screen.rows == ()
    assert screen.full_text.endswith("12. выбор 11")


def test_back_is_shown_only_where_it_leads_somewhere() -> None:
    def ids(screen: Screen) -> set[str]:
        return {option.id for row in screen.rows for option in row}

    assert BACK in ids(laid([], has_back=True))
    assert BACK not in ids(laid([], has_back=False))


# cutting for a channel


@given(st.text(alphabet="ая \n", max_size=400), st.integers(20, 100))
def test_pieces_fit_and_keep_every_word(text: str, most: int) -> None:
    limits = Limits(text_chars=most)
    if any(len(word) > most for word in text.split()):
        with pytest.raises(TextDoesNotFit):
            pieces(text, limits)
        return

    cut = pieces("x " + text, limits)

    assert all(len(piece) <= most for piece in cut)
    assert all(cut)
    assert " ".join(cut).split() == ["x", *text.split()]


def test_paragraphs_stay_whole_where_they_can() -> None:
    assert pieces("а" * 30 + "\n\n" + "б" * 30, Limits(text_chars=40)) == ["а" * 30, "б" * 30]


def test_buttons_go_with_the_last_piece_and_the_edit_with_the_first() -> None:
    limits = Limits(text_chars=40, label_chars=10)
    first, last = fit(
        "k", "а" * 30 + "\n\n" + "б" * 30, [[Button("длинная подпись", "d")]], limits, edits="7", answer="8"
    )

    assert (first.key, first.edits, first.answer, first.rows) == ("k", "7", "8", ())
    assert (last.key, last.edits, last.answer) == ("", "", "")
    assert last.rows == ((Button("длинная п…", "d"),),)


def test_the_bottom_keyboard_goes_only_where_no_buttons_are() -> None:
    limits = Limits()

    assert fit("k", "да", [], limits, menu=[["Меню"]])[0].menu == (("Меню",),)
    assert fit("k", "да", [[Button("а", "b")]], limits, menu=[["Меню"]])[0].menu == ()
