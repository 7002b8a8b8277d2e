"""JSON-RPC endpoints: each foreign failure is one of ours, and no endpoint of another chain is believed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
import pytest

from anchoring.rpc import JsonRpc, RpcRefusalError
from registry.core.errors import ChainUnavailableError, WrongChainError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NODE = "http://node.test"


def answering(**results: object) -> Callable[[httpx.Request], httpx.Response]:
    known = {"eth_chainId": "0x7a69"} | results

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(
            200, json={"jsonrpc": "2.0", "id": 1, "result": known[json.loads(request.content)["method"]]}
        )

    return answer


def rpc_of(handler: Callable[[httpx.Request], httpx.Response], url: str = NODE) -> JsonRpc:
    return JsonRpc(url, 31337, title="a local test chain", transport=httpx.MockTransport(handler))


def raising(error: Exception) -> Callable[[httpx.Request], httpx.Response]:
    def fail(_request: httpx.Request) -> httpx.Response:
        raise error

    return fail


def test_the_result_is_returned() -> None:
    assert rpc_of(answering(eth_blockNumber="0x5")).call("eth_blockNumber") == "0x5"


def test_an_endpoint_of_another_chain_is_refused_before_it_is_asked_anything() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content)["method"])
        return httpx.Response(200, json={"jsonrpc": "2.0", "id": 1, "result": "0x1"})

    with pytest.raises(WrongChainError, match=r"answers for chain 1, .* id 31337"):
        rpc_of(answer).call("eth_sendRawTransaction", ["0x00"])

    assert asked == ["eth_chainId"]


def test_an_enormous_answer_is_not_read_to_its_end() -> None:
    read: list[int] = []

    def pages() -> Iterator[bytes]:
        for number in range(1000):
            read.append(number)
            yield b"[" + b" " * 100_000

    with pytest.raises(ChainUnavailableError, match=r"answered with more than 4,194,304 bytes"):
        rpc_of(lambda _request: httpx.Response(200, content=pages())).call("eth_blockNumber")
    assert len(read) < 60


def test_the_chain_id_is_asked_once() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content)["method"])
        return answering(eth_blockNumber="0x5")(request)

    rpc = rpc_of(answer)
    rpc.call("eth_blockNumber")
    rpc.call("eth_blockNumber")

    assert asked == ["eth_chainId", "eth_blockNumber", "eth_blockNumber"]


FOREIGN = [
    httpx.ConnectTimeout("slow"),
    httpx.ReadTimeout("slow"),
    httpx.WriteTimeout("slow"),
    httpx.PoolTimeout("slow"),
    httpx.ConnectError("refused"),
    httpx.ReadError("reset"),
    httpx.WriteError("reset"),
    httpx.CloseError("reset"),
    httpx.ProxyError("proxy"),
    httpx.UnsupportedProtocol("ftp"),
    httpx.LocalProtocolError("bad"),
    httpx.RemoteProtocolError("bad"),
    httpx.DecodingError("gzip"),
    httpx.TooManyRedirects("loop"),
    httpx.InvalidURL("bad"),
    httpx.StreamClosed(),
]


@pytest.mark.parametrize("error", FOREIGN, ids=lambda error: type(error).__name__)
def test_every_failure_of_httpx_is_an_unavailable_chain(error: Exception) -> None:
    with pytest.raises(ChainUnavailableError):
        rpc_of(raising(error)).call("eth_blockNumber")


def test_no_public_exception_of_httpx_is_missing_above() -> None:
    public = {one for one in vars(httpx).values() if isinstance(one, type) and issubclass(one, Exception)}
    unraised = {httpx.HTTPStatusError, httpx.CookieConflict, httpx.RequestNotRead, httpx.ResponseNotRead}
    leaves = {one for one in public if not one.__subclasses__()} - unraised - {httpx.StreamConsumed}

    assert leaves <= {type(error) for error in FOREIGN}


@pytest.mark.parametrize("body", [b"<html>busy</html>", b"[]", b"{}", b"null", b"\xff", b"[" * 200_000])
def test_an_answer_that_is_no_json_rpc_is_an_unavailable_chain(body: bytes) -> None:
    with pytest.raises(ChainUnavailableError):
        rpc_of(lambda _request: httpx.Response(502, content=body)).call("eth_blockNumber")


def test_an_error_of_the_node_keeps_its_words_and_data() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if b"eth_chainId" in request.content:
            return answering()(request)
        error = {"code": 3, "message": "execution reverted", "data": "0x1234"}
        return httpx.Response(200, json={"jsonrpc": "2.0", "id": 1, "error": error})

    with pytest.raises(RpcRefusalError, match="execution reverted") as caught:
        rpc_of(answer).call("eth_estimateGas", [{}])

    assert caught.value.data == "0x1234"


def test_a_send_is_handed_to_an_endpoint_once_and_never_repeated() -> None:
    sent: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if b"eth_chainId" in request.content:
            return answering()(request)
        sent.append(request.content)
        raise httpx.ReadTimeout("slow")

    with pytest.raises(ChainUnavailableError, match="did not answer within"):
        rpc_of(answer).call("eth_sendRawTransaction", ["0x00"])

    assert len(sent) == 1
