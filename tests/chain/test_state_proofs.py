"""State proofs against a real chain: they say what the contract's own reads say, and nothing forged gets through."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import rlp
from eth_hash.auto import keccak

from anchoring import contract_calls
from registry.chain.artifact import derived_address
from registry.chain.networks import Accreditor, Network
from registry.chain.proof_reader import ProofReader, network_of
from registry.chain.reader import RpcChainReader
from registry.chain.rpc import RpcEndpoint
from registry.chain.state_prover import StateProver
from registry.checks.facts import AccreditationStatus, Status
from registry.core.account import Address
from registry.core.block_header import read_header
from registry.core.digest import Digest, Root, leaf_hash
from registry.core.errors import ChainUnavailableError, SettingsError
from registry.core.proven_state import prove
from registry.core.state_proof import StateProof, parse_state_proof, state_proof_json
from registry.core.state_proof_errors import StateProofError
from registry.core.submission import BatchRef
from registry.credentials.keys import PublicKey
from registry.ports import BatchQuestion, ChainQuestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from registry.checks.facts import ChainFacts

pytestmark = [pytest.mark.chain, pytest.mark.xdist_group("home")]

KEY, OTHER_KEY = PublicKey(b"\x05" * 32), PublicKey(b"\x06" * 32)
LEAF, ROOT = leaf_hash(b"leaf"), Root(leaf_hash(b"root"))
FAR = 4102444800
LONG_NAME = "Университет " * 10  # 240 bytes or so: eight words of storage


class World:
    """Issuers of the test's own on the shared chain, and both ways to read them."""

    def __init__(self, devnet: Any) -> None:
        self.devnet = devnet
        self.accreditors: tuple[Accreditor, ...] = ()

    @property
    def network(self) -> Network:
        urls = (self.devnet.rpc,)
        return Network("local", "a local chain", "local", 31337, self.devnet.contract, urls, None, self.accreditors)

    def account(self) -> Address:
        return Address(self.devnet.new_account()[0])

    def issuer(self, *calls: Callable[[Address], bytes]) -> Address:
        """Register an issuer with a key and one batch, then send what else it does."""
        account = self.account()
        self.devnet.transact(account, contract_calls.register_issuer(f"did:web:{account}.example"))
        self.devnet.transact(account, contract_calls.add_signing_key(account, KEY.multikey))
        self.devnet.transact(account, contract_calls.anchor([BatchRef(1, account, ROOT, 3)]))
        for call in calls:
            self.devnet.transact(account, call(account))
        return account

    def trust(self, *accounts: Address) -> None:
        self.accreditors = tuple(Accreditor(account, f"agency {at}") for at, account in enumerate(accounts))

    def proof(self, question: ChainQuestion) -> StateProof:
        prover = StateProver(self.network)
        try:
            return prover.state_proof(question)
        finally:
            prover.close()

    def read(self, question: ChainQuestion) -> ChainFacts:
        """Return what the contract's own reads answer."""
        reader = RpcChainReader(self.network)
        try:
            return reader.facts(question)
        finally:
            reader.close()

    def compared(self, question: ChainQuestion) -> ChainFacts:
        """Return what the proof says, having compared it with the contract's own reads."""
        reader = ProofReader(self.network, prove(self.proof(question)))
        proven, told = reader.facts(question), self.read(question)
        assert proven.finalized.block_number == told.finalized.block_number == reader.header.number
        assert proven == replace(told, latest=replace(told.latest, block_number=reader.header.number))
        return proven


def question(issuer: Address, key: PublicKey = KEY, leaf: Digest = LEAF) -> ChainQuestion:
    return ChainQuestion(issuer, ROOT, 3, leaf, key.key_hash)


@pytest.fixture
def world(devnet: Any) -> World:
    return World(devnet)


@pytest.fixture(scope="module")
def accredited(devnet: Any) -> tuple[World, ChainQuestion, StateProof]:
    """Give one proof with an accreditation in it, to be forged."""
    made = World(devnet)
    agency, issuer = made.account(), made.issuer()
    devnet.transact(agency, contract_calls.accredit(issuer, FAR, "Northfield", ""))
    later = [BatchRef(1, issuer, ROOT, 4)]
    devnet.transact(issuer, contract_calls.anchor(later))
    made.trust(agency)
    asked = replace(question(issuer), tree_size=4)
    return made, asked, made.proof(asked)


# --- Of a whole batch


