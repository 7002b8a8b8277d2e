"""Faults 19 to 23: reorganisations, and nonces that are not what the job was told."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from registry.store.final_heads import FinalHeads

if TYPE_CHECKING:
    from registry.core.submission import Attempt, FinalBlock, Submission
    from tests.faults.stage import Stage

pytestmark = pytest.mark.chain

Fault = sys.modules["tests_faults_job_process"].Fault  # loaded by conftest.py
KILLED, NEEDS_PERSON, WAITS = -9, 2, 3
SEND, COUNT = "eth_sendRawTransaction", "eth_getTransactionCount"
DEEPEST = 7
PATIENCE_SECONDS = 400
"""Later than a job waits before it thinks of another nonce or a higher fee."""


def with_slow_finality(stage: Stage) -> None:
    """Let the endpoint tell a finalized block that is deeper than the deepest reorganisation here."""
    stage.tick(2 * DEEPEST)

    def finalized(params: Any, block: Any) -> Any:
        if params[0] != "finalized":
            return block
        head = int(stage.chain.call("eth_blockNumber"), 16)
        return stage.chain.call("eth_getBlockByNumber", hex(head - DEEPEST - 1), False)  # noqa: FBT003

    stage.proxy.forge("eth_getBlockByNumber", finalized, times=None)


def mined_and_dead(stage: Stage, depth: int) -> str:
    """Let a job anchor and die once it saw it mined; make it `depth` blocks deep, and return the transaction's hash."""
    with_slow_finality(stage)
    assert stage.anchor(fault=Fault("kill", "commit:mined", moment="after")).code == KILLED
    (submission,) = stage.submissions()
    assert submission.mined is not None
    stage.tick(depth - 1) if depth > 1 else None
    return submission.mined.tx_hash.to_hex()


def run_until_done(stage: Stage, rounds: int) -> None:
    """Run the job again and again on a network whose blocks somebody else makes, each time a while later."""
    stage.set_network(kind="test")
    for number in range(1, rounds + 1):
        ended = stage.anchor(later_seconds=PATIENCE_SECONDS * number)
        if ended.code in {0, 4}:
            return
        stage.tick(3)
    pytest.fail(f"not done after {rounds} rounds: {ended}")


@pytest.mark.parametrize("depth", [1, 2, DEEPEST])
def test_19_an_anchor_that_a_reorganisation_removed_is_sent_again_as_it_was(stage: Stage, depth: int) -> None:
    before = mined_and_dead(stage, depth)
    stage.chain.call("anvil_reorg", depth, [])
    assert stage.chain.call("eth_getTransactionReceipt", before) is None

    stage.recover()

    assert len(set(stage.proxy.raws)) == 1
    assert len(stage.attempts()) == 1
    assert stage.judge(final=True).problems == []


@pytest.mark.parametrize("depth", [2, DEEPEST])
def test_19_an_anchor_that_was_mined_again_in_another_block_is_noted_there(stage: Stage, depth: int) -> None:
    before = mined_and_dead(stage, depth)
    block = stage.chain.call("eth_getTransactionReceipt", before)["blockHash"]
    stage.chain.call("anvil_reorg", depth, [["0x" + stage.proxy.raws[0].hex(), depth - 1]])
    assert stage.chain.call("eth_getTransactionReceipt", before)["blockHash"] != block

    stage.recover()

    assert len(stage.proxy.raws) == 1
    assert stage.judge(final=True).problems == []


def test_20_an_anchor_that_somebody_elses_replaced_in_a_reorganisation_is_adopted_for_nothing(stage: Stage) -> None:
    mined_and_dead(stage, 2)
    (submission,) = stage.submissions()
    stage.chain.call("anvil_reorg", 2, [])
    stage.chain.fund(stage.issuer)
    stage.chain.transact(stage.issuer, submission.what.call_data)  # the issuer's admin may anchor, too

    stage.recover()

    verdict = stage.judge(final=True, paid=0)
    assert verdict.problems == []
    assert (verdict.anchors, len(stage.proxy.raws)) == (1, 1)


def kept(stage: Stage) -> tuple[list[Submission], list[Attempt]]:
    """Return what the store knows of anchoring, but for the count of a submission's changes."""
    return [replace(one, version=0) for one in stage.submissions()], stage.attempts()


