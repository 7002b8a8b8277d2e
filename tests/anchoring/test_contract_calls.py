"""Call data against the contract's own interface, by a second implementation: eth-abi on hand-written signatures."""

from __future__ import annotations

import pytest
from eth_abi.abi import decode, encode
from eth_hash.auto import keccak

from anchoring import contract_calls as calls
from registry.chain.artifact import artifact
from registry.core.account import Address
from registry.core.digest import Digest, Root
from registry.core.submission import BatchRef

ISSUER, OTHER = Address("0x" + "1" * 40), Address("0x" + "2" * 40)
DIGEST = Digest(b"\x05" * 32)
ONE = BatchRef(1, ISSUER, Root(DIGEST), 7)
TWO = BatchRef(2, OTHER, Root(DIGEST), 8)

WRITES = [
    (calls.register_issuer("did:web:x"), "registerIssuer(string)", ("did:web:x",)),
    (calls.propose_admin(ISSUER, OTHER), "proposeAdmin(address,address)", (ISSUER, OTHER)),
    (calls.accept_admin(ISSUER), "acceptAdmin(address)", (ISSUER,)),
    (calls.set_delegate(ISSUER, OTHER, 5), "setDelegate(address,address,uint8)", (ISSUER, OTHER, 5)),
    (calls.add_signing_key(ISSUER, b"\xed\x01k"), "addSigningKey(address,bytes)", (ISSUER, b"\xed\x01k")),
    (
        calls.retire_signing_key(ISSUER, DIGEST, 9),
        "retireSigningKey(address,bytes32,uint64)",
        (ISSUER, bytes(DIGEST), 9),
    ),
    (calls.anchor([ONE]), "anchor(address,bytes32,uint64)", (ISSUER, bytes(DIGEST), 7)),
    (
        calls.anchor([ONE, TWO]),
        "anchorMany((address,bytes32,uint64)[])",
        (((ISSUER, bytes(DIGEST), 7), (OTHER, bytes(DIGEST), 8)),),
    ),
    (
        calls.anchor_for(ONE, OTHER, 9, b"\x01\x02"),
        "anchorFor(address,bytes32,uint64,address,uint64,bytes)",
        (ISSUER, bytes(DIGEST), 7, OTHER, 9, b"\x01\x02"),
    ),
    (calls.revoke(ISSUER, [DIGEST], 1), "revoke(address,bytes32[],uint8)", (ISSUER, (bytes(DIGEST),), 1)),
    (calls.suspend(ISSUER, [DIGEST], 1), "suspend(address,bytes32[],uint8)", (ISSUER, (bytes(DIGEST),), 1)),
    (calls.reinstate(ISSUER, [DIGEST]), "reinstate(address,bytes32[])", (ISSUER, (bytes(DIGEST),))),
    (calls.revoke_batch(ISSUER, DIGEST, 7), "revokeBatch(address,bytes32,uint64)", (ISSUER, bytes(DIGEST), 7)),
    (
        calls.accredit(ISSUER, calls.FOR_EVER, "Uni", "https://x"),
        "accredit(address,uint64,string,string)",
        (ISSUER, 2**64 - 1, "Uni", "https://x"),
    ),
    (calls.withdraw_accreditation(ISSUER), "withdrawAccreditation(address)", (ISSUER,)),
]


@pytest.mark.parametrize(("data", "signature", "arguments"), WRITES, ids=[one[1] for one in WRITES])
def test_call_data_is_the_selector_and_the_arguments(
    data: bytes, signature: str, arguments: tuple[object, ...]
) -> None:
    inner = signature[signature.index("(") + 1 : -1]
    types = [inner] if inner.startswith("(") else inner.split(",")

    assert data[:4] == keccak(signature.encode())[:4]
    assert decode(types, data[4:]) == arguments


def test_every_write_of_the_contract_has_call_data() -> None:
    writes = {one["name"] for one in artifact()["abi"] if one.get("stateMutability") == "nonpayable"}

    assert writes - {signature[: signature.index("(")] for _, signature, _ in WRITES} == set()


def test_a_custom_error_is_told_by_name_and_values() -> None:
    data = (
        "0x"
        + (
            keccak(b"MissingRole(address,address,uint8)")[:4] + encode(["address"] * 2 + ["uint8"], [ISSUER, OTHER, 1])
        ).hex()
    )

    assert calls.refusal_words(data) == f"MissingRole(issuer {ISSUER}, account {OTHER}, role 1)"


@pytest.mark.parametrize("data", [None, "", "0x", "0xdeadbeef", "0x08c379a0", 7])
def test_what_is_none_of_the_contracts_errors_is_not_named(data: object) -> None:
    assert calls.refusal_words(data) == ""


def test_a_custom_error_with_broken_values_keeps_its_name() -> None:
    assert calls.refusal_words("0x" + keccak(b"IssuerUnknown(address)")[:4].hex() + "00") == "IssuerUnknown"
