"""What is said of a check that needs the chain where the chain was not, or could not be, asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.checks.facts import UnknownNetwork, Unreachable
from registry.checks.report import CheckResult, Outcome
from registry.core.sentence import Sentence

if TYPE_CHECKING:
    from registry.checks.facts import Facts


def without_chain(check: str, facts: Facts) -> CheckResult:
    """Return why this check is undecided."""
    chain = facts.chain
    if isinstance(chain, Unreachable):
        text = Sentence("The chain could not be asked, so this is not known: {why}.", why=chain.why)
        return CheckResult(check, Outcome.UNDECIDED, "chain-unreachable", text)
    if isinstance(chain, UnknownNetwork):
        if not chain.chains:
            text = Sentence("Its batch is sealed, but its receipt names no chain yet: it waits to be anchored.")
            return CheckResult(check, Outcome.UNDECIDED, "waiting-for-anchor", text)
        named = ", ".join(chain.chains)
        text = Sentence("The receipt names {chains}, which this verifier does not accept.", chains=named)
        return CheckResult(check, Outcome.UNDECIDED, "wrong-network", text)
    text = Sentence("Without a receipt there is nothing to ask the chain about.")
    return CheckResult(check, Outcome.UNDECIDED, "no-receipt", text)
