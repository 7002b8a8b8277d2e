"""A proven state begins with an account as Ethereum encodes it."""

import pytest
import rlp
from eth_hash.auto import keccak

from registry.core.account import Address
from registry.core.block_header import HEADER_FIELDS, Kind, encode_header
from registry.core.proven_state import prove
from registry.core.state_proof import StateProof
from registry.core.state_proof_errors import StateProofError

CONTRACT = Address("0x" + "11" * 20)
BYTES = {Kind.HASH: 32, Kind.ADDRESS: 20, Kind.BLOOM: 256, Kind.NONCE: 8}
BLANK = {name: "0x" + "00" * BYTES[kind] if kind in BYTES else "0x1" for name, kind in HEADER_FIELDS} | {
    "extraData": "0x"
}


def proof_of(account: object) -> StateProof:
    """Return a proof whose state holds one account, at the contract's address."""
    path = b"\x20" + keccak(CONTRACT.to_bytes())
    node = rlp.encode([path, rlp.encode(account)])
    return StateProof(1, CONTRACT, header_over(keccak(node)), (node,), ())


def header_over(state_root: bytes) -> bytes:
    return encode_header(BLANK | {"stateRoot": "0x" + state_root.hex()})


@pytest.mark.parametrize(
    "account", [[], [b"", b"", b"\x07" * 32], [b"", b"", b"short", b""], b"bytes", [b"", b"", [], b""]]
)
def test_an_account_of_another_shape_is_refused(account: object) -> None:
    with pytest.raises(StateProofError, match="not encoded as an account is"):
        prove(proof_of(account))


def test_a_state_without_the_contract_says_so() -> None:
    node = rlp.encode([b"\x20" + keccak(b"another account"), rlp.encode([b"", b"", b"\x07" * 32, b""])])
    with pytest.raises(StateProofError, match="there is no contract at"):
        prove(StateProof(1, CONTRACT, header_over(keccak(node)), (node,), ()))
