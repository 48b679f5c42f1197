"""
What the loader asks of a file, written down while it reads: names, kinds, limits. From it come the JSON Schemas that
editors know, so nobody has to say the same thing twice.
"""

import re
from typing import Any

Schema = dict[str, Any]

FREE = ""  # all names of a mapping whose names are free: ids, weekdays, words
TEXT = ["string", "number"]  # YAML takes a bare 2026 for a number, we take it for a text
NO_BRACES = "^[^{}\\n]*[^{}\\s][^{}\\n]*$"


class Shape:
    """
    One kind of mapping, over all mappings of this kind that were met.

    A name must be there when every one of them was asked for it and could not go without.
    """

    def __init__(self) -> None:
        self._visits = 0
        self._ids: str | None = None  # the names are free, and look like this
        self._fields: dict[str, tuple[int, Schema]] = {}
        self._inside: dict[str, Shape] = {}
        self._musts: dict[str, set[int]] = {}

    def visit(self) -> int:
        """Another mapping of this kind; its number."""
        self._visits += 1
        return self._visits

    def free(self, ids: str = ".") -> None:
        """Its names are not ours. ids: what they look like, as a regular expression."""
        self._ids = ids if self._ids in (None, ".") else self._ids

    def field(self, name: str, visit: int, *, must: bool, schema: Schema, weight: int) -> None:
        """This name is asked for. weight: of several askings the heaviest says what it is."""
        name = FREE if self._ids is not None else name
        if weight >= self._fields.get(name, (-1, {}))[0]:
            self._fields[name] = weight, schema
        musts = self._musts.setdefault(name, set())
        if must:
            musts.add(visit)

    def child(self, name: str) -> "Shape":
        """The kind of the mappings below this name."""
        return self._inside.setdefault(FREE if self._ids is not None else name, Shape())

    def schema(self) -> Schema:
        """As a JSON Schema."""
        whole: Schema = {"type": "object"}
        if self._ids is not None:
            whole["patternProperties"] = {self._ids: self._of(FREE)}
            return {**whole, "additionalProperties": False}
        musts = [name for name in self._fields if len(self._musts[name]) == self._visits]
        whole["properties"] = {name: self._of(name) for name in self._fields}
        return {**whole, **({"required": musts} if musts else {}), "additionalProperties": False}

    def _of(self, name: str) -> Schema:
        schema = dict(self._inside[name].schema() if name in self._inside else self._fields.get(name, (0, {}))[1])
        is_must = bool(self._musts[name]) if name == FREE else len(self._musts[name]) == self._visits
        return schema if is_must else _or_nothing(schema)


def regex(pattern: re.Pattern[str]) -> str:
    """As editors understand it."""
    return f"^{pattern.pattern.removesuffix(chr(92) + 'Z')}$"


def _or_nothing(schema: Schema) -> Schema:
    """Nothing may stand after the colon: it counts as absent."""
    if "enum" in schema:
        return {**schema, "enum": [*schema["enum"], None]}
    if "type" not in schema:
        return schema
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return {**schema, "type": [*kinds, "null"]}
