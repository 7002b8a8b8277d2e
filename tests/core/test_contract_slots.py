"""The slots that proofs are made of are those that the compiler gave the contract."""

from __future__ import annotations

from registry.chain.artifact import artifact
from registry.core import contract_slots

LAYOUT = artifact()["storageLayout"]


def test_the_mappings_lie_where_the_compiler_put_them() -> None:
    named = {
        "_issuers": contract_slots.ISSUERS,
        "_delegateRoles": contract_slots.DELEGATE_ROLES,
        "_signingKeys": contract_slots.SIGNING_KEYS,
        "_anchors": contract_slots.ANCHORS,
        "_statuses": contract_slots.STATUSES,
        "_accreditations": contract_slots.ACCREDITATIONS,
    }
    assert {one["label"]: int(one["slot"]) for one in LAYOUT["storage"]} == named


def test_the_members_of_the_records_lie_where_they_are_read() -> None:
    def places(struct: str) -> dict[str, tuple[int, int]]:
        members = LAYOUT["types"][f"t_struct({struct})_storage"]["members"]
        return {one["label"]: (int(one["slot"]), one["offset"]) for one in members}

    did_hash = contract_slots.DID_HASH_OFFSET
    issuer = {"admin": (0, 0), "registeredAt": (0, 20), "didHash": (did_hash, 0), "pendingAdmin": (2, 0)}
    assert places("Issuer") == issuer
    assert places("SigningKey") == {"addedAt": (0, 0), "retiredSince": (0, 8)}
    assert places("Accreditation") == {"since": (0, 0), "until": (0, 8), "name": (1, 0)}
    entry = LAYOUT["types"]["t_struct(Accreditation)_storage"]
    assert int(entry["numberOfBytes"]) == 32 * contract_slots.SLOTS_AN_ENTRY
