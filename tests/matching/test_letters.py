"""Layouts, Latin spelling, look-alikes, and what may be kept of words nobody understood."""

import pytest

from bot.matching.discretion import discreet
from bot.matching.index import Entry, Index
from bot.matching.letters import folded, latin_command, relaid, respelt, typings
from bot.matching.reading import repaired
from bot.matching.review import review


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("rfr yfqnb hf,jne", "как найти работу"),
        ("kak nayti rabotu", "как найти работу"),
        ("рaбoта", "работа"),
        ("вход на trudvsem.ru и hh.ru", "вход на trudvsem.ru и hh.ru"),
        ("email и sms", "email и sms"),
        ("хочу yfqnb работу", "хочу найти работу"),
        ("yt хочу", "не хочу"),
        ("qwerty zxcvb", "qwerty zxcvb"),
    ],
)
def test_scripts_are_mended_and_foreign_words_left_alone(typed: str, meant: str) -> None:
    assert repaired(folded(typed)) == meant


def test_folding() -> None:
    assert folded("ПОМОГИИИИТЕ, Ёлка") == "помогите, елка"
    assert folded("аллея и СССР") == "аллея и ср"


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("/ыефке", "/start"),
        (".ыефке", "/start"),
        ("/Ыефке leaflet", "/start leaflet"),
        ("меню", "меню"),
        ("/start", "/start"),
    ],
)
def test_commands_in_the_other_layout(typed: str, command: str) -> None:
    assert latin_command(typed) == command


def test_words_in_the_other_layout_and_by_their_sounds() -> None:
    assert relaid("vty.") == "меню"
    assert respelt("moi plan") == "мой план"
    assert respelt("zapisatsya") == "записатся"
    assert typings("Меню") == ("меню",)
    assert len(typings("menu")) == 3


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Меня зовут Иван Петров, где купить шины?", "меня зовут … где купить шины"),
        ("Сидорова Мария Ивановна", ""),
        ("звонить 89135551231 вечером", "звонить … вечером"),
        ("столица", ""),
        ("ывапр ывапр", ""),
        ("ult regbnm pbvy.. htpbye", "где купить зимнюю резину"),
    ],
)
def test_of_words_nobody_understood_names_and_numbers_go(said: str, kept: str) -> None:
    assert discreet(said) == kept


def test_the_review_takes_each_phrase_out_and_looks_where_it_leads() -> None:
    entries = [
        Entry("cat", ("кошка мяукает", "кошка ловит мышь", "рыжая кошка")),
        Entry("dog", ("собака лает", "собака грызёт кость", "рыжая кошка спит")),
        Entry("one", ("единственная фраза",)),
    ]

    found = review(entries, {})
    assert found.phrases == 6
    (miss,) = found.misses
    assert (miss.phrase, miss.meant, miss.found, miss.is_near) == ("рыжая кошка спит", "dog", "cat", True)
    assert found.pairs == (("dog", "cat", 1),)
    assert (round(found.right, 2), found.right_among) == (0.83, 1.0)


def test_an_empty_base_finds_nothing() -> None:
    assert Index([]).find("как найти работу") == []
    assert review([], {}).right == 1.0


def test_a_synonym_and_a_typo_lead_to_the_word_of_the_base() -> None:
    index = Index([Entry("pass", ("потерял паспорт",)), Entry("bus", ("опоздал автобус",))], {"ксива": "паспорт"})

    assert index.find("где моя ксива")[0].id == "pass"
    assert index.find("патерял паспорд")[0].id == "pass"
