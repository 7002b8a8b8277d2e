"""A document of a shape that was seen before is judged as it is without that, whatever its values are."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.core.errors import CanonicalFormError, CredentialFormatError
from registry.credentials import presented, seen_shapes
from registry.credentials.presented import Presented, present
from registry.credentials.seen_shapes import SeenShapes
from registry.credentials.signing import ProofOptions, PublicKey, secure, sign, signing_input

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
DID = "did:web:uni.example"
OPTIONS = ProofOptions(datetime(2026, 7, 1, tzinfo=UTC), f"{DID}#{PublicKey.of(KEY).multibase}")
EXAMPLE = json.loads((Path(__file__).parents[2] / "docs" / "example" / "data-foundations.json").read_text("utf-8"))
ACHIEVEMENT = {**EXAMPLE, "id": "https://uni.example/achievements/data"}


def unsigned(number: int = 1, **members: Any) -> dict[str, Any]:
    return {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
            "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
        ],
        "id": f"urn:uuid:00000000-0000-4000-8000-{number:012d}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": ACHIEVEMENT["name"],
        "issuer": {"id": DID, "type": ["Profile"], "name": "Example University"},
        "validFrom": "2026-06-30T00:00:00Z",
        "awardedDate": "2026-06-30T00:00:00Z",
        "validUntil": "2031-06-30T00:00:00Z",
        "credentialSubject": {
            "id": f"did:example:{number}",
            "type": ["AchievementSubject"],
            "identifier": [
                {"type": "IdentityObject", "hashed": True, "identityHash": f"sha256${number:064x}",
                 "identityType": "emailAddress", "salt": f"salt {number}"},
                {"type": "IdentityObject", "hashed": False, "identityHash": f"Ada {number}", "identityType": "name"},
            ],
            "achievement": ACHIEVEMENT,
            "creditsEarned": 4.5,
            "narrative": f"Well done, {number}.",
        },
        "evidence": [{"id": f"https://uni.example/work/{number}", "type": ["Evidence"], "narrative": "A report."}],
        "credentialStatus": {
            "id": f"https://uni.example/status/0#{number}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(number),
            "statusListCredential": "https://uni.example/status/0",
        },
        **members,
    }  # fmt: skip


def signed(document: dict[str, Any]) -> dict[str, Any]:
    return secure(document, OPTIONS, sign(KEY, signing_input(document, OPTIONS)))


def signed_if_possible(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document signed by its issuer; with the signature of another one if nobody could sign it."""
    try:
        return signed(document)
    except (CredentialFormatError, CanonicalFormError):
        return {**document, "proof": signed(unsigned())["proof"]}


WARM = SeenShapes()
for _number in (1, 2):
    WARM.remember(unsigned(_number))


def judged(document: dict[str, Any], shapes: SeenShapes) -> Presented:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(presented, "SHAPES", shapes)
        return present(copy.deepcopy(document))


def require_same(document: dict[str, Any]) -> None:
    assert judged(document, WARM) == judged(document, SeenShapes())


# --- The same judgement

ODD = [
    "", " ", "x", "_:b", "../up", "https://a b", "mailto:a@b.example", "HTTPS://A.EXAMPLE", "urn:", DID, "@id",
    "https://uni.example/achievements/data", "2026-06-30T00:00:00Z", "2026-06-30", "9999-12-31T24:00:00Z", "%s%b",
    "rdf:type",
    "\n\x22", "\x00", "\ud800", "urn:uuid:00000000-0000-4000-8000-000000000009", None, True, 0, -0.0, 5.0, 1e21, 2**53,
    [], {}, ["x"],
]  # fmt: skip
odd = st.sampled_from(ODD) | st.text(max_size=8)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*path, key)
        yield from leaves(item, (*path, key))


