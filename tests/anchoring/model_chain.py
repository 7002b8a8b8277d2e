"""A chain in memory: blocks, forks, finality, a forgetful pool, a wallet, the contract's anchors, a lagging endpoint.

It answers as `anchoring.chain.Chain` does, so that the real job runs on it; no bytes, no network, no clock.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from anchoring.chain import Quote
from anchoring.steps import GWEI, Sight
from registry.chain.networks import Network
from registry.core.account import Address
from registry.core.digest import Digest
from registry.core.errors import ChainUnavailableError
from registry.core.submission import Mined, Standing

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from anchoring.sender import UnsignedTransaction
    from registry.core.submission import Attempt, BatchRef, Submission

SENDER, CONTRACT = Address("0x" + "1" * 40), Address("0x" + "2" * 40)
GAS = 50_000
START = 1_700_000_000
FINALITY_BLOCKS = 4
NETWORK = Network("test", "a model chain", "test", 1, CONTRACT, ("http://model.invalid",), None, ())


@dataclass(frozen=True)
class Tx:
    """A transaction of our account, ours or a stranger's with the same key."""

    tx_hash: Digest
    nonce: int
    cap_wei: int
    tip_wei: int
    batches: tuple[int, ...]
    """Numbers of the batches it anchors."""
    ours: bool


@dataclass
class Block:
    """A block and everything that holds after it."""

    number: int
    block_hash: Digest
    base_fee: int
    finalized: int
    spent: int
    balance: int
    anchors: dict[int, int]
    """Batch number to the number of the block that anchored it."""
    mined: dict[Digest, Mined] = field(default_factory=dict)
    txs: list[Tx] = field(default_factory=list)
    strangers: list[int] = field(default_factory=list)
    """Batches that another account anchored in this block."""


@dataclass
class ModelSigner:
    """Signs by writing the fields down, deterministically, as eth-account does."""

    address: Address = SENDER

    def sign(self, transaction: UnsignedTransaction) -> Any:
        from anchoring.sender import Signed  # noqa: PLC0415  only its shape is needed

        fields = [
            transaction.nonce,
            transaction.fees.cap_wei,
            transaction.fees.tip_wei,
            transaction.data.hex(),
        ]
        raw = json.dumps(fields).encode()
        return Signed(raw, Digest(hashlib.sha256(raw).digest()))


