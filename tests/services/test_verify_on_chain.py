"""Verifying against a real chain with the real contract: the same judgements, read over JSON-RPC."""

from __future__ import annotations

import secrets
import sys
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from anchoring import contract_calls
from registry.chain.networks import Accreditor, Network
from registry.chain.reader import RpcChainReader
from registry.core.account import Address
from registry.services.verify import Verifier
from registry.system import SystemClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.core.receipt import AnchorReceipt
    from registry.services.judged import Judged

worlds = sys.modules["services_world"]  # loaded by conftest.py
told, check = worlds.told, worlds.check
NEVER = 2**64 - 1

pytestmark = [pytest.mark.chain, pytest.mark.xdist_group("home")]


@dataclass
class Ground:
    """The session's chain, an issuer of the test's own on it, and an accreditor."""

    chain: Any
    issuer: Any
    accreditor: Address
    web: Any

    def send(self, data: bytes, sender: Address | None = None) -> int:
        """Send a call as the issuer, and return the time of its block."""
        receipt = self.chain.transact(sender or self.issuer.account, data)
        return int(self.chain.call("eth_getBlockByNumber", receipt["blockNumber"], False)["timestamp"], 16)  # noqa: FBT003

    def anchor(self, *documents: Any, issuer: Any = None) -> list[AnchorReceipt]:
        mine = issuer or self.issuer
        receipts = worlds.receipts_for(documents, mine, self.chain.chain_id)
        batch = (receipts[0].root, receipts[0].proof.tree_size)
        self.send(contract_calls.call_data("anchor", mine.account, *batch), mine.account)
        return list(receipts)

    def enrol(self, issuer: Any, *, accredited: bool = True) -> None:
        self.send(contract_calls.register_issuer(issuer.did), issuer.account)
        self.send(contract_calls.add_signing_key(issuer.account, issuer.public.multikey), issuer.account)
        if accredited:
            self.send(contract_calls.accredit(issuer.account, NEVER, "The University", ""), self.accreditor)

    @property
    def network(self) -> Network:
        return Network(
            name="local",
            title="a local test chain",
            kind="local",
            chain_id=self.chain.chain_id,
            contract=self.chain.contract,
            rpc_urls=(self.chain.rpc,),
            explorer=None,
            accreditors=(Accreditor(self.accreditor, "the agency"),),
        )

    def judge(self, document: Any, receipts: Any = (), *networks: Network) -> Judged:
        readers = tuple(RpcChainReader(network) for network in (self.network, *networks))
        verifier = Verifier(readers, self.web, SystemClock())
        try:
            return verifier.verify(worlds.bundle_bytes(document, receipts))
        finally:
            verifier.close()


def new_issuer(devnet: Any) -> Any:
    return worlds.new_issuer(f"u{secrets.token_hex(4)}", devnet.new_account()[0])


@pytest.fixture
def bare(devnet: Any) -> Ground:
    """Give an issuer that nobody accredited."""
    ground = Ground(devnet, new_issuer(devnet), devnet.new_account()[0], worlds.Web())
    ground.enrol(ground.issuer, accredited=False)
    return ground


@pytest.fixture
def ground(bare: Ground) -> Iterator[Ground]:
    """Give an accredited issuer."""
    bare.send(contract_calls.accredit(bare.issuer.account, NEVER, "The University", ""), bare.accreditor)
    return bare


def test_a_bundle_is_verified(ground: Ground) -> None:
    document = worlds.badge(ground.issuer)
    judged = ground.judge(document, ground.anchor(document))
    assert told(judged) == ("verified", "verified")
    assert check(judged, "issuer-identity") == ("passed", "accredited")


def test_the_did_document_confirms_the_account_of_this_chain_and_contract(bare: Ground) -> None:
    document = worlds.badge(bare.issuer)
    bare.web.name_account(bare.issuer, network=bare.network.ref())
    judged = bare.judge(document, bare.anchor(document))
    assert told(judged) == ("verified", "verified")
    assert check(judged, "issuer-identity") == ("passed", "domain-confirmed")


def test_a_did_document_that_names_another_account_fails(bare: Ground) -> None:
    document = worlds.badge(bare.issuer)
    bare.web.name_account(bare.issuer, Address("0x" + "77" * 20), bare.network.ref())
    assert told(bare.judge(document, bare.anchor(document))) == ("not-verified", "not-the-issuer")


