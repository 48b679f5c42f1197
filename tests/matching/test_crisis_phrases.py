"""
Cries for help are heard, look-alikes are not.

Nobody can claim to hear all: `fresh` phrases were never used to mend the rules. `python -m tests.matching` tells how
many were heard before the rules were mended last, and how many are now.
"""

import pytest

from bot.matching.letters import has_russian
from bot.matching.matcher import Matcher
from tests.matching.conftest import parts

CRISIS = parts("crisis.txt")
PHRASES = parts("phrases.txt")
MUST = [line for part in ("must", "mended-1", "mended-2") for line in CRISIS[part]]
FRESH_HEARD, CALM_ALARMED = 0.5, 0.1
BAD_HOUR = ("faq-120", "faq-121", "child-hunger")


def heard(matcher: Matcher, text: str) -> str:
    return matcher.cried(text) or matcher.cried_in(text, matcher.prepare().find(text))


def test_there_are_enough_of_each() -> None:
    assert len(CRISIS["must"]) >= 80
    assert len(CRISIS["not"]) >= 40
    assert (len(CRISIS["mended-1"]), len(CRISIS["mended-2"]), len(CRISIS["fresh"])) == (26, 30, 30)
    assert len(CRISIS["calm"]) >= 25


@pytest.mark.parametrize("line", MUST)
def test_a_cry_is_heard(matcher: Matcher, line: str) -> None:
    _, text = line.split(" ", 1)

    assert heard(matcher, text)
    assert heard(matcher, f"{text.upper()}!!!")
    if has_russian(text.lower()):
        assert heard(matcher, f"здравствуйте. {text}, помогите")


def test_most_kinds_are_told_apart(matcher: Matcher) -> None:
    right = [line for line in MUST if heard(matcher, line.split(" ", 1)[1]) == line.split(" ", 1)[0]]

    assert len(right) >= 0.95 * len(MUST)


def test_of_phrases_nobody_tuned_on_most_are_heard(matcher: Matcher) -> None:
    fresh = [line.split(" ", 1)[1] for line in CRISIS["fresh"]]

    assert sum(bool(heard(matcher, text)) for text in fresh) >= FRESH_HEARD * len(fresh)
    assert sum(bool(heard(matcher, text)) for text in CRISIS["calm"]) <= CALM_ALARMED * len(CRISIS["calm"])


@pytest.mark.parametrize("text", CRISIS["not"])
def test_a_look_alike_alarms_nobody(matcher: Matcher, text: str) -> None:
    assert heard(matcher, text) == ""


def test_ordinary_questions_alarm_nobody(matcher: Matcher) -> None:
    lines = [line.split(" ", 2) for part in PHRASES.values() for line in part]

    assert [text for meant, _, text in lines if meant not in BAD_HOUR and heard(matcher, text)] == []
