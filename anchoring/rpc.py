"""JSON-RPC over httpx: one endpoint of one chain, and every foreign exception mapped in one place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx

from registry.chain.kept_client import KeptClient
from registry.chain.rpc import MAX_ANSWER_BYTES, endpoint_name
from registry.core.canonical import require_shallow
from registry.core.errors import CanonicalFormError, ChainUnavailableError, WrongChainError

if TYPE_CHECKING:
    from collections.abc import Sequence

TIMEOUT_SECONDS = 15.0
"""Longest wait for one answer."""
LONGEST_ANSWERS = {"anvil_dumpState": 2**30}
"""How many bytes of an answer are read, where it is more than usual: a whole local chain."""
LONGEST_WORDS = 300
"""How many characters of a node's own words are kept."""


class RpcRefusalError(ChainUnavailableError):
    """A node answered with an error; its text is a hint, never a reason."""

    code = "rpc-refusal"

    def __init__(self, name: str, method: str, error: dict[str, Any]) -> None:
        """Keep the node's own words, shortened, and its data."""
        self.text = " ".join(str(error.get("message", "no message"))[:LONGEST_WORDS].split())
        self.data = error.get("data")
        super().__init__(f"{name} refused {method}: {self.text}")


class JsonRpc:
    """One endpoint of one chain, whose chain id is checked before anything else is asked."""

    def __init__(self, url: str, chain_id: int, *, title: str, transport: httpx.BaseTransport | None = None) -> None:
        self.name = endpoint_name(url)
        self._url = url
        self._chain_id = chain_id
        self._title = title
        self._trusted = False
        self._transport = transport
        self._kept = KeptClient(self.name, self._client)

    def call(self, method: str, params: Sequence[object] = ()) -> Any:  # noqa: ANN401  any JSON value
        """Return the result; the endpoint is asked once, and never again by itself.

        Raises:
            RpcRefusalError: it answered with an error.
            ChainUnavailableError: it gave no usable answer; a clause that names it and the reason.
            WrongChainError: it answers for another chain.

        """
        self._require_chain()
        return self._ask(method, params)

    def close(self) -> None:
        """Close the connections."""
        self._kept.close()

    def _client(self) -> httpx.Client:
        # Reading the certificate authorities takes 80 ms, which plain http has no use for.
        encrypted = self._url.startswith("https:")
        return httpx.Client(timeout=TIMEOUT_SECONDS, transport=self._transport, verify=encrypted, trust_env=encrypted)

    def _require_chain(self) -> None:
        if self._trusted:
            return
        found = self._ask("eth_chainId", ())
        if found != hex(self._chain_id):
            raise WrongChainError(
                f"{self.name} answers for chain {_number(found)}, but networks.toml says that {self._title} "
                f"has the id {self._chain_id}. Correct the URL or the id; nothing was sent."
            )
        self._trusted = True

    def _ask(self, method: str, params: Sequence[object]) -> Any:  # noqa: ANN401  any JSON value
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}
        status = 0
        try:
            with self._kept.using() as client, client.stream("POST", self._url, json=body) as response:
                status = response.status_code
                data = self._read(response, LONGEST_ANSWERS.get(method, MAX_ANSWER_BYTES))
            require_shallow(data)
            answer = json.loads(data)
        except httpx.TimeoutException as error:
            raise ChainUnavailableError(f"{self.name} did not answer within {TIMEOUT_SECONDS:g} seconds") from error
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise ChainUnavailableError(f"{self.name} did not answer ({type(error).__name__})") from error
        except (ValueError, CanonicalFormError) as error:
            raise ChainUnavailableError(f"{self.name} answered {status} with something not JSON") from error
        return self._result(method, answer)

    def _read(self, response: httpx.Response, most: int) -> bytes:
        data = bytearray()
        for chunk in response.iter_bytes():
            data += chunk
            if len(data) > most:
                raise ChainUnavailableError(f"{self.name} answered with more than {most:,} bytes")
        return bytes(data)

    def _result(self, method: str, answer: object) -> Any:  # noqa: ANN401  any JSON value
        if isinstance(answer, dict) and isinstance(answer.get("error"), dict):
            raise RpcRefusalError(self.name, method, answer["error"])
        if not isinstance(answer, dict) or "result" not in answer:
            raise ChainUnavailableError(f"{self.name} answered {method} with something that is not JSON-RPC")
        return answer["result"]


def _number(found: object) -> object:
    try:
        return int(str(found), 16)
    except ValueError:
        return repr(found)
