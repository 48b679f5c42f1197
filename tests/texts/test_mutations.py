"""A thousand spoiled editions of the shipped content: each is refused with a place and a remedy, or is good indeed."""

import re
from collections.abc import Mapping
from itertools import cycle
from random import Random
from time import process_time

import pytest

from bot.texts.load import Grower, Look, look
from bot.texts.mistakes import Mistake, Mistakes
from bot.texts.tree import Branch, grow
from bot.texts.verdict import judged
from tests.texts.editor import ALL_NEEDS, EDITION, SHIPPED, complaints, remembering
from tests.texts.mutations import FATAL, RISKY, Mutation, key_lines, leaves
from tests.texts.test_content import TODAY

EDITIONS = 1000
BATCH = 100
SECONDS = 2.0
RUSSIAN = re.compile(r"[а-яё]", re.IGNORECASE)


def spoiled(number: int) -> tuple[str, str, bytes]:
    """What is done to which file, and what comes of it: the same for the same number, on every machine."""
    dice = Random(number)
    mutations: list[Mutation] = [*FATAL, *RISKY]
    for mutation in cycle(mutations[number % len(mutations) :] + mutations[: number % len(mutations)]):
        for name in dice.sample(list(EDITION), 5):
            data = mutation(SHIPPED[name], dice)
            if data is not None and data != SHIPPED[name]:
                return mutation.__name__, name, data
    raise AssertionError


def check_told(mistakes: tuple[Mistake, ...], name: str, files: Mapping[str, bytes]) -> None:
    """Every line names a place that is there, and a remedy; the spoiled file is named, or what was lost of it."""
    for mistake in mistakes:
        file = mistake.file.removeprefix("bot/content/")
        assert 1 <= mistake.line <= files.get(file, b"").count(b"\n") + 1, mistake
        assert RUSSIAN.search(mistake.what), mistake
        assert RUSSIAN.search(mistake.remedy), mistake
        assert len(str(mistake)) < 600, mistake
    if not any(mistake.file.endswith(name) for mistake in mistakes):
        lost = {key for key, _ in key_lines(SHIPPED[name])} - {key for key, _ in key_lines(files[name])}
        lost |= {leaf.text for leaf in leaves(_tree(SHIPPED[name]))} - {
            leaf.text for leaf in leaves(_tree(files[name]))
        }
        assert any(word in mistake.what for mistake in mistakes for word in lost), (name, mistakes)


def check_good(seen: Look, name: str, data: bytes) -> None:
    """Nothing is wrong by another reader's opinion, and a file that was cut is pointed at."""
    assert seen.content is not None
    assert complaints(name, data) == []
    if not data.endswith(b"\n"):
        assert any("обрывается" in one.what and one.file.endswith(name) for one in judged(seen, {}, TODAY).remarks)


def _tree(data: bytes) -> Branch:
    tree = grow("file", data, Mistakes(""))
    assert tree is not None
    return tree


@pytest.fixture(scope="module")
def grower() -> Grower:
    return remembering()


@pytest.mark.parametrize("batch", range(0, EDITIONS, BATCH))
def test_a_spoiled_edition_is_refused_with_place_and_remedy_or_is_good(batch: int, grower: Grower) -> None:
    fatal = {mutation.__name__ for mutation in FATAL}
    refused = 0
    for number in range(batch, batch + BATCH):
        kind, name, data = spoiled(number)
        files = {**EDITION, name: data}
        started = process_time()
        seen = look(files, ALL_NEEDS, grower=grower)
        spent = process_time() - started
        try:
            assert spent < SECONDS
            if seen.mistakes:
                refused += 1
                check_told(seen.mistakes, name, files)
            else:
                assert kind not in fatal
                check_good(seen, name, data)
        except AssertionError as error:
            error.add_note(f"edition {number}: {kind} of {name}")
            raise
    assert refused > BATCH / 2  # the ways of spoiling are no joke


def test_every_way_of_spoiling_was_tried() -> None:
    tried = {spoiled(number)[0] for number in range(100)}

    assert tried == {mutation.__name__ for mutation in (*FATAL, *RISKY)}
