"""Call data for every write of the contract, the reads that the job needs, and the contract's own errors in words.

Source: contracts/ICredentialRegistry.sol, by way of the packaged ABI.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError
from eth_hash.auto import keccak

from registry.chain.artifact import artifact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from registry.core.account import Address
    from registry.core.digest import Digest
    from registry.core.submission import BatchRef

ANCHOR_ROLE = 1
"""May anchor."""
SUSPEND_ROLE = 2
"""May suspend and reinstate."""
REVOKE_ROLE = 4
"""May revoke."""
FOR_EVER = 2**64 - 1
"""The end of an accreditation without end."""


def register_issuer(did: str) -> bytes:
    """Return call data that makes the sender an issuer with this DID, write-once."""
    return call_data("registerIssuer", did)


def propose_admin(issuer: Address, new_admin: Address) -> bytes:
    """Return call data that proposes a new admin, who must accept."""
    return call_data("proposeAdmin", issuer, new_admin)


def accept_admin(issuer: Address) -> bytes:
    """Return call data that makes the sender, once proposed, the admin."""
    return call_data("acceptAdmin", issuer)


def set_delegate(issuer: Address, delegate: Address, roles: int) -> bytes:
    """Return call data that gives `delegate` exactly `roles`, a sum of role bits."""
    return call_data("setDelegate", issuer, delegate, roles)


def add_signing_key(issuer: Address, multikey: bytes) -> bytes:
    """Return call data that adds a signing key: multicodec prefix and raw public key."""
    return call_data("addSigningKey", issuer, multikey)


def retire_signing_key(issuer: Address, key_hash: Digest, since_seconds: int) -> bytes:
    """Return call data that retires a key from a Unix time on, which may lie in the past."""
    return call_data("retireSigningKey", issuer, key_hash, since_seconds)


def anchor(batches: Sequence[BatchRef]) -> bytes:
    """Return call data that anchors the batches, of one or more issuers; one batch takes the cheaper call."""
    if len(batches) == 1:
        return call_data("anchor", batches[0].issuer, batches[0].root, batches[0].tree_size)
    return call_data("anchorMany", [(batch.issuer, batch.root, batch.tree_size) for batch in batches])


def revoke(issuer: Address, leaf_hashes: Sequence[Digest], reason: int) -> bytes:
    """Return call data that revokes leaves for ever."""
    return call_data("revoke", issuer, list(leaf_hashes), reason)


def suspend(issuer: Address, leaf_hashes: Sequence[Digest], reason: int) -> bytes:
    """Return call data that suspends leaves."""
    return call_data("suspend", issuer, list(leaf_hashes), reason)


def reinstate(issuer: Address, leaf_hashes: Sequence[Digest]) -> bytes:
    """Return call data that ends the suspension of leaves."""
    return call_data("reinstate", issuer, list(leaf_hashes))


def revoke_batch(issuer: Address, root: Digest, tree_size: int) -> bytes:
    """Return call data that revokes a whole batch for ever."""
    return call_data("revokeBatch", issuer, root, tree_size)


def accredit(issuer: Address, until_seconds: int, name: str, uri: str) -> bytes:
    """Return call data by which the sender vouches for an issuer until a Unix time, or FOR_EVER."""
    return call_data("accredit", issuer, until_seconds, name, uri)


def withdraw_accreditation(issuer: Address) -> bytes:
    """Return call data that ends the sender's accreditation of an issuer."""
    return call_data("withdrawAccreditation", issuer)


def call_data(function: str, *arguments: object) -> bytes:
    """Return selector and ABI-encoded arguments of a function of the contract."""
    types, _ = _function(function)
    return _selector(function, types) + encode(types, arguments)


def results(function: str, data: bytes) -> tuple[Any, ...]:
    """Return the decoded results of a read; of an empty answer, which no contract gave, as many zeros."""
    types = _function(function)[1]
    return decode(types, data) if data else (0,) * len(types)


def refusal_words(data: object) -> str:
    """Return the contract's error in revert data as `MissingRole(issuer 0x…, …)`; empty if it is none of its errors."""
    raw = bytes.fromhex(data[2:]) if isinstance(data, str) and data.startswith("0x") else b""
    found = _errors().get(raw[:4])
    if found is None:
        return ""
    name, inputs = found
    try:
        values = decode([_type(one) for one in inputs], raw[4:])
    except DecodingError:
        return name
    words = (f"{one['name']} {_word(value)}" for one, value in zip(inputs, values, strict=True))
    return f"{name}({', '.join(words)})"


@cache
def _function(name: str) -> tuple[list[str], list[str]]:
    found = next(one for one in artifact()["abi"] if one["type"] == "function" and one["name"] == name)
    return [_type(one) for one in found["inputs"]], [_type(one) for one in found["outputs"]]


@cache
def _errors() -> dict[bytes, tuple[str, list[dict[str, Any]]]]:
    errors = [one for one in artifact()["abi"] if one["type"] == "error"]
    return {_selector(one["name"], [_type(i) for i in one["inputs"]]): (one["name"], one["inputs"]) for one in errors}


def _type(parameter: dict[str, Any]) -> str:
    kind = str(parameter["type"])
    if not kind.startswith("tuple"):
        return kind
    return f"({','.join(_type(one) for one in parameter['components'])})" + kind.removeprefix("tuple")


def _selector(name: str, types: Sequence[str]) -> bytes:
    return keccak(f"{name}({','.join(types)})".encode("ascii"))[:4]


def _word(value: object) -> str:
    return "0x" + value.hex() if isinstance(value, bytes) else str(value)
