"""Faults 26 to 28: receipts that are not what they say, endpoints that lie, endpoints that differ or hang.

Expected: an anchor counts only if the contract holds it in a block that stands; job and verifier do as the honest
majority says; without a majority the job waits, the verifier cannot tell, and nothing is paid.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from registry.records import BatchState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.faults.proxy import Proxy
    from tests.faults.stage import Stage

pytestmark = pytest.mark.chain

accredited = sys.modules["tests_faults_accredited"]  # loaded by conftest.py
SEND, RECEIPT, ALWAYS = "eth_sendRawTransaction", "eth_getTransactionReceipt", None
ZERO_HASH = "0x" + "0" * 63 + "1"
NO_TRANSACTIONS = False
FEW_LOOKS = {"anchoring.drive:POLL_SECONDS": {"local": 40.0}}
"""The job looks thrice before it gives up for this run, not a thousand times."""


@pytest.fixture
def new_proxy(stage: Stage) -> Iterator[Callable[[], Proxy]]:
    """Give a function that puts one more endpoint in front of the stage's chain."""
    made = []

    def make() -> Proxy:
        made.append(sys.modules["tests_faults_proxy"].Proxy(stage.chain.rpc))
        return made[-1]

    yield make
    for one in made:
        one.close()


def batch_state(stage: Stage) -> BatchState:
    store = stage.open_store()
    (batch,) = store.batches()
    store.engine.dispose()
    return batch.state


# --- 26


def changed(**members: Any) -> Callable[[Any, Any], Any]:
    return lambda _params, receipt: {**receipt, **members} if receipt else receipt


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param(lambda _params, _receipt: None, id="null"),
        pytest.param(changed(blockHash=ZERO_HASH), id="wrong block hash"),
        pytest.param(changed(blockNumber="0x1"), id="wrong block number"),
        pytest.param(changed(status="0x0"), id="status 0"),
        pytest.param(changed(transactionHash=ZERO_HASH), id="another transaction"),
    ],
)
def test_26_a_receipt_that_hides_an_anchor_is_not_accepted_and_the_contract_decides(
    stage: Stage, forged: Callable[[Any, Any], Any]
) -> None:
    stage.proxy.forge(RECEIPT, forged, times=ALWAYS)

    ended = stage.anchor()

    assert ended.code == 0, ended
    assert stage.judge(final=True).problems == []


@pytest.mark.parametrize(
    "members",
    [{}, {"logs": []}, {"to": "0x" + "9" * 40, "contractAddress": "0x" + "9" * 40}],
    ids=["as it should be", "log missing", "other contract"],
)
def test_26_a_receipt_that_invents_an_anchor_is_not_accepted(stage: Stage, members: dict[str, Any]) -> None:
    block = stage.chain.call("eth_getBlockByNumber", "latest", NO_TRANSACTIONS)

    def invented(params: Any, _receipt: Any) -> Any:
        usual = {"status": "0x1", "gasUsed": "0xc350", "effectiveGasPrice": "0x3b9aca00", "logs": [{}]}
        place = {"transactionHash": params[0], "blockNumber": block["number"], "blockHash": block["hash"]}
        return {**usual, **place, "to": stage.chain.contract, **members}

    stage.proxy.drop(SEND, times=ALWAYS)  # it never left
    stage.proxy.forge(RECEIPT, invented, times=ALWAYS)

    ended = stage.anchor(constants=FEW_LOOKS)

    assert ended.code == 3, ended
    assert batch_state(stage) is BatchState.SEALED
    assert stage.judge().anchors == 0
    stage.recover()
    assert stage.judge(final=True).problems == []


# --- 27


def forge_words(bit: int) -> Callable[[Any, Any], Any]:
    """Flip a bit in the last digit of every 32-byte word: other roots, times, keys, states."""

    def forged(_params: Any, answer: Any) -> Any:
        if not isinstance(answer, str):
            return answer
        words = [answer[at : at + 64] for at in range(2, len(answer), 64)]
        return "0x" + "".join(word[:-1] + format(int(word[-1], 16) ^ bit, "x") for word in words)

    return forged


def forge_header(_params: Any, block: Any) -> Any:
    return {**block, "hash": "0x" + "ab" * 32, "stateRoot": "0x" + "cd" * 32} if block else block


def be_behind(proxy: Proxy) -> None:
    proxy.stale_blocks = 4


