"""Which storage slot of the contract holds which fact.

The layout is frozen; docs/contract.md, Storage, publishes it, and a test compares the numbers with the compiler's.
Each function returns a slot's number, below 2^256.

Source: Solidity documentation, Layout of State Variables in Storage: mappings and dynamic arrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eth_hash.auto import keccak

if TYPE_CHECKING:
    from registry.core.account import Address
    from registry.core.digest import Digest

ISSUERS, DELEGATE_ROLES, SIGNING_KEYS, ANCHORS, STATUSES, ACCREDITATIONS = range(6)
"""Slots of the contract's mappings, in the order of its declarations."""
DID_HASH_OFFSET = 1
"""Where an issuer's DID hash lies, counted from the issuer's slot."""
SLOTS_AN_ENTRY = 2
"""An accreditation takes a slot for its times and one for its name."""
SLOTS = 2**256
"""Slot numbers wrap around here."""


def issuer_slot(issuer: Address) -> int:
    """Return the slot of an issuer's admin and time of registration; the DID hash follows at DID_HASH_OFFSET."""
    return _mapped(_account(issuer), ISSUERS)


def signing_key_slot(issuer: Address, key_hash: Digest) -> int:
    """Return the slot of a signing key's times."""
    return _mapped(key_hash, _mapped(_account(issuer), SIGNING_KEYS))


def anchor_slot(issuer: Address, root: Digest, tree_size: int) -> int:
    """Return the slot of an anchor."""
    return _mapped(keccak(_account(issuer) + root + _padded(tree_size)), ANCHORS)


def status_slot(issuer: Address, leaf_hash: Digest) -> int:
    """Return the slot of a leaf's status."""
    return _mapped(leaf_hash, _mapped(_account(issuer), STATUSES))


def accreditation_count_slot(accreditor: Address, issuer: Address) -> int:
    """Return the slot of the number of entries that an accreditor wrote about an issuer."""
    return _mapped(_account(issuer), _mapped(_account(accreditor), ACCREDITATIONS))


def accreditation_slot(accreditor: Address, issuer: Address, index: int) -> int:
    """Return the slot of the times of entry `index`, from 0; its name lies in the slot after."""
    count = accreditation_count_slot(accreditor, issuer)
    return (data_slot(count) + SLOTS_AN_ENTRY * index) % SLOTS


def data_slot(slot: int) -> int:
    """Return the first slot of what a dynamic array or a long string keeps elsewhere."""
    return int.from_bytes(keccak(_padded(slot)), "big")


def _mapped(key: bytes, mapping: int) -> int:
    return int.from_bytes(keccak(key + _padded(mapping)), "big")


def _account(address: Address) -> bytes:
    return address.to_bytes().rjust(32, b"\x00")


def _padded(number: int) -> bytes:
    return number.to_bytes(32, "big")
