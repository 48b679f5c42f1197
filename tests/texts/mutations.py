"""
Ways in which hands and disks spoil a content file. Each takes the file and dice, gives the spoiled bytes or None when
this file has nothing to spoil in this way.

FATAL ones must always be refused. The others may leave a good file behind: then an editor must find it good, too.
"""

import re
from collections.abc import Callable, Iterator
from random import Random

from bot.texts.mistakes import Mistakes
from bot.texts.tree import Branch, Leaf, Node, Row, grow

Mutation = Callable[[bytes, Random], bytes | None]
PLACE = re.compile(r"\{([a-z_.0-9]+)\}")


def tree_of(data: bytes) -> Branch:
    tree = grow("file", data, Mistakes(""))
    assert tree is not None
    return tree


def branches(node: Node) -> Iterator[Branch]:
    """Every mapping written line by line."""
    if isinstance(node, Branch) and not node.is_flow:
        yield node
        for inside in node.entries.values():
            yield from branches(inside)


def leaves(node: Node) -> Iterator[Leaf]:
    for inside in node.entries.values() if isinstance(node, Branch) else node.items if isinstance(node, Row) else ():
        if isinstance(inside, Leaf):
            yield inside
        else:
            yield from leaves(inside)


def key_lines(data: bytes) -> list[tuple[str, int]]:
    return [(name, line) for branch in branches(tree_of(data)) for name, line in branch.lines.items()]


def lines_of(data: bytes) -> list[str]:
    return data.decode().split("\n")


def joined(lines: list[str]) -> bytes:
    return "\n".join(lines).encode()


def spoken(data: bytes) -> list[int]:
    """Indexes of lines that are neither empty nor comments."""
    return [index for index, line in enumerate(lines_of(data)) if line.strip() and not line.lstrip().startswith("#")]


# fatal


def tab(data: bytes, dice: Random) -> bytes:
    lines = lines_of(data)
    index = dice.choice(spoken(data))
    place = dice.randrange(len(lines[index]) + 1)
    lines[index] = f"{lines[index][:place]}\t{lines[index][place:]}"
    return joined(lines)


def byte_order_mark(data: bytes, dice: Random) -> bytes:
    return b"\xef\xbb\xbf" + data


def windows_ends(data: bytes, dice: Random) -> bytes:
    return data.replace(b"\n", b"\r\n")


def windows_letters(data: bytes, dice: Random) -> bytes | None:
    lines = [line.encode() for line in lines_of(data)]
    russian = [index for index, line in enumerate(lines) if any(byte > 127 for byte in line)]
    try:
        index = dice.choice(russian)
        lines[index] = lines[index].decode().encode("cp1251", "ignore")
    except IndexError:
        return None
    return b"\n".join(lines)


def foreign_byte(data: bytes, dice: Random) -> bytes:
    place = dice.randrange(len(data))
    return data[:place] + dice.choice([b"\xff", b"\x00", b"\x07", b"\xc0\x80", b"\xed\xa0\x80"]) + data[place:]


def invisible(data: bytes, dice: Random) -> bytes:
    text = data.decode()
    place = dice.randrange(len(text))
    sign = dice.choice("\u200b\u202e\u2028\ufeff")
    return f"{text[:place]}{sign}{text[place:]}".encode()


def doubled_key(data: bytes, dice: Random) -> bytes:
    name, line = dice.choice(key_lines(data))
    lines = lines_of(data)
    head = lines[line - 1]
    indent = head[: len(head) - len(head.lstrip())]
    lines.insert(line - 1, f"{indent}{_written(head, name)}: ещё")
    return joined(lines)


def misspelled_place(data: bytes, dice: Random) -> bytes | None:
    lines = lines_of(data)
    found = [index for index in spoken(data) if PLACE.search(lines[index])]
    if not found:
        return None
    index = dice.choice(found)
    lines[index] = PLACE.sub(lambda match: f"{{{match[1]}q}}", lines[index], count=1)
    return joined(lines)


def open_place(data: bytes, dice: Random) -> bytes | None:
    lines = lines_of(data)
    found = [index for index in spoken(data) if PLACE.search(lines[index])]
    if not found:
        return None
    index = dice.choice(found)
    lines[index] = PLACE.sub(lambda match: f"{{{match[1]}", lines[index], count=1)
    return joined(lines)


def anchor(data: bytes, dice: Random) -> bytes | None:
    return _before_value(data, dice, dice.choice(["&x ", "*x ", "!!str "]))


# perhaps fatal


def dropped_line(data: bytes, dice: Random) -> bytes:
    lines = lines_of(data)
    del lines[dice.choice(spoken(data))]
    return joined(lines)


