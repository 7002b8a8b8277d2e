"""A state proof is parsed strictly: what is not one is refused with the member that is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from registry.core.state_proof import MAX_SLOTS, parse_state_proof, state_proof_json
from registry.core.state_proof_errors import StateProofFormatError
from registry.core.trie import MAX_NODE_BYTES, MAX_NODES

WORD = "0x" + "07" * 32
SLOT = {"key": WORD, "value": WORD, "proof": ["0xc0"]}
GOOD: dict[str, Any] = {
    "type": "StateProof",
    "version": 1,
    "chain": "eip155:11155111",
    "contract": "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "header": "0xc0",
    "accountProof": ["0xc0"],
    "storageProof": [SLOT],
}


def test_what_is_read_is_written_again_as_it_was() -> None:
    assert state_proof_json(parse_state_proof(GOOD)) == GOOD


@pytest.mark.parametrize(
    ("change", "member"),
    [
        ({"type": "AnchorReceipt"}, "type"),
        ({"version": 2}, "version"),
        ({"version": "1"}, "version"),
        ({"chain": "11155111"}, "chain"),
        ({"contract": "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"}, "checksum"),
        ({"header": "0x"}, "header"),
        ({"header": "0xC0"}, "header"),
        ({"header": "0x" + "00" * 4000}, "header"),
        ({"accountProof": ["0xc"]}, "accountProof"),
        ({"accountProof": ["0xc0"] * (MAX_NODES + 1)}, "accountProof"),
        ({"accountProof": ["0x" + "00" * (MAX_NODE_BYTES + 1)]}, "accountProof"),
        ({"storageProof": [SLOT] * (MAX_SLOTS + 1)}, "storageProof"),
        ({"storageProof": [{**SLOT, "value": "0x7"}]}, "storageProof"),
        ({"storageProof": [{**SLOT, "more": 1}]}, "storageProof"),
        ({"more": 1}, "more"),
    ],
)
def test_what_is_no_state_proof_names_the_member_that_is_wrong(change: dict[str, Any], member: str) -> None:
    with pytest.raises(StateProofFormatError, match=member):
        parse_state_proof({**GOOD, **change})


@pytest.mark.parametrize("value", [None, [], "text", {}])
def test_another_json_value_is_no_state_proof(value: Any) -> None:
    with pytest.raises(StateProofFormatError, match="not a state proof"):
        parse_state_proof(value)
