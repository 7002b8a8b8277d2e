"""How each endpoint of a network stands: what it answers, how fast, how far behind, and whether a quorum agrees."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from anchoring.view import View
from registry.core.errors import WrongChainError
from registry.core.quorum import agree_heads, agreed

if TYPE_CHECKING:
    from anchoring.endpoints import Endpoints
    from anchoring.ports import Rpc
    from registry.chain.networks import Network
    from registry.core.errors import RegistryError
    from registry.core.quorum import Heads


@dataclass(frozen=True, slots=True)
class EndpointHealth:
    """How one endpoint stands."""

    name: str
    """Its host; a path may hold an access key."""
    failure: RegistryError | None = None
    """Why it gave no usable answer; None if it did."""
    heads: Heads | None = None
    """Its newest and its newest final block."""
    milliseconds: int | None = None
    """How long it took to tell them."""
    behind: int | None = None
    """How many blocks its newest is behind the best endpoint's."""
    agrees: bool = False
    """Whether it shows the same final block as a quorum does."""

    @property
    def right_chain(self) -> bool | None:
        """Return whether its chain id is the network's; None if it did not tell."""
        if self.failure is None:
            return True
        return False if isinstance(self.failure, WrongChainError) else None


def health_of(endpoints: Endpoints, network: Network) -> list[EndpointHealth]:
    """Return how every endpoint stands, in their order; each is waited for as long as for any answer."""

    def timed(rpc: Rpc) -> tuple[Heads, int]:
        begun = time.monotonic()
        heads = View(rpc, network.contract).heads(None)
        return heads, round((time.monotonic() - begun) * 1000)

    heard = endpoints.every(timed)
    best = max((heads.head for heads, _ in heard.answers.values()), default=0)
    agreeing = _agreeing(endpoints, network, [heads for heads, _ in heard.answers.values()])
    return [
        EndpointHealth(name, failure=heard.failures[at])
        if at in heard.failures
        else EndpointHealth(
            name,
            heads=heard.answers[at][0],
            milliseconds=heard.answers[at][1],
            behind=best - heard.answers[at][0].head,
            agrees=at in agreeing,
        )
        for at, name in enumerate(endpoints.names)
    ]


def _agreeing(endpoints: Endpoints, network: Network, heads: list[Heads]) -> set[int]:
    """Return the positions of the endpoints that show the final block which a quorum shows."""
    common = agree_heads(heads, endpoints.quorum)
    if not common:
        return set()
    final = common[0].final
    shown = endpoints.every(lambda rpc: View(rpc, network.contract).hash_at(final)).answers
    known = {at: block_hash for at, block_hash in shown.items() if block_hash is not None}
    return {at for at in known for found in agreed(list(known.values()), endpoints.quorum) if known[at] == found}
