"""A final batch gets its state proof saved, and waits for nobody who cannot give one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from anchoring.job import run
from registry.chain.rpc import RpcEndpoint
from registry.checks.contract_records import read_anchor, read_issuer, read_key
from registry.core.errors import ChainUnavailableError
from registry.core.proven_state import prove
from registry.core.state_proof import parse_state_proof
from registry.credentials.keys import PublicKey
from registry.records import BatchState, SigningKeyRow
from registry.store.proof_rows import ProofRows

if TYPE_CHECKING:
    from anchoring.job import RunReport
    from registry.records import SavedProof
    from tests.bench import Bench

pytestmark = pytest.mark.chain

KEYS = [PublicKey(b"\x05" * 32), PublicKey(b"\x06" * 32)]


def run_job(bench: Bench) -> RunReport:
    return run(bench.desk(), bench.sender.address, bench.seal, 10)


def saved(bench: Bench, batch_id: int) -> list[SavedProof]:
    return bench.store.proofs.saved(batch_id)


@pytest.fixture
def no_proofs(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Let every endpoint be one that does not know eth_getProof."""
    batch = RpcEndpoint.batch

    def refuse(endpoint: RpcEndpoint, calls: Any) -> Any:
        if any(call.method == "eth_getProof" for call in calls):
            raise ChainUnavailableError("the endpoint does not know eth_getProof")
        return batch(endpoint, calls)

    monkeypatch.setattr(RpcEndpoint, "batch", refuse)
    return monkeypatch


def test_a_final_batch_has_a_saved_proof_of_its_anchor_its_issuer_and_every_key(bench: Bench) -> None:
    issuer = bench.sealed_batch()
    for at, key in enumerate(KEYS):
        bench.store.add_signing_key(SigningKeyRow(issuer.id, key.multibase, f"{at}.pem", bench.clock.now()))

    report = run_job(bench)

    (batch,) = bench.store.batches()
    (proof,) = saved(bench, batch.id)
    state = prove(parse_state_proof(json.loads(proof.document)), proof.block_hash)
    (hint,) = bench.rows.anchors(batch.id)
    anchor = read_anchor(state.word, issuer.account, batch.root, batch.tree_size)
    assert (anchor.block_number, anchor.anchored_at) == (hint.block_number, hint.anchored_at)
    assert read_issuer(state.word, issuer.account) is not None
    assert [read_key(state.word, issuer.account, key.key_hash) for key in KEYS] == [None, None]
    assert (proof.chain_id, proof.contract, proof.block_number) == (31337, bench.local.contract, state.header.number)
    assert report.unproven == ()


def test_each_of_several_batches_gets_its_own_proof_once(bench: Bench) -> None:
    bench.sealed_batch(2)
    bench.sealed_batch(3)
    run_job(bench)

    run_job(bench)

    assert [len(saved(bench, batch.id)) for batch in bench.store.batches()] == [1, 1]


def test_an_endpoint_without_proofs_holds_no_finality_up_and_the_next_run_tries_again(
    bench: Bench, no_proofs: pytest.MonkeyPatch
) -> None:
    bench.sealed_batch()

    report = run_job(bench)

    (batch,) = bench.store.batches()
    assert batch.state is BatchState.FINAL
    assert (report.needs_person, report.waits) == (False, False)
    (sentence,) = report.unproven
    assert "1 final batch(es) (1)" in sentence
    assert "eth_getProof" in sentence
    assert saved(bench, batch.id) == []
    no_proofs.undo()
    assert run_job(bench).unproven == ()
    assert len(saved(bench, batch.id)) == 1


def test_a_batch_that_is_not_final_yet_gets_no_proof(bench: Bench) -> None:
    issuer, desk = bench.sealed_batch(), bench.desk(chain=bench.chain_of(kind="test"))
    run(desk, bench.sender.address, bench.seal, 0)
    bench.until(lambda: bench.anchored_events(issuer))

    run(desk, bench.sender.address, bench.seal, 0)

    (batch,) = bench.store.batches()
    assert batch.state is BatchState.ANCHORED
    assert saved(bench, batch.id) == []


def test_a_proof_that_another_worker_saved_meanwhile_is_kept(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.sealed_batch()
    save = ProofRows.save

    def twice(rows: ProofRows, *arguments: Any) -> None:
        save(rows, *arguments)
        save(rows, *arguments)

    monkeypatch.setattr(ProofRows, "save", twice)

    report = run_job(bench)

    assert report.unproven == ()
    assert len(saved(bench, 1)) == 1


def test_a_crash_before_the_proof_is_saved_leaves_it_to_the_next_run(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.sealed_batch()

    def die(*_: object) -> None:
        raise bench.killed

    with monkeypatch.context() as patched:
        patched.setattr(ProofRows, "save", die)
        with pytest.raises(bench.killed):
            run_job(bench)

    run_job(bench)

    assert len(saved(bench, 1)) == 1
