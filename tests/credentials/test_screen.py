from __future__ import annotations

import copy
import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.credentials.contexts import CLR_CONTEXTS, CONTEXTS
from registry.credentials.presented import present
from registry.credentials.screen import MAX_PROBLEMS, screen
from registry.credentials.signing import ProofOptions, PublicKey, secure, sign, signing_input

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
DID = "did:web:uni.example"
BADGE: dict[str, Any] = json.loads(Path(__file__).parents[1].joinpath("vectors", "full_badge.json").read_text("utf-8"))
ENDORSEMENT: dict[str, Any] = BADGE["credentialSubject"]["achievement"]["endorsement"][0]
SECONDS = 10.0
"""Far more than any screening takes here, far less than a poison graph would."""


def issue(unsigned: dict[str, Any]) -> dict[str, Any]:
    options = ProofOptions(datetime(2026, 2, 1, tzinfo=UTC), f"{DID}#{PublicKey.of(KEY).multibase}")
    return secure(unsigned, options, sign(KEY, signing_input(unsigned, options)))


def stack() -> dict[str, Any]:
    association = {"type": "Association", "associationType": "isPartOf", "sourceId": "urn:a", "targetId": "urn:b"}
    return {
        "@context": list(CLR_CONTEXTS),
        "id": "urn:uuid:2",
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": "Diploma",
        "issuer": {"id": DID, "type": ["Profile"]},
        "validFrom": "2026-02-01T00:00:00Z",
        "partial": False,
        "credentialSubject": {
            "id": "did:example:learner",
            "type": ["ClrSubject"],
            "verifiableCredential": [issue(BADGE)],
            "association": [association],
        },
    }


def badge_with(path: str, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(BADGE)
    parent: Any = changed
    *steps, last = path.split("/")
    for step in steps:
        parent = parent[int(step) if step.isdecimal() else step]
    parent[int(last) if last.isdecimal() else last] = value
    return changed


def codes(document: dict[str, Any]) -> list[str]:
    return [problem.code for problem in screen(document)]


@pytest.mark.parametrize("document", [BADGE, issue(BADGE), ENDORSEMENT, issue(ENDORSEMENT), stack(), issue(stack())])
def test_a_plain_credential_has_no_problem(document: dict[str, Any]) -> None:
    assert screen(document) == ()


@pytest.mark.parametrize(
    ("path", "value", "code", "named"),
    [
        ("nickname", "x", "undefined-term", "/nickname"),
        ("credentialSubject/achievement/alignment/1/targetLevel", "5", "undefined-term", "/1/targetLevel"),
        ("credentialSubject/achievement/endorsement/0/comment", "5", "undefined-term", "/0/comment"),
        ("evidence/0/criteria", {"narrative": "defined elsewhere only"}, "undefined-term", "/evidence/0/criteria"),
        ("evidence/0/type", ["Evidence", "Prrof"], "undefined-term", "'Prrof' at /evidence/0/type/1"),
        ("evidence/0/id", "reports/1", "undefined-term", "/evidence/0/id"),
        ("evidence/0/id", "http://uni.example/a b", "undefined-term", "/evidence/0/id"),
        ("evidence/0/id", "_:b0", "undefined-term", "/evidence/0"),
        ("name", {"en": "Water"}, "wrong-shape", "name"),
        ("urn:name", "x", "undefined-term", "/urn:name"),
        ("schema:name", "x", "undefined-term", "schema:name"),
        ("Achievement", "x", "undefined-term", "/Achievement"),
        ("@graph", [], "reserved-member", "/@graph"),
        ("@included", [{"id": "urn:x", "name": "x"}], "reserved-member", "/@included"),
        ("@reverse", {}, "reserved-member", "/@reverse"),
        ("@type", ["VerifiableCredential"], "reserved-member", "/@type"),
        ("name", {"@value": "Water", "@language": "en"}, "reserved-member", "@value"),
        ("evidence/0/@context", list(CONTEXTS), "reserved-member", "/evidence/0/@context"),
        ("evidence/0", [BADGE["evidence"][0]], "nested-array", "/evidence/0"),
        ("validUntil", None, "null-member", "/validUntil"),
        ("@context", [*CONTEXTS, "https://example.org/own"], "unknown-context", "https://example.org/own"),
        ("@context", [*CONTEXTS, {"a": "urn:a"}], "inline-context", "@context"),
        ("@context", list(reversed(CONTEXTS)), "wrong-contexts", "@context"),
        ("credentialSubject/achievement/endorsement/0/@context", [CONTEXTS[0]], "wrong-contexts", "/endorsement/0"),
        ("type", ["VerifiableCredential"], "not-open-badges", "type"),
        ("type", {}, "not-open-badges", "type"),
        ("credentialSubject/identifier", [], "wrong-shape", "names nobody"),
        ("evidence/0/id", BADGE["id"], "described-twice", "/evidence/0"),
        ("evidence/0/id", BADGE["credentialStatus"]["id"], "described-twice", "/evidence/0"),
        ("id", 5, "wrong-shape", "id must be text"),
    ],
)  # fmt: skip
def test_a_document_that_is_not_plain_is_refused_with_the_place(path: str, value: Any, code: str, named: str) -> None:
    problems = screen(badge_with(path, value))

    assert problems[0].code == code
    assert named in problems[0].detail
    assert problems[0].undecided == (code == "unknown-context")


def test_an_endorsement_of_the_credential_itself_may_name_it() -> None:
    word = {**ENDORSEMENT, "credentialSubject": {**ENDORSEMENT["credentialSubject"], "id": BADGE["id"]}}

    assert screen(badge_with("endorsement", [word])) == ()


def test_an_undefined_term_in_the_proof_is_found() -> None:
    signed = issue(BADGE)
    signed["proof"][0]["seal"] = "x"

    assert codes(signed) == ["undefined-term"]


OBJECTS = ["", "issuer/", "issuer/address/geo/", "credentialSubject/", "credentialSubject/achievement/criteria/"]


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(OBJECTS), st.from_regex(r"x[a-z]{3,12}", fullmatch=True))
def test_a_member_that_no_context_defines_is_named_wherever_it_stands(place: str, name: str) -> None:
    problems = screen(badge_with(place + name, "x"))

    assert [problem.code for problem in problems] == ["undefined-term"]
    assert f"/{place}{name} " in problems[0].detail


