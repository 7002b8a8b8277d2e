"""Readers ask all endpoints: a minority that lies, lags, hangs or is gone changes no verdict; else nothing is told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from eth_hash.auto import keccak

from anchoring import contract_calls
from registry.chain.contract_reads import READS
from registry.chain.networks import Network
from registry.chain.reader import RpcChainReader
from registry.chain.rpc import RpcEndpoint
from registry.chain.state_prover import StateProver
from registry.core.account import Address
from registry.core.block_header import encode_header
from registry.core.digest import Root, leaf_hash
from registry.core.errors import ChainUnavailableError
from registry.core.proven_state import prove
from registry.core.submission import BatchRef
from registry.credentials.keys import PublicKey
from registry.ports import ChainQuestion

pytestmark = [pytest.mark.chain, pytest.mark.xdist_group("panel")]

KEY = PublicKey(b"\x05" * 32)
LEAF, ROOT = leaf_hash(b"leaf"), Root(leaf_hash(b"root"))
Change = Callable[[dict[str, Any], Any], Any]


class Node(httpx.BaseTransport):
    """The real chain as one endpoint shows it: `change` is given each call and the true result."""

    def __init__(self, change: Change | None = None) -> None:
        self.change = change or (lambda _, result: result)
        self._real = httpx.HTTPTransport(verify=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        calls = json.loads(request.read())
        fresh = httpx.Request("POST", request.url, json=calls)
        answers = json.loads(self._real.handle_request(fresh).read())
        for call, answer in zip(calls, answers, strict=True):
            if "result" in answer:
                answer["result"] = self.change(call, answer["result"])
        return httpx.Response(200, json=answers)

    def close(self) -> None:
        self._real.close()


def lie(method: str, change: Callable[[Any], Any]) -> Change:
    return lambda call, result: change(result) if call["method"] == method else result


def forged_read(function: str, *words: int) -> Change:
    selector = keccak(f"{function}({','.join(READS[function][0])})".encode())[:4]
    answer = "0x" + b"".join(word.to_bytes(32, "big") for word in words).hex()
    return lambda call, result: (
        answer
        if call["method"] == "eth_call" and call["params"][0]["data"].startswith("0x" + selector.hex())
        else result
    )


def behind(blocks: int, tags: tuple[str, ...] = ("latest", "finalized")) -> Change:
    def change(call: dict[str, Any], result: Any) -> Any:
        if call["method"] == "eth_getBlockByNumber" and call["params"][0] in tags:
            return {**result, "number": hex(max(0, int(result["number"], 16) + blocks))}
        return result

    return change


class Slow(Node):
    """An endpoint that answers a while after the others."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        time.sleep(0.3)
        return super().handle_request(request)


class Hanging(httpx.BaseTransport):
    """An endpoint that never answers, until the test is over."""

    def __init__(self) -> None:
        self.over = threading.Event()

    def handle_request(self, _request: httpx.Request) -> httpx.Response:
        self.over.wait(60)
        raise httpx.ReadTimeout("never")

    def close(self) -> None:
        self.over.set()


