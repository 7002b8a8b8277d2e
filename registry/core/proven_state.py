"""From a state proof to what it proves: the header is hashed again and every proof is walked.

1 header to block hash and state root   2 state root to the contract's account   3 its storage root to each slot
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.core.block_header import BlockHeader, read_header
from registry.core.digest import DIGEST_BYTES, Digest
from registry.core.errors import ChainUnavailableError
from registry.core.rlp_items import decode_item
from registry.core.state_proof import WORD_BYTES
from registry.core.state_proof_errors import StateProofError
from registry.core.trie import proven_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from registry.core.account import Address
    from registry.core.state_proof import SlotProof, StateProof

_ACCOUNT_FIELDS = 4
_STORAGE_ROOT = 2


@dataclass(frozen=True, slots=True)
class ProvenState:
    """Slots of one contract at one block, each proven from the block's hash."""

    chain_id: int
    """EIP-155 chain id that the proof names; not covered by the block's hash."""
    contract: Address
    """The contract."""
    header: BlockHeader
    """The block; everything here holds if its hash is a block of the chain."""
    words: Mapping[int, int]
    """Content by slot; a slot that is not in here was not proven."""

    def word(self, slot: int) -> int:
        """Return a slot's content; ChainUnavailableError if the proof does not cover the slot."""
        if slot not in self.words:
            raise ChainUnavailableError(
                f"the state proof of block {self.header.number:,} does not cover what this credential needs"
            )
        return self.words[slot]


def prove(proof: StateProof, trusted: Digest | None = None) -> ProvenState:
    """Return what a state proof proves.

    `trusted` is the hash of the block that the caller believes in; without it the header's own hash is taken, and
    the caller has to say that nobody confirmed it.

    Raises:
        StateProofError: the header is of another block or an unknown fork, the contract has no account, or a node
            or value is not what the hash above it commits to.

    """
    header = read_header(proof.header)
    if trusted is not None and header.block_hash != trusted:
        raise StateProofError(
            f"the state proof is of block {header.block_hash.to_hex()}, not of the trusted {trusted.to_hex()}"
        )
    storage_root = _storage_root(header.state_root, proof)
    words = {slot.slot: _proven_word(storage_root, slot) for slot in proof.slots}
    if len(words) != len(proof.slots):
        raise StateProofError("the state proof has a slot twice")
    return ProvenState(proof.chain_id, proof.contract, header, words)


def _storage_root(state_root: Digest, proof: StateProof) -> Digest:
    account = proven_value(state_root, proof.contract.to_bytes(), proof.account_nodes)
    if account is None:
        raise StateProofError(f"at that block there is no contract at {proof.contract.checksummed()}")
    fields = decode_item(account, "the contract's account")
    root = fields[_STORAGE_ROOT] if not isinstance(fields, bytes) and len(fields) == _ACCOUNT_FIELDS else b""
    if not isinstance(root, bytes) or len(root) != DIGEST_BYTES:
        raise StateProofError("the contract's account is not encoded as an account is")
    return Digest(root)


def _proven_word(storage_root: Digest, slot: SlotProof) -> int:
    value = proven_value(storage_root, slot.slot.to_bytes(WORD_BYTES, "big"), slot.nodes)
    word = 0 if value is None else _word(value)
    if word != slot.word:
        raise StateProofError(f"slot {slot.slot:#066x} holds {word:#x}, not {slot.word:#x} as the state proof says")
    return word


def _word(value: bytes) -> int:
    raw = decode_item(value, "a slot's value")
    # Ethereum deletes what becomes zero; anvil keeps a leaf with an empty number, which says the same.
    if not isinstance(raw, bytes) or len(raw) > WORD_BYTES or raw.startswith(b"\x00"):
        raise StateProofError("a slot's value is not encoded as a number is")
    return int.from_bytes(raw, "big")
