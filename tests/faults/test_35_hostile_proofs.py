"""Fault 35: proofs made to cheat or to tire out: refused in bounded time by core, command line and web API."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.core.batch import proof_from_tiles, seal, tiles_of
from registry.core.digest import Digest, leaf_hash
from registry.core.errors import InputError, ProofLengthError, ReceiptFormatError, RegistryError
from registry.core.proof import InclusionProof, require_inclusion, root_from_proof
from registry.core.receipt import parse_receipt
from registry.settings import build_verifier
from verifier_web.app import Limits, create_app

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.faults.stage import Stage

accredited = sys.modules["tests_faults_accredited"]  # loaded by conftest.py
HASH = "0x" + "ab" * 32
MILLION = 10**6
CPU_SECONDS = 5.0
"""Far more than any of it takes; a proof that is walked to its end, or squared, takes more."""
LEAVES = [leaf_hash(bytes([number])) for number in range(7)]
BATCH = seal(LEAVES)
TILES = {(tile.level, tile.index): tile.data for tile in tiles_of(BATCH.leaves)}


def true_proof(index: int) -> InclusionProof:
    return proof_from_tiles(index, BATCH.tree_size, lambda level, at: TILES[level, at])


# --- Core


@pytest.mark.parametrize(("index", "size"), [(0, 1), (0, 2**64 - 1), (2**63, 2**64 - 1), (2**64 - 2, 2**64 - 1)])
def test_35_a_path_of_a_million_hashes_is_refused_before_it_is_walked(index: int, size: int) -> None:
    proof = InclusionProof(index, size, (Digest(b"\xab" * 32),) * MILLION)
    started = time.process_time()

    with pytest.raises(ProofLengthError):
        root_from_proof(LEAVES[0], proof)

    assert time.process_time() - started < 0.1


@pytest.mark.parametrize(("index", "size"), [(0, 2**64), (0, 0), (5, 5), (6, 5), (-1, 5), (2**64 - 1, 2**64 - 1)])
def test_35_a_place_outside_the_tree_is_no_proof(index: int, size: int) -> None:
    with pytest.raises(ReceiptFormatError):
        InclusionProof(index, size, ())


@given(index=st.integers(0, 70), size=st.integers(1, 71), leaf=st.sampled_from(range(len(LEAVES))))
def test_35_a_path_proves_its_own_index_and_no_other(index: int, size: int, leaf: int) -> None:
    proof = true_proof(leaf)
    if index >= size:
        return
    claimed = InclusionProof(index, size, proof.path)

    try:
        require_inclusion(BATCH.leaves[leaf], claimed, BATCH.root)
    except RegistryError:
        accepted = False
    else:
        accepted = True

    # Another size may share this leaf's shape: a root alone does not commit to it, so the contract keeps the size.
    if size == BATCH.tree_size:
        assert accepted == (index == leaf)


@pytest.mark.parametrize("wire", ["0x", "0x" + "00" * 31, "0X" + "ab" * 32, "0x" + "AB" * 32, "ab" * 32, None, 5])
def test_35_a_receipt_with_what_is_no_digest_is_refused(wire: object) -> None:
    with pytest.raises(InputError):
        parse_receipt(receipt(path=[wire]))


def test_35_a_receipt_with_a_million_hashes_is_refused_in_bounded_time() -> None:
    value = receipt(path=[HASH] * MILLION)
    started = time.process_time()

    with pytest.raises(ReceiptFormatError):
        parse_receipt(value)

    assert time.process_time() - started < CPU_SECONDS


def receipt(**members: Any) -> dict[str, Any]:
    usual = {"type": "AnchorReceipt", "version": 1, "state": "final", "credentialId": "urn:uuid:1", "anchors": []}
    return {**usual, "leafHash": HASH, "leafIndex": 0, "treeSize": 2, "path": [HASH], "root": HASH, **members}


# --- Command line and API


def in_receipt(**members: Any) -> Callable[[dict[str, Any]], str]:
    def change(bundle: dict[str, Any]) -> str:
        return json.dumps({**bundle, "receipts": [{**bundle["receipts"][0], **members}]})

    return change


def in_proof(**members: Any) -> Callable[[dict[str, Any]], str]:
    def change(bundle: dict[str, Any]) -> str:
        document = bundle["credential"]
        (proof,) = document["proof"]
        return json.dumps({**bundle, "credential": {**document, "proof": [{**proof, **members}]}})

    return change


def swapped(bundle: dict[str, Any]) -> str:
    one = bundle["receipts"][0]
    return in_receipt(leafIndex=one["treeSize"], treeSize=one["leafIndex"])(bundle)


def twice(name: str, other: str) -> Callable[[dict[str, Any]], str]:
    return lambda bundle: json.dumps(bundle).replace(f'"{name}":', f'"{name}": {other}, "{name}":', 1)


HOSTILE: dict[str, Callable[[dict[str, Any]], str]] = {
    "a path of 100,000": in_receipt(path=[HASH] * 100_000),
    "a path of 50,000": in_receipt(path=[HASH] * 50_000),
    "a path of 65": in_receipt(path=[HASH] * 65),
    "a path of 64": in_receipt(path=[HASH] * 64, treeSize=2**64 - 1),
    "a size of 2^64": in_receipt(treeSize=2**64),
    "a size of 2^64 - 1": in_receipt(treeSize=2**64 - 1),
    "a size of 10^400": in_receipt(treeSize=10**400),
    "a size as text": in_receipt(treeSize="3"),
    "a size as fraction": in_receipt(treeSize=3.0),
    "an index at the size": in_receipt(leafIndex=3, treeSize=3),
    "an index beyond": in_receipt(leafIndex=99),
    "an index below zero": in_receipt(leafIndex=-1),
    "another index": lambda bundle: in_receipt(leafIndex=(bundle["receipts"][0]["leafIndex"] + 1) % 3)(bundle),
    "another size": in_receipt(treeSize=4),
    "index and size swapped": swapped,
    "no path": in_receipt(path=[]),
    "index twice": twice("leafIndex", "0"),
    "size twice": twice("treeSize", "3"),
    "credential twice": twice("credential", "{}"),
    "proof twice": twice("proof", "[]"),
    "another suite": in_proof(cryptosuite="eddsa-jcs-2022"),
    "a suite of another key": in_proof(cryptosuite="ecdsa-rdfc-2019"),
    "no suite": in_proof(cryptosuite=""),
    "a million receipts": lambda bundle: json.dumps({**bundle, "receipts": [{}] * MILLION}),
}


async def posted(verifier: Any, texts: list[str]) -> list[httpx.Response]:
    app = create_app(verifier, limits=Limits(per_minute=0))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://verifier.example") as client:
        kind = {"Content-Type": "application/json"}
        return [await client.post("/v1/verifications", content=text, headers=kind) for text in texts]


@pytest.mark.chain
def test_35_no_hostile_proof_is_verified_by_the_command_line_or_the_api(stage: Stage, tmp_path: Path) -> None:
    accredited.set_endpoints(stage, [stage.chain.rpc], accredited.accredit(stage))
    assert stage.anchor().code == 0
    sound = accredited.exported(stage).read_text("utf-8")
    cases = {"sound": sound} | {name: make(json.loads(sound)) for name, make in HOSTILE.items()}
    files = [tmp_path / f"{number}.json" for number in range(len(cases))]
    for file, text in zip(files, cases.values(), strict=True):
        file.write_text(text, "utf-8")

    ended = accredited.verified(stage, *files)
    said = dict(zip(cases, map(json.loads, ended.out.splitlines()), strict=True))

    assert said.pop("sound")["verdict"] == "verified"
    assert {name for name, one in said.items() if one["verdict"] == "verified"} == set()
    assert "Traceback" not in ended.err
    verifier = build_verifier(stage.folder)
    started = time.process_time()
    answers = dict(zip(cases, asyncio.run(posted(verifier, list(cases.values()))), strict=True))
    spent = time.process_time() - started
    verifier.close()
    assert answers.pop("sound").json()["verdict"] == "verified"
    assert {one.status_code for one in answers.values()} <= {200, 413, 422}
    assert {name for name, one in answers.items() if one.json().get("verdict") == "verified"} == set()
    assert spent < CPU_SECONDS * 4
