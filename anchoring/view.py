"""What one endpoint says of the chain: each answer read strictly, and what makes no sense mapped in one place."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from eth_abi.exceptions import DecodingError

from anchoring import contract_calls
from anchoring.agreement import Look
from anchoring.rpc import RpcRefusalError
from registry.core.digest import Digest
from registry.core.errors import ChainUnavailableError, InputError
from registry.core.quorum import Heads
from registry.core.submission import Mined, Standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from anchoring.ports import Rpc
    from registry.core.account import Address
    from registry.core.submission import Attempt, BatchRef, Submission


class View:
    """One endpoint and the contract as it shows it; a block is named by its number."""

    def __init__(self, rpc: Rpc, contract: Address) -> None:
        self._rpc = rpc
        self._contract = contract
        self._blocks: dict[int, dict[str, Any] | None] = {}

    def heads(self, confirm: int | None) -> Heads:
        """Return its newest block, and the newest that counts as final: `finalized`, or so many blocks below."""
        head = _int(self._tagged("latest")["number"])
        if confirm is None:
            return Heads(head, _int(self._tagged("finalized")["number"]))
        return Heads(head, max(0, head - confirm))

    def look(self, submission: Submission, attempts: Sequence[Attempt], at: Heads, remembered: int | None) -> Look:
        """Return what it says about a submission as of the agreed heads; `remembered` is an older final block."""
        what = submission.what
        mined = self.mined(attempts, at.head)
        live = any(attempt.nonce == submission.nonce for attempt in attempts)
        ask = not live and mined is None
        estimate, refusal = self.estimate(what.sender, what.call_data, what.contract) if ask else (None, "")
        then = submission.mined.block_number if submission.mined else None
        return Look(
            spent_nonces=self.nonces(what.sender, at.head),
            final_nonces=self.nonces(what.sender, at.final),
            mined=mined,
            block_hash_then=self.hash_at(then) if then is not None and then <= at.head else None,
            final_hash=self.hash_at(at.final),
            remembered_hash=self.hash_at(remembered) if remembered is not None and remembered <= at.final else None,
            known=frozenset(one.tx_hash for one in attempts if self._knows(one.tx_hash)),
            standings=self.standings(what.batches, at.head),
            final_standings=self.standings(what.batches, at.final),
            base_fee_wei=self.base_fee(at.head),
            tip_wei=self.tip(),
            balance_wei=self.balance(what.sender),
            gas_estimate=estimate,
            refusal=refusal,
        )

    def read(self, function: str, arguments: Sequence[object], block: int) -> tuple[Any, ...]:
        """Return the results of one of the contract's reads at a block.

        At a block before the contract was deployed, they are what it says of things it does not know: zeros.
        """
        call = {"to": self._contract, "data": "0x" + contract_calls.call_data(function, *arguments).hex()}
        return contract_calls.results(function, _bytes(self._rpc.call("eth_call", (call, hex(block)))))

    def standings(self, batches: Sequence[BatchRef], block: int) -> tuple[Standing | None, ...]:
        """Return each batch's anchor at a block, in order; None where the contract holds none."""
        return tuple(self._standing(batch, block) for batch in batches)

    def mined(self, attempts: Sequence[Attempt], head: int) -> Mined | None:
        """Return the attempt whose receipt names a block of its chain, up to `head`."""
        for attempt in attempts:
            mined = _mined(attempt, self._rpc.call("eth_getTransactionReceipt", (attempt.tx_hash.to_hex(),)))
            if mined and mined.block_number <= head and self.hash_at(mined.block_number) == mined.block_hash:
                return mined
        return None

    def estimate(self, sender: Address, data: bytes, target: Address) -> tuple[int | None, str]:
        """Return the gas that a call would use, or why the contract would refuse it."""
        call = {"from": sender, "to": target, "data": "0x" + data.hex()}
        try:
            # Without a fee, so that an empty account learns what the call would cost. Against the newest block, not
            # what is pending: a node would refuse our own call's repetition while the first waits for its block.
            return _int(self._rpc.call("eth_estimateGas", (call, "latest"))), ""
        except RpcRefusalError as error:
            return None, f"{contract_calls.refusal_words(error.data) or error.text}."

    def hash_at(self, number: int) -> Digest | None:
        """Return the hash of a block; None if it has no such block."""
        block = self._numbered(number)
        return Digest.from_hex(block["hash"]) if block else None

    def nonces(self, sender: Address, block: int) -> int:
        """Return how many nonces an account has spent at a block."""
        return _int(self._rpc.call("eth_getTransactionCount", (sender, hex(block))))

    def base_fee(self, block: int) -> int:
        """Return a block's base fee in wei."""
        return _int(self._known_block(block)["baseFeePerGas"])

    def time_of(self, block: int) -> datetime:
        """Return a block's time."""
        return datetime.fromtimestamp(_int(self._known_block(block)["timestamp"]), UTC)

    def tip(self) -> int:
        """Return the tip that it suggests, in wei."""
        return _int(self._rpc.call("eth_maxPriorityFeePerGas"))

    def balance(self, account: Address) -> int:
        """Return what an account holds at its newest block, in wei."""
        return _int(self._rpc.call("eth_getBalance", (account, "latest")))

    def code_at(self, address: Address, block: int) -> bytes:
        """Return the code at an address at a block; empty if there is none."""
        return _bytes(self._rpc.call("eth_getCode", (address, hex(block))) or "0x")

    def _tagged(self, tag: str) -> dict[str, Any]:
        block = self._rpc.call("eth_getBlockByNumber", (tag, False))
        if not isinstance(block, dict):
            raise ChainUnavailableError(f"{self._rpc.name} knows no {tag} block yet")
        return block

    def _numbered(self, number: int) -> dict[str, Any] | None:
        if number not in self._blocks:
            block = self._rpc.call("eth_getBlockByNumber", (hex(number), False))
            self._blocks[number] = block if isinstance(block, dict) else None
        return self._blocks[number]

    def _known_block(self, number: int) -> dict[str, Any]:
        block = self._numbered(number)
        if block is None:
            raise ChainUnavailableError(f"{self._rpc.name} does not have block {number:,}")
        return block

    def _knows(self, tx_hash: Digest) -> bool:
        return self._rpc.call("eth_getTransactionByHash", (tx_hash.to_hex(),)) is not None

    def _standing(self, batch: BatchRef, block: int) -> Standing | None:
        anchored_at, number, _ = self.read("anchorOf", (batch.issuer, batch.root, batch.tree_size), block)
        if not anchored_at:
            return None
        block_hash = Digest.from_hex(self._known_block(number)["hash"])
        return Standing(datetime.fromtimestamp(anchored_at, UTC), number, block_hash)


@contextmanager
def understood(name: str) -> Iterator[None]:
    """Turn what comes of an answer that makes no sense into ChainUnavailableError."""
    try:
        yield
    except (KeyError, TypeError, ValueError, OverflowError, OSError, DecodingError, InputError) as error:
        raise ChainUnavailableError(f"{name} gave an answer that makes no sense ({error})") from error


def _mined(attempt: Attempt, receipt: object) -> Mined | None:
    if not isinstance(receipt, dict) or receipt.get("transactionHash") != attempt.tx_hash.to_hex():
        return None
    return Mined(
        tx_hash=attempt.tx_hash,
        block_number=_int(receipt["blockNumber"]),
        block_hash=Digest.from_hex(receipt["blockHash"]),
        succeeded=_int(receipt["status"]) == 1,
        gas_used=_int(receipt["gasUsed"]),
        gas_price_wei=_int(receipt["effectiveGasPrice"]),
    )


def _int(quantity: object) -> int:
    try:
        return int(str(quantity), 16)
    except ValueError as error:
        raise ValueError(f"{str(quantity)[:60]!r} where a number belongs") from error


def _bytes(data: object) -> bytes:
    return bytes.fromhex(str(data).removeprefix("0x"))
