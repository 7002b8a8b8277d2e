"""The forms of `shape` as JSON Schema, for verifiers that are not written in Python.

Source: JSON Schema, draft 2020-12.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from registry.credentials.forms import EXTENSION, Form, OneOf
from registry.credentials.shape import FORMS

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import core_schema

_TIME = r"^(?!0000)\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,12})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$"
_NOT_EMPTY = {"minLength": 1, "minItems": 1}


def _naming(*types: str) -> JsonSchemaValue:
    """Return the schema of a `type` that is, or holds, one of these."""
    one = {"enum": list(types)}
    return {"properties": {"type": {"anyOf": [one, {"type": "array", "contains": one}]}}}


def _with_any(*members: str) -> JsonSchemaValue:
    return {"anyOf": [{"required": [name], "properties": {name: _NOT_EMPTY}} for name in members]}


_RULES: dict[str, JsonSchemaValue] = {
    "_date_time": {"pattern": _TIME, "format": "date-time"},
    "_day": {"pattern": "^(?!0000)", "format": "date"},
    "_Credential._is_a_credential": _naming("VerifiableCredential"),
    "Identified._is_somebody": _with_any("id", "identifier"),
    "Criteria._says_something": _with_any("id", "narrative"),
    "Form._names_its_type": {},  # said by `model_schema`, which knows the form
    "min_length_validator": {},  # said by Pydantic
}
"""What each validator of the forms asks, by its name; one that is not listed here fails the schema as a whole."""


@functools.cache
def shape_schemas() -> dict[str, Any]:
    """Return `forms`, in the order of `shape`: the types that choose each and its name among `$defs`, the schemas."""
    _, schema = models_json_schema([(form, "validation") for form in FORMS], schema_generator=_ShapeSchema)
    forms = [{"types": list(form.is_a), "name": form.__name__} for form in FORMS]
    return {"forms": forms, "$defs": schema["$defs"]}


class _ShapeSchema(GenerateJsonSchema):
    """Says in JSON Schema what the forms' own validators do."""

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        many = super().function_before_schema(schema)  # forms._listed, the only one: one value or an array of them
        return {"anyOf": [many["items"], many]}

    def function_after_schema(self, schema: core_schema.AfterValidatorFunctionSchema) -> JsonSchemaValue:
        inner, function = super().function_after_schema(schema), schema["function"]["function"]
        rule = _terms(function) if isinstance(function, OneOf) else _RULES[_name(function)]
        return {"allOf": [inner, rule]} if rule else inner

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        form, written = schema["cls"], super().model_schema(schema)
        named = issubclass(form, Form) and form.is_a
        return {**written, **({"allOf": [_naming(*form.is_a)]} if named else {})}

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002  a union of Pydantic's own
        return False


def _name(function: Any) -> str:  # noqa: ANN401  any callable
    name: str = getattr(function, "func", function).__qualname__
    return name


def _terms(one: OneOf) -> JsonSchemaValue:
    defined: list[JsonSchemaValue] = [{"enum": list(one.terms)}]
    return {"anyOf": [*defined, *([{"pattern": EXTENSION.pattern}] if one.extensible else [])]}
