"""What we sign verifies, what was altered does not, and other implementations agree."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from openbadgeslib.ob3.ldp import OB3LdpVerifier, add_data_integrity_proof, verify_data_integrity_proof
from pyld import jsonld as pyld

from registry.core.canonical import MAX_TEXT_BYTES
from registry.core.errors import CredentialFormatError, SignatureError
from registry.credentials import signing
from registry.credentials.contexts import CONTEXTS, load_for_pyld
from registry.credentials.jsonld import canonical_nquads, expand, reference_nquads
from registry.credentials.keys import multibase
from registry.credentials.presented import present
from registry.credentials.signing import ProofOptions, PublicKey, secure, sign, signing_input, verify_proof

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
DID = "did:web:uni.example"
BADGE = json.loads(Path(__file__).parents[1].joinpath("vectors", "full_badge.json").read_text("utf-8"))


def method(key: Ed25519PrivateKey = KEY, did: str = DID) -> str:
    return f"{did}#{PublicKey.of(key).multibase}"


def issue(unsigned: dict[str, Any], key: Ed25519PrivateKey = KEY, did: str = DID) -> dict[str, Any]:
    options = ProofOptions(datetime(2026, 2, 1, tzinfo=UTC), method(key, did))
    return secure(unsigned, options, sign(key, signing_input(unsigned, options)))


def small(**members: Any) -> dict[str, Any]:
    return {"@context": list(CONTEXTS), "id": "urn:uuid:1", "type": ["VerifiableCredential"], "issuer": DID, **members}


def with_proof(**members: Any) -> dict[str, Any]:
    signed = issue(small())
    signed["proof"][0].update(members)
    return signed


SIGNED = issue(BADGE)
DID_KEY = f"did:key:{PublicKey.of(KEY).multibase}"
SIGNED_BY_DID_KEY = issue({**BADGE, "issuer": {"id": DID_KEY, "type": ["Profile"], "name": "U"}}, did=DID_KEY)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from leaves(item, (*path, name))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from leaves(item, (*path, at))
    else:
        yield path


def changed(document: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    altered = copy.deepcopy(document)
    parent: Any = altered
    for step in path[:-1]:
        parent = parent[step]
    value = parent[path[-1]]
    parent[path[-1]] = (
        not value if isinstance(value, bool) else value + 1 if not isinstance(value, str) else value + "x"
    )
    return altered


def test_a_signed_badge_carries_one_proof_in_an_array_and_verifies() -> None:
    finding = verify_proof(SIGNED)

    assert [proof["proofPurpose"] for proof in SIGNED["proof"]] == ["assertionMethod"]
    assert (finding.outcome, finding.code) == ("passed", "signed")
    assert finding.key_hash == PublicKey.of(KEY).key_hash


@pytest.mark.parametrize("path", list(leaves(SIGNED)), ids=lambda path: ".".join(map(str, path)))
def test_altering_any_leaf_is_noticed(path: tuple[Any, ...]) -> None:
    shown = present(changed(SIGNED, path))

    assert shown.format_problems or shown.signature.outcome != "passed"


@pytest.mark.parametrize("path", [("name",), ("validUntil",), ("credentialSubject", "creditsEarned")])
def test_altered_content_is_called_altered(path: tuple[Any, ...]) -> None:
    altered = {**SIGNED, "name": "Other"} if path == ("name",) else changed(SIGNED, path)

    assert verify_proof(altered).code == "altered"


def test_openbadgeslib_accepts_what_we_sign() -> None:
    pem = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    verify_data_integrity_proof(SIGNED, pem)


def test_openbadgeslib_accepts_our_badge_as_a_whole() -> None:
    text = json.dumps({name: value for name, value in SIGNED_BY_DID_KEY.items() if name != "credentialStatus"})
    unsigned = {name: value for name, value in json.loads(text).items() if name != "proof"}
    signed = issue(unsigned, did=DID_KEY)

    OB3LdpVerifier().verify(json.dumps(signed))


def test_we_accept_what_openbadgeslib_signs() -> None:
    pem = KEY.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())

    signed = add_data_integrity_proof(BADGE, pem, method())

    assert verify_proof(signed).code == "signed"


@pytest.mark.parametrize(
    ("document", "outcome", "code"),
    [
        (small(), "failed", "no-proof"),
        (small(proof=[]), "failed", "no-proof"),
        (small(proof="signed, honestly"), "failed", "malformed-proof"),
        (small(proof=[{}]), "failed", "malformed-proof"),
        (with_proof(type="Ed25519Signature2020", cryptosuite=None), "undecided", "unknown-proof-type"),
        (with_proof(cryptosuite="ecdsa-sd-2023"), "undecided", "unknown-proof-type"),
        (with_proof(cryptosuite=5), "failed", "malformed-proof"),
        (with_proof(proofPurpose="authentication"), "failed", "malformed-proof"),
        (with_proof(proofValue="z0OIl"), "failed", "malformed-proof"),
        (with_proof(proofValue="z6Mk"), "failed", "malformed-proof"),
        (with_proof(proofValue=None), "failed", "malformed-proof"),
        (with_proof(created="yesterday"), "failed", "malformed-proof"),
        (with_proof(created="2026-02-01T00:00:00"), "failed", "malformed-proof"),
        (with_proof(expires="2026"), "failed", "malformed-proof"),
        (with_proof(previousProof="urn:uuid:2"), "undecided", "unknown-proof-type"),
        (with_proof(verificationMethod=f"{DID}#key-1"), "undecided", "unknown-proof-type"),
        (with_proof(verificationMethod=f"{DID}#zDnaeSZVtK6vXh6bT3N3"), "undecided", "unknown-proof-type"),
        (with_proof(verificationMethod=f"{DID}#z0OIl"), "failed", "malformed-proof"),
        (with_proof(verificationMethod=method(did="did:web:other.example")), "failed", "not-the-issuers-proof"),
        (with_proof(verificationMethod=method(OTHER_KEY)), "failed", "altered"),
        (with_proof(created="2026-02-02T00:00:00Z"), "failed", "altered"),
        (with_proof(domain="added.example"), "failed", "altered"),
    ],
)
def test_a_proof_that_does_not_hold_says_why(document: dict[str, Any], outcome: str, code: str) -> None:
    finding = verify_proof(document)

    assert (finding.outcome, finding.code) == (outcome, code)
    assert finding.detail.endswith(".")


def test_a_did_key_issuer_signs_with_that_very_key() -> None:
    signed = issue({**BADGE, "issuer": {"id": DID_KEY, "type": ["Profile"]}}, OTHER_KEY, DID_KEY)

    assert verify_proof(signed).code == "not-the-issuers-proof"


def test_proofs_of_other_people_and_suites_are_ignored() -> None:
    foreign = {**SIGNED["proof"][0], "verificationMethod": method(OTHER_KEY, "did:web:other.example")}
    unknown = {"type": "MerkleProof2019", "proofValue": "z1"}

    assert verify_proof({**SIGNED, "proof": [unknown, foreign, *SIGNED["proof"]]}).code == "signed"


def test_the_graph_is_worked_out_once_for_all_proofs(monkeypatch: pytest.MonkeyPatch) -> None:
    expanded: list[Any] = []
    monkeypatch.setattr(signing, "expand", lambda document: expanded.append(document) or expand(document))
    wrong = [{**SIGNED["proof"][0], "created": f"20{year}-01-01T00:00:00Z"} for year in range(10, 22)]

    assert verify_proof({**SIGNED, "proof": [*wrong, *SIGNED["proof"]]}).outcome == "passed"

    assert [one["id"] for one in expanded if "id" in one] == [SIGNED["id"]]


def test_a_graph_that_cannot_be_put_in_order_is_tried_once_for_all_proofs(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def refused(_: Any) -> Any:
        tried.append(1)
        raise CredentialFormatError("too much")

    monkeypatch.setattr(signing, "expand", refused)

    finding = verify_proof({**SIGNED, "proof": SIGNED["proof"] * 12})

    assert (finding.outcome, finding.code) == ("undecided", "not-canonical")
    assert tried == [1]


@pytest.mark.parametrize("letter", ["\u0301", "\u4e2d", "\U0001f600", "\\"])
def test_a_text_as_long_as_a_document_is_signed_and_verified_in_whatever_letters(letter: str) -> None:
    name = letter * (MAX_TEXT_BYTES // (len(json.dumps(letter, ensure_ascii=False).encode()) - 2))
    assert verify_proof(issue(small(name=name))).outcome == "passed"


@pytest.mark.parametrize(("count", "code"), [(90, "altered"), (100, "malformed-proof")])
def test_a_proof_with_more_in_it_than_a_proof_has_is_not_put_in_order(count: int, code: str) -> None:
    signed = with_proof(**{"urn:x:y": ["x"] * count})
    assert verify_proof(signed).code == code


def test_a_single_proof_object_is_read_like_an_array_of_one() -> None:
    assert verify_proof({**SIGNED, "proof": SIGNED["proof"][0]}).code == "signed"


@pytest.mark.parametrize(
    ("unsigned", "message"),
    [
        (SIGNED, "already carries a proof"),
        (small(nickname="x"), "nickname"),
        (small(evidence=[{"id": "reports/1", "type": ["Evidence"]}]), "reports/1"),
        (small(evidence=[{"type": ["Evidnce"]}]), "Evidnce"),
        (small(name="bell\x07"), r"U\+0007"),
        (small(**{"@context": "https://example.org/own"}), "do not serve"),
        (small(**{"@context": [*CONTEXTS, {"x": "urn:x"}]}), "other than a URL"),
    ],
)
def test_what_a_signature_would_not_cover_is_not_signed(unsigned: dict[str, Any], message: str) -> None:
    with pytest.raises(CredentialFormatError, match=message):
        signing_input(unsigned, ProofOptions(datetime(2026, 1, 1, tzinfo=UTC), method()))


def test_a_time_of_signing_without_zone_is_refused() -> None:
    with pytest.raises(CredentialFormatError, match="time zone"):
        signing_input(small(), ProofOptions(datetime(2026, 1, 1), method()))  # noqa: DTZ001  what is tested


def test_a_signature_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(CredentialFormatError, match="64 bytes"):
        secure(small(), ProofOptions(datetime(2026, 1, 1, tzinfo=UTC), method()), b"short")


def test_a_signature_of_another_message_does_not_verify() -> None:
    with pytest.raises(SignatureError):
        PublicKey.of(KEY).verify(sign(KEY, b"one"), b"another")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "begins with z"),
        ("6Mk", "begins with z"),
        ("z" * 1100, "begins with z"),
        ("z0OIl", "not base58btc"),
        ("zé", "not base58btc"),
        (PublicKey.of(KEY).multibase + " ", "as it is written"),
        (multibase(bytes(32)), "not an Ed25519 key"),
        (multibase(b"\xed\x01" + bytes(31)), "32 bytes"),
    ],
)
def test_text_that_is_no_ed25519_multikey_is_refused(text: str, message: str) -> None:
    with pytest.raises(CredentialFormatError, match=message):
        PublicKey.from_multibase(text)


# From here on: the fast canonical form against the slow one.

TEXTS = st.text(st.characters(blacklist_categories=("Cs", "Cc")) | st.sampled_from("\t\n\r"), max_size=20)
IDS = st.from_regex(r"[a-z]{1,3}:[\x20-\x7e\xa0-\u02ff]{0,8}", fullmatch=True) | TEXTS
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
EVIDENCE = st.fixed_dictionaries(
    {"type": st.just(["Evidence"])}, optional={"id": IDS, "name": TEXTS, "narrative": TEXTS, "genre": TEXTS}
)


@settings(max_examples=60, deadline=None)
@given(st.lists(EVIDENCE, max_size=4), TEXTS, NUMBERS, st.lists(TEXTS, max_size=3))
def test_the_fast_canonical_form_is_the_slow_one(
    evidence: list[dict[str, Any]], name: str, credits_: float, tags: list[str]
) -> None:
    achievement = {"id": "urn:a", "type": ["Achievement"], "tag": tags, "creditsAvailable": credits_}
    subject = {"type": ["AchievementSubject"], "achievement": achievement}
    expanded = expand(small(evidence=evidence, name=name, credentialSubject=subject))

    assert canonical_nquads(expanded) == reference_nquads(expanded)


def test_the_full_badge_has_one_canonical_form() -> None:
    expanded = expand(SIGNED)

    assert canonical_nquads(expanded) == reference_nquads(expanded)


def test_our_processor_expands_as_pyld_does_by_itself() -> None:
    ours = [expand(SIGNED).nodes for _ in range(2)]  # the second time from what it remembers

    assert ours == [pyld.JsonLdProcessor().expand(SIGNED, {"documentLoader": load_for_pyld})] * 2


@pytest.mark.parametrize("text", ["\x00", "\x07", "\x0b", "\x7f"])
def test_control_characters_signed_unescaped_by_others_are_accepted(text: str) -> None:
    pem = KEY.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())

    assert verify_proof(add_data_integrity_proof(small(name=text), pem, method())).code == "signed"
