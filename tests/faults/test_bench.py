"""The bench itself: what breaks does break, and the verdict sees what is wrong."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from eth_account import Account
from sqlalchemy import text

from anchoring import contract_calls
from registry.core.submission import SubmissionState

if TYPE_CHECKING:
    from tests.faults.stage import Stage

pytestmark = pytest.mark.chain

Fault = sys.modules["tests_faults_job_process"].Fault  # loaded by conftest.py
SEND = "eth_sendRawTransaction"
TIP, CAP = 10**9, 10**10


def execute(stage: Stage, statement: str) -> None:
    store = stage.open_store()
    with store.engine.begin() as connection:
        connection.execute(text(statement))
    store.engine.dispose()


def send(stage: Stage, *, tip: int = TIP, cap: int = CAP) -> str:
    """Send a transaction of the anchoring account through the proxy, behind the job's back; return the answer."""
    fields = {
        "type": 2,
        "chainId": stage.chain.chain_id,
        "to": stage.chain.contract.checksummed(),
        "value": 0,
        "data": b"",
        "nonce": 0,
        "gas": 200_000,
        "maxFeePerGas": cap,
        "maxPriorityFeePerGas": tip,
    }
    raw = bytes(Account.sign_transaction(fields, stage.key()).raw_transaction)
    answer = stage.proxy.answer({"method": SEND, "params": ["0x" + raw.hex()]})
    return str(answer.get("result") or answer["error"]["message"])


def test_an_undisturbed_run_passes_its_points_and_anchors_once(stage: Stage) -> None:
    ended = stage.anchor()

    assert ended.code == 0, ended
    assert {"commit:sealing", "commit:plan", "commit:signed", "commit:sent", "commit:finalized"} <= set(ended.trail)
    verdict = stage.judge(final=True)
    assert verdict.problems == []
    assert (verdict.anchors, verdict.paid, verdict.double_anchors, verdict.lost_leaves) == (1, 1, 0, 0)


def test_a_fresh_interpreter_does_what_a_forked_process_does(stage: Stage) -> None:
    ended = stage.anchor(fresh=True)

    assert ended.code == 0, ended
    assert stage.judge(final=True).problems == []


@pytest.mark.parametrize(
    ("kind", "words"), [("eio", "disk I/O error"), ("enospc", "database or disk is full"), ("fsync", "disk I/O error")]
)
def test_a_broken_disk_fails_the_command_in_words(stage: Stage, kind: str, words: str) -> None:
    if not sys.modules["tests_faults_broken_disk"].available():
        pytest.skip("needs Linux on x86_64 or aarch64")

    ended = stage.anchor(fault=Fault(kind, "commit:plan"))

    assert ended.code == 3
    assert words in ended.err
    assert "Traceback" not in ended.err


def test_the_verdict_sees_a_lost_leaf_and_a_forgotten_transaction(stage: Stage) -> None:
    stage.anchor()
    execute(stage, "DELETE FROM credential WHERE id = (SELECT min(id) FROM credential)")
    execute(stage, "DELETE FROM attempt")

    verdict = stage.judge(final=True)

    assert verdict.lost_leaves == 1
    assert any("does not know the mined transaction" in problem for problem in verdict.problems)
    assert any("are in no row" in problem for problem in verdict.problems)


def test_the_verdict_sees_a_second_payment(stage: Stage) -> None:
    stage.anchor()

    stage.chain.transact(stage.sender, contract_calls.register_issuer("did:web:foreign.example"))

    verdict = stage.judge(final=True)
    assert verdict.paid == 2
    assert any("2 transactions" in problem for problem in verdict.problems)
    assert any("does not know" in problem for problem in verdict.problems)


def test_the_verdict_sees_a_batch_that_is_not_final(stage: Stage) -> None:
    stage.anchor(fault=Fault("kill", "commit:signed", moment="after"))

    verdict = stage.judge(final=True)

    assert any("Batch 1 is sealed" in problem for problem in verdict.problems)
    assert any(SubmissionState.SIGNED in problem for problem in verdict.problems)
    assert stage.judge().problems == []  # nothing is wrong so far


@pytest.mark.parametrize(
    ("tip_percent", "cap_percent", "taken"), [(105, 105, False), (109, 120, False), (120, 109, False), (110, 110, True)]
)
def test_the_proxy_asks_for_ten_percent_on_both_fees(
    stage: Stage, tip_percent: int, cap_percent: int, *, taken: bool
) -> None:
    stage.chain.call("evm_setAutomine", False)  # noqa: FBT003
    send(stage)

    answer = send(stage, tip=TIP * tip_percent // 100, cap=CAP * cap_percent // 100)

    assert answer.startswith("0x") if taken else answer == "replacement transaction underpriced"
