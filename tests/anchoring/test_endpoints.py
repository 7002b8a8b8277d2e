"""The job behind several endpoints of one real chain, some of which lie, lag, hang, split or are gone."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from anchoring.chain import Chain
from anchoring.drive import drive
from anchoring.endpoint_health import health_of
from anchoring.endpoints import Endpoints
from anchoring.job import run
from anchoring.rpc import JsonRpc
from anchoring.steps import Wait, Waiting
from registry.core.errors import ChainUnavailableError, WrongChainError
from registry.core.submission import SubmissionState
from registry.records import BatchState
from registry.store.final_heads import FinalHeads

if TYPE_CHECKING:
    from anchoring.job import RunReport
    from tests.bench import Bench

pytestmark = pytest.mark.chain

Change = Callable[[str, list[Any], Any], Any]
NO_TRANSACTIONS = False


class Node(httpx.BaseTransport):
    """The real chain as one endpoint shows it: `change` is given method, parameters and the true result."""

    def __init__(self, change: Change | None = None) -> None:
        self.change = change or (lambda _method, _params, result: result)
        self.asked: list[str] = []
        self._real = httpx.HTTPTransport(verify=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        call = json.loads(request.read())
        self.asked.append(call["method"])
        true = httpx.Request("POST", request.url.copy_with(path="/"), json=call)
        answer = json.loads(self._real.handle_request(true).read())
        if "result" in answer:
            answer["result"] = self.change(call["method"], call["params"], answer["result"])
        return httpx.Response(200, json=answer)

    def close(self) -> None:
        self._real.close()


class Hanging(httpx.BaseTransport):
    def __init__(self) -> None:
        self.asked = 0
        self.over = threading.Event()

    def handle_request(self, _request: httpx.Request) -> httpx.Response:
        self.asked += 1
        self.over.wait(60)
        raise httpx.ReadTimeout("never")

    def close(self) -> None:
        self.over.set()


class Gone(httpx.BaseTransport):
    def handle_request(self, _request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")


def lie(method: str, change: Callable[[Any], Any]) -> Change:
    return lambda asked, _params, result: change(result) if asked == method else result


def behind(blocks: int, tags: tuple[str, ...] = ("latest", "finalized")) -> Change:
    def change(method: str, params: list[Any], result: Any) -> Any:
        if method == "eth_getBlockByNumber" and params[0] in tags:
            return {**result, "number": hex(max(0, int(result["number"], 16) + blocks))}
        return result

    return change


def forged_receipt(**members: str) -> Change:
    return lie("eth_getTransactionReceipt", lambda receipt: receipt and {**receipt, **members})


def invented_receipt(method: str, params: list[Any], result: Any) -> Any:
    if method != "eth_getTransactionReceipt":
        return result
    block = {"blockNumber": "0x1", "blockHash": "0x" + "ab" * 32, "status": "0x1"}
    return {"transactionHash": params[0], **block, "gasUsed": "0x1", "effectiveGasPrice": "0x1"}


FAULTS: dict[str, Callable[[], httpx.BaseTransport]] = {
    "a forged root": lambda: Node(lie("eth_call", lambda _: "0x" + f"{1:064x}" * 3)),
    "no root": lambda: Node(lie("eth_call", lambda _: "0x" + "00" * 96)),
    "a receipt that says reverted": lambda: Node(forged_receipt(status="0x0")),
    "a receipt of another block": lambda: Node(forged_receipt(blockNumber="0x1", blockHash="0x" + "ab" * 32)),
    "an invented receipt": lambda: Node(invented_receipt),
    "no receipt": lambda: Node(lie("eth_getTransactionReceipt", lambda _: None)),
    "nonsense": lambda: Node(lie("eth_getBlockByNumber", lambda _: {"number": "many"})),
    "spent nonces": lambda: Node(lie("eth_getTransactionCount", lambda _: "0xff")),
    "a huge tip": lambda: Node(lie("eth_maxPriorityFeePerGas", lambda _: hex(10**15))),
    "a stale head": lambda: Node(behind(-20)),
    "a head of the future": lambda: Node(behind(10**6)),
    "another chain": lambda: Node(lie("eth_chainId", lambda _: "0x1")),
    "no connection": Gone,
}


@pytest.fixture
def behind_nodes(bench: Bench) -> Iterator[Callable[..., Chain]]:
    opened: list[Endpoints] = []

    def make(*nodes: httpx.BaseTransport, kind: str = "local", quorum: int | None = None) -> Chain:
        urls = tuple(f"{bench.local.rpc}/{at}" for at in range(len(nodes)))
        network = replace(bench.network, kind=kind, rpc_urls=urls, wanted_quorum=quorum)
        rpcs = [JsonRpc(url, 31337, title=network.title, transport=node) for url, node in zip(urls, nodes, strict=True)]
        opened.append(Endpoints(rpcs, network.quorum, title=network.title))
        return Chain(opened[-1], network, FinalHeads(bench.rows.engine))

    yield make
    for one in opened:
        one.close()


def run_job(bench: Bench, chain: Chain, wait_seconds: float = 10) -> RunReport:
    return run(bench.desk(chain=chain), bench.sender.address, bench.seal, wait_seconds)


@pytest.mark.parametrize("fault", FAULTS)
def test_two_honest_endpoints_of_three_anchor_once(bench: Bench, behind_nodes: Any, fault: str) -> None:
    issuer = bench.sealed_batch()
    bench.local.call("anvil_mine", "0x14", "0x0")

    run_job(bench, behind_nodes(FAULTS[fault](), Node(), Node()))

    (submission,) = bench.rows.submissions()
    (event,) = bench.anchored_events(issuer)
    assert submission.state is SubmissionState.FINALIZED
    assert submission.mined.succeeded
    assert submission.mined.block_hash.to_hex() == event["blockHash"]
    assert bench.spent_nonces() == 1
    (attempt,) = bench.rows.attempts(submission.id)
    assert attempt.fees.tip_wei < 10**15


@pytest.mark.parametrize("fault", sorted(FAULTS.keys() - {"spent nonces", "a huge tip"}))
def test_one_honest_endpoint_of_two_ends_nothing(bench: Bench, behind_nodes: Any, fault: str) -> None:
    """A submission that is mined and final on the honest endpoint: the other one must be able to delay it only."""
    issuer = bench.sealed_batch()
    mined = run_job(bench, bench.chain_of(kind="test")).progress[0].submission
    assert mined.state is SubmissionState.MINED
    bench.local.call("anvil_mine", "0x14", "0x0")

    try:
        progress = drive(bench.desk(chain=behind_nodes(FAULTS[fault](), Node(), kind="test")), mined.id, 0)
    except ChainUnavailableError:
        pass
    else:
        assert isinstance(progress.step, Wait)
        assert progress.step.what is Waiting.ANSWER

    assert bench.rows.submission(mined.id).state is SubmissionState.MINED
    assert bench.rows.submission(mined.id).mined == mined.mined
    assert len(bench.anchored_events(issuer)) == 1


def test_three_endpoints_that_say_three_things_are_waited_for_and_nothing_is_signed(
    bench: Bench, behind_nodes: Any
) -> None:
    bench.sealed_batch()
    other_root = Node(lie("eth_call", lambda _: "0x" + f"{2:064x}" * 3))
    split = behind_nodes(Node(), FAULTS["a forged root"](), other_root)

    with pytest.raises(ChainUnavailableError, match="do not agree on which batches the contract holds: 2 of 3"):
        run_job(bench, split)

    assert bench.rows.submissions() == []
    assert bench.spent_nonces() == 0


def test_an_endpoint_that_hangs_is_waited_for_once_a_look_and_keeps_nobody(bench: Bench, behind_nodes: Any) -> None:
    bench.sealed_batch()
    hanging, honest = Hanging(), Node()

    report = run_job(bench, behind_nodes(hanging, honest, Node()))

    assert [one.submission.state for one in report.progress] == [SubmissionState.FINALIZED]
    assert not hanging.over.is_set()  # it has not answered yet, and everything is done
    assert hanging.asked < len(honest.asked) / 3


def test_too_few_endpoints_are_named_with_their_reasons(bench: Bench, behind_nodes: Any) -> None:
    with pytest.raises(ChainUnavailableError) as caught:
        behind_nodes(Gone(), FAULTS["another chain"](), Node()).heads()

    assert "1 of 3 endpoints answered, and 2 must" in str(caught.value)
    assert "ConnectError" in str(caught.value)
    assert "answers for chain 1" in str(caught.value)
    assert f"{bench.local.rpc}/" not in str(caught.value)


def test_a_quorum_of_another_chain_is_a_wrong_chain(bench: Bench, behind_nodes: Any) -> None:
    wrong = FAULTS["another chain"]

    with pytest.raises(WrongChainError):
        behind_nodes(wrong(), wrong(), Node()).heads()
    assert bench.rows.submissions() == []


def test_bytes_go_to_every_endpoint_and_one_that_takes_them_is_enough(bench: Bench, behind_nodes: Any) -> None:
    bench.sealed_batch()
    nodes = [Node(), Node()]

    run_job(bench, behind_nodes(Gone(), *nodes))

    (submission,) = bench.rows.submissions()
    answer = bench.rows.attempts(submission.id)[0].answer
    assert [node.asked.count("eth_sendRawTransaction") for node in nodes] == [1, 1]
    assert "accepted as 0x" in answer
    assert "ConnectError" in answer
    assert f"{bench.local.rpc}/" not in answer


# --- What was final


def test_final_that_falls_back_is_a_lag_that_is_waited_for(bench: Bench, behind_nodes: Any) -> None:
    bench.sealed_batch()
    run_job(bench, behind_nodes(Node()))
    before = FinalHeads(bench.rows.engine).newest(31337)
    lagging = Node(behind(-40, ("finalized",)))
    bench.sealed_batch()

    (progress,) = run_job(bench, behind_nodes(lagging, kind="test"), wait_seconds=0).progress

    assert progress.step == Wait(Waiting.ANSWER, progress.step.why)
    assert f"{before.number:,} was final before" in progress.step.why
    assert bench.rows.attempts(progress.submission.id) == []
    assert FinalHeads(bench.rows.engine).newest(31337) == before
    assert [batch.state for batch in bench.store.batches()] == [BatchState.FINAL, BatchState.SEALED]

    lagging.change = behind(0)
    drive(bench.desk(chain=behind_nodes(lagging)), progress.submission.id, 10)
    assert [batch.state for batch in bench.store.batches()] == [BatchState.FINAL, BatchState.FINAL]


def test_one_endpoint_of_three_that_rewrites_what_was_final_stops_nothing(bench: Bench, behind_nodes: Any) -> None:
    bench.sealed_batch()
    run_job(bench, behind_nodes(Node()))
    final = hex(FinalHeads(bench.rows.engine).newest(31337).number)
    bench.sealed_batch()

    def rewriting(method: str, params: list[Any], result: Any) -> Any:
        forged = method == "eth_getBlockByNumber" and params[0] == final
        return {**result, "hash": "0x" + "ab" * 32} if forged else result

    report = run_job(bench, behind_nodes(Node(rewriting), Node(), Node()))

    assert [one.submission.state for one in report.progress] == [SubmissionState.FINALIZED]


def test_a_depth_may_count_as_final_in_the_place_of_the_chains_word(bench: Bench) -> None:
    (head, final) = ((at := bench.chain_of().heads()).head, at.final)
    endpoints = Endpoints([bench.rpc], 1, title="a local test chain")

    deep = Chain(endpoints, bench.network, FinalHeads(bench.rows.engine), confirm=1).heads()

    assert (deep.head, deep.final) == (head, head - 1)
    assert final < deep.final


# --- How they stand


def test_each_endpoint_is_told_with_what_is_wrong_with_it(bench: Bench, behind_nodes: Any) -> None:
    bench.local.call("anvil_mine", "0x8", "0x0")
    forked = Node(lie("eth_getBlockByNumber", lambda block: {**block, "hash": "0x" + "ab" * 32}))
    chain = behind_nodes(Node(), Gone(), FAULTS["another chain"](), Node(behind(-3)), forked, quorum=2)

    good, gone, wrong, slow, other = health_of(chain.endpoints, chain.network)

    assert (good.agrees, good.behind, good.right_chain) == (True, 0, True)
    assert (gone.heads, gone.right_chain, gone.agrees) == (None, None, False)
    assert "ConnectError" in str(gone.failure)
    assert (wrong.heads, wrong.right_chain) == (None, False)
    assert (slow.agrees, slow.behind) == (True, 3)
    assert (other.agrees, other.behind) == (False, 0)
    assert good.milliseconds is not None


def test_no_endpoint_agrees_where_none_answers(behind_nodes: Any) -> None:
    chain = behind_nodes(Gone(), Gone())

    assert [one.agrees for one in health_of(chain.endpoints, chain.network)] == [False, False]
