"""The chain as the job sees it: what stands where, what a call would cost, and sending signed bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from anchoring import contract_calls
from anchoring.fees import WEI_PER_ETH, first_fees, gas_limit_for, in_eth
from anchoring.plan import cost_ceiling
from anchoring.rpc import RpcRefusalError
from anchoring.steps import Sight
from registry.core.digest import Digest
from registry.core.errors import ChainUnavailableError, FundsError, StateError, TransactionRevertedError
from registry.core.submission import Mined, Standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anchoring.ports import Rpc
    from registry.chain.networks import Network
    from registry.core.account import Address
    from registry.core.submission import Attempt, BatchRef, Submission

BLOCKS_TO_FINALITY = 2
"""How far behind the head a local chain's finalized block is (anvil with one slot an epoch)."""


@dataclass(frozen=True, slots=True)
class Quote:
    """What a call would cost, shown before anything is spent."""

    account: Address
    """Who pays."""
    network: str
    """The network's name in a sentence."""
    gas: int
    """Units of gas it is expected to use."""
    likely_fee_wei: int
    """What it costs at the newest block's base fee."""
    max_fee_wei: int
    """What it can cost at most, and what the account must hold."""
    balance_wei: int
    """What the account holds."""

    def require_funds(self) -> None:
        """Return if the account can pay; FundsError says how much is missing where."""
        if self.balance_wei < self.max_fee_wei:
            raise FundsError(
                f"The account {self.account.checksummed()} holds {in_eth(self.balance_wei)} on {self.network}, and the "
                f"transaction may cost up to {in_eth(self.max_fee_wei)}. Send it at least "
                f"{in_eth(self.max_fee_wei - self.balance_wei)} and run the command again; nothing was sent."
            )


