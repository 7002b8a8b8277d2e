"""The chain reader asks the pinned contract only, and takes no nonsense for an answer."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from anchoring import contract_calls
from registry.chain.artifact import artifact, derived_address
from registry.chain.contract_reads import READS, ContractReads, call_data
from registry.chain.final_answers import FinalAnswers
from registry.chain.networks import Accreditor, Network
from registry.chain.reader import RpcChainReader
from registry.chain.rpc import Call, RpcEndpoint
from registry.checks.facts import AccreditationStatus, Status
from registry.core.account import Address
from registry.core.did import did_hash
from registry.core.digest import Root, leaf_hash
from registry.core.errors import ChainUnavailableError
from registry.core.quorum import Heads
from registry.core.submission import BatchRef
from registry.credentials.keys import PublicKey
from registry.ports import ChainQuestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEY = PublicKey(b"\x05" * 32)
LEAF = leaf_hash(b"leaf")
ROOT = Root(leaf_hash(b"root"))
DID = "did:web:uni.example"
FAR = 4102444800


def network(*urls: str, chain_id: int = 31337, accreditors: tuple[Accreditor, ...] = ()) -> Network:
    return Network("local", "a local test chain", "local", chain_id, derived_address(), urls, None, accreditors)


@pytest.fixture
def reader_of(devnet: Any) -> Iterator[Callable[..., RpcChainReader]]:
    made: list[RpcChainReader] = []

    def make(*urls: str, **members: Any) -> RpcChainReader:
        made.append(RpcChainReader(network(*(urls or (devnet.rpc,)), **members)))
        return made[-1]

    yield make
    for reader in made:
        reader.close()


@pytest.fixture
def issuer(devnet: Any) -> Address:
    """Give an issuer of the test's own, with a key and one anchored batch."""
    account, _ = devnet.new_account()
    devnet.transact(account, contract_calls.register_issuer(f"{DID}:{account}"))
    devnet.transact(account, contract_calls.add_signing_key(account, KEY.multikey))
    devnet.transact(account, contract_calls.anchor([BatchRef(1, account, ROOT, 3)]))
    return Address(account)


def question(issuer: Address, size: int = 3) -> ChainQuestion:
    return ChainQuestion(issuer, ROOT, size, LEAF, KEY.key_hash)


def test_the_reads_are_those_of_the_compiled_contract() -> None:
    functions = {one["name"]: one for one in artifact()["abi"] if one["type"] == "function"}
    for name, (arguments, results) in READS.items():
        assert tuple(part["type"] for part in functions[name]["inputs"]) == arguments
        assert tuple(part["type"] for part in functions[name]["outputs"]) == results


@pytest.mark.chain
def test_what_was_anchored_is_read_back(reader_of: Any, issuer: Address, devnet: Any) -> None:
    facts = reader_of().facts(question(issuer))
    assert facts.issuer.did_hash == did_hash(f"{DID}:{issuer}")
    assert facts.finalized.anchor == facts.latest.anchor
    block = devnet.call("eth_getBlockByNumber", hex(facts.latest.anchor.block_number), False)  # noqa: FBT003
    assert facts.latest.anchor.anchored_at == datetime.fromtimestamp(int(block["timestamp"], 16), UTC)
    assert facts.key.retired_since is None
    assert facts.latest.status.status is Status.ACTIVE


@pytest.mark.chain
def test_another_size_is_not_anchored(reader_of: Any, issuer: Address) -> None:
    assert reader_of().facts(question(issuer, size=4)).latest.anchor is None


@pytest.mark.chain
def test_a_stranger_is_no_issuer(reader_of: Any) -> None:
    facts = reader_of().facts(question(Address("0x" + "9" * 40)))
    assert (facts.issuer, facts.key, facts.latest.anchor) == (None, None, None)


@pytest.mark.chain
def test_a_revocation_is_read_with_time_and_reason(reader_of: Any, issuer: Address, devnet: Any) -> None:
    devnet.transact(issuer, contract_calls.revoke(issuer, [LEAF], 2))
    status = reader_of().facts(question(issuer)).finalized.status
    assert (status.status, status.reason) == (Status.REVOKED, 2)
    assert status.revoked_at is not None


