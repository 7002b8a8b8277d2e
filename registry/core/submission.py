"""Submissions: one transaction's worth of batches, or one other call of the contract, and its signed versions.

Source: design.md, Anchoring. Submissions are planned in `anchoring.plan` and kept by `registry.store.submissions`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from registry.core.account import Address
    from registry.core.digest import Digest, Root


class Purpose(StrEnum):
    """What a submission is for, which decides what its success is."""

    ANCHOR = "anchor"
    """Succeeds when the contract holds every batch, whoever wrote them."""
    CALL = "call"
    """Succeeds when the transaction was mined and not reverted."""


class SubmissionState(StrEnum):
    """Where a submission stands; what follows is decided from attempts and chain, not from this word."""

    PLANNED = "planned"
    """Call data and batches are fixed; no transaction is signed under a nonce that could still be spent."""
    SIGNED = "signed"
    """An attempt is stored; nobody knows whether a byte of it left."""
    BROADCAST = "broadcast"
    """An endpoint was handed an attempt; what it answered is a hint only."""
    MINED = "mined"
    """An attempt is in a block."""
    ALREADY_ANCHORED = "already-anchored"
    """The contract holds every batch, but by none of our attempts as far as we can see."""
    FINALIZED = "finalized"
    """In a finalized block; the end."""
    STUCK = "stuck"
    """Waits for a person: no funds, or fees above the ceiling. Goes on by itself once that changed."""
    REVERTED = "reverted"
    """The contract refused it; the end, until somebody says to try again."""
    NONCE_TAKEN = "nonce-taken"
    """Another transaction of the account spent its nonce; a call ends so, and a person repeats it."""


FINISHED = frozenset({SubmissionState.FINALIZED, SubmissionState.REVERTED, SubmissionState.NONCE_TAKEN})
"""States that nothing leaves by itself."""
IN_FLIGHT = frozenset({SubmissionState.SIGNED, SubmissionState.BROADCAST, SubmissionState.STUCK})
"""States in which a nonce, once given, may still be unspent."""


@dataclass(frozen=True, slots=True)
class Fees:
    """What one unit of gas may cost (EIP-1559)."""

    cap_wei: int
    """`maxFeePerGas`: most that is paid for a unit of gas, tip included."""
    tip_wei: int
    """`maxPriorityFeePerGas`."""


@dataclass(frozen=True, slots=True)
class BatchRef:
    """A sealed batch as the chain knows it."""

    batch_id: int
    """Row number in the store."""
    issuer: Address
    """The issuer's on-chain id."""
    root: Root
    """Root of the batch."""
    tree_size: int
    """Number of leaves; at least 1."""


@dataclass(frozen=True, slots=True)
class Standing:
    """An anchor as the contract holds it at some block."""

    anchored_at: datetime
    """Time of the anchoring block, UTC."""
    block_number: int
    """Number of that block, as the contract recorded it."""
    block_hash: Digest
    """Hash of that block."""


@dataclass(frozen=True, slots=True)
class Mined:
    """A transaction's place in the chain."""

    tx_hash: Digest
    """Hash of the attempt that was mined."""
    block_number: int
    """Its block."""
    block_hash: Digest
    """Hash of that block: a number alone does not survive a reorganisation."""
    succeeded: bool
    """False if the contract reverted it."""
    gas_used: int
    """Units of gas."""
    gas_price_wei: int
    """What each unit cost."""

    @property
    def fee_wei(self) -> int:
        """Return what the transaction cost."""
        return self.gas_used * self.gas_price_wei


@dataclass(frozen=True, slots=True)
class FinalBlock:
    """A block that was seen final."""

    number: int
    """Its number."""
    block_hash: Digest
    """Its hash, which may never change."""


@dataclass(frozen=True, slots=True)
class NewSubmission:
    """A submission on its way into the store."""

    purpose: Purpose
    """What success is."""
    label: str
    """What it does, as a clause for a person: `register the issuer did:web:…`."""
    chain_id: int
    """EIP-155 chain id."""
    contract: Address
    """The contract that is called."""
    sender: Address
    """The account that signs and pays."""
    call_data: bytes
    """Selector and arguments; the same in every attempt."""
    batches: tuple[BatchRef, ...] = ()
    """What it anchors, in the order of the call data; empty for a call."""


@dataclass(frozen=True, slots=True)
class Submission:
    """One transaction that must happen once, under whatever nonce and fees."""

    id: int
    """Row number."""
    version: int
    """Counts its changes: whoever writes names the version it read, and loses if that is not the newest."""
    what: NewSubmission
    """What is submitted; never changes."""
    state: SubmissionState
    """Where it stands."""
    nonce: int | None
    """Nonce of its live attempts; None while there is none."""
    mined: Mined | None
    """Where it was mined, as last seen."""
    note: str
    """What it waits for or what went wrong, as a sentence; may be empty."""
    created_at: datetime
    """When it was planned, UTC."""
    updated_at: datetime
    """When its state last changed, UTC."""

    @property
    def finished(self) -> bool:
        """Return whether nothing happens to it by itself any more."""
        return self.state in FINISHED

    @property
    def credentials(self) -> int:
        """Return how many credentials its batches hold."""
        return sum(batch.tree_size for batch in self.what.batches)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One signed version of a submission's transaction; stored before the first byte of it leaves."""

    submission_id: int
    """Row number of its submission."""
    nonce: int
    """The account's nonce that it spends."""
    raw: bytes
    """The signed transaction, ready to send; signed once, sent any number of times."""
    tx_hash: Digest
    """Keccak-256 of `raw`."""
    gas_limit: int
    """Units of gas it may use."""
    fees: Fees
    """What a unit may cost."""
    signed_at: datetime
    """When it was signed, UTC."""
    sent_at: datetime | None = None
    """When an endpoint was last handed it; None if that is not known to have happened."""
    answer: str = ""
    """What the endpoint said; a hint for people, never a reason for anything."""
