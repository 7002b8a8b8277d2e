"""Plain JSON-RPC over httpx: batches of reads, several endpoints, one place that maps their failures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from registry.chain.kept_client import KeptClient
from registry.core.canonical import parse_json
from registry.core.errors import CanonicalFormError, ChainUnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence

TIMEOUT_SECONDS = 5.0
"""Longest wait for one endpoint."""
MAX_ANSWER_BYTES = 4 * 1024 * 1024
"""Longest answer that is read."""


@dataclass(frozen=True, slots=True)
class Call:
    """One JSON-RPC call."""

    method: str
    """For example `eth_call`."""
    params: tuple[Any, ...] = ()
    """Positional parameters, JSON values."""


class RpcEndpoint:
    """One endpoint, asked in batches over a kept connection."""

    def __init__(self, url: str, transport: httpx.BaseTransport | None = None) -> None:
        self.url = url
        self.name = endpoint_name(url)
        self._transport = transport
        self._kept = KeptClient(self.name, self._client)  # most networks of a list are never asked

    def close(self) -> None:
        """Close the kept connections, if there are any."""
        self._kept.close()

    def batch(self, calls: Sequence[Call]) -> list[Any]:
        """Return the results in order.

        Raises:
            ChainUnavailableError: the endpoint does not answer in time, or with something that is no answer,
                or with an error for any of the calls; the message names endpoint and reason.

        """
        payload = [
            {"jsonrpc": "2.0", "id": number, "method": call.method, "params": list(call.params)}
            for number, call in enumerate(calls)
        ]
        answers = self._posted(payload)
        by_id = {answer.get("id"): answer for answer in answers if isinstance(answer, dict)}
        return [self._result(by_id.get(number), call) for number, call in enumerate(calls)]

    def _posted(self, payload: list[dict[str, Any]]) -> list[Any]:
        try:
            answers = parse_json(self._read(payload))
        except httpx.TimeoutException as error:
            raise self._unavailable(f"did not answer within {TIMEOUT_SECONDS:.0f} seconds") from error
        except httpx.HTTPStatusError as error:
            raise self._unavailable(f"answered with HTTP status {error.response.status_code}") from error
        except httpx.HTTPError as error:
            raise self._unavailable("could not be reached") from error
        except CanonicalFormError as error:
            raise self._unavailable("answered with something that is not JSON") from error
        if not isinstance(answers, list):
            raise self._unavailable("does not answer batches of calls")
        return answers

    def _client(self) -> httpx.Client:
        # Reading the certificate authorities takes 80 ms, which plain http has no use for.
        encrypted = self.url.startswith("https:")
        return httpx.Client(timeout=TIMEOUT_SECONDS, transport=self._transport, verify=encrypted, trust_env=False)

    def _read(self, payload: list[dict[str, Any]]) -> bytes:
        data = b""
        with self._kept.using() as client, client.stream("POST", self.url, json=payload) as response:
            response.raise_for_status()
            for chunk in response.iter_bytes():
                data += chunk
                if len(data) > MAX_ANSWER_BYTES:
                    raise self._unavailable(f"answered with more than {MAX_ANSWER_BYTES:,} bytes")
        return data

    def _result(self, answer: dict[str, Any] | None, call: Call) -> Any:  # noqa: ANN401  any JSON value
        if answer is None:
            raise self._unavailable(f"left {call.method} unanswered")
        if "error" in answer:
            raise self._unavailable(f"refused {call.method}{_code(answer['error'])}")
        return answer.get("result")

    def _unavailable(self, what: str) -> ChainUnavailableError:
        return ChainUnavailableError(f"{self.name} {what}")


def endpoint_name(url: str) -> str:
    """Return what may be shown of an endpoint: its host; path and query may hold an access key."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}"


def _code(error: Any) -> str:  # noqa: ANN401  any JSON value
    """Return an error's number; its text is the endpoint's own and may repeat the request."""
    code = error.get("code") if isinstance(error, dict) else None
    return f" (error {code})" if isinstance(code, int) else ""
