"""Questions of one verification to the accepted chains: bounded in number, and none asked twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.checks.facts import ChainFacts, Unreachable
from registry.core.errors import ChainUnavailableError
from registry.core.sentence import Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from registry.checks.facts import NetworkRef
    from registry.ports import ChainQuestion, ChainReader

MAX_QUESTIONS = 256
"""Most questions to chains in one verification, with everything that is embedded."""
_TOO_MANY = Unreachable(Sentence("the document asks more of the chain than one verification allows"))


class ChainQuestions:
    """Asks the readers; a network that did not answer once is not waited for again in the same verification."""

    def __init__(self, readers: Sequence[ChainReader]) -> None:
        self._readers = readers
        self._left = MAX_QUESTIONS
        self._silent: dict[NetworkRef, Unreachable] = {}
        self._facts: dict[tuple[NetworkRef, ChainQuestion], ChainFacts | Unreachable] = {}

    def know(self, facts: Mapping[tuple[NetworkRef, ChainQuestion], ChainFacts | Unreachable]) -> None:
        """Take answers that were asked together with those for other credentials."""
        self._facts.update(facts)

    def networks(self, chain_id: int) -> list[NetworkRef]:
        """Return the accepted networks with an EIP-155 chain id; empty for a chain that is not accepted."""
        return [reader.network for reader in self._readers if reader.network.chain_id == chain_id]

    def facts(self, network: NetworkRef, question: ChainQuestion) -> ChainFacts | Unreachable:
        """Return what a network's contract says; nothing that fails to answer raises."""
        if (network, question) not in self._facts:
            self._facts[network, question] = self._asked(network, question)
        return self._facts[network, question]

    def _asked(self, network: NetworkRef, question: ChainQuestion) -> ChainFacts | Unreachable:
        if not self._may_ask(network):
            return self._silent.get(network, _TOO_MANY)
        try:
            return self._reader(network).facts(question)
        except ChainUnavailableError as error:
            self._silent[network] = Unreachable(str(error))
            return self._silent[network]

    def _may_ask(self, network: NetworkRef) -> bool:
        if network in self._silent or not self._left:
            return False
        self._left -= 1
        return True

    def _reader(self, network: NetworkRef) -> ChainReader:
        return next(reader for reader in self._readers if reader.network == network)
