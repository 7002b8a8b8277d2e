"""The API's OpenAPI description: each schema under the media type that is really sent, and real examples.

tests/verifier_web/examples.py makes examples.json by signing, anchoring and judging a credential; a test holds the
two equal.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from verifier_web import batch
from verifier_web.problems import MEDIA_TYPE as PROBLEM_TYPE

if TYPE_CHECKING:
    from fastapi import FastAPI

JSON_TYPE = "application/json"


def describe(app: FastAPI) -> None:
    """Let the application answer with its finished description."""
    plain = app.openapi

    def finished() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _finished(plain())
        return app.openapi_schema

    app.openapi = finished  # type: ignore[method-assign]


def examples() -> dict[str, Any]:
    """Return the examples by name."""
    text = files("verifier_web").joinpath("examples.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _finished(document: dict[str, Any]) -> dict[str, Any]:
    example = examples()
    operations = {path: next(iter(methods.values())) for path, methods in document["paths"].items()}
    for operation in operations.values():
        for status, response in operation["responses"].items():
            _retyped(response["content"], example["problem"] if status == "422" else None)
    _put(operations["/v1/verifications"], JSON_TYPE, JSON_TYPE, example["bundle"], example["verification"])
    _put(operations["/credentials/verify"], JSON_TYPE, JSON_TYPE, example["vcRequest"], example["vcAnswer"])
    lines = _lines(example["bundle"]), _lines(example["line"])
    _put(operations["/v1/verifications/batch"], batch.MEDIA_TYPE, batch.MEDIA_TYPE, *lines)
    operations["/readyz"]["responses"]["200"]["content"][JSON_TYPE]["example"] = example["ready"]
    return document


def _retyped(content: dict[str, Any], problem: dict[str, Any] | None) -> None:
    """Move a schema from plain JSON, where FastAPI puts it, to the media type that is sent instead."""
    for kind in (PROBLEM_TYPE, batch.MEDIA_TYPE):
        if kind in content and JSON_TYPE in content:
            content[kind] = content.pop(JSON_TYPE)
    if problem is not None and PROBLEM_TYPE in content:
        content[PROBLEM_TYPE]["example"] = problem


def _put(operation: dict[str, Any], taken: str, given: str, request: Any, response: Any) -> None:  # noqa: ANN401  JSON
    operation["requestBody"]["content"][taken]["example"] = request
    operation["responses"]["200"]["content"][given]["example"] = response


def _lines(value: Any) -> str:  # noqa: ANN401  any JSON value
    return json.dumps(value, separators=(",", ":")) + "\n"
