"""
Requests and updates held against the official OpenAPI contract of MAX, unknown fields included.

The contract leaves objects open and names their kinds by discriminators; here every object is closed and every kind is
looked up, so that a misspelt field is a violation.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

Schema = dict[str, Any]


class MaxSchema:
    """The contract read from `max-schema.yaml` in `folder`."""

    def __init__(self, folder: str) -> None:
        text = Path(folder, "max-schema.yaml").read_text(encoding="utf-8")
        self._contract: Schema = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        self._validators: dict[str, Draft202012Validator] = {}

    def request_faults(
        self, method: str, path: str, query: Mapping[str, str], body: object, *, has_body: bool
    ) -> list[str]:
        """What is wrong with a request; path: as the contract writes it (`/chats/{chatId}/actions`)."""
        call = f"{method} {path}"
        operation = self._contract["paths"].get(path, {}).get(method.lower())
        if operation is None:
            return [f"{call}: unknown method"]
        told = {one["name"]: one for one in operation.get("parameters", ()) if one["in"] == "query"}
        faults = [f"{call}: unknown parameter {name}" for name in query if name not in told]
        faults += [f"{call}: no {name}" for name, one in told.items() if one.get("required") and name not in query]
        for name, value in query.items():
            if name in told:
                schema = told[name].get("schema", {})
                faults += self._faults(f"{call} {name}", schema, _typed(self._closed(schema), value))
        wanted = operation.get("requestBody")
        if wanted is None:
            return faults + ([f"{call}: takes no body"] if has_body else [])
        if not has_body:
            return [*faults, f"{call}: no body"]
        return faults + self._faults(f"{call} body", wanted["content"]["application/json"]["schema"], body)

    def faults(self, name: str, value: object) -> list[str]:
        """What is wrong with `value` as the contract's schema `name`."""
        return self._faults(name, {"$ref": f"#/components/schemas/{name}"}, value)

    def _faults(self, key: str, schema: Schema, value: object) -> list[str]:
        if key not in self._validators:
            self._validators[key] = Draft202012Validator(
                self._closed(schema)
                | {"$defs": {name: self._named(name) for name in self._contract["components"]["schemas"]}}
            )
        return [f"{key}{error.json_path[1:]}: {error.message}" for error in self._validators[key].iter_errors(value)]

    @cache  # noqa: B019  (one contract lives as long as the tests)
    def _named(self, name: str) -> Schema:
        schema = self._contract["components"]["schemas"][name]
        kinds = schema.get("discriminator")
        if kinds is None:
            return self._closed(schema, is_component=True)
        field = kinds["propertyName"]
        choices = [
            {
                "if": {"properties": {field: {"const": value}}, "required": [field]},
                "then": {"$ref": "#/$defs/" + reference.rsplit("/", 1)[1]},
            }
            for value, reference in kinds["mapping"].items()
        ]
        return {
            "type": "object",
            "required": [field],
            "properties": {field: {"enum": list(kinds["mapping"])}},
            "allOf": choices,
        }

    def _closed(self, schema: Schema, *, is_component: bool = False) -> Schema:
        """
        `schema` as JSON Schema 2020-12 whose objects take no unknown field.

        In a property one reference in `allOf` stands for itself; in a component it is the base that is inherited.
        """
        if "$ref" in schema:
            return {"$ref": "#/$defs/" + schema["$ref"].rsplit("/", 1)[1]}
        bases = schema.get("allOf", ())
        if not is_component and len(bases) == 1 and "$ref" in bases[0] and "properties" not in schema:
            inner = self._closed(bases[0])
            return {"anyOf": [inner, {"type": "null"}]} if schema.get("nullable") else inner
        flat = self._flat(schema)
        made: Schema = {
            key: flat[key]
            for key in ("type", "enum", "minimum", "maximum", "minLength", "maxLength", "pattern")
            if key in flat
        } | {key: flat[key] for key in ("minItems", "maxItems", "uniqueItems") if key in flat}
        if "properties" in flat:
            made["properties"] = {name: self._closed(inner) for name, inner in flat["properties"].items()}
            made["required"] = sorted(flat["required"])
            made["additionalProperties"] = False
        if "items" in flat:
            made["items"] = self._closed(flat["items"])
        return {"anyOf": [made, {"type": "null"}]} if flat.get("nullable") else made

    def _flat(self, schema: Schema) -> Schema:
        """`allOf` merged into one object, references in it looked up."""
        merged: Schema = {key: value for key, value in schema.items() if key not in ("allOf", "properties", "required")}
        properties, required = dict(schema.get("properties", {})), set(schema.get("required", ()))
        for part in schema.get("allOf", ()):
            if "$ref" in part:
                part = self._contract["components"]["schemas"][part["$ref"].rsplit("/", 1)[1]]
            inner = self._flat(part)
            properties = inner.get("properties", {}) | properties
            required |= set(inner.get("required", ()))
        return merged | {"properties": properties, "required": required} if properties else merged


def _typed(schema: Schema, value: str) -> object:
    """A query's text as the type it stands for; left as text when it is not of that type."""
    kinds = str(schema)
    if "'array'" in kinds:
        return value.split(",")
    if value in ("true", "false") and "'boolean'" in kinds:
        return value == "true"
    if ("'integer'" in kinds or "Id'" in kinds or "bigint" in kinds) and value.lstrip("-").isdecimal():
        return int(value)
    return value
