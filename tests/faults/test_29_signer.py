"""Fault 29: the signer fails, is slow, or returns another transaction than it was asked to sign.

Expected: nothing is stored or sent, the nonce stays unspent, and a sound signer goes on from there. Tested through
the `Signer` port, with the real job, store and chain.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from anchoring.drive import LEASE_SECONDS
from anchoring.job import run
from anchoring.sender import Signed, TypedData, UnsignedTransaction
from anchoring.signed_check import SignedOtherwiseError
from anchoring.steps import Rest
from registry.core.digest import Digest
from registry.core.errors import UnavailableError
from registry.core.submission import Fees, SubmissionState
from registry.records import BatchState

if TYPE_CHECKING:
    from collections.abc import Callable

    from anchoring.job import RunReport
    from registry.core.account import Address
    from registry.records import IssuerRow
    from tests.bench import Bench

pytestmark = pytest.mark.chain


class OddSigner:
    """The real key, behind something that changes what it is asked or what it answers."""

    def __init__(
        self,
        bench: Bench,
        ask: Callable[[UnsignedTransaction], UnsignedTransaction] = lambda asked: asked,
        answer: Callable[[Signed], Signed] = lambda signed: signed,
    ) -> None:
        self._key = bench.sender
        self._ask, self._answer = ask, answer

    @property
    def address(self) -> Address:
        return self._key.address

    def sign(self, transaction: UnsignedTransaction) -> Signed:
        return self._answer(self._key.sign(self._ask(transaction)))

    def sign_typed_data(self, typed: TypedData) -> bytes:
        raise NotImplementedError(typed)


def run_with(bench: Bench, signer: OddSigner, owner: str = "worker") -> RunReport:
    desk = bench.desk(signers={bench.sender.address: signer}, owner=owner)
    return run(desk, bench.sender.address, bench.seal, 10)


def require_untouched(bench: Bench) -> None:
    (submission,) = bench.rows.submissions()
    assert (submission.state, submission.nonce) == (SubmissionState.PLANNED, None)
    assert bench.rows.attempts(submission.id) == []
    assert "eth_sendRawTransaction" not in bench.rpc.calls
    assert bench.spent_nonces() == 0


def require_one_anchor(bench: Bench, issuer: IssuerRow) -> None:
    (submission,) = bench.rows.submissions()
    assert submission.state is SubmissionState.FINALIZED
    assert [batch.state for batch in bench.store.batches()] == [BatchState.FINAL]
    assert len(bench.rows.attempts(submission.id)) == 1
    assert len(bench.anchored_events(issuer)) == 1
    assert bench.spent_nonces() == 1


WRONG = {
    "chain id": lambda asked: replace(asked, chain_id=1),
    "nonce": lambda asked: replace(asked, nonce=asked.nonce + 1),
    "tip": lambda asked: replace(asked, fees=Fees(asked.fees.cap_wei, asked.fees.tip_wei // 2)),
    "fee cap": lambda asked: replace(asked, fees=Fees(asked.fees.cap_wei * 100, asked.fees.tip_wei)),
    "gas limit": lambda asked: replace(asked, gas_limit=asked.gas_limit * 2),
    "recipient": lambda asked: replace(asked, to=type(asked.to)("0x" + "9" * 40)),
    "call data": lambda asked: replace(asked, data=asked.data[:-1] + bytes([asked.data[-1] ^ 1])),
}


@pytest.mark.parametrize("differs", WRONG)
def test_29_a_signer_that_returns_another_transaction_is_not_believed(bench: Bench, differs: str) -> None:
    issuer = bench.sealed_batch()

    with pytest.raises(SignedOtherwiseError, match=f"its {differs} is") as caught:
        run_with(bench, OddSigner(bench, ask=WRONG[differs]))

    assert caught.value.differs == differs
    require_untouched(bench)
    run_with(bench, OddSigner(bench))
    require_one_anchor(bench, issuer)


def test_29_a_signer_with_another_key_is_not_believed(bench: Bench) -> None:
    issuer = bench.sealed_batch()
    stranger = bench.other_sender()

    class Stranger(OddSigner):
        def sign(self, transaction: UnsignedTransaction) -> Signed:
            return stranger.sign(transaction)

    with pytest.raises(SignedOtherwiseError, match=stranger.address.checksummed()):
        run_with(bench, Stranger(bench))

    require_untouched(bench)
    run_with(bench, OddSigner(bench))
    require_one_anchor(bench, issuer)


def test_29_a_signer_that_tells_another_hash_is_not_believed(bench: Bench) -> None:
    issuer = bench.sealed_batch()

    with pytest.raises(SignedOtherwiseError, match="its hash is"):
        run_with(bench, OddSigner(bench, answer=lambda signed: Signed(signed.raw, Digest(b"\x07" * 32))))

    require_untouched(bench)
    run_with(bench, OddSigner(bench))
    require_one_anchor(bench, issuer)


def test_29_a_signer_that_fails_consumes_no_nonce(bench: Bench) -> None:
    issuer = bench.sealed_batch()

    def refuse(_signed: Signed) -> Signed:
        raise UnavailableError("The signer does not answer.")

    with pytest.raises(UnavailableError, match="does not answer"):
        run_with(bench, OddSigner(bench, answer=refuse))

    require_untouched(bench)
    run_with(bench, OddSigner(bench))
    require_one_anchor(bench, issuer)


def test_29_what_a_signer_returns_after_another_worker_took_over_is_thrown_away(bench: Bench) -> None:
    issuer = bench.sealed_batch()
    meanwhile = []

    def slowly(signed: Signed) -> Signed:
        bench.clock.pause(LEASE_SECONDS)
        if not meanwhile:
            meanwhile.append(run_with(bench, OddSigner(bench), owner="quicker"))
        return signed

    late = run_with(bench, OddSigner(bench, answer=slowly), owner="slow").progress[-1]

    assert [one.submission.state for one in meanwhile[0].progress] == [SubmissionState.FINALIZED]
    assert isinstance(late.step, Rest)  # it looked again, and found everything done
    require_one_anchor(bench, issuer)