def test_an_impostor_with_the_same_did_and_key_is_not_confirmed(ground: Ground) -> None:
    impostor = replace(ground.issuer, account=ground.chain.new_account()[0])
    ground.enrol(impostor, accredited=False)
    ground.web.name_account(ground.issuer, network=ground.network.ref())
    document = worlds.badge(ground.issuer)
    judged = ground.judge(document, ground.anchor(document, issuer=impostor))
    assert told(judged) == ("not-verified", "not-the-issuer")


def test_a_key_retired_since_a_past_date_leaves_what_was_anchored_before_and_spoils_the_rest(ground: Ground) -> None:
    before, after = (worlds.badge(ground.issuer) for _ in range(2))
    old = ground.anchor(before)
    time.sleep(1.1)  # the next block has a later second
    new = ground.anchor(after)
    head = ground.chain.call("eth_getBlockByNumber", "latest", False)  # noqa: FBT003
    anchored = ground.judge(after, new).facts.chain.latest.anchor.anchored_at
    since = int(anchored.timestamp())
    assert int(head["timestamp"], 16) >= since
    ground.send(contract_calls.retire_signing_key(ground.issuer.account, ground.issuer.public.key_hash, since))
    assert told(ground.judge(before, old)) == ("verified", "verified")
    assert told(ground.judge(after, new)) == ("not-verified", "key-retired")


def test_a_stack_falls_with_one_revoked_component_and_an_endorsement_does_not_matter(ground: Ground) -> None:
    guild = new_issuer(ground.chain)
    ground.enrol(guild)
    word = worlds.endorsement(guild)
    endorsed, plain = worlds.badge(ground.issuer, [word]), worlds.badge(ground.issuer)
    whole = worlds.stack(ground.issuer, [endorsed, plain])
    receipts = [*ground.anchor(whole, endorsed, plain), *ground.anchor(word, issuer=guild)]
    assert told(ground.judge(whole, receipts)) == ("verified", "verified")

    ground.send(contract_calls.revoke(guild.account, [worlds.leaf_of(word)], 1), guild.account)
    assert told(ground.judge(whole, receipts)) == ("verified", "verified")

    ground.send(contract_calls.revoke(ground.issuer.account, [worlds.leaf_of(plain)], 1))
    assert told(ground.judge(whole, receipts)) == ("not-verified", "component-failed")


def test_revoking_the_batch_revokes_all_in_it(ground: Ground) -> None:
    document = worlds.badge(ground.issuer)
    [receipt] = ground.anchor(document)
    ground.send(contract_calls.revoke_batch(ground.issuer.account, receipt.root, receipt.proof.tree_size))
    assert told(ground.judge(document, [receipt])) == ("not-verified", "batch-revoked")


def test_a_list_signed_with_another_of_the_keys_on_the_chain_counts(ground: Ground) -> None:
    url = "https://uni.example/status/0"
    newer = worlds.new_issuer()
    ground.send(contract_calls.add_signing_key(ground.issuer.account, newer.public.multikey))
    ground.web.documents[url] = worlds.status_list(ground.issuer, url, [7], newer.key)
    document = worlds.badge(ground.issuer, status_url=url)
    assert told(ground.judge(document, ground.anchor(document))) == ("not-verified", "revoked")


def test_receipts_of_a_dead_and_a_foreign_chain_do_not_hide_the_one_that_answers(ground: Ground) -> None:
    document = worlds.badge(ground.issuer)
    good = ground.anchor(document)
    foreign, dead = (worlds.receipts_for([document], ground.issuer, chain_id) for chain_id in (5, 6))
    nobody = replace(ground.network, name="dead", kind="main", chain_id=6, rpc_urls=("http://127.0.0.1:9",))
    assert told(ground.judge(document, [*foreign, *dead, *good], nobody)) == ("verified", "verified")
    assert told(ground.judge(document, [*foreign, *dead], nobody)) == ("undecided", "chain-unreachable")


def test_a_batch_that_is_not_on_the_chain_fails_and_a_pending_one_waits(ground: Ground) -> None:
    document = worlds.badge(ground.issuer)
    [never] = worlds.receipts_for([document], ground.issuer, ground.chain.chain_id)
    assert told(ground.judge(document, [never])) == ("not-verified", "not-anchored")
    assert told(ground.judge(document, [replace(never, state="pending")])) == ("undecided", "waiting-for-anchor")
