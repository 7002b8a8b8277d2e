"""What an issuer publishes on its own web site: DID document and status lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.core.did import SERVICE_TYPE
from registry.credentials.rsa_keys import any_public_key, is_rsa
from registry.credentials.status_list import status_list_credential
from registry.credentials.times import time_text
from registry.credentials.vc_jwt import public_jwk
from registry.services.status_indices import LIST_ENTRIES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from registry.checks.facts import NetworkRef
    from registry.ports import CredentialStore
    from registry.records import IssuerRow, SigningKeyRow
    from registry.services.signer import Signer

KEY_CONTEXTS = {
    "Multikey": "https://w3id.org/security/multikey/v1",
    "JsonWebKey": "https://w3id.org/security/jwk/v1",
}
"""The context that defines each type of key."""


def did_document(
    issuer: IssuerRow, keys: Sequence[SigningKeyRow], networks: Sequence[NetworkRef], base_url: str
) -> dict[str, Any]:
    """Return an issuer's DID document: every key it ever signed with, and where its anchors stand.

    A key that was replaced stays an assertion method, so that standard verifiers, which cannot date a signature, go
    on accepting old credentials. A stolen key is listed as revoked and asserts nothing any more: to them a thief's
    signature looks like an old one. The chain alone dates them (docs/adr/0006).

    Source: DID Core 1.0; W3C Controlled Identifiers 1.0, 2.2 (`revoked`, Multikey, JsonWebKey); did:web specification.
    """
    methods = [_method(issuer, key) for key in keys]
    types = dict.fromkeys(method["type"] for method in methods)
    return {
        "@context": ["https://www.w3.org/ns/did/v1", *(KEY_CONTEXTS[name] for name in types)],
        "id": issuer.did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods if "revoked" not in method],
        "service": [_service(issuer, network, base_url) for network in networks],
    }


def signed_status_list(
    store: CredentialStore, issuer: IssuerRow, number: int, base_url: str, signer: Signer, now: datetime
) -> dict[str, Any]:
    """Return one of an issuer's status lists, signed, from the same revocations as the chain.

    Its proof is a single object: some verifiers read no other, and no badge schema asks for an array here.
    """
    first = number * LIST_ENTRIES
    revoked = [index - first for index in store.revoked_indices(issuer.id, first, first + LIST_ENTRIES)]
    url = status_list_url(base_url, issuer, number)
    signed = signer.signed(status_list_credential(issuer.did, url, revoked, now=now), now)
    return {**signed, "proof": signed["proof"][0]}


def status_list_url(base_url: str, issuer: IssuerRow, number: int) -> str:
    """Return the public address of one of an issuer's status lists."""
    return f"{base_url}/issuers/{issuer.slug}/status/{number}"


def _method(issuer: IssuerRow, key: SigningKeyRow) -> dict[str, Any]:
    method: dict[str, Any] = {"id": f"{issuer.did}#{key.multibase}", "controller": issuer.did}
    if is_rsa(key.multibase):
        method |= {"type": "JsonWebKey", "publicKeyJwk": public_jwk(any_public_key(key.multibase))}
    else:
        method |= {"type": "Multikey", "publicKeyMultibase": key.multibase}
    if key.stolen and key.retired_since is not None:
        return {**method, "revoked": time_text(key.retired_since)}
    return method


def _service(issuer: IssuerRow, network: NetworkRef, base_url: str) -> dict[str, Any]:
    return {
        "id": f"{issuer.did}#registry-{network.chain_id}",
        "type": SERVICE_TYPE,
        "serviceEndpoint": {
            "chain": f"eip155:{network.chain_id}",
            "contract": network.contract.checksummed(),
            "issuer": issuer.account.checksummed(),
            "receipts": f"{base_url}/receipts",
        },
    }