def test_a_proof_of_a_batch_says_all_but_the_status_of_its_credentials(accredited: Any) -> None:
    world, asked, _ = accredited
    prover = StateProver(world.network)
    shared = BatchQuestion(asked.issuer, asked.root, asked.tree_size, (KEY.key_hash, OTHER_KEY.key_hash))
    proof = prover.batch_proof(shared)
    prover.close()
    facts = ProofReader(world.network, prove(parse_state_proof(state_proof_json(proof)))).facts(asked)
    told = world.read(asked)
    assert (facts.finalized.status, facts.latest.status) == (None, None)
    assert facts.finalized.anchor == told.finalized.anchor
    assert (facts.issuer, facts.key, facts.accreditations) == (told.issuer, told.key, told.accreditations)
    unknown_key = replace(asked, key_hash=OTHER_KEY.key_hash)
    assert ProofReader(world.network, prove(proof)).facts(unknown_key).key is None


def test_no_proof_is_made_of_a_batch_that_is_not_final(world: World) -> None:
    prover = StateProver(world.network)
    missing = BatchQuestion(world.issuer(), ROOT, 99, ())
    with pytest.raises(ChainUnavailableError, match="does not hold the batch at its finalized block"):
        prover.batch_proof(missing)
    prover.close()


# --- It says what the contract says


def test_a_plain_issuer_reads_the_same_from_a_proof(world: World) -> None:
    facts = world.compared(question(world.issuer()))
    assert facts.issuer is not None
    assert facts.key is not None
    assert facts.finalized.status.status is Status.ACTIVE


def test_what_was_never_written_is_proven_absent(world: World) -> None:
    asked = question(world.issuer(), OTHER_KEY, leaf_hash(b"another"))
    assert world.compared(asked).key is None
    assert {slot.word for slot in world.proof(asked).slots} > {0}


@pytest.mark.parametrize(
    ("call", "status"),
    [
        (lambda issuer: contract_calls.revoke(issuer, [LEAF], 2), Status.REVOKED),
        (lambda issuer: contract_calls.suspend(issuer, [LEAF], 4), Status.SUSPENDED),
    ],
)
def test_a_status_reads_the_same_from_a_proof(world: World, call: Any, status: Status) -> None:
    facts = world.compared(question(world.issuer(call)))
    assert facts.finalized.status.status is status
    assert facts.finalized.status.reason in {2, 4}


def test_a_revoked_batch_and_a_retired_key_read_the_same_from_a_proof(world: World) -> None:
    facts = world.compared(
        question(
            world.issuer(
                lambda issuer: contract_calls.revoke_batch(issuer, ROOT, 3),
                lambda issuer: contract_calls.retire_signing_key(issuer, KEY.key_hash, FAR),
            )
        )
    )
    assert facts.finalized.anchor.revoked_at is not None
    assert int(facts.key.retired_since.timestamp()) == FAR


@pytest.mark.parametrize("name", ["N", "x" * 31, "y" * 32, "z" * 33, LONG_NAME, "w" * 256])
def test_names_of_every_length_read_the_same_from_a_proof(world: World, name: str) -> None:
    agency, issuer = world.account(), world.issuer()
    world.devnet.transact(agency, contract_calls.accredit(issuer, FAR, name, "https://agency.example"))
    world.devnet.transact(issuer, contract_calls.anchor([BatchRef(1, issuer, ROOT, 4)]))
    world.trust(agency)
    (said,) = world.compared(replace(question(issuer), tree_size=4)).accreditations
    assert (said.status, said.name) == (AccreditationStatus.ACTIVE, name)


def test_the_entry_in_force_at_anchoring_is_found_among_many_of_several_accreditors(world: World) -> None:
    agencies, issuer = [world.account() for _ in range(4)], world.issuer()

    def say(*numbers: int, withdraw: bool = False) -> None:
        for number in numbers:
            what = contract_calls.accredit(issuer, FAR + number, f"Name {number}", "")
            if withdraw:
                what = contract_calls.withdraw_accreditation(issuer)
            world.devnet.transact(agencies[number], what)

    say(0, 1, 1, 1, 2)
    say(2, withdraw=True)
    world.devnet.transact(issuer, contract_calls.anchor([BatchRef(1, issuer, ROOT, 4)]))
    time.sleep(1.1)  # entries are told apart by the second of their block
    say(1, 1, 3)
    say(0, withdraw=True)
    world.trust(*agencies, world.account())
    facts = world.compared(replace(question(issuer), tree_size=4))
    standings = [one.status for one in facts.accreditations]
    active, none = AccreditationStatus.ACTIVE, AccreditationStatus.NONE
    assert standings == [active, active, AccreditationStatus.WITHDRAWN, none, none]


# --- What it does not say


def test_a_question_that_the_proof_does_not_cover_is_left_open(accredited: Any) -> None:
    world, asked, proof = accredited
    reader = ProofReader(world.network, prove(proof))
    assert reader.facts(replace(asked, leaf_hash=leaf_hash(b"another"))).latest.status is None
    with pytest.raises(ChainUnavailableError, match="does not cover"):
        reader.facts(replace(asked, key_hash=OTHER_KEY.key_hash))


