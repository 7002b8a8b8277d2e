"""Which of a document's proofs is its issuer's.

A document may carry several proofs, of other people and of other suites; only the issuer's speaks for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

from registry.core.errors import CredentialFormatError
from registry.core.sentence import Sentence
from registry.credentials.findings import SignatureFinding
from registry.credentials.keys import ED25519_PREFIX, PublicKey, multibase_bytes
from registry.credentials.plain import places
from registry.credentials.times import parse_time

PROOF_TYPE = "DataIntegrityProof"
CRYPTOSUITE = "eddsa-rdfc-2022"
PURPOSE = "assertionMethod"
SIGNATURE_BYTES = 64
MAX_PROOFS = 16
"""Most proofs of one document that are looked at."""
MAX_PROOF_VALUES = 100
"""Most values in one proof: its graph is put in order for each, and a proof has about ten."""


@dataclass(frozen=True, slots=True)
class IssuerProof:
    """A proof that names the issuer's DID and a key that we can use."""

    proof: dict[str, Any]
    """As it stands in the document."""
    key: PublicKey
    """From the fragment of its verification method."""
    signature: bytes
    """64 bytes."""


def issuer_did(document: dict[str, Any]) -> str:
    """Return `issuer` or `issuer.id`; empty if it is neither."""
    issuer = document.get("issuer")
    did = issuer.get("id") if isinstance(issuer, dict) else issuer
    return did if isinstance(did, str) else ""


def issuer_proofs(document: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """Return the proofs of the suite we know whose verification method begins with the issuer's DID."""
    did = issuer_did(document)
    return tuple(proof for proof in _known(document) if did and _did_part(proof) == did)


def without_issuers_proof(document: dict[str, Any]) -> SignatureFinding:
    """Return the finding on a document of which `issuer_proofs` found none."""
    entries = _entries(document)
    if not entries:
        return SignatureFinding("failed", "no-proof", Sentence("The document carries no signature."))
    did = issuer_did(document)
    foreign = [entry for entry in entries if isinstance(entry, dict) and _is_other_suite(entry)]
    theirs = [entry for entry in foreign if _did_part(entry) in {did, ""}]
    if theirs or (foreign and not _known(document)):
        name = str((theirs or foreign)[0].get("cryptosuite") or (theirs or foreign)[0].get("type"))[:60]
        text = Sentence("It is signed in a way that this version does not know ({way}).", way=name)
        return SignatureFinding("undecided", "unknown-proof-type", text)
    others = sorted({_did_part(proof) for proof in _known(document)} - {""})
    if others:
        return signed_by_another(others[0], did)
    return _malformed(Sentence("The document's proof is not one that can be read."))


def signed_by_another(signer: str, did: str) -> SignatureFinding:
    """Return the finding on a document that `signer` signed and that names `did` as its issuer."""
    text = Sentence(
        "It is signed by {signer}, not by the issuer it names ({did}).",
        signer=signer[:200],
        did=did[:200] or Sentence("none"),
    )
    return SignatureFinding("failed", "not-the-issuers-proof", text)


def read_issuer_proof(proof: dict[str, Any], did: str) -> IssuerProof | SignatureFinding:
    """Return what is needed to verify a proof of `issuer_proofs`, or why it cannot be verified.

    Source: Verifiable Credential Data Integrity 1.0, 2.1 and 4.4. Nonce, domain and challenge are signed with
    the rest and bind a presentation, not a credential, so they are not compared with anything.
    """
    if len(list(islice(places(proof), MAX_PROOF_VALUES + 1))) > MAX_PROOF_VALUES:
        return _malformed(f"The issuer's proof holds more than {MAX_PROOF_VALUES} values.")
    if proof.get("proofPurpose") != PURPOSE:
        return _malformed(Sentence("The issuer's proof is not made for the purpose {purpose}.", purpose=PURPOSE))
    if "previousProof" in proof:
        text = Sentence("The issuer's proof continues a chain of proofs, which this version does not follow.")
        return SignatureFinding("undecided", "unknown-proof-type", text)
    try:
        for member in {"created", "expires"} & proof.keys():
            parse_time(proof[member], f"proof.{member}")
        return _with_key(proof, did, _signature(proof))
    except CredentialFormatError as error:
        return _malformed(Sentence("The issuer's proof cannot be read: {why}", why=str(error)))


def _with_key(proof: dict[str, Any], did: str, signature: bytes) -> IssuerProof | SignatureFinding:
    fragment = _text(proof, "verificationMethod").partition("#")[2]
    if did.startswith("did:key:") and fragment != did.removeprefix("did:key:"):
        text = Sentence("It is signed by another key than the one that is the issuer's name (did:key).")
        return SignatureFinding("failed", "not-the-issuers-proof", text)
    if not fragment.startswith("z"):
        text = Sentence("The proof names its key only as {key}, not by its value.", key=repr(fragment[:60]))
        return SignatureFinding("undecided", "unknown-proof-type", text)
    if not multibase_bytes(fragment).startswith(ED25519_PREFIX):
        text = Sentence("The proof names a key of a type that this version does not know.")
        return SignatureFinding("undecided", "unknown-proof-type", text)
    return IssuerProof(proof, PublicKey.from_multibase(fragment), signature)


def _entries(document: dict[str, Any]) -> list[Any]:
    value = document.get("proof")
    entries = value if isinstance(value, list) else [] if value is None else [value]
    return entries[:MAX_PROOFS]


def _known(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [entry for entry in _entries(document) if isinstance(entry, dict) and _is_known(entry)]


def _is_known(proof: dict[str, Any]) -> bool:
    return proof.get("type") in (PROOF_TYPE, [PROOF_TYPE]) and proof.get("cryptosuite") == CRYPTOSUITE


def _is_other_suite(proof: dict[str, Any]) -> bool:
    kind = proof.get("type")
    if kind in (PROOF_TYPE, [PROOF_TYPE]):
        return isinstance(proof.get("cryptosuite"), str) and not _is_known(proof)
    return isinstance(kind, str) and bool(kind)


def _did_part(proof: dict[str, Any]) -> str:
    method = proof.get("verificationMethod")
    return method.partition("#")[0] if isinstance(method, str) else ""


def _signature(proof: dict[str, Any]) -> bytes:
    signature = multibase_bytes(_text(proof, "proofValue"))
    if len(signature) != SIGNATURE_BYTES:
        raise CredentialFormatError(f"The signature has {len(signature)} bytes instead of {SIGNATURE_BYTES}.")
    return signature


def _text(proof: dict[str, Any], member: str) -> str:
    value = proof.get(member)
    if not isinstance(value, str):
        raise CredentialFormatError(f"proof.{member} is missing or not text.")
    return value


def _malformed(text: str) -> SignatureFinding:
    return SignatureFinding("failed", "malformed-proof", text)
