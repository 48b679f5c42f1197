"""A broken or hostile file is a mistake for an admin, never a traceback, and takes no longer than a breath."""

import random
from collections.abc import Mapping
from datetime import date
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.texts.load import load
from bot.texts.load import look as seen
from bot.texts.mistakes import BadContent
from bot.texts.verdict import judged
from tests.texts.conftest import NEEDS
from tests.texts.sample import SAMPLE

SECONDS = 2.0
MB = 1_000_000

HOSTILE: dict[str, bytes] = {
    "laughs": b"a: &a [x]\n" + b"".join(f"k{n}: &b{n} [*a, *a, *a, *a]\n".encode() for n in range(5000)),
    "deep list": b"a: " + b"[" * MB,
    "deep map": b"{a: " * 500_000,
    "deep dashes": b"- " * MB,
    "deep indents": b"".join(b" " * n + b"a:\n" for n in range(2000)),
    "deep questions": b"? " * MB,
    "open quote": b'a: "' + b"x" * 4 * MB,
    "open quote with lines": b"a: '" + b"x\n" * 2 * MB,
    "one long word": b"a: " + b"x" * 4 * MB,
    "one long key": b"k" * 4 * MB + b": x",
    "many keys": b"".join(f"k{n}: x\n".encode() for n in range(400_000)),
    "same key": b"slot: x\n" * 500_000,
    "many items": b"a:\n" + b"- x\n" * MB,
    "many braces": b"slot: " + b"'" + b"{x} " * 900 + b"'",
    "open braces": b"slot: '" + b"{" * 3800 + b"'",
    "many digits": b"slot: " + b"1 " * 1900,
    "many phones": b"".join(f"k{n}: '{'8 (385 ' * 400}'\n".encode() for n in range(1500)),
    "many stops": b"".join(f"k{n}: '{'. ' * 1900}'\n".encode() for n in range(1200)),
    "long words with places": b"slot: '" + ("ж" * 1900 + "{fact.fee}").encode() + b"'",
    "tabs": b"\t\n" * MB,
    "returns": b"a: b\r" * 500_000,
    "nuls": b"\0" * 4 * MB,
    "spaces": b" " * 4 * MB,
    "newlines": b"\n" * 4 * MB,
    "comments": b"# x\n" * MB,
    "percent": b"%YAML 9.9\n---\na: b\n",
    "tags": b"a: !!python/object/apply:os.system ['true']\n",
    "merge": b"<<: {slot: x}\n",
    "dots": b"...\n" * 100_000,
    "documents": b"---\na: b\n" * 100_000,
    "utf-7": b"+ADw-script+AD4-: x\n",
    "latin": bytes(range(256)) * 1000,
    "zero width": "a: \u200b\n".encode() * 300_000,
    "nothing": b"",
    "only a mark": b"\xef\xbb\xbf",
    "too big": b"a" * (5 * MB + 1),
}
FILES = ("texts/booking.yaml", "facts.yaml", "questions/work.yaml", "situations/released/plan.yaml", "rules.yaml")


def look(files: Mapping[str, bytes]) -> BadContent | None:
    try:
        load(files, NEEDS)
    except BadContent as error:
        return error
    return None


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_told_in_time_in_one_readable_list(name: str) -> None:
    for file in FILES[:2]:
        files = {key: text.encode() for key, text in SAMPLE.items()} | {file: HOSTILE[name]}
        started = process_time()

        error = look(files)

        assert error is not None
        assert process_time() - started < SECONDS
        assert len(error.mistakes) < 300
        assert max(len(str(mistake)) for mistake in error.mistakes) < 600


@pytest.mark.parametrize("name", HOSTILE)
def test_what_check_says_of_a_hostile_file_is_ready_in_time(name: str) -> None:
    files = {key: text.encode() for key, text in SAMPLE.items()} | {FILES[2]: HOSTILE[name]}
    started = process_time()

    words = str(judged(seen(files, NEEDS), NEEDS, date(2026, 6, 1), facts=True, measures=True))

    assert "Ошибок: " in words
    assert process_time() - started < SECONDS


@pytest.mark.parametrize("seed", range(30))
def test_a_mutated_file_never_gives_a_traceback(seed: int) -> None:
    chance = random.Random(seed)
    pieces = [
        b"{",
        b"}",
        b"[",
        b"]",
        b":",
        b"- ",
        b"\n",
        b"\t",
        b"'",
        b'"',
        b"#",
        b"&",
        b"*",
        b"!",
        b"%",
        b"|",
        b"\xff",
        b"\0",
        b"  ",
    ]
    for _ in range(30):
        files = {key: text.encode() for key, text in SAMPLE.items()}
        name = chance.choice(sorted(files))
        data = bytearray(files[name])
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(len(data) + 1)
            data[place : place + chance.randint(0, 8)] = chance.choice(pieces) * chance.randint(0, 3)
        files[name] = bytes(data)

        error = look(files)

        assert error is None or all(mistake.line >= 1 and mistake.what and mistake.remedy for mistake in error.mistakes)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.sampled_from(sorted(SAMPLE)), st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_any_bytes_in_any_file_are_a_mistake_or_fine(name: str, data: bytes) -> None:
    look({key: text.encode() for key, text in SAMPLE.items()} | {name: data})


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.text(max_size=60))
def test_any_file_name_is_a_mistake_or_fine(name: str) -> None:
    look({key: text.encode() for key, text in SAMPLE.items()} | {f"{name}.yaml": b"a: b\n"})
