from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.core.canonical import entry_of, entry_of_jwt
from registry.core.digest import leaf_hash
from registry.core.errors import CredentialFormatError
from registry.credentials.plain import MAX_VALUES
from registry.credentials.presented import leaf_candidates, present, present_jwt
from registry.credentials.signing import ProofOptions, PublicKey, secure, sign, signing_input

KEYS = [Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32) for seed in (1, 2)]
DID = "did:web:uni.example"
BADGE: dict[str, Any] = json.loads(Path(__file__).parents[1].joinpath("vectors", "full_badge.json").read_text("utf-8"))


def issue(unsigned: dict[str, Any], key: Ed25519PrivateKey = KEYS[0]) -> dict[str, Any]:
    options = ProofOptions(datetime(2026, 2, 1, tzinfo=UTC), f"{DID}#{PublicKey.of(key).multibase}")
    return secure(unsigned, options, sign(key, signing_input(unsigned, options)))


def jws(payload: str) -> str:
    return f"e30.{base64.urlsafe_b64encode(payload.encode()).decode().rstrip('=')}.c2ln"


SIGNED = issue(BADGE)
TWICE = {**SIGNED, "proof": SIGNED["proof"] + issue(BADGE, KEYS[1])["proof"]}


def test_a_plain_badge_is_presented_with_all_that_follows_from_its_bytes() -> None:
    shown = present(SIGNED)

    assert shown.format_problems == ()
    assert (shown.credential_id, shown.issuer_did) == (BADGE["id"], DID)
    assert shown.signature.key_hash == PublicKey.of(KEYS[0]).key_hash
    assert shown.leaf_hash == leaf_hash(entry_of(BADGE, SIGNED["proof"][0]))
    assert shown.valid_from == datetime(2026, 2, 1, tzinfo=UTC)
    assert shown.valid_until == datetime(2031, 1, 31, 23, tzinfo=UTC)


def test_the_leaf_does_not_depend_on_how_proofs_are_listed() -> None:
    stranger = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "proofValue": "z1"}

    assert present({**SIGNED, "proof": [stranger, *SIGNED["proof"]]}).leaf_hash == present(SIGNED).leaf_hash
    assert present({**SIGNED, "proof": SIGNED["proof"][0]}).leaf_hash == present(SIGNED).leaf_hash


def test_each_proof_of_the_issuer_gives_a_leaf_candidate() -> None:
    assert leaf_candidates(TWICE) == tuple(leaf_hash(entry_of(BADGE, proof)) for proof in TWICE["proof"])


def test_a_document_that_is_too_large_has_the_leaf_of_its_first_proof_alone() -> None:
    large = {**TWICE, "tag": ["x"] * MAX_VALUES}
    assert leaf_candidates(large) == (leaf_hash(entry_of(large, TWICE["proof"][0])),)


@pytest.mark.parametrize("at", [0, 1])
def test_the_proof_whose_leaf_is_asked_for_is_the_one_judged(at: int) -> None:
    shown = present(TWICE, leaf_candidates(TWICE)[at])

    assert shown.leaf_hash == leaf_candidates(TWICE)[at]
    assert shown.signature.key_hash == PublicKey.of(KEYS[at]).key_hash


@pytest.mark.parametrize(
    "document",
    [
        SIGNED,
        TWICE,
        BADGE,
        {**SIGNED, "proof": SIGNED["proof"][0]},
        {**SIGNED, "proof": [{"type": "Other"}, *SIGNED["proof"]]},
        {**SIGNED, "proof": [SIGNED["proof"][0], {**TWICE["proof"][1], "proofValue": "z0"}]},
        {**SIGNED, "name": "Another"},
        {**SIGNED, "awardedDate": 2**60},
        {**SIGNED, "issuer": "did:web:other.example"},
    ],
)
def test_leaves_that_were_worked_out_already_change_nothing(document: dict[str, Any]) -> None:
    leaves = leaf_candidates(document)

    assert present(document, leaves=leaves) == present(document)
    assert [present(document, one, leaves) for one in leaves] == [present(document, one) for one in leaves]


def test_of_several_proofs_the_one_that_holds_decides() -> None:
    broken = {**TWICE["proof"][0], "proofValue": TWICE["proof"][1]["proofValue"]}
    shown = present({**BADGE, "proof": [broken, TWICE["proof"][1]]})

    assert shown.signature.code == "signed"
    assert shown.leaf_hash == leaf_candidates(TWICE)[1]


def test_an_unsigned_document_has_no_leaf() -> None:
    shown = present(BADGE)

    assert (shown.leaf_hash, shown.signature.code) == (None, "no-proof")


def test_a_number_without_canonical_form_is_a_format_problem() -> None:
    shown = present({**SIGNED, "awardedDate": 2**60})

    assert shown.leaf_hash is None
    assert "not-canonical" in {problem.code for problem in shown.format_problems}


@pytest.mark.parametrize(
    "date",
    ["2026-02-30T00:00:00Z", "2026-02-01", "2026-02-01T00:00:00", "2026-02-01 00:00:00Z", "٢٠٢٦-02-01T00:00:00Z",
     "2026-02-01T25:00:00Z", "0001-01-01T00:00:00+14:00", 5, [], "2026-02-01T00:00:00Z\n"],
)  # fmt: skip
def test_a_date_that_cannot_be_read_is_a_format_problem(date: object) -> None:
    shown = present({**SIGNED, "validUntil": date})

    assert shown.valid_until is None
    assert "unreadable-date" in {problem.code for problem in shown.format_problems}


def test_a_period_that_ends_before_it_starts_is_a_format_problem() -> None:
    shown = present({**SIGNED, "validUntil": "2020-01-01T00:00:00Z"})

    assert [problem.code for problem in shown.format_problems] == ["never-valid"]


def test_an_end_set_by_the_proof_itself_counts_if_it_is_earlier() -> None:
    proof = {**SIGNED["proof"][0], "expires": "2027-01-01T00:00:00Z"}

    assert present({**SIGNED, "proof": [proof]}).valid_until == datetime(2027, 1, 1, tzinfo=UTC)


def test_under_a_context_that_we_do_not_serve_nothing_is_claimed() -> None:
    shown = present({**SIGNED, "@context": [*BADGE["@context"], "https://example.org/own"]})

    assert [(problem.code, problem.undecided) for problem in shown.format_problems] == [("unknown-context", True)]
    assert (shown.signature.outcome, shown.signature.code) == ("undecided", "not-canonical")


def test_the_leaf_of_a_vc_jwt_covers_its_very_text() -> None:
    compact = jws(json.dumps(BADGE))
    shown = present_jwt(compact)

    assert shown.document == BADGE
    assert (shown.signature.outcome, shown.signature.code) == ("failed", "unsafe-algorithm")
    assert shown.leaf_hash == leaf_hash(entry_of_jwt(compact))


@pytest.mark.parametrize("compact", ["", "a.b", "a.b.c", "e30.W10.c2ln", "e30.é.c2ln", jws("{"), jws('"text"')])
def test_a_jws_without_a_json_object_is_no_credential(compact: str) -> None:
    with pytest.raises(CredentialFormatError, match="compact JWS"):
        present_jwt(compact)


@pytest.mark.parametrize("document", [{}, {"proof": {}}, {"issuer": []}, {"@context": []}, {"type": [[]], "id": {}}])
def test_any_json_object_is_presented_without_an_exception(document: dict[str, Any]) -> None:
    shown = present(document)

    assert shown.format_problems
    assert shown.signature.outcome == "failed"