LIES: dict[str, Callable[[Proxy], object]] = {
    "forged root": lambda proxy: proxy.forge("eth_call", forge_words(1), times=ALWAYS),
    "forged receipt": lambda proxy: proxy.forge(RECEIPT, changed(status="0x0", blockHash=ZERO_HASH), times=ALWAYS),
    "stale head": be_behind,
    "wrong chain id": lambda proxy: proxy.forge("eth_chainId", lambda *_: "0x1", times=ALWAYS),
    "forged header": lambda proxy: proxy.forge("eth_getBlockByNumber", forge_header, times=ALWAYS),
}
BLINDING = ("forged root", "wrong chain id", "forged header")
"""Lies that leave one honest endpoint of two without a majority, whenever they are told."""


@pytest.mark.parametrize("lie", LIES)
def test_27_one_liar_among_three_changes_nothing_for_job_and_verifier(
    stage: Stage, new_proxy: Callable[[], Proxy], lie: str
) -> None:
    liar, agency = new_proxy(), accredited.accredit(stage)
    LIES[lie](liar)
    accredited.set_endpoints(stage, [liar.url, stage.proxy.url, stage.chain.rpc], agency)

    ended = stage.anchor(constants=FEW_LOOKS)
    judged = accredited.verified(stage, accredited.exported(stage))

    assert ended.code == 0, ended
    assert stage.judge(final=True).problems == []
    assert judged.code == 0, judged


@pytest.mark.parametrize("lie", BLINDING)
def test_27_a_liar_beside_one_honest_endpoint_stops_the_job_and_leaves_the_verifier_undecided(
    stage: Stage, new_proxy: Callable[[], Proxy], lie: str
) -> None:
    liar, agency = new_proxy(), accredited.accredit(stage)
    LIES[lie](liar)
    accredited.set_endpoints(stage, [liar.url, stage.proxy.url], agency)

    ended = stage.anchor(constants=FEW_LOOKS)

    assert ended.code in {2, 3}, ended
    assert "Traceback" not in ended.err
    assert stage.judge().paid == 0
    accredited.set_endpoints(stage, [stage.proxy.url], agency)
    stage.recover()
    bundle = accredited.exported(stage)
    accredited.set_endpoints(stage, [liar.url, stage.proxy.url], agency)
    # The verifier reads the contract and no header, but for state proofs, which have tests of their own.
    assert accredited.verified(stage, bundle).code == (0 if lie == "forged header" else 3)
    assert stage.judge(final=True).problems == []


# --- 28


def test_28_three_endpoints_that_say_three_things_decide_nothing(stage: Stage, new_proxy: Callable[[], Proxy]) -> None:
    one, other, agency = new_proxy(), new_proxy(), accredited.accredit(stage)
    one.forge("eth_call", forge_words(1), times=ALWAYS)
    other.forge("eth_call", forge_words(2), times=ALWAYS)
    accredited.set_endpoints(stage, [one.url, other.url, stage.proxy.url], agency)

    ended = stage.anchor(constants=FEW_LOOKS)

    assert ended.code in {2, 3}, ended
    assert "Traceback" not in ended.err
    assert stage.judge().paid == 0
    accredited.set_endpoints(stage, [stage.proxy.url], agency)
    stage.recover()
    bundle = accredited.exported(stage)
    accredited.set_endpoints(stage, [one.url, other.url, stage.proxy.url], agency)
    assert accredited.verified(stage, bundle).code == 3


def test_28_an_endpoint_that_hangs_is_not_waited_for_by_job_and_verifier(
    stage: Stage, new_proxy: Callable[[], Proxy]
) -> None:
    silent, agency = new_proxy(), accredited.accredit(stage)
    silent.hang("*", times=ALWAYS)
    accredited.set_endpoints(stage, [silent.url, stage.proxy.url, stage.chain.rpc], agency)

    ended = stage.anchor(constants=FEW_LOOKS)
    judged = accredited.verified(stage, accredited.exported(stage))

    assert (ended.code, judged.code) == (0, 0), (ended, judged)
    assert stage.judge(final=True).problems == []


IMPATIENT = {"anchoring.rpc:TIMEOUT_SECONDS": 1.0, "anchoring.endpoints:TIMEOUT_SECONDS": 1.0}


def test_28_two_of_three_endpoints_that_hang_are_waited_for_once_and_nothing_is_decided(
    stage: Stage, new_proxy: Callable[[], Proxy]
) -> None:
    silent, agency = [new_proxy(), new_proxy()], accredited.accredit(stage)
    for one in silent:
        one.hang("*", times=ALWAYS)
    accredited.set_endpoints(stage, [*(one.url for one in silent), stage.proxy.url], agency)

    ended = stage.anchor(constants={**FEW_LOOKS, **IMPATIENT})

    assert ended.code == 3, ended
    assert ended.seconds < 60
    assert stage.judge().paid == 0
