"""Signing a credential and verifying its issuer's proof: Data Integrity with eddsa-rdfc-2022.

The bytes to be signed are made apart from the key: workers prepare them, one process signs.

Source: W3C Data Integrity EdDSA Cryptosuites 1.0, 3.2; Verifiable Credential Data Integrity 1.0, 4.
"""

from __future__ import annotations

import functools
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from registry.core.canonical import canonical_bytes, parse_json
from registry.core.errors import CanonicalFormError, CredentialFormatError, SignatureError
from registry.core.sentence import Sentence
from registry.credentials.findings import SignatureFinding
from registry.credentials.issuer_proof import (
    CRYPTOSUITE,
    PROOF_TYPE,
    PURPOSE,
    SIGNATURE_BYTES,
    issuer_did,
    issuer_proofs,
    read_issuer_proof,
    without_issuers_proof,
)
from registry.credentials.jsonld import canonical_nquads, expand, reference_nquads
from registry.credentials.keys import PublicKey, multibase
from registry.credentials.plain import places
from registry.credentials.times import time_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from registry.credentials.issuer_proof import IssuerProof
    from registry.credentials.jsonld import Expanded

__all__ = ["ProofOptions", "PublicKey", "require_signable", "secure", "sign", "signing_input", "verify_proof"]

USUAL = frozenset({"type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"})
"""Members of a proof as most issuers write it, and we do."""
# Verifiers disagree on the canonical form of these, so we sign none of them.
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class ProofOptions:
    """What a proof says beside its signature; a batch shares one."""

    created: datetime
    """When it is signed, aware; written in whole seconds UTC."""
    verification_method: str
    """`<issuer DID>#<multibase key>`."""

    def to_proof(self) -> dict[str, str]:
        """Return the proof without its value; CredentialFormatError if the time has no time zone."""
        return {
            "type": PROOF_TYPE,
            "cryptosuite": CRYPTOSUITE,
            "created": time_text(self.created),
            "verificationMethod": self.verification_method,
            "proofPurpose": PURPOSE,
        }


def require_signable(unsigned: dict[str, Any]) -> Expanded:
    """Return the expanded form of a document that may be signed, in whatever way.

    Raises:
        CredentialFormatError: it already has a proof, or holds a term or type that no context defines, or something
            that verifiers read differently.

    """
    if "proof" in unsigned:
        raise CredentialFormatError("The credential already carries a proof; a signature is made over the rest alone.")
    _require_plain_text(unsigned)
    expanded = expand(unsigned)
    expanded.require_covered()
    return expanded


def signing_input(unsigned: dict[str, Any], options: ProofOptions) -> bytes:
    """Return the 64 bytes to be signed: SHA-256 of the canonical proof options, then of the canonical document.

    Raises:
        CredentialFormatError: as `require_signable` says.

    """
    expanded = require_signable(unsigned)
    return options_hash(options, unsigned.get("@context")) + hashlib.sha256(canonical_nquads(expanded)).digest()


def options_hash(
    options: ProofOptions, context: object, canonical: Callable[[Expanded], bytes] = canonical_nquads
) -> bytes:
    """Return the first half of what is signed: SHA-256 of the proof options, read in the document's context."""
    return _options_hash(options.to_proof(), context, canonical)


def sign(private_key: Ed25519PrivateKey, message: bytes) -> bytes:
    """Return the 64-byte Ed25519 signature of `message`."""
    return private_key.sign(message)


def secure(unsigned: dict[str, Any], options: ProofOptions, signature: bytes) -> dict[str, Any]:
    """Return the credential with `proof` as an array of its one proof; CredentialFormatError for a wrong length."""
    if len(signature) != SIGNATURE_BYTES:
        raise CredentialFormatError(f"An Ed25519 signature has {SIGNATURE_BYTES} bytes, not {len(signature)}.")
    return {**unsigned, "proof": [{**options.to_proof(), "proofValue": multibase(signature)}]}


def verify_proof(document: dict[str, Any]) -> SignatureFinding:
    """Return whether the issuer's proof holds: its DID is the issuer's, and its key signed exactly this graph.

    Of several proofs of the issuer one that holds is enough; everybody else's are ignored. Whether the key is
    really the issuer's is for others to say (the chain, the DID document).
    """
    return decisive_proof(document)[1]


def decisive_proof(document: dict[str, Any]) -> tuple[dict[str, Any] | None, SignatureFinding]:
    """Return the issuer's proof that decides and its finding; no proof where the document has none of its issuer."""
    graph = _Graph(document)
    findings = [(proof, _judged(document, proof, graph)) for proof in issuer_proofs(document)]
    order = ("passed", "failed", "undecided")
    ordered = sorted(findings, key=lambda found: order.index(found[1].outcome))
    return ordered[0] if ordered else (None, without_issuers_proof(document))


