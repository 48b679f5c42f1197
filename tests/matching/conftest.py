"""The matcher of the shipped content, and labelled phrases."""

from pathlib import Path

import pytest

from bot.flows import FLOWS
from bot.matching.matcher import Matcher
from tests.talk import real_content

HERE = Path(__file__).parent


def parts(file: str) -> dict[str, list[str]]:
    """The file's lines by its [parts]."""
    found: dict[str, list[str]] = {}
    for line in (HERE / file).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            part = found.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            part.append(line)
    return found


@pytest.fixture(scope="session")
def matcher() -> Matcher:
    matcher = real_content(FLOWS).matcher
    matcher.prepare()
    return matcher
