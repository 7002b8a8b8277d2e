"""What the chain is believed to say: a receipt counts only for its own transaction, in a block that stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from anchoring import contract_calls
from anchoring.drive import drive
from anchoring.job import run
from anchoring.steps import Wait, Waiting
from anchoring.view import View
from registry.core.account import Address
from registry.core.errors import ChainUnavailableError, StateError, TransactionRevertedError
from registry.core.submission import SubmissionState

if TYPE_CHECKING:
    from anchoring.steps import Sight
    from tests.bench import Bench

pytestmark = pytest.mark.chain

ON, OFF = (True,), (False,)


def seen(bench: Bench) -> Sight:
    """Return what the chain says about the one submission, which was mined on it."""
    (submission,) = bench.rows.submissions()
    return bench.desk().chain.observe(submission, bench.rows.attempts(submission.id))


def anchored(bench: Bench) -> dict[str, Any]:
    """Anchor a batch and return its receipt as the node tells it."""
    bench.sealed_batch()
    run(bench.desk(), bench.sender.address, bench.seal)
    (submission,) = bench.rows.submissions()
    found: dict[str, Any] = bench.local.call("eth_getTransactionReceipt", submission.mined.tx_hash.to_hex())
    return found


def test_a_receipt_of_a_block_that_stands_is_believed(bench: Bench) -> None:
    receipt = anchored(bench)

    assert seen(bench).mined.block_hash.to_hex() == receipt["blockHash"]


def test_a_receipt_that_names_a_block_which_is_not_there_is_not_believed(bench: Bench) -> None:
    bench.rpc.answers["eth_getTransactionReceipt"] = anchored(bench) | {"blockHash": "0x" + "ab" * 32}

    assert seen(bench).mined is None


def test_a_receipt_of_another_transaction_is_not_believed(bench: Bench) -> None:
    bench.rpc.answers["eth_getTransactionReceipt"] = anchored(bench) | {"transactionHash": "0x" + "ab" * 32}

    assert seen(bench).mined is None


def test_no_receipt_is_no_answer(bench: Bench) -> None:
    anchored(bench)
    bench.rpc.answers["eth_getTransactionReceipt"] = None

    assert seen(bench).mined is None


def test_a_number_that_is_none_is_an_unavailable_chain(bench: Bench) -> None:
    anchored(bench)
    bench.rpc.answers["eth_maxPriorityFeePerGas"] = None

    with pytest.raises(ChainUnavailableError, match="where a number belongs"):
        seen(bench)


def test_a_node_that_knows_no_finalized_block_is_an_unavailable_chain(bench: Bench) -> None:
    anchored(bench)
    bench.rpc.answers["eth_getBlockByNumber"] = None

    with pytest.raises(ChainUnavailableError, match="no latest block"):
        seen(bench)


def test_two_empty_blocks_make_an_anchor_final_and_no_more_are_mined(bench: Bench) -> None:
    receipt = anchored(bench)

    assert int(bench.local.call("eth_blockNumber"), 16) == int(receipt["blockNumber"], 16) + 2


def test_bytes_the_node_knows_already_are_no_failure(bench: Bench) -> None:
    bench.sealed_batch()
    bench.local.call("evm_setAutomine", *OFF)
    try:
        with pytest.raises(bench.killed):
            run(bench.desk(rows=bench.dying("sent", "before")), bench.sender.address, bench.seal)
        bench.clock.pause(31)
        (begun,) = bench.rows.submissions()
        progress = drive(bench.desk(owner="next"), begun.id, wait_seconds=0)
    finally:
        bench.local.call("evm_setAutomine", *ON)
        bench.local.call("anvil_mine", "0x1", "0x0")

    assert isinstance(progress.step, Wait)
    assert progress.step.what is Waiting.BLOCK
    assert progress.submission.state is SubmissionState.BROADCAST
    answer = bench.rows.attempts(begun.id)[0].answer
    assert "already" in answer
    assert "No answer" not in answer


def test_an_account_without_money_still_learns_the_cost(bench: Bench) -> None:
    bench.local.call("anvil_setBalance", bench.sender.address, "0x0")

    quote = bench.desk().chain.quote(bench.sender.address, contract_calls.register_issuer("did:web:x.example"))

    assert quote.balance_wei == 0
    assert quote.gas > 50_000


def test_a_network_without_the_contract_is_told_before_anything_else(bench: Bench) -> None:
    with pytest.raises(ChainUnavailableError, match="no contract at"):
        bench.chain_of(contract=Address("0x" + "7" * 40)).require_contract()


def test_a_read_of_a_block_before_the_contract_answers_with_nothing(bench: Bench) -> None:
    read = View(bench.rpc, bench.network.contract).read("issuerOf", (bench.sender.address,), 0)

    assert read == (0, 0, 0, 0)


def test_ether_is_made_on_a_local_chain_only(bench: Bench) -> None:
    account = Address("0x" + "9" * 40)

    bench.desk().chain.fund(account, 5)

    assert int(bench.local.call("eth_getBalance", account, "latest"), 16) == 5
    with pytest.raises(StateError, match="cannot be made"):
        bench.chain_of(kind="test").fund(account)


def test_a_refused_call_is_told_in_the_contracts_own_words(bench: Bench) -> None:
    issuer = bench.new_issuer(delegate=False)
    data = contract_calls.set_delegate(issuer.account, bench.sender.address, 1)

    with pytest.raises(TransactionRevertedError, match=r"NotAdmin\(issuer 0x.*account 0x"):
        bench.desk().chain.quote(bench.sender.address, data)