def final_head(stage: Stage) -> FinalBlock:
    """Return the newest block that the job saw final."""
    store = stage.open_store()
    final = FinalHeads(store.engine).newest(stage.chain.chain_id)
    store.engine.dispose()
    assert final is not None
    return final


def assert_frozen(stage: Stage, before: tuple[list[Submission], list[Attempt]]) -> None:
    """Run the job: it must stop for a person, with nothing signed, sent or changed."""
    sent = len(stage.proxy.raws)
    ended = stage.anchor(later_seconds=PATIENCE_SECONDS)
    assert ended.code == NEEDS_PERSON, ended
    assert "was final with the hash" in ended.err
    assert kept(stage) == before
    assert len(stage.proxy.raws) == sent


def test_21_a_chain_that_rewrote_what_was_final_freezes_the_job_and_deletes_nothing(stage: Stage) -> None:
    stage.tick(2 * DEEPEST)
    assert stage.anchor(fault=Fault("kill", "commit:mined", moment="after")).code == KILLED
    before = kept(stage)
    stage.chain.call("anvil_reorg", DEEPEST, [])

    assert_frozen(stage, before)
    assert_frozen(stage, before)


def test_21_a_finalized_block_that_moves_back_is_waited_for_and_undoes_nothing(stage: Stage) -> None:
    stage.tick(2 * DEEPEST)
    assert stage.anchor(fault=Fault("kill", "commit:mined", moment="after")).code == KILLED
    before, sent = kept(stage), len(stage.proxy.raws)
    stage.chain.call("anvil_rollback", DEEPEST)
    stage.set_network(kind="test")

    ended = stage.anchor(later_seconds=PATIENCE_SECONDS)

    assert ended.code == WAITS, ended
    assert "was final before" in ended.out
    assert kept(stage) == before
    assert len(stage.proxy.raws) == sent
    stage.chain.call("evm_increaseTime", 3600)  # or it may grow into the very same blocks
    stage.tick(2 * DEEPEST)
    final = final_head(stage)
    assert stage.chain.call("eth_getBlockByNumber", hex(final.number), False)["hash"] != final.block_hash.to_hex()  # noqa: FBT003
    assert_frozen(stage, before)


def test_22_a_nonce_that_was_told_too_low_is_given_up_once_that_is_final(stage: Stage) -> None:
    stage.spend_nonces(3)
    stage.proxy.forge(COUNT, lambda _params, _count: "0x1", times=2)

    ended = stage.anchor()

    assert ended.code == 0, ended
    assert [attempt.nonce for attempt in stage.attempts()] == [1, 3]
    assert stage.judge(final=True, paid=4).problems == []


@pytest.mark.parametrize(("burned", "above"), [(0, 1), (3, 4)])
def test_23_a_gap_of_nonces_heals_by_itself(stage: Stage, burned: int, above: int) -> None:
    """As does fault 22, a nonce that is too high: an empty transaction spends each nonce that nobody uses."""
    stage.spend_nonces(burned)
    stage.proxy.forge(COUNT, lambda _params, _count: hex(burned + above), times=2)
    assert stage.anchor(fault=Fault("kill", "commit:sent", moment="after")).code == KILLED
    assert [attempt.nonce for attempt in stage.attempts()] == [burned + above]

    run_until_done(stage, rounds=above + 1)

    assert {attempt.nonce for attempt in stage.attempts()} == {burned + above}
    verdict = stage.judge(final=True, paid=burned + above + 1)
    assert verdict.problems == []
    assert verdict.anchors == 1


@pytest.mark.parametrize("moment", ["before", "after"])
def test_22_a_nonce_that_a_foreign_transaction_took_is_replaced_once_that_is_final(stage: Stage, moment: str) -> None:
    stage.automine(on=False)
    stage.proxy.kill(lambda: stage.job, SEND, moment)
    assert stage.anchor().code == KILLED
    stage.chain.call("anvil_dropAllTransactions")
    stage.automine(on=True)
    stage.spend_nonces()

    stage.recover()

    assert [attempt.nonce for attempt in stage.attempts()] == [0, 1]
    assert stage.judge(final=True, paid=2).problems == []