class _Graph:
    """What a document without its proofs is in RDF, worked out once, however many proofs it has; errors, too."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.unsigned = {name: value for name, value in document.items() if name != "proof"}
        self._found: dict[object, Any] = {}

    def forms(self) -> tuple[Callable[[Expanded], bytes], ...]:
        """Return the ways in which others may have put it in canonical form; CredentialFormatError if there is none."""
        forms: tuple[Callable[[Expanded], bytes], ...] = self._once(_forms, self.unsigned)
        return forms

    def nquads(self, canonical: Callable[[Expanded], bytes]) -> bytes:
        """Return one canonical form; CredentialFormatError if there is none."""
        nquads: bytes = self._once(canonical, self._once(expand, self.unsigned))
        return nquads

    def _once(self, work: Callable[[Any], Any], of: object) -> Any:  # noqa: ANN401  what the work gives
        if work not in self._found:
            try:
                self._found[work] = work(of)
            except CredentialFormatError as error:
                self._found[work] = error
        found = self._found[work]
        if isinstance(found, CredentialFormatError):
            raise CredentialFormatError(str(found)) from found
        return found


def _judged(document: dict[str, Any], proof: dict[str, Any], graph: _Graph) -> SignatureFinding:
    read = read_issuer_proof(proof, issuer_did(document))
    if isinstance(read, SignatureFinding):
        return read
    try:
        holds = _holds(graph, read)
    except (CredentialFormatError, CanonicalFormError) as error:
        text = Sentence(
            "The signature cannot be checked, because the document cannot be put in canonical form: {why}",
            why=str(error),
        )
        return SignatureFinding("undecided", "not-canonical", text, read.key.key_hash)
    if holds:
        return _passed(read)
    text = Sentence("The content is not what was signed: it was altered afterwards.")
    return SignatureFinding("failed", "altered", text, read.key.key_hash)


def proof_over(document: dict[str, Any], nquads: bytes) -> SignatureFinding | None:
    """Return that the document's one proof holds over these N-Quads; None if it does not, or says anything unusual.

    For a document whose canonical form is known already. What is unusual is for `decisive_proof` to judge.
    """
    proofs = document.get("proof")
    proof = proofs[0] if isinstance(proofs, list) and len(proofs) == 1 else None
    if not isinstance(proof, dict) or proof.keys() != USUAL or not issuer_proofs(document):
        return None
    read = read_issuer_proof(proof, issuer_did(document))
    if isinstance(read, SignatureFinding) or not _signs(read, document.get("@context"), canonical_nquads, nquads):
        return None
    return _passed(read)


def _holds(graph: _Graph, read: IssuerProof) -> bool:
    context = graph.unsigned.get("@context")
    return any(_signs(read, context, canonical, graph.nquads(canonical)) for canonical in graph.forms())


def _signs(read: IssuerProof, context: object, canonical: Callable[[Expanded], bytes], nquads: bytes) -> bool:
    config = {name: value for name, value in read.proof.items() if name != "proofValue"}
    try:
        read.key.verify(read.signature, _options_hash(config, context, canonical) + hashlib.sha256(nquads).digest())
    except SignatureError:
        return False
    return True


def _passed(read: IssuerProof) -> SignatureFinding:
    text = Sentence("The signature is that of the key it names, over exactly this content.")
    return SignatureFinding("passed", "signed", text, read.key.key_hash)


def _forms(unsigned: dict[str, Any]) -> tuple[Callable[[Expanded], bytes], ...]:
    # Some issuers sign control characters unescaped; in all other text there is one canonical form.
    return (canonical_nquads, reference_nquads) if any(_controls(unsigned)) else (canonical_nquads,)


def _options_hash(config: dict[str, Any], context: object, canonical: Callable[[Expanded], bytes]) -> bytes:
    # Proof options are read in the document's context.
    return _options_hash_of(canonical_bytes({**config, "@context": context}), canonical)


@functools.lru_cache(maxsize=256)  # a batch shares its options
def _options_hash_of(config: bytes, canonical: Callable[[Expanded], bytes]) -> bytes:
    return hashlib.sha256(canonical(expand(parse_json(config)))).digest()


def _require_plain_text(unsigned: dict[str, Any]) -> None:
    for path, character in _controls(unsigned):
        raise CredentialFormatError(f"{path} holds the control character U+{ord(character):04X}; remove it.")


def _controls(unsigned: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for path, value, _ in places(unsigned):
        found = CONTROLS.search(value) if isinstance(value, str) else None
        if found:
            yield path, found[0]
