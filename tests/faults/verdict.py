"""The verdict after a fault, read from the chain and the store alone: nothing lost, nothing paid twice.

    verdict = judge(stage)                  # holds at every moment, in the middle of a mess too
    verdict = judge(stage, final=True)      # and everything came to its end
    assert verdict.problems == []

A problem is a finished sentence. `paid` says how many transactions the account may have paid for (None: any number).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from eth_hash.auto import keccak

from registry.core.batch import seal
from registry.core.digest import leaf_hash
from registry.core.errors import RegistryError
from registry.core.submission import SubmissionState
from registry.records import BatchState
from registry.services.receipts import receipt_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.core.submission import Attempt, Submission
    from registry.store.repository import Store
    from tests.faults.stage import Stage

ANCHORED = "0x" + keccak(b"Anchored(address,bytes32,uint64,address)").hex()
_END = frozenset({SubmissionState.FINALIZED})


@dataclass
class Verdict:
    """What stands, counted, and what is wrong with it."""

    problems: list[str] = field(default_factory=list)
    anchors: int = 0
    """Batches of this store that the contract holds."""
    paid: int = 0
    """Transactions of the anchoring account that were mined since the stage was set, reverted ones included."""
    spent_wei: int = 0
    """What they cost."""
    double_anchors: int = 0
    """Batches that more than one of its transactions carried successfully."""
    lost_leaves: int = 0
    """Credentials that are in no batch, or whose proof does not lead to the root of theirs."""


def judge(stage: Stage, *, final: bool = False, paid: int | None = 1) -> Verdict:
    """Return what is wrong, if anything; `final` adds that all is final and the pool is empty."""
    verdict = Verdict()
    store = stage.open_store()
    try:
        attempts = [
            one for submission in store.submissions.submissions() for one in store.submissions.attempts(submission.id)
        ]
        _judge_leaves(stage, store, verdict)
        _judge_anchors(stage, store, verdict, final=final)
        _judge_money(stage, attempts, verdict)
        _judge_signed_bytes(stage, attempts, verdict)
        _judge_nonces(stage, store.submissions.submissions(), verdict)
        if final:
            _judge_end(stage, store, verdict)
    finally:
        store.engine.dispose()
    if paid is not None and (verdict.paid > paid or (final and verdict.paid != paid)):
        verdict.problems.append(f"The account paid for {verdict.paid} transactions, and {paid} were to be expected.")
    return verdict


def _judge_leaves(stage: Stage, store: Store, verdict: Verdict) -> None:
    """No leaf is lost: every credential is in one batch, under its leaf hash, and its proof leads to the root."""
    credentials = list(store.credentials())
    if len(credentials) != stage.credentials:
        verdict.problems.append(f"{stage.credentials} credentials were issued, and {len(credentials)} are stored.")
    verdict.lost_leaves += max(0, stage.credentials - len(credentials))
    for one in credentials:
        if one.entry is None or leaf_hash(one.entry) != one.leaf_hash or not _proven(store, one):
            verdict.lost_leaves += 1
            verdict.problems.append(f"The proof of {one.credential_id} does not hold.")
    for batch in store.batches():
        leaves = [one.leaf_hash for one in credentials if one.batch_id == batch.id]
        if batch.state is not BatchState.OPEN and (seal(leaves).root, len(leaves)) != (batch.root, batch.tree_size):
            verdict.problems.append(f"The root of batch {batch.id} is not that of its {len(leaves)} leaves.")


def _proven(store: Store, credential: Any) -> bool:
    batch = store.batch(credential.batch_id)
    try:
        receipt = receipt_of(store, credential)
    except RegistryError:
        return False
    sealed = batch is not None and batch.state is not BatchState.OPEN
    return (receipt is not None) == sealed


def _judge_anchors(stage: Stage, store: Store, verdict: Verdict, *, final: bool) -> None:
    """Every sealed batch is anchored once, and nothing that this store does not know was anchored for its issuers."""
    events = Counter(_anchored(stage))
    issuers = {issuer.id: issuer.account.lower() for issuer in store.issuers()}
    for batch in store.batches():
        if batch.root is None:
            continue
        count = events.pop((issuers[batch.issuer_id], batch.root.to_hex(), batch.tree_size), 0)
        verdict.anchors += count
        if count > 1 or (final and count != 1):
            verdict.problems.append(f"The contract anchored batch {batch.id} {count} times.")
    verdict.problems += [f"The contract anchored what the store does not know: {key}." for key in events]


def _anchored(stage: Stage) -> Iterator[tuple[str, str, int]]:
    wanted = {"fromBlock": "0x0", "toBlock": "latest", "address": stage.chain.contract, "topics": [ANCHORED]}
    for event in stage.chain.call("eth_getLogs", wanted):
        issuer = "0x" + event["topics"][1][-40:]
        if issuer == stage.issuer.lower():
            yield issuer, event["topics"][2], int(event["data"][2:66], 16)


def _judge_money(stage: Stage, attempts: list[Attempt], verdict: Verdict) -> None:
    """Every transaction of the account is one of the store's, no batch was carried twice, and the balance agrees."""
    known = {one.tx_hash.to_hex(): one.submission_id for one in attempts}
    carried: Counter[int] = Counter()
    for transaction in _transactions(stage):
        receipt = stage.chain.call("eth_getTransactionReceipt", transaction["hash"])
        verdict.paid += 1
        verdict.spent_wei += int(receipt["gasUsed"], 16) * int(receipt["effectiveGasPrice"], 16)
        if transaction["hash"] in stage.foreign:
            continue
        if transaction["hash"] not in known:
            verdict.problems.append(f"The store does not know the mined transaction {transaction['hash']}.")
        elif int(receipt["status"], 16):
            carried[known[transaction["hash"]]] += 1
    verdict.double_anchors = sum(count - 1 for count in carried.values())
    if verdict.double_anchors:
        verdict.problems.append(f"{verdict.double_anchors} batches were anchored twice.")
    missing = stage.start_balance - stage.balance()
    if missing != verdict.spent_wei:
        verdict.problems.append(f"The balance fell by {missing} wei, and the transactions cost {verdict.spent_wei}.")


