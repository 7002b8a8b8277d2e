"""Making a state proof from an endpoint: the slots that judging needs, proven at the finalized block.

1 the finalized block's hash, agreed by a quorum   2 its header, hashed again   3 the slots that the checks read,
found by reading them   4 `eth_getProof` for exactly those   5 the whole proof walked before anybody gets it

The hash is all that is believed: from there on one endpoint is enough, because a proof proves itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eth_hash.auto import keccak

from registry.chain.contract_reads import ContractReads
from registry.chain.panel import Panel
from registry.chain.proof_reader import ProofReader, read_batch, stored_facts
from registry.chain.rpc import Call
from registry.core.block_header import encode_header, read_header
from registry.core.errors import ChainUnavailableError
from registry.core.proven_state import prove
from registry.core.state_proof import WORD_BYTES, parse_state_proof
from registry.core.state_proof_errors import StateProofError, StateProofFormatError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from registry.chain.networks import Network
    from registry.chain.rpc import RpcEndpoint
    from registry.core.block_header import BlockHeader
    from registry.core.digest import Digest
    from registry.core.proven_state import ProvenState
    from registry.core.quorum import Heads
    from registry.core.state_proof import StateProof
    from registry.ports import BatchQuestion, ChainQuestion


class StateProver:
    """Makes state proofs of one network's contract, at a block that a quorum of its endpoints agrees on."""

    def __init__(self, network: Network, endpoints: Sequence[RpcEndpoint] | None = None) -> None:
        self._network = network
        self._panel = Panel(network, endpoints)

    def close(self) -> None:
        """Close the connections to all endpoints."""
        self._panel.close()

    def state_proof(self, *questions: ChainQuestion) -> StateProof:
        """Return a proof of every slot that judging credentials reads, at the newest finalized block.

        Raises:
            ChainUnavailableError: with every endpoint's reason, if none gave a proof that holds; among the reasons
                is an anchor that is not final yet.

        """
        return self._first(lambda proving: proving.state_proof(questions))

    def batch_proof(self, question: BatchQuestion) -> StateProof:
        """Return a proof of what the credentials of a batch share, which is all but their status; errors as above."""
        return self._first(lambda proving: proving.batch_proof(question))

    def _first(self, prove_by: Callable[[_Proving], StateProof]) -> StateProof:
        newest = self._panel.newest(self._heads)
        block_hash = self._panel.agreed_on(newest, self._heads, self._hash)
        reasons = []
        for endpoint in self._panel.endpoints():
            try:
                return prove_by(_Proving(self._network, endpoint, newest.at.final, block_hash))
            except ChainUnavailableError as error:
                reasons.append(str(error))
            except (StateProofError, StateProofFormatError) as error:
                reasons.append(f"{endpoint.name} gave no state proof that holds: {error}")
        raise ChainUnavailableError("; ".join(reasons))

    def _heads(self, endpoint: RpcEndpoint) -> Heads:
        return ContractReads(self._network, endpoint).heads()

    def _hash(self, endpoint: RpcEndpoint, at: Heads) -> Digest:
        return header_of(endpoint, at.final)[1].block_hash


class _Proving:
    """One state proof from one endpoint."""

    def __init__(self, network: Network, endpoint: RpcEndpoint, block: int, block_hash: Digest) -> None:
        self._network = network
        self._endpoint = endpoint
        self._block = block
        self._block_hash = block_hash

    def state_proof(self, questions: Sequence[ChainQuestion]) -> StateProof:
        proof, state = self._proven(
            lambda read, block: [stored_facts(read, self._network, one, block) for one in questions]
        )
        ProofReader(self._network, state).facts_of(questions)
        return proof

    def batch_proof(self, question: BatchQuestion) -> StateProof:
        proof, state = self._proven(lambda read, _block: read_batch(read, self._network, question))
        if read_batch(state.word, self._network, question) is None:
            raise self._unusable(f"does not hold the batch at its finalized block {state.header.number:,}")
        return proof

    def _proven(self, read_all: Callable[[Callable[[int], int], int], object]) -> tuple[StateProof, ProvenState]:
        """Return a proof of every slot that `read_all` reads, and what it proves."""
        encoded, header = header_of(self._endpoint, self._block)
        if header.block_hash != self._block_hash:
            raise self._unusable(f"shows another block {self._block:,} than the endpoints agree on")
        slots = self._slots(read_all, header.number)
        answer = self._asked("eth_getProof", [_word_hex(slot) for slot in slots], hex(header.number))
        proof = self._formed(encoded, slots, answer)
        return proof, prove(proof, header.block_hash)

    def _slots(self, read_all: Callable[[Callable[[int], int], int], object], block: int) -> list[int]:
        """Return the slots that are read, each once, in the order of reading."""
        seen: dict[int, int] = {}

        def read(slot: int) -> int:
            if slot not in seen:
                seen[slot] = _number(self._asked("eth_getStorageAt", _word_hex(slot), hex(block)))
            return seen[slot]

        read_all(read, block)
        return list(seen)

    def _asked(self, method: str, *params: object) -> Any:  # noqa: ANN401  any JSON value
        return self._endpoint.batch([Call(method, (self._network.contract, *params))])[0]

    def _formed(self, header: bytes, slots: Sequence[int], answer: Any) -> StateProof:  # noqa: ANN401  any JSON value
        storage = answer.get("storageProof") if isinstance(answer, dict) else None
        if not isinstance(storage, list) or not all(isinstance(one, dict) for one in storage):
            raise self._unusable("answered eth_getProof with something else")
        if [_number(one.get("key")) for one in storage] != list(slots):
            raise self._unusable("proved other slots than it was asked for")
        return parse_state_proof(
            {
                "type": "StateProof",
                "version": 1,
                "chain": f"eip155:{self._network.chain_id}",
                "contract": self._network.contract,
                "header": "0x" + header.hex(),
                "accountProof": answer.get("accountProof"),
                "storageProof": [
                    {"key": _word_hex(slot), "value": _word_hex(_number(one.get("value"))), "proof": one.get("proof")}
                    for slot, one in zip(slots, storage, strict=True)
                ],
            }
        )

    def _unusable(self, what: str) -> ChainUnavailableError:
        return ChainUnavailableError(f"{self._endpoint.name} {what}")


def header_of(endpoint: RpcEndpoint, number: int) -> tuple[bytes, BlockHeader]:
    """Return a block's header as RLP and read; ChainUnavailableError if it does not lead to the block's hash."""
    (block,) = endpoint.batch([Call("eth_getBlockByNumber", (hex(number), False))])
    if not isinstance(block, dict):
        raise ChainUnavailableError(f"{endpoint.name} does not have block {number:,}")
    try:
        encoded = encode_header(block)
        header = read_header(encoded)
    except StateProofError as error:
        raise ChainUnavailableError(f"{endpoint.name} gave no block header: {error}") from error
    if "0x" + keccak(encoded).hex() != block.get("hash") or header.number != number:
        raise ChainUnavailableError(
            f"{endpoint.name} gave a block whose members do not lead to its hash; its fork may be newer than this"
        )
    return encoded, header


def _number(value: object) -> int:
    try:
        number = int(str(value), 16)
    except ValueError as error:
        raise ChainUnavailableError(f"the endpoint answered {str(value)[:60]!r} where a number belongs") from error
    if not 0 <= number < 2 ** (8 * WORD_BYTES):
        raise ChainUnavailableError("the endpoint answered with a number that fits no word")
    return number


def _word_hex(word: int) -> str:
    return "0x" + word.to_bytes(WORD_BYTES, "big").hex()
