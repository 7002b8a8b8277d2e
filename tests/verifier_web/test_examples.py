"""The OpenAPI description's examples are what is really taken and given, and fit their own schemas."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from verifier_web.app import create_app
from verifier_web.described import examples

if TYPE_CHECKING:
    from collections.abc import Iterator

made = sys.modules["verifier_web_examples"]  # loaded by conftest.py
DOCUMENT = create_app(made.world().verifier).openapi()


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def shown() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield place, media type and media type object of everything that is described."""
    for name, operation in operations():
        bodies = {"request": operation.get("requestBody", {}), **operation["responses"]}
        for what, body in bodies.items():
            for kind, described in body.get("content", {}).items():
                yield f"{name} {what}", kind, described


EXAMPLES = {f"{place} {kind}": described for place, kind, described in shown() if "example" in described}


def test_the_examples_are_what_the_application_takes_and_gives() -> None:
    assert examples() == made.made_examples(), "run tests/verifier_web/examples.py"


def test_every_call_that_takes_a_body_has_an_example_of_request_and_answer() -> None:
    taking = [name for name, operation in operations() if "requestBody" in operation]

    assert taking == ["post /v1/verifications", "post /v1/verifications/batch", "post /credentials/verify"]
    for name in taking:
        assert [key for key in EXAMPLES if key.startswith(f"{name} request")], name
        assert [key for key in EXAMPLES if key.startswith(f"{name} 200")], name


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_fits_its_schema_and_nothing_else_does(name: str) -> None:
    described = EXAMPLES[name]
    example = described["example"]
    value = json.loads(example) if name.endswith("x-ndjson") else example
    schema = {**described["schema"], "components": DOCUMENT["components"]}
    validator = jsonschema.Draft202012Validator(schema)

    validator.validate(value)
    assert not validator.is_valid({"verdict": "perhaps"})


def test_the_description_is_sound_openapi_of_our_problems() -> None:
    for place, kind, described in shown():
        status = place.rpartition(" ")[2]
        if status.isdigit() and int(status) >= 400 and "/credentials/" not in place:
            assert kind == "application/problem+json", place
            assert described["schema"]["$ref"].endswith("/ProblemOut"), place


def test_the_example_says_what_a_reader_hopes_for() -> None:
    verification = examples()["verification"]

    assert (verification["verdict"], verification["about"]) == (
        "verified",
        {"title": "Data Foundations", "issuedTo": "Ada Okafor", "issuedBy": "The University", "proven": True},
    )
    assert examples()["problem"]["code"] == "not-a-credential"
    assert examples()["vcAnswer"]["verified"] is True
