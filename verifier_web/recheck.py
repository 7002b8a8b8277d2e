"""Check it yourself, on the page: the lines of registry/services/recheck.py, and links to a block explorer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from registry.checks.facts import ChainFacts
from registry.services.recheck import commands
from verifier_web.text import line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from registry.chain.networks import Network
    from registry.core.receipt import AnchorReceipt
    from registry.services.recheck import Command
    from verifier_web.desk import Judged

MAX_SENTENCE = 1000
"""Most characters shown of what a line asks or answers."""


@dataclass(frozen=True, slots=True)
class RecheckView:
    """How to repeat the chain's part of the check without us."""

    commands: tuple[Command, ...]
    """In the order in which to paste them; empty where there is nothing to ask."""
    contract_url: str | None
    """The contract in a block explorer."""
    transaction_url: str | None
    """The transaction that the receipt names; a hint of the receipt."""


def recheck_view(judged: Judged, networks: Mapping[str, Network]) -> RecheckView:
    """Return the lines for one judged credential, `networks` being the verifier's own, by name."""
    chain, receipt = judged.facts.chain, judged.facts.receipt
    if receipt is None or not isinstance(chain, ChainFacts):
        return RecheckView((), None, None)
    network = networks.get(chain.network.name)
    explorer = network.explorer if network is not None else None
    asked = commands(judged, network.rpc_urls if network is not None else ())
    contract_url = f"{explorer}/address/{chain.network.contract.checksummed()}" if explorer and asked else None
    transaction_url = _transaction_url(explorer, chain, receipt) if asked else None
    return RecheckView(tuple(_shown(one) for one in asked), contract_url, transaction_url)


def _shown(command: Command) -> Command:
    return replace(command, purpose=line(command.purpose, MAX_SENTENCE), got=line(command.got, MAX_SENTENCE))


def _transaction_url(explorer: str | None, chain: ChainFacts, receipt: AnchorReceipt) -> str | None:
    named = (one.transaction for one in receipt.anchors if one.chain_id == chain.network.chain_id)
    transaction = next((one for one in named if one is not None), None)
    return f"{explorer}/tx/{transaction.to_hex()}" if explorer and transaction else None
