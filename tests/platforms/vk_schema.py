"""
The official VK schema as a check of what a client sends. Never of what VK sends: the schema lags behind the live API.

Not plain draft-07: `required` sits on single properties. Known gap let through here: the button colour `secondary`.
Folder: the environment's PLATFORM_SCHEMAS, holding vk-api-schema/ (github.com/VKCOM/vk-api-schema, 5.199).
"""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = "vk-api-schema"
VARIABLES = ("PLATFORM_SCHEMAS", f"PLATFORM_{FOLDER}/S")
COMMON = frozenset({"access_token", "v", "lang", "test_mode"})
LIVE_COLOURS = frozenset({"secondary"})
_INTEGER = re.compile(r"-?\d+")


def from_environment() -> "VkSchema | None":
    """The schema of the folder the environment names, None without one."""
    folder = next((os.environ[name] for name in VARIABLES if os.environ.get(name)), "")
    return VkSchema(Path(folder) / FOLDER) if folder and (Path(folder) / FOLDER).is_dir() else None


class VkSchema:
    def __init__(self, folder: Path) -> None:
        self._methods: dict[str, dict[str, dict[str, Any]]] = {}
        for group in ("messages", "groups", "users"):
            for method in json.loads((folder / group / "methods.json").read_text("utf-8"))["methods"]:
                self._methods[method["name"]] = {field["name"]: field for field in method.get("parameters", ())}
        objects = json.loads((folder / "messages/objects.json").read_text("utf-8"))["definitions"]
        self._keyboard = objects["messages_keyboard"]["properties"]
        self._colours = frozenset(objects["messages_keyboard_button"]["properties"]["color"]["enum"]) | LIVE_COLOURS
        kinds = objects["messages_keyboard_button_property_action"]["discriminator"]["mapping"]
        self._actions = {kind: objects[ref.rsplit("/", 1)[1]]["properties"] for kind, ref in kinds.items()}

    def violations(self, method: str, params: Mapping[str, str]) -> list[str]:
        """What in a request breaks the schema; empty when nothing does."""
        fields = self._methods.get(method)
        if fields is None:
            return [f"{method}: no such method"]
        found = [f"{method}: unknown field {name}" for name in params if name not in fields and name not in COMMON]
        for name, field in fields.items():
            if name in params:
                found += [f"{method}.{name}: {wrong}" for wrong in _wrong(field, params[name])]
            elif field.get("required"):
                found.append(f"{method}: no {name}")
        if params.get("keyboard"):
            found += [f"{method}.keyboard: {wrong}" for wrong in self._wrong_keyboard(params["keyboard"])]
        return found

    def _wrong_keyboard(self, text: str) -> list[str]:
        keyboard = json.loads(text)
        found = [f"unknown field {name}" for name in keyboard if name not in self._keyboard]
        if "buttons" not in keyboard:
            found.append("no buttons")
        for button in (button for row in keyboard.get("buttons", ()) for button in row):
            if button.get("color", "default") not in self._colours:
                found.append(f"colour {button['color']}")
            action = button.get("action", {})
            known = self._actions.get(action.get("type"))
            if known is None:
                found.append(f"action {action.get('type')}")
                continue
            found += [f"unknown field {name} of a button" for name in action if name not in known]
            found += [
                f"no {name} of a button" for name, of in known.items() if of.get("required") and name not in action
            ]
            found += [f"{name} of a button is no text" for name in action if not isinstance(action[name], str)]
        return found


def _wrong(field: Mapping[str, Any], value: str) -> list[str]:
    kinds = field["type"] if isinstance(field["type"], list) else [field["type"]]
    found: list[str] = []
    if "integer" in kinds and "string" not in kinds:
        if not _INTEGER.fullmatch(value):
            return ["not an integer"]
        if "format" not in field and abs(int(value)) >= 2**31:
            found.append("not an int32")
        if not field.get("minimum", -(2**63)) <= int(value) <= field.get("maximum", 2**63):
            found.append("out of bounds")
    if "boolean" in kinds and value not in ("0", "1"):
        found.append("not a flag")
    if "array" in kinds:
        items = value.split(",") if value else []
        if len(items) > field.get("maxItems", 1000):
            found.append("too many items")
        if field.get("items", {}).get("type") == "integer" and not all(_INTEGER.fullmatch(item) for item in items):
            found.append("items are not integers")
    if len(value) > field.get("maxLength", len(value)):
        found.append("too long")
    if "enum" in field and value not in field["enum"]:
        found.append("not one of the allowed")
    return found