class Chain:
    """One network's contract, through its JSON-RPC endpoints."""

    def __init__(self, rpc: Rpc, network: Network) -> None:
        self.network = network
        self._rpc = rpc

    # --- Reads

    def observe(self, submission: Submission, attempts: Sequence[Attempt]) -> Sight:
        """Return what the chain says about a submission now; ChainUnavailableError if it does not answer."""
        head, final = self._block("latest"), self._block("finalized")
        head_number, final_number = _int(head["number"]), _int(final["number"])
        what = submission.what
        mined = self._mined(attempts)
        live = any(attempt.nonce == submission.nonce for attempt in attempts)
        estimate, refusal = (None, "") if live or mined else self._estimate(what.sender, what.call_data, what.contract)
        return Sight(
            head=head_number,
            finalized=final_number,
            spent_nonces=self._nonces(what.sender, head_number),
            final_nonces=self._nonces(what.sender, final_number),
            mined=mined,
            block_hash_then=self._hash_at(submission.mined.block_number) if submission.mined else None,
            known=frozenset(one.tx_hash for one in attempts if self._knows(one.tx_hash)),
            standings=self._standings(what.batches, head_number),
            final_standings=self._standings(what.batches, final_number),
            base_fee_wei=_int(head["baseFeePerGas"]),
            tip_wei=_int(self._rpc.call("eth_maxPriorityFeePerGas")),
            balance_wei=self._balance(what.sender),
            gas_estimate=estimate,
            refusal=refusal,
        )

    def quote(self, sender: Address, data: bytes, target: Address | None = None) -> Quote:
        """Return what a call would cost now; `target` is what is called, if not the contract.

        Raises:
            TransactionRevertedError: the contract would refuse it; nothing was spent.

        """
        estimate, refusal = self._estimate(sender, data, target or self.network.contract)
        if estimate is None:
            raise TransactionRevertedError(f"The contract refuses it: {refusal} Nothing was sent.")
        base_fee = _int(self._block("latest")["baseFeePerGas"])
        fees = first_fees(base_fee, _int(self._rpc.call("eth_maxPriorityFeePerGas")))
        return Quote(
            account=sender,
            network=self.network.title,
            gas=estimate,
            likely_fee_wei=estimate * (base_fee + fees.tip_wei),
            max_fee_wei=cost_ceiling(gas_limit_for(estimate), fees),
            balance_wei=self._balance(sender),
        )

    def may_anchor(self, issuer: Address, account: Address) -> bool:
        """Return whether `account` holds the issuer's anchor role; false, too, if there is no such issuer."""
        answer = self.read("rolesOf", (issuer, account))
        return bool(answer[0] & contract_calls.ANCHOR_ROLE)

    def standings(self, batches: Sequence[BatchRef]) -> tuple[Standing | None, ...]:
        """Return each batch's anchor at the newest block, in order; None where the contract holds none."""
        return self._standings(batches, _int(self._block("latest")["number"])) if batches else ()

    def balance(self, account: Address) -> int:
        """Return what an account holds, in wei: to be shown, not to decide by."""
        return _int(self._rpc.call("eth_getBalance", (account, "latest")))

    def now(self) -> datetime:
        """Return the newest block's time; the next block's is no earlier."""
        return datetime.fromtimestamp(_int(self._block("latest")["timestamp"]), UTC)

    def require_contract(self) -> None:
        """Return if there is code at the contract's address; ChainUnavailableError says how to get it there."""
        if not self.code_at(self.network.contract):
            advice = "run `credanchor devnet up`" if self.network.kind == "local" else "deploy it first"
            raise ChainUnavailableError(
                f"There is no contract at {self.network.contract.checksummed()} on {self.network.title}: {advice}, or "
                "correct `contract` in networks.toml."
            )

    def code_at(self, address: Address) -> bytes:
        """Return the code at an address at the newest block; empty if there is none."""
        return bytes.fromhex(str(self._rpc.call("eth_getCode", (address, "latest")) or "0x")[2:])

    def read(self, function: str, arguments: Sequence[object], block: str = "latest") -> tuple[Any, ...]:
        """Return the results of one of the contract's reads at a block (a tag, or a number as hex).

        At a block before the contract was deployed, they are what it says of things it does not know: zeros.
        """
        call = {"to": self.network.contract, "data": "0x" + contract_calls.call_data(function, *arguments).hex()}
        answer = str(self._rpc.call("eth_call", (call, block)))
        return contract_calls.results(function, bytes.fromhex(answer[2:]))

    # --- Writes

    def send(self, raw: bytes) -> str:
        """Hand signed bytes to an endpoint, once; return what it said, as a hint.

        An error, even "already known", proves nothing either way: what happened is seen by looking the hash up.

        Raises:
            ChainUnavailableError: no endpoint took the bytes, or the answer was lost, so they may have left.

        """
        try:
            return f"accepted as {self._rpc.call('eth_sendRawTransaction', ('0x' + raw.hex(),))}"
        except RpcRefusalError as error:
            return error.text

    def settle(self) -> None:
        """On a local chain, mine the empty blocks that make the newest block but those final; elsewhere do nothing."""
        if self.network.kind == "local":
            self._rpc.call("anvil_mine", (hex(BLOCKS_TO_FINALITY), "0x0"))

    def fund(self, account: Address, wei: int = 10 * WEI_PER_ETH) -> None:
        """Give an account of a local chain at least `wei`, out of nothing; StateError on any other network."""
        if self.network.kind != "local":
            raise StateError(f"Ether on {self.network.title} cannot be made: send some to {account.checksummed()}.")
        if self._balance(account) < wei:
            self._rpc.call("anvil_setBalance", (account, hex(wei)))

    # --- Inside

    def _block(self, tag: str) -> dict[str, Any]:
        block = self._rpc.call("eth_getBlockByNumber", (tag, False))
        if not isinstance(block, dict):
            raise ChainUnavailableError(f"An endpoint of {self.network.title} knows no {tag} block yet.")
        return block

    def _nonces(self, sender: Address, block: int) -> int:
        return _int(self._rpc.call("eth_getTransactionCount", (sender, hex(block))))

    def _balance(self, sender: Address) -> int:
        return _int(self._rpc.call("eth_getBalance", (sender, "latest")))

    def _estimate(self, sender: Address, data: bytes, target: Address) -> tuple[int | None, str]:
        call = {"from": sender, "to": target, "data": "0x" + data.hex()}
        try:
            # Without a fee, so that an empty account learns what the call would cost. Against the newest block, not
            # what is pending: a node would refuse our own call's repetition while the first waits for its block.
            return _int(self._rpc.call("eth_estimateGas", (call, "latest"))), ""
        except RpcRefusalError as error:
            return None, f"{contract_calls.refusal_words(error.data) or error.text}."

    def _knows(self, tx_hash: Digest) -> bool:
        return self._rpc.call("eth_getTransactionByHash", (tx_hash.to_hex(),)) is not None

    def _hash_at(self, number: int) -> Digest | None:
        block = self._rpc.call("eth_getBlockByNumber", (hex(number), False))
        return Digest.from_hex(block["hash"]) if isinstance(block, dict) else None

    def _mined(self, attempts: Sequence[Attempt]) -> Mined | None:
        for attempt in attempts:
            receipt = self._rpc.call("eth_getTransactionReceipt", (attempt.tx_hash.to_hex(),))
            mined = _mined(attempt, receipt)
            if mined is not None and self._hash_at(mined.block_number) == mined.block_hash:
                return mined
        return None

    def _standings(self, batches: Sequence[BatchRef], block: int) -> tuple[Standing | None, ...]:
        return tuple(self._standing(batch, block) for batch in batches)

    def _standing(self, batch: BatchRef, block: int) -> Standing | None:
        anchored_at, number, _ = self.read("anchorOf", (batch.issuer, batch.root, batch.tree_size), hex(block))
        block_hash = self._hash_at(number) if anchored_at else None
        if block_hash is None:
            return None
        return Standing(datetime.fromtimestamp(anchored_at, UTC), number, block_hash)


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
        raise ChainUnavailableError(f"An endpoint answered {quantity!r} where a number belongs.") from error
