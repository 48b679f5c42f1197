"""Plain text of the content as what it looks like: paragraphs, small headings, lists."""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Literal, NamedTuple

HEADING_CHARS = 60
NUMBER = re.compile(r"(\d{1,2})[.)]\s+")

Kind = Literal["text", "heading", "dots", "numbers"]


class Block(NamedTuple):
    """kind: how to set it. lines: without dots and numbers. first: the number of the first line, where there is one."""

    kind: Kind
    lines: list[str]
    first: int = 1


def paragraphs(text: str) -> list[Block]:
    """
    Lines that begin with «•» or a number are lists. A short first line of a paragraph that no stop ends is its heading.
    """
    found: list[Block] = []
    for paragraph in text.split("\n\n"):
        lines = [line.strip() for line in paragraph.splitlines() if line.strip()]
        if len(lines) > 1 and _is_heading(lines[0]):
            found.append(Block("heading", [lines.pop(0)]))
        found += _blocks(lines)
    return found


def _blocks(lines: list[str]) -> Iterator[Block]:
    for kind, group in groupby(lines, _kind):
        alike = list(group)
        if kind == "numbers":
            numbers = [NUMBER.match(line) for line in alike]
            first = int(numbers[0][1]) if numbers[0] else 1
            yield Block(kind, [NUMBER.sub("", line, count=1) for line in alike], first)
        else:
            yield Block(kind, [line.removeprefix("•").strip() for line in alike] if kind == "dots" else alike)


def _kind(line: str) -> Kind:
    if line.startswith("•"):
        return "dots"
    return "numbers" if NUMBER.match(line) else "text"


def _is_heading(line: str) -> bool:
    return len(line) <= HEADING_CHARS and line[-1] not in ".!?:;,…" and _kind(line) == "text"
