"""JSON-RPC over httpx: several endpoints of one chain, and every foreign exception mapped in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from registry.chain.rpc import endpoint_name
from registry.core.errors import ChainUnavailableError, WrongChainError

if TYPE_CHECKING:
    from collections.abc import Sequence

TIMEOUT_SECONDS = 15.0


class RpcRefusalError(ChainUnavailableError):
    """A node answered with an error; its text is a hint, never a reason."""

    code = "rpc-refusal"

    def __init__(self, method: str, error: dict[str, Any]) -> None:
        """Keep the node's own words and data."""
        self.text = str(error.get("message", "no message"))
        self.data = error.get("data")
        super().__init__(f"The node refused {method}: {self.text}.")


class JsonRpc:
    """The endpoints of one chain, asked in order; each one's chain id is checked before it is believed."""

    def __init__(
        self, urls: Sequence[str], chain_id: int, *, title: str, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._urls = tuple(urls)
        self._chain_id = chain_id
        self._title = title
        self._trusted: set[str] = set()
        # Reading the certificate authorities takes 80 ms, which plain http has no use for.
        encrypted = any(url.startswith("https:") for url in self._urls)
        self._client = httpx.Client(timeout=TIMEOUT_SECONDS, transport=transport, verify=encrypted, trust_env=encrypted)

    def call(self, method: str, params: Sequence[object] = ()) -> Any:  # noqa: ANN401  any JSON value
        """Return the result of the first endpoint that answers; it never asks an endpoint twice.

        Raises:
            RpcRefusalError: the node answered with an error.
            ChainUnavailableError: no endpoint gave a usable answer.
            WrongChainError: an endpoint answers for another chain.

        """
        silent = []
        for url in self._urls:
            try:
                self._require_chain(url)
                return self._ask(url, method, params)
            except RpcRefusalError:
                raise
            except ChainUnavailableError as error:
                silent.append(str(error))
        raise ChainUnavailableError(
            f"{self._title.capitalize()} cannot be reached: {'; '.join(silent)}.{self._advice()}"
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _advice(self) -> str:
        local = any(host in url for url in self._urls for host in ("127.0.0.1", "localhost"))
        return " Start it with `credanchor devnet up`." if local else " Look at rpc_urls in networks.toml."

    def _require_chain(self, url: str) -> None:
        if url in self._trusted:
            return
        found = self._ask(url, "eth_chainId", ())
        if found != hex(self._chain_id):
            raise WrongChainError(
                f"{endpoint_name(url)} answers for chain {_number(found)}, but networks.toml says that {self._title} "
                f"has the id {self._chain_id}. Correct the URL or the id; nothing was sent."
            )
        self._trusted.add(url)

    def _ask(self, url: str, method: str, params: Sequence[object]) -> Any:  # noqa: ANN401  any JSON value
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}
        try:
            response = self._client.post(url, json=body)
            answer = response.json()
        except httpx.TimeoutException as error:
            raise ChainUnavailableError(
                f"{endpoint_name(url)} did not answer within {TIMEOUT_SECONDS:g} seconds"
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise ChainUnavailableError(f"{endpoint_name(url)} did not answer ({type(error).__name__})") from error
        except ValueError as error:
            raise ChainUnavailableError(
                f"{endpoint_name(url)} answered {response.status_code} with something not JSON"
            ) from error
        return _result(url, method, answer)


def _result(url: str, method: str, answer: object) -> Any:  # noqa: ANN401  any JSON value
    if isinstance(answer, dict) and isinstance(answer.get("error"), dict):
        raise RpcRefusalError(method, answer["error"])
    if not isinstance(answer, dict) or "result" not in answer:
        raise ChainUnavailableError(f"{endpoint_name(url)} answered {method} with something that is not JSON-RPC")
    return answer["result"]


def _number(found: object) -> object:
    try:
        return int(str(found), 16)
    except ValueError:
        return repr(found)