class ModelChain:
    """The chain, and the one endpoint that the job asks."""

    def __init__(self, is_stored: Callable[[bytes], bool], carried: Callable[[bytes], tuple[int, ...]]) -> None:
        self.network = NETWORK
        self.blocks = [Block(0, self._hash("genesis"), GWEI, 0, 0, 10**18, {})]
        self.pool: dict[int, Tx] = {}
        self.stranger_pool: list[int] = []
        self.forgotten: dict[Digest, Tx] = {}
        self.base_fee = GWEI
        self.may = True
        self.lag = 0
        """How many blocks behind the endpoint answers."""
        self.fork: list[Block] = []
        """The branch that a lagging endpoint still stands on."""
        self.on_fork = False
        self.hides_receipts = False
        self.fails_in = 0
        """The so-many-th question from now goes unanswered; 0 is never."""
        self.send_fault = ""
        """`before`: the next send is lost on its way; `after`: its answer is."""
        self.most_spent = 0
        """How many nonces were ever spent, on any branch."""
        self.on_send: Callable[[], None] = lambda: None
        self._is_stored = is_stored
        self._carried = carried
        self._forks = 0

    # --- What happens on the chain

    def mine(self, count: int = 1) -> None:
        for _ in range(count):
            self._mine()

    def reorganise(self, depth: int, *, forget: bool) -> None:
        """Replace the newest blocks, none of them final, by as many others and one more."""
        depth = min(depth, self.blocks[-1].number - self.blocks[-1].finalized)
        if depth < 1:
            return
        self.fork = list(self.blocks)
        gone, self.blocks = self.blocks[-depth:], self.blocks[:-depth]
        self._forks += 1
        for block in gone:
            for tx in block.txs:
                (self.forgotten.__setitem__(tx.tx_hash, tx) if forget else self.pool.setdefault(tx.nonce, tx))
            if not forget:
                self.stranger_pool += block.strangers
        self.mine(depth + 1)

    def drop_pool(self) -> None:
        self.forgotten.update({tx.tx_hash: tx for tx in self.pool.values()})
        self.pool.clear()

    def foreign_transaction(self) -> None:
        """Let somebody else with the same key spend the next nonce; it outbids whatever waits."""
        nonce = self.blocks[-1].spent
        self._forks += 1
        self.pool[nonce] = Tx(self._hash("foreign"), nonce, 10**12, 10**12, (), ours=False)

    def settle(self) -> None:
        raise AssertionError("only a local chain is settled")

    # --- What the job asks (as anchoring.chain.Chain)

    def observe(self, submission: Submission, attempts: Sequence[Attempt]) -> Sight:
        view = self._view()
        head = view[-1]
        mined = None if self.hides_receipts else self._mined(view, attempts)
        live = any(attempt.nonce == submission.nonce for attempt in attempts)
        final = view[head.finalized]
        return Sight(
            head=head.number,
            finalized=head.finalized,
            spent_nonces=head.spent,
            final_nonces=final.spent,
            mined=mined,
            block_hash_then=self._hash_at(view, submission.mined.block_number) if submission.mined else None,
            known=frozenset(one.tx_hash for one in attempts if self._knows(view, one.tx_hash)),
            standings=self._standings(view, head, submission.what.batches),
            final_standings=self._standings(view, final, submission.what.batches),
            base_fee_wei=head.base_fee,
            tip_wei=GWEI // 10,
            balance_wei=head.balance,
            gas_estimate=None if live or mined or not self.may else GAS,
            refusal="" if self.may else "no role",
        )

    def standings(self, batches: Sequence[BatchRef]) -> tuple[Standing | None, ...]:
        view = self._view()
        return self._standings(view, view[-1], batches)

    def quote(self, sender: Address, _data: bytes, _target: Address | None = None) -> Quote:
        head = self._view()[-1]
        cap = 2 * head.base_fee + GWEI // 10
        return Quote(sender, "a model chain", GAS, GAS * head.base_fee, (GAS + GAS // 8) * cap, head.balance)

    def letting_anchor(self, issuers: Collection[Address], _account: Address) -> frozenset[Address]:
        self._answering()
        return frozenset(issuers) if self.may else frozenset()

    def require_contract(self) -> None:
        self._answering()

    def send(self, raw: bytes) -> str:
        assert self._is_stored(raw), "bytes left before they were stored"
        self.on_send()
        fault, self.send_fault = self.send_fault, ""
        if fault == "before":
            raise ChainUnavailableError("the model lost the bytes")
        answer = self._take(raw)
        if fault == "after":
            raise ChainUnavailableError("the model lost the answer")
        return answer

    # --- What a judge asks

    def successes(self, batch_id: int) -> int:
        """Return how many of our own transactions in the chain carried a batch and were not reverted."""
        return sum(
            batch_id in tx.batches and block.mined[tx.tx_hash].succeeded
            for block in self.blocks
            for tx in block.txs
            if tx.ours
        )

    def holds_finally(self, batch_id: int) -> bool:
        return batch_id in self.blocks[self.blocks[-1].finalized].anchors

    # --- Inside

    def _answering(self) -> None:
        if self.fails_in:
            self.fails_in -= 1
            if not self.fails_in:
                raise ChainUnavailableError("the model does not answer")

    def _view(self) -> list[Block]:
        self._answering()
        if self.on_fork and self.fork:
            return self.fork
        return self.blocks[: max(1, len(self.blocks) - self.lag)]

    def _mine(self) -> None:
        parent = self.blocks[-1]
        number = parent.number + 1
        block = Block(
            number=number,
            block_hash=self._hash(number),
            base_fee=self.base_fee,
            finalized=max(parent.finalized, number - FINALITY_BLOCKS),
            spent=parent.spent,
            balance=parent.balance,
            anchors=dict(parent.anchors),
            strangers=self.stranger_pool,
        )
        for batch_id in self.stranger_pool:
            block.anchors.setdefault(batch_id, number)
        self.stranger_pool = []
        for tx in self._includable(block):
            self._execute(block, tx)
        self.blocks.append(block)
        self.most_spent = max(self.most_spent, block.spent)

    def _includable(self, block: Block) -> Iterator[Tx]:
        while (tx := self.pool.get(block.spent)) is not None:
            if tx.cap_wei < block.base_fee or block.balance < GAS * tx.cap_wei:
                return
            del self.pool[tx.nonce]
            yield tx

    def _execute(self, block: Block, tx: Tx) -> None:
        price = min(tx.cap_wei, block.base_fee + tx.tip_wei) if tx.ours else block.base_fee
        succeeded = self.may or not tx.ours
        block.spent += 1
        block.balance -= GAS * price
        block.txs.append(tx)
        block.mined[tx.tx_hash] = Mined(tx.tx_hash, block.number, block.block_hash, succeeded, GAS, price)
        if succeeded:
            for batch_id in tx.batches:
                block.anchors.setdefault(batch_id, block.number)

    def _take(self, raw: bytes) -> str:
        nonce, cap, tip, data = json.loads(raw)
        tx = Tx(Digest(hashlib.sha256(raw).digest()), nonce, cap, tip, self._carried(bytes.fromhex(data)), ours=True)
        there = self.pool.get(nonce)
        if nonce < self.blocks[-1].spent:
            return "nonce too low"
        if there is not None and there.tx_hash == tx.tx_hash:
            return "already known"
        # geth: 10 % more on both, or the old one stays
        if there is not None and (cap * 10 < there.cap_wei * 11 or tip * 10 < there.tip_wei * 11):
            return "replacement transaction underpriced"
        self.pool[nonce] = tx
        return "accepted"

    def _mined(self, view: list[Block], attempts: Sequence[Attempt]) -> Mined | None:
        for block in view:
            for attempt in attempts:
                if attempt.tx_hash in block.mined:
                    return block.mined[attempt.tx_hash]
        return None

    def _knows(self, view: list[Block], tx_hash: Digest) -> bool:
        return any(tx.tx_hash == tx_hash for tx in self.pool.values()) or any(tx_hash in one.mined for one in view)

    def _hash_at(self, view: list[Block], number: int) -> Digest | None:
        return view[number].block_hash if number < len(view) else None

    def _standings(self, view: list[Block], at: Block, batches: Sequence[BatchRef]) -> tuple[Standing | None, ...]:
        return tuple(self._standing(view, at, batch) for batch in batches)

    def _standing(self, view: list[Block], at: Block, batch: BatchRef) -> Standing | None:
        number = at.anchors.get(batch.batch_id)
        if number is None:
            return None
        return Standing(datetime.fromtimestamp(START + 12 * number, UTC), number, view[number].block_hash)

    def _hash(self, number: object) -> Digest:
        branch = getattr(self, "_forks", 0)
        return Digest(hashlib.sha256(f"{branch}/{number}".encode()).digest())
