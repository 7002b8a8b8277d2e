"""The chain as the job sees it: what a quorum of endpoints says stands where, what a call would cost, and sending."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from anchoring import contract_calls
from anchoring.agreement import Price, agree_price, median, merge
from anchoring.fees import WEI_PER_ETH, first_fees, gas_limit_for, in_eth
from anchoring.finality import lag_of, require_unbroken
from anchoring.plan import cost_ceiling
from anchoring.rpc import RpcRefusalError
from anchoring.view import View
from registry.core.errors import ChainUnavailableError, FundsError, StateError, TransactionRevertedError
from registry.core.quorum import agree_heads, agreed, are_together
from registry.core.submission import FinalBlock

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from anchoring.endpoints import Endpoints
    from anchoring.ports import FinalMemory, Rpc
    from anchoring.steps import Sight
    from registry.chain.networks import Network
    from registry.core.account import Address
    from registry.core.digest import Digest
    from registry.core.quorum import Heads
    from registry.core.submission import Attempt, BatchRef, Standing, Submission

T = TypeVar("T")

BLOCKS_TO_FINALITY = 2
"""How far behind the head a local chain's finalized block is (anvil with one slot an epoch)."""
SECONDS_A_BATCH = 0.5
"""How much longer an answer may take for each batch that is asked about."""


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
    """One network's contract, through its JSON-RPC endpoints; `confirm` blocks make final, or with None `finalized`."""

    def __init__(self, endpoints: Endpoints, network: Network, finals: FinalMemory, confirm: int | None = None) -> None:
        self.network = network
        self.endpoints = endpoints
        self._finals = finals
        self._confirm = confirm

    # --- Reads

    def observe(self, submission: Submission, attempts: Sequence[Attempt]) -> Sight:
        """Return what a quorum of the endpoints says about a submission now, and remember what is final.

        Raises:
            ChainUnavailableError: fewer endpoints answer than must agree, or no quorum has a common newest block.
            FinalityBrokenError: a quorum shows another block where one was final; nothing may be signed or sent.

        """
        at, before = self.heads(), self._finals.newest(self.network.chain_id)
        looks = self.endpoints.ask(
            lambda rpc: self._view(rpc).look(submission, attempts, at, before.number if before else None),
            lambda heard: len(heard) >= self.endpoints.quorum and not merge(heard, at, self.endpoints.quorum).unclear,
            len(submission.what.batches) * SECONDS_A_BATCH,
        )
        sight = merge(looks, at, self.endpoints.quorum)
        if before is not None:
            if at.final < before.number:
                return replace(sight, unclear=lag_of(self.network, at.final, before))
            shown = agreed([one.remembered_hash for one in looks], self.endpoints.quorum)
            require_unbroken(self.network, before, shown)
        if sight.final_hash is not None:
            self._finals.raise_to(self.network.chain_id, FinalBlock(at.final, sight.final_hash))
            # A crash here leaves what is final remembered, and the step that follows from it not taken yet.
        return sight

    def heads(self) -> Heads:
        """Return the newest and the newest final block that a quorum has; ChainUnavailableError if it has none."""
        quorum = self.endpoints.quorum
        heads = self.endpoints.ask(
            lambda rpc: self._view(rpc).heads(self._confirm), lambda heard: are_together(heard, quorum)
        )
        for found in agree_heads(heads, quorum):
            return found
        told = ", ".join(f"{one.head:,}" for one in heads)
        raise ChainUnavailableError(
            f"No {quorum} endpoints of {self.network.title} are at about the same block: their newest are {told}. "
            "Look at them with `credanchor anchor endpoints`, and run the command again."
        )

    def heads_of_each(self) -> list[tuple[str, Heads | None]]:
        """Return each endpoint's name and heads, in their order; None for one that did not answer soon."""
        heard = self.endpoints.every(lambda rpc: self._view(rpc).heads(self._confirm), bool)
        return [(name, heard.answers.get(at)) for at, name in enumerate(self.endpoints.names)]

    def quote(self, sender: Address, data: bytes, target: Address | None = None) -> Quote:
        """Return what a call would cost now; `target` is what is called, if not the contract.

        Raises:
            TransactionRevertedError: the contract would refuse it; nothing was spent.

        """

        def price(view: View, head: int) -> Price:
            gas, refusal = view.estimate(sender, data, target or self.network.contract)
            return Price(gas, refusal, view.base_fee(head), view.tip(), view.balance(sender))

        found = self._asked(price, "what it would cost", agree_price)
        if found.gas is None:
            raise TransactionRevertedError(f"The contract refuses it: {found.refusal} Nothing was sent.")
        fees = first_fees(found.base_fee_wei, found.tip_wei)
        return Quote(
            account=sender,
            network=self.network.title,
            gas=found.gas,
            likely_fee_wei=found.gas * (found.base_fee_wei + found.tip_wei),
            max_fee_wei=cost_ceiling(gas_limit_for(found.gas), fees),
            balance_wei=found.balance_wei,
        )

    def may_anchor(self, issuer: Address, account: Address) -> bool:
        """Return whether `account` holds the issuer's anchor role; false, too, if there is no such issuer."""
        return issuer in self.letting_anchor((issuer,), account)

    def letting_anchor(self, issuers: Collection[Address], account: Address) -> frozenset[Address]:
        """Return those of the issuers that let `account` anchor."""

        def letting(view: View, head: int) -> frozenset[Address]:
            roles = {issuer: view.read("rolesOf", (issuer, account), head)[0] for issuer in issuers}
            return frozenset(issuer for issuer, held in roles.items() if held & contract_calls.ANCHOR_ROLE)

        return self._asked(letting, "who may anchor", more_seconds=len(issuers) * SECONDS_A_BATCH)

    def standings(self, batches: Sequence[BatchRef]) -> tuple[Standing | None, ...]:
        """Return each batch's anchor at the newest block, in order; None where the contract holds none."""
        if not batches:
            return ()
        return self._asked(
            lambda view, head: view.standings(batches, head),
            "which batches the contract holds",
            more_seconds=len(batches) * SECONDS_A_BATCH,
        )

    def balance(self, account: Address) -> int:
        """Return what an account holds, in wei: to be shown, not to decide by."""
        return median(self.endpoints.ask(lambda rpc: self._view(rpc).balance(account)))

    def now(self) -> datetime:
        """Return the newest block's time; the next block's is no earlier."""
        return self._asked(lambda view, head: view.time_of(head), "the newest block's time")

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
        return self._asked(lambda view, head: view.code_at(address, head), f"the code at {address.checksummed()}")

    def read(self, function: str, arguments: Sequence[object]) -> tuple[Any, ...]:
        """Return the results of one of the contract's reads at the newest block."""
        return self._asked(lambda view, head: view.read(function, arguments, head), f"the contract's {function}")

    # --- Writes

    def send(self, raw: bytes) -> str:
        """Hand signed bytes to every endpoint, once; return what each said, as a hint.

        An error, even "already known", proves nothing either way: what happened is seen by looking the hash up.

        Raises:
            ChainUnavailableError: no endpoint took the bytes, or the answers were lost, so they may have left.
            WrongChainError: as many endpoints as must agree answer for another chain.

        """

        def hand_over(rpc: Rpc) -> tuple[str, bool]:
            try:
                return f"{rpc.name}: accepted as {rpc.call('eth_sendRawTransaction', ('0x' + raw.hex(),))}", True
            except RpcRefusalError as error:
                return f"{rpc.name}: {error.text}", False

        heard = self.endpoints.every(hand_over, lambda said: any(taken for _, taken in said))
        if not heard.answers:
            raise self.endpoints.unavailable(heard)
        words = [word for word, _ in heard.answers.values()]
        return "; ".join([*words, *([heard.reasons()] if heard.failures else [])])

    def settle(self) -> None:
        """On a local chain, mine the empty blocks that make the newest block but those final; elsewhere do nothing."""
        if self.network.kind == "local":
            self.endpoints.call("anvil_mine", (hex(BLOCKS_TO_FINALITY), "0x0"))

    def fund(self, account: Address, wei: int = 10 * WEI_PER_ETH) -> None:
        """Give an account of a local chain at least `wei`, out of nothing; StateError on any other network."""
        if self.network.kind != "local":
            raise StateError(f"Ether on {self.network.title} cannot be made: send some to {account.checksummed()}.")
        if self.balance(account) < wei:
            self.endpoints.call("anvil_setBalance", (account, hex(wei)))

    # --- Inside

    def _view(self, rpc: Rpc) -> View:
        return View(rpc, self.network.contract)

    def _asked(
        self,
        question: Callable[[View, int], T],
        what: str,
        agree: Callable[[Sequence[T], int], list[T]] = agreed,
        more_seconds: float = 0,
    ) -> T:
        """Return what a quorum answers as of its newest block, unless what was final before is not there any more."""
        at, before, quorum = self.heads(), self._finals.newest(self.network.chain_id), self.endpoints.quorum

        def ask(rpc: Rpc) -> tuple[T, Digest | None]:
            view = self._view(rpc)
            shown = view.hash_at(before.number) if before and before.number <= at.final else None
            return question(view, at.head), shown

        heard = self.endpoints.ask(ask, lambda said: bool(agree([one for one, _ in said], quorum)), more_seconds)
        if before is not None:
            require_unbroken(self.network, before, agreed([shown for _, shown in heard], quorum))
        for found in agree([one for one, _ in heard], quorum):
            return found
        raise ChainUnavailableError(
            f"The endpoints of {self.network.title} do not agree on {what}: {quorum} of {len(self.endpoints.names)} "
            "must say the same. Look at them with `credanchor anchor endpoints`, and run the command again."
        )
