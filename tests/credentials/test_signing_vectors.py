"""The W3C vectors of eddsa-rdfc-2022, reproduced byte for byte."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import base58
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.credentials import contexts
from registry.credentials.jsonld import Expanded, canonical_nquads, expand, reference_nquads
from registry.credentials.signing import ProofOptions, PublicKey, secure, sign, signing_input, verify_proof

if TYPE_CHECKING:
    from collections.abc import Callable

VECTORS = Path(__file__).parents[2].parent / "shared" / "data" / "vectors" / "vc-di-eddsa"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
EXAMPLES_DOCUMENT = {"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}}

pytestmark = pytest.mark.skipif(not VECTORS.is_dir(), reason="the W3C vectors are not beside this repository")


@pytest.fixture(autouse=True)
def _the_vectors_own_context(monkeypatch: pytest.MonkeyPatch) -> None:
    pinned = contexts.context_document
    monkeypatch.setitem(contexts.SERVED, EXAMPLES, ("", ""))
    monkeypatch.setattr(contexts, "context_document", lambda url: EXAMPLES_DOCUMENT if url == EXAMPLES else pinned(url))


def text(name: str) -> str:
    return (VECTORS / name).read_text("utf-8")


def value(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text(name))
    return document


def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base58.b58decode(value("keyPair.json")["privateKeyMultibase"][1:])[2:])


def options() -> ProofOptions:
    return ProofOptions(
        datetime(2023, 2, 24, 23, 36, 38, tzinfo=UTC), value("proofConfigDataInt.json")["verificationMethod"]
    )


@pytest.mark.parametrize("canonical", [canonical_nquads, reference_nquads])
@pytest.mark.parametrize(
    ("document", "expected"),
    [("unsigned.json", "canonDocDataInt.txt"), ("proofConfigDataInt.json", "proofCanonDataInt.txt")],
)
def test_the_canonical_form_is_that_of_the_vector(
    canonical: Callable[[Expanded], bytes], document: str, expected: str
) -> None:
    assert canonical(expand(value(document))) == text(expected).encode()


def test_the_bytes_to_be_signed_are_options_hash_then_document_hash() -> None:
    message = signing_input(value("unsigned.json"), options())

    assert message.hex() == text("proofHashDataInt.txt") + text("docHashDataInt.txt")
    assert message.hex() == text("combinedHashDataInt.txt")


def test_the_signature_and_the_signed_document_are_those_of_the_vector() -> None:
    unsigned = value("unsigned.json")
    signature = sign(key(), signing_input(unsigned, options()))
    signed = secure(unsigned, options(), signature)

    assert signature.hex() == text("sigHexDataInt.txt")
    assert signed["proof"] == [value("signedDataInt.json")["proof"]]


def test_the_public_key_of_the_vector_is_read_and_written_back() -> None:
    written = value("keyPair.json")["publicKeyMultibase"]
    public = PublicKey.from_multibase(written)

    assert public == PublicKey.of(key())
    assert public.multibase == written
    assert public.key_hash == hashlib.sha256(b"\xed\x01" + public.raw).digest()


def test_the_vectors_signature_holds_under_its_key() -> None:
    public = PublicKey.from_multibase(value("keyPair.json")["publicKeyMultibase"])

    public.verify(bytes.fromhex(text("sigHexDataInt.txt")), signing_input(value("unsigned.json"), options()))


def test_the_vectors_document_is_refused_because_its_signer_is_not_its_issuer() -> None:
    assert verify_proof(value("signedDataInt.json")).code == "not-the-issuers-proof"


def test_naming_the_signer_as_issuer_afterwards_is_an_alteration() -> None:
    signed = value("signedDataInt.json")
    signer = signed["proof"]["verificationMethod"].partition("#")[0]

    assert verify_proof({**signed, "issuer": signer}).code == "altered"
