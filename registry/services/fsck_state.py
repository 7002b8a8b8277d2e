"""Saved state proofs walked again: each must prove its batch's anchor at its block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from registry.checks.contract_records import read_anchor
from registry.core.account import Address
from registry.core.canonical import parse_json
from registry.core.digest import Digest, Root
from registry.core.errors import RegistryError
from registry.core.proven_state import prove
from registry.core.state_proof import parse_state_proof
from registry.services.fsck_findings import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from registry.core.proven_state import ProvenState
    from registry.ports import RawStore


def state_proof_differences(raw: RawStore) -> Iterator[Difference]:
    """Yield what of each saved state proof does not hold."""
    for row in raw.rows("state_proof"):
        try:
            state = prove(parse_state_proof(parse_json(row["document"].encode("utf-8"))))
        except RegistryError as error:
            yield Difference("state_proof", row["id"], "document", f"does not hold: {error}")
            continue
        anchor = next(raw.rows("anchor", id=row["anchor_id"]), None)
        if state.header.number != row["block_number"]:
            yield Difference("state_proof", row["id"], "block_number", "is not that of the block in it")
        if state.header.block_hash != row["block_hash"]:
            yield Difference("state_proof", row["id"], "block_hash", "is not that of the block in it")
        if anchor is not None and not _proves(state, anchor):
            yield Difference("state_proof", row["id"], "anchor_id", "names an anchor that it does not prove")


def _proves(state: ProvenState, anchor: Mapping[str, Any]) -> bool:
    if (state.chain_id, state.contract) != (anchor["chain_id"], anchor["contract"]):
        return False
    try:
        root = Root(Digest(anchor["root"]))
        record = read_anchor(state.word, Address(anchor["issuer"]), root, anchor["tree_size"])
    except RegistryError:  # another slot than those that are proven
        return False
    return record is not None and record.block_number == anchor["block_number"]