def test_no_proof_is_made_of_a_batch_that_is_not_anchored(world: World) -> None:
    with pytest.raises(ChainUnavailableError, match="was not anchored; it may have been since"):
        world.proof(replace(question(world.issuer()), tree_size=9))


def test_a_proof_of_another_contract_belongs_to_no_accepted_network(accredited: Any) -> None:
    world, _, proof = accredited
    state = prove(proof)
    assert network_of(state, [world.network]) == world.network
    with pytest.raises(SettingsError, match="does not accept"):
        network_of(replace(state, chain_id=1), [world.network])
    with pytest.raises(SettingsError, match="does not accept"):
        network_of(state, [replace(world.network, contract=Address("0x" + "11" * 20))])


# --- Nothing forged gets through


def test_the_form_gives_back_what_went_in(accredited: Any) -> None:
    _, _, proof = accredited
    assert parse_state_proof(json.loads(json.dumps(state_proof_json(proof)))) == proof


def test_the_proof_holds_for_the_hash_that_the_chain_gives_its_block(accredited: Any) -> None:
    world, _, proof = accredited
    number = hex(read_header(proof.header).number)
    block_hash = Digest.from_hex(world.devnet.call("eth_getBlockByNumber", number, False)["hash"])  # noqa: FBT003
    assert prove(proof, block_hash).header.block_hash == block_hash
    with pytest.raises(StateProofError, match="not of the trusted"):
        prove(proof, Digest(bytes(32)))


def test_every_changed_value_key_and_node_is_refused(accredited: Any) -> None:
    _, _, proof = accredited
    for at, slot in enumerate(proof.slots):
        for forged in (
            replace(slot, word=slot.word ^ 1),
            replace(slot, word=0 if slot.word else 1),
            # The nodes that prove one slot empty may truly prove a neighbour empty, too; a value has one key.
            *([replace(slot, slot=slot.slot ^ 1)] if slot.word else []),
            *(replace(slot, nodes=_flipped(slot.nodes, place)) for place in range(len(slot.nodes))),
            *(replace(slot, nodes=slot.nodes[:place]) for place in range(len(slot.nodes))),
        ):
            slots = (*proof.slots[:at], forged, *proof.slots[at + 1 :])
            with pytest.raises(StateProofError):
                prove(replace(proof, slots=slots))


def test_a_changed_account_header_or_contract_is_refused(accredited: Any) -> None:
    _, _, proof = accredited
    trusted = prove(proof).header.block_hash
    fields = rlp.decode(proof.header)
    for forged in (
        *(replace(proof, account_nodes=_flipped(proof.account_nodes, at)) for at in range(len(proof.account_nodes))),
        replace(proof, account_nodes=()),
        replace(proof, contract=Address("0x" + "11" * 20)),
        *(replace(proof, header=rlp.encode(_changed(fields, at))) for at in range(len(fields))),
        replace(proof, header=rlp.encode([*fields, bytes(32)])),
        replace(proof, slots=(*proof.slots, proof.slots[0])),
    ):
        with pytest.raises(StateProofError):
            prove(forged, trusted)


def test_a_whole_forged_state_needs_a_block_of_another_hash(accredited: Any) -> None:
    _, _, proof = accredited
    leaf = rlp.encode([b"\x20" + keccak(proof.slots[0].slot.to_bytes(32, "big")), rlp.encode(b"\x01")])
    account = rlp.encode([b"", b"", keccak(leaf), bytes(32)])
    node = rlp.encode([b"\x20" + keccak(proof.contract.to_bytes()), account])
    fields = list(rlp.decode(proof.header))
    fields[3] = keccak(node)
    slot = replace(proof.slots[0], word=1, nodes=(leaf,))
    forged = replace(proof, header=rlp.encode(fields), account_nodes=(node,), slots=(slot,))
    assert prove(forged).words == {slot.slot: 1}
    with pytest.raises(StateProofError, match="not of the trusted"):
        prove(forged, prove(proof).header.block_hash)


@pytest.mark.parametrize(
    "account",
    [b"\xc1", rlp.encode(b"text"), rlp.encode([b""] * 3), rlp.encode([b"", b"", b"root", b""]), rlp.encode([[]] * 4)],
)
def test_what_is_no_account_is_refused(account: bytes) -> None:
    contract = derived_address()
    node = rlp.encode([b"\x20" + keccak(contract.to_bytes()), account])
    with pytest.raises(StateProofError, match="account"):
        prove(StateProof(31337, contract, _header_over(keccak(node)), (node,), ()))


