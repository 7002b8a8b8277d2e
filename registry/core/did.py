"""DIDs as the contract knows them."""

from __future__ import annotations

from eth_hash.auto import keccak

SERVICE_TYPE = "CredanchorRegistry"
"""Type of the DID document's service entry that names chain, contract, issuer account and receipt endpoint."""


def did_hash(did: str) -> bytes:
    """Return the 32 bytes the contract keeps of an issuer's DID: Keccak-256 of its UTF-8 text."""
    return bytes(keccak(did.encode("utf-8", "surrogatepass")))
