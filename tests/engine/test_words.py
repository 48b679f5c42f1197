"""Typed words as what they stand for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.words import COMMANDS, Command, chosen, command, everywhere, is_greeting, plain
from bot.flows import FLOWS
from tests.talk import real_content

WORDS = real_content(FLOWS).words
SHOWN = [("plan", "Мой план"), ("book", "Записаться на приём"), ("more", "Ещё…")]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Мой план ✅!", "мой план"),
        ("  МОЙ\tПЛАН  ", "мой план"),
        ("Ещё", "еще"),
        ("ＭЕНЮ", "mеню"),
        ("что-нибудь", "что-нибудь"),
        ("— да —", "да"),
        ("10:30", "10:30"),
        ("под_чёрк", "под черк"),
        ("🏳️‍🌈", ""),
        ("", ""),
        ("\u202eда", "да"),
    ],
)
def test_words_are_compared_without_case_marks_and_emoji(typed: str, said: str) -> None:
    assert plain(typed) == said


@given(st.text())
def test_plain_words_stay_plain(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        ("/start", Command("start")),
        ("/start leaflet-1_a", Command("start", "leaflet-1_a")),
        ("/START", Command("start")),
        ("/start@czn_bot leaflet", Command("start", "leaflet")),
        ("  /menu  ", Command("menu")),
        ("/menu@czn_bot", Command("menu")),
        ("/book", Command("booking")),
        ("/human", Command("handover")),
        ("/start " + "a" * 60, Command("start", "a" * 60)),
        ("/start " + "a" * 61, None),
        ("/start два слова", None),
        ("/nonsense", None),
        ("menu", None),
        ("я /menu", None),
        ("/", None),
    ],
)
def test_commands(typed: str, heard: Command | None) -> None:
    assert command(typed) == heard


def test_every_command_leads_to_a_flow() -> None:
    assert {flow for flow in COMMANDS.values() if not FLOWS.start_of(flow)} == set()


@pytest.mark.parametrize(
    ("typed", "flow"),
    [
        ("назад", "back"),
        ("Назад!", "back"),
        ("МЕНЮ", "menu"),
        ("стоп", "stop"),
        ("человек", "handover"),
        ("помощь", "help"),
        ("мои данные", "my_data"),
        ("забудь всё", "my_data"),
    ],
)
def test_words_heard_at_any_step(typed: str, flow: str) -> None:
    assert everywhere(typed, WORDS) == Command(flow)


@pytest.mark.parametrize("typed", ["не останавливайся", "стопка", "менюшка", "", "1", "💩"])
def test_other_words_are_not_heard_everywhere(typed: str) -> None:
    assert everywhere(typed, WORDS) is None


def test_a_greeting_is_no_command() -> None:
    assert is_greeting("Здравствуйте!", WORDS)
    assert not is_greeting("здравствуйте, мне нужна работа", WORDS)


@pytest.mark.parametrize(
    ("typed", "choice"),
    [
        ("1", "plan"),
        ("3", "more"),
        (" 2. ", "book"),
        ("٢", "book"),  # digits of other scripts are digits
        ("4", None),
        ("0", None),
        ("- 1", "plan"),
        ("②", "book"),
        ("123456789", None),
        ("мой план", "plan"),
        ("записаться на прием", "book"),
        ("еще", "more"),
        ("мой", None),
        ("да", None),
        ("", None),
    ],
)
def test_numbers_and_labels(typed: str, choice: str | None) -> None:
    assert chosen(typed, SHOWN, WORDS) == choice


@pytest.mark.parametrize(("typed", "choice"), [("ага", "yes"), ("Конечно!", "yes"), ("не надо", "no"), ("как?", None)])
def test_yes_and_no_in_other_words(typed: str, choice: str | None) -> None:
    assert chosen(typed, [("yes", "Согласен"), ("no", "Не сейчас")], WORDS) == choice


@given(st.text(max_size=50))
def test_no_typed_word_breaks_anything(text: str) -> None:
    heard = chosen(text, SHOWN, WORDS)

    assert heard in {None, "plan", "book", "more"}
    assert command(text) is None or text.strip().startswith("/")
