"""Editors and `check` are of one mind: what one accepts the other does, and an unknown or missing name is refused."""

from collections.abc import Iterator, Mapping

import pytest
import yaml
from jsonschema import Draft202012Validator

from bot.texts.load import look
from bot.texts.mistakes import Mistakes
from bot.texts.schemas import EDITOR, rendered
from bot.texts.tree import Branch, grow
from tests.texts.conftest import FOLDER
from tests.texts.editor import ALL_NEEDS, EDITION, SHIPPED, complaints, remembering, shipped_schemas, stored

GROWER = remembering()


def refused(name: str, data: bytes) -> bool:
    seen = look({**EDITION, name: data}, ALL_NEEDS, grower=GROWER)
    return any(mistake.file.endswith(name) for mistake in seen.mistakes)


def blocks(tree: Branch, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Branch]]:
    """Every mapping written line by line."""
    if not tree.is_flow:
        yield path, tree
        for name, inside in tree.entries.items():
            if isinstance(inside, Branch):
                yield from blocks(inside, (*path, name))


def mappings(name: str) -> list[tuple[tuple[str, ...], Branch]]:
    tree = grow(name, SHIPPED[name], Mistakes(""))
    assert tree is not None
    return list(blocks(tree))


def with_line(data: bytes, at: int, line: str) -> bytes:
    lines = data.decode().split("\n")
    return "\n".join([*lines[: at - 1], line, *lines[at - 1 :]]).encode()


def indent(data: bytes, at: int) -> str:
    line = data.decode().split("\n")[at - 1]
    return line[: len(line) - len(line.lstrip())]


@pytest.mark.parametrize("name", EDITION)
def test_editors_find_nothing_in_what_we_ship(name: str) -> None:
    assert complaints(name, SHIPPED[name]) == []


@pytest.mark.parametrize("name", EDITION)
def test_an_unknown_name_is_underlined_and_refused(name: str) -> None:
    data = SHIPPED[name]
    for path, branch in mappings(name)[:4]:
        at = min(branch.lines.values())
        spoiled = with_line(data, at, f"{indent(data, at)}Neznakomo.{len(path)}: [x]")
        is_free = not complaints(name, spoiled)

        assert is_free or refused(name, spoiled), path
        if is_free:  # words of the house, links: any name may stand there
            assert path[-1:] in [("forbidden",), ("other_channels",)]


@pytest.mark.parametrize("name", EDITION)
def test_a_name_that_must_be_there_is_missed_by_both(name: str) -> None:
    """Whatever editors underline when a line is gone is refused too."""
    data = SHIPPED[name]
    lines = data.decode().split("\n")
    for _, branch in mappings(name)[:3]:
        for key, at in list(branch.lines.items())[:6]:
            following = [other for other in branch.lines.values() if other > at]
            inside = branch.entries[key]
            if isinstance(inside, Branch) and not following:
                continue
            end = min(following, default=at + 1)
            rest = "\n".join([*lines[: at - 1], *lines[end - 1 :]]).encode()
            try:
                underlined = complaints(name, rest)
            except yaml.YAMLError:  # what is left is no YAML
                underlined = ["?"]
            assert not underlined or refused(name, rest), (key, underlined)


def test_all_kinds_have_a_schema_of_the_named_draft() -> None:
    for schema in shipped_schemas().values():
        Draft202012Validator.check_schema(schema.schema)
        assert schema.schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_editors_say_in_russian_what_a_name_means() -> None:
    plan = shipped_schemas()["situations/*/plan.yaml"].schema
    (item,) = plan["patternProperties"].values()

    assert item["properties"]["why"]["description"] == "Зачем"
    assert "info_search" in item["properties"]["stage"]["enum"]


def test_the_schemas_in_the_folder_are_those_of_the_loader() -> None:
    """Run `python -m bot check bot/content --schemas` after a change of the loader."""
    wanted: Mapping[str, str] = rendered(FOLDER.name, SHIPPED, ALL_NEEDS)

    assert EDITOR in wanted
    assert stored(FOLDER) == wanted
