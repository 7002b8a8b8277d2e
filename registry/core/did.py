"""DIDs as the contract knows them."""

from __future__ import annotations

from functools import lru_cache

from eth_hash.auto import keccak

SERVICE_TYPE = "CredanchorRegistry"
"""Type of the DID document's service entry that names chain, contract, issuer account and receipt endpoint."""
MAX_REMEMBERED = 256
"""Longest DID, in bytes, of which the hash is kept in memory."""


def did_hash(did: str) -> bytes:
    """Return the 32 bytes the contract keeps of an issuer's DID: Keccak-256 of its UTF-8 text."""
    data = did.encode("utf-8", "surrogatepass")
    return _remembered(data) if len(data) <= MAX_REMEMBERED else bytes(keccak(data))


@lru_cache(maxsize=256)  # the credentials of a batch name the same issuer
def _remembered(data: bytes) -> bytes:
    return bytes(keccak(data))
