"""Reading the pinned contract for the verifier: facts at the finalized and at the latest block, agreed by a quorum."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from registry.chain.contract_reads import ContractReads
from registry.chain.final_answers import FinalAnswers
from registry.chain.kept_facts import KeptFacts
from registry.chain.panel import Panel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from registry.chain.networks import Network
    from registry.chain.pulse import Pulse
    from registry.chain.rpc import RpcEndpoint
    from registry.checks.facts import ChainFacts, NetworkRef
    from registry.core.quorum import Heads
    from registry.ports import ChainQuestion


class RpcChainReader:
    """The contract of one network, read over JSON-RPC: all endpoints are asked, and a quorum must say the same."""

    def __init__(self, network: Network, endpoints: Sequence[RpcEndpoint] | None = None) -> None:
        self._network = network
        self._ref = network.ref()
        self._panel = Panel(network, endpoints)
        self._kept = KeptFacts()
        self._final: defaultdict[RpcEndpoint, FinalAnswers] = defaultdict(FinalAnswers)

    @property
    def network(self) -> NetworkRef:
        """Return which network this is."""
        return self._ref

    def close(self) -> None:
        """Close the connections to all endpoints."""
        self._panel.close()

    def facts(self, question: ChainQuestion) -> ChainFacts:
        """Return what a quorum says that the contract holds; ChainUnavailableError as `facts_of` raises it."""
        return self.facts_of([question])[0]

    def facts_of(self, questions: Sequence[ChainQuestion]) -> list[ChainFacts]:
        """Return what a quorum says of each credential, all as of the same two blocks.

        The newest blocks are asked for every time; what is known as of just these is not asked for again.

        Raises:
            ChainUnavailableError: with every endpoint's reason, if fewer than a quorum give the same usable answers.

        """
        newest = self._panel.newest(self._heads)
        known = self._kept.known(newest.at, questions)
        missing = [one for one in questions if one not in known]
        if missing:
            said = self._panel.agreed_on(
                newest, self._heads, lambda endpoint, at: self._reads(endpoint).facts_of(missing, at)
            )
            known |= zip(missing, said, strict=True)
            self._kept.keep(newest.at, known)
        return [known[one] for one in questions]

    def pulse(self) -> Pulse:
        """Return how the endpoints answered so far."""
        return self._panel.pulse()

    def probe(self) -> None:
        """Ask for nothing but the newest blocks; ChainUnavailableError as above."""
        self._panel.newest(self._heads)

    def _heads(self, endpoint: RpcEndpoint) -> Heads:
        return self._reads(endpoint).heads()

    def _reads(self, endpoint: RpcEndpoint) -> ContractReads:
        return ContractReads(self._network, endpoint, self._final[endpoint])
