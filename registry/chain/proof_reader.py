"""Answering a verifier's questions from a state proof alone: no endpoint is asked, one block hash is trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.checks.contract_records import read_accreditation, read_anchor, read_issuer, read_key, read_status
from registry.checks.facts import ChainFacts, ChainView
from registry.core.contract_slots import status_slot
from registry.core.errors import ChainUnavailableError, SettingsError
from registry.core.state_proof_errors import StateProofError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from registry.chain.networks import Network
    from registry.checks.facts import AnchorRecord, NetworkRef
    from registry.core.block_header import BlockHeader
    from registry.core.proven_state import ProvenState
    from registry.ports import BatchQuestion, ChainQuestion


def stored_facts(
    read: Callable[[int], int], network: Network, question: ChainQuestion, block: int, *, with_status: bool = True
) -> ChainFacts:
    """Return what the contract's storage says at one block; `read` gives the word in a slot, and may raise.

    The same reads say which slots a state proof has to cover, and later answer from it.
    """
    issuer = question.issuer
    anchor = read_anchor(read, issuer, question.root, question.tree_size)
    view = ChainView(block, anchor, read_status(read, issuer, question.leaf_hash) if with_status else None)
    said = (
        read_accreditation(read, one.address, one.name, issuer, anchor.anchored_at) if anchor else None
        for one in network.accreditors
    )
    return ChainFacts(
        network=network.ref(),
        issuer_account=issuer,
        finalized=view,
        latest=view,
        issuer=read_issuer(read, issuer),
        key=read_key(read, issuer, question.key_hash) if question.key_hash is not None else None,
        accreditations=tuple(one for one in said if one is not None),
    )


def read_batch(read: Callable[[int], int], network: Network, question: BatchQuestion) -> AnchorRecord | None:
    """Read what the credentials of a batch share, which is all but their status; None if it is not anchored."""
    anchor = read_anchor(read, question.issuer, question.root, question.tree_size)
    read_issuer(read, question.issuer)
    for key_hash in question.key_hashes:
        read_key(read, question.issuer, key_hash)
    if anchor is not None:
        for one in network.accreditors:
            read_accreditation(read, one.address, one.name, question.issuer, anchor.anchored_at)
    return anchor


def network_of(state: ProvenState, networks: Iterable[Network]) -> Network:
    """Return the accepted network whose pinned contract a state proof is of; SettingsError if there is none."""
    for network in networks:
        if (network.chain_id, network.contract) == (state.chain_id, state.contract):
            return network
    raise SettingsError(
        f"The state proof is of {state.contract.checksummed()} on chain {state.chain_id}, which networks.toml does not "
        "accept; add that network, or ask for a state proof of one that it names."
    )


class ProofReader:
    """The contract of one network as of the block of a state proof."""

    def __init__(self, network: Network, state: ProvenState) -> None:
        self._network = network
        self._state = state

    @property
    def network(self) -> NetworkRef:
        """Return which network the proof is of."""
        return self._network.ref()

    @property
    def header(self) -> BlockHeader:
        """Return the block that all answers are as of."""
        return self._state.header

    def close(self) -> None:
        """Do nothing: no connection was opened."""

    def facts(self, question: ChainQuestion) -> ChainFacts:
        """Return what the contract held; no status where the proof is that of a whole batch.

        Raises:
            ChainUnavailableError: the proof does not cover the question, or its block is older than the anchor, so
                that it cannot tell whether the batch was anchored later.

        """
        block, words = self._state.header.number, self._state.words
        covered = status_slot(question.issuer, question.leaf_hash) in words
        try:
            facts = stored_facts(self._state.word, self._network, question, block, with_status=covered)
        except StateProofError as error:
            raise ChainUnavailableError(f"the state proof of block {block:,} cannot be read: {error}") from error
        if facts.finalized.anchor is None:
            raise ChainUnavailableError(
                f"the state proof is of block {block:,}, where this batch was not anchored; it may have been since"
            )
        return facts

    def facts_of(self, questions: Sequence[ChainQuestion]) -> list[ChainFacts]:
        """Return what the contract held, for each question; ChainUnavailableError as above."""
        return [self.facts(one) for one in questions]