def moved_indent(data: bytes, dice: Random) -> bytes:
    lines = lines_of(data)
    index = dice.choice(spoken(data))
    by = dice.choice([-2, -1, 1, 2])
    bare = lines[index].lstrip()
    lines[index] = " " * max(0, len(lines[index]) - len(bare) + by) + bare
    return joined(lines)


def swapped_lines(data: bytes, dice: Random) -> bytes:
    lines = lines_of(data)
    places = spoken(data)
    place = dice.randrange(len(places) - 1) if len(places) > 1 else 0
    one, other = places[place], places[min(place + 1, len(places) - 1)]
    lines[one], lines[other] = lines[other], lines[one]
    return joined(lines)


def renamed_key(data: bytes, dice: Random) -> bytes:
    name, line = dice.choice(key_lines(data))
    lines = lines_of(data)
    place = dice.randrange(len(name))
    other = name[:place] + dice.choice(["", "x", "-", name[place] * 2]) + name[place + 1 :]
    lines[line - 1] = lines[line - 1].replace(name, other, 1)
    return joined(lines)


def changed_id(data: bytes, dice: Random) -> bytes:
    """A word of the program in the place of a value: faq-041, released, papers=all."""
    found = _matches(data, r"(?<=[ \[\":,=])[a-z][a-z0-9_]*(?:[-=][a-z0-9_]+)?(?=[\]\",\n])")
    if not found:
        return None
    text, match = data.decode(), dice.choice(found)
    return f"{text[: match.start()]}{match[0]}{dice.choice('xz9')}{text[match.end() :]}".encode()


def removed_place(data: bytes, dice: Random) -> bytes | None:
    found = _matches(data, PLACE.pattern)
    if not found:
        return None
    text, match = data.decode(), dice.choice(found)
    return f"{text[: match.start()]}{text[match.end() :]}".encode()


def emptied_value(data: bytes, dice: Random) -> bytes:
    lines = lines_of(data)
    _, line = dice.choice(key_lines(data))
    lines[line - 1] = lines[line - 1].partition(":")[0] + ":"
    return joined(lines)


def cut(data: bytes, dice: Random) -> bytes:
    place = dice.randrange(len(data))
    return data[:place].decode(errors="ignore").encode()


def lost_sign(data: bytes, dice: Random) -> bytes:
    text, match = data.decode(), dice.choice(_matches(data, r"[:\-\"|\[\]]"))
    return (text[: match.start()] + text[match.end() :]).encode()


def stray_sign(data: bytes, dice: Random) -> bytes:
    lines = lines_of(data)
    index = dice.choice(spoken(data))
    place = dice.randrange(len(lines[index]) + 1)
    sign = dice.choice([":", ": ", "{", "}", "[", '"', "'", " #", "- ", "|", "@", "`", "%"])
    lines[index] = f"{lines[index][:place]}{sign}{lines[index][place:]}"
    return joined(lines)


def sum_of_money(data: bytes, dice: Random) -> bytes | None:
    """A figure where only words belong."""
    lines = lines_of(data)
    found = [index for index in spoken(data) if re.search(r"[а-я]{4}\.$", lines[index])]
    if not found:
        return None
    index = dice.choice(found)
    lines[index] += " " + dice.choice(["Это 5 000 рублей.", "Звоните 8 (3852) 12-34-56.", "Должник платит."])
    return joined(lines)


def _matches(data: bytes, pattern: str) -> list[re.Match[str]]:
    """All of them outside comments."""
    text = data.decode()
    found = re.finditer(pattern, text)
    return [match for match in found if not text[text.rfind("\n", 0, match.start()) + 1 :].lstrip().startswith("#")]


def _before_value(data: bytes, dice: Random, sign: str) -> bytes | None:
    lines = lines_of(data)
    found = [line for _, line in key_lines(data) if re.search(r":\s+[^|>\s\[{\"']", lines[line - 1])]
    if not found:
        return None
    line = dice.choice(found)
    lines[line - 1] = re.sub(r":(\s+)", rf":\1{sign}", lines[line - 1], count=1)
    return joined(lines)


def _written(head: str, name: str) -> str:
    return f'"{name}"' if head.lstrip().startswith('"') else name


FATAL: tuple[Mutation, ...] = (
    tab, byte_order_mark, windows_ends, windows_letters, foreign_byte, invisible, doubled_key, misspelled_place,
    open_place, anchor,
)  # fmt: skip
RISKY: tuple[Mutation, ...] = (
    dropped_line, moved_indent, swapped_lines, renamed_key, changed_id, removed_place, emptied_value, cut, lost_sign,
    stray_sign, sum_of_money,
)  # fmt: skip
