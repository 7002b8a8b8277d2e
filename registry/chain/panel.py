"""All endpoints of one network as a reader asks them: side by side, and believed where a quorum says the same."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from registry.chain.asking import Patience, Voice, ask_all
from registry.chain.pulse import EndpointTally, Pulse
from registry.chain.rpc import TIMEOUT_SECONDS, RpcEndpoint
from registry.core.errors import ChainUnavailableError
from registry.core.quorum import agree_heads, agreed, are_together, majority

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from registry.chain.asking import Heard
    from registry.chain.networks import Network
    from registry.core.quorum import Heads

T = TypeVar("T")

PATIENCE = Patience(2 * TIMEOUT_SECONDS, grace_seconds=1.0)
"""Two answers' worth; nobody is waited for once a quorum says the same.

Of blocks a quorum may be near one another and not at the same: then the rest get a moment, or one that is behind, and
quicker than the others, would turn time back.
"""


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest blocks that a quorum has."""

    at: Heads
    """Which blocks."""
    known: tuple[RpcEndpoint, ...]
    """Endpoints that said of which chain they are."""


class Panel:
    """The endpoints of one network; it never goes back behind the newest final block that it has seen."""

    def __init__(self, network: Network, endpoints: Sequence[RpcEndpoint] | None = None) -> None:
        chosen = list(endpoints or [RpcEndpoint(url) for url in network.rpc_urls])
        self._title = network.title
        self._quorum = network.wanted_quorum or majority(len(chosen))
        self._voices = tuple(Voice(one.name, one) for one in chosen)
        self._lock = threading.Lock()
        self._newest_final = 0
        self._asked_at: float | None = None
        self._answered_at: float | None = None

    def close(self) -> None:
        """Close the connections to all endpoints."""
        for voice in self._voices:
            voice.endpoint.close()

    def endpoints(self) -> tuple[RpcEndpoint, ...]:
        """Return all endpoints, in their order."""
        return tuple(voice.endpoint for voice in self._voices)

    def pulse(self) -> Pulse:
        """Return how the endpoints answered so far."""
        tallies = (EndpointTally(one.name, one.answered, one.failed, one.contradicted) for one in self._voices)
        return Pulse(tuple(tallies), self._asked_at, self._answered_at)

    def newest(self, heads: Callable[[RpcEndpoint], Heads]) -> Newest:
        """Return the newest blocks that a quorum has.

        `heads` asks an endpoint for its own newest blocks, and refuses one of another chain.

        Raises:
            ChainUnavailableError: too few answered or agree; with every endpoint's reason, as a clause.

        """
        self._asked_at = time.monotonic()
        said = ask_all(
            self._voices,
            heads,
            PATIENCE,
            enough=lambda heard: are_together(heard, self._quorum),
            plenty=lambda heard: bool(agreed(heard, self._quorum)),
        )
        at = self._agreed_heads(said)
        self._answered_at = time.monotonic()
        return Newest(at, tuple(self._voices[number].endpoint for number in said.answers))

    def agreed_on(
        self, newest: Newest, heads: Callable[[RpcEndpoint], Heads], question: Callable[[RpcEndpoint, Heads], T]
    ) -> T:
        """Return what a quorum answers as of these blocks; ChainUnavailableError as above."""

        def ask(endpoint: RpcEndpoint) -> T:
            if endpoint not in newest.known:
                heads(endpoint)
            return question(endpoint, newest.at)

        def is_agreed(heard: list[T]) -> bool:
            return bool(agreed(heard, self._quorum))

        told = ask_all(self._voices, ask, PATIENCE, enough=is_agreed, plenty=is_agreed)
        for found in agreed(list(told.answers.values()), self._quorum):
            self._count_contradictions(told, found)
            return found
        raise self._disagreement(told)

    def _count_contradictions(self, told: Heard[T], found: T) -> None:
        for number, answer in told.answers.items():
            with self._voices[number].lock:
                self._voices[number].contradicted += bool(answer != found)

    def _agreed_heads(self, said: Heard[Heads]) -> Heads:
        if len(said.answers) < self._quorum:
            raise self._disagreement(said)
        for at in agree_heads(list(said.answers.values()), self._quorum):
            with self._lock:
                newest = self._newest_final = max(self._newest_final, at.final)
            if at.final < newest:
                raise ChainUnavailableError(
                    f"the newest final block that endpoints of {self._title} show is {at.final:,}, but block "
                    f"{newest:,} was final before"
                )
            return at
        told = (f"{self._voices[number].name} is at block {one.head:,}" for number, one in said.answers.items())
        raise ChainUnavailableError(
            f"no {self._quorum} endpoints of {self._title} are at about the same block: {self._all(told, said)}"
        )

    def _disagreement(self, heard: Heard[T]) -> ChainUnavailableError:
        count = len(self._voices)
        if count == 1:
            return ChainUnavailableError(heard.reasons())
        answers = list(heard.answers.values())
        told = (
            f"{self._voices[number].name} gave {_company(answers.count(answer))}"
            for number, answer in sorted(heard.answers.items())
        )
        return ChainUnavailableError(
            f"no {self._quorum} of {count} endpoints of {self._title} say the same: {self._all(told, heard)}"
        )

    @staticmethod
    def _all(told: Iterable[str], heard: Heard[T]) -> str:
        return "; ".join([*told, *([heard.reasons()] if heard.failures else [])])


def _company(count: int) -> str:
    return "another answer than the rest" if count == 1 else f"the same answer as {count - 1} other"
