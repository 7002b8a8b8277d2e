"""Calls other than anchoring: quoted, stored, sent, and gone on with when interrupted."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest

from anchoring import contract_calls
from anchoring.calls import quote_call, submit_call
from anchoring.job import run
from anchoring.steps import Policy, Rest, Wait, Waiting
from registry.core.errors import FundsError, StateError, TransactionRevertedError
from registry.core.submission import Purpose, SubmissionState
from registry.store.anchor_rows import ClaimLostError

if TYPE_CHECKING:
    from tests.bench import Bench

pytestmark = pytest.mark.chain


def registration() -> bytes:
    return contract_calls.register_issuer(f"did:web:{secrets.token_hex(6)}.example")


def issuer_of(bench: Bench) -> bytes:
    data = contract_calls.call_data("issuerOf", bench.sender.address)
    answer = bench.local.call("eth_call", {"to": bench.local.contract, "data": "0x" + data.hex()}, "finalized")
    return contract_calls.results("issuerOf", bytes.fromhex(answer[2:]))[0]


def test_a_call_is_sent_and_final_on_a_local_chain(bench: Bench) -> None:
    progress = submit_call(bench.desk(), bench.sender.address, "register the issuer", registration())

    assert progress.step == Rest()
    assert progress.submission.state is SubmissionState.FINALIZED
    assert progress.submission.mined.gas_used > 50_000
    assert issuer_of(bench) != bytes(32)


def test_a_quote_tells_gas_fee_and_balance_and_spends_nothing(bench: Bench) -> None:
    quote = quote_call(bench.desk(), bench.sender.address, registration())

    assert quote.gas > 50_000
    assert 0 < quote.likely_fee_wei < quote.max_fee_wei < quote.balance_wei == 10 * 10**18
    assert bench.spent_nonces() == 0
    assert bench.rows.submissions() == []


def test_an_unfunded_key_is_told_account_network_balance_and_need(bench: Bench) -> None:
    bench.local.call("anvil_setBalance", bench.sender.address, "0x0")

    with pytest.raises(FundsError) as caught:
        submit_call(bench.desk(), bench.sender.address, "register the issuer", registration())

    for part in (bench.sender.address.checksummed(), "a local test chain", "holds 0 ETH", "may cost up to"):
        assert part in str(caught.value)
    assert bench.rows.submissions() == []


def test_a_call_the_contract_refuses_is_never_stored(bench: Bench) -> None:
    data = contract_calls.add_signing_key(bench.sender.address, b"\xed\x01" + bytes(32))

    with pytest.raises(TransactionRevertedError, match="IssuerUnknown"):
        submit_call(bench.desk(), bench.sender.address, "add the key", data)

    assert bench.rows.submissions() == []


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("commit", ["plan", "claim", "signed", "sent", "mined", "finalized"])
def test_a_command_that_died_can_simply_be_repeated(bench: Bench, commit: str, moment: str) -> None:
    data = registration()
    with pytest.raises(bench.killed):
        submit_call(bench.desk(rows=bench.dying(commit, moment)), bench.sender.address, "register", data)
    bench.clock.pause(31)

    if (commit, moment) == ("finalized", "after"):  # it was done; the contract says so
        with pytest.raises(TransactionRevertedError, match="IssuerAlreadyRegistered"):
            submit_call(bench.desk(owner="next"), bench.sender.address, "register", data)
    else:
        submit_call_unless_mined(bench, data)

    assert issuer_of(bench) != bytes(32)
    assert bench.spent_nonces() == 1
    assert [one.state for one in bench.rows.submissions()] == [SubmissionState.FINALIZED]


def submit_call_unless_mined(bench: Bench, data: bytes) -> None:
    if any(one.mined for one in bench.rows.submissions()):
        run(bench.desk(owner="next"), bench.sender.address, bench.seal)
    else:
        submit_call(bench.desk(owner="next"), bench.sender.address, "register", data)


def test_the_job_goes_on_with_a_call_that_was_sent(bench: Bench) -> None:
    with pytest.raises(bench.killed):
        submit_call(bench.desk(rows=bench.dying("sent", "after")), bench.sender.address, "register", registration())
    bench.clock.pause(31)

    report = run(bench.desk(signers={}), bench.sender.address, bench.seal)

    assert [one.submission.state for one in report.progress] == [SubmissionState.FINALIZED]


def test_the_job_says_whose_key_a_call_waits_for(bench: Bench) -> None:
    with pytest.raises(bench.killed):
        submit_call(bench.desk(rows=bench.dying("plan", "after")), bench.sender.address, "register", registration())

    bench.clock.pause(31)
    before = bench.clock.now()

    report = run(bench.desk(signers={}), bench.sender.address, bench.seal)

    (progress,) = report.progress
    assert bench.clock.now() == before, "no key comes from waiting"
    assert isinstance(progress.step, Wait)
    assert progress.step.what is Waiting.KEY
    assert bench.sender.address.checksummed() in progress.step.why


def test_a_call_that_is_not_mined_in_time_is_told_as_waiting_and_blocks_the_next_nonce(bench: Bench) -> None:
    bench.local.call("evm_setAutomine", *OFF)
    try:
        first = submit_call(bench.desk(), bench.sender.address, "register", registration(), wait_seconds=1)
        bench.rows.plan(first.submission.what, bench.clock.now())
        newer = bench.rows.submissions()[1]
        attempts = bench.rows.attempts(first.submission.id)
        with pytest.raises(ClaimLostError, match="still waits"):
            bench.rows.signed(newer, attempts[0], bench.clock.now())
    finally:
        bench.local.call("evm_setAutomine", *ON)
        bench.local.call("anvil_mine", "0x3", "0x0")

    assert isinstance(first.step, Wait)
    assert first.step.what is Waiting.BLOCK
    assert first.submission.what.purpose is Purpose.CALL


def test_above_the_fee_ceiling_a_call_says_so_and_stays_stored(bench: Bench) -> None:
    with pytest.raises(StateError, match="above the ceiling"):
        submit_call(bench.desk(policy=Policy(max_fee_wei=1)), bench.sender.address, "register", registration())

    (stuck,) = bench.rows.submissions()
    assert stuck.state is SubmissionState.STUCK
    assert bench.spent_nonces() == 0


ON, OFF = (True,), (False,)
