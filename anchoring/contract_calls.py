"""Call data for every write of the contract, the reads that the job needs, and the contract's own errors in words.

web3 encodes what is written; answers are decoded with eth-abi, so that reading does not wait for web3.

Source: contracts/ICredentialRegistry.sol, by way of the packaged ABI.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_utils.abi import collapse_if_tuple, function_signature_to_4byte_selector

from registry.chain.artifact import artifact
from registry.core.account import Address

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def anchor_for(batch: BatchRef, signer: Address, deadline_seconds: int, signature: bytes) -> bytes:
    """Return call data that anchors a batch on the EIP-712 signature of an anchor delegate; anybody may send it."""
    terms = (batch.issuer, batch.root, batch.tree_size, signer, deadline_seconds, signature)
    return call_data("anchorFor", *terms)


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
    encoded: str = _contract().encode_abi(function, args=[_for_web3(one) for one in arguments])
    return bytes.fromhex(encoded.removeprefix("0x"))


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
        values = decode([collapse_if_tuple(one) for one in inputs], raw[4:])
    except DecodingError:
        return name
    words = (f"{one['name']} {_word(value)}" for one, value in zip(inputs, values, strict=True))
    return f"{name}({', '.join(words)})"


@cache
def _contract() -> Any:  # noqa: ANN401  web3 makes the class from the ABI
    # Imported here: it takes 0.9 s, and reading what a command would do needs none of it.
    from web3 import Web3  # noqa: PLC0415

    return Web3().eth.contract(abi=artifact()["abi"])


def _for_web3(value: object) -> object:
    """Return an argument as web3 takes it: addresses with their checksum."""
    if isinstance(value, Address):
        return value.checksummed()
    if isinstance(value, list | tuple):
        return type(value)(_for_web3(one) for one in value)
    return value


@cache
def _function(name: str) -> tuple[list[str], list[str]]:
    found = next(one for one in artifact()["abi"] if one["type"] == "function" and one["name"] == name)
    return [collapse_if_tuple(one) for one in found["inputs"]], [collapse_if_tuple(one) for one in found["outputs"]]


@cache
def _errors() -> dict[bytes, tuple[str, list[dict[str, Any]]]]:
    errors = [one for one in artifact()["abi"] if one["type"] == "error"]
    return {_selector(one): (one["name"], one["inputs"]) for one in errors}


def _selector(error: dict[str, Any]) -> bytes:
    types = ",".join(collapse_if_tuple(one) for one in error["inputs"])
    return function_signature_to_4byte_selector(f"{error['name']}({types})")


def _word(value: object) -> str:
    return "0x" + value.hex() if isinstance(value, bytes) else str(value)