@pytest.mark.chain
def test_a_final_block_is_asked_about_once_and_the_newest_every_time(
    reader_of: Any, issuer: Address, devnet: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    devnet.call("anvil_mine", "0x4")
    reader, asked = reader_of(), []
    head = int(devnet.call("eth_blockNumber"), 16)
    heads = Heads(head, head - 2)
    monkeypatch.setattr(ContractReads, "heads", lambda _: heads)
    batch = RpcEndpoint.batch
    monkeypatch.setattr(RpcEndpoint, "batch", lambda self, calls: asked.extend(calls) or batch(self, calls))

    def blocks_asked() -> set[int]:
        asked.clear()
        reader.facts(question(issuer))
        return {int(call.params[1], 16) for call in asked}

    assert blocks_asked() == {head, head - 2}
    devnet.transact(issuer, contract_calls.revoke(issuer, [LEAF], 2))
    heads = Heads(head + 1, head - 2)
    assert blocks_asked() == {head + 1}
    facts = reader.facts(question(issuer))
    assert (facts.finalized.status.status, facts.latest.status.status) == (Status.ACTIVE, Status.REVOKED)
    devnet.call("anvil_mine", "0x1")
    heads = Heads(head + 2, head + 1)
    assert blocks_asked() == {head + 2, head + 1}
    assert reader.facts(question(issuer)).finalized.status.status is Status.REVOKED


def accredited(devnet: Any, issuer: Address) -> tuple[Accreditor]:
    """Let an agency vouch for an issuer; what is anchored next falls into a later second."""
    agency, _ = devnet.new_account()
    devnet.transact(agency, contract_calls.accredit(issuer, FAR, "Northfield", ""))
    time.sleep(1.1)
    return (Accreditor(Address(agency), "the Agency"),)


@pytest.mark.chain
def test_who_vouches_for_a_known_anchor_is_asked_together_with_the_rest(
    reader_of: Any, issuer: Address, devnet: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusting = accredited(devnet, issuer)
    devnet.transact(issuer, contract_calls.anchor([BatchRef(2, issuer, Root(LEAF), 3)]))
    devnet.call("anvil_mine", "0x4")
    reader, asked = reader_of(accreditors=trusting), []
    head = int(devnet.call("eth_blockNumber"), 16)
    monkeypatch.setattr(ContractReads, "heads", lambda _: Heads(head, head - 2))
    batch = RpcEndpoint.batch
    monkeypatch.setattr(RpcEndpoint, "batch", lambda self, calls: asked.append(len(calls)) or batch(self, calls))
    others = [ChainQuestion(issuer, Root(LEAF), 3, leaf_hash(bytes([at])), KEY.key_hash) for at in range(2)]
    for one, requests in zip(others, [2, 1], strict=True):
        asked.clear()
        facts = reader.facts(one)
        assert len(asked) == requests
        assert facts.accreditations[0].status is AccreditationStatus.ACTIVE
        assert facts == reader_of(accreditors=trusting).facts(one)


@pytest.mark.chain
def test_who_vouches_for_an_anchor_is_asked_before_that_is_final(
    reader_of: Any, issuer: Address, devnet: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusting = accredited(devnet, issuer)
    before = int(devnet.call("eth_blockNumber"), 16)
    devnet.transact(issuer, contract_calls.anchor([BatchRef(2, issuer, Root(LEAF), 3)]))
    monkeypatch.setattr(ContractReads, "heads", lambda _: Heads(int(devnet.call("eth_blockNumber"), 16), before))
    facts = reader_of(accreditors=trusting).facts(ChainQuestion(issuer, Root(LEAF), 3, LEAF, KEY.key_hash))
    assert (facts.finalized.anchor, facts.latest.anchor is None) == (None, False)
    assert facts.accreditations[0].status is AccreditationStatus.ACTIVE


def test_what_was_said_of_a_final_block_is_not_kept_for_another() -> None:
    answers, read = FinalAnswers(), (7, "statusOf", "0x1", LEAF)
    assert answers.known(7, [read]) == {}
    answers.keep(7, {read: (1,), (9, "statusOf", "0x1", LEAF): (2,)})
    assert answers.known(7, [read, (9, "statusOf", "0x1", LEAF)]) == {read: (1,)}
    assert answers.known(8, [read]) == {}
    answers.keep(7, {read: (1,)})  # a slow answer, when block 8 was asked about already
    assert answers.known(7, [read]) == {}


@pytest.mark.chain
def test_a_key_retired_into_the_past_is_read_so(reader_of: Any, issuer: Address, devnet: Any) -> None:
    before = reader_of().facts(question(issuer)).key.added_at
    since = int(before.timestamp()) + 1
    devnet.transact(issuer, contract_calls.retire_signing_key(issuer, KEY.key_hash, since))
    assert reader_of().facts(question(issuer)).key.retired_since == datetime.fromtimestamp(since, UTC)


@pytest.mark.chain
def test_only_trusted_accreditors_are_asked_and_as_of_anchoring(reader_of: Any, issuer: Address, devnet: Any) -> None:
    agency, _ = devnet.new_account()
    late = reader_of(accreditors=(Accreditor(Address(agency), "the Agency"),))
    assert late.facts(question(issuer)).accreditations[0].status is AccreditationStatus.NONE
    time.sleep(1.1)  # the accreditation must fall into a later second than the anchor
    devnet.transact(agency, contract_calls.accredit(issuer, FAR, "Northfield", ""))
    assert late.facts(question(issuer)).accreditations[0].status is AccreditationStatus.NONE
    devnet.transact(issuer, contract_calls.anchor([BatchRef(2, issuer, Root(LEAF), 3)]))
    now = late.facts(ChainQuestion(issuer, Root(LEAF), 3, LEAF, None)).accreditations[0]
    assert (now.status, now.name, now.accreditor_name) == (AccreditationStatus.ACTIVE, "Northfield", "the Agency")


@pytest.mark.chain
def test_an_endpoint_of_another_chain_is_not_believed(reader_of: Any, issuer: Address) -> None:
    with pytest.raises(ChainUnavailableError, match="answers for chain 31337"):
        reader_of(chain_id=11155111).facts(question(issuer))


@pytest.mark.chain
def test_a_chain_without_the_contract_is_no_answer(devnet: Any) -> None:
    empty = Network("local", "x", "local", 31337, Address("0x" + "7" * 40), (devnet.rpc,), None, ())
    reader = RpcChainReader(empty)
    with pytest.raises(ChainUnavailableError, match="gave no answer of the registry contract"):
        reader.facts(question(Address("0x" + "9" * 40)))
    reader.close()


@pytest.mark.chain
def test_a_name_that_is_not_utf_8_is_read_all_the_same(reader_of: Any, issuer: Address, devnet: Any) -> None:
    agency, _ = devnet.new_account()
    written = contract_calls.accredit(issuer, FAR, "Ab", "")
    devnet.transact(agency, written.replace(b"Ab" + bytes(30), b"\xff\xfe" + bytes(30)))
    devnet.transact(issuer, contract_calls.anchor([BatchRef(2, issuer, Root(LEAF), 3)]))
    reader = reader_of(accreditors=(Accreditor(Address(agency), "the Agency"),))

    (told,) = reader.facts(ChainQuestion(issuer, Root(LEAF), 3, LEAF, None)).accreditations

    assert told.name == "\ufffd\ufffd"


# --- Endpoints that misbehave

HEADS = [{"id": 0, "result": "0x7a69"}, {"id": 1, "result": {"number": "0x5"}}, {"id": 2, "result": {"number": "0x7"}}]


def answering(answer: Callable[[httpx.Request], httpx.Response]) -> RpcChainReader:
    endpoint = RpcEndpoint("http://node.example/secret-key?token=hush", transport=httpx.MockTransport(answer))
    return RpcChainReader(network("http://node.example"), [endpoint])


def text(value: Any) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _request: httpx.Response(200, text=value if isinstance(value, str) else json.dumps(value))


def slow(_request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("too slow")


def gone(_request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused")


def short_words(request: httpx.Request) -> httpx.Response:
    calls = json.loads(request.content)
    if calls[0]["method"] == "eth_chainId":
        return httpx.Response(200, json=HEADS)
    return httpx.Response(200, json=[{"id": call["id"], "result": "0x01"} for call in calls])


MISBEHAVIOUR = {
    "times out": slow,
    "refuses connections": gone,
    "fails": lambda _request: httpx.Response(502),
    "sends HTML": text("<html>"),
    "sends an object": text({"result": 1}),
    "answers nothing": text([]),
    "refuses": text([{"id": 0, "error": {"code": -32005, "message": "limit for key hush"}}]),
    "knows no finalized block": text([HEADS[0], {"id": 1, "result": None}, HEADS[2]]),
    "sends odd numbers": text([{"id": 0, "result": "many"}]),
    "answers too short": short_words,
    "nests for ever": text("[" * 100_000),
    "never ends": text("[" + " " * (5 * 1024 * 1024) + "]"),
}


@pytest.mark.parametrize("how", MISBEHAVIOUR)
def test_an_endpoint_that_misbehaves_is_unavailable_and_its_key_is_not_repeated(how: str) -> None:
    reader = answering(MISBEHAVIOUR[how])
    with pytest.raises(ChainUnavailableError) as caught:
        reader.facts(question(Address("0x" + "9" * 40)))
    reader.close()
    assert "hush" not in str(caught.value)
    assert "secret-key" not in str(caught.value)


def test_an_unmapped_exception_of_httpx_would_be_seen() -> None:
    mapped = {httpx.TimeoutException, httpx.HTTPStatusError, httpx.HTTPError}
    raised = [one for one in vars(httpx).values() if isinstance(one, type) and issubclass(one, httpx.RequestError)]
    assert raised
    assert all(any(issubclass(one, kind) for kind in mapped) for one in raised)


def test_a_batch_is_matched_by_id_and_not_by_order() -> None:
    endpoint = RpcEndpoint(
        "http://node.example",
        transport=httpx.MockTransport(text([{"id": 1, "result": "second"}, {"id": 0, "result": "first"}])),
    )
    assert endpoint.batch([Call("a"), Call("b")]) == ["first", "second"]
    endpoint.close()


def test_call_data_begins_with_the_selector_of_the_abi() -> None:
    assert call_data("issuerOf", "0x" + "9" * 40).startswith("0x")
    assert len(call_data("issuerOf", "0x" + "9" * 40)) == 2 + 8 + 64
