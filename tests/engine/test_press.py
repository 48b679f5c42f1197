"""Button data: short, readable months later, of one citizen only."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.press import MAX_BYTES, Press, Presses
from bot.engine.screen import NAVIGATION
from bot.flows import FLOWS
from storage.cipher import Cipher
from storage.database import open_database
from storage.keys import fresh_cipher
from tests.databases import SECRETS
from tests.talk import real_content

IVAN, OLGA = "1" * 32, "2" * 32


@pytest.fixture(scope="module")
def cipher() -> Cipher:
    return fresh_cipher(SECRETS)


@pytest.fixture
def presses(cipher: Cipher) -> Presses:
    return Presses(cipher)


def test_what_was_made_is_read_again(presses: Presses) -> None:
    data = presses.make(IVAN, "plan.item", "done:papers", 37)

    assert presses.read(IVAN, data) == Press("plan.item", "done:papers", 37)


@pytest.mark.parametrize(("number", "read"), [(0, 0), (35, 35), (1295, 1295), (1296, 0), (5000, 5000 % 1296)])
def test_the_number_of_the_screen_goes_round(presses: Presses, number: int, read: int) -> None:
    pressed = presses.read(IVAN, presses.make(IVAN, "menu.main", "plan", number))

    assert pressed is not None
    assert pressed.number == read


def test_a_button_works_for_its_citizen_only(presses: Presses) -> None:
    data = presses.make(IVAN, "plan.item", "done:papers", 1)

    assert presses.read(OLGA, data) is None


@pytest.mark.parametrize(
    "tampered",
    [
        lambda d: d.replace("done", "erase"),
        lambda d: d.replace("plan.item", "my_data.confirm"),
        lambda d: "2" + d[1:],
        lambda d: d[:-1],
        lambda d: d + "A",
        lambda d: d[:-1] + "я",
        lambda d: d.replace("|", "/"),
        lambda d: d + "|x",
        lambda d: d.upper(),
        lambda d: d.replace("|01|", "|zz!|"),
        lambda d: d.replace("|01|", "||"),
    ],
)
def test_altered_data_are_nobodys(presses: Presses, tampered: object) -> None:
    data = presses.make(IVAN, "plan.item", "done:papers", 1)

    assert presses.read(IVAN, tampered(data)) is None  # type: ignore[operator]


@given(st.text(max_size=80))
def test_made_up_data_are_nobodys(text: str) -> None:
    assert Presses(fresh_cipher(SECRETS)).read(IVAN, text) is None


def test_ids_too_long_for_the_platforms_are_refused(presses: Presses) -> None:
    with pytest.raises(ValueError, match="64 bytes"):
        presses.make(IVAN, "plan.item", "d" * 60, 1)


def test_every_id_of_the_real_content_fits(presses: Presses) -> None:
    """The longest place of each flow with every id that content gives, whatever choice carries it."""
    content = real_content(FLOWS)
    steps = [f"{flow.name}.{step}" for flow in FLOWS.by_name.values() for step in flow.hearing]
    named = {choice for need in FLOWS.needs().values() for choice in need.buttons} | set(NAVIGATION)
    items = {f"{name}:{step.id}" for one in content.situations.values() for step in one.plan for name in PLAN}
    info = {f"s:{step.id}" for one in content.situations.values() for step in one.plan}
    info |= {f"steps:{id_}" for id_ in content.situations} | {f"next:{id_.partition(':')[2]}" for id_ in items}
    asked = {f"q:{id_}" for id_ in content.questions} | set(content.topics)
    choices = [(step, choice) for step, choice in product(steps, named)]
    choices += [(step, choice) for step in steps if step.startswith("plan.") for choice in items]
    choices += [(step, choice) for step in steps if step.startswith("info.") for choice in info]
    choices += [(step, choice) for step in steps if step.startswith("questions.") for choice in asked]
    choices += [(step, id_) for step in steps for id_ in content.situations]

    longest = max(len(presses.make(IVAN, step, choice, 1295).encode()) for step, choice in choices)

    assert longest <= MAX_BYTES


PLAN = ("item", "done", "stuck", "later", "not_mine", "reopen", "undo", "next", "tomorrow", "three_days")


async def test_buttons_outlive_a_rotation_of_secrets(sqlite_url: str) -> None:
    before = await open_database(sqlite_url, SECRETS)
    data = Presses(before.cipher).make(IVAN, "plan.item", "done:papers", 1)
    await before.close()

    after = await open_database(sqlite_url, ("a second secret of the tests, long too", *SECRETS))
    try:
        assert Presses(after.cipher).read(IVAN, data) == replace(Press("plan.item", "done:papers", 0), number=1)
    finally:
        await after.close()