def _transactions(stage: Stage) -> Iterator[dict[str, Any]]:
    head = int(stage.chain.call("eth_blockNumber"), 16)
    for number in range(stage.start_block + 1, head + 1):
        for transaction in stage.chain.call("eth_getBlockByNumber", hex(number), True)["transactions"]:  # noqa: FBT003
            if transaction["from"].lower() == stage.sender.lower():
                yield transaction


def _judge_signed_bytes(stage: Stage, attempts: list[Attempt], verdict: Verdict) -> None:
    """What was sent was stored first, and is stored still."""
    forgotten = set(stage.proxy.raws) - {attempt.raw for attempt in attempts}
    verdict.problems += [f"Signed bytes left and are in no row: 0x{raw.hex()}." for raw in forgotten]


def _judge_nonces(stage: Stage, submissions: list[Submission], verdict: Verdict) -> None:
    """At most one submission of the account holds a nonce that is not spent yet."""
    spent = int(stage.chain.call("eth_getTransactionCount", stage.sender, "latest"), 16)
    mine = [one for one in submissions if one.what.sender == stage.sender and one.nonce is not None]
    live = [one.id for one in mine if not one.finished and one.nonce is not None and one.nonce >= spent]
    if len(live) > 1:
        verdict.problems.append(f"Submissions {live} hold unspent nonces at once.")
    if len({one.nonce for one in mine}) != len(mine):
        verdict.problems.append("Two submissions hold the same nonce.")


def _judge_end(stage: Stage, store: Store, verdict: Verdict) -> None:
    """Everything is final, the anchors' blocks are the chain's, and nothing of the account waits in the pool."""
    verdict.problems += [
        f"Batch {one.id} is {one.state}." for one in store.batches() if one.state is not BatchState.FINAL
    ]
    mine = [one for one in store.submissions.submissions() if one.what.batches]
    verdict.problems += [f"Submission {one.id} is {one.state}." for one in mine if one.state not in _END]
    for batch in store.batches():
        for hint in store.submissions.anchors(batch.id):
            block = stage.chain.call("eth_getBlockByNumber", hex(hint.block_number or 0), False)  # noqa: FBT003
            if hint.block_hash is None or block is None or block["hash"] != hint.block_hash.to_hex():
                verdict.problems.append(f"The anchor of batch {batch.id} names a block that is not the chain's.")
    counts = [stage.chain.call("eth_getTransactionCount", stage.sender, tag) for tag in ("latest", "pending")]
    if counts[0] != counts[1]:
        verdict.problems.append("A transaction of the account still waits in the pool.")
