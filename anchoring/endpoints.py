"""All endpoints of one network: asked side by side; what too few of them say is not believed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from anchoring.rpc import TIMEOUT_SECONDS, JsonRpc, RpcRefusalError
from anchoring.view import understood
from registry.chain.asking import Heard, Patience, Voice, ask_all
from registry.core.errors import ChainUnavailableError, WrongChainError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from anchoring.ports import Rpc
    from registry.chain.networks import Network

T = TypeVar("T")

GRACE_SECONDS = 1.0
"""How much longer than a quorum a slow endpoint is waited for."""
_LOCAL = ("http://127.0.0.1", "http://localhost")


class Endpoints:
    """The endpoints of one network, and how many of them must agree."""

    def __init__(self, rpcs: Sequence[Rpc], quorum: int, *, title: str) -> None:
        self.quorum = quorum
        self.names = tuple(rpc.name for rpc in rpcs)
        self._title = title
        self._voices = tuple(Voice(rpc.name, rpc) for rpc in rpcs)

    @property
    def name(self) -> str:
        """Return the network's name in a sentence."""
        return self._title

    def call(self, method: str, params: Sequence[object] = ()) -> Any:  # noqa: ANN401  any JSON value
        """Return the result of the first endpoint that gives one, those that hang last: for what decides nothing.

        Raises:
            RpcRefusalError: the node answered with an error.
            ChainUnavailableError, WrongChainError: as `ask` says.

        """
        heard: Heard[Any] = Heard({}, {})
        for at, voice in sorted(enumerate(self._voices), key=lambda numbered: numbered[1].given_up > 0):
            one = ask_all([voice], lambda rpc: rpc.call(method, params), _patience(0))
            if one.answers:
                return one.answers[0]
            if isinstance(one.failures[0], RpcRefusalError):
                raise one.failures[0]
            heard.failures[at] = one.failures[0]
        raise self.unavailable(heard)

    def every(
        self, question: Callable[[Rpc], T], enough: Callable[[list[T]], bool] = lambda _: False, more_seconds: float = 0
    ) -> Heard[T]:
        """Ask all at once and return what was heard; `enough` says which answers leave only the grace to wait.

        One that hangs is waited for as long as for one answer, and `more_seconds` for a question of many parts.
        """

        def strictly(rpc: Rpc) -> T:
            with understood(rpc.name):
                return question(rpc)

        return ask_all(self._voices, strictly, _patience(more_seconds), enough)

    def ask(
        self, question: Callable[[Rpc], T], enough: Callable[[list[T]], bool] = lambda _: False, more_seconds: float = 0
    ) -> list[T]:
        """Return the answers, at least a quorum of them; the rest is as `every` says.

        Raises:
            ChainUnavailableError: fewer answered than must agree; names each that did not, and why.
            WrongChainError: as many as must agree answer for another chain.

        """
        heard = self.every(question, enough, more_seconds)
        if len(heard.answers) < self.quorum:
            raise self.unavailable(heard)
        return list(heard.answers.values())

    def close(self) -> None:
        """Close the connections."""
        for voice in self._voices:
            voice.endpoint.close()

    def unavailable(self, heard: Heard[Any]) -> ChainUnavailableError | WrongChainError:
        """Return the error that tells why too few answered, endpoint by endpoint."""
        wrong = [one for one in heard.failures.values() if isinstance(one, WrongChainError)]
        if len(wrong) >= self.quorum:
            return wrong[0]
        count = len(self._voices)
        told = f"{len(heard.answers)} of {count} endpoints answered, and {self.quorum} must. " if count > 1 else ""
        return ChainUnavailableError(
            f"{self._title.capitalize()} cannot be reached: {told}{heard.reasons()}.{self._advice()}"
        )

    def _advice(self) -> str:
        local = any(name.startswith(_LOCAL) for name in self.names)
        return " Start it with `credanchor devnet up`." if local else " Look at rpc_urls in networks.toml."


def open_endpoints(network: Network) -> Endpoints:
    """Return a network's endpoints, ready to be asked; nothing is sent yet."""
    rpcs = [JsonRpc(url, network.chain_id, title=network.title) for url in network.rpc_urls]
    return Endpoints(rpcs, network.quorum, title=network.title)


def _patience(more_seconds: float) -> Patience:
    return Patience(TIMEOUT_SECONDS + more_seconds, GRACE_SECONDS)