class Gone(httpx.BaseTransport):
    def handle_request(self, _request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")


@pytest.fixture(scope="module")
def issuer(devnet: Any) -> Address:
    account, _ = devnet.new_account()
    devnet.transact(account, contract_calls.register_issuer(f"did:web:{account}.example"))
    devnet.transact(account, contract_calls.add_signing_key(account, KEY.multikey))
    devnet.transact(account, contract_calls.anchor([BatchRef(1, account, ROOT, 3)]))
    devnet.call("anvil_mine", "0x60", "0x0")
    return Address(account)


@pytest.fixture
def panel(devnet: Any) -> Iterator[Callable[..., Any]]:
    made: list[Any] = []

    def make(*nodes: httpx.BaseTransport, kind: type = RpcChainReader, quorum: int | None = None) -> Any:
        urls = tuple(f"{devnet.rpc}/{'abc'[at]}" for at in range(len(nodes)))
        network = Network("local", "a local chain", "local", 31337, devnet.contract, urls, None, (), quorum)
        made.append(kind(network, [RpcEndpoint(devnet.rpc, node) for node in nodes]))
        return made[-1]

    yield make
    for one in made:
        one.close()


def question(issuer: Address) -> ChainQuestion:
    return ChainQuestion(issuer, ROOT, 3, LEAF, KEY.key_hash)


FAULTS: dict[str, Callable[[], httpx.BaseTransport]] = {
    "no anchor": lambda: Node(forged_read("anchorOf", 0, 0, 0)),
    "a forged anchor": lambda: Node(forged_read("anchorOf", 1, 1, 0)),
    "a forged revocation": lambda: Node(forged_read("statusOf", 2, 1, 0, 0)),
    "no key": lambda: Node(forged_read("signingKeyOf", 0, 0)),
    "a stale head": lambda: Node(behind(-20)),
    "a head of the future": lambda: Node(behind(10**6)),
    "nothing final": lambda: Node(behind(-(10**6), ("finalized",))),
    "all final": lambda: Node(behind(2, ("finalized",))),
    "final above its head": lambda: Node(behind(10**6, ("finalized",))),
    "another chain": lambda: Node(lie("eth_chainId", lambda _: "0x1")),
    "nonsense": lambda: Node(lie("eth_call", lambda _: "0x01")),
    "silence": Hanging,
    "no connection": Gone,
}


@pytest.mark.parametrize("place", [0, 2])
@pytest.mark.parametrize("fault", FAULTS)
def test_two_honest_endpoints_of_three_decide(panel: Any, issuer: Address, fault: str, place: int) -> None:
    nodes: list[httpx.BaseTransport] = [Node(), Node()]
    nodes.insert(place, FAULTS[fault]())

    facts = panel(*nodes).facts(question(issuer))

    assert facts == panel(Node()).facts(question(issuer))
    assert facts.finalized.anchor is not None


@pytest.mark.parametrize("fault", [name for name in FAULTS if name not in {"silence", "all final"}])
def test_one_honest_endpoint_of_two_decides_nothing(panel: Any, issuer: Address, fault: str) -> None:
    with pytest.raises(ChainUnavailableError, match=r"no 2 (of 2 )?endpoints"):
        panel(Node(), FAULTS[fault]()).facts(question(issuer))


def test_of_two_final_blocks_the_older_one_counts(panel: Any, issuer: Address) -> None:
    alone = panel(Node()).facts(question(issuer))

    assert panel(Node(), FAULTS["all final"]()).facts(question(issuer)) == alone


def test_three_answers_are_no_answer_and_each_endpoint_is_named(panel: Any, issuer: Address, devnet: Any) -> None:
    split = panel(Node(), FAULTS["no anchor"](), FAULTS["a forged revocation"]())

    with pytest.raises(ChainUnavailableError, match="no 2 of 3 endpoints") as caught:
        split.facts(question(issuer))

    assert str(caught.value).count(f"{devnet.rpc} gave another answer than the rest") == 3


def test_an_endpoint_that_hangs_is_not_waited_for(panel: Any, issuer: Address) -> None:
    hanging = Hanging()
    facts = panel(hanging, Node(), Node()).facts(question(issuer))

    assert not hanging.over.is_set()  # it still hangs, and the answer is here
    assert facts.latest.anchor is not None


def test_one_that_is_behind_and_quick_does_not_turn_time_back_while_an_honest_one_is_slow(
    panel: Any, issuer: Address
) -> None:
    facts = panel(Node(behind(-4)), Node(), Slow()).facts(question(issuer))

    assert facts == panel(Node()).facts(question(issuer))


def test_a_reader_never_goes_back_behind_what_it_saw_final(panel: Any, issuer: Address) -> None:
    node = Node()
    reader = panel(node)
    reader.facts(question(issuer))

    node.change = behind(-5)
    with pytest.raises(ChainUnavailableError, match="was final before"):
        reader.facts(question(issuer))

    node.change = behind(0)
    assert reader.facts(question(issuer)).latest.anchor is not None


def test_a_lower_quorum_lets_one_endpoint_decide_if_nobody_contradicts(panel: Any, issuer: Address) -> None:
    assert panel(Gone(), Node(), quorum=1).facts(question(issuer)).latest.anchor is not None


def test_a_key_is_known_if_a_quorum_says_so(panel: Any, issuer: Address) -> None:
    assert panel(Node(), Node(), FAULTS["no key"]()).facts(question(issuer)).key is not None


# --- State proofs


def forged_header(result: Any) -> Any:

    forged = {**result, "stateRoot": "0x" + "11" * 32}
    return {**forged, "hash": "0x" + keccak(encode_header(forged)).hex()}


def test_a_header_that_one_endpoint_forged_gets_into_no_state_proof(panel: Any, issuer: Address) -> None:
    liar = Node(lie("eth_getBlockByNumber", forged_header))
    proof = panel(liar, Node(), Node(), kind=StateProver).state_proof(question(issuer))

    honest = panel(Node(), kind=StateProver).state_proof(question(issuer))
    assert prove(proof).header.block_hash == prove(honest).header.block_hash


def test_two_headers_are_none(panel: Any, issuer: Address) -> None:
    liar = Node(lie("eth_getBlockByNumber", forged_header))

    with pytest.raises(ChainUnavailableError, match="no 2 of 2 endpoints"):
        panel(liar, Node(), kind=StateProver).state_proof(question(issuer))


def test_a_proof_comes_from_whoever_gives_one_that_holds(panel: Any, issuer: Address) -> None:
    liar = Node(lie("eth_getProof", lambda proof: {**proof, "accountProof": []}))

    assert panel(liar, Node(), kind=StateProver).state_proof(question(issuer)).slots


# --- What is kept, and what is counted


class Counting(Node):
    """An endpoint that counts the reads of the contract."""

    reads = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.reads += sum(call["method"] == "eth_call" for call in json.loads(request.read()))
        return super().handle_request(request)


def test_what_is_known_as_of_the_newest_block_is_not_read_again_until_there_is_a_newer_one(
    panel: Any, issuer: Address, devnet: Any
) -> None:
    node = Counting()
    reader = panel(node)
    first = reader.facts(question(issuer))
    once = node.reads
    again = reader.facts_of([question(issuer), question(issuer)])
    unchanged = node.reads

    devnet.transact(issuer, contract_calls.revoke(issuer, [LEAF], 2))
    newer = reader.facts(question(issuer))

    assert again == [first, first]
    assert (once, unchanged) == (once, once)
    assert node.reads == 2 * once
    assert newer.latest.status != first.latest.status


def test_of_several_questions_only_those_that_are_not_known_are_asked(panel: Any, issuer: Address) -> None:
    node = Counting()
    reader = panel(node)
    reader.facts(question(issuer))
    known = node.reads
    other = ChainQuestion(issuer, ROOT, 3, leaf_hash(b"another leaf"), KEY.key_hash)

    facts = reader.facts_of([question(issuer), other])

    assert facts == panel(Node()).facts_of([question(issuer), other])
    assert node.reads < 2 * known + 2


def test_the_pulse_says_when_a_network_answered_and_when_it_did_not(panel: Any) -> None:
    sound, gone = panel(Node()), panel(Gone())
    before = sound.pulse()

    sound.probe()
    with pytest.raises(ChainUnavailableError):
        gone.probe()

    assert (before.asked_at, before.answered_at) == (None, None)
    assert sound.pulse().answered_at is not None
    assert (gone.pulse().asked_at is None, gone.pulse().answered_at) == (False, None)
    assert [(one.answered, one.failed) for one in sound.pulse().endpoints] == [(1, 0)]
    assert [(one.answered, one.failed) for one in gone.pulse().endpoints] == [(0, 1)]


def test_an_answer_that_a_quorum_contradicts_is_counted(panel: Any, issuer: Address) -> None:
    reader = panel(Node(forged_read("anchorOf", 0, 0, 0)), Slow(), Slow())

    reader.facts(question(issuer))

    assert [one.contradicted for one in reader.pulse().endpoints] == [1, 0, 0]
