import hashlib
from typing import Any

import pytest

from registry.checks.recipient import MAX_COMPARED, recipient_matches, recipient_name


def document(*identifiers: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"credentialSubject": {"identifier": list(identifiers), **members}}


def hashed(clear: str, salt: str | None = None, algorithm: str = "sha256") -> dict[str, Any]:
    digest = hashlib.new(algorithm, (clear + (salt or "")).encode()).hexdigest()
    entry = {"type": "IdentityObject", "hashed": True, "identityHash": f"{algorithm}${digest}"}
    return entry | ({"salt": salt} if salt else {})


def plain(text: str, kind: str = "name") -> dict[str, Any]:
    return {"type": "IdentityObject", "hashed": False, "identityHash": text, "identityType": kind}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (document(hashed("ada@uni.example", "pepper")), "ada@uni.example"),
        (document(hashed("ada@uni.example", "pepper")), " Ada@Uni.example "),
        (document(hashed("Ada@uni.example")), "Ada@uni.example"),
        (document(hashed("ada@uni.example", algorithm="md5")), "ada@uni.example"),
        (document(plain("Zoë Müller")), "zoë müller"),
        (document(plain("Zoe\u0308 Müller")), "Zoë  Müller"),
        (document(id="did:key:z6MkOne"), "did:key:z6MkOne"),
        (document(id="mailto:ada@uni.example"), "ada@uni.example"),
        ({"credentialSubject": {"identifier": plain("Ada")}}, "Ada"),
    ],
)
def test_the_person_it_was_issued_to_matches(value: dict[str, Any], expected: str) -> None:
    assert recipient_matches(value, expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (document(hashed("ada@uni.example", "pepper")), "bob@uni.example"),
        (document(hashed("ada@uni.example", "pepper")), ""),
        (document(hashed("", "pepper")), " "),
        (document(plain("")), ""),
        (document({**hashed("ada@uni.example"), "identityHash": "sha512$00"}), "ada@uni.example"),
        (document({"identityHash": 5}), "5"),
        (document("ada@uni.example"), "ada@uni.example"),  # type: ignore[arg-type]
        ({"credentialSubject": []}, "ada@uni.example"),
        ({}, "ada@uni.example"),
        (document(), "ada@uni.example"),
        (document(*[plain("nobody")] * 40, plain("Ada")), "Ada"),
    ],
)
def test_nobody_else_matches(value: dict[str, Any], expected: str) -> None:
    assert not recipient_matches(value, expected)


@pytest.mark.parametrize("length", [MAX_COMPARED, MAX_COMPARED + 1])
def test_what_is_longer_than_any_name_is_compared_as_it_is_written(length: int) -> None:
    is_name = length == MAX_COMPARED
    assert recipient_matches(document(plain("A" * length)), "a" * length) is is_name
    assert recipient_matches(document(plain("A" * length)), "A" * length)


def test_the_openly_stated_name_is_found() -> None:
    assert recipient_name(document(hashed("ada@uni.example"), plain("Ada Okafor"))) == "Ada Okafor"


@pytest.mark.parametrize(
    "value", [{}, document(), document({**plain("Ada"), "hashed": True}), document(plain("a@b.c", "emailAddress"))]
)
def test_a_name_that_is_not_stated_openly_is_not_shown(value: dict[str, Any]) -> None:
    assert recipient_name(value) is None
