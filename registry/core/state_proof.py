"""State proofs: the JSON that travels beside a bundle and shows what the contract held at one block, strictly parsed.

Source: design.md, Judging a credential: "State proofs"; the names within are those of EIP-1186.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from registry.core.account import Address
from registry.core.block_header import MAX_HEADER_BYTES
from registry.core.errors import InputError
from registry.core.receipt import AddressHex, ChainId, DigestHex  # noqa: TC001  pydantic reads them
from registry.core.state_proof_errors import StateProofFormatError
from registry.core.trie import MAX_NODE_BYTES, MAX_NODES

MAX_SLOTS = 512
"""Most slots in one state proof; a credential with one accreditor needs about eight."""

WORD_BYTES = 32
NodeHex = Annotated[str, StringConstraints(pattern=r"^0x([0-9a-f]{2})+$", max_length=2 + 2 * MAX_NODE_BYTES)]
HeaderHex = Annotated[str, StringConstraints(pattern=r"^0x([0-9a-f]{2})+$", max_length=2 + 2 * MAX_HEADER_BYTES)]


@dataclass(frozen=True, slots=True)
class SlotProof:
    """One storage slot of the contract with the nodes that prove it."""

    slot: int
    """The slot's number, below 2^256."""
    word: int
    """Its content, below 2^256; 0 if nothing was ever written."""
    nodes: tuple[bytes, ...]
    """RLP of the nodes on the way from the storage root."""


@dataclass(frozen=True, slots=True)
class StateProof:
    """What a contract held at one block; nothing in it is proven until `prove` has walked it."""

    chain_id: int
    """EIP-155 chain id. No hash covers it: whoever trusts the block says which chain it is of."""
    contract: Address
    """The registry contract."""
    header: bytes
    """RLP of the block's header."""
    account_nodes: tuple[bytes, ...]
    """RLP of the nodes on the way from the state root to the contract's account."""
    slots: tuple[SlotProof, ...]
    """The slots that the checks read."""


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class SlotProofForm(_Form):
    """One slot on the wire: key and value as 32-byte words."""

    key: DigestHex
    value: DigestHex
    proof: list[NodeHex] = Field(max_length=MAX_NODES)

    def to_core(self) -> SlotProof:
        """Return the value inside."""
        return SlotProof(int(self.key, 16), int(self.value, 16), _raw_all(self.proof))

    @classmethod
    def from_core(cls, slot: SlotProof) -> SlotProofForm:
        """Return the wire form."""
        return cls(key=_word_hex(slot.slot), value=_word_hex(slot.word), proof=_hex_all(slot.nodes))


class StateProofForm(_Form):
    """A state proof on the wire: header and nodes as `0x` and the hex digits of their RLP."""

    type: Literal["StateProof"]
    version: Literal[1]
    chain: ChainId
    contract: AddressHex
    header: HeaderHex
    accountProof: list[NodeHex] = Field(max_length=MAX_NODES)  # noqa: N815  wire name
    storageProof: list[SlotProofForm] = Field(max_length=MAX_SLOTS)  # noqa: N815  wire name

    def to_core(self) -> StateProof:
        """Return the value inside; InputError if the address has a wrong checksum."""
        return StateProof(
            chain_id=int(self.chain.removeprefix("eip155:")),
            contract=Address(self.contract),
            header=_raw(self.header),
            account_nodes=_raw_all(self.accountProof),
            slots=tuple(slot.to_core() for slot in self.storageProof),
        )

    @classmethod
    def from_core(cls, proof: StateProof) -> StateProofForm:
        """Return the wire form."""
        return cls(
            type="StateProof",
            version=1,
            chain=f"eip155:{proof.chain_id}",
            contract=proof.contract.checksummed(),
            header="0x" + proof.header.hex(),
            accountProof=_hex_all(proof.account_nodes),
            storageProof=[SlotProofForm.from_core(slot) for slot in proof.slots],
        )


def parse_state_proof(value: Any) -> StateProof:  # noqa: ANN401  any JSON value
    """Read a state proof from its JSON value; StateProofFormatError names the first member that is wrong."""
    try:
        return StateProofForm.model_validate(value).to_core()
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise StateProofFormatError(f"not a state proof: {place}: {first['msg']}") from error
    except InputError as error:
        raise StateProofFormatError(f"not a state proof: {error}") from error


def state_proof_json(proof: StateProof) -> dict[str, Any]:
    """Return the JSON value of a state proof."""
    return StateProofForm.from_core(proof).model_dump(mode="json")


def _raw(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def _raw_all(texts: list[str]) -> tuple[bytes, ...]:
    return tuple(_raw(text) for text in texts)


def _hex_all(nodes: tuple[bytes, ...]) -> list[str]:
    return ["0x" + node.hex() for node in nodes]


def _word_hex(word: int) -> str:
    return "0x" + word.to_bytes(WORD_BYTES, "big").hex()
