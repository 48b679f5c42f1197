"""
Requests held against the official description of the Bot API, where the environment says where it lies.

PLATFORM_SCHEMAS names a folder with telegram-bot-api.json ("methods" and "types", each with fields). The description
marks every field of an object as required, so inside objects only unknown and wrongly typed fields are violations.
"""

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

FILE = "telegram-bot-api.json"
VARIABLES = ("PLATFORM_SCHEMAS", f"PLATFORM_{FILE}S")

_PLAIN: dict[str, Any] = {"Integer": int, "String": str, "Boolean": bool, "Float": (int, float), "True": bool}


class Schema:
    """violations(method, params): what is wrong with a request, in words; empty when it is right."""

    def __init__(self, description: dict[str, Any]) -> None:
        self._methods = description["methods"]
        self._types = description["types"]

    def violations(self, method: str, params: dict[str, Any]) -> list[str]:
        known = self._methods.get(method)
        if known is None:
            return [f"{method}: unknown method"]
        fields = {field["name"]: field for field in known["fields"]}
        missing = [f"{method}: {name} is missing" for name, field in fields.items() if field["required"]]
        wrong = [what for what in missing if what.split()[1] not in params]
        for name, value in params.items():
            if name not in fields:
                wrong.append(f"{method}: {name} is unknown")
            elif not self._fits(fields[name]["type"], value):
                wrong.append(f"{method}: {name} is no {fields[name]['type']}")
        return wrong

    def _fits(self, kind: str, value: Any) -> bool:
        if " or " in kind:
            return any(self._fits(one, value) for one in kind.split(" or "))
        if kind.startswith("Array of "):
            return isinstance(value, list) and all(self._fits(kind.removeprefix("Array of "), item) for item in value)
        if kind in _PLAIN:
            return isinstance(value, _PLAIN[kind]) and isinstance(value, bool) == (_PLAIN[kind] is bool)
        if kind not in self._types or not isinstance(value, dict):
            return False
        if subtypes := self._types[kind].get("subtypes"):
            return any(self._fits(one, value) for one in subtypes)
        fields = {field["name"]: field["type"] for field in self._types[kind]["fields"]}
        return all(name in fields and self._fits(fields[name], item) for name, item in value.items())


def schema() -> Schema | None:
    """The description the environment points to, None without one. Raises OSError if it is not there."""
    folder = next((os.environ[name] for name in VARIABLES if os.environ.get(name)), None)
    return _load(Path(folder) / FILE) if folder else None


@lru_cache(maxsize=1)
def _load(path: Path) -> Schema:
    return Schema(json.loads(path.read_text(encoding="utf-8")))
