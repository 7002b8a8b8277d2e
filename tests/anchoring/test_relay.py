"""Relaying on a real chain: an issuer without ether signs, a relayer pays, nobody pays twice or for nothing.

Longer than other files: every test is about the same issuer, relayer and stranger, who are made here.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from eth_account import Account

from anchoring import contract_calls
from anchoring.job import outlook, run
from anchoring.relay import Look, Outcome, Relayed, look_at, relay
from anchoring.relay_request import RelayRequest
from anchoring.relay_signing import sign_batches
from anchoring.sender import KeystoreSender
from anchoring.steps import Rest
from registry.core.account import Address
from registry.core.digest import Digest, Root
from registry.core.errors import ChainUnavailableError, TransactionRevertedError
from registry.core.submission import SubmissionState
from registry.records import BatchState
from registry.store.engine import open_engine
from registry.store.repository import Store
from registry.store.submissions import SubmissionRows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from anchoring.relay_signing import SignedBatches
    from registry.records import IssuerRow
    from tests.bench import Bench
    from tests.devnet import LocalChain

pytestmark = pytest.mark.chain

ON, OFF = (True,), (False,)
WALLET = Path(__file__).parents[2] / "artifacts" / "tests" / "contracts" / "RelayedAnchors.t.sol" / "OwnedWallet.json"


@dataclass
class Relayer:
    """Somebody with ether and a store of their own, who knows the issuer by its requests alone."""

    bench: Bench

    @property
    def account(self) -> Address:
        return self.bench.sender.address

    def look(self, request: RelayRequest, **changes: object) -> Look:
        return look_at(self.bench.desk(**changes), self.account, request)

    def relay(self, request: RelayRequest, *, wait_seconds: float = 10, **changes: object) -> Relayed:
        return relay(self.bench.desk(owner="relayer", **changes), self.account, request, wait_seconds)

    def worth(self) -> tuple[int, int]:
        """Return what the account holds and how many transactions it sent."""
        return int(self.bench.local.call("eth_getBalance", self.account, "latest"), 16), self.bench.spent_nonces()


def new_relayer(bench: Bench, folder: Path) -> Relayer:
    folder.mkdir()
    _, key = bench.local.new_account()
    keystore = folder / "anchoring.json"
    keystore.write_text(json.dumps(Account.encrypt(key, "pass", kdf="pbkdf2", iterations=2)), "utf-8")
    engine = open_engine(f"sqlite:///{folder / 'store.db'}")
    rows = SubmissionRows(engine)
    sender = KeystoreSender(keystore, lambda: "pass")
    return Relayer(replace(bench, store=Store(engine), rows=rows, sender=sender, folder=folder))


@pytest.fixture
def relayer(bench: Bench, tmp_path: Path) -> Iterator[Relayer]:
    made = new_relayer(bench, tmp_path / "relayer")
    yield made
    made.bench.store.engine.dispose()


@pytest.fixture
def stranger(bench: Bench, tmp_path: Path) -> Iterator[Relayer]:
    made = new_relayer(bench, tmp_path / "stranger")
    yield made
    made.bench.store.engine.dispose()


@pytest.fixture
def issuer(bench: Bench) -> IssuerRow:
    """Give an issuer with three credentials to anchor, whose delegate has no ether at all."""
    made = bench.new_issuer()
    bench.issue(made, 3)
    bench.local.call("anvil_setBalance", bench.sender.address, "0x0")
    return made


def sign(bench: Bench, *, seconds: int = 3600, **changes: object) -> SignedBatches:
    deadline = int(bench.clock.now().timestamp()) + seconds
    return sign_batches(bench.desk(**changes), bench.sender.address, bench.seal, deadline)


def signed(bench: Bench, **changes: Any) -> RelayRequest:
    (request,) = sign(bench, **changes).requests
    return request


def states(bench: Bench) -> list[BatchState]:
    return [batch.state for batch in bench.store.batches()]


def changed(request: RelayRequest, **terms: object) -> RelayRequest:
    return replace(request, terms=replace(request.terms, **terms))


def with_batch(request: RelayRequest, **members: object) -> RelayRequest:
    return changed(request, batch=replace(request.terms.batch, **members))


def set_roles(bench: Bench, issuer: IssuerRow, account: str, roles: int) -> None:
    bench.local.transact(issuer.account, contract_calls.set_delegate(issuer.account, Address(account), roles))


# --- The way it should go


def test_a_delegate_without_ether_signs_and_somebody_else_pays(
    bench: Bench, relayer: Relayer, issuer: IssuerRow
) -> None:
    request = signed(bench)

    relayed = relayer.relay(request)

    (event,) = bench.anchored_events(issuer)
    assert relayed.outcome is Outcome.RELAYED
    assert relayed.mined.tx_hash.to_hex() == event["transactionHash"]
    assert Address("0x" + event["data"][-40:]) == bench.sender.address
    assert bench.spent_nonces() == 0


def test_the_issuers_next_run_adopts_what_was_relayed_and_pays_nothing(
    bench: Bench, relayer: Relayer, issuer: IssuerRow
) -> None:
    relayed = relayer.relay(signed(bench))

    report = run(bench.desk(), bench.sender.address, bench.seal, 10)

    (batch,) = bench.store.batches()
    (hint,) = bench.rows.anchors(batch.id)
    assert [type(one.step) for one in report.progress] == [Rest]
    assert not report.skipped
    assert batch.state is BatchState.FINAL
    assert (hint.block_number, hint.block_hash) == (relayed.mined.block_number, relayed.mined.block_hash)
    assert bench.spent_nonces() == 0
    assert len(bench.anchored_events(issuer)) == 1


def test_adopting_needs_neither_passphrase_nor_role(bench: Bench, relayer: Relayer, issuer: IssuerRow) -> None:
    relayer.relay(signed(bench))
    set_roles(bench, issuer, bench.sender.address, 0)
    signers = {bench.sender.address: bench.sender_with("wrong")}

    report = run(bench.desk(signers=signers), bench.sender.address, bench.seal, 10)

    assert not report.needs_person
    assert states(bench) == [BatchState.FINAL]


def test_one_run_adopts_what_stands_and_anchors_the_rest(bench: Bench, relayer: Relayer, issuer: IssuerRow) -> None:
    relayer.relay(signed(bench))
    bench.local.fund(bench.sender.address)
    bench.issue(issuer, 2)

    report = run(bench.desk(), bench.sender.address, bench.seal, 10)

    labels = [one.submission.what.label for one in report.progress]
    assert labels == ["adopt the relayed anchor of 1 batch of 1 issuer", "anchor 1 batch of 1 issuer"]
    assert states(bench) == [BatchState.FINAL, BatchState.FINAL]
    assert bench.spent_nonces() == 1
    assert len(bench.anchored_events(issuer)) == 2


def test_what_stands_costs_nothing_in_the_outlook(bench: Bench, relayer: Relayer, issuer: IssuerRow) -> None:
    relayer.relay(signed(bench))

    plans, skipped = outlook(bench.desk(), bench.sender.address, bench.rows.unclaimed_batches())

    assert (plans, skipped) == ([], [])
    assert len(bench.anchored_events(issuer)) == 1


def test_a_relayed_anchor_lost_in_a_reorganisation_is_anchored_by_the_issuer_itself(
    bench: Bench, relayer: Relayer, issuer: IssuerRow
) -> None:
    test_network = bench.chain_of(kind="test")
    request = signed(bench)
    relayer.relay(request, chain=test_network, wait_seconds=0)
    bench.until(lambda: bench.anchored_events(issuer))
    adopted = run(bench.desk(chain=test_network), bench.sender.address, bench.seal, 0).progress[0]
    assert adopted.submission.state is SubmissionState.ALREADY_ANCHORED
    bench.local.call("anvil_reorg", 1, [])
    bench.local.fund(bench.sender.address)

    report = run(bench.desk(), bench.sender.address, bench.seal, 10)

    assert [type(one.step) for one in report.progress] == [Rest]
    assert states(bench) == [BatchState.FINAL]
    assert len(bench.anchored_events(issuer)) == 1


def test_signing_seals_signs_for_every_issuer_and_sends_nothing(bench: Bench, issuer: IssuerRow) -> None:
    other = bench.new_issuer()
    bench.issue(other, 2)

    requests = sign(bench).requests

    assert [one.terms.batch.issuer for one in requests] == [issuer.account, other.account]
    assert [one.terms.batch.tree_size for one in requests] == [3, 2]
    assert states(bench) == [BatchState.SEALED, BatchState.SEALED]
    assert bench.rows.submissions() == []
    assert "eth_sendRawTransaction" not in bench.rpc.calls


def test_a_batch_that_waits_for_its_own_accounts_ether_can_be_relayed(
    bench: Bench, relayer: Relayer, issuer: IssuerRow
) -> None:
    bench.local.fund(bench.sender.address)
    bench.kill("eth_sendRawTransaction", "before")
    with pytest.raises(bench.killed):
        run(bench.desk(), bench.sender.address, bench.seal, 0)
    bench.rpc.before.clear()
    (submission,) = bench.rows.submissions()
    bench.rows.nonce_lost(submission, "", bench.clock.now())
    bench.local.call("anvil_setBalance", bench.sender.address, "0x0")

    relayer.relay(signed(bench))
    run(bench.desk(), bench.sender.address, bench.seal, 10)

    assert states(bench) == [BatchState.FINAL]
    assert len(bench.anchored_events(issuer)) == 1
    assert bench.spent_nonces() == 0


def test_nothing_is_signed_for_a_batch_whose_transaction_is_on_its_way(bench: Bench, issuer: IssuerRow) -> None:
    bench.local.fund(bench.sender.address)
    bench.local.call("evm_setAutomine", *OFF)
    try:
        run(bench.desk(), bench.sender.address, bench.seal, 0)
        result = sign(bench)
    finally:
        bench.local.call("evm_setAutomine", *ON)
        bench.local.call("anvil_mine", "0x1", "0x0")

    assert (result.requests, result.standing) == ((), ())
    assert len(bench.anchored_events(issuer)) == 1


def test_nothing_is_signed_for_a_batch_that_stands(bench: Bench, relayer: Relayer, issuer: IssuerRow) -> None:
    relayer.relay(signed(bench))

    again = sign(bench)

    assert again.requests == ()
    assert [one.issuer for one in again.standing] == [issuer.account]


def test_nothing_is_signed_for_an_issuer_that_gave_no_role(bench: Bench) -> None:
    bench.issue(bench.new_issuer(delegate=False))

    result = sign(bench)

    assert result.requests == ()
    assert "anchor role" in result.skipped[0]


# --- Once is enough


def test_a_batch_that_stands_is_not_quoted(bench: Bench, relayer: Relayer, issuer: IssuerRow) -> None:
    request = signed(bench)
    relayed = relayer.relay(request)

    found = relayer.look(request)

    assert (found.standing, found.quote, found.refusal) == (relayed.standing, None, "")
    assert len(bench.anchored_events(issuer)) == 1


def test_a_request_relayed_again_costs_nothing(bench: Bench, relayer: Relayer, issuer: IssuerRow) -> None:
    request = signed(bench)
    relayer.relay(request)
    before = relayer.worth()

    again = relayer.relay(request)

    assert again.outcome is Outcome.STANDS
    assert relayer.worth() == before
    assert len(bench.anchored_events(issuer)) == 1


def test_a_request_that_a_stranger_relayed_first_costs_nothing(
    bench: Bench, relayer: Relayer, stranger: Relayer, issuer: IssuerRow
) -> None:
    request = signed(bench)
    found = relayer.look(request)
    stranger.relay(request)
    before = relayer.worth()

    relayed = relayer.relay(request)

    assert found.quote is not None
    assert relayed.outcome is Outcome.STANDS
    assert relayer.worth() == before
    assert len(bench.anchored_events(issuer)) == 1


def test_a_stranger_in_the_same_block_leaves_both_successful_and_one_anchor(
    bench: Bench, relayer: Relayer, stranger: Relayer, issuer: IssuerRow
) -> None:
    request = signed(bench)
    bench.local.call("evm_setAutomine", *OFF)
    try:
        waits = stranger.relay(request, wait_seconds=0), relayer.relay(request, wait_seconds=0)
        bench.local.call("anvil_mine", "0x1", "0x0")
    finally:
        bench.local.call("evm_setAutomine", *ON)

    ends = stranger.relay(request), relayer.relay(request)

    assert [one.outcome for one in waits] == [Outcome.WAITS, Outcome.WAITS]
    assert [one.outcome for one in ends] == [Outcome.RELAYED, Outcome.RELAYED]
    assert [one.mined.succeeded for one in ends] == [True, True]
    assert [stranger.worth()[1], relayer.worth()[1]] == [1, 1]
    assert len(bench.anchored_events(issuer)) == 1


def test_a_batch_that_the_issuer_anchored_itself_meanwhile_costs_the_relayer_nothing(
    bench: Bench, relayer: Relayer, issuer: IssuerRow
) -> None:
    request = signed(bench)
    bench.local.fund(bench.sender.address)
    run(bench.desk(), bench.sender.address, bench.seal, 10)
    before = relayer.worth()

    assert relayer.relay(request).outcome is Outcome.STANDS
    assert relayer.worth() == before
    assert len(bench.anchored_events(issuer)) == 1


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("commit", ["plan", "claim", "signed", "sent", "mined", "finalized"])
def test_a_crash_at_any_commit_of_the_relayer_still_ends_in_one_transaction(
    bench: Bench, relayer: Relayer, issuer: IssuerRow, commit: str, moment: str
) -> None:
    request = signed(bench)
    with pytest.raises(bench.killed):
        relayer.relay(request, rows=relayer.bench.dying(commit, moment))
    bench.clock.pause(60)

    relayer.relay(request)

    assert relayer.worth()[1] == 1
    assert len(bench.anchored_events(issuer)) == 1


def test_what_was_planned_and_not_signed_is_given_up_when_a_stranger_was_quicker(
    bench: Bench, relayer: Relayer, stranger: Relayer, issuer: IssuerRow
) -> None:
    request = signed(bench)
    with pytest.raises(bench.killed):
        relayer.relay(request, rows=relayer.bench.dying("plan", "after"))
    stranger.relay(request)
    before = relayer.worth()

    relayer.relay(request)
    run(relayer.bench.desk(), relayer.account, relayer.bench.seal, 10)

    assert relayer.worth() == before
    assert [one.state for one in relayer.bench.rows.submissions()] == [SubmissionState.FINALIZED]
    assert len(bench.anchored_events(issuer)) == 1


# --- What is refused, with its reason, before anything is spent


def refusal(relayer: Relayer, request: RelayRequest, **changes: object) -> str:
    """Return why a request is refused, having seen that neither looking nor insisting spends anything."""
    before = relayer.worth()
    found = relayer.look(request, **changes)
    assert found.quote is None
    assert found.standing is None
    assert relayer.worth() == before
    assert relayer.bench.rows.submissions() == []
    return found.refusal


def insist(relayer: Relayer, request: RelayRequest) -> str:
    """Relay without looking first; return what the contract itself says, having seen that nothing is spent."""
    before = relayer.worth()
    with pytest.raises(TransactionRevertedError) as caught:
        relayer.relay(request)
    assert relayer.worth() == before
    return str(caught.value)


@pytest.mark.usefixtures("issuer")
def test_a_request_past_its_deadline_is_refused_as_expired(bench: Bench, relayer: Relayer) -> None:
    request = signed(bench, seconds=1)
    _let_pass(bench, request.terms.deadline_seconds)

    assert "It expired " in refusal(relayer, request)
    assert "SignatureExpired(deadline" in insist(relayer, request)


def _let_pass(bench: Bench, seconds: int) -> None:
    """Wait until the newest block is later than a time; a chain that was reorganised lags behind the clock."""
    end = time.monotonic() + 30
    while bench.desk().chain.now().timestamp() <= seconds:
        assert time.monotonic() < end, "the chain's time stands still"
        time.sleep(0.3)
        bench.local.call("evm_mine")


@pytest.mark.usefixtures("issuer")
def test_a_deadline_that_this_computers_clock_has_passed_is_refused_though_no_block_says_so_yet(
    bench: Bench, relayer: Relayer
) -> None:
    request = signed(bench, seconds=3600)
    bench.clock.pause(3700)

    assert "It expired 100 seconds ago" in refusal(relayer, request)


@pytest.mark.usefixtures("issuer")
def test_a_deadline_too_near_for_a_public_network_is_refused(bench: Bench, relayer: Relayer) -> None:
    chain = bench.chain_of(kind="test")

    assert "It expires in " in refusal(relayer, signed(bench, seconds=50), chain=chain)


@pytest.mark.usefixtures("issuer")
def test_a_request_for_another_chain_is_refused_by_its_number(bench: Bench, relayer: Relayer) -> None:
    request = changed(signed(bench), chain_id=11155111)

    assert "It is for chain 11155111, and a local test chain is chain 31337" in refusal(relayer, request)
    # The number in the file is a claim: what was signed for another chain is refused by the contract.
    other = signed(bench, chain=_claiming(bench, 11155111))
    assert "SignatureInvalid(signer" in insist(relayer, other)


def _claiming(bench: Bench, chain_id: int) -> Any:
    """Return the real chain under another number, as an issuer of that other network would see its own."""
    chain = bench.chain_of()
    chain.network = replace(chain.network, chain_id=chain_id)
    return chain


@pytest.mark.usefixtures("issuer")
def test_a_signature_for_another_chain_does_not_become_ours_by_its_number(bench: Bench, relayer: Relayer) -> None:
    request = changed(signed(bench, chain=_claiming(bench, 11155111)), chain_id=31337)

    assert "Its signature is not" in refusal(relayer, request)


@pytest.mark.usefixtures("issuer")
def test_a_request_for_another_contract_is_refused_by_its_address(bench: Bench, relayer: Relayer) -> None:
    other = Address("0x" + "c0" * 20)
    request = changed(signed(bench), contract=other)

    text = refusal(relayer, request)

    assert other.checksummed() in text
    assert bench.local.contract.checksummed() in text


@pytest.mark.usefixtures("issuer")
def test_a_signature_for_another_contract_does_not_become_ours_by_its_address(bench: Bench, relayer: Relayer) -> None:
    chain = bench.chain_of()
    signing = sign_terms(bench, changed(signed(bench), contract=Address("0x" + "c0" * 20)))
    request = changed(signing, contract=chain.network.contract)

    assert "Its signature is not" in refusal(relayer, request)
    assert "SignatureInvalid(signer" in insist(relayer, request)


def sign_terms(bench: Bench, request: RelayRequest) -> RelayRequest:
    return replace(request, signature=bench.sender.sign_typed_data(request.terms.typed_data()))


@pytest.mark.usefixtures("issuer")
@pytest.mark.parametrize("member", ["root", "size", "deadline", "signature"])
def test_a_request_with_one_value_changed_is_refused_for_its_signature(
    bench: Bench, relayer: Relayer, member: str
) -> None:
    request = signed(bench)
    flipped = bytes([request.signature[0] ^ 1]) + request.signature[1:]
    tampered = {
        "root": with_batch(request, root=Root(Digest(b"x" * 32))),
        "size": with_batch(request, tree_size=4),
        "deadline": changed(request, deadline_seconds=request.terms.deadline_seconds + 1),
        "signature": replace(request, signature=flipped),
    }[member]

    assert "Its signature is not" in refusal(relayer, tampered)
    assert "SignatureInvalid(signer" in insist(relayer, tampered)


@pytest.mark.usefixtures("issuer")
def test_a_request_turned_to_another_issuer_of_the_same_delegate_is_refused(bench: Bench, relayer: Relayer) -> None:
    request = with_batch(signed(bench), issuer=bench.new_issuer().account)

    assert "Its signature is not" in refusal(relayer, request)


def test_a_signer_without_the_role_is_refused_by_name(bench: Bench, relayer: Relayer, issuer: IssuerRow) -> None:
    request = signed(bench)
    _, key = bench.local.new_account()
    other = Address(Account.from_key(key).address)
    terms = replace(request.terms, signer=other)
    forged = RelayRequest(terms, signature_of(key, terms))

    text = refusal(relayer, forged)

    assert f"{other.checksummed()} does not hold the anchor role of the issuer {issuer.account.checksummed()}" in text
    assert "MissingRole(" in insist(relayer, forged)


def signature_of(key: str, terms: Any) -> bytes:
    typed = terms.typed_data()
    return bytes(Account.sign_typed_data(key, dict(typed.domain), dict(typed.types), dict(typed.message)).signature)


def test_a_signer_whose_role_was_withdrawn_after_signing_is_refused(
    bench: Bench, relayer: Relayer, issuer: IssuerRow
) -> None:
    request = signed(bench)
    set_roles(bench, issuer, bench.sender.address, contract_calls.REVOKE_ROLE)

    assert "or not any more" in refusal(relayer, request)
    assert "MissingRole(" in insist(relayer, request)


@pytest.mark.usefixtures("issuer")
def test_a_contract_address_without_code_is_told_and_nothing_is_refused_as_invalid(
    bench: Bench, relayer: Relayer
) -> None:
    nowhere = bench.chain_of(contract=Address("0x" + "c0" * 20))
    request = changed(signed(bench), contract=nowhere.network.contract)
    before = relayer.worth()

    with pytest.raises(ChainUnavailableError, match="There is no contract at"):
        relayer.look(request, chain=nowhere)

    assert relayer.worth() == before


# --- Wallets that are contracts (EIP-1271)


def deployed_wallet(local: LocalChain, owner: str) -> Address:
    if not WALLET.is_file():
        pytest.skip("The wallet is not compiled here; `npx hardhat test` compiles it.")
    code = json.loads(WALLET.read_text("utf-8"))["bytecode"]
    data = code + "0" * 24 + owner[2:]
    tx_hash = local.call("eth_sendTransaction", {"from": local.funder, "data": data})
    local.call("anvil_mine", "0x1", "0x0")
    return Address(local.call("eth_getTransactionReceipt", tx_hash)["contractAddress"])


def test_a_wallet_contract_signs_through_its_owner(bench: Bench, relayer: Relayer, issuer: IssuerRow) -> None:
    _, key = bench.local.new_account()
    wallet = deployed_wallet(bench.local, Account.from_key(key).address)
    set_roles(bench, issuer, wallet, contract_calls.ANCHOR_ROLE)
    terms = replace(signed(bench).terms, signer=wallet)

    relayed = relayer.relay(RelayRequest(terms, signature_of(key, terms)))

    assert relayed.outcome is Outcome.RELAYED
    assert len(bench.anchored_events(issuer)) == 1


def test_a_wallet_contract_that_says_no_is_refused_by_the_contract(
    bench: Bench, relayer: Relayer, issuer: IssuerRow
) -> None:
    _, key = bench.local.new_account()
    wallet = deployed_wallet(bench.local, Account.from_key(key).address)
    set_roles(bench, issuer, wallet, contract_calls.ANCHOR_ROLE)
    terms = replace(signed(bench).terms, signer=wallet)
    _, other = bench.local.new_account()

    assert "SignatureInvalid(signer" in refusal(relayer, RelayRequest(terms, signature_of(other, terms)))