def clique(size: int) -> list[dict[str, Any]]:
    """Blank nodes that only trial can tell apart: each piece of evidence has a ring of look-alikes below it."""
    ring: dict[str, Any] = {"type": ["Related"]}
    for _ in range(3):
        ring = {"type": ["Achievement"], "related": [copy.deepcopy(ring) for _ in range(size)]}
    return [copy.deepcopy(ring) for _ in range(size)]


def nested(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {"id": "urn:x", "type": ["Profile"]}
    for _ in range(depth):
        value = {"id": "urn:x", "type": ["Profile"], "parentOrg": value}
    return value


TOO_MUCH = {
    "deep": (badge_with("issuer/parentOrg", nested(65)), "nested deeper than 64"),
    "very deep": (badge_with("issuer/parentOrg", nested(900)), "nested deeper than 64"),
    "100,000 blank nodes": (badge_with("evidence", [{"type": ["Evidence"]}] * 100_000), "more than 20,000 values"),
    "a type often": (badge_with("evidence/0/type", ["Evidence"] * 2), "/evidence/0 names a type twice"),
    "many types": (badge_with("evidence/0/type", [f"urn:{at}" for at in range(9)]), "/evidence/0 has 9 types"),
    "many types in all": (badge_with("evidence", [{"type": ["Evidence", "Image"]}] * 2_001), "more than 4,000 types"),
    "a context often": (
        badge_with("credentialSubject/achievement/endorsement/0/@context", list(CONTEXTS) * 1_000),
        "must list",
    ),
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_a_document_beyond_a_limit_is_refused_for_that_limit(name: str) -> None:
    document, words = TOO_MUCH[name]
    problem = screen(document)[0]

    assert problem.code == ("wrong-contexts" if "context" in name else "too-complex")
    assert words in problem.detail


HOSTILE = {
    **{name: document for name, (document, _) in TOO_MUCH.items()},
    "deepest that is read": badge_with("issuer/parentOrg", nested(60)),
    "many values": badge_with("credentialSubject/achievement/tag", [str(at) for at in range(15_000)]),
    "many typed objects": badge_with("evidence", [{"type": ["Evidence"], "name": str(at)} for at in range(3_000)]),
    "poison graph": badge_with("credentialSubject/achievement/related", clique(6)),
    "many undefined": badge_with("issuer/address", {f"x{at}": at for at in range(8_000)}),
    "many clones of the credential": badge_with("evidence", [{"id": BADGE["id"], "name": "x"}] * 5_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_is_judged_in_bounded_time_and_never_verified(name: str) -> None:
    document = {**HOSTILE[name], "proof": issue(BADGE)["proof"]}
    start = time.process_time()

    shown = present(document)

    assert time.process_time() - start < SECONDS
    assert shown.signature.outcome != "passed"
    assert len(shown.format_problems) <= MAX_PROBLEMS + 3


def test_a_poison_graph_is_given_up_rather_than_worked_out() -> None:
    finding = present({**HOSTILE["poison graph"], "proof": issue(BADGE)["proof"]}).signature

    assert (finding.outcome, finding.code) == ("undecided", "not-canonical")
