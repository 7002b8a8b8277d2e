"""The records of facts.py read straight from the contract's storage words, as its own reads would answer.

`read` gives the 32-byte word in a slot as a number; whatever it raises passes through. The same functions serve who
asks which slots matter and who judges by proven ones, so that a proof covers exactly what is read.

Source: docs/contract.md, Storage; CredentialRegistry.sol for the entry of an accreditation in force.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from registry.checks.facts import (
    Accreditation,
    AccreditationStatus,
    AnchorRecord,
    IssuerRecord,
    KeyRecord,
    Status,
    StatusRecord,
)
from registry.core.account import Address
from registry.core.contract_slots import (
    DID_HASH_OFFSET,
    SLOTS,
    accreditation_count_slot,
    accreditation_slot,
    anchor_slot,
    data_slot,
    issuer_slot,
    signing_key_slot,
    status_slot,
)
from registry.core.state_proof_errors import StateProofError

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.core.digest import Digest, Root

    Read = Callable[[int], int]

NEVER = 2**64 - 1
"""The contract's word for `not retired`."""
MAX_NAME_BYTES = 256
"""Longest name that the contract takes."""
WORD_BYTES = 32
_LATEST_RETIREMENT = 2**33  # a later one counts as this: a datetime ends with the year 9999
_ADDRESS_BITS = 160
_UINT64, _UINT8 = 2**64 - 1, 2**8 - 1


def read_anchor(read: Read, issuer: Address, root: Root, tree_size: int) -> AnchorRecord | None:
    """Return the record of a batch, None if it is not anchored."""
    anchored_at, block_number, revoked_at = _unpacked(read(anchor_slot(issuer, root, tree_size)))
    return AnchorRecord(_known(anchored_at), block_number, _time(revoked_at)) if anchored_at else None


def read_status(read: Read, issuer: Address, leaf_hash: Digest) -> StatusRecord:
    """Return the record of a leaf's status; active if nothing was written."""
    revoked_at, suspended_at, reason = _unpacked(read(status_slot(issuer, leaf_hash)))
    status = Status.REVOKED if revoked_at else Status.SUSPENDED if suspended_at else Status.ACTIVE
    return StatusRecord(status, _time(revoked_at), _time(suspended_at), reason & _UINT8)


def read_issuer(read: Read, issuer: Address) -> IssuerRecord | None:
    """Return the record of an issuer, None if nobody registered it."""
    slot = issuer_slot(issuer)
    word, did_hash = read(slot), read((slot + DID_HASH_OFFSET) % SLOTS)
    registered_at = word >> _ADDRESS_BITS & _UINT64
    admin = Address(f"0x{word % 2**_ADDRESS_BITS:040x}")
    return IssuerRecord(_raw(did_hash), admin, _known(registered_at)) if registered_at else None


def read_key(read: Read, issuer: Address, key_hash: Digest) -> KeyRecord | None:
    """Return the record of a signing key, None if it was never added."""
    added_at, retired_since, _ = _unpacked(read(signing_key_slot(issuer, key_hash)))
    if not added_at:
        return None
    retired = None if retired_since == NEVER else datetime.fromtimestamp(min(retired_since, _LATEST_RETIREMENT), UTC)
    return KeyRecord(_known(added_at), retired)


def read_accreditation(read: Read, accreditor: Address, called: str, issuer: Address, at: datetime) -> Accreditation:
    """Return what an accreditor said of an issuer at a time; `called` is the verifier's own word for the accreditor.

    Raises:
        StateProofError: the name is longer than the contract takes.

    """
    time = int(at.timestamp())
    entries = _entries_until(read, accreditor, issuer, time)
    if not entries:
        return Accreditation(accreditor, called, AccreditationStatus.NONE, "", None, None)
    slot = accreditation_slot(accreditor, issuer, entries - 1)
    since, until, _ = _unpacked(read(slot))
    name = _text(read, (slot + 1) % SLOTS)
    return Accreditation(accreditor, called, _standing(until, time), name, _time(since), _time(until))


def _entries_until(read: Read, accreditor: Address, issuer: Address, time: int) -> int:
    """Return how many entries were made at `time` or earlier, by halving: entries stand in order of time."""
    low, high = 0, read(accreditation_count_slot(accreditor, issuer))
    while low < high:
        middle = (low + high) // 2
        since, _, _ = _unpacked(read(accreditation_slot(accreditor, issuer, middle)))
        low, high = (middle + 1, high) if since <= time else (low, middle)
    return low


def _standing(until: int, time: int) -> AccreditationStatus:
    if until == 0:
        return AccreditationStatus.WITHDRAWN
    return AccreditationStatus.ACTIVE if time < until else AccreditationStatus.EXPIRED


def _text(read: Read, slot: int) -> str:
    """Return a string: up to 31 bytes lie in the slot itself, with twice their number in its lowest byte."""
    word = read(slot)
    if not word & 1:
        return _decoded(_raw(word)[: (word & _UINT8) // 2])
    length = (word - 1) // 2
    if length > MAX_NAME_BYTES:
        raise StateProofError(f"the name of an issuer has {length:,} bytes, more than the contract takes")
    first = data_slot(slot)
    words = [read((first + number) % SLOTS) for number in range(-(-length // WORD_BYTES))]
    return _decoded(b"".join(_raw(one) for one in words)[:length])


def _decoded(name: bytes) -> str:
    return name.decode("utf-8", "replace")  # the contract does not check that a name is UTF-8


def _unpacked(word: int) -> tuple[int, int, int]:
    return word & _UINT64, word >> 64 & _UINT64, word >> 128 & _UINT64


def _raw(word: int) -> bytes:
    return word.to_bytes(WORD_BYTES, "big")


def _time(value: int) -> datetime | None:
    return _known(value) if 0 < value < NEVER else None


def _known(value: int) -> datetime:
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError):
        return datetime.max.replace(tzinfo=UTC)  # an honest `until` may lie beyond the year 9999
