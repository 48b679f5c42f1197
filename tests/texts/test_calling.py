"""Terms of calls: read, and each mistake told with its place."""

import pytest

from bot.texts.calling import CallRules
from bot.texts.load import load
from tests.texts.conftest import NEEDS, Files, lines_of
from tests.texts.sample import SAMPLE

RULES = "rules.yaml"
CALLS = """calls:
  hour: 9
  tries: 2
  no_answer_hours: 20
  busy_minutes: 60
  undo_minutes: 10
  first_after_days: 5
  first_within_days: 10
  every_days: 14
  until_days: 90
  quiet_days: 30
  no_show_days: 1
  resume_days: 7
  skips: [other]
"""
MISTAKES = [
    ("skips: [other]", "skips: [othr]", "«calls» в skips нет ситуации «othr»: возможно, other"),
    ("first_after_days: 5", "first_after_days: 10", "позже, чем first_within_days: 10 и 10: поставьте число меньше"),
    ("tries: 2", "tries: 0", "«calls.tries»"),
    ("  quiet_days: 30\n", "", "нет «quiet_days» в «calls»"),
    ("hour: 9", "hours: 9", "нет «hour» в «calls»"),
]


@pytest.fixture
def files() -> Files:
    return {name: text.encode() for name, text in {**SAMPLE, RULES: SAMPLE[RULES] + CALLS}.items()}


def test_terms_of_calls_are_the_contents(files: Files) -> None:
    rules = load(files, NEEDS).rules.calls

    assert (rules.hour, rules.tries, rules.every_days, rules.skips) == (9, 2, 14, ("other",))


def test_without_them_the_usual_ones_hold(files: Files) -> None:
    files[RULES] = SAMPLE[RULES].encode()

    assert load(files, NEEDS).rules.calls == CallRules()


@pytest.mark.parametrize(("right", "wrong", "told"), MISTAKES)
def test_a_mistake_is_told_with_its_place(files: Files, right: str, wrong: str, told: str) -> None:
    files[RULES] = (SAMPLE[RULES] + CALLS.replace(right, wrong)).encode()

    assert any(told in line and line.startswith(f"{RULES}:") for line in lines_of(files, NEEDS))