@pytest.mark.parametrize("value", [b"\xc1", rlp.encode([]), rlp.encode(b"\x00\x01"), rlp.encode(b"\x01" * 33)])
def test_what_is_no_word_is_refused(accredited: Any, value: bytes) -> None:
    _, _, proof = accredited
    slot = proof.slots[0]
    leaf = rlp.encode([b"\x20" + keccak(slot.slot.to_bytes(32, "big")), value])
    account = rlp.encode([b"", b"", keccak(leaf), bytes(32)])
    node = rlp.encode([b"\x20" + keccak(proof.contract.to_bytes()), account])
    forged = StateProof(31337, proof.contract, _header_over(keccak(node)), (node,), (replace(slot, nodes=(leaf,)),))
    with pytest.raises(StateProofError, match="slot's value"):
        prove(forged)


# --- A lying endpoint


class LyingTransport(httpx.BaseTransport):
    """The real endpoint, with one method's answer changed."""

    def __init__(self, method: str, change: Callable[[Any], Any]) -> None:
        self._method, self._change = method, change
        self._real = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        calls = json.loads(request.read())
        fresh = httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
        response = self._real.handle_request(fresh)
        answers = json.loads(response.read())
        for call, answer in zip(calls, answers, strict=True):
            if call["method"] == self._method:
                answer["result"] = self._change(answer["result"])
        return httpx.Response(200, json=answers)

    def close(self) -> None:
        self._real.close()


LIES: list[tuple[str, Callable[[Any], Any]]] = [
    ("eth_chainId", lambda _: "0x1"),
    ("eth_getBlockByNumber", lambda _: None),
    ("eth_getBlockByNumber", lambda block: {**block, "stateRoot": "0x" + "11" * 32}),
    ("eth_getBlockByNumber", lambda block: {**block, "hash": "0x" + "11" * 32}),
    ("eth_getBlockByNumber", lambda block: {**block, "requestsHash": None}),
    ("eth_getBlockByNumber", lambda block: {**block, "miner": "nobody"}),
    ("eth_getStorageAt", lambda _: "nothing"),
    ("eth_getProof", lambda _: None),
    ("eth_getProof", lambda proof: {**proof, "accountProof": []}),
    ("eth_getProof", lambda proof: {**proof, "accountProof": "0x"}),
    ("eth_getProof", lambda proof: {**proof, "storageProof": proof["storageProof"][:-1]}),
    (
        "eth_getProof",
        lambda proof: {**proof, "storageProof": [{**one, "value": "0x7"} for one in proof["storageProof"]]},
    ),
    ("eth_getProof", lambda proof: {**proof, "storageProof": [{**one, "proof": []} for one in proof["storageProof"]]}),
]


@pytest.fixture
def lying_prover(world: World, request: pytest.FixtureRequest) -> Iterator[StateProver]:
    method, change = request.param
    prover = StateProver(world.network, [RpcEndpoint(world.devnet.rpc, LyingTransport(method, change))])
    yield prover
    prover.close()


@pytest.mark.parametrize("lying_prover", LIES, indirect=True, ids=lambda lie: lie[0])
def test_no_proof_comes_from_an_endpoint_that_lies(lying_prover: StateProver, world: World) -> None:
    with pytest.raises(ChainUnavailableError):
        lying_prover.state_proof(question(world.issuer()))


@pytest.mark.parametrize("lying_prover", [("eth_getStorageAt", lambda _: "0x" + "01" * 32)], indirect=True)
def test_a_lie_about_what_storage_holds_does_not_get_into_the_proof(lying_prover: StateProver, world: World) -> None:
    asked = question(world.issuer())
    proven = ProofReader(world.network, prove(lying_prover.state_proof(asked))).facts(asked)
    assert proven.issuer == world.read(asked).issuer


def _flipped(nodes: tuple[bytes, ...], at: int) -> tuple[bytes, ...]:
    node = nodes[at]
    return (*nodes[:at], node[:-1] + bytes([node[-1] ^ 1]), *nodes[at + 1 :])


def _changed(fields: list[bytes], at: int) -> list[bytes]:
    field = fields[at]
    changed = field[:-1] + bytes([field[-1] ^ 1]) if field else b"\x01"
    return [*fields[:at], changed.lstrip(b"\x00") if len(field) < 8 else changed, *fields[at + 1 :]]


def _header_over(state_root: bytes) -> bytes:
    sizes = [32, 32, 20, 32, 32, 32, 256, 0, 0, 0, 0, 0, 0, 32, 8]
    fields = [bytes(size) for size in sizes]
    fields[3] = state_root
    return rlp.encode(fields)