def changed(document: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    copied = copy.deepcopy(document)
    *steps, last = path
    at: Any = copied
    for step in steps:
        at = at[step]
    at[last] = value
    return copied


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data(), number=st.integers(3, 10**6), again=st.booleans())
def test_whatever_stands_anywhere_is_judged_as_it_is_without_a_memory(
    data: st.DataObject, number: int, *, again: bool
) -> None:
    document = unsigned(number)
    for _ in range(data.draw(st.integers(0, 3))):
        document = changed(document, data.draw(st.sampled_from(list(leaves(document)))), data.draw(odd))

    require_same(signed_if_possible(document) if again else {**document, "proof": signed(unsigned(number))["proof"]})


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_whatever_the_proof_says_is_judged_as_it_is_without_a_memory(data: st.DataObject) -> None:
    document = signed(unsigned(7))
    for _ in range(data.draw(st.integers(1, 3))):
        (proof,) = document["proof"]
        name = data.draw(st.sampled_from([*proof, "expires", "nonce", "previousProof", "x"]))
        document = {**document, "proof": [{**proof, name: data.draw(odd)}]}

    require_same(document)


@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize("path", [
    ("id",), ("validFrom",), ("validUntil",), ("credentialSubject", "id"), ("credentialSubject", "narrative"),
    ("credentialSubject", "identifier", 0, "salt"), ("credentialSubject", "achievement", "criteria", "narrative"),
    ("evidence", 0, "id"), ("credentialStatus", "id"), ("credentialStatus", "statusListCredential"),
], ids=lambda path: "/".join(map(str, path)))  # fmt: skip
def test_an_odd_value_in_a_recipients_place_is_judged_as_it_is_without_a_memory(path: Any, value: Any) -> None:
    require_same(signed_if_possible(changed(unsigned(8), path, value)))


# --- The short way is taken, and only where it may be


def is_short(document: dict[str, Any]) -> bool:
    return WARM.nquads(document) is not None


def test_another_recipient_of_a_known_shape_needs_no_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    document = signed(unsigned(5))
    monkeypatch.setattr(presented, "SHAPES", WARM)
    monkeypatch.setattr(presented, "screen", None)
    monkeypatch.setattr(presented, "decisive_proof", None)

    found = present(document)

    assert (found.signature.code, found.format_problems) == ("signed", ())


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "relative"},
        {"id": "https://uni.example/achievements/data"},  # which is the achievement's
        {"validUntil": "tomorrow"},
        {"extra": "x"},
        {"name": "Another"},
        {"evidence": [{"id": "https://uni.example/w", "type": ["Evidence"], "narrative": ""}]},
    ],
)
def test_what_is_not_plain_or_of_another_shape_goes_the_long_way(changes: dict[str, Any]) -> None:
    assert is_short(unsigned(6))
    assert not is_short(unsigned(6, **changes))


def test_an_altered_document_of_a_known_shape_is_called_altered() -> None:
    document = signed(unsigned(5))
    altered = changed(document, ("credentialSubject", "narrative"), "Better than everybody.")
    assert judged(altered, WARM).signature.code == "altered"


def test_a_shape_is_known_from_its_second_good_document_on_and_a_bad_one_teaches_nothing() -> None:
    shapes = SeenShapes()
    bad = {**signed(unsigned(1)), "name": "Altered"}
    for document, known in ((bad, 0), (bad, 0), (signed(unsigned(1)), 0), (signed(unsigned(2)), 1)):
        judged(document, shapes)
        assert len(shapes._known) == known


def test_no_shape_is_worked_out_from_a_document_with_an_odd_value(monkeypatch: pytest.MonkeyPatch) -> None:
    worked_out = []
    monkeypatch.setattr(seen_shapes, "_graph", worked_out.append)
    odd = unsigned(1, evidence=[{"id": "ftp://uni.example/work/1", "type": ["Evidence"], "narrative": "A report."}])
    for document, number in ((odd, 0), (unsigned(1), 1)):
        shapes = SeenShapes()
        for _ in range(3):
            shapes.remember(document)
        assert bool(worked_out) is bool(number)


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen_shapes, "MAX_SHAPES", 3)
    monkeypatch.setattr(seen_shapes, "MAX_MET", 5)
    shapes = SeenShapes()
    for number in range(8):
        for _ in range(2):
            shapes.remember(unsigned(1, name=f"Course {number}"))
    assert len(shapes._known) <= 3
    assert len(shapes._met) <= 5
    monkeypatch.setattr(seen_shapes, "MAX_PARTS", 10)
    large = SeenShapes()
    for _ in range(3):
        large.remember(unsigned(1))
    assert large._known == {}
