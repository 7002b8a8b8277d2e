"""What an issuer publishes on its own web site: DID document and status lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.core.did import SERVICE_TYPE
from registry.credentials.status_list import status_list_credential
from registry.services.status_indices import LIST_ENTRIES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from registry.checks.facts import NetworkRef
    from registry.ports import CredentialStore
    from registry.records import IssuerRow, SigningKeyRow
    from registry.services.signer import Signer


def did_document(
    issuer: IssuerRow, keys: Sequence[SigningKeyRow], networks: Sequence[NetworkRef], base_url: str
) -> dict[str, Any]:
    """Return an issuer's DID document: every key it ever signed with, and where its anchors stand.

    Retired keys stay listed, so that standard verifiers accept old credentials; the chain alone dates them.

    Source: DID Core 1.0; W3C Controlled Identifiers 1.0 (Multikey); did:web method specification.
    """
    methods = [
        {
            "id": f"{issuer.did}#{key.multibase}",
            "type": "Multikey",
            "controller": issuer.did,
            "publicKeyMultibase": key.multibase,
        }
        for key in keys
    ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": issuer.did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
        "service": [_service(issuer, network, base_url) for network in networks],
    }


def signed_status_list(
    store: CredentialStore, issuer: IssuerRow, number: int, base_url: str, signer: Signer, now: datetime
) -> dict[str, Any]:
    """Return one of an issuer's status lists, signed, from the same revocations as the chain."""
    first = number * LIST_ENTRIES
    revoked = [index - first for index in store.revoked_indices(issuer.id, first, first + LIST_ENTRIES)]
    url = status_list_url(base_url, issuer, number)
    return signer.signed(status_list_credential(issuer.did, url, revoked, now=now), now)


def status_list_url(base_url: str, issuer: IssuerRow, number: int) -> str:
    """Return the public address of one of an issuer's status lists."""
    return f"{base_url}/issuers/{issuer.slug}/status/{number}"


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
