"""Plain text as paragraphs, headings and lists."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.web.paragraphs import Block, paragraphs


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("Одна строка.", [Block("text", ["Одна строка."])]),
        ("Одна без точки", [Block("text", ["Одна без точки"])]),
        ("Первая.\nВторая.\n\nТретья.", [Block("text", ["Первая.", "Вторая."]), Block("text", ["Третья."])]),
        ("Важно\nНикому не говорите.", [Block("heading", ["Важно"]), Block("text", ["Никому не говорите."])]),
        (
            "Что взять:\n• паспорт;\n• справку.",
            [Block("text", ["Что взять:"]), Block("dots", ["паспорт;", "справку."])],
        ),
        (
            "Порядок\n1. Придите.\n2) Скажите.\nВсё.",
            [Block("heading", ["Порядок"]), Block("numbers", ["Придите.", "Скажите."]), Block("text", ["Всё."])],
        ),
        ("3. Третье.", [Block("numbers", ["Третье."], 3)]),
        ("112 — единый номер\nЗвоните.", [Block("heading", ["112 — единый номер"]), Block("text", ["Звоните."])]),
        ("", []),
    ],
)
def test_text_is_set_as_it_is_meant(text: str, blocks: list[Block]) -> None:
    assert paragraphs(text) == blocks


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.text(alphabet="аб1. )•\n:", max_size=60))
def test_no_word_is_lost(text: str) -> None:
    letters = [sign for sign in text if sign in "аб"]

    assert [sign for block in paragraphs(text) for line in block.lines for sign in line if sign in "аб"] == letters
