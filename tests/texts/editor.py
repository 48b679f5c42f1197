"""What an editor with our JSON Schemas would say of a content file, without our loader."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from bot.parts import needs
from bot.texts.files import kind_of, read_folder
from bot.texts.load import Grower
from bot.texts.mistakes import Mistakes
from bot.texts.schema import Need
from bot.texts.schemas import schemas
from bot.texts.tree import Branch, grow
from tests.texts.conftest import FOLDER

ALL_NEEDS: dict[str, Need] = needs()
SHIPPED = read_folder(FOLDER)
EDITION = {name: data for name, data in SHIPPED.items() if name.endswith(".yaml")}  # talks stand beside it


class Core(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML 1.2 as editors read it: no dates, and «yes» is a word."""


Core.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("bool", r"(?:true|True|TRUE|false|False|FALSE)\Z", "tTfF"),
    ("int", r"[-+]?\d+\Z", "-+0123456789"),
    ("float", r"[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?\Z", "-+.0123456789"),
    ("null", r"(?:~|null|Null|NULL|)\Z", ["~", "n", "N", ""]),
):
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))
Core.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(loader.construct_scalar(node)))


@cache
def shipped_schemas() -> dict[str, Draft202012Validator]:
    every = schemas(SHIPPED, ALL_NEEDS)
    return {kind: Draft202012Validator(schema) for kind, schema in every.items()}


def schema_of(file: str) -> Draft202012Validator:
    kind = file if file.startswith("texts/") else kind_of(file)
    return shipped_schemas()[kind]


def complaints(file: str, data: bytes) -> list[str]:
    """What is underlined, empty for a good file. Raises yaml.YAMLError for one that is no YAML."""
    whole: Any = yaml.load(data, Core)
    return [f"{list(error.absolute_path)}: {error.message}" for error in schema_of(file).iter_errors(whole)]


def stored(folder: Path) -> dict[str, str]:
    """Schemas and editor settings as they lie in the content folder."""
    files = [*sorted((folder / ".schema").glob("*.json")), folder / ".vscode" / "settings.json"]
    return {file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8") for file in files}


def remembering() -> Grower:
    """Files that stay from edition to edition are read once."""
    known: dict[tuple[str, bytes], Branch] = {}

    def grown(name: str, data: bytes, mistakes: Mistakes) -> Branch | None:
        if (name, data) not in known:
            tree = grow(name, data, mistakes)
            if SHIPPED.get(name) != data or tree is None:
                return tree
            known[name, data] = tree
        return known[name, data]

    return grown
