"""One credential in the forms that verifiers differ on, each really signed by its issuer."""

from __future__ import annotations

import copy
import hashlib
from typing import Any

from pyld import jsonld

from registry.core.canonical import canonical_bytes
from registry.credentials.contexts import CONTEXTS, SERVED, context_document
from registry.credentials.keys import PublicKey, multibase
from registry.credentials.signing import ProofOptions

OWN_CONTEXT = "https://uni.example/own-context.json"
OWN_DOCUMENT = {"@context": {"cohort": "https://uni.example/terms#cohort"}}
INLINE = {"cohort": "https://uni.example/terms#cohort"}
POLICY = {"type": "https://uni.example/terms#Policy", "id": "https://uni.example/anchoring"}
POINTER = {"type": ["Evidence"], "id": "https://uni.example/receipts/7", "name": "Receipt"}
UNKNOWN_TYPE = {"type": "FutureSignature2030", "proofPurpose": "assertionMethod", "proofValue": "z3Fx"}
CUSTOM_STATUS = {"id": "https://uni.example/status/7", "type": "https://uni.example/terms#ChainStatus"}


def variants(unsigned: dict[str, Any], issuer: Any, now: Any) -> dict[str, dict[str, Any]]:
    """Return the variants by name; `issuer` has `did` and `key`."""
    options = ProofOptions(now, f"{issuer.did}#{PublicKey.of(issuer.key).multibase}")

    def rdfc(document: dict[str, Any], **more: Any) -> dict[str, Any]:
        return _proof(document, issuer.key, {**options.to_proof(), **more}, _rdf)

    def jcs(document: dict[str, Any]) -> dict[str, Any]:
        config = {**options.to_proof(), "cryptosuite": "eddsa-jcs-2022", "@context": document["@context"]}
        return _proof(document, issuer.key, config, canonical_bytes)

    proof = rdfc(unsigned)
    unknown_suite = {**proof, "cryptosuite": "future-suite-2030"}
    first = rdfc(unsigned, id="urn:uuid:00000000-0000-4000-8000-0000000000a1")
    chained = rdfc({**unsigned, "proof": [first]}, previousProof=first["id"])
    undefined = {**unsigned, "badgeColour": "red"}
    untyped = {**unsigned, "type": [*unsigned["type"], "NoSuchType"]}
    remote = {**unsigned, "@context": [*CONTEXTS, OWN_CONTEXT], "cohort": "2026"}
    inline = {**unsigned, "@context": [*CONTEXTS, INLINE], "termsOfUse": [POLICY]}
    pointing = {**unsigned, "termsOfUse": [POLICY], "evidence": [*unsigned.get("evidence", []), POINTER]}
    custom = {**unsigned, "credentialStatus": CUSTOM_STATUS}
    altered = {**unsigned, "name": "Another"}
    return {
        "one eddsa-rdfc-2022 proof, as an object": {**unsigned, "proof": proof},
        "one eddsa-rdfc-2022 proof, in an array": {**unsigned, "proof": [proof]},
        "with a proof of an unknown type": {**unsigned, "proof": [proof, UNKNOWN_TYPE]},
        "with a proof of an unknown cryptosuite": {**unsigned, "proof": [proof, unknown_suite]},
        "the same, the unknown one first": {**unsigned, "proof": [unknown_suite, proof]},
        "with an eddsa-jcs-2022 proof": {**unsigned, "proof": [proof, jcs(unsigned)]},
        "eddsa-jcs-2022 alone": {**unsigned, "proof": jcs(unsigned)},
        "a chain: the second proof names the first": {**unsigned, "proof": [first, chained]},
        "an unsigned extra member": {**unsigned, "badgeColour": "red", "proof": [proof]},
        "a signed but undefined term": {**undefined, "proof": [rdfc(undefined)]},
        "a signed but undefined type": {**untyped, "proof": [rdfc(untyped)]},
        "a context of its own, elsewhere": {**remote, "proof": [rdfc(remote)]},
        "a context written inside, and termsOfUse": {**inline, "proof": [rdfc(inline)]},
        "termsOfUse of an IRI type, extra evidence": {**pointing, "proof": [rdfc(pointing)]},
        "a credentialStatus of a type of its own": {**custom, "proof": [rdfc(custom)]},
        "altered, with one proof": {**altered, "proof": [proof]},
        "altered, with a set of proofs": {**altered, "proof": [proof, jcs(unsigned)]},
    }


def _proof(document: dict[str, Any], key: Any, config: dict[str, Any], canonical: Any) -> dict[str, Any]:
    options = config if "@context" in config else {**config, "@context": document["@context"]}
    # The algorithms themselves, without our own guards: some of these documents are what we never sign.
    message = hashlib.sha256(canonical(options)).digest() + hashlib.sha256(canonical(document)).digest()
    return {**config, "proofValue": multibase(key.sign(message))}


def _rdf(document: dict[str, Any]) -> bytes:
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": _load}
    return str(jsonld.normalize(copy.deepcopy(document), options)).encode()


def _load(url: str, _options: Any = None) -> dict[str, Any]:
    document = context_document(url) if url in SERVED else {OWN_CONTEXT: OWN_DOCUMENT}[url]
    return {"contextUrl": None, "documentUrl": url, "document": document}
